"""Export: a sheet handed over to another tool; the sheet is only read."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from sheetrender.model.errors import UsageError
from sheetrender.model.plan import RenderPlan
from sheetrender.output.deforum_file import write_deforum
from sheetrender.output.edl_files import cut_edl, marker_edl
from sheetrender.output.fcpxml_file import fcpxml
from sheetrender.output.marker_table import marker_csv
from sheetrender.output.otio_file import otio
from sheetrender.output.subtitle_file import lyrics_srt, srt
from sheetrender.output.timeline import BY, Timeline
from sheetrender.output.whole_files import replacing, require_folder
from sheetrender.output.xmeml_file import xmeml
from sheetrender.planning.columns import nearest
from sheetrender.planning.deforum.exporting import Exported, exported
from sheetrender.planning.parseq.exporting import manifest
from sheetrender.rendering.folder import OutputFolder
from sheetrender.workflow.from_plan import read_project
from sheetrender.workflow.project import Project, Request, checked_plan
from sheetrender.workflow.seeds import known_seeds
from sheetrender.workflow.timeline import timeline_of
from sheetrender.workflow.video_folder import with_folder

_Texts: TypeAlias = Callable[[Timeline], str]


@dataclass(frozen=True, slots=True)
class _Form:
    """A way to hand a video over to an editor.

    Attributes:
        ending: of the file.
        text: makes it.
        says: what it is, for a sentence.
        beside: makes a second file, ``…_markers`` with the same ending.
    """

    ending: str
    text: _Texts
    says: str
    beside: _Texts | None = None


_EDITORS: Mapping[str, _Form] = {
    "premiere": _Form(".xml", xmeml, "Sequence for Premiere Pro and Resolve"),
    "fcpxml": _Form(".fcpxml", fcpxml, "Project for Final Cut Pro and Resolve"),
    "otio": _Form(".otio", otio, "Timeline for OpenTimelineIO"),
    "edl": _Form(".edl", cut_edl, "Cuts as EDL", marker_edl),
    "srt": _Form(".srt", srt, "Subtitles"),
    "lyrics": _Form(".srt", lyrics_srt, "The markers as subtitles"),
    "csv": _Form(".csv", marker_csv, "Markers as a table"),
}
_NEEDS_VIDEO = ("premiere", "fcpxml", "otio", "edl")
FORMS = ("deforum", "parseq", "prompts", *_EDITORS)
ENDINGS: Mapping[str, tuple[str, ...]] = {
    "deforum": (".txt", ".json"),
    "parseq": (".json",),
    "prompts": (".txt", ".json"),
    **{name: (form.ending,) for name, form in _EDITORS.items()},
}
_OURS = (f'"{BY}"'.encode(), f"<!-- {BY} -->".encode(), f" by {BY}\r\n".encode())
"""What stands in the files of an earlier export: as a key, a comment, in a title."""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A file for another tool.

    Attributes:
        path: where it is; None where nothing was written.
        says: what it is.
        notices: what that tool does otherwise.
        text: to be pasted, where nothing was written.
    """

    path: Path | None
    says: str
    notices: tuple[str, ...]
    text: str = ""


def export(request: Request, form: str, target: Path | None) -> HandedOver:
    """Write a sheet for another tool into `target`, or ``<name>_<form>`` beside the sheet.

    Prompts without `target` are written nowhere: their text is returned.

    Raises:
        UsageError: there is no such form, or the file cannot be called so; nothing was written.
        SheetInvalid: the sheet has problems; nothing was written.
        RenderFailed: the file cannot be written; an older one is left as it was.
    """
    _refuse_unknown(form)
    project = read_project(request)
    project.refuse_problems()
    project, output = with_folder(project, None, request)
    endings = ENDINGS[form]
    file = target or project.store.folder / f"{project.store.name}_{form}{endings[0]}"
    _refuse_to_replace(project, request, file, endings)
    plan = checked_plan(project, known_seeds(output, project.rows))
    if form in _EDITORS:
        return _for_editor(project, request, plan, output, form, file)
    song = str(project.song) if project.song else ""
    if form == "parseq":
        made = manifest(project.rows, project.settings, plan, song)
        write_deforum(file, made.content)
        return HandedOver(file, "Manifest of Parseq for Deforum", made.notices)
    found = exported(project.rows, project.settings, plan, song)
    if form == "prompts":
        return _prompts_alone(target, found)
    write_deforum(file, found.settings)
    return HandedOver(file, "Settings for Deforum", found.notices)


