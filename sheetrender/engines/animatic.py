"""The engine that needs no model: prompts become procedural pictures that flow."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import cv2
import numpy as np

from sheetrender.engines.animatic_caption import block_of, counter_of, remnants, span_of, write
from sheetrender.engines.animatic_course import course_of
from sheetrender.engines.animatic_feedback import Wish, patched, reimagined
from sheetrender.engines.animatic_motion import bounds, kept, motion_of, uncovered
from sheetrender.engines.animatic_noise import KINDS, Field, Levels, seeded, smooth
from sheetrender.engines.animatic_palette import Palette, palette_of
from sheetrender.engines.animatic_picture import Target, cell_of, composed, sketch_size, target_of
from sheetrender.engines.engine import DrawRequest, EngineSettings, Picture, Unusable
from sheetrender.model.camera import seen_in_plane
from sheetrender.model.events import FetchProgress
from sheetrender.model.frames import FrameSpec, Size
from sheetrender.model.motion import CAMERA_CHANNELS, MOTION_CHANNELS, Matrix

_STILL: dict[str, Any] = {
    "zoom": 1.0, "angle": 0.0, "translation_x": 0.0, "translation_y": 0.0,
    "perspective_flip_theta": 0.0, "perspective_flip_phi": 0.0, "perspective_flip_gamma": 0.0,
}  # fmt: skip
_TARGET_BELOW = 0.5
"""Strength below which the target itself shows through."""


class AnimaticEngine:
    """Plays the part of a diffusion model with noise, palettes and shapes.

    Attributes:
        name: as people write it in a sheet.
        version: changes whenever the same request would give other pixels.
        reads: the channels that change what is drawn.
        grades: palettes come from the prompts, whatever the picture before looked like.
        reads_weights: it looks for words alone.
        canvas: pictures stay in the host's memory.
        width: a picture takes as long beside others as alone.
    """

    name = "animatic"
    version = "1"
    reads: frozenset[str] = MOTION_CHANNELS | {"strength"}
    grades = True
    reads_weights = False
    canvas = None
    width = 1

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self._size = settings.size
        self._cell = cell_of(settings.size)
        self._block = block_of(settings.size) if settings.caption else None
        if settings.motion == "3d":
            self.reads = self.reads | CAMERA_CHANNELS

    def draw(self, requests: Sequence[DrawRequest]) -> list[Picture | Unusable]:
        """Return one picture for each request, in their order."""
        return [self._picture(request) for request in requests]

    def depth(self, picture: Picture) -> None:
        """Return None: its scenes are flat."""

    def fetch(self, models: Collection[str]) -> Iterator[FetchProgress]:
        """Fetch nothing: it has no model."""
        return iter(())

    def _picture(self, request: DrawRequest) -> Levels:
        picture = self._uncaptioned(request)
        if self._block is not None:
            counter = counter_of(request.spec.index, self._settings)
            write(picture, self._block, request.spec.caption, counter)
        return picture

    def _uncaptioned(self, request: DrawRequest) -> Levels:
        spec = request.spec
        strength = min(max(spec.strength, 0.0), 1.0)
        if request.prepared is None or strength == 0.0:
            return self._target(spec)
        spec = self._in_plane(spec)
        prepared: Levels = request.prepared
        if strength == 1.0 and self._block is None:
            return prepared.copy()
        return self._mixed(prepared, spec, strength)

    def _in_plane(self, spec: FrameSpec) -> FrameSpec:
        """Return a frame as it moves here, where pictures have no depth.

        What a segment begins from has not moved.
        """
        if spec.starts_segment:
            return replace(spec, **_STILL)
        if self._settings.motion == "3d":
            return seen_in_plane(spec, self._size)
        return spec

    def _mixed(self, prepared: Levels, spec: FrameSpec, strength: float) -> Levels:
        """Return the picture between the redrawn one and the one before.

        The redrawn one weighs most even at high strength: colours are matched to the segment's
        first picture before every frame, and a new prompt's palette must win against that.
        """
        valid = self._valid(prepared, spec)
        if float(valid.min()) < 1.0:
            prepared = patched(prepared, valid)
        palette, course = _palette(spec), course_of(spec, self._size)
        foreign = smooth(0.03, 0.2, _foreign(prepared, course.target, palette))
        redrawn = self._redrawn(
            prepared,
            spec,
            Wish(
                sketch=cv2.LUT(cv2.convertScaleAbs(course.target.share), palette.tones),
                tones=palette.tones,
                valid=valid,
                bare=uncovered(
                    self._sketched(motion_of(spec, self._size)), sketch_size(self._size)
                ),
                flow=course.flow,
                stray=course.stray,
                pull=_pull(strength, course.firm, foreign),
                texture=2.4,
                is_foreign=foreign > 0.3,
                kind=_kind(spec.prompt),
                index=spec.index,
            ),
            palette,
            course.target,
        )
        keep = strength ** (10.0 + 40.0 * foreign)
        return cv2.addWeighted(prepared, keep, redrawn, 1.0 - keep, 0)

    def _valid(self, prepared: Levels, spec: FrameSpec) -> Field:
        """Return what of the prepared picture is picture, at the size of the sketch.

        Where this row's caption stood is known. One of the row before may have been longer;
        what sticks out of it is looked for.
        """
        cell, block, small = self._cell, self._block, sketch_size(self._size)
        motion = self._sketched(motion_of(spec, self._size))
        if block is None:
            return np.ones((small.height, small.width), np.float32)
        span = span_of(block, spec.caption, counter_of(spec.index, self._settings))
        left, top = block.left / cell, block.top / cell
        ends, right = left + span / cell, left + block.width / cell
        bottom = top + block.height / cell
        valid = kept(motion, small, (left, top, ends, bottom))
        rows, columns = bounds(motion, small, (ends, top, right, bottom))
        if rows.stop > rows.start and columns.stop > columns.start:
            part = valid[rows, columns]
            place = prepared[_times(rows, cell), _times(columns, cell)]
            found = remnants(cv2.cvtColor(place, cv2.COLOR_BGR2GRAY), block)
            found = cv2.resize(found, part.shape[::-1], interpolation=cv2.INTER_AREA)
            part[found > 0] = 0.0
        return valid

    def _sketched(self, motion: Matrix) -> Matrix:
        """Return a motion in pixels of the sketch."""
        scale = np.diag([1.0 / self._cell, 1.0 / self._cell, 1.0])
        return np.asarray(scale @ motion @ np.linalg.inv(scale))

    def _target(self, spec: FrameSpec) -> Levels:
        target = composed(target_of, spec, spec.seed, self._size)
        palette = _palette(spec)
        light = cv2.convertScaleAbs(target.light(palette.tones))
        return palette.colour(light, target.hue(self._size))

    def _redrawn(
        self, prepared: Levels, spec: FrameSpec, wish: Wish, palette: Palette, target: Target
    ) -> Levels:
        redrawn = palette.colour(reimagined(prepared, wish), target.hue(self._size))
        share = max(0.0, 1.0 - spec.strength / _TARGET_BELOW) ** 2
        if share > 0.0:
            redrawn = cv2.addWeighted(redrawn, 1.0 - share, self._target(spec), share, 0)
        return redrawn


def _pull(strength: float, firm: float, foreign: float) -> float:
    """Return how much of the way to the target is gone in this frame, 0.0 to 1.0."""
    redrawn = 1.0 - math.pow(strength, 1.0 + 3.0 * foreign)
    return min(1.0, 0.29 * max(firm, 0.7 * foreign) * (1.0 + 2.2 * foreign) * redrawn)


def _foreign(prepared: Levels, target: Target, palette: Palette) -> float:
    """Return how far the colours of a picture are from those that it should have, 0.0 to 1.0.

    After a change of prompt they stay so, because the loop matches them to the segment's first
    picture. Such matching also muddles brightness, where it asks for colours that no screen
    has, so the picture must then be steered more firmly.
    """
    size = Size(max(1, target.share.shape[1] // 8), max(1, target.share.shape[0] // 8))
    less = (size.width, size.height)
    light = cv2.resize(
        cv2.convertScaleAbs(cv2.LUT(cv2.convertScaleAbs(target.share), palette.tones)),
        less,
        interpolation=cv2.INTER_AREA,
    )
    wanted = palette.colour(light, target.hue(size))
    there = cv2.resize(prepared, less, interpolation=cv2.INTER_AREA)
    return cv2.norm(_tint(there), _tint(wanted), cv2.NORM_INF)


def _tint(picture: Levels) -> Field:
    """Return mean and spread of blue and red against green, shape (2, 2), 0.0 to 1.0."""
    blue, green, red = cv2.split(picture.astype(np.float32) / 255)
    mean, spread = cv2.meanStdDev(cv2.merge([blue - green, red - green]))
    return np.hstack([mean, spread])


def _times(span: slice, cell: int) -> slice:
    return slice(span.start * cell, span.stop * cell)


@lru_cache(maxsize=64)
def _kind(prompt: str) -> int:
    """Return which tile of fine detail a prompt's pictures grow."""
    return int(seeded("kind", prompt).random() * KINDS)


def _palette(spec: FrameSpec) -> Palette:
    palette = palette_of(spec.prompt)
    if spec.prompt_weight >= 1.0:
        return palette
    return palette_of(spec.previous_prompt).towards(palette, spec.prompt_weight)
