"""The engine that needs no model: prompts become procedural pictures that flow."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np

from sheetrender.engines.animatic_caption import block_of, write
from sheetrender.engines.animatic_course import course_of
from sheetrender.engines.animatic_feedback import Wish, reimagined
from sheetrender.engines.animatic_motion import MOTION, kept, motion_of
from sheetrender.engines.animatic_noise import Field, Levels, seeded
from sheetrender.engines.animatic_palette import Palette, palette_of
from sheetrender.engines.animatic_picture import cell_of, sketch_size, target_of
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
        self._block = block_of(settings.size) if settings.caption else None

    def draw(self, requests: Sequence[DrawRequest]) -> list[Image]:
        """Return one picture for each request, in their order."""
        return [self._picture(request) for request in requests]

    def _picture(self, request: DrawRequest) -> Levels:
        picture = self._uncaptioned(request)
        if self._block is not None:
            spec = request.spec
            write(picture, self._block, spec.caption, spec.index, self._settings.rate)
        return picture

    def _uncaptioned(self, request: DrawRequest) -> Levels:
        spec = request.spec
        strength = min(max(spec.strength, 0.0), 1.0)
        if request.prepared is None or strength == 0.0:
            return self._target(spec)
        if strength == 1.0 and self._block is None:
            return request.prepared.copy()
        return self._mixed(request.prepared, spec, strength)

    def _mixed(self, prepared: Levels, spec: FrameSpec, strength: float) -> Levels:
        """Return the picture between the redrawn one and the one before.

        The redrawn one weighs most even at high strength: colours are matched to the segment's
        first picture before every frame, and a new prompt's palette must win against that.
        """
        valid = self._valid(spec)
        redrawn = self._redrawn(prepared, spec, strength, valid)
        keep = strength**6
        mixed = cv2.addWeighted(prepared, keep, redrawn, 1.0 - keep, 0)
        if float(valid.min()) < 1.0:
            gaps = cv2.convertScaleAbs(valid, alpha=-255.0, beta=255.0)
            gaps = cv2.resize(gaps, (self._size.width, self._size.height))
            cv2.copyTo(redrawn, gaps, mixed)
        return mixed

    def _valid(self, spec: FrameSpec) -> Field:
        """Return what of the prepared picture is picture, at the size of the sketch."""
        scale = np.diag([1.0 / self._cell, 1.0 / self._cell, 1.0])
        motion = scale @ motion_of(spec, self._size) @ np.linalg.inv(scale)
        block = self._block
        place = None if block is None else (
            block.left / self._cell, block.top / self._cell,
            (block.left + block.width) / self._cell, (block.top + block.height) / self._cell,
        )
        return kept(motion, spec.cadence, sketch_size(self._size), place)

    def _target(self, spec: FrameSpec) -> Levels:
        target = target_of(spec.prompt, spec.seed, self._size)
        if spec.prompt_weight < 1.0:
            before = target_of(spec.previous_prompt, spec.seed, self._size)
            target = before.towards(target, spec.prompt_weight)
        palette = _palette(spec)
        light = cv2.convertScaleAbs(target.light(palette.tones))
        return palette.colour(light, target.hue(self._size))

    def _redrawn(self, prepared: Levels, spec: FrameSpec, strength: float, valid: Field) -> Levels:
        palette = _palette(spec)
        course = course_of(spec, self._size)
        rough = cv2.convertScaleAbs(course.target.share)
        wish = Wish(
            sketch=cv2.LUT(rough, palette.tones),
            tones=palette.tones,
            valid=valid,
            motion=course.motion,
            stray=course.stray,
            pull=min(1.0, 0.1 * course.firm * (1.0 - strength) / 0.35),
            texture=2.4,
            kind=_kind(spec.prompt),
            index=spec.index,
        )
        redrawn = palette.colour(reimagined(prepared, wish), course.target.hue(self._size))
        share = max(0.0, 1.0 - strength / _TARGET_BELOW) ** 2
        if share > 0.0:
            redrawn = cv2.addWeighted(redrawn, 1.0 - share, self._target(spec), share, 0)
        return redrawn


@lru_cache(maxsize=64)
def _kind(prompt: str) -> int:
    """Return which tile of fine detail a prompt's pictures grow."""
    return int(seeded("kind", prompt).random() * 3)


def _palette(spec: FrameSpec) -> Palette:
    palette = palette_of(spec.prompt)
    if spec.prompt_weight >= 1.0:
        return palette
    return palette_of(spec.previous_prompt).towards(palette, spec.prompt_weight)
