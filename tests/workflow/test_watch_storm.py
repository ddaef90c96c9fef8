"""Storms of edits, half of them wrong, while a watch draws: once mended, all is as of one run."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import openpyxl
import pytest

from tests.workflow.sheets import column, frame_bytes, make_sheet, rendered
from tests.workflow.test_prepared import BAD, GOOD, HEAD, random_rows
from tests.workflow.watching import Watching, nothing

SETTINGS = {"width": 64, "height": 32, "frames": 60}


class Collaborator:
    """Edits at random, until everything is mended."""

    def __init__(self, sheet: Path, dice: random.Random) -> None:
        self._sheet = sheet
        self._dice = dice
        self._is_over = False

    def edit(self) -> None:
        if self._is_over:
            return
        book = openpyxl.load_workbook(self._sheet)
        tab = book["Keyframes"]
        row, heading = self._dice.randint(2, tab.max_row), self._dice.choice(HEAD[1:])
        at = HEAD.index(heading) + 1
        kind = self._dice.randrange(8)
        if kind < 3:
            tab.cell(row, at).value = BAD[heading]
        elif kind < 5:
            tab.cell(row, at).value = self._dice.choice(GOOD[heading])
        elif kind == 5:
            tab.cell(row, 1).value = self._dice.choice(["x", None, self._dice.randrange(60)])
        elif kind == 6 and tab.max_column > len(HEAD):
            tab.cell(row, len(HEAD) + 2).value = self._dice.choice(["hold", "rerender"])
        else:
            tab.insert_rows(row)
        book.save(self._sheet)

    def mend(self) -> None:
        self._is_over = True
        book = openpyxl.load_workbook(self._sheet)
        tab = book["Keyframes"]
        used: set[object] = set()
        for row in tab.iter_rows(min_row=2):
            cells = row[: len(HEAD)]
            if all(cell.value is None for cell in cells):
                continue
            if not isinstance(cells[0].value, int) or cells[0].value in used:
                cells[0].value = next(frame for frame in range(60) if frame not in used)
            used.add(cells[0].value)
            for heading, cell in zip(HEAD[1:], cells[1:], strict=True):
                if cell.value == BAD[heading]:
                    cell.value = GOOD[heading][0]
            if len(row) > len(HEAD):
                row[len(HEAD) + 1].value = None
        book.save(self._sheet)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_after_a_storm_of_edits_the_frames_are_those_of_one_run(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    sheet = make_sheet(tmp_path / "my.xlsx", random_rows(dice), SETTINGS, HEAD)
    other = Collaborator(sheet, dice)
    during = dict.fromkeys(dice.sample(range(60), 3), other.edit)
    Watching(sheet).through(*[other.edit] * 8, other.mend, nothing, nothing, during=during)
    rows = zip(column(sheet, "frame"), column(sheet, "status"), strict=True)
    assert {status for frame, status in rows if frame is not None} == {"done"}
    (tmp_path / "run").mkdir()
    copy = shutil.copy(sheet, tmp_path / "run/my.xlsx")
    rendered(copy)
    renders = [frame_bytes(path.parent / "renders/my") for path in (sheet, copy)]
    assert renders[0] == renders[1]
