"""A file of Parseq, checked: its keyframes, its prompts, and the frames that it has rendered."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from sheetrender.planning.deforum.file_text import NoSettingsFile
from sheetrender.planning.functions.function import Numbers
from sheetrender.planning.parseq.clock import Series

MOST_FRAMES = 1_000_000
"""Frames of a document; nine hours of film."""
_LARGEST = 1e15
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
class Overlap:
    """How a prompt is weighted where others stand beside it: ``none``, ``linear``, ``custom``."""

    kind: str = "none"
    fade_in: int = 0
    fade_out: int = 0
    formula: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseqPrompt:
    """One prompt of a document, with its first and its last frame."""

    positive: str
    negative: str
    first: int
    last: int
    overlap: Overlap = field(default_factory=Overlap)


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
    keyframes = _listed(file, "keyframes")
    rows = {_frame(row, f"keyframes[{n}]"): row for n, row in enumerate(keyframes)}
    rows = dict(sorted(rows.items()))
    rendered = _listed(file, "rendered_frames")
    if not rows and not rendered:
        raise NoSettingsFile("it has no keyframes and no rendered_frames. Export it anew in Parseq")
    by_frame = {_frame(row, f"rendered_frames[{n}]"): row for n, row in enumerate(rendered)}
    frames = max([*rows, *by_frame]) + 1
    options = _object(file, "options")
    prompts, common = _prompts(file.get("prompts"), frames)
    texts = _texts(by_frame, frames)
    return Document(
        frames=frames,
        fps=_positive(options, "output_fps"),
        bpm=_positive(options, "bpm"),
        cadence=_positive(options, "cadence"),
        labels={at: _text(row.get("info"), f"info of keyframe {at}") for at, row in rows.items()},
        fields=_fields(rows, file.get("managedFields")),
        prompts=prompts,
        common=common,
        series=dict(_series(file)),
        rendered=_rendered(by_frame, frames),
        texts=texts,
        rest={key: value for key, value in file.items() if key not in _READ},
    )


_READ = frozenset(
    {"keyframes", "rendered_frames", "rendered_frames_meta", "prompts", "timeSeries", "sheetrender"}
)


def _object(file: Mapping[str, object], key: str) -> Mapping[str, object]:
    found = file.get(key)
    if found is not None and not isinstance(found, Mapping):
        raise NoSettingsFile(f"{key} is no object. Export it anew in Parseq")
    return found or {}


def _listed(file: Mapping[str, object], key: str) -> Sequence[Mapping[str, object]]:
    found = file.get(key)
    if found is None:
        return ()
    if not isinstance(found, list):
        raise NoSettingsFile(f"{key} is no list. Export it anew in Parseq")
    for number, row in enumerate(found):
        if not isinstance(row, Mapping):
            raise NoSettingsFile(f"{key}[{number}] is no object. Export it anew in Parseq")
    return found


def _frame(row: Mapping[str, object], place: str) -> int:
    found = _number(row.get("frame"), f"{place}.frame")
    if found is None or not found.is_integer() or not 0 <= found < MOST_FRAMES:
        shown = str(row.get("frame"))[:40]
        raise NoSettingsFile(
            f"{place}.frame is {shown}; it has to be a whole number from 0 to {MOST_FRAMES - 1}. "
            "Mend it, or export it anew in Parseq"
        )
    return int(found)


def _number(value: object, place: str) -> float | None:
    """Return a number, also one that is written as text; None for a blank.

    Raises:
        NoSettingsFile: it is none, or beyond what anybody means.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            raise ValueError
        found = float(value)
    except (ValueError, OverflowError) as error:
        raise NoSettingsFile(f"{place} is {str(value)[:40]!r}, no number. Mend it") from error
    if not math.isfinite(found) or abs(found) > _LARGEST:
        raise NoSettingsFile(f"{place} is {found:g}, no number that can be used. Mend it")
    return found


def _positive(options: Mapping[str, object], key: str) -> float | None:
    found = _number(options.get(key), f"options.{key}")
    if found is not None and found <= 0:
        raise NoSettingsFile(f"options.{key} is {found:g}; it has to be above 0. Mend it")
    return found


def _text(value: object, place: str) -> str:
    if value is None or isinstance(value, (str, int, float)):
        return "" if value is None else str(value)
    raise NoSettingsFile(f"{place} is no text. Mend it")


