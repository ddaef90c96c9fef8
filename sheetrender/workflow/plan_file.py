"""plan.json: settings, prompts, curves and versions of the last run, enough to draw it again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from sheetrender import __version__
from sheetrender.engines.engine import Engine
from sheetrender.model.frames import Size
from sheetrender.model.keyframes import Settings
from sheetrender.model.plan import PlannedRow, RenderPlan
from sheetrender.model.prompts import MovingText
from sheetrender.model.timing import FrameRate
from sheetrender.output.whole_files import replacing
from sheetrender.planning.settings_table import SETTINGS
from sheetrender.rendering.folder import OutputFolder
from sheetrender.sheets.store import is_google
from sheetrender.workflow.plan import plan_json
from sheetrender.workflow.plan_reading import FORM, NOT_KEPT
from sheetrender.workflow.project import Project
from sheetrender.workflow.timeline import named_marks

_FIELDS = {"fps": "rate"}


def write_plan(output: OutputFolder, project: Project, plan: RenderPlan, engine: Engine) -> None:
    """Write ``plan.json``.

    Raises:
        RenderFailed: the folder cannot be written.
    """
    location = project.store.location
    document = {
        "form": FORM,
        "versions": {"sheetrender": __version__, engine.name: engine.version},
        "sheet": location if is_google(location) else Path(location).name,
        "variant": dict(project.variant),
        "settings": dict(_settings(project)),
        **plan_json(plan),
        # Apart, as their sum may round up to the next seed.
        "seeds": plan.seeds.tolist(),
        "seed_shares": plan.seed_shares.tolist(),
        "rows": [_row(project, row) for row in plan.rows],
        "sources": dict(_sources(project)),
        "markers": list(_markers(project)),
    }
    with replacing(output.plan) as part:
        part.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def _settings(project: Project) -> Iterator[tuple[str, object]]:
    """Yield the settings as they may be written; files as they are called from the sheet."""
    settings = project.settings
    if project.draft_of is not None:
        # A draft's video keeps the draft's size and rate.
        settings = replace(settings, scale_to=None, fps_to=None, upscaler="")
    files = _files(project)
    for setting in SETTINGS:
        name = setting.name
        if name not in NOT_KEPT:
            yield name, files.get(name) or _written(settings, name)


def _written(settings: Settings, name: str) -> object:
    if name in ("width", "height"):
        return getattr(settings.size, name)
    value = getattr(settings, _FIELDS.get(name, name))
    match value:
        case bool():
            return "yes" if value else "no"
        case None:
            return ""
        case FrameRate():
            return str(value)
        case Size():
            return f"{value.width}x{value.height}"
    return value


def _files(project: Project) -> dict[str, str]:
    """Return the files that settings name, by setting."""
    sources = project.sources
    named: dict[str, Path | None] = {
        "song": project.song,
        "lut": project.lut,
        "upscaler": project.upscaler if project.draft_of is None else None,
        "init_image": sources.first.path if sources.first else None,
        "init_video": sources.video.path if sources.video else None,
        "mask": sources.mask.path if sources.mask else None,
    }
    return {name: called(project, path) for name, path in named.items() if path is not None}


def called(project: Project, path: Path) -> str:
    """Return a file's path from the sheet's folder; of one elsewhere only its name."""
    folder, path = project.store.folder.resolve(), path.resolve()
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name


def _sources(project: Project) -> Iterator[tuple[str, str]]:
    """Yield the files that frames are made from, with the digests of their bytes."""
    sources = project.sources
    for file in (sources.first, sources.video, sources.mask, *sources.begins.values()):
        if file is not None:
            yield called(project, file.path), file.digest.hex()


def _markers(project: Project) -> Iterator[dict[str, object]]:
    for frame, marks in named_marks(project).items():
        for mark in marks:
            yield {
                "frame": frame,
                "name": mark.name,
                "comment": mark.comment,
                "duration": mark.duration,
            }


def _row(project: Project, row: PlannedRow) -> dict[str, Any]:
    begin = project.sources.begins.get(row.row)
    return {
        "row": row.row,
        "first": row.first,
        "last": row.last,
        "prompt": row.prompt,
        "negative": row.negative,
        "caption": row.caption,
        "blend": row.blend,
        "model": row.model,
        "sampler": row.sampler,
        "loras": list(row.loras),
        "init_image": called(project, begin.path) if begin else "",
        "moving_prompt": _moving(row.moving_prompt),
        "moving_negative": _moving(row.moving_negative),
    }


def _moving(text: MovingText | None) -> dict[str, Any] | None:
    if text is None:
        return None
    return {"parts": list(text.parts), "numbers": text.numbers.tolist()}
