"""One field of a document: its number at every frame, and the cells that say the same."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sheetrender.planning.deforum.formulas import plain_number
from sheetrender.planning.deforum.keys import Cell
from sheetrender.planning.expressions import MAX_LENGTH, compute
from sheetrender.planning.functions.function import Numbers
from sheetrender.planning.lines import SAME, needed
from sheetrender.planning.parseq.clock import Clock, FieldNames
from sheetrender.planning.parseq.computing import computed
from sheetrender.planning.parseq.document import Keyframes
from sheetrender.planning.parseq.fields import USUAL
from sheetrender.planning.parseq.grammar import parse
from sheetrender.planning.parseq.remarks import Remark
from sheetrender.planning.parseq.translating import Stretch, translated
from sheetrender.planning.syntax import FormulaError

_FROM_THE_RIGHT = (
    "is read from the right, as Parseq does: elsewhere it means other numbers. The sheet has those "
    "of Parseq."
)
_OTHER_NUMBERS = (
    "makes other numbers than those that are rendered, by up to {apart:.2g}. The rendered ones "
    "count."
)


@dataclass(frozen=True, slots=True)
class Piece:
    """The frames for which one formula holds.

    Attributes:
        first: its first frame.
        end: the frame behind its last one.
        formula: in Parseq's language.
        at: the keyframe that has it; None for the straight lines before any.
    """

    first: int
    end: int
    formula: str
    at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldCurve:
    """A field at every frame.

    Attributes:
        values: shape (frames,); finite.
        remarks: about formulas that are read otherwise than usual, or not at all.
        pieces: the formulas that gave the values, those left out that could not be computed.
    """

    values: Numbers
    remarks: tuple[Remark, ...]
    pieces: tuple[Piece, ...]


def bookended(field: str, keyframes: Keyframes, ends: tuple[int, int]) -> dict[int, float]:
    """Return the keyframes of a field with one at both ends of the document."""
    found = dict(keyframes.values)
    usual = float(USUAL.get(field, 0.0))
    values = list(found.values())
    found.setdefault(ends[0], values[0] if values else usual)
    found.setdefault(ends[1], values[-1] if values else usual)
    return dict(sorted(found.items()))


def pieces(keyframes: Keyframes, frames: int) -> Iterator[Piece]:
    """Yield the formulas of a field with their frames; together they cover every frame."""
    starts = [at for at in keyframes.formulas if at < frames]
    if not starts or starts[0] > 0:
        yield Piece(0, starts[0] if starts else frames, "L", None)
    for at, end in pairwise([*starts, frames]):
        yield Piece(at, end, keyframes.formulas[at], at)


def field_curve(
    field: str, keyframes: Keyframes, names: FieldNames, rendered: Numbers | None
) -> FieldCurve:
    """Return the numbers of a field: those that are rendered, else those that are computed."""
    frames = names.clock.frames
    values = computed(parse("L"), names) if rendered is None else rendered.copy()
    remarks: list[Remark] = []
    usable = []
    for piece in pieces(keyframes, frames):
        span = slice(piece.first, piece.end)
        shown = None if rendered is None else rendered[span]
        own, says = _of_piece(piece, names.within(span), shown)
        if piece.at is not None:
            remarks += [Remark(field, piece.formula, piece.at, sentence) for sentence in says]
        if own is not None:
            usable.append(piece)
            values[span] = own if rendered is None else values[span]
    return FieldCurve(values=values, remarks=tuple(remarks), pieces=tuple(usable))


def _of_piece(
    piece: Piece, names: FieldNames, rendered: Numbers | None
) -> tuple[Numbers | None, list[str]]:
    """Return the numbers of a formula, None where they do not count, and what is to be said."""
    try:
        own = computed(parse(piece.formula), names)
        bad = np.flatnonzero(~np.isfinite(own))
        if len(bad):
            raise FormulaError(f"has no value at frame {piece.first + int(bad[0])}")
    except FormulaError as error:
        instead = "Straight lines" if rendered is None else "The rendered numbers"
        return None, [f"{error}. {instead} stand in its place."]
    says = [_FROM_THE_RIGHT] if _reads_differently(piece.formula, names, own) else []
    if rendered is not None:
        apart = float(np.max(np.abs(own - rendered)))
        if apart > _allowed(rendered):
            return None, [*says, _OTHER_NUMBERS.format(apart=apart)]
    return own, says


def _allowed(values: Numbers) -> float:
    return 5 * SAME * max(1.0, float(np.max(np.abs(values))))


def _reads_differently(formula: str, names: FieldNames, own: Numbers) -> bool:
    try:
        usual_tree = parse(formula, usual=True)
        if usual_tree == parse(formula):
            return False
        usual = computed(usual_tree, names)
    except FormulaError:
        return True
    return not np.allclose(own, usual, rtol=0, atol=_allowed(own), equal_nan=True)


def cells(
    curve: FieldCurve, keyframes: Mapping[int, float], clock: Clock
) -> tuple[dict[int, Cell], list[Piece]]:
    """Return the cells of a field by frame, and the formulas that are numbers there.

    Args:
        curve: of the field.
        keyframes: of the field, with both ends.
        clock: of the document.
    """
    found: dict[int, Cell] = {}
    as_numbers = []
    names = _our_names(clock)
    covered = 0
    for piece in sorted(curve.pieces, key=lambda piece: piece.first):
        found |= _numbers(curve.values, covered, piece.first)
        own = _piece_cells(piece, curve.values, keyframes, names)
        if own is None:
            as_numbers.append(piece)
            own = _numbers(curve.values, piece.first, piece.end)
        found |= own
        covered = piece.end
    found |= _numbers(curve.values, covered, clock.frames)
    return _without_repeats(found), as_numbers


def _our_names(clock: Clock) -> dict[str, Numbers | float]:
    t: Numbers = np.arange(clock.frames, dtype=np.float64)
    return {
        "t": t, "k": t, "n": t, "sec": t / clock.fps, "fps": clock.fps, "bpm": clock.bpm,
        "beat": t / clock.fps / 60.0 * clock.bpm, "max_f": clock.frames - 1.0, "pi": float(np.pi),
        "e": float(np.e),
    }  # fmt: skip


def _numbers(values: Numbers, first: int, end: int) -> dict[int, Cell]:
    """Return keys that give the numbers of some frames, whatever follows them."""
    if end <= first:
        return {}
    part = values[first:end]
    keys = needed(part)
    if end < len(values) and keys[-1] != len(part) - 1:
        keys.append(len(part) - 1)
    return {first + key: float(part[key]) for key in keys}


def _piece_cells(
    piece: Piece,
    values: Numbers,
    keyframes: Mapping[int, float],
    names: Mapping[str, Numbers | float],
) -> dict[int, Cell] | None:
    """Return the cells for a formula, or None where numbers have to stand for it."""
    if piece.formula == "L":
        return _numbers(values, piece.first, piece.end)
    found: dict[int, Cell] = {}
    tree = parse(piece.formula)
    for first, end, stretch in _stretches(piece, keyframes):
        try:
            text = translated(tree, stretch)
            here = {n: v[first:end] if isinstance(v, np.ndarray) else v for n, v in names.items()}
            # Where rows begin is not known yet: a translation holds wherever they do.
            here["k"] = here["n"] = np.asarray(here["t"]) - first
            made = compute(text, here, end - first)
        except FormulaError:
            return None
        allowed = _allowed(values[first:end])
        if len(text) > MAX_LENGTH or not np.allclose(made, values[first:end], 0, allowed):
            return None
        found[first] = text if _is_formula(text) else f"{text}+0"
    return found


def _is_formula(text: str) -> bool:
    """Say whether a text stays as it is from frame to frame: a number would glide."""
    try:
        float(text)
    except ValueError:
        return True
    return False


def _stretches(piece: Piece, keyframes: Mapping[int, float]) -> Iterator[tuple[int, int, Stretch]]:
    """Yield first frame, end and keyframes of each part of a piece that lies between keyframes."""
    at = list(keyframes)
    number = max(bisect_right(at, piece.first) - 1, 0)
    while number < len(at) and at[number] < piece.end:
        behind = min(number + 1, len(at) - 1)
        first, end = at[number], at[behind]
        stretch = Stretch(first=first, end=end, start=keyframes[first], to=keyframes[end])
        begins = max(first, piece.first)
        ends = min(end, piece.end) if end > first else piece.end
        if begins < ends:
            yield begins, ends, stretch
        number += 1


def _without_repeats(found: Mapping[int, Cell]) -> dict[int, Cell]:
    """Leave out a formula that goes on anyway."""
    kept: dict[int, Cell] = {}
    before: Cell | None = None
    for at in sorted(found):
        if not (isinstance(found[at], str) and found[at] == before):
            kept[at] = found[at]
        before = found[at]
    return kept


def number_cells(values: Numbers) -> dict[int, Cell]:
    """Return a curve as numbers alone."""
    return _numbers(values, 0, len(values))


def schedule(found: Mapping[int, Cell]) -> Cell:
    """Return cells by frame as one cell of the Settings tab."""
    if len(found) == 1 and not isinstance(found.get(0, ""), str):
        return found[0]
    return ", ".join(f"{at}: ({_value(value)})" for at, value in sorted(found.items()))


def _value(value: Cell) -> str:
    return value if isinstance(value, str) else plain_number(float(value))
