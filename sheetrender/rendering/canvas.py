"""The canvas of engines that keep no pictures elsewhere: OpenCV in the host's memory."""

from __future__ import annotations

import math
from typing import cast

import cv2
import numpy as np

from sheetrender.engines.engine import Image, Mask
from sheetrender.model.keyframes import Border, ColorCoherence
from sheetrender.model.motion import Motion
from sheetrender.rendering.colour import ColourReference, with_contrast
from sheetrender.rendering.motion import warped


class Cv2Canvas:
    """Moves, grades and noises pictures in the host's memory; all others are measured by it.

    A result may be the picture itself where nothing was to do: nobody changes a picture in place.
    """

    def laid(self, image: Image) -> Image:
        """Return the image itself."""
        return image

    def lifted(self, picture: Image) -> Image:
        """Return the picture itself."""
        return picture

    def warped(self, picture: Image, motion: Motion, border: Border) -> Image:
        """Return the picture as it stands after a motion, sampled bilinearly."""
        return warped(picture, motion, border)

    def reference(self, picture: Image, space: ColorCoherence) -> ColourReference:
        """Return the colours of a picture, for `matched`."""
        return ColourReference(picture, space)

    def matched(self, picture: Image, reference: object) -> Image:
        """Return the picture with the colours of a reference."""
        return cast(ColourReference, reference).match(picture)

    def with_contrast(self, picture: Image, factor: float) -> Image:
        """Return the picture with its levels multiplied, clipped at white."""
        return with_contrast(picture, factor)

    def sharpened(self, picture: Image, amount: float, sigma: float) -> Image:
        """Return (1 + amount) · picture - amount · blur, clipped.

        The blur is Gaussian, cut off behind three `sigma`, and mirrored at the edge as ``reflect``
        does it; it is computed in floats, so that a large amount does not show its rounding.

        Source: Deforum's ``unsharp_mask``, without its threshold.
        """
        if amount <= 0 or sigma <= 0:
            return picture
        side = 2 * math.ceil(3 * sigma) + 1
        levels = picture.astype(np.float32)
        blur = cv2.GaussianBlur(
            levels, (side, side), sigma, sigmaY=sigma, borderType=cv2.BORDER_REFLECT_101
        )
        return np.clip(np.rint((1 + amount) * levels - amount * blur), 0, 255).astype(np.uint8)

    def mixed(self, picture: Image, other: Image, share: float) -> Image:
        """Return a mean of two pictures; `share` is that of `other`."""
        if share <= 0:
            return picture
        if share >= 1:
            return other
        return np.asarray(cv2.addWeighted(picture, 1.0 - share, other, share, 0.0), dtype=np.uint8)

    def composed(self, picture: Image, other: Image, mask: Mask) -> Image:
        """Return `picture` where the mask is white, `other` where it is black, a mean at greys."""
        here = mask[..., None].astype(np.uint32)
        return ((picture * here + other * (255 - here) + 127) // 255).astype(np.uint8)
