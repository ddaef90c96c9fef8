"""Markers into a sheet: its Markers tab, and rows for markers that have none."""

from __future__ import annotations

import filecmp
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sheetrender.model.cells import Cell, CellPicture, CellWrite, Findings, Grid, Workbook
from sheetrender.model.errors import SheetChanged, SheetInvalid, SheetrenderError, UsageError
from sheetrender.model.keyframes import Settings
from sheetrender.model.timing import parse_timecode
from sheetrender.planning import readers
from sheetrender.planning.marker_keyframes import NewRows, new_rows
from sheetrender.planning.markers_restored import marker_names, restored_markers
from sheetrender.planning.markers_tab import TAB, find_markers, marker_rows
from sheetrender.planning.markers_update import NamedMarker, TabUpdate, TabWriter, named
from sheetrender.planning.spreadsheet import ComputedCells
from sheetrender.sheets.added_rows import AddedRows, write_with_rows
from sheetrender.sheets.added_tab import add_tab
from sheetrender.sheets.safekeeping import keep_copy
from sheetrender.sheets.store import SheetStore, is_google, open_store
from sheetrender.workflow import markers
from sheetrender.workflow.markers import Asked, MarkersFound, Wanted
from sheetrender.workflow.project import Project, Request, understood

_WIDTHS = (28, 9, 14, 40, 10, 8)
"""Of the tab's columns, in characters."""
_LOOKS = 4
"""At a Google Sheet after the write; one is enough where nobody moves rows in that moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What was written into a sheet.

    Attributes:
        found: the markers.
        tab: what changed in the Markers tab.
        rows: what was added to the Keyframes tab; None where nobody asked for it.
        copy: the file as it was before; None for a Google Sheet, or where nothing was written.
        is_google: a sheet that keeps its older versions itself.
        changed: whether anything was written.
        warnings: problems of the sheet that were not there before.
    """

    found: MarkersFound
    tab: TabUpdate
    rows: NewRows | None
    copy: Path | None
    is_google: bool
    changed: bool
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """What is to be written, and what it leads to."""

    tab: TabUpdate
    rows: NewRows | None
    warnings: tuple[str, ...]

    @property
    def writes(self) -> tuple[CellWrite, ...]:
        return (*self.tab.writes, *self.tab.new, *(self.rows.writes if self.rows else ()))

    @property
    def added(self) -> tuple[AddedRows, ...]:
        """The rows that are new."""
        found = [AddedRows(self.tab.below, self.tab.new)]
        if self.rows and self.rows.rows:
            found.append(AddedRows(self.rows.rows[0] - 1, self.rows.writes))
        return tuple(found)


def fill_sheet(request: Request, asked: Asked, *, rows: bool) -> Filled:
    """Read marker files, and bring a sheet's Markers tab up to date with them.

    Args:
        request: the sheet.
        asked: the files, and how they count.
        rows: add a row to the Keyframes tab for each marker that no row begins with.

    Raises:
        UsageError: a file contradicts itself, the rate or the start; or the sheet can have no
            Markers tab, or has one with other headings. Nothing was changed.
        SheetChanged: people moved rows of a Google Sheet again and again.
        SheetUnavailable: the sheet cannot be read or written.
    """
    store = open_store(request.sheet, credentials=request.credentials)
    if not is_google(store.location) and Path(store.location).suffix.lower() in (".csv", ".tsv"):
        raise UsageError(
            f"{request.sheet} is a .csv file, which is one tab and has no Markers tab. Give an "
            ".xlsx file or a Google Sheet; or write the markers into a file of their own with "
            "--csv."
        )
    filling = _Filling(store, request, rows=rows)
    return filling.fill(asked)


