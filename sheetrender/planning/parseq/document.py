"""A file of Parseq, checked: its keyframes, its prompts, and the frames that it has rendered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sheetrender.planning.deforum.file_text import NoSettingsFile
from sheetrender.planning.functions.function import Numbers
from sheetrender.planning.parseq.clock import Series
from sheetrender.planning.parseq.fields import CHANNEL_OF, USUAL
from sheetrender.planning.parseq.prompt_list import ParseqPrompt, prompts_of
from sheetrender.planning.parseq.values import list_at, number_at, object_at, text_at

MOST_FRAMES = 1_000_000
"""Frames of a document; nine hours of film."""
UNMANAGED = "keyframes: "
"""Stands before the name of a field in `rest` that keyframes have and that does not count."""

MOST_VALUES = 50_000_000
"""Fields times frames; a film of nine hours with all of Deforum's is beyond it."""
_KEYS = ("rendered_frames", "keyframes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyframes:
    """What one field has in the keyframes.

    Attributes:
        values: numbers by frame, ascending.
        formulas: texts by frame, ascending; each holds until the next.
    """

    values: Mapping[int, float]
    formulas: Mapping[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file of Parseq.

    Attributes:
        frames: of the video.
        fps: frames per second; None where it does not say.
        bpm: beats per minute, likewise.
        cadence: likewise.
        labels: of the keyframes by frame, ascending.
        fields: keyframes by field, in the order of the file.
        prompts: in the order of the file; none where Deforum has them.
        common: stands behind every prompt; its negative likewise.
        series: time series by name.
        rendered: numbers of every frame by field, each of shape (frames,); those too that end in
            ``_delta``.
        texts: rendered prompt of every frame; none where there is none.
        rest: what else stands in the file.
    """

    frames: int
    fps: float | None
    bpm: float | None
    cadence: float | None
    labels: Mapping[int, str]
    fields: Mapping[str, Keyframes]
    prompts: tuple[ParseqPrompt, ...]
    common: tuple[str, str]
    series: Mapping[str, Series]
    rendered: Mapping[str, Numbers]
    texts: tuple[str, ...]
    rest: Mapping[str, object]


def is_parseq(file: Mapping[str, object]) -> bool:
    """Say whether a file is one of Parseq, and not one of Deforum."""
    meta = file.get("meta")
    by = meta.get("generated_by") if isinstance(meta, Mapping) else None
    return by == "sd_parseq" or any(isinstance(file.get(key), list) for key in _KEYS)


def document(file: Mapping[str, object]) -> Document:
    """Return a file of Parseq.

    Raises:
        NoSettingsFile: it has nothing to import, or something of another kind than it should;
            the message names the place.
    """
    keyframes = list_at(file, "keyframes")
    rows = {_frame(row, f"keyframes[{n}]"): row for n, row in enumerate(keyframes)}
    rows = dict(sorted(rows.items()))
    rendered = list_at(file, "rendered_frames")
    if not rows and not rendered:
        raise NoSettingsFile("it has no keyframes and no rendered_frames. Export it anew in Parseq")
    by_frame = {_frame(row, f"rendered_frames[{n}]"): row for n, row in enumerate(rendered)}
    frames = max([*rows, *by_frame]) + 1
    _refuse_too_many(frames, [*rows.values(), by_frame[min(by_frame)] if by_frame else {}])
    options = object_at(file, "options")
    prompts, common = prompts_of(file.get("prompts"), frames)
    texts = _texts(by_frame, frames)
    names = _field_names(rows, file.get("managedFields"))
    rest = {key: value for key, value in file.items() if key not in _READ}
    return Document(
        frames=frames,
        fps=_positive(options, "output_fps"),
        bpm=_positive(options, "bpm"),
        cadence=_positive(options, "cadence"),
        labels={at: text_at(row.get("info"), f"info of keyframe {at}") for at, row in rows.items()},
        fields={name: _of_field(name, rows) for name in names},
        prompts=prompts,
        common=common,
        series=dict(_series(file)),
        rendered=_rendered(by_frame, frames),
        texts=texts,
        rest=rest | _not_managed(rows, names),
    )


_READ = frozenset(
    {"keyframes", "rendered_frames", "rendered_frames_meta", "prompts", "timeSeries", "sheetrender"}
)


def _refuse_too_many(frames: int, rows: Sequence[Mapping[str, object]]) -> None:
    fields = {name for row in rows for name in row}
    if frames * len(fields) > MOST_VALUES:
        raise NoSettingsFile(
            f"it has {len(fields)} fields over {frames} frames, more than can be held. Take fields "
            "out that nobody needs, or make it shorter"
        )


def _frame(row: Mapping[str, object], place: str) -> int:
    found = number_at(row.get("frame"), f"{place}.frame")
    if found is None or not found.is_integer() or not 0 <= found < MOST_FRAMES:
        shown = str(row.get("frame"))[:40]
        raise NoSettingsFile(
            f"{place}.frame is {shown}; it has to be a whole number from 0 to {MOST_FRAMES - 1}. "
            "Mend it, or export it anew in Parseq"
        )
    return int(found)


def _positive(options: Mapping[str, object], key: str) -> float | None:
    found = number_at(options.get(key), f"options.{key}")
    if found is not None and found <= 0:
        raise NoSettingsFile(f"options.{key} is {found:g}; it has to be above 0. Mend it")
    return found


def _field_names(rows: Mapping[int, Mapping[str, object]], managed: object) -> list[str]:
    """Return the fields that count: those that are managed, where a document says which."""
    written = _written_fields(rows)
    if not isinstance(managed, list):
        return written
    known = {*written, *CHANNEL_OF, *USUAL}
    return [name for name in managed if isinstance(name, str) and name in known]


def _written_fields(rows: Mapping[int, Mapping[str, object]]) -> list[str]:
    names = dict.fromkeys(key.removesuffix("_i") for row in rows.values() for key in row)
    return [name for name in names if name not in ("frame", "info")]


def _not_managed(
    rows: Mapping[int, Mapping[str, object]], counting: Iterable[str]
) -> dict[str, object]:
    """Return what keyframes have in fields that do not count, by field and frame."""
    found: dict[str, object] = {}
    for name in set(_written_fields(rows)) - set(counting):
        cells = {
            f"{key} at {at}": row[key]
            for at, row in rows.items()
            for key in (name, f"{name}_i")
            if row.get(key) not in (None, "")
        }
        if cells:
            found[f"{UNMANAGED}{name}"] = cells
    return dict(sorted(found.items()))


def _of_field(name: str, rows: Mapping[int, Mapping[str, object]]) -> Keyframes:
    values, formulas = {}, {}
    for at, row in rows.items():
        value = number_at(row.get(name), f"{name} of keyframe {at}")
        if value is not None:
            values[at] = value
        formula = text_at(row.get(f"{name}_i"), f"{name}_i of keyframe {at}").strip()
        if formula:
            formulas[at] = formula
    return Keyframes(values=values, formulas=formulas)


def _rendered(by_frame: Mapping[int, Mapping[str, object]], frames: int) -> dict[str, Numbers]:
    """Return the numbers of every field that the first frame has; gaps hold the number before."""
    if not by_frame:
        return {}
    order = sorted(by_frame)
    names = [
        key
        for key, value in by_frame[order[0]].items()
        if key not in ("frame", "deforum_prompt") and not key.endswith("_pc") and value is not None
    ]
    held = np.searchsorted(order, np.arange(frames), side="right").clip(1) - 1
    return {
        name: np.asarray([_rendered_number(by_frame[at], name, at) for at in order])[held]
        for name in names
    }


def _rendered_number(row: Mapping[str, object], name: str, at: int) -> float:
    found = number_at(row.get(name), f"{name} of rendered frame {at}")
    if found is None:
        raise NoSettingsFile(f"{name} of rendered frame {at} is missing. Render it anew in Parseq")
    return found


def _texts(by_frame: Mapping[int, Mapping[str, object]], frames: int) -> tuple[str, ...]:
    if not by_frame or "deforum_prompt" not in by_frame[min(by_frame)]:
        return ()
    found: list[str] = []
    text = text_at(by_frame[min(by_frame)]["deforum_prompt"], "deforum_prompt of the first frame")
    for at in range(frames):
        row = by_frame.get(at, {})
        if "deforum_prompt" in row:
            text = text_at(row["deforum_prompt"], f"deforum_prompt of rendered frame {at}")
        found.append(text)
    return tuple(found)


def _series(file: Mapping[str, object]) -> Iterator[tuple[str, Series]]:
    for number, entry in enumerate(list_at(file, "timeSeries")):
        place = f"timeSeries[{number}]"
        name = text_at(entry.get("alias"), f"{place}.alias")
        inner = object_at(entry, "ts")
        points = list_at(inner, "data")
        if not name or not points:
            continue
        pairs = [
            [number_at(point.get(axis), f"{place} ({name}) {axis}") for axis in "xy"]
            for point in points
        ]
        known = sorted((x, y) for x, y in pairs if x is not None and y is not None)
        if known:
            at, values = (np.asarray(column) for column in zip(*known, strict=True))
            # Parseq's number for milliseconds is 1.
            is_in_ms = inner.get("timestampType") in (1, "millisecond", "ms")
            yield name, Series(at, values, is_in_ms)
