"""Functions that hold, mix and shape values between two ends."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sheetrender.planning.functions.function import Function, Numbers, plain

HIT_FRAMES = 10.0
"""How long a hit fades where nobody says so."""


def _clamp(x: Numbers, low: Numbers, high: Numbers) -> Numbers:
    return np.minimum(np.maximum(x, low), high)


def _lerp(start: Numbers, end: Numbers, share: Numbers) -> Numbers:
    return start + (end - start) * share


def _smoothstep(low: Numbers, high: Numbers, x: Numbers) -> Numbers:
    share = np.clip((x - low) / (high - low), 0.0, 1.0)
    return np.asarray(share * share * (3.0 - 2.0 * share), dtype=np.float64)


def _hit(since: Numbers, decay: Numbers) -> Numbers:
    """Return 1 at the hit, fading to 0 over `decay`; 0 before it and after."""
    left = np.clip(1.0 - since / decay, 0.0, 1.0)
    return np.asarray(np.where(since >= 0, left * left, 0.0), dtype=np.float64)


SHAPES: Mapping[str, Function] = {
    "clamp": plain(_clamp, "x low high"),
    "lerp": plain(_lerp, "from to share"),
    "smoothstep": plain(_smoothstep, "low high x"),
    "hit": plain(_hit, "since decay", HIT_FRAMES),
}