def _prompts_alone(target: Path | None, found: Exported) -> HandedOver:
    """Return the prompts as one text, as Deforum's box for them takes it."""
    text = json.dumps(found.settings["prompts"], ensure_ascii=False, indent=4)
    notices = tuple(notice for notice in found.notices if " in the prompt " in notice)
    if target is None:
        return HandedOver(None, "Paste this into Deforum's box for prompts", notices, text)
    with replacing(target) as part:
        part.write_text(text + "\n", encoding="utf-8", errors="backslashreplace")
    return HandedOver(target, "Prompts for Deforum", notices)


def _for_editor(
    project: Project,
    request: Request,
    plan: RenderPlan,
    output: OutputFolder,
    name: str,
    file: Path,
) -> HandedOver:
    form = _EDITORS[name]
    timeline = timeline_of(project, plan, output)
    if name == "lyrics" and not any(mark.name.strip() for mark in timeline.marks):
        raise UsageError(
            "The tab Markers has no name that could be a subtitle. Bring the words in: "
            f"sheetrender markers song.lrc --into {request.sheet}"
        )
    texts = {file: form.text(timeline)}
    if form.beside is not None:
        beside = file.with_name(f"{file.stem}_markers{file.suffix}")
        _refuse_to_replace(project, request, beside, (form.ending,))
        texts[beside] = form.beside(timeline)
    for path, text in texts.items():
        with replacing(path) as part:
            # As it is: EDLs and tables end their lines as their readers want it.
            part.write_bytes(text.encode("utf-8-sig" if name == "csv" else "utf-8"))
    notices = [f"Its markers are in {path}." for path in list(texts)[1:]]
    if name in _NEEDS_VIDEO and not timeline.video.exists():
        said = shlex.join(f"--set={name}={value}" for name, value in request.overrides.items())
        notices.append(
            f"{timeline.video} is not there yet. "
            f"Make it: {' '.join(filter(None, ('sheetrender run', request.sheet, said)))}"
        )
    return HandedOver(file, form.says, tuple(notices))


def _refuse_unknown(form: str) -> None:
    if form in FORMS:
        return
    close = nearest(form, FORMS)
    hint = f"Did you mean {close}? " if close else ""
    raise UsageError(f"--to {form!r} is unknown. {hint}Use --to {' or '.join(FORMS)}.")


def _refuse_to_replace(
    project: Project, request: Request, file: Path, endings: Sequence[str]
) -> None:
    """Stop where the file would take the place of the sheet or the song.

    Raises:
        UsageError: it would, or its name does not say that it holds text.
    """
    if file.suffix.lower() not in endings:
        raise UsageError(
            f"{file} does not end in {' or '.join(endings)}. Give -o a name that does."
        )
    require_folder(file)
    if file.exists() and not _is_ours(file):
        raise UsageError(
            f"{file} exists and was not written by sheetrender. Give another name with -o."
        )
    for kept in (project.song, Path(request.sheet)):
        if kept is not None and kept.resolve() == file.resolve():
            raise UsageError(f"{file} is what the sheet is made of. Give another name with -o.")


def _is_ours(file: Path) -> bool:
    """Say whether a file is an export of an earlier time, and may be written anew.

    Subtitles, tables and prompts have no room for a word about who wrote them.
    """
    try:
        content = file.read_bytes()
        return file.stem.endswith(("_srt", "_lyrics", "_csv", "_prompts")) or any(
            sign in content for sign in _OURS
        )
    except OSError:
        return False
