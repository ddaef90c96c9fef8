"""The loop: each frame is drawn over the moved picture of the frame before it.

The only state between two frames is the picture as it was saved, and the first picture of the
segment; so a run that was killed goes on as if it had not been.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sheetrender.engines.engine import DrawRequest, Engine, Image, Unusable
from sheetrender.model.frames import FrameSpec
from sheetrender.model.keyframes import ColorCoherence
from sheetrender.model.motion import motion_matrix
from sheetrender.model.plan import RenderPlan
from sheetrender.model.prompts import plain_words
from sheetrender.rendering.canvas import Cv2Canvas
from sheetrender.rendering.colour import ColourReference, with_contrast
from sheetrender.rendering.motion import warped
from sheetrender.rendering.noise import noise_picture


@dataclass(frozen=True, slots=True)
class Standing:
    """What the loop needs to draw the next frame of a segment.

    Attributes:
        picture: the frame before, as saved.
        colours: of the segment's first frame.
    """

    picture: Image
    colours: ColourReference


def coherence(plan: RenderPlan, engine: Engine) -> ColorCoherence:
    """Return the colour space in which this engine's pictures are matched."""
    return "none" if engine.grades else plan.color_coherence


def engine_words(text: str, engine: Engine) -> str:
    """Return a prompt as this engine reads it."""
    return text if engine.reads_weights else plain_words(text)


def _spec(plan: RenderPlan, index: int, engine: Engine) -> FrameSpec:
    spec = plan.frame(index)
    if engine.reads_weights:
        return spec
    return replace(
        spec,
        prompt=plain_words(spec.prompt),
        negative=plain_words(spec.negative),
        previous_prompt=plain_words(spec.previous_prompt),
    )


def draw_frames(
    plan: RenderPlan, engine: Engine, first: int, last: int, standing: Standing | None
) -> Iterator[tuple[int, Image]]:
    """Draw frames `first` .. `last` in order, across cuts.

    Args:
        plan: of the whole video.
        engine: draws each frame.
        first: 0-based.
        last: itself drawn.
        standing: the state before `first`; None where `first` starts a segment.

    Yields:
        Frame number and picture; the picture is not to be changed.
    """
    space = coherence(plan, engine)
    for index in range(first, last + 1):
        spec = _spec(plan, index, engine)
        prepared: Image | None = None
        if not spec.starts_segment:
            assert standing is not None, "a frame inside a segment needs the one before it"
            prepared = warped(standing.picture, motion_matrix(spec, plan.size), plan.border)
            prepared = standing.colours.match(prepared)
            prepared = with_contrast(prepared, spec.contrast)
            noise = noise_picture(plan.size, seed=spec.seed, share=spec.seed_share, index=index)
            prepared = Cv2Canvas().mixed(prepared, noise, spec.noise)
        (picture,) = engine.draw([DrawRequest(spec, prepared)])
        assert not isinstance(picture, Unusable), picture.reason
        if spec.starts_segment or standing is None:
            standing = Standing(picture, ColourReference(picture, space))
        else:
            standing = Standing(picture, standing.colours)
        yield index, picture
