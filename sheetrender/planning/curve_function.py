"""The function of a curve: a formula of what was heard, between the limits of its row."""

from __future__ import annotations

import numpy as np

from sheetrender.model.cells import Findings, Problem
from sheetrender.model.curves import CurveRow
from sheetrender.model.keyframes import Settings
from sheetrender.planning.frame_names import FormulaNames, finite_values, shared_names
from sheetrender.planning.functions.function import Numbers
from sheetrender.planning.syntax import FormulaError


def with_function(row: CurveRow, heard: Numbers, settings: Settings, findings: Findings) -> Numbers:
    """Return the values of a curve; a function without a value somewhere goes to `findings`.

    Args:
        row: of the Audio tab, or of the command line.
        heard: 0.0 to 1.0, shape (frames,).
        settings: what names in the function stand for.
        findings: collects problems.
    """
    frames = len(heard)
    try:
        names = FormulaNames({**shared_names(settings, frames), "x": heard}, [0], frames)
        values = finite_values(row.function, names, 0, frames)
    except FormulaError as error:
        findings.problems.append(
            Problem(
                place=row.places.get("function"),
                tab="--function",
                heading="function",
                written=row.function,
                wrong=str(error),
                remedy=error.remedy,
            )
        )
        return heard
    if row.low is not None or row.high is not None:
        values = np.clip(values, row.low, row.high)
    return values
