"""Plan: what would be rendered, how long it takes, and what is there already."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from sheetrender.engines.engine import Engine, EngineSettings, open_engine
from sheetrender.model.beats import Beats
from sheetrender.model.cells import Problem
from sheetrender.model.errors import UsageError
from sheetrender.model.frames import Segment
from sheetrender.model.plan import WHOLE_CHANNELS, RenderPlan
from sheetrender.model.timing import FrameRate
from sheetrender.output.whole_files import require_folder
from sheetrender.planning.columns import CHANNELS
from sheetrender.rendering.course import course_of
from sheetrender.rendering.folder import OutputFolder
from sheetrender.rendering.frame_files import frame_path
from sheetrender.rendering.journal import Journal
from sheetrender.rendering.keys import frame_keys
from sheetrender.workflow.approvals import with_known_approved_seeds
from sheetrender.workflow.estimate import Speed, effort, last_speed, measured
from sheetrender.workflow.from_plan import read_project
from sheetrender.workflow.project import Request, checked_plan, output_folder
from sheetrender.workflow.seeds import known_seeds
from sheetrender.workflow.song_length import song_warnings

WHOLE = frozenset({*WHOLE_CHANNELS, "blend"})


@dataclass(frozen=True, slots=True)
class Who:
    """Name of an engine, and what it is told."""

    name: str
    settings: EngineSettings

    def opened(self) -> Engine:
        """Return the engine.

        Raises:
            PartMissing: this installation has not got it.
        """
        return open_engine(self.name, self.settings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a sheet asks for.

    Attributes:
        name: of the sheet.
        plan: every frame.
        warnings: what is probably not meant.
        left: frames that are not on disk as planned, ascending.
        folder: where they are.
        engine: who draws, and what it is told.
        speed: how fast it draws here, None as long as nobody knows.
        song: the sound file, or None.
        song_begins: second of the song at frame 0.
        beats: where beats fall, or None where nobody knows or asks.
    """

    name: str
    plan: RenderPlan
    warnings: tuple[Problem, ...]
    left: tuple[int, ...]
    folder: Path
    engine: Who
    speed: Speed | None
    song: Path | None
    song_begins: Fraction
    beats: Beats | None = None

    @property
    def done(self) -> int:
        """How many frames are on disk as planned."""
        return self.plan.frames - len(self.left)

    @property
    def seconds_left(self) -> float | None:
        """Estimate of the time that drawing the rest takes; None without a known speed."""
        if self.speed is None:
            return None
        efforts = effort(self.plan, self.engine.opened())
        return float(efforts[list(self.left)].sum()) / self.speed.per_second

    @property
    def drawn(self) -> int:
        """How many frames the engine draws; those between are made of their neighbours."""
        course = course_of(self.plan, self.engine.opened())
        return int((course.newer == np.arange(self.plan.frames)).sum())

    @property
    def longest(self) -> Segment:
        """The longest run between two cuts, which cannot be shared between machines."""
        return max(self.plan.segments, key=len)

    @property
    def rate(self) -> FrameRate:
        """Frames per second."""
        return self.plan.rate

    @property
    def seconds(self) -> float:
        """Length of the video."""
        return float(self.plan.rate.seconds_at(self.plan.frames))


def plan_sheet(request: Request, folder: Path | None = None) -> Planned:
    """Read a sheet and plan its video; nothing is written.

    Raises:
        SheetInvalid: the sheet has problems; all are listed.
        SheetUnavailable: it cannot be reached or read.
    """
    project = read_project(request)
    project.refuse_problems()
    output = OutputFolder(output_folder(project, folder, request))
    plan = checked_plan(project, known_seeds(output, project.rows))
    plan = with_known_approved_seeds(plan, project.rows, output)
    who = Who(project.settings.engine, project.engine_settings)
    left, speed = _progress(plan, output, who)
    project.findings.warnings.extend(song_warnings(project, plan.frames))
    return Planned(
        name=project.store.name,
        plan=plan,
        warnings=tuple(project.findings.warnings),
        left=left,
        folder=output.path,
        engine=who,
        speed=speed,
        song=project.song,
        song_begins=project.settings.song_begins,
        beats=project.settings.tempo,
    )


