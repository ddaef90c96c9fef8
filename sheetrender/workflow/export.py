"""Export: a sheet handed over to another tool; the sheet is only read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sheetrender.model.errors import UsageError
from sheetrender.output.deforum_file import write_deforum
from sheetrender.planning.columns import nearest
from sheetrender.planning.deforum.exporting import exported
from sheetrender.planning.deforum.keys import EXTRA
from sheetrender.rendering.folder import OutputFolder
from sheetrender.workflow.project import (
    Project,
    Request,
    checked_plan,
    output_folder,
    read_project,
)
from sheetrender.workflow.seeds import known_seeds

FORMS = ("deforum",)
LATER = ("parseq", "premiere", "otio", "edl", "csv")
ENDINGS = (".txt", ".json")


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A file for another tool.

    Attributes:
        path: where it is.
        notices: what that tool does otherwise.
    """

    path: Path
    notices: tuple[str, ...]


def export(request: Request, form: str, target: Path | None) -> HandedOver:
    """Write a sheet for another tool into `target`, or ``<name>_<form>.txt`` beside the sheet.

    Raises:
        UsageError: there is no such form, or the file cannot be called so; nothing was written.
        SheetInvalid: the sheet has problems; nothing was written.
        RenderFailed: the file cannot be written; an older one is left as it was.
    """
    _refuse_unknown(form)
    project = read_project(request)
    project.refuse_problems()
    file = target or project.store.folder / f"{project.store.name}_{form}.txt"
    _refuse_to_replace(project, request, file)
    plan = checked_plan(
        project, known_seeds(OutputFolder(output_folder(project, None, request)), project.rows)
    )
    song = str(project.song) if project.song else ""
    found = exported(project.rows, project.settings, plan, song)
    write_deforum(file, found.settings)
    return HandedOver(file, found.notices)


def _refuse_unknown(form: str) -> None:
    if form in FORMS:
        return
    if form in LATER:
        raise UsageError(f"--to {form} is not part of this version. Use --to {' or '.join(FORMS)}.")
    close = nearest(form, (*FORMS, *LATER))
    hint = f"Did you mean {close}? " if close else ""
    raise UsageError(f"--to {form!r} is unknown. {hint}Use --to {' or '.join(FORMS)}.")


def _refuse_to_replace(project: Project, request: Request, file: Path) -> None:
    """Stop where the file would take the place of the sheet or the song.

    Raises:
        UsageError: it would, or its name does not say that it holds text.
    """
    if file.suffix.lower() not in ENDINGS:
        raise UsageError(
            f"{file} does not end in {' or '.join(ENDINGS)}. Give -o a name that does."
        )
    if not file.absolute().parent.is_dir():
        raise UsageError(f"The folder {file.parent} is not there. Make it, or name another.")
    if file.exists() and not _is_ours(file):
        raise UsageError(
            f"{file} exists and was not written by sheetrender. Give another name with -o."
        )
    for kept in (project.song, Path(request.sheet)):
        if kept is not None and kept.resolve() == file.resolve():
            raise UsageError(f"{file} is what the sheet is made of. Give another name with -o.")


def _is_ours(file: Path) -> bool:
    """Say whether a file is an export of an earlier time, and may be written anew."""
    try:
        return f'"{EXTRA}"'.encode() in file.read_bytes()
    except OSError:
        return False
