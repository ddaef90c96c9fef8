"""Upscaling and frames between: Deforum's factors, and the sizes and rates that they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from sheetrender.model.keyframes import Settings
from sheetrender.planning.deforum.keys import Cell, File, is_on, number
from sheetrender.planning.syntax import FormulaError

ENGINE, TIMES = "frame_interpolation_engine", "frame_interpolation_x_amount"
UPSCALES, FACTOR = "r_upscale_video", "r_upscale_factor"
_MOST_TIMES, _FACTORS = 10, (2, 3, 4)
_HIGHEST_RATE, _LONGEST_SIDE = 1000, 16384


@dataclass(frozen=True, slots=True)
class Finishing:
    """What a file says about the finished video.

    Attributes:
        cells: of the Settings tab by name.
        keys: of the file that they are made of, by name of the cell.
    """

    cells: Mapping[str, Cell]
    keys: Mapping[str, tuple[str, ...]]


def finishing_cells(file: File, settings: Mapping[str, Cell]) -> Finishing:
    """Return the cells for what a file does to its finished video.

    Args:
        file: of Deforum.
        settings: cells that stand already: width, height and rate.
    """
    cells: dict[str, Cell] = {}
    keys: dict[str, tuple[str, ...]] = {}
    for name, cell, used in (*_rate(file, settings), *_size(file, settings)):
        cells[name] = cell
        keys[name] = used
    return Finishing(cells, keys)


def _rate(file: File, settings: Mapping[str, Cell]) -> Iterator[tuple[str, Cell, tuple[str, ...]]]:
    engine = str(file.get(ENGINE, "None")).strip().casefold()
    is_slow = is_on(file.get("frame_interpolation_slow_mo_enabled"))
    rate = settings.get("fps", 30)
    if engine in ("none", "") or is_slow or not isinstance(rate, (int, float)):
        return
    try:
        times = int(number(file.get(TIMES, 2)))
    except FormulaError:
        return
    if 2 <= times <= _MOST_TIMES and rate * times <= _HIGHEST_RATE:
        yield "fps_to", round(rate * times, 6), (ENGINE, TIMES)
        yield "between", "flow", (ENGINE,)


def _size(file: File, settings: Mapping[str, Cell]) -> Iterator[tuple[str, Cell, tuple[str, ...]]]:
    if not is_on(file.get(UPSCALES)):
        return
    sides = [settings.get(name) for name in ("width", "height")]
    try:
        times = int(number(str(file.get(FACTOR, "x2")).strip().removeprefix("x")))
    except FormulaError:
        return
    lengths = [side * times for side in sides if isinstance(side, int)]
    if times in _FACTORS and len(lengths) == 2 and max(lengths) <= _LONGEST_SIDE:
        yield "scale_to", "x".join(map(str, lengths)), (UPSCALES, FACTOR)


def finishing_settings(settings: Settings) -> dict[str, object]:
    """Return Deforum's keys for what is done to the finished video, where it has any."""
    found: dict[str, object] = {}
    if settings.fps_to is not None:
        times = settings.fps_to.per_second / settings.rate.per_second
        if times.denominator == 1 and 2 <= times <= _MOST_TIMES:
            found |= {ENGINE: "FILM", TIMES: int(times)}
    if settings.scale_to is not None:
        wide, high = (
            Fraction(getattr(settings.scale_to, side), getattr(settings.size, side))
            for side in ("width", "height")
        )
        if wide == high and wide in _FACTORS:
            found |= {UPSCALES: True, FACTOR: f"x{int(wide)}"}
    return found
