"""Seeds between Deforum and a sheet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sheetrender.model.keyframes import SeedBehavior
from sheetrender.planning.columns import Column
from sheetrender.planning.deforum.formulas import plain_number
from sheetrender.planning.deforum.keys import SUBSEED_KEYS, Cell, File, is_on, number
from sheetrender.planning.deforum.schedules import deforum_curve
from sheetrender.planning.deforum.travelling import seed_cells
from sheetrender.planning.functions.function import Numbers
from sheetrender.planning.lines import needed
from sheetrender.planning.schedule_text import read_schedule, resolved
from sheetrender.planning.syntax import FormulaError

DEFAULT_SCHEDULE = '0:(s), 1:(-1), "max_f-2":(-1), "max_f-1":(s)'
MOST_SEEDS = 2**32
MANY_ROWS, MOST_ROWS = 200, 2000
"""A schedule that changes more often becomes formulas where it can, or stays where it is."""

_BEHAVIORS: tuple[SeedBehavior, ...] = ("fixed", "iter", "ladder", "alternate", "random")
_SEED = Column(heading="seed", kind="channel", help="")
_ANY = Column(heading="subseed", kind="channel", help="")
_BASE = re.compile(r"\bs\b(?!\s*\()")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedCells:
    """What a sheet says about seeds.

    Attributes:
        settings: cells of the Settings tab by name.
        rows: cells of the Keyframes tab by frame.
        unused: keys that could not be said, and why.
        notices: what a person should know.
        taken: keys of subseeds that are in the rows.
    """

    settings: dict[str, Cell] = field(default_factory=dict)
    rows: dict[int, Cell] = field(default_factory=dict)
    unused: dict[str, str] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)


def said_by(file: File, frames: int) -> SeedCells:
    """Return the cells for the seeds of a settings file of so many frames."""
    cells = SeedCells()
    base = _base(file, cells)
    behavior = str(file.get("seed_behavior", "iter")).strip().casefold()
    if behavior in _BEHAVIORS:
        cells.settings["seed_behavior"] = behavior
        if behavior == "iter":
            _slow(file, base, cells)
    elif behavior == "schedule":
        cells.settings["seed_behavior"] = "fixed"
        try:
            _scheduled(str(file.get("seed_schedule", DEFAULT_SCHEDULE)), base, frames, cells)
        except FormulaError as error:
            cells.unused["seed_schedule"] = str(error)
            cells.notices.append(f"seed_schedule is not used: it {error}.")
    elif "seed_behavior" in file:
        cells.unused["seed_behavior"] = "is not known here"
    between_seeds(file, frames, cells)
    return cells


def _base(file: File, cells: SeedCells) -> int:
    base = -1
    if "seed" in file:
        try:
            base = int(number(file["seed"]))
            if not -1 <= base < MOST_SEEDS:
                raise FormulaError(f"is out of range: from -1 to {MOST_SEEDS - 1}")
        except FormulaError as error:
            cells.unused["seed"] = str(error)
            return -1
        cells.settings["seed"] = base
    return base


def _slow(file: File, base: int, cells: SeedCells) -> None:
    """Say a seed that goes on at every so many pictures: 1000, 1001, 1001, 1001, 1002 …"""
    try:
        every = int(number(file.get("seed_iter_N", 1)))
    except FormulaError as error:
        cells.unused["seed_iter_N"] = str(error)
        return
    if every <= 1:
        return
    if base < 0:
        cells.unused["seed_iter_N"] = "needs a seed that is known; here it goes on at every frame"
        cells.notices.append(
            "seed_iter_N is not used: the seed is drawn, so it goes on at every frame."
        )
        return
    cells.settings["seed_behavior"] = "fixed"
    cells.rows[0] = f"{base}+floor((t+{every - 1})/{every})"


def _scheduled(schedule: str, base: int, frames: int, cells: SeedCells) -> None:
    keys = {
        key.frame: key.value
        for key in resolved(
            read_schedule(schedule, _SEED, None), max_f=frames - 1, seed=float(base)
        )
    }
    names = {"s": float(base), "max_f": frames - 1.0}
    values = deforum_curve(keys, names, frames)
    if not np.all((values >= -1) & (values < MOST_SEEDS)):
        raise FormulaError("leaves the range of seeds at some frame")
    seeds = np.trunc(values).astype(np.int64)
    starts = [0, *(np.flatnonzero(np.diff(seeds)) + 1).tolist()]
    are_formulas = all(isinstance(value, str) for value in keys.values())
    if len(starts) <= (MANY_ROWS if are_formulas else MOST_ROWS):
        cells.rows.update({start: int(seeds[start]) for start in starts})
    elif are_formulas:
        cells.rows.update(
            {at: f"floor({named_base(str(value), base)})" for at, value in keys.items()}
        )
    else:
        raise FormulaError(f"changes the seed {len(starts)} times")
    if (seeds < 0).any():
        cells.notices.append("Where seed_schedule says -1, one seed is drawn and kept.")


def between_seeds(file: File, frames: int, cells: SeedCells) -> None:
    """Say seeds that are on their way to the next one, where Deforum's subseeds say so.

    Changes the rows of `cells`; what no fraction of a seed says stays unused.
    """
    if not is_on(file.get("enable_subseed_scheduling")):
        return
    try:
        base = _known_base(file)
        names = {"s": base, "max_f": frames - 1.0}
        share = _text_curve(file, "subseed_strength_schedule", names, frames)
        if not np.any(share):
            return
        subseed = _text_curve(file, "subseed_schedule", names, frames)
        seeds = _known_seeds(file, base, frames)
        if not np.all((share >= 0) & (share < 1) & ((subseed == seeds + 1) | (share == 0))):
            raise FormulaError("leads elsewhere than to the next seed")
        found = seed_cells(seeds + share)
    except FormulaError as error:
        cells.unused.update(dict.fromkeys(SUBSEED_KEYS[1:], str(error)))
        cells.notices.append(f"subseed_schedule is not used: it {error}.")
        return
    cells.settings["seed_behavior"] = "fixed"
    cells.taken.update(SUBSEED_KEYS)
    cells.rows.clear()
    cells.rows.update(found)


def _known_base(file: File) -> float:
    base = number(file.get("seed", -1))
    if base < 0:
        raise FormulaError("needs a seed that is known")
    return base


def _known_seeds(file: File, base: float, frames: int) -> Numbers:
    behavior = str(file.get("seed_behavior", "iter")).strip().casefold()
    if behavior == "fixed":
        return np.full(frames, base)
    if behavior == "schedule":
        names = {"s": base, "max_f": frames - 1.0}
        return np.floor(_text_curve(file, "seed_schedule", names, frames))
    raise FormulaError(f"needs seed_behavior fixed or schedule, not {behavior}")


def _text_curve(file: File, key: str, names: Mapping[str, float], frames: int) -> Numbers:
    written = file.get(key)
    if not isinstance(written, str) or not written.strip():
        raise FormulaError(f"needs {key}")
    read = read_schedule(written, _ANY, None)
    keys = {k.frame: k.value for k in resolved(read, max_f=frames - 1, seed=names["s"])}
    return deforum_curve(keys, names, frames)


def subseed_settings(
    seeds: npt.NDArray[np.uint32], shares: npt.NDArray[np.float64]
) -> dict[str, object]:
    """Return Deforum's keys for seeds that are on their way to the next one; none where none is."""
    if not np.any(shares):
        return {}
    return {
        "enable_subseed_scheduling": True,
        "subseed_schedule": _as_schedule(seeds.astype(np.float64) + 1.0),
        "subseed_strength_schedule": _as_schedule(shares),
    }


