"""A plan.json in the place of a sheet: the same video again, without the sheet.

Files that it names are looked for beside the sheet that it was made from, beside itself, and in
the folders of ``--allow-path``; nothing that it says leads anywhere else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sheetrender.engines.engine import ENGINE_NAMES
from sheetrender.model.cells import Address, Cell, Findings, Grid, Problem, Workbook
from sheetrender.model.errors import SheetUnavailable, UsageError
from sheetrender.model.keyframes import Keyframe, PlacedText, Settings
from sheetrender.model.plan import RenderPlan
from sheetrender.planning.columns import CHANNEL_NAMES, folded
from sheetrender.planning.markers_tab import TAB as MARKERS_TAB
from sheetrender.planning.settings import read_settings
from sheetrender.planning.settings_table import SETTINGS
from sheetrender.planning.spreadsheet import ComputedCells
from sheetrender.sheets.store import SheetStore
from sheetrender.workflow.draft import draft_size
from sheetrender.workflow.named_files import finishing_files, song_of
from sheetrender.workflow.plan_reading import (
    FORM,
    NOT_KEPT,
    PlanWrong,
    mapping,
    markers_of,
    plan_of,
    text,
)
from sheetrender.workflow.plan_store import PlanStore
from sheetrender.workflow.project import Project, Request
from sheetrender.workflow.project import read_project as read_sheet
from sheetrender.workflow.source_files import SourceFiles, source_files

TAB = "plan.json"
_LARGEST = 1 << 30
_SETTLED = frozenset(
    [
        "fps", "width", "height", "frames", "bpm", "first_beat", "seed", "seed_behavior", "style",
        "negative", "motion", "init_image", "init_video", "mask", "invert_mask", "lora",
        "color_coherence", "border", "interpolation", *CHANNEL_NAMES,
    ]
)  # fmt: skip
"""What the plan says for every frame, so that no setting can change it any more."""
_MARKERS = ("name", "frame", "comment", "duration")
_FILES = ("song", "lut", "upscaler", "init_image", "init_video", "mask")


def read_project(request: Request) -> Project:
    """Read a sheet, or the plan.json of an earlier run in its place.

    Raises:
        UsageError: it is neither, or a plan that cannot be used; the message says why.
        SheetUnavailable: it cannot be reached or read.
    """
    if Path(request.sheet).suffix.lower() != ".json":
        return read_sheet(request)
    if request.variant.values:
        raise UsageError(f"{request.sheet} is a plan, and cannot vary. Vary its sheet.")
    store = PlanStore(Path(request.sheet).absolute())
    document = _document(store.path)
    try:
        return _Reading(store, document, request).project()
    except PlanWrong as wrong:
        raise UsageError(f"{request.sheet}: {wrong}") from wrong


def _document(path: Path) -> Mapping[str, Any]:
    """Return what the file says.

    Raises:
        UsageError: it is no plan, or one of another version.
        SheetUnavailable: it cannot be read.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise UsageError(f"{path} is too large for a plan.")
        document = json.loads(path.read_text("utf-8"), parse_constant=_refuse_constant)
    except OSError as error:
        raise SheetUnavailable(
            f"{path} cannot be read: {error.strerror}. Check its name."
        ) from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} is no plan that a run has written: it is no JSON.") from error
    if not isinstance(document, dict) or "channels" not in document:
        raise UsageError(f"{path} is no plan. Give the plan.json of an output folder.")
    form = document.get("form")
    if isinstance(form, int) and form > FORM:
        raise UsageError(
            f"{path} was written by a newer sheetrender (form {form}, and this one reads {FORM}). "
            "Update it: pip install --upgrade sheetrender"
        )
    if form != FORM:
        raise UsageError(
            f"{path} was written by an older sheetrender, which kept too little to draw from. "
            "Run its sheet once more."
        )
    return document


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no number in JSON")


