"""The numbers and texts of a plan.json, which anyone may have written, become a plan again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sheetrender.model.curves import SongCurve
from sheetrender.model.errors import UsageError
from sheetrender.model.frames import Segment
from sheetrender.model.keyframes import Settings
from sheetrender.model.plan import PlannedRow, RenderPlan
from sheetrender.model.prompts import MovingText
from sheetrender.planning.columns import CHANNELS
from sheetrender.planning.readers import LAST_FRAME
from sheetrender.planning.seeds import SEEDS

FORM = 1
"""Of the file; a higher one may hold what this version does not understand."""
NOT_KEPT = frozenset({"output", "public_url", "drive_previews"})
"""Settings that tell where things go, and nothing of the video."""
_LARGEST_NUMBER = 1e300
_LONGEST_TEXT = 100_000


class PlanWrong(UsageError):
    """A plan.json holds something that no run has written."""


def plan_of(document: Mapping[str, Any], settings: Settings) -> RenderPlan:
    """Return the plan that a document tells of; pictures that it names are not looked for.

    Args:
        document: of plan.json.
        settings: of it, with rate and size.

    Raises:
        PlanWrong: a value is missing, or is none that a run writes; its name is told.
    """
    frames = _whole(document.get("frames"), "frames", 1, LAST_FRAME + 1)
    rows = tuple(_rows(document, frames))
    return RenderPlan(
        rate=settings.rate,
        size=settings.size,
        rows=rows,
        row_of=np.repeat(np.arange(len(rows), dtype=np.int32), [len(row) for row in rows]),
        channels=_channels(document, frames),
        seeds=_seeds(document, frames),
        seed_shares=_numbers(document.get("seed_shares"), "seed_shares", frames, _is_share),
        segments=tuple(_segments(document, frames)),
        color_coherence=settings.color_coherence,
        border=settings.border,
        motion=settings.motion,
        curves=dict(_curves(document, frames)),
    )


def text(value: object, where: str) -> str:
    """Return a text.

    Raises:
        PlanWrong: it is none, or holds what is no character.
    """
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT or "\0" in value:
        raise _wrong(where, "is no text that a run writes")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise _wrong(where, "holds what is no character") from error
    return value


def mapping(value: object, where: str) -> Mapping[str, Any]:
    """Return names with their values.

    Raises:
        PlanWrong: it is something else.
    """
    if not isinstance(value, dict):
        raise _wrong(where, "is missing, or is no list of names")
    return value


def markers_of(document: Mapping[str, Any]) -> Iterator[tuple[str, int, str, int]]:
    """Yield name, frame, comment and duration in frames of what the Markers tab named.

    Raises:
        PlanWrong: a value is missing, or is none that a run writes.
    """
    for number, entry in enumerate(_list(document.get("markers", []), "markers")):
        where = f"markers.{number}"
        marker = mapping(entry, where)
        yield (
            text(marker.get("name"), f"{where}.name"),
            _whole(marker.get("frame"), f"{where}.frame", 0, LAST_FRAME),
            text(marker.get("comment"), f"{where}.comment"),
            _whole(marker.get("duration"), f"{where}.duration", 0, LAST_FRAME),
        )


def _wrong(where: str, what: str) -> PlanWrong:
    return PlanWrong(f"{where} {what}. Take a plan.json as a run has written it.")


def _list(value: object, where: str) -> Sequence[Any]:
    if not isinstance(value, list):
        raise _wrong(where, "is missing, or is no list")
    return value


def _whole(value: object, where: str, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise _wrong(where, f"is no whole number from {low} to {high}")
    return value


def _is_number(value: object) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return abs(value) < _LARGEST_NUMBER


def _is_share(value: float) -> bool:
    return 0.0 <= value < 1.0


def _numbers(
    value: object, where: str, count: int, allows: Callable[[float], bool]
) -> npt.NDArray[np.float64]:
    numbers = _list(value, where)
    if len(numbers) != count:
        raise _wrong(where, f"has {len(numbers)} numbers, and not {count}")
    for number in numbers:
        if not _is_number(number) or not allows(number):
            raise _wrong(where, "holds what is no number there")
    return np.array(numbers, dtype=np.float64)


def _channels(document: Mapping[str, Any], frames: int) -> dict[str, npt.NDArray[np.float64]]:
    found = mapping(document.get("channels"), "channels")
    return {
        column.heading: _numbers(
            found.get(column.heading), f"channels.{column.heading}", frames, column.allows
        )
        for column in CHANNELS
    }


def _seeds(document: Mapping[str, Any], frames: int) -> npt.NDArray[np.uint32]:
    seeds = _numbers(document.get("seeds"), "seeds", frames, lambda seed: 0 <= seed < SEEDS)
    return seeds.astype(np.uint32)


def _segments(document: Mapping[str, Any], frames: int) -> Iterator[Segment]:
    begins = 0
    for number, pair in enumerate(_list(document.get("segments"), "segments")):
        where = f"segments.{number}"
        first, last = pair if isinstance(pair, list) and len(pair) == 2 else (None, None)
        first = _whole(first, where, begins, begins)
        last = _whole(last, where, first, frames - 1)
        yield Segment(first, last)
        begins = last + 1
    if begins != frames:
        raise _wrong("segments", "do not reach the last frame")


def _rows(document: Mapping[str, Any], frames: int) -> Iterator[PlannedRow]:
    begins = 0
    known: set[int] = set()
    for number, entry in enumerate(_list(document.get("rows"), "rows")):
        where = f"rows.{number}"
        row = _row(mapping(entry, where), where, begins, frames)
        if row.row in known:
            raise _wrong(where, "has the number of another row")
        known.add(row.row)
        yield row
        begins = row.last + 1
    if begins != frames:
        raise _wrong("rows", "do not reach the last frame")


def _row(entry: Mapping[str, Any], where: str, begins: int, frames: int) -> PlannedRow:
    first = _whole(entry.get("first"), f"{where}.first", begins, begins)
    last = _whole(entry.get("last"), f"{where}.last", first, frames - 1)
    words = {
        name: text(entry.get(name), f"{where}.{name}")
        for name in ("prompt", "negative", "caption", "model", "sampler")
    }
    loras = _list(entry.get("loras"), f"{where}.loras")
    count = last - first + 1
    return PlannedRow(
        first=first,
        last=last,
        key=f"frame {first}",
        row=_whole(entry.get("row"), f"{where}.row", 1, 10_000_000),
        blend=_whole(entry.get("blend"), f"{where}.blend", 0, LAST_FRAME),
        loras=tuple(text(name, f"{where}.loras") for name in loras),
        moving_prompt=_moving(entry.get("moving_prompt"), f"{where}.moving_prompt", count),
        moving_negative=_moving(entry.get("moving_negative"), f"{where}.moving_negative", count),
        **words,
    )


def _moving(value: object, where: str, count: int) -> MovingText | None:
    if value is None:
        return None
    found = mapping(value, where)
    parts = tuple(text(part, where) for part in _list(found.get("parts"), where))
    width = len(parts) - 1
    rows = _list(found.get("numbers"), where)
    if width < 1 or len(rows) != count:
        raise _wrong(where, "has not as many numbers as its row has frames")
    numbers = [_numbers(row, where, width, lambda _: True) for row in rows]
    return MovingText(parts, np.stack(numbers))


def _curves(document: Mapping[str, Any], frames: int) -> Iterator[tuple[str, SongCurve]]:
    for name, value in mapping(document.get("curves"), "curves").items():
        where = f"curves.{name[:40]}"
        found = mapping(value, where)
        numbers = _numbers(found.get("values"), where, frames, lambda _: True)
        yield text(name, where), SongCurve(numbers, text(found.get("source"), where))
