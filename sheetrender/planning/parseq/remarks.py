"""What is said about formulas: once for each, with the keyframes that have it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_MOST_LETTERS, _MOST_FRAMES = 60, 3


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark.

    Attributes:
        field: of Parseq.
        formula: that it is about.
        at: the keyframe that has it.
        says: the rest of the sentence.
    """

    field: str
    formula: str
    at: int
    says: str


def told(remarks: Iterable[Remark]) -> Iterator[str]:
    """Yield a sentence for each formula of a field, in the order in which they come."""
    frames: dict[tuple[str, str, str], list[int]] = {}
    for remark in remarks:
        frames.setdefault((remark.field, remark.formula, remark.says), []).append(remark.at)
    for (field, formula, says), at in frames.items():
        cut = len(formula) > _MOST_LETTERS
        shown = f"{formula[:_MOST_LETTERS]}…" if cut else formula
        yield f"{field} at {_named(at)}: {shown} {says}"


def _named(frames: list[int]) -> str:
    if len(frames) == 1:
        return f"keyframe {frames[0]}"
    more = len(frames) - _MOST_FRAMES
    listed = ", ".join(map(str, frames[:_MOST_FRAMES]))
    return f"keyframes {listed}" + (f" and {more} more" if more > 0 else "")
