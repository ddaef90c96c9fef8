"""A schedule of Deforum as the cells of one channel, tried at every frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sheetrender.planning.columns import Column
from sheetrender.planning.deforum.fitting import MAX_TEXT
from sheetrender.planning.deforum.keys import Cell, number
from sheetrender.planning.deforum.schedules import (
    CLAMPED,
    cell_of_schedule,
    deforum_curve,
    keys_by_frame,
)
from sheetrender.planning.deforum.seeds import named_base
from sheetrender.planning.functions.function import Numbers
from sheetrender.planning.schedule_text import read_schedule
from sheetrender.planning.syntax import FormulaError


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelCells:
    """Where a channel stands in a sheet.

    Attributes:
        setting: its cell in the Settings tab; None where it stands elsewhere.
        rows: its cells in the Keyframes tab by frame.
        is_default: it needs no cell.
        notices: what a person should know.
    """

    setting: Cell | None = None
    rows: Mapping[int, Cell] = field(default_factory=dict)
    is_default: bool = False
    notices: tuple[str, ...] = ()


def channel_cells(
    column: Column, value: object, *, frames: int, seed: float, seeds_change: bool
) -> ChannelCells:
    """Return the cells of a channel.

    Args:
        column: of the channel.
        value: of the settings file.
        frames: of the video.
        seed: of the file.
        seeds_change: rows have seeds, so that ``s`` would no longer be the file's.

    Raises:
        FormulaError: nobody can compute it, or it leaves its range.
    """
    written = str(number(value)) if isinstance(value, (int, float)) else value
    if not isinstance(written, str) or not written.strip():
        raise FormulaError("is neither a number nor a schedule")
    cell = cell_of_schedule(written, column)
    notices = _clamped(column, written)
    if isinstance(cell, float):
        whole = int(cell) if cell.is_integer() else cell
        return ChannelCells(setting=whole, is_default=cell == column.default, notices=notices)
    if seeds_change:
        cell = named_base(cell, seed)
    keys = keys_by_frame(cell, column, frames=frames, seed=seed)
    _check(column, keys, frames, seed)
    if len(cell) <= MAX_TEXT:
        return ChannelCells(setting=cell, notices=notices)
    spread = (
        f"{column.deforum} is longer than a cell can be: it stands in the rows, "
        f"{len(keys)} cells below {column.heading}."
    )
    return ChannelCells(rows=keys, notices=(*notices, spread))


def _clamped(column: Column, written: str) -> tuple[str, ...]:
    if column.heading not in CLAMPED:
        return ()
    try:
        read_schedule(written, column, None)
    except FormulaError:
        return (
            f"{column.deforum} has numbers that are not {column.limits}; the nearest are taken.",
        )
    return ()


def _check(column: Column, keys: Mapping[int, float | str], frames: int, seed: float) -> None:
    """Try a channel at every frame.

    Raises:
        FormulaError: it cannot be computed, or leaves its range.
    """
    if not any(frame < frames for frame in keys):
        return
    names = {"s": seed, "max_f": frames - 1.0, "pi": float(np.pi), "e": float(np.e)}
    curve = deforum_curve(keys, names, frames)
    bad = np.flatnonzero(~np.isfinite(curve))
    if len(bad):
        raise FormulaError(f"has no value at frame {bad[0]}")
    if column.heading in CLAMPED:
        return
    bad = np.flatnonzero(_is_beyond(column, curve))
    if len(bad):
        value = curve[bad[0]]
        raise FormulaError(f"is {value:.6g} at frame {bad[0]}; it has to be {column.limits}")


def _is_beyond(column: Column, curve: Numbers) -> npt.NDArray[np.bool_]:
    """Say at every frame whether a value is out of a channel's range."""
    beyond = np.zeros(len(curve), dtype=bool)
    if column.low is not None:
        beyond |= curve <= column.low if column.above_low else curve < column.low
    if column.high is not None:
        beyond |= curve > column.high
    return beyond
