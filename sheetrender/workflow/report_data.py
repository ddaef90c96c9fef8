"""What the report shows, as JSON has it."""

from __future__ import annotations

import base64
import platform
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sheetrender import __version__
from sheetrender.model.plan import PlannedRow, RenderPlan
from sheetrender.output.small_video import small_copy
from sheetrender.output.thumbnails import COLUMNS, chosen_frames, thumbnails
from sheetrender.planning.columns import CHANNELS
from sheetrender.rendering.folder import OutputFolder
from sheetrender.rendering.journal import UNMADE, Journal
from sheetrender.reporting.statuses import RowNote
from sheetrender.workflow.project import Project

_THUMBNAILS = 240
_POINTS = 20_000
"""Values of a curve; of more frames the lowest and highest of each stretch are kept."""
_WAVES = 4_000
_EMBEDDED = 1_000_000
"""Bytes up to which the video stands in the page itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far the video is.

    Attributes:
        pictures: of frames, the file of each: itself, or the still of its row.
        missing: frames that are not there as planned; None where nobody can tell.
        notes: what the rows say, by key.
        engine: name and version, as far as it can be told.
    """

    pictures: Mapping[int, Path]
    missing: Collection[int] | None
    notes: Mapping[str, RowNote]
    engine: tuple[str, str]


def report_data(
    project: Project,
    plan: RenderPlan,
    output: OutputFolder,
    standing: Standing,
    *,
    by_mail: bool = False,
) -> dict[str, object]:
    """Return all that the page shows.

    Args:
        project: names song and settings.
        plan: of the video.
        output: where frames and video are.
        standing: how far it is.
        by_mail: a small copy of the video stands in the page itself.

    Raises:
        EncodingFailed: that copy cannot be made.
    """
    chosen = chosen_frames([row.first for row in plan.rows], standing.pictures, _THUMBNAILS)
    small = thumbnails([(n, standing.pictures[n]) for n in chosen], plan.size)
    places = {frame: number for number, frame in enumerate(small.frames)}
    data = plan_data(project, plan, standing.notes, standing.engine)
    return {
        **data,
        "rows": [{**row, "thumb": places.get(row["first"], -1)} for row in data["rows"]],
        "done": _done(plan, standing),
        "wave": wave(project.song),
        "thumbs": {
            "data": _base64(small.jpeg),
            "columns": COLUMNS,
            "w": small.size.width,
            "h": small.size.height,
            "frames": list(small.frames),
        },
        **_video(project, plan, output, by_mail=by_mail),
    }


def plan_data(
    project: Project, plan: RenderPlan, notes: Mapping[str, RowNote], engine: tuple[str, str]
) -> dict[str, Any]:
    """Return what the page shows of the plan alone, whatever is drawn of it.

    Args:
        project: names song and settings.
        plan: of the video.
        notes: what rows say, by key; a row without one says what its status cell does.
        engine: name and version, as far as it can be told.
    """
    told = project.engine_settings
    rate = plan.rate.per_second
    return {
        "title": project.store.name,
        "fps": [rate.numerator, rate.denominator],
        "frames": plan.frames,
        "width": plan.size.width,
        "height": plan.size.height,
        "start": told.start,
        "drop": told.drop,
        "rows": [_row(plan, row, notes.get(row.key)) for row in plan.rows if len(row)],
        "cuts": [segment.first for segment in plan.segments[1:]],
        "channels": list(_channels(plan)),
        "song": float(project.song_seconds) if project.song is not None else 0,
        "songBegins": float(project.settings.song_begins),
        "settings": list(_settings(project)),
        "versions": _versions(engine),
        "problems": [str(problem) for problem in project.findings.problems],
        "warnings": [str(warning) for warning in dict.fromkeys(project.findings.warnings)],
    }


def _done(plan: RenderPlan, standing: Standing) -> str:
    if standing.missing is None:
        return ""
    left = len(standing.missing)
    return "all frames are done" if not left else f"{plan.frames - left} frames are done"


