"""Doctor: what is installed, who opens Google Sheets, and whether one sheet can be worked on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from sheetrender.engines.diffusion.located import located
from sheetrender.model.cells import Address
from sheetrender.model.errors import PartMissing, SheetrenderError, UsageError
from sheetrender.sheets.google_auth import find_access
from sheetrender.sheets.store import is_google
from sheetrender.sheets.write_trial import try_to_write
from sheetrender.workflow.check import checked
from sheetrender.workflow.doctor_drive import drive
from sheetrender.workflow.doctor_machine import (
    INSTALL,
    Finding,
    disk,
    from_error,
    machine,
    missing_packages,
)
from sheetrender.workflow.project import Project, Request, output_folder, read_project

__all__ = ["Finding", "examine", "exit_code"]

_BYTES_PER_PIXEL = 1
"""Of a lossless frame of the animatic with what goes into the video, measured: about a third."""


def examine(
    request: Request | None = None,
    *,
    credentials: Path | None = None,
    folder: Path | None = None,
) -> Iterator[Finding]:
    """Yield what was found, in the order in which a person needs it; nothing is changed.

    Args:
        request: a sheet to look at as well.
        credentials: a file for Google that the person named; else it is looked for.
        folder: the output folder, where the person named one.
    """
    yield from machine(needs_libreoffice=request is not None and bool(request.recalc))
    on_google = request is not None and is_google(request.sheet)
    identity = _identity(credentials, is_needed=on_google)
    yield identity
    if request is None:
        yield disk((folder or Path.cwd()).absolute())
    elif identity.state != "wrong":
        yield from _sheet(request, folder, credentials)


def exit_code(findings: list[Finding]) -> int:
    """Return what the command ends with: 0, or the code of the first thing that is wrong."""
    return next((finding.exit_code for finding in findings if finding.exit_code), 0)


def _identity(credentials: Path | None, *, is_needed: bool) -> Finding:
    try:
        identity = find_access(credentials).identity
    except (PartMissing, UsageError) as error:
        if is_needed or isinstance(error, UsageError):
            return from_error("credentials", error, error.exit_code if is_needed else 0)
        return Finding(
            topic="credentials",
            state="note",
            says="none; only Google Sheets need them",
            cure="`sheetrender login`, or the JSON key of a service account (--credentials FILE)",
        )
    where = f"{identity.source} ({identity.path})" if identity.path else identity.source
    if identity.has_email:
        return Finding(
            topic="credentials",
            state="ok",
            says=f"{identity.email}, from {where}",
            cure=f"In each sheet choose Share, and add {identity.email} as Editor.",
        )
    return Finding(
        topic="credentials",
        state="ok",
        says=f"{identity.email}, from {where}",
        cure="Sheets of that account open as they are; others have to be shared with it as Editor.",
    )


def _sheet(request: Request, folder: Path | None, credentials: Path | None) -> Iterator[Finding]:
    try:
        project = read_project(request)
    except SheetrenderError as error:
        yield from_error("sheet", error, error.exit_code)
        return
    yield Finding(topic="sheet", state="ok", says=f"{project.store.name} can be read")
    yield _writing(project)
    if is_google(request.sheet):
        yield drive(project, credentials)
    yield _rows(project, request)
    if project.settings.engine == "diffusion":
        yield _engine(project)
    yield from _output(project, request, folder)


def _engine(project: Project) -> Finding:
    if missing := missing_packages():
        needs = f"diffusion needs {', '.join(missing)}. Run {INSTALL}."
        return from_error("engine", needs, PartMissing.exit_code)
    model, folders = project.settings.model, project.engine_settings.folders
    try:
        found = located(model, folders, os.environ)
    except (PartMissing, UsageError) as error:
        return from_error("engine", error, PartMissing.exit_code)
    return Finding(topic="engine", state="ok", says=f"diffusion, with {found.path or model}")


def _writing(project: Project) -> Finding:
    try:
        try_to_write(project.store, _place_of_status(project), version=project.workbook.version)
    except SheetrenderError as error:
        return from_error("writing", error, error.exit_code)
    return Finding(topic="writing", state="ok", says="statuses can be written, nobody locks it")


def _place_of_status(project: Project) -> Address:
    table = project.table
    if table is None:
        tabs = [grid.tab for grid in project.workbook.grids]
        return Address(tabs[0] if tabs else "Keyframes", 1, 1)
    column = table.columns.get("status") or min(table.columns.values(), default=1)
    row = min((row.row for row in project.rows), default=table.heading_row)
    return Address(table.grid.tab, row, column)


def _rows(project: Project, request: Request) -> Finding:
    found = checked(project)
    says = f"{found.rows}, which make {found.frames} frames"
    if not found.problems:
        return Finding(topic="rows", state="ok", says=says)
    count = len(found.problems)
    return Finding(
        topic="rows",
        state="wrong",
        says=f"{says}; {count} problem{'s' if count != 1 else ''}",
        cure=f"`sheetrender check {request.sheet}` names every cell.",
        exit_code=UsageError.exit_code,
    )


def _output(project: Project, request: Request, folder: Path | None) -> Iterator[Finding]:
    try:
        output = output_folder(project, folder, request)
    except UsageError:
        # It is one of the problems that `check` names.
        return
    size = project.settings.size
    whole = project.frames * size.width * size.height * _BYTES_PER_PIXEL
    there = sum(file.stat().st_size for file in (output / "frames").glob("*.png"))
    yield disk(output, needed=max(0, whole - there))
