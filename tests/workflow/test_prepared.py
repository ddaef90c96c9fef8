"""What is drawn although a cell has a problem is what the mended sheet asks for, however mended."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from sheetrender.engines.engine import open_engine
from sheetrender.model.cells import Cell, Grid, Workbook
from sheetrender.model.events import RenderStarted
from sheetrender.rendering.folder import OutputFolder
from sheetrender.rendering.journal import Journal
from sheetrender.sheets.csv_file import CsvStore
from sheetrender.workflow.passes import Pass, PassOptions
from sheetrender.workflow.prepared import Prepared, drafted, prepared
from sheetrender.workflow.project import Request

HEAD = ("frame", "subject", "style", "prompt", "negative", "seed", "cut", "zoom", "angle", "blend")
FRAMES = 60
GOOD: Mapping[str, Sequence[object]] = {
    "subject": ("fox", "whale", "hill", None),
    "style": ("blue", "red", None),
    "prompt": ("a whole prompt", None),
    "negative": ("fog", "rain", None),
    "seed": (1, 2, 77, None),
    "cut": ("yes", "no", None),
    "zoom": (1.0, 1.5, 2.0, "1 + 0.01*k", "1 + 0.1*p", "1 + n/100", None),
    "angle": (0, 3, "sin(t)", None),
    "blend": (0, 3, 9, None),
}
BAD: Mapping[str, object] = {
    "subject": '{"0": "a list", "9": "of prompts"}',
    "style": '{"0": "a list"}',
    "prompt": '{"0": "a list"}',
    "negative": '{"0": "a list"}',
    "seed": "12a",
    "cut": "perhaps",
    "zoom": "1 + sinn(t)",
    "angle": "3,,4",
    "blend": -4,
}

Rows = list[list[object]]


def workbook(rows: Rows, settings: Mapping[str, object]) -> Workbook:
    cells = {
        (r, c): Cell(value)  # type: ignore[arg-type]
        for r, row in enumerate([list(HEAD), *rows], start=1)
        for c, value in enumerate(row, start=1)
        if value is not None
    }
    pairs = [("name", "value"), *settings.items()]
    tab = {(r, c): Cell(v) for r, pair in enumerate(pairs, 1) for c, v in enumerate(pair, 1)}  # type: ignore[arg-type]
    return Workbook(grids=[Grid("Keyframes", cells), Grid("Settings", tab)], version="1")


class Desk:
    """Prepares workbooks in an empty folder."""

    def __init__(self, folder: Path, journal: Journal) -> None:
        self._journal = journal
        self._output = OutputFolder(folder)
        self._store = CsvStore(folder / "my.csv")

    def prepared(self, rows: Rows, settings: Mapping[str, object]) -> Prepared:
        request = Request(sheet="my.csv", overrides={})
        draft = drafted(self._store, workbook(rows, settings), request, None, {})
        assert draft.is_drawable, draft.problems
        return prepared(draft, self._journal, {})

    def work(self, found: Prepared) -> tuple[Pass, set[int]]:
        """Return the pass, and the frames that it would draw."""
        engine = open_engine("animatic", found.ready.project.engine_settings)
        options = PassOptions(status=False, video=False)
        work = Pass(found.ready, options, self._output, self._journal, engine, found.reserved)
        events = work.events()
        started = next(event for event in events if isinstance(event, RenderStarted))
        events.close()
        return work, set(started.todo)


@pytest.fixture
def desk(tmp_path: Path):  # type: ignore[no-untyped-def]
    with OutputFolder(tmp_path).opened("nowhere") as journal:
        yield Desk(tmp_path, journal)


def random_rows(dice: random.Random) -> Rows:
    frames = sorted(dice.sample(range(FRAMES), dice.randint(2, 6)))
    rows = [[frame, *(dice.choice([*GOOD[n], None]) for n in HEAD[1:])] for frame in frames]
    rows[0][1] = "a beginning"
    return rows


@pytest.mark.parametrize("seed", range(60))
def test_frames_drawn_in_spite_of_a_problem_are_those_of_the_mended_sheet(
    desk: Desk, seed: int
) -> None:
    dice = random.Random(seed)
    behaviour = dice.choice(["fixed", "iter", "ladder", "alternate", "random"])
    glide = dice.choice(["linear", "hold", "ease", "quadratic", "cubic"])
    settings = {"width": 64, "height": 32, "frames": FRAMES, "seed_behavior": behaviour,
                "interpolation": glide}  # fmt: skip
    rows = random_rows(dice)
    number, heading = dice.randrange(len(rows)), dice.choice(HEAD[1:])
    at = HEAD.index(heading)
    rows[number][at] = BAD[heading]
    found = desk.prepared(rows, settings)
    assert {p.place.row for p in found.draft.problems if p.place} == {number + 2}
    work, todo = desk.work(found)
    for good in GOOD[heading]:
        mended = [list(row) for row in rows]
        mended[number][at] = good
        other, _ = desk.work(desk.prepared(mended, settings))
        wrong = [frame for frame in sorted(todo) if work.keys[frame] != other.keys[frame]]
        assert wrong == [], (heading, good, number, glide, behaviour, str(rows))
