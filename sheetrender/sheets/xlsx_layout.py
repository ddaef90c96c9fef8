"""Where the rows and cells of a worksheet part stand, as offsets into its bytes."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass, field

from sheetrender.sheets.a1 import Area, CellCounter, parse_area
from sheetrender.sheets.refusals import UnusualFileError
from sheetrender.sheets.xml_scan import parse, strict_parser

_TAG = re.compile(rb"""<(?:[^>"']|"[^"]*"|'[^']*')*>""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """An element's bytes: ``[start:inside]`` is its first tag, ``[inside:close]`` its content.

    Attributes:
        end: behind its last byte; where it closes itself, `inside`, `close` and `end` are one.
    """

    start: int
    inside: int
    close: int
    end: int

    @property
    def closes_itself(self) -> bool:
        """Whether the element is one tag, ``<row/>``."""
        return self.close == self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class CellSpan:
    """A cell of a row that was asked for.

    Attributes:
        special: why it must not be overwritten; empty where it may be.
    """

    column: int
    span: Span
    special: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSpan:
    """A row that was asked for.

    Attributes:
        style: the style of its cells that have none, or None.
        cells: in their order.
    """

    span: Span
    style: str | None
    cells: list[CellSpan]


@dataclass(slots=True)
class Layout:
    """What has to be known of a worksheet part to change some cells of it.

    Attributes:
        prefix: of every tag, such as ``x:``; mostly empty.
        data: the ``<sheetData>`` element.
        starts: where each row starts, by its number, ascending.
        rows: the rows that were asked for, as far as they exist.
        column_styles: first column, last column and style.
        blocked: areas whose cells must not be written, and why.
        dimension: the tag that says how large the sheet is, and what it says.
    """

    prefix: str = ""
    data: Span | None = None
    starts: dict[int, int] = field(default_factory=dict)
    rows: dict[int, RowSpan] = field(default_factory=dict)
    column_styles: list[tuple[int, int, str]] = field(default_factory=list)
    blocked: list[tuple[Area, str]] = field(default_factory=list)
    dimension: tuple[Span, Area] | None = None

    def column_style(self, column: int) -> str | None:
        """Return the style of a whole column, or None."""
        return next((s for a, b, s in self.column_styles if a <= column <= b), None)


def scan(xml: bytes, rows: Set[int]) -> Layout:
    """Return the layout of a worksheet part, with the cells of the named rows.

    Raises:
        UnusualFileError: it is not well-formed UTF-8, its rows or cells are out of order, or a
            reference is none.
    """
    return _Scan(xml, rows).run()


class _Scan:
    """The state of one pass over a worksheet part; expat calls its methods."""

    def __init__(self, xml: bytes, wanted: Set[int]) -> None:
        self._xml = xml
        self._wanted = wanted
        self._layout = Layout()
        self._counter = CellCounter()
        self._parser = strict_parser()
        self._data: tuple[int, int] = (0, 0)
        self._row: tuple[int, int] | None = None
        self._row_style: str | None = None
        self._row_name = self._cell_name = self._formula_name = ""
        self._cells: list[CellSpan] = []
        self._cell: tuple[int, int] = (0, 0)
        self._special = ""

    def run(self) -> Layout:
        self._parser.XmlDeclHandler = self._declaration
        self._parser.StartElementHandler = self._root
        parse(self._parser, self._xml)
        if self._layout.data is None:
            raise UnusualFileError("has no sheet data")
        return self._layout

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.lower() not in {"utf-8", "utf8"}:
            raise UnusualFileError(f"is written in {encoding} and not in UTF-8")

    def _root(self, name: str, _: dict[str, str]) -> None:
        if self._xml.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")):
            raise UnusualFileError("is written in UTF-16 and not in UTF-8")
        prefix, colon, _local = name.rpartition(":")
        self._layout.prefix = prefix + colon
        self._row_name, self._cell_name, self._formula_name = (
            self._layout.prefix + local for local in ("row", "c", "f")
        )
        self._parser.StartElementHandler = self._outside

    # Outside of the sheet data

    def _outside(self, name: str, attributes: dict[str, str]) -> None:
        if not name.startswith(self._layout.prefix):
            return
        match name[len(self._layout.prefix) :]:
            case "sheetData":
                if self._layout.data is not None or self._data != (0, 0):
                    raise UnusualFileError("has sheet data twice")
                self._data = self._first_tag()
                self._parser.StartElementHandler = self._inside
                self._parser.EndElementHandler = self._end
            case "dimension":
                start, inside = self._first_tag()
                span = Span(start=start, inside=inside, close=inside, end=inside)
                self._layout.dimension = span, parse_area(attributes.get("ref", "A1"))
            case "col" if "style" in attributes:
                first, last = int(attributes["min"]), int(attributes["max"])
                self._layout.column_styles.append((first, last, attributes["style"]))
            case "mergeCell":
                area = parse_area(attributes.get("ref", ""))
                remedy = f"it lies inside the merged cells {area}. Unmerge them"
                self._layout.blocked.append((area, remedy))

    # Inside the sheet data

    def _inside(self, name: str, attributes: dict[str, str]) -> None:
        if name == self._cell_name:
            if self._row is not None:
                self._start_cell(attributes)
        elif name == self._row_name:
            self._start_row(attributes)
        elif name == self._formula_name:
            self._start_formula(attributes)

    def _start_row(self, attributes: dict[str, str]) -> None:
        last = self._counter.row_number
        self._counter.row(attributes.get("r"))
        number = self._counter.row_number
        if number <= last:
            raise UnusualFileError(f"has row {number} behind row {last}")
        self._layout.starts[number] = self._parser.CurrentByteIndex
        if number in self._wanted:
            styled = attributes.get("customFormat") in {"1", "true"}
            self._row = self._first_tag()
            self._row_style = attributes.get("s") if styled else None
            self._cells = []

    def _start_cell(self, attributes: dict[str, str]) -> None:
        last = self._counter.column
        self._counter.cell(attributes.get("r"))
        if self._counter.column <= last:
            number = self._counter.row_number
            raise UnusualFileError(f"has the cells of row {number} out of their order")
        self._cell = self._first_tag()
        rich = "cm" in attributes or "vm" in attributes
        self._special = "it holds a picture or another value that is no text" if rich else ""

    def _start_formula(self, attributes: dict[str, str]) -> None:
        self._special = "it holds a formula"
        if attributes.get("t") in {"array", "dataTable"} and "ref" in attributes:
            area = parse_area(attributes["ref"])
            self._layout.blocked.append((area, f"a formula fills the cells {area}"))

    def _end(self, name: str) -> None:
        if name == self._cell_name:
            if self._row is not None:
                span = self._span(self._cell, name)
                cell = CellSpan(column=self._counter.column, span=span, special=self._special)
                self._cells.append(cell)
        elif name == self._row_name:
            if self._row is not None:
                row = RowSpan(
                    span=self._span(self._row, name), style=self._row_style, cells=self._cells
                )
                self._layout.rows[self._counter.row_number] = row
                self._row = None
        elif name == self._layout.prefix + "sheetData":
            self._layout.data = self._span(self._data, name)
            self._parser.StartElementHandler = self._outside
            self._parser.EndElementHandler = None

    def _first_tag(self) -> tuple[int, int]:
        """Return where the tag begins that expat just met, and where it ends."""
        start = self._parser.CurrentByteIndex
        tag = _TAG.match(self._xml, start)
        if tag is None:
            raise UnusualFileError("is not well-formed XML")
        return start, tag.end()

    def _span(self, first_tag: tuple[int, int], name: str) -> Span:
        start, inside = first_tag
        if self._xml.endswith(b"/>", start, inside):
            return Span(start=start, inside=inside, close=inside, end=inside)
        close = self._parser.CurrentByteIndex
        end = self._xml.index(b">", close) + 1
        return Span(start=start, inside=inside, close=close, end=end)
