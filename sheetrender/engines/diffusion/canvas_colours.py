"""Colours on a device: conversion through whole tables, histograms matched without waiting."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor

from sheetrender.model.keyframes import ColorCoherence

_THERE = {"lab": cv2.COLOR_BGR2LAB, "hsv": cv2.COLOR_BGR2HSV}
_BACK = {"lab": cv2.COLOR_LAB2BGR, "hsv": cv2.COLOR_HSV2BGR}
_LEVELS = 256


@dataclass(frozen=True, slots=True)
class Colours:
    """How often the levels of a picture occur, channel by channel.

    Attributes:
        space: in which they were counted.
        shares: for each present level the share of pixels at or below it, ascending, infinity
            behind the last; float64, shape (3, 256). None where colours are left alone.
        levels: the level that each share belongs to; float64, shape (3, 256).
        present: how many levels there are; shape (3, 1).
    """

    space: ColorCoherence
    shares: Tensor | None = None
    levels: Tensor | None = None
    present: Tensor | None = None


class Tables:
    """Converts and matches colours on one device.

    A table holds the result of OpenCV for every colour that there is, 50 MB for each direction:
    its rounding cannot be had otherwise, and histograms would carry a wrong level further.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._held: dict[int, Tensor] = {}

    def colours(self, picture: Tensor, space: ColorCoherence) -> Colours:
        """Return the colours of a picture in a space."""
        if space == "none":
            return Colours(space)
        running = _running(self._converted(picture, space, _THERE))
        steps = torch.diff(running, prepend=torch.zeros(3, 1, device=self._device)) > 0
        # Present levels first, in their order.
        order = torch.argsort(steps.logical_not().to(torch.uint8), dim=1, stable=True)
        present = steps.sum(1, keepdim=True)
        behind = torch.arange(_LEVELS, device=self._device) >= present
        shares = running.gather(1, order).masked_fill(behind, float("inf"))
        return Colours(space, shares, order.to(torch.float64), present)

    def matched(self, picture: Tensor, wanted: Colours) -> Tensor:
        """Return the picture with the colours that are wanted."""
        if wanted.shares is None or wanted.levels is None or wanted.present is None:
            return picture
        converted = self._converted(picture, wanted.space, _THERE)
        own = _running(converted)
        above = torch.searchsorted(wanted.shares, own, right=True)
        low = (above - 1).clamp(min=0)
        high = torch.minimum(above, wanted.present - 1)
        share, level = wanted.shares.gather(1, low), wanted.levels.gather(1, low)
        rise = wanted.levels.gather(1, high) - level
        run = wanted.shares.gather(1, high) - share
        slope = torch.where(run > 0, rise / run, torch.zeros_like(run))
        table = (slope * (own - share) + level).round().to(torch.uint8)
        # Below the first share stands its level.
        table = torch.where(above == 0, wanted.levels[:, :1].to(torch.uint8), table)
        channels = torch.arange(3, device=self._device)
        return self._converted(table[channels, converted.long()], wanted.space, _BACK)

    def _converted(self, picture: Tensor, space: ColorCoherence, codes: dict[str, int]) -> Tensor:
        if space == "rgb":
            return picture
        places = picture.to(torch.int32)
        index = (places[..., 0] * _LEVELS + places[..., 1]) * _LEVELS + places[..., 2]
        return self._table(codes[space])[index]

    def _table(self, code: int) -> Tensor:
        if code not in self._held:
            every = np.indices((_LEVELS, _LEVELS, _LEVELS), dtype=np.uint8)
            colours = np.ascontiguousarray(every.reshape(3, _LEVELS, -1).transpose(1, 2, 0))
            self._held[code] = torch.from_numpy(cv2.cvtColor(colours, code).reshape(-1, 3)).to(
                self._device
            )
        return self._held[code]


def _running(picture: Tensor) -> Tensor:
    """Return the share of pixels at or below each level, float64, shape (3, 256)."""
    channels = torch.arange(3, device=picture.device) * _LEVELS
    every = (picture.long() + channels).ravel()
    counts = torch.zeros(3 * _LEVELS, dtype=torch.int64, device=picture.device)
    counts.scatter_add_(0, every, torch.ones_like(every))
    running = counts.view(3, _LEVELS).cumsum(1).to(torch.float64)
    return running / running[:, -1:]
