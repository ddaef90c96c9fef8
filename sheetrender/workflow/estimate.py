"""How long a video takes: measured on a few of its frames, or known from the last run."""

from __future__ import annotations

import math
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sheetrender.engines.diffusion.device import device_of, slowness
from sheetrender.engines.engine import Engine, EngineSettings
from sheetrender.model.events import FrameStored
from sheetrender.model.plan import RenderPlan
from sheetrender.rendering.course import NONE, course_of
from sheetrender.rendering.journal import Journal
from sheetrender.rendering.render import Work, render

_AROUND_THE_STEPS = 2.0
"""Steps that a picture's encoding and decoding take as long as. By their arithmetic at 768×432
(Stable Diffusion 1.5, guided): 1.4 and 3.2 TFLOP against 2.1 for a step."""

_BETWEEN = 0.1
"""Steps that a tween takes as long as, by far too little to be counted exactly."""

_SECONDS = 3.0
_FRAMES = 12
_AT_LEAST = 2
_NUMBER = re.compile(r"\d+(\.\d+)?(e[+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast an engine draws here.

    Attributes:
        per_second: effort done in a second, in the unit of `effort`.
        is_measured_now: on a few frames; else by the last run of the folder.
    """

    per_second: float
    is_measured_now: bool


def effort(plan: RenderPlan, engine: Engine) -> npt.NDArray[np.float64]:
    """Return how much work each frame is, shape (n_frames,).

    The unit is a denoising step for engines that do steps, and a frame for others.
    """
    if "steps" not in engine.reads:
        return np.ones(plan.frames)
    course = course_of(plan, engine)
    steps = np.floor(plan.channels["steps"])
    kept = np.clip(plan.channels["strength"], 0.0, 1.0)
    if plan.video is None:
        from_nothing = course.older == NONE
        from_nothing[list(plan.begins)] = False
        kept[from_nothing] = 0.0
    efforts = steps - np.floor(kept * steps) + _AROUND_THE_STEPS
    efforts[course.newer != np.arange(plan.frames)] = _BETWEEN
    return np.asarray(efforts)


def speed_name(engine: Engine, settings: EngineSettings) -> str:
    """Return what a folder's journal files the speed of its last run under."""
    return f"effort per second {engine.name} {settings.model} {settings.size}"


def last_speed(journal: Journal, engine: Engine, settings: EngineSettings) -> Speed | None:
    """Return the speed of the folder's last run, None where it is not known."""
    written = journal.about(speed_name(engine, settings))
    if written is None or not _NUMBER.fullmatch(written) or not float(written) > 0:
        return None
    return Speed(float(written), is_measured_now=False)


class Stopwatch:
    """Takes the time of frames as they are stored; the first one, with all that loads, is free."""

    def __init__(
        self, efforts: npt.NDArray[np.float64], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._efforts = efforts
        self._clock = clock
        self._started: float | None = None
        self.done = 0.0
        self.frames = 0
        self.seconds = 0.0

    def stored(self, index: int) -> None:
        """Count a frame."""
        now = self._clock()
        if self._started is None:
            self._started = now
            return
        self.done += float(self._efforts[index])
        self.frames += 1
        self.seconds = now - self._started

    @property
    def per_second(self) -> float | None:
        """The effort of a second; None before anything could be measured."""
        return self.done / self.seconds if self.frames and self.seconds > 0 else None


def no_card(stopwatch: Stopwatch, engine: Engine, settings: EngineSettings) -> Iterator[str]:
    """Yield once, as soon as it is measured, how long frames take without a graphics card."""
    if engine.name != "diffusion" or stopwatch.frames != _AT_LEAST:
        return
    said = slowness(device_of(), stopwatch.seconds / stopwatch.frames)
    if said:
        yield said


def measured(plan: RenderPlan, engine: Engine, width: int) -> Speed | None:
    """Draw a few frames into a folder that is thrown away; None where there are too few.

    Args:
        plan: of the whole video.
        engine: draws.
        width: how many segments advance in step.

    Raises:
        PartMissing: the engine cannot draw here.
        RenderFailed: it could not draw.
    """
    todo = _first_frames(plan, width)
    watch = Stopwatch(effort(plan, engine))
    with tempfile.TemporaryDirectory(prefix="sheetrender-") as place:
        folder = Path(place, "frames")
        folder.mkdir()
        with Journal(Path(place, "journal.sqlite")) as journal:
            work = Work(todo, (), todo)
            # Nothing resumes from this folder, so that one key does for all.
            keys = [b""] * plan.frames
            events = render(
                plan, engine, keys=keys, journal=journal, folder=folder, work=work, width=width
            )
            with closing(events):
                for event in events:
                    if isinstance(event, FrameStored):
                        watch.stored(event.index)
                        if watch.frames >= _AT_LEAST and watch.seconds > _SECONDS:
                            break
    found = watch.per_second
    return None if found is None else Speed(found, is_measured_now=True)


def _first_frames(plan: RenderPlan, width: int) -> tuple[int, ...]:
    """Return the first frames of as many segments as are drawn in step, the longest ones."""
    longest = sorted(plan.segments, key=len, reverse=True)[:width]
    each = math.ceil(_FRAMES / len(longest)) + 1
    frames = [n for s in longest for n in range(s.first, min(s.last + 1, s.first + each))]
    return tuple(sorted(frames))