def with_measured_speed(planned: Planned) -> Planned:
    """Return the plan with the speed of this machine, measured on a few frames.

    Raises:
        PartMissing: the engine cannot draw here.
        RenderFailed: it could not draw.
    """
    engine, settings = planned.engine.opened(), planned.engine.settings
    speed = measured(planned.plan, engine, settings.in_step or engine.width)
    return replace(planned, speed=speed)


def _progress(
    plan: RenderPlan, output: OutputFolder, who: Who
) -> tuple[tuple[int, ...], Speed | None]:
    """Return which frames are not done, and how fast the last run was where that is known."""
    if not output.journal.exists():
        return tuple(range(plan.frames)), None
    engine = who.opened()
    keys = frame_keys(plan, engine, who.settings)
    with Journal(output.journal, read_only=True) as journal:
        known = journal.frames()
        speed = last_speed(journal, engine, who.settings)
    again = {number for number, row in enumerate(plan.rows) if row.status == "rerender"}
    left = tuple(
        index
        for index, key in enumerate(keys)
        if index not in known
        or known[index][0] != key
        or int(plan.row_of[index]) in again
        or not frame_path(output.frames, index).exists()
    )
    return left, speed


def plan_json(plan: RenderPlan) -> dict[str, object]:
    """Return the form of ``plan --json``: one number per frame in each list."""
    return {
        "fps": str(plan.rate),
        "frames": plan.frames,
        "width": plan.size.width,
        "height": plan.size.height,
        "segments": [[segment.first, segment.last] for segment in plan.segments],
        "channels": {
            name: (values.astype(np.int64) if name in WHOLE else values).tolist()
            for name, values in plan.channels.items()
        },
        "prompts": list(_prompts(plan)),
        "seeds": [
            seed + share if share else seed
            for seed, share in zip(plan.seeds.tolist(), plan.seed_shares.tolist(), strict=True)
        ],
        "curves": {
            name: {"source": curve.source, "values": curve.values.tolist()}
            for name, curve in plan.curves.items()
        },
    }


def _prompts(plan: RenderPlan) -> Iterator[dict[str, object]]:
    """Yield a row's prompt, or where numbers in it move, every one that differs from the last."""
    for row in plan.rows:
        before: tuple[str, str] | None = None
        for index in range(row.first, row.last + 1 if row.moves else row.first + 1):
            text, negative = row.prompt_at(index), row.negative_at(index)
            if (text, negative) != before:
                yield {"frame": index, "text": text, "negative": negative}
            before = text, negative


def plot_plan(planned: Planned, target: Path) -> None:
    """Draw the used channels over the song into a PNG.

    Raises:
        UsageError: its name does not end in ``.png``, or it has no folder; nothing was written.
        RenderFailed: the picture cannot be written.
    """
    if target.suffix.lower() != ".png":
        raise UsageError(f"{target} does not end in .png. Give --plot a name that does.")
    require_folder(target)
    from sheetrender.output.plot import plot_curves

    plan = planned.plan
    columns = {column.heading: column for column in CHANNELS}
    used = {n: v for n, v in plan.channels.items() if np.any(v != columns[n].default)}
    waveform = song_seconds = None
    if planned.song is not None:
        from sheetrender.audio.song import open_song
        from sheetrender.audio.song import waveform as read_waveform

        song_seconds = open_song(planned.song).seconds
        waveform = read_waveform(planned.song, points=2000)
    plot_curves(
        target,
        channels={
            **{name: curve.values for name, curve in plan.curves.items()},
            **(used or {"zoom": plan.channels["zoom"]}),
        },
        rate=plan.rate,
        cuts=[segment.first for segment in plan.segments[1:]],
        row_frames=[row.first for row in plan.rows],
        labels=[row.caption for row in plan.rows],
        waveform=waveform,
        song_seconds=song_seconds,
        song_begins=planned.song_begins,
        units={
            **{name: column.unit for name, column in columns.items()},
            **{name: curve.source for name, curve in plan.curves.items()},
        },
        title=planned.name,
    )
