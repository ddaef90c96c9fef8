"""A whole Google Sheet as it stood at one moment, and what is known of cells not to be touched."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sheetrender.model.cells import (
    Address,
    Cell,
    CellPicture,
    CellWrite,
    DefinedName,
    Grid,
    Workbook,
)
from sheetrender.sheets.a1 import Area
from sheetrender.sheets.google_areas import area_of
from sheetrender.sheets.google_cells import (
    CELL_FIELDS,
    cell_of,
    formula_cell,
    is_loading,
    is_spilled,
    plain_number,
)
from sheetrender.sheets.google_locales import has_decimal_comma
from sheetrender.sheets.google_names import NAME_FIELDS, NamedRange, defined_names, named_ranges

FIELDS = (
    "properties(title,locale,timeZone),"
    "sheets(properties(sheetId,title,index,sheetType,gridProperties(rowCount,columnCount)),"
    f"data(startRow,startColumn,rowData(values({CELL_FIELDS}))),"
    "protectedRanges(range,warningOnly,requestingUserCanEdit,unprotectedRanges)),"
    f"{NAME_FIELDS}"
)
"""The field mask of a read: values, formulas, errors, names and protections in one answer."""

LONGEST_TEXT = 50_000
"""Characters that one cell of a Google Sheet holds."""

_IS_FORMULA = "it holds a formula. Empty the cell yourself, or leave it"
_IS_SPILLED = "a formula in another cell fills it. Move that formula, or leave the cell"
_IS_PROTECTED = (
    "it is protected. In Google Sheets choose Data > Protect sheets and ranges, and let {who} edit"
)

Place = tuple[int, int]
"""Row and column, 1-based."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One worksheet.

    Attributes:
        title: as people see it.
        sheet_id: what the API knows it by.
        rows: how many the grid has.
        columns: how many the grid has.
        cells: all that are not empty, in reading order.
        spilled: cells that a formula elsewhere fills.
        loading: cells whose formula was still being computed.
        protected: areas that we may not edit, each with the areas that are free inside of it.
    """

    title: str
    sheet_id: int
    rows: int
    columns: int
    cells: Mapping[Place, Cell]
    spilled: frozenset[Place] = frozenset()
    loading: frozenset[Place] = frozenset()
    protected: tuple[tuple[Area, tuple[Area, ...]], ...] = ()

    def is_protected(self, place: Place) -> bool:
        """Say whether we may not edit a cell."""
        return any(
            place in area and not any(place in free for free in holes)
            for area, holes in self.protected
        )

    def holds(self, place: Place) -> bool:
        """Say whether the grid reaches to a cell."""
        return place[0] <= self.rows and place[1] <= self.columns

    def refusal(self, place: Place, who: str) -> str:
        """Return why a cell must stay as it is, or nothing."""
        cell = self.cells.get(place)
        if cell is not None and cell.formula is not None and not CellPicture.of(cell.formula):
            return _IS_FORMULA
        if place in self.spilled:
            return _IS_SPILLED
        return _IS_PROTECTED.format(who=who) if self.is_protected(place) else ""

    def with_changes(self, changes: Iterable[CellWrite]) -> Tab:
        """Return the tab as it is once they are written, formulas not computed anew."""
        cells = dict(self.cells)
        rows, columns = self.rows, self.columns
        for change in changes:
            place = change.address.row, change.address.column
            value = storable(change.value)
            if value == "":
                cells.pop(place, None)
                continue
            is_picture = isinstance(change.value, CellPicture)
            cells[place] = formula_cell(str(value)) if is_picture else Cell(value)
            rows, columns = max(rows, place[0]), max(columns, place[1])
        return replace(self, cells=dict(sorted(cells.items())), rows=rows, columns=columns)


@dataclass(frozen=True)
class Snapshot:
    """The whole spreadsheet.

    Attributes:
        title: the spreadsheet's.
        locale: such as ``de_DE``.
        tabs: in their order; charts that are tabs are left out.
        named: the named ranges, ours among them.
    """

    title: str
    locale: str
    tabs: Sequence[Tab]
    named: tuple[NamedRange, ...] = ()

    @cached_property
    def version(self) -> str:
        """A digest of everything that a workbook tells of it."""
        digest = hashlib.blake2b(self.locale.encode(), digest_size=16)
        for tab in self.tabs:
            cells = [(place, cell.value, cell.formula) for place, cell in tab.cells.items()]
            digest.update(
                repr((tab.title, tab.sheet_id, cells)).encode("utf-8", "backslashreplace")
            )
        digest.update(repr([(name.name, name.formula) for name in self.names]).encode())
        return digest.hexdigest()

    @cached_property
    def names(self) -> Sequence[DefinedName]:
        """What people named."""
        return defined_names(self.named, {tab.sheet_id: tab.title for tab in self.tabs})

    @property
    def loading(self) -> frozenset[Address]:
        """Cells whose formulas were still being computed."""
        return frozenset(Address(tab.title, *place) for tab in self.tabs for place in tab.loading)

    def workbook(self) -> Workbook:
        """Return what the rest of the program reads."""
        return Workbook(
            grids=[Grid(tab.title, tab.cells) for tab in self.tabs],
            version=self.version,
            decimal_comma=has_decimal_comma(self.locale),
            names=self.names,
            is_live=True,
        )

    def tab(self, title: str) -> Tab | None:
        """Return the worksheet of that title (case does not matter), or None."""
        wanted = title.casefold()
        return next((tab for tab in self.tabs if tab.title.casefold() == wanted), None)

    def with_changes(self, changes: Sequence[CellWrite]) -> Snapshot:
        """Return the sheet as it is once they are written."""
        by_tab: dict[str, list[CellWrite]] = {}
        for change in changes:
            by_tab.setdefault(change.address.tab.casefold(), []).append(change)
        tabs = [
            tab.with_changes(by_tab[name]) if (name := tab.title.casefold()) in by_tab else tab
            for tab in self.tabs
        ]
        return replace(self, tabs=tabs)


def snapshot_of(answer: Mapping[str, Any]) -> Snapshot:
    """Return what an answer to a read with `FIELDS` says."""
    properties = answer.get("properties", {})
    sheets = sorted(answer.get("sheets", ()), key=lambda s: s["properties"].get("index", 0))
    grids = [s for s in sheets if s["properties"].get("sheetType", "GRID") == "GRID"]
    comma = has_decimal_comma(properties.get("locale", ""))
    tabs = [_tab(sheet, decimal_comma=comma) for sheet in grids]
    named = tuple(named_ranges(answer))
    return Snapshot(properties.get("title", ""), properties.get("locale", ""), tabs, named)


def storable(value: str | int | float | CellPicture | None) -> str | int | float:
    """Return a value as the API takes it: the empty text empties a cell."""
    if value is None:
        return ""
    if isinstance(value, CellPicture):
        return value.formula
    if not isinstance(value, str):
        return plain_number(value)
    if len(value) * 2 <= LONGEST_TEXT:
        return value
    return value.encode("utf-16-le", "replace")[: LONGEST_TEXT * 2].decode("utf-16-le", "ignore")


def _tab(sheet: Mapping[str, Any], *, decimal_comma: bool) -> Tab:
    properties = sheet["properties"]
    grid = properties.get("gridProperties", {})
    cells: dict[Place, Cell] = {}
    spilled, loading = [], []
    for place, data in _cell_data(sheet):
        cell = cell_of(data, decimal_comma=decimal_comma)
        if cell is None:
            continue
        cells[place] = cell
        if is_spilled(data):
            spilled.append(place)
        if is_loading(data):
            loading.append(place)
    return Tab(
        title=properties["title"],
        sheet_id=properties.get("sheetId", 0),
        rows=grid.get("rowCount", 0),
        columns=grid.get("columnCount", 0),
        cells=cells,
        spilled=frozenset(spilled),
        loading=frozenset(loading),
        protected=tuple(_protections(sheet)),
    )


def _cell_data(sheet: Mapping[str, Any]) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    for block in sheet.get("data", ()):
        top, left = block.get("startRow", 0) + 1, block.get("startColumn", 0) + 1
        for row, row_data in enumerate(block.get("rowData", ()), start=top):
            for column, data in enumerate(row_data.get("values", ()), start=left):
                if data:
                    yield (row, column), data


def _protections(sheet: Mapping[str, Any]) -> Iterator[tuple[Area, tuple[Area, ...]]]:
    for protected in sheet.get("protectedRanges", ()):
        if protected.get("warningOnly") or protected.get("requestingUserCanEdit"):
            continue
        holes = tuple(area_of(hole) for hole in protected.get("unprotectedRanges", ()))
        yield area_of(protected.get("range", {})), holes
