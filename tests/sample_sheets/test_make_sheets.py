"""The sample sheets: what each of them promises, and that they are what the script makes."""

import io
import runpy
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from sheetrender.model.cells import Findings, Grid
from sheetrender.model.curves import CurveRow
from sheetrender.model.keyframes import Keyframe, Settings
from sheetrender.model.plan import RenderPlan
from sheetrender.planning.audio_tab import read_audio_tab
from sheetrender.planning.plan import build_plan, video_length
from sheetrender.planning.rows import read_rows
from sheetrender.planning.settings import read_settings
from sheetrender.planning.spreadsheet import ComputedCells
from sheetrender.planning.table import find_table
from sheetrender.sheets.store import open_store
from sheetrender.workflow.check import Checked, check
from sheetrender.workflow.project import Request, read_project
from sheetrender.workflow.sound import song_curves

SAMPLES = Path(__file__).parents[2] / "sample_sheets"
SHEETS = ("demo.csv", "demo.xlsx", "full_length.xlsx", "mistakes.xlsx")

GOLDEN = Path(__file__).parents[1] / "data" / "mistakes.txt"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    script = runpy.run_path(str(SAMPLES / "make_sheets.py"))
    assert sorted(path.name for path in script["make_sheets"](folder)) == list(SHEETS)
    return folder


@pytest.fixture(scope="module")
def mistakes(made: Path) -> Checked:
    return check(Request(sheet=str(made / "mistakes.xlsx"), overrides={}))


class Demo(NamedTuple):
    """The demo as planning understands it: its song is made by another script."""

    grid: Grid
    settings: Settings
    rows: list[Keyframe]
    findings: Findings
    curves: list[CurveRow]

    def plan(self) -> RenderPlan:
        frames = video_length(self.rows, self.settings, 600)
        files = {row.name: SAMPLES / row.file for row in self.curves}
        song = SAMPLES / self.settings.song
        curves = song_curves(self.curves, files, song, self.settings, frames, self.findings)
        return build_plan(
            self.rows,
            self.settings,
            self.findings,
            frames=frames,
            draw_seed=lambda _: 0,
            curves=curves,
        )


@pytest.fixture(scope="module")
def demo(made: Path) -> Demo:
    workbook = open_store(str(made / "demo.xlsx")).read()
    cells, findings = ComputedCells(workbook), Findings()
    settings = read_settings(workbook.grid("Settings"), cells, {}, findings)
    table = find_table(workbook, findings)
    assert table is not None
    rows = read_rows(table, workbook, cells, settings, findings)
    curves = read_audio_tab(workbook.grid("Audio"), cells, findings)
    return Demo(table.grid, settings, rows, findings, curves)


