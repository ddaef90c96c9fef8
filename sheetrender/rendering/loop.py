"""The loop: each frame is drawn over the moved picture of the one that was drawn before it.

What is done to that picture, in order: it is moved, matched to the colours of the segment's first
frame, given contrast, sharpened, noised, and drawn over; what comes out is matched once more, as
Deforum does, so that a model cannot pull the colours away. Where a mask is black, the moved picture
stays as it was before all that. The only state between two frames is the picture as it was saved,
and the first picture of the segment; so a run that was killed goes on as if it had not been.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypeAlias

import numpy as np

from sheetrender.engines.engine import Canvas, DrawRequest, Engine, Picture, Unusable
from sheetrender.model.frames import FrameSpec
from sheetrender.model.keyframes import ColorCoherence
from sheetrender.model.motion import Motion
from sheetrender.model.plan import RenderPlan
from sheetrender.model.prompts import plain_words
from sheetrender.rendering.camera import frame_motion
from sheetrender.rendering.canvas import Cv2Canvas
from sheetrender.rendering.course import NONE, Course
from sheetrender.rendering.joined_motion import Joiner
from sheetrender.rendering.noise import noise_picture
from sheetrender.rendering.sources import Sources

MORE_SEEDS = 3
"""How many other seeds are tried where a picture comes out unusable."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A frame that is finished, and not written yet.

    Attributes:
        index: its number, 0-based.
        picture: where the engine's canvas keeps it; not to be changed.
    """

    index: int
    picture: Picture


@dataclass(frozen=True, slots=True)
class Failed:
    """A frame that came out unusable; its strand ends there.

    Attributes:
        index: its number, 0-based.
        reason: one clause.
        tries: how many seeds were tried.
    """

    index: int
    reason: str
    tries: int


Answer: TypeAlias = Picture | Unusable | None
Walk: TypeAlias = Generator[DrawRequest | Drawn | Failed, Answer, None]
"""One strand of the work: asks for drawings, is sent each, and hands frames out as they finish."""


def coherence(plan: RenderPlan, engine: Engine) -> ColorCoherence:
    """Return the colour space in which this engine's pictures are matched."""
    return "none" if engine.grades else plan.color_coherence


def engine_words(text: str, engine: Engine) -> str:
    """Return a prompt as this engine reads it."""
    return text if engine.reads_weights else plain_words(text)


