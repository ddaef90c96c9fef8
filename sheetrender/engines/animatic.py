"""The engine that needs no model: prompts become procedural pictures that flow."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from sheetrender.engines.animatic_palette import HUES, Palette, palette_of
from sheetrender.engines.animatic_picture import Target, target_of
from sheetrender.engines.engine import DrawRequest, EngineSettings, Image
from sheetrender.model.frames import FrameSpec


class AnimaticEngine:
    """Plays the part of a diffusion model with noise, palettes and shapes.

    Attributes:
        name: as people write it in a sheet.
        version: changes whenever the same request would give other pixels.
        reads: the channels that change what is drawn.
    """

    name = "animatic"
    version = "0"
    reads = frozenset({"strength", "zoom", "angle", "translation_x", "translation_y"})

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings

    def draw(self, requests: Sequence[DrawRequest]) -> list[Image]:
        """Return one picture for each request, in their order."""
        return [self._drawn(request) for request in requests]

    def _drawn(self, request: DrawRequest) -> Image:
        spec = request.spec
        target = _coloured(self._target(spec), _palette(spec))
        if request.prepared is None:
            return target
        return cv2.addWeighted(request.prepared, spec.strength, target, 1 - spec.strength, 0)

    def _target(self, spec: FrameSpec) -> Target:
        target = target_of(spec.prompt, spec.seed, self._settings.size)
        if spec.prompt_weight >= 1.0:
            return target
        return target_of(spec.previous_prompt, spec.seed, self._settings.size).towards(
            target, spec.prompt_weight
        )


def _palette(spec: FrameSpec) -> Palette:
    palette = palette_of(spec.prompt)
    if spec.prompt_weight >= 1.0:
        return palette
    return palette_of(spec.previous_prompt).towards(palette, spec.prompt_weight)


def _coloured(target: Target, palette: Palette) -> Image:
    tone = np.interp(target.share, np.arange(256), palette.tones)
    hue = np.rint(target.accent * (HUES - 1)).astype(np.uint8)
    return palette.colour(np.rint(tone).astype(np.uint8), hue)
