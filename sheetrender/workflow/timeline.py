"""The timeline of a sheet's finished video, for editors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sheetrender.model.cells import Findings
from sheetrender.model.errors import UsageError
from sheetrender.model.plan import RenderPlan
from sheetrender.model.timing import parse_timecode
from sheetrender.output.codecs import FINAL, SEQUENCE
from sheetrender.output.timeline import Clip, Mark, Timeline, Track
from sheetrender.planning.markers_tab import find_markers, marker_rows
from sheetrender.planning.readers import text
from sheetrender.planning.spreadsheet import ComputedCells
from sheetrender.rendering.folder import OutputFolder
from sheetrender.workflow.finishing import finishing, video_name
from sheetrender.workflow.project import Project, project_clock


def timeline_of(project: Project, plan: RenderPlan, output: OutputFolder) -> Timeline:
    """Return the timeline: a clip for each segment, the song, and a marker for each row.

    At a higher rate (`fps_to`) all of it counts in the frames of the finished video.

    Raises:
        UsageError: the finished video is single pictures, which no clip can be cut from.
    """
    settings = project.settings
    container = FINAL[settings.codec].container
    if container == SEQUENCE:
        raise UsageError(
            "A timeline needs one video file, and codec png makes pictures. "
            "Give --set codec=prores, or write it in the Settings tab."
        )
    done = finishing(project, plan)
    rate = plan.rate if done.higher is None else done.higher.rate
    drop = ";" in settings.start_timecode and rate.dropped > 0
    start = rate.frame_at(plan.rate.seconds_at(parse_timecode(settings.start_timecode, plan.rate)))
    frames = rate.frames_covering(plan.rate.seconds_at(plan.frames))

    def at(frame: int) -> int:
        """Return the first frame of the video that shows a frame of the plan."""
        return rate.frames_covering(plan.rate.seconds_at(frame))

    has_timecode = container == "mov" and bool(done.timecode)
    return Timeline(
        name=project.store.name,
        rate=rate,
        start=start,
        drop=drop,
        size=done.finish.size or plan.size,
        frames=frames,
        video=output.path / video_name(settings.codec),
        video_start=start if has_timecode else 0,
        clips=_clips(plan, at),
        song=_song(project, rate.per_second, frames),
        marks=_marks(project, plan, at),
    )


def _clips(plan: RenderPlan, at: Callable[[int], int]) -> tuple[Clip, ...]:
    return tuple(
        Clip(
            name=plan.rows[plan.row_of[segment.first]].caption or f"segment {number}",
            first=at(segment.first),
            end=at(segment.last + 1),
        )
        for number, segment in enumerate(plan.segments, start=1)
    )


def _song(project: Project, per_second: Fraction, frames: int) -> Track | None:
    """Return the song, moved by its offset to the nearest frame."""
    if project.song is None:
        return None
    shift = (project.settings.song_begins * per_second + Fraction(1, 2)).__floor__()
    first, skipped = max(0, -shift), max(0, shift)
    whole = -((-project.song_seconds * per_second).__floor__())
    end = min(frames, first + whole - skipped)
    if end <= first:
        return None
    return Track(
        path=project.song, seconds=project.song_seconds, first=first, end=end, skipped=skipped
    )


def _marks(project: Project, plan: RenderPlan, at: Callable[[int], int]) -> tuple[Mark, ...]:
    """Return a marker for each row, with its name where the Markers tab has one for its frame.

    Names of that tab where no row begins are markers of their own.
    """
    named = named_marks(project)

    def mark(frame: int, end: int, here: Sequence[Named], comment: str) -> Mark:
        last = max((frame + one.duration for one in here), default=frame)
        name = " / ".join(one.name for one in here)
        duration = at(last) - at(frame)
        return Mark(frame=at(frame), end=at(end), name=name, comment=comment, duration=duration)

    marks = [
        mark(row.first, row.last + 1, named.pop(row.first, ()), row.caption)
        for row in plan.rows
        if len(row) > 0
    ]
    marks += [
        mark(frame, frame + 1, [one], one.comment)
        for frame, several in named.items()
        if frame < plan.frames
        for one in several
    ]
    return tuple(sorted(marks, key=lambda mark: mark.frame))


@dataclass(frozen=True, slots=True)
class Named:
    """A name that the Markers tab has for a moment.

    Attributes:
        name: as written.
        comment: beside it.
        duration: in frames; 0 for a moment.
    """

    name: str
    comment: str
    duration: int


def named_marks(project: Project) -> dict[int, Sequence[Named]]:
    """Return what the Markers tab names, by frame."""
    table = find_markers(project.workbook)
    if table is None:
        return {}
    found: dict[int, list[Named]] = {}
    cells = ComputedCells(project.workbook)
    column = table.columns.get("comment", 0)
    for marker in marker_rows(table, project_clock(project), cells, Findings()):
        cell = table.grid.cells.get((marker.row, column))
        comment = text(cell.value) if cell is not None else ""
        found.setdefault(marker.frame, []).append(Named(marker.name, comment, marker.duration))
    return {**found}
