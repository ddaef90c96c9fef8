"""The keys of a channel as one value for every frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from sheetrender.model.keyframes import ChannelKey, Interpolation
from sheetrender.planning.frame_names import FormulaNames, Frames
from sheetrender.planning.functions.function import Numbers


def channel_curve(
    keys: Sequence[ChannelKey], names: FormulaNames, count: int, interpolation: Interpolation
) -> npt.NDArray[np.float64]:
    """Return a channel's value at every frame.

    A number goes on to the next key's value; a formula holds until the frame before the next key;
    the first key's value holds backwards.

    Args:
        keys: in the order of their frames, at least one.
        names: what formulas may use.
        count: frames of the video.
        interpolation: how a number goes on to the next key.

    Returns:
        Shape (count,); inf or nan where a formula has no answer.

    Raises:
        FormulaError: a formula uses a name or function that there is not.

    Source: Deforum's keyframe schedules.
    """
    inside = [key for key in keys if key.frame < count]
    if not inside:
        inside = [ChannelKey(0, keys[0].value, keys[0].place)]
    if len(inside) == 1 and not isinstance(inside[0].value, str):
        # One number for all frames takes the room of one.
        return np.broadcast_to(np.float64(inside[0].value), count)
    curve = np.empty(count, dtype=np.float64)
    known = np.zeros(count, dtype=bool)
    ends = [*(key.frame for key in inside[1:]), count]
    spans: dict[str, list[slice]] = {}
    for key, end in zip(inside, ends, strict=True):
        if isinstance(key.value, str):
            spans.setdefault(key.value, []).append(slice(key.frame, end))
        else:
            curve[key.frame] = key.value
            known[key.frame] = True
    for formula, parts in spans.items():
        frames = _together(parts)
        curve[frames] = names.compute(formula, frames)
        known[frames] = True
    return _filled(curve, known, interpolation, len(keys))


def _together(parts: Sequence[slice]) -> Frames:
    """Return the frames of several runs: one formula of many rows is computed once for all."""
    if len(parts) == 1:
        return parts[0]
    return np.concatenate([np.arange(part.start, part.stop) for part in parts])


def _filled(
    curve: npt.NDArray[np.float64],
    known: npt.NDArray[np.bool_],
    interpolation: Interpolation,
    keys: int,
) -> npt.NDArray[np.float64]:
    """Fill the frames between keys; before the first and behind the last, its value holds."""
    if known.all():
        return curve
    frames = np.arange(len(curve))
    at = frames[known]
    values = curve[known]
    if interpolation in ("quadratic", "cubic") and len(at) > 1:
        return _spline(at, values, known, interpolation, keys)
    filled: Numbers = np.interp(frames, at, values)
    if interpolation in ("hold", "ease"):
        before = np.maximum(np.searchsorted(at, frames, side="right") - 1, 0)
        after = np.minimum(before + 1, len(at) - 1)
        gap = np.maximum(at[after] - at[before], 1)
        share = np.clip((frames - at[before]) / gap, 0.0, 1.0)
        eased = share * share * (3.0 - 2.0 * share) if interpolation == "ease" else 0.0
        # A formula without a value is told by whoever asked for the curve.
        with np.errstate(invalid="ignore"):
            filled = values[before] + (values[after] - values[before]) * eased
    filled[known] = values
    return filled


def _spline(
    at: npt.NDArray[np.int64],
    values: npt.NDArray[np.float64],
    known: npt.NDArray[np.bool_],
    interpolation: Interpolation,
    keys: int,
) -> npt.NDArray[np.float64]:
    """Interpolate as Deforum does: through pandas, the ends held, fewer keys a lower order."""
    import pandas as pd

    points = np.full(len(known), np.nan)
    finite = np.isfinite(values)
    points[at[finite]] = values[finite]
    points[0], points[-1] = points[at[0]], points[at[-1]]
    there = int(np.isfinite(points).sum())
    method: Literal["linear", "quadratic", "cubic"] = (
        "cubic" if interpolation == "cubic" else "quadratic"
    )
    if method == "cubic" and min(keys, there) <= 3:
        method = "quadratic"
    if method == "quadratic" and min(keys, there) <= 2:
        method = "linear"
    series = pd.Series(points).interpolate(method=method, limit_direction="both")
    filled = np.array(series, dtype=np.float64)
    # What has no value keeps none: whoever asked for the curve names the frame.
    filled[at[~finite]] = values[~finite]
    return filled
