"""The engine that needs no model: prompts become procedural pictures that flow."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from sheetrender.engines.animatic_course import course_of, stray_of
from sheetrender.engines.animatic_feedback import Wish, reimagined
from sheetrender.engines.animatic_motion import MOTION, kept, motion_of
from sheetrender.engines.animatic_noise import Field, seeded
from sheetrender.engines.animatic_palette import HUES, Palette, palette_of
from sheetrender.engines.animatic_picture import Target, cell_of, target_of
from sheetrender.engines.engine import DrawRequest, EngineSettings, Image
from sheetrender.model.frames import FrameSpec

_TARGET_BELOW = 0.5
"""Strength below which the target itself shows through."""


class AnimaticEngine:
    """Plays the part of a diffusion model with noise, palettes and shapes.

    Attributes:
        name: as people write it in a sheet.
        version: changes whenever the same request would give other pixels.
        reads: the channels that change what is drawn.
    """

    name = "animatic"
    version = "1"
    reads = MOTION | {"strength"}

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self._size = settings.size
        self._cell = cell_of(settings.size)

    def draw(self, requests: Sequence[DrawRequest]) -> list[Image]:
        """Return one picture for each request, in their order."""
        return [self._picture(request) for request in requests]

    def _picture(self, request: DrawRequest) -> Image:
        spec = request.spec
        strength = min(max(spec.strength, 0.0), 1.0)
        if request.prepared is None or strength == 0.0:
            return self._target(spec)
        redrawn = self._redrawn(request.prepared, spec, strength)
        keep = strength**6
        return cv2.addWeighted(request.prepared, keep, redrawn, 1.0 - keep, 0)

    def _target(self, spec: FrameSpec) -> Image:
        target = _faded(target_of, spec, self._size)
        palette = _palette(spec)
        light = cv2.convertScaleAbs(target.light(palette.tones))
        return palette.colour(light, target.hue(self._size))

    def _redrawn(self, prepared: Image, spec: FrameSpec, strength: float) -> Image:
        palette = _palette(spec)
        course, firm = course_of(spec, self._size)
        motion = motion_of(spec, self._size)
        valid = np.ones(course.share.shape, np.float32)
        wish = Wish(
            sketch=course.light(palette.tones),
            tones=palette.tones,
            valid=kept(motion, spec.cadence, valid, self._cell),
            motion=motion,
            stray=stray_of(spec, self._size),
            pull=min(1.0, 0.1 * firm * (1 - strength) / 0.35),
            texture=2.4,
            kind=int(seeded("kind", spec.prompt).random() * 3),
            index=spec.index,
        )
        redrawn = palette.colour(reimagined(prepared, wish), course.hue(self._size))
        share = max(0.0, 1.0 - strength / _TARGET_BELOW) ** 2
        if share > 0.0:
            redrawn = cv2.addWeighted(redrawn, 1.0 - share, self._target(spec), share, 0)
        return redrawn


def _faded(of: "object", spec: FrameSpec, size: "object") -> Target:
    target = of(spec.prompt, spec.seed, size)
    if spec.prompt_weight >= 1.0:
        return target
    return of(spec.previous_prompt, spec.seed, size).towards(target, spec.prompt_weight)


def _palette(spec: FrameSpec) -> Palette:
    palette = palette_of(spec.prompt)
    if spec.prompt_weight >= 1.0:
        return palette
    return palette_of(spec.previous_prompt).towards(palette, spec.prompt_weight)