class Loop:
    """Makes the frames of one plan with one engine.

    Attributes:
        canvas: where pictures are kept from frame to frame.
    """

    def __init__(
        self,
        plan: RenderPlan,
        engine: Engine,
        course: Course,
        *,
        stored: Callable[[int], Picture],
        sources: Sources,
        more_seeds: int = 0,
    ) -> None:
        """Take what is needed.

        Args:
            plan: of the whole video.
            engine: draws.
            course: of the plan with this engine.
            stored: returns a frame that was finished earlier, where the canvas keeps pictures.
            sources: of the plan.
            more_seeds: how many others are tried where a picture comes out unusable.
        """
        self.canvas: Canvas = engine.canvas or Cv2Canvas()
        self._plan = plan
        self._engine = engine
        self._course = course
        self._stored = stored
        self._sources = sources
        self._tries = 1 + more_seeds
        self._joiner = Joiner(plan.size)
        self._space = coherence(plan, engine)

    def walk(self, todo: Sequence[int]) -> Walk:
        """Make frames of one strand.

        Args:
            todo: ascending; what these frames need is either among them or stored.

        Yields:
            Requests to draw, to be answered by sending the picture; and finished frames in order.
        """
        newer, older = self._course.newer, self._course.older
        last: Drawn | None = None
        opening: Picture | None = None
        for drawn, group in groupby(todo, key=lambda index: int(newer[index])):
            frames = list(group)
            before: Picture | None = None
            if (start := int(older[drawn])) != NONE:
                before = last.picture if last and last.index == start else self._stored(start)
            motions = self._motions(start, drawn, before) if start != NONE else []
            if drawn in frames:
                first = int(self._course.opening[drawn])
                if opening is None and first != drawn and self._space != "none":
                    opening = self._reference(self._stored(first))
                answer = yield from self._draw(drawn, before, motions, opening)
                if isinstance(answer, Failed):
                    yield answer
                    return
                picture = answer
                if first == drawn and self._space != "none":
                    opening = self._reference(picture)
            else:
                picture = self._stored(drawn)
            tweens = [index for index in frames if index != drawn]
            if tweens:
                yield from self._tweens(tweens, start, before, motions, picture)
            if drawn in frames:
                yield Drawn(drawn, picture)
            last = Drawn(drawn, picture)

    def _reference(self, picture: Picture) -> object:
        return self.canvas.reference(picture, self._space)

    def _spec(self, index: int) -> FrameSpec:
        spec, engine = self._plan.frame(index), self._engine
        if engine.reads_weights:
            return spec
        return replace(
            spec,
            prompt=plain_words(spec.prompt),
            negative=plain_words(spec.negative),
            previous_prompt=plain_words(spec.previous_prompt),
        )

    def _draw(
        self, index: int, before: Picture | None, motions: Sequence[Motion], opening: object | None
    ) -> Generator[DrawRequest, Answer, Picture | Failed]:
        spec = self._spec(index)
        if before is None:
            kept = self._beginning(index)
            prepared = kept
        else:
            kept = self.canvas.warped(before, self._joiner.all(motions), self._plan.border)
            prepared = self._prepared(kept, spec, opening)
        answer: Answer = None
        for attempt in range(self._tries):
            seed = (spec.seed + attempt) % 2**32
            answer = yield DrawRequest(replace(spec, seed=seed), prepared)
            if not isinstance(answer, Unusable):
                break
        if isinstance(answer, Unusable):
            return Failed(index, answer.reason, self._tries)
        if before is not None and opening is not None:
            answer = self.canvas.matched(answer, opening)
        mask = self._sources.mask() if kept is not None else None
        return answer if mask is None else self.canvas.composed(answer, kept, mask)

    def _beginning(self, index: int) -> Picture | None:
        picture = self._sources.beginning(index)
        return None if picture is None else self.canvas.laid(picture)

    def _prepared(self, moved: Picture, spec: FrameSpec, opening: object | None) -> Picture:
        canvas = self.canvas
        picture = moved if opening is None else canvas.matched(moved, opening)
        if spec.contrast != 1.0:
            picture = canvas.with_contrast(picture, spec.contrast)
        if spec.sharpen > 0:
            picture = canvas.sharpened(picture, spec.sharpen, spec.sharpen_sigma)
        if spec.noise > 0:
            size, share = self._plan.size, spec.seed_share
            noise = noise_picture(size, seed=spec.seed, share=share, index=spec.index)
            picture = canvas.mixed(picture, canvas.laid(noise), spec.noise)
        return picture

    def _motions(self, start: int, end: int, picture: Picture) -> list[Motion]:
        """Return the motions that lead from one drawn frame to the next.

        The depth that the engine sees in the older one serves for all of them, carried along.
        """
        plan, size = self._plan, self._plan.size
        depth = self._engine.depth(picture) if plan.motion == "3d" else None
        motions: list[Motion] = []
        so_far: Motion = np.eye(3)
        for index in range(start + 1, end + 1):
            carried = None if depth is None else self._joiner.carried(depth, so_far)
            motions.append(frame_motion(plan.frame(index), plan.motion, size, carried))
            if depth is not None:
                so_far = self._joiner.both(so_far, motions[-1])
        return motions

    def _tweens(
        self,
        tweens: Sequence[int],
        start: int,
        before: Picture,
        motions: Sequence[Motion],
        after: Picture,
    ) -> Iterator[Drawn]:
        """Yield frames between two that are drawn.

        The older one is moved on and crosses to the newer one moved back, which so arrives just on
        its own frame. Where one of them shows nothing yet, the other stands alone.
        """
        canvas, joiner, border = self.canvas, self._joiner, self._plan.border
        onward, remaining = joiner.onward(motions), joiner.remaining(motions)
        for index in tweens:
            step = index - start
            there, back = onward[step - 1], joiner.inverse(remaining[step])
            older = canvas.warped(before, there, border)
            newer = canvas.warped(after, back, border)
            picture = canvas.mixed(older, newer, step / len(motions))
            of_older, of_newer = joiner.covered(there), joiner.covered(back)
            if of_newer is not None:
                picture = canvas.composed(picture, older, of_newer)
            if of_older is not None:
                alone = of_older if of_newer is None else of_older | ~of_newer
                picture = canvas.composed(picture, newer, alone)
            yield Drawn(index, picture)