def _row(plan: RenderPlan, row: PlannedRow, note: RowNote | None) -> dict[str, object]:
    return {
        "row": row.row,
        "first": row.first,
        "last": row.last,
        "caption": row.caption,
        "prompt": row.prompt_at(row.first),
        "negative": row.negative_at(row.first),
        "seed": int(plan.seeds[row.first]),
        "status": note.status if note else row.status,
        "progress": note.progress if note else "",
        "message": note.message if note else "",
    }


def _channels(plan: RenderPlan) -> Iterator[dict[str, object]]:
    """Yield the channels that move or differ from what nobody wrote; else the zoom."""
    used = [c for c in CHANNELS if np.any(plan.channels[c.heading] != c.default)]
    for column in used or CHANNELS[:1]:
        values, step = _thinned(plan.channels[column.heading])
        yield {
            "name": column.heading,
            "unit": column.unit,
            "values": _base64(values.astype("<f4").tobytes()),
            "step": step,
        }


def _thinned(values: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], int]:
    """Return the values, or the lowest and highest of equal stretches, and frames for each."""
    step = -(-len(values) // _POINTS)
    if step == 1:
        return values, 1
    stretch = 2 * step
    padded = np.pad(values, (0, -len(values) % stretch), mode="edge").reshape(-1, stretch)
    low, high = padded.min(axis=1), padded.max(axis=1)
    is_falling = padded.argmin(axis=1) > padded.argmax(axis=1)
    pairs = np.where(is_falling[:, None], np.stack([high, low], 1), np.stack([low, high], 1))
    return pairs.reshape(-1), step


def wave(song: Path | None) -> str | None:
    """Return the outline of a song as the page draws it, or None without one."""
    if song is None:
        return None
    from sheetrender.audio.song import waveform

    return _base64(np.rint(waveform(song, _WAVES) * 127).astype(np.int8).tobytes())


def _video(
    project: Project, plan: RenderPlan, output: OutputFolder, *, by_mail: bool
) -> dict[str, object]:
    """Return where the video is: in the page where it is small or a copy, else beside it."""
    path, master = output.video, output.master
    found = next((file for file in (path, master) if file.exists()), None)
    if found is not None and by_mail:
        seconds = plan.rate.seconds_at(plan.frames)
        copy = small_copy(found, seconds, has_sound=project.song is not None)
        return {"video": {"name": found.name, "data": _base64(copy)}, "novideo": ""}
    if found == path:
        data = _base64(path.read_bytes()) if path.stat().st_size <= _EMBEDDED else ""
        return {"video": {"name": path.name, "data": data}, "novideo": ""}
    why = "The video is not made yet."
    if found == master:
        why = f"The video is {master.name} in the output folder: browsers do not play ProRes."
    elif output.finished.is_dir():
        why = f"The finished pictures are in {output.finished.name} in the output folder."
    elif unmade := _unmade(output):
        why = f"No video was made: {unmade}"
    return {"video": None, "novideo": why}


def _unmade(output: OutputFolder) -> str:
    """Return why the last run could make no video; empty where nothing is known of that."""
    if not output.journal.exists():
        return ""
    with Journal(output.journal, read_only=True) as journal:
        return journal.about(UNMADE) or ""


def _settings(project: Project) -> Iterator[tuple[str, str]]:
    settings = project.settings
    for field in fields(settings):
        value = getattr(settings, field.name)
        if field.name in ("places", "channels", "beats") or value in ("", None):
            continue
        name = "fps" if field.name == "rate" else field.name
        yield name, value.label if field.name == "rate" else _shown(value)
    for name, schedule in settings.channels.items():
        yield name, schedule.written


def _shown(value: object) -> str:
    """Return a setting as people write it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _versions(engine: tuple[str, str]) -> Sequence[tuple[str, str]]:
    return [
        ("sheetrender", __version__),
        (f"engine {engine[0]}", engine[1] or "not installed here"),
        ("Python", platform.python_version()),
        ("system", f"{platform.system()} {platform.machine()}"),
    ]


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def report_path(output: OutputFolder) -> Path:
    """Return where a folder's report stands."""
    return output.path / "report.html"
