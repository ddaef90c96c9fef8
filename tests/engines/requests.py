"""Requests to engines, and a loop as small as rendering's can be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction

import cv2
import numpy as np

from sheetrender.engines.engine import DrawRequest, Engine, EngineSettings, Image
from sheetrender.model.frames import FrameSpec, Size
from sheetrender.model.timing import FrameRate
from sheetrender.rendering.canvas import Cv2Canvas
from sheetrender.rendering.colour import ColourReference
from sheetrender.rendering.noise import noise_picture

SPEC = FrameSpec(
    index=0, starts_segment=True, prompt="a red desert", negative="",
    previous_prompt="a red desert", prompt_weight=1.0, caption="a red desert", seed=42,
    seed_share=0.0, zoom=1.0, angle=0.0, translation_x=0.0, translation_y=0.0,
    translation_z=0.0, rotation_3d_x=0.0,
    rotation_3d_y=0.0, rotation_3d_z=0.0, transform_center_x=0.5, transform_center_y=0.5,
    perspective_flip_theta=0.0, perspective_flip_phi=0.0, perspective_flip_gamma=0.0,
    perspective_flip_fv=53.0, fov=70.0, strength=0.65, noise=0.02, contrast=1.0, scale=7.0,
    steps=20, cadence=1,
)  # fmt: skip


def spec(prompt: str = "a red desert", index: int = 0, **changes: float) -> FrameSpec:
    start = index == 0
    return replace(
        SPEC, prompt=prompt, previous_prompt=prompt, index=index, starts_segment=start, **changes
    )


def settings(width: int = 256, height: int = 144, *, caption: bool = False) -> EngineSettings:
    return EngineSettings(size=Size(width, height), rate=FrameRate(Fraction(30)), caption=caption)


def some_picture(width: int = 256, height: int = 144) -> Image:
    """Return a picture that is neither flat nor noise."""
    rng = np.random.Generator(np.random.PCG64(7))
    coarse = rng.integers(0, 256, (5, 7, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def drawn(engine: Engine, wanted: FrameSpec, prepared: Image | None = None) -> Image:
    return engine.draw([DrawRequest(wanted, prepared)])[0]


def looped(engine: Engine, specs: Iterable[FrameSpec]) -> Iterator[Image]:
    """Yield the frames of one segment: each moved, matched in LAB, noised, and drawn again."""
    last: Image | None = None
    reference: ColourReference | None = None
    for wanted in specs:
        if last is None or reference is None:
            last = drawn(engine, wanted)
            reference = ColourReference(last, "lab")
        else:
            matched = reference.match(moved(last, wanted))
            size = Size(last.shape[1], last.shape[0])
            noise = noise_picture(size, seed=wanted.seed, index=wanted.index)
            noised = Cv2Canvas().mixed(matched, noise, wanted.noise)
            last = drawn(engine, wanted, noised)
        yield last


def moved(picture: Image, wanted: FrameSpec) -> Image:
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), wanted.angle, wanted.zoom)
    shift = np.array(
        [[1.0, 0.0, wanted.translation_x], [0.0, 1.0, wanted.translation_y], [0.0, 0.0, 1.0]]
    )
    warped = cv2.warpAffine(picture, turn @ shift, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, np.uint8)