def _as_schedule(values: Numbers) -> str:
    return ", ".join(f"{at}: ({plain_number(float(values[at]))})" for at in needed(values))


def named_base(formula: str, base: float) -> str:
    """Return a formula with the file's seed in the place of ``s``, which rows may change."""
    return _BASE.sub(f"{base:.15g}", formula)


def seed_settings(seeds: npt.NDArray[np.uint32], *, draws_all: bool) -> dict[str, object]:
    """Return Deforum's keys for the seeds of a plan.

    Args:
        seeds: of every frame.
        draws_all: every frame is drawn; Deforum goes on to the next seed where it draws.
    """
    base = int(seeds[0])
    since = np.arange(len(seeds))
    steps = {
        "fixed": since * 0,
        "iter": since,
        "ladder": since // 2 + 2 * (since % 2),
        "alternate": since % 2,
    }
    for behavior, step in steps.items():
        if np.array_equal(base + step, seeds) and (draws_all or behavior == "fixed"):
            return {"seed": base, "seed_behavior": behavior, "seed_schedule": DEFAULT_SCHEDULE}
    changes = np.flatnonzero(np.diff(seeds.astype(np.int64))) + 1
    at = sorted({0, *changes.tolist(), *(changes - 1).tolist()})
    schedule = ", ".join(f"{frame}: ({int(seeds[frame])})" for frame in at)
    return {"seed": base, "seed_behavior": "schedule", "seed_schedule": schedule}
