"""All functions of spreadsheet formulas by their names."""

from __future__ import annotations

from collections.abc import Mapping

from sheetrender.planning.cell_functions.arrays import ARRAYS
from sheetrender.planning.cell_functions.calling import Function
from sheetrender.planning.cell_functions.clock import CLOCK
from sheetrender.planning.cell_functions.conditional import CONDITIONAL
from sheetrender.planning.cell_functions.logic import LOGIC
from sheetrender.planning.cell_functions.lookup import LOOKUP
from sheetrender.planning.cell_functions.maths import MATHS
from sheetrender.planning.cell_functions.places import PLACES
from sheetrender.planning.cell_functions.rounding import ROUNDING
from sheetrender.planning.cell_functions.statistics import STATISTICS
from sheetrender.planning.cell_functions.text import TEXT
from sheetrender.planning.columns import nearest

FUNCTIONS: Mapping[str, Function] = {
    **MATHS,
    **ROUNDING,
    **STATISTICS,
    **CONDITIONAL,
    **LOGIC,
    **TEXT,
    **LOOKUP,
    **PLACES,
    **CLOCK,
    **ARRAYS,
}

VOLATILE = frozenset({"RAND", "RANDBETWEEN", "NOW", "TODAY"})
"""Functions that show something else whenever a spreadsheet program computes."""

_PREFIXES = ("_XLFN.", "_XLWS.")


def plain(name: str) -> str:
    """Return a function's name as people write it; files put prefixes before newer ones."""
    upper = name.upper()
    for prefix in _PREFIXES:
        upper = upper.removeprefix(prefix)
    return upper


def close_to(name: str) -> str:
    """Return the function that a name is probably a typing slip of; empty where there is none."""
    return nearest(name, [known for known in FUNCTIONS if known[0].isalpha()]) or ""