class _Reading:
    """One plan while it is read."""

    def __init__(self, store: PlanStore, document: Mapping[str, Any], request: Request) -> None:
        self._store = store
        self._document = document
        self._request = request
        self._findings = Findings()

    def project(self) -> Project:
        settings = self._settings()
        plan = plan_of(self._document, settings)
        rows = tuple(self._keyframes(plan))
        store: SheetStore = self._store
        allowed = self._request.allowed_paths
        sources = source_files(settings, rows, store, allowed, self._findings)
        self._compare(sources)
        if self._request.draft:
            settings = replace(settings, size=draft_size(settings.size))
        song, seconds = song_of(settings, store, allowed, self._findings)
        lut, upscaler = finishing_files(settings, store, allowed, self._findings)
        self._findings.problems[:] = map(_without_place, self._findings.problems)
        return Project(
            store=store,
            workbook=Workbook(grids=[self._markers()], version=""),
            table=None,
            settings=settings,
            rows=rows,
            findings=self._findings,
            song=song,
            song_seconds=seconds,
            frames=plan.frames,
            lut=lut,
            upscaler=upscaler,
            draft_of=plan.size if self._request.draft else None,
            sources=sources,
            curves=plan.curves,
            planned=replace(plan, size=settings.size),
            drawn_by=self._versions(),
            variant=self._variant(),
        )

    def _markers(self) -> Grid:
        """Return the Markers tab, as the sheet had it in frames."""
        rows: list[tuple[str | int, ...]] = [_MARKERS, *markers_of(self._document)]
        cells = {
            (row, column): Cell(value)
            for row, values in enumerate(rows, start=1)
            for column, value in enumerate(values, start=1)
        }
        return Grid(MARKERS_TAB, cells)

    def _variant(self) -> dict[str, str]:
        values = mapping(self._document.get("variant", {}), "variant")
        return {name: text(value, f"variant.{name[:40]}") for name, value in values.items()}

    def _versions(self) -> dict[str, str]:
        versions = mapping(self._document.get("versions"), "versions")
        return {name: text(version, "versions") for name, version in versions.items()}

    def _settings(self) -> Settings:
        for name in self._request.overrides:
            if folded(name) in _SETTLED:
                raise UsageError(
                    f"--set {name}: {self._store.path.name} has settled that for every frame. "
                    "Change it in the sheet, and run that."
                )
        given = mapping(self._document.get("settings"), "settings")
        known = [s.name for s in SETTINGS if s.name in given and s.name not in NOT_KEPT]
        cells: dict[tuple[int, int], Cell] = {(1, 1): Cell("name"), (1, 2): Cell("value")}
        for row, name in enumerate(known, start=2):
            cells |= {(row, 1): Cell(name), (row, 2): Cell(self._value(name, given[name]))}
        grid = Grid(TAB, cells)
        computed = ComputedCells(Workbook(grids=[grid], version=""))
        settings = read_settings(grid, computed, self._request.overrides, self._findings)
        if settings.engine not in ENGINE_NAMES:
            raise PlanWrong(f"settings.engine is {settings.engine!r}, which is no engine here.")
        return settings

    def _value(self, name: str, value: object) -> str | int | float:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        written = text(value, f"settings.{name}")
        return self._found(written) if written and name in _FILES else written

    def _found(self, written: str) -> str:
        """Return where a file is that the plan names; where it is not, as it is written."""
        roots = [self._store.folder, self._store.path.parent, *self._request.allowed_paths]
        for root in roots:
            try:
                place = (root.expanduser() / written.replace("\\", "/")).resolve()
                if place.is_relative_to(root.expanduser().resolve()) and place.is_file():
                    return str(place)
            except (OSError, ValueError):  # such as a name that is too long: told of later
                continue
        return written

    def _keyframes(self, plan: RenderPlan) -> Iterator[Keyframe]:
        """Yield the rows as far as a plan knows them."""
        entries = self._document["rows"]
        cuts = {segment.first for segment in plan.segments}
        for row, entry in zip(plan.rows, entries, strict=True):
            place = Address(TAB, row.row, 1)
            begin = text(entry.get("init_image", ""), "init_image")
            files = {"model": row.model, "lora": ",".join(row.loras)}
            files["init_image"] = self._found(begin) if begin else ""
            yield Keyframe(
                frame=row.first,
                row=row.row,
                place=place,
                row_id="",
                prompt=row.prompt,
                negative=row.negative,
                caption=row.caption,
                texts=(PlacedText("prompt", row.prompt, place),),
                seed=int(plan.seeds[row.first]),
                seed_place=None,
                gives_seed=True,
                cut=row.first > 0 and row.first in cuts,
                cut_place=None,
                keys={},
                model=row.model,
                sampler=row.sampler,
                loras=row.loras,
                files={n: PlacedText(n, written, place) for n, written in files.items() if written},
            )

    def _compare(self, sources: SourceFiles) -> None:
        """Refuse files that are not the ones that the frames were made from."""
        known = mapping(self._document.get("sources"), "sources")
        digests = {text(digest, f"sources.{name[:40]}") for name, digest in known.items()}
        for file in (sources.first, sources.video, sources.mask, *sources.begins.values()):
            if file is not None and file.digest.hex() not in digests:
                self._findings.problems.append(
                    _problem(
                        file.path.name,
                        "is not the file that the plan was made with",
                        "Put that one back, or run the sheet to make a new plan.",
                    )
                )


def _problem(written: str, wrong: str, remedy: str) -> Problem:
    return Problem(place=None, tab=TAB, heading="", written=written, wrong=wrong, remedy=remedy)


def _without_place(problem: Problem) -> Problem:
    """Return a problem without a cell: a plan has none."""
    place = problem.place
    return replace(problem, place=None, tab=TAB) if place and place.tab == TAB else problem
