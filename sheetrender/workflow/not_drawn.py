"""Cells that are right and change nothing: in the motion that was chosen, or in this version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sheetrender.engines.engine import ENGINE_NAMES
from sheetrender.model.cells import Problem
from sheetrender.model.keyframes import Keyframe, MotionKind, Settings
from sheetrender.model.motion import CAMERA_CHANNELS, MOTION_CHANNELS
from sheetrender.planning.columns import CHANNEL_NAMES, channel

_IDLE: Mapping[MotionKind, frozenset[str]] = {
    "2d": CAMERA_CHANNELS - MOTION_CHANNELS - {"fov"},
    "3d": MOTION_CHANNELS - CAMERA_CHANNELS,
}
"""Channels that move nothing, by what moves."""
_INSTEAD: Mapping[MotionKind, str] = {
    "2d": "Set motion to 3d in the Settings tab, or use zoom, angle and translation_x and y.",
    "3d": "Use translation_z and rotation_3d_x, y and z, or set motion to 2d in the Settings tab.",
}


def not_drawn(settings: Settings, rows: Sequence[Keyframe]) -> Iterator[Problem]:
    """Yield a warning for each cell, or each kind of cells, that changes nothing."""
    yield from _idle_motion(settings, rows)
    yield from _engine(settings)


def _idle_motion(settings: Settings, rows: Sequence[Keyframe]) -> Iterator[Problem]:
    for name in (name for name in CHANNEL_NAMES if name in _IDLE[settings.motion]):
        used = [(row.keys[name].place, row.keys[name].value) for row in rows if name in row.keys]
        if name in settings.channels:
            schedule = settings.channels[name]
            used += [(schedule.place, key.value) for key in schedule.keys]
        place, value = next((u for u in used if u[1] != channel(name).default), (None, None))
        if value is not None:
            yield Problem(
                place=place,
                tab="--set",
                heading=name,
                written=str(value),
                wrong=f"changes nothing: motion is {settings.motion}",
                remedy=_INSTEAD[settings.motion],
            )


def _engine(settings: Settings) -> Iterator[Problem]:
    if settings.engine not in ENGINE_NAMES:
        yield Problem(
            place=settings.places.get("engine"),
            tab="--set",
            heading="engine",
            written=settings.engine,
            wrong="is not part of this version, so `run` will refuse it",
            remedy=f"Use {' or '.join(ENGINE_NAMES)}.",
        )
