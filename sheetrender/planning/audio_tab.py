"""The Audio tab: one row for every curve that formulas may name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, get_args

from sheetrender.model.cells import Address, Cell, Findings, Grid, Problem, Value
from sheetrender.model.curves import CurveRow, FeatureName, Shape, StemName
from sheetrender.planning import readers
from sheetrender.planning.columns import folded, nearest
from sheetrender.planning.expressions import parse_formula
from sheetrender.planning.formula_calls import FUNCTION_NAMES
from sheetrender.planning.formula_words import with_decimal_points
from sheetrender.planning.spreadsheet import ComputedCells
from sheetrender.planning.syntax import FormulaError, Name

TAB = "Audio"
HELP: Mapping[str, str] = MappingProxyType(
    {
        "name": "What formulas call the curve: drums in 1 + 0.05*drums^2.",
        "file": "A sound file beside this sheet, such as a stem; empty: the song.",
        "stem": "The part of the song that counts: drums, bass, vocals or other.",
        "feature": "What is listened for: loudness, peak, mean, onset, hits, percussive, harmonic, "
        "sub, bass, mid, high, air, brightness, beat or bar. Empty: loudness.",
        "function": "A formula of x, which goes from 0 to 1. Empty: x.",
        "attack": "Milliseconds in which the curve follows a rise.",
        "release": "Milliseconds in which it follows a fall; of hits, how they fade.",
        "gate": "Below this value, 0 to 1, the curve is 0.",
        "smooth": "Milliseconds over which it is averaged.",
        "look_ahead": "Milliseconds by which it comes early.",
        "min": "The curve never goes below.",
        "max": "The curve never goes above.",
    }
)
"""What stands under each heading, one line for a person."""
HEADINGS = tuple(HELP)
FEATURES: tuple[FeatureName, ...] = get_args(FeatureName)
STEMS: tuple[StemName, ...] = get_args(StemName)
TAKEN = frozenset(
    {
        "t", "f", "sec", "k", "n", "p", "max_f", "fps", "s", "bpm", "beat", "b", "bar", "pi", "e",
        "PI", "E", "x", "last_frame", "final_frame", "L", "S", "C", "P", "true", "false", "and",
        "or", "not", "if", "else", *FUNCTION_NAMES,
    }
)  # fmt: skip
"""Names that mean something in formulas already."""

_ALSO_HEADINGS = {"lookahead": "look_ahead"}
_ALSO_FEATURES = {
    "rms": "loudness", "volume": "loudness", "level": "loudness", "meanabs": "mean",
    "centroid": "brightness", "onsets": "onset", "hit": "hits", "percussion": "percussive",
    "harmony": "harmonic", "beats": "beat", "bars": "bar",
}  # fmt: skip
_ALSO_STEMS = {"drum": "drums", "voice": "vocals", "vocal": "vocals", "voices": "vocals"}
_LONGEST_MILLISECONDS = 60_000.0


def read_audio_tab(
    grid: Grid | None, cells: ComputedCells, findings: Findings, *, decimal_comma: bool = False
) -> list[CurveRow]:
    """Return the curves that a sheet asks for; rows with a problem are left out.

    Args:
        grid: the Audio tab, or None.
        cells: computes what the file does not carry.
        findings: collects problems and warnings.
        decimal_comma: whether ``1,5`` means 1.5 in this sheet.
    """
    if grid is None or not grid.cells:
        return []
    rows = grid.rows()
    found = _headings(rows)
    if found is None:
        findings.warnings.append(_left_alone(grid))
        return []
    heading_row, columns = found
    _warn_of_slips(grid.tab, heading_row, rows[heading_row], findings)
    reader = _Reader(grid.tab, columns, cells, findings, decimal_comma=decimal_comma)
    read = [reader.row(n, c) for n, c in rows.items() if n > heading_row]
    return [row for row in read if row is not None]


def _headings(rows: Mapping[int, Mapping[int, Cell]]) -> tuple[int, dict[str, int]] | None:
    ours = {folded(heading): heading for heading in HEADINGS} | _ALSO_HEADINGS
    for number, cells in rows.items():
        columns: dict[str, int] = {}
        for column, cell in cells.items():
            heading = ours.get(folded(readers.written(cell.value)))
            if heading is not None:
                columns.setdefault(heading, column)
        if "name" in columns and columns.keys() & {"file", "stem", "feature", "function"}:
            return number, columns
    return None


def _left_alone(grid: Grid) -> Problem:
    return Problem(
        place=None,
        tab=grid.tab,
        heading="",
        written="",
        wrong="this tab has no headings `name` and `feature`, so it is left alone",
        remedy=f"Write {', '.join(HEADINGS[:5])} above its columns if it is meant for sheetrender.",
    )


def _warn_of_slips(tab: str, row: int, cells: Mapping[int, Cell], findings: Findings) -> None:
    known = {folded(heading) for heading in HEADINGS} | _ALSO_HEADINGS.keys()
    for column, cell in cells.items():
        written = readers.text(cell.value)
        close = nearest(written, HEADINGS) if written and folded(written) not in known else None
        if close:
            findings.warnings.append(
                Problem(
                    place=Address(tab, row, column),
                    heading="",
                    written=written,
                    wrong="is none of our headings, so the column is left alone",
                    remedy=f"Did you mean {close}?",
                )
            )


class _Reader:
    def __init__(
        self,
        tab: str,
        columns: Mapping[str, int],
        cells: ComputedCells,
        findings: Findings,
        *,
        decimal_comma: bool,
    ) -> None:
        self._tab = tab
        self._columns = columns
        self._cells = cells
        self._findings = findings
        self._decimal_comma = decimal_comma
        self._rows: dict[str, int] = {}

    def row(self, number: int, cells: Mapping[int, Cell]) -> CurveRow | None:
        problems = len(self._findings.problems)
        places = {h: Address(self._tab, number, column) for h, column in self._columns.items()}
        values = {
            heading: self._value(places[heading], heading, cells[column])
            for heading, column in self._columns.items()
            if column in cells
        }
        values = {h: value for h, value in values.items() if not readers.is_blank(value)}
        if not values or readers.text(values.get("name")).startswith("#"):
            return None

        def read(heading: str, reader: Callable[[Value], Any], default: Any) -> Any:
            value = values.get(heading)
            if readers.is_blank(value) and heading != "name":
                return default
            try:
                return reader(value)
            except FormulaError as error:
                self._wrong(places[heading], heading, readers.written(value), error)
                return default

        row = CurveRow(
            name=read("name", lambda value: self._name(value, number), ""),
            file=read("file", readers.text, ""),
            stem=read("stem", _choice(STEMS, _ALSO_STEMS), None),
            feature=read("feature", _choice(FEATURES, _ALSO_FEATURES), "loudness"),
            function=read("function", self._function, "x"),
            shape=Shape(
                gate=read("gate", self._share, 0.0),
                attack=read("attack", self._milliseconds, 0.0),
                release=read("release", self._milliseconds, 0.0),
                smooth=read("smooth", self._milliseconds, 0.0),
                look_ahead=read("look_ahead", self._milliseconds, 0.0),
            ),
            low=read("min", self._number, None),
            high=read("max", self._number, None),
            places=places,
        )
        if row.low is not None and row.high is not None and row.low > row.high:
            error = FormulaError("is more than max", "Exchange the two.")
            self._wrong(places["min"], "min", f"{row.low:g}", error)
        return row if len(self._findings.problems) == problems else None

    def _value(self, place: Address, heading: str, cell: Cell) -> Value:
        try:
            return self._cells.value(place, cell)
        except FormulaError as error:
            self._wrong(place, heading, cell.formula or readers.written(cell.value), error)
            return None

    def _wrong(self, place: Address, heading: str, written: str, error: FormulaError) -> None:
        self._findings.problems.append(
            Problem(
                place=place,
                heading=heading,
                written=written,
                wrong=str(error),
                remedy=error.remedy,
            )
        )

    def _name(self, value: Value, row: int) -> str:
        name = readers.text(value)
        if not name:
            raise FormulaError("the curve has no name", "Write what formulas shall call it: drums.")
        if name in TAKEN:
            raise FormulaError(
                "means something else in formulas", f"Write another name, such as my_{name}."
            )
        if not _is_name(name):
            raise FormulaError(
                "cannot stand in a formula", "Write letters, digits and _, such as drums or kick_2."
            )
        if name in self._rows:
            raise FormulaError(
                f"is the name of row {self._rows[name]} too", "Give one of the two another name."
            )
        self._rows[name] = row
        return name

    def _function(self, value: Value) -> str:
        text = readers.text(value)
        if self._decimal_comma:
            text = with_decimal_points(text)
        parse_formula(text)
        return text

    def _number(self, value: Value) -> float:
        found = readers.number(value, decimal_comma=self._decimal_comma)
        if found is None:
            raise FormulaError("is not a number", "Write a number, or leave it empty.")
        return found

    def _share(self, value: Value) -> float:
        found = readers.number(value, decimal_comma=self._decimal_comma)
        if found is None or not 0 <= found <= 1:
            raise FormulaError("is not a share", "Write a number from 0 to 1, such as 0.1.")
        return found

    def _milliseconds(self, value: Value) -> float:
        text = value.strip().removesuffix("ms") if isinstance(value, str) else value
        found = readers.number(text, decimal_comma=self._decimal_comma)
        if found is None or not 0 <= found <= _LONGEST_MILLISECONDS:
            raise FormulaError(
                "is no time in milliseconds",
                f"Write a number from 0 to {_LONGEST_MILLISECONDS:g}, such as 150.",
            )
        return found


def _is_name(text: str) -> bool:
    try:
        return parse_formula(text) == Name(text)
    except FormulaError:
        return False


def _choice(names: tuple[str, ...], also: Mapping[str, str]) -> Callable[[Value], str]:
    def read(value: Value) -> str:
        word = folded(readers.text(value).lstrip("~"))
        word = also.get(word, word)
        if word in names:
            return word
        close = nearest(word, names)
        hint = f"Did you mean {close}?" if close else f"Write one of {', '.join(names)}."
        raise FormulaError("is not a choice here", hint)

    return read