def _fields(rows: Mapping[int, Mapping[str, object]], managed: object) -> dict[str, Keyframes]:
    names = list(dict.fromkeys(key.removesuffix("_i") for row in rows.values() for key in row))
    if isinstance(managed, list):
        names = [name for name in managed if isinstance(name, str)]
    return {name: _of_field(name, rows) for name in names if name not in ("frame", "info")}


def _of_field(name: str, rows: Mapping[int, Mapping[str, object]]) -> Keyframes:
    values, formulas = {}, {}
    for at, row in rows.items():
        value = _number(row.get(name), f"{name} of keyframe {at}")
        if value is not None:
            values[at] = value
        formula = _text(row.get(f"{name}_i"), f"{name}_i of keyframe {at}").strip()
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
    found = _number(row.get(name), f"{name} of rendered frame {at}")
    if found is None:
        raise NoSettingsFile(f"{name} of rendered frame {at} is missing. Render it anew in Parseq")
    return found


def _texts(by_frame: Mapping[int, Mapping[str, object]], frames: int) -> tuple[str, ...]:
    if not by_frame or "deforum_prompt" not in by_frame[min(by_frame)]:
        return ()
    found: list[str] = []
    text = _text(by_frame[min(by_frame)]["deforum_prompt"], "deforum_prompt of the first frame")
    for at in range(frames):
        row = by_frame.get(at, {})
        if "deforum_prompt" in row:
            text = _text(row["deforum_prompt"], f"deforum_prompt of rendered frame {at}")
        found.append(text)
    return tuple(found)


def _prompts(found: object, frames: int) -> tuple[tuple[ParseqPrompt, ...], tuple[str, str]]:
    """Return the prompts of any version of the format, and what stands behind every one."""
    common = ("", "")
    if isinstance(found, Mapping) and isinstance(found.get("promptList"), list):
        if found.get("enabled") is False:
            return (), common
        behind = _object(found, "commonPrompt")
        common = (
            _text(behind.get("positive"), "commonPrompt"),
            _text(behind.get("negative"), "commonPrompt"),
        )
        found = found["promptList"]
    elif isinstance(found, Mapping):
        found = [{**found, "allFrames": True}]
    if not isinstance(found, list):
        return (), common
    if any(isinstance(entry, Mapping) and entry.get("enabled") is False for entry in found):
        return (), common
    return tuple(_prompt(entry, f"prompts[{n}]", frames) for n, entry in enumerate(found)), common


def _prompt(entry: object, place: str, frames: int) -> ParseqPrompt:
    if not isinstance(entry, Mapping):
        raise NoSettingsFile(f"{place} is no object. Export it anew in Parseq")
    first, last = (_number(entry.get(key), f"{place}.{key}") for key in ("from", "to"))
    overlap = _object(entry, "overlap")
    fades = [_number(overlap.get(k), f"{place}.overlap.{k}") for k in ("inFrames", "outFrames")]
    is_all = bool(entry.get("allFrames", first is None))
    return ParseqPrompt(
        positive=_text(entry.get("positive"), f"{place}.positive"),
        negative=_text(entry.get("negative"), f"{place}.negative"),
        first=0 if is_all else int(first or 0),
        last=frames - 1 if is_all else int(frames - 1 if last is None else last),
        overlap=Overlap(
            kind=_text(overlap.get("type"), f"{place}.overlap.type") or "none",
            fade_in=int(fades[0] or 0),
            fade_out=int(fades[1] or 0),
            formula=_text(overlap.get("custom"), f"{place}.overlap.custom"),
        ),
    )


def _series(file: Mapping[str, object]) -> Iterator[tuple[str, Series]]:
    for number, entry in enumerate(_listed(file, "timeSeries")):
        place = f"timeSeries[{number}]"
        name = _text(entry.get("alias"), f"{place}.alias")
        inner = _object(entry, "ts")
        points = _listed(inner, "data")
        if not name or not points:
            continue
        pairs = [
            (_number(p.get("x"), f"{place} ({name}) x"), _number(p.get("y"), f"{place} ({name}) y"))
            for p in points
        ]
        known = sorted((x, y) for x, y in pairs if x is not None and y is not None)
        if known:
            at, values = (np.asarray(column) for column in zip(*known, strict=True))
            # Parseq's number for milliseconds is 1.
            is_in_ms = inner.get("timestampType") in (1, "millisecond", "ms")
            yield name, Series(at, values, is_in_ms)