class _Filling:
    def __init__(self, store: SheetStore, request: Request, *, rows: bool) -> None:
        self._store = store
        self._request = request
        self._rows = rows

    def fill(self, asked: Asked) -> Filled:
        project = self._read()
        settings = project.settings
        wanted = Wanted(
            rate=settings.rate,
            start=settings.start_timecode,
            song=project.song_seconds if project.song else None,
        )
        found = _with_kind_told(markers.find_markers(asked, wanted), settings)
        names = _named(found)
        change = self._change(project, found, names)
        copy = None
        if change.writes:
            with self._copy_kept() as copy:
                if project.workbook.grid(TAB) is None:
                    add_tab(self._store, TAB, _WIDTHS, version=project.workbook.version)
                    project = self._read()
                    change = self._change(project, found, names)
                misplaced = self._write(project, change)
                if is_google(self._store.location):
                    self._settle(project, found, names, misplaced)
        return Filled(
            found=found,
            tab=change.tab,
            rows=change.rows,
            copy=copy,
            is_google=is_google(self._store.location),
            changed=bool(change.writes),
            warnings=change.warnings,
        )

    def _read(self) -> Project:
        project = understood(self._store, self._store.read(), self._request)
        if self._rows and project.table is None:
            raise SheetInvalid(project.findings.problems)
        return project

    def _write(
        self, project: Project, change: _Change, restored: Sequence[CellWrite] = ()
    ) -> set[str]:
        """Return the markers on whose rows something landed that was meant for others."""
        version = project.workbook.version
        wanted = marker_names(project.workbook)
        rows = {(w.address.tab, w.address.row) for w in (*change.tab.writes, *restored)}
        echo = [place for place in wanted if (place.tab, place.row) in rows]
        write_with_rows(
            self._store, [*change.tab.writes, *restored], change.added, version=version, echo=echo
        )
        landed = {
            place: readers.text(self._store.landed.get(place, wanted[place])) for place in echo
        }
        return {name.casefold() for place, name in landed.items() if name != wanted[place]}

    def _settle(
        self,
        before: Project,
        found: MarkersFound,
        names: Sequence[NamedMarker],
        misplaced: set[str],
    ) -> None:
        """Put right what went elsewhere because somebody moved rows in the moment of the write.

        Raises:
            SheetChanged: it went wrong again and again.
        """
        ours = {one.name.casefold() for one in names}
        for _ in range(_LOOKS):
            project = self._read()
            change = self._change(project, found, names)
            restored = restored_markers(before.workbook, project.workbook, misplaced - ours)
            if not change.writes and not restored:
                return
            misplaced |= self._write(project, change, restored)
        raise SheetChanged(
            f"{self._request.sheet} is being changed all the time, and some markers may not stand "
            "in their rows yet. Run the same line again when nobody moves rows."
        )

    @contextmanager
    def _copy_kept(self) -> Iterator[Path | None]:
        """Keep the file as it was; not where nothing comes to be written after all."""
        if is_google(self._store.location):
            yield None
            return
        path = Path(self._store.location)
        copy = keep_copy(path, "markers")
        try:
            yield copy
        except SheetrenderError:
            if filecmp.cmp(path, copy, shallow=False):
                copy.unlink()
            raise

    def _change(
        self, project: Project, found: MarkersFound, names: Sequence[NamedMarker]
    ) -> _Change:
        tab = _tab_update(project, found, names)
        after = self._after(project, (*tab.writes, *tab.new))
        before = {str(problem) for problem in project.findings.problems}
        problems = [str(p) for p in after.findings.problems if str(p) not in before]
        rows = None
        if self._rows:
            assert after.table is not None
            taken = {row.frame: row.row for row in after.rows}
            rows = new_rows(after.table, taken, names)
            # The rows that are still missing are a problem only until they are there.
            problems = [p for p in problems if "has a heading row, but no row" not in p]
        return _Change(tab=tab, rows=rows, warnings=tuple(problems))

    def _after(self, project: Project, writes: Sequence[CellWrite]) -> Project:
        """Return the sheet as it is understood once the Markers tab is up to date."""
        return understood(self._store, _with_writes(project.workbook, writes), self._request)


def _with_kind_told(found: MarkersFound, settings: Settings) -> MarkersFound:
    """Add a note where the tab's labels are of another kind than the file's."""
    start = settings.start_timecode
    if not found.drop or ";" in start or not parse_timecode(start, settings.rate):
        return found
    label, _, frames = start.rpartition(":")
    note = (
        f"The file has drop-frame labels, and the tab Markers others, as start_timecode {start} "
        f"has: write it {label};{frames} for the same labels."
    )
    return replace(found, notes=(*found.notes, note))


def _named(found: MarkersFound) -> list[NamedMarker]:
    last = found.markers[-1]
    if last.frame > readers.LAST_FRAME:
        raise UsageError(
            f"{last.name or 'A marker'} stands on frame {last.frame:,}, and a sheet ends at a "
            "million. Look at --fps and --start."
        )
    return named(found.markers)


def _tab_update(project: Project, found: MarkersFound, names: Sequence[NamedMarker]) -> TabUpdate:
    workbook, settings = project.workbook, project.settings
    grid, table = workbook.grid(TAB), find_markers(project.workbook)
    if grid is not None and grid.cells and table is None:
        raise UsageError(
            f"The tab {grid.tab} has other headings than name and frame or timecode, so it is left "
            "as it is. Write these two above its columns, or give the tab another name."
        )
    clock = readers.Clock(
        rate=settings.rate,
        start=parse_timecode(settings.start_timecode, settings.rate),
        decimal_comma=workbook.decimal_comma,
    )
    rows = marker_rows(table, clock, ComputedCells(workbook), Findings()) if table else []
    # A label is read again from the sheet's start, so that both have to be of one kind.
    drop = ";" in settings.start_timecode or (found.drop and not clock.start)
    title = grid.tab if grid else TAB
    return TabWriter(title, table, rows, clock, drop=drop).update(names)


def _with_writes(workbook: Workbook, writes: Sequence[CellWrite]) -> Workbook:
    old = workbook.grid(TAB)
    cells: Mapping[tuple[int, int], Cell] = {
        **(old.cells if old else {}),
        **{
            (w.address.row, w.address.column): Cell(w.value)
            for w in writes
            if not isinstance(w.value, CellPicture)
        },
    }
    new = Grid(old.tab if old else TAB, cells)
    grids = [new if grid is old else grid for grid in workbook.grids]
    return replace(workbook, grids=grids if old else [*grids, new])
