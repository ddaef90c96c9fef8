"""Plan: what would be rendered, how long it takes, and what is there already."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sheetrender.engines.engine import open_engine
from sheetrender.model.beats import Beats
from sheetrender.model.cells import Problem
from sheetrender.model.errors import UsageError
from sheetrender.model.frames import Segment
from sheetrender.model.plan import WHOLE_CHANNELS, RenderPlan
from sheetrender.model.timing import FrameRate
from sheetrender.planning.columns import CHANNELS
from sheetrender.rendering.folder import OutputFolder
from sheetrender.rendering.frame_files import frame_path
from sheetrender.rendering.journal import Journal
from sheetrender.rendering.keys import frame_keys
from sheetrender.workflow.project import Project, Request, checked_plan, output_folder, read_project
from sheetrender.workflow.seeds import known_seeds
from sheetrender.workflow.song_length import song_warnings

# The animatic with lossless frames on two cores, until a folder knows its own speed.
PIXELS_PER_SECOND = 768 * 432 * 45
_NUMBER = re.compile(r"\d+\.\d+")
WHOLE = frozenset({*WHOLE_CHANNELS, "blend"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a sheet asks for.

    Attributes:
        name: of the sheet.
        plan: every frame.
        warnings: what is probably not meant.
        done: frames that are on disk as planned.
        folder: where they are.
        seconds_left: estimate of the time for the rest.
        is_measured: the estimate rests on an earlier run of this folder.
        song: the sound file, or None.
        beats: where beats fall, or None where nobody knows or asks.
    """

    name: str
    plan: RenderPlan
    warnings: tuple[Problem, ...]
    done: int
    folder: Path
    seconds_left: float
    is_measured: bool
    song: Path | None
    beats: Beats | None = None

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
    done, speed = _progress(project, plan, output)
    left = plan.frames - done
    rough = PIXELS_PER_SECOND / (plan.size.width * plan.size.height)
    project.findings.warnings.extend(song_warnings(project, plan.frames))
    return Planned(
        name=project.store.name,
        plan=plan,
        warnings=tuple(project.findings.warnings),
        done=done,
        folder=output.path,
        seconds_left=left / (speed or rough),
        is_measured=speed is not None,
        song=project.song,
        beats=project.settings.tempo,
    )


def _progress(project: Project, plan: RenderPlan, output: OutputFolder) -> tuple[int, float | None]:
    """Return how many frames are done, and frames per second of the last run where it is known."""
    if not output.journal.exists():
        return 0, None
    engine = open_engine(project.settings.engine, project.engine_settings)
    keys = frame_keys(plan, engine, project.engine_settings)
    with Journal(output.journal, read_only=True) as journal:
        known = journal.frames()
        speed = journal.about(f"frames per second {engine.name} {plan.size}")
    again = {number for number, row in enumerate(plan.rows) if row.status == "rerender"}
    done = sum(
        1
        for index, key in enumerate(keys)
        if index in known
        and known[index][0] == key
        and int(plan.row_of[index]) not in again
        and frame_path(output.frames, index).exists()
    )
    return done, float(speed) if speed and _NUMBER.fullmatch(speed) else None


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
        UsageError: its name does not end in ``.png``; nothing was written.
        RenderFailed: the picture cannot be written.
    """
    if target.suffix.lower() != ".png":
        raise UsageError(f"{target} does not end in .png. Give --plot a name that does.")
    if not target.absolute().parent.is_dir():
        raise UsageError(f"The folder {target.parent} is not there. Make it, or name another.")
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
        units={
            **{name: column.unit for name, column in columns.items()},
            **{name: curve.source for name, curve in plan.curves.items()},
        },
        title=planned.name,
    )