def parts(content: bytes) -> dict[str, str]:
    """Return the parts of a workbook, spelled alike by every XML library."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: ET.canonicalize(archive.read(name)) for name in archive.namelist()}


@pytest.mark.parametrize("name", SHEETS)
def test_the_committed_sheets_are_what_the_script_makes(made: Path, name: str) -> None:
    committed, new = (SAMPLES / name).read_bytes(), (made / name).read_bytes()
    if name.endswith(".xlsx"):
        assert parts(committed) == parts(new), "run python sample_sheets/make_sheets.py"
    else:
        assert committed == new, "run python sample_sheets/make_sheets.py"


def test_the_script_makes_the_same_bytes_in_any_folder(made: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(SAMPLES / "make_sheets.py"), str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, cwd=SAMPLES.parent)
    for name in SHEETS:
        assert (tmp_path / name).read_bytes() == (made / name).read_bytes()


def test_the_sheets_are_small(made: Path) -> None:
    assert max((made / name).stat().st_size for name in SHEETS) < 30_000


def test_the_demo_is_as_long_as_its_song(demo: Demo) -> None:
    assert demo.settings.frames is None
    assert (demo.settings.song, demo.settings.bpm) == ("song.flac", 120)
    assert len(demo.plan().seeds) == 600


def test_the_demo_names_its_frames_in_many_ways(demo: Demo) -> None:
    frames = [row.frame for row in demo.rows]
    assert frames == [0, 60, 120, 180, 240, 300, 345, 360, 450, 540]
    written = {demo.grid.cells[row.row, 1].value for row in demo.rows}
    assert written >= {0, "00:00:02:00", "bar 3", "6s", "b16", None}


def test_the_demo_cuts_into_the_gap_and_into_the_drop(demo: Demo) -> None:
    assert [segment.first for segment in demo.plan().segments] == [0, 345, 360]
    assert (demo.findings.problems, demo.findings.warnings) == ([], [])


def test_the_demo_jumps_on_every_beat_of_the_drop(demo: Demo) -> None:
    zoom = demo.plan().channels["zoom"][360:540]
    for beat in range(0, 165, 15):
        assert zoom[beat : beat + 3].max() > 1.05
        assert zoom[beat + 14] < 1.02


def test_the_demo_zooms_with_its_drums_and_turns_with_its_voice(demo: Demo) -> None:
    plan = demo.plan()
    drums, voice = plan.curves["drums"], plan.curves["voice"]
    assert (drums.source, voice.source) == ("drums.flac, loudness", "vocals.flac, loudness")
    drop = slice(360, 540)
    assert np.corrcoef(plan.channels["zoom"][drop], drums.values[drop] ** 2)[0, 1] > 0.999
    assert plan.channels["angle"][420] == pytest.approx(
        1.4 * voice.values[420] * np.sin(2 * np.pi * 420 / 60), abs=1e-9
    )


def test_the_csv_means_the_same_as_the_workbook(made: Path, demo: Demo) -> None:
    script = runpy.run_path(str(SAMPLES / "make_sheets.py"))
    table = read_project(Request(sheet=str(made / "demo.csv"), overrides={}))
    assert (table.findings.problems, table.findings.warnings) == ([], [])

    def standing_in(value: float | str) -> float | str:
        return script["without_curves"](value) if isinstance(value, str) else value

    def meaning(rows: Iterable[Keyframe]) -> list[object]:
        return [
            (
                r.frame,
                r.prompt,
                r.negative,
                r.seed,
                r.cut,
                {n: standing_in(k.value) for n, k in r.keys.items()},
            )
            for r in rows
        ]

    assert meaning(table.rows) == meaning(demo.rows)


def test_the_full_length_is_a_song_long(made: Path) -> None:
    project = read_project(Request(sheet=str(made / "full_length.xlsx"), overrides={}))
    plan = project.plan(draw_seed=lambda _: 0)
    assert (project.findings.problems, project.findings.warnings) == ([], [])
    assert (project.frames, len(project.rows), len(plan.segments)) == (4346, 30, 5)
    assert (project.settings.size.width, project.settings.size.height) == (768, 432)
    assert project.settings.rate.per_second == 30
    moving = [n for n, values in plan.channels.items() if values.min() < values.max()]
    assert moving == ["zoom", "angle", "translation_x", "translation_y", "strength", "noise"]


def test_the_sheet_of_mistakes_is_told_word_for_word(mistakes: Checked, made: Path) -> None:
    said = [*map(str, mistakes.problems), *(f"Warning: {warning}" for warning in mistakes.warnings)]
    text = "\n".join(said).replace(str(made.resolve()), "SAMPLES")
    assert text == GOLDEN.read_text("utf-8").rstrip()


def test_every_mistake_is_explained_beside_it(made: Path, mistakes: Checked) -> None:
    project = read_project(Request(sheet=str(made / "mistakes.xlsx"), overrides={}))
    explained = {"Keyframes": 2, "Settings": 4, "Audio": 13}
    for problem in (*mistakes.problems, *mistakes.warnings[1:]):
        assert problem.place is not None
        grid = project.workbook.grid(problem.place.tab)
        assert grid is not None
        assert grid.cells[problem.place.row, explained[problem.place.tab]].value
