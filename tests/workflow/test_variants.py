from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sheetrender.model.errors import UsageError
from sheetrender.model.events import Event, FrameStored, JobStarted
from sheetrender.rendering.folder import OutputFolder
from sheetrender.rendering.journal import Journal
from sheetrender.workflow.project import Request, checked_plan, read_project
from sheetrender.workflow.queue import Queue, jobs_of
from sheetrender.workflow.run import RunOptions
from sheetrender.workflow.variants import Variant, values_in, variants, variation
from tests.workflow.sheets import HEAD, SMALL, drawn, frame_bytes, make_sheet, request

TEXT = st.text(st.characters(exclude_categories=("Cs",)), min_size=1)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return make_sheet(tmp_path / "my.xlsx")


def planned(sheet: Path, **values: str) -> tuple[list[str], list[int]]:
    project = read_project(Request(sheet=str(sheet), overrides={}, variant=Variant(values)))
    plan = checked_plan(project)
    return [row.prompt for row in plan.rows], [int(plan.seeds[row.first]) for row in plan.rows]


def run_all(*sheets: Path, made: list[Variant] | None = None, **options: object) -> Queue:
    queue = Queue(
        jobs_of(
            [request(one) for one in sheets],
            made or [Variant({})],
            RunOptions(**{"video": False, **options}),  # type: ignore[arg-type]
        )
    )
    list(queue.events())
    return queue


def test_a_style_takes_the_place_of_every_rows_own(sheet: Path) -> None:
    prompts, seeds = planned(sheet, style="neon")
    assert prompts == ["a red fox, neon", "a blue whale, neon", "a green hill, neon"]
    assert seeds == [1, 1, 2]


def test_a_seed_takes_the_place_of_every_rows_own(sheet: Path) -> None:
    assert planned(sheet, seed="77")[1] == [77, 77, 77]


def test_a_column_that_is_no_setting_varies_too(sheet: Path) -> None:
    assert planned(sheet, subject="an owl")[0][1] == "an owl, deep ocean"


def test_a_column_that_is_not_there_cannot_vary(sheet: Path) -> None:
    project = read_project(
        Request(sheet=str(sheet), overrides={}, variant=Variant({"prompt": "an owl"}))
    )
    assert "(prompt): has no such column" in str(project.findings.problems[0])


def test_rows_that_a_style_does_not_reach_are_told_of(tmp_path: Path) -> None:
    rows = [(0, "a fox", "", 1, None, 1, "an owl at night"), (8, "a whale", "", 1, None, 1, None)]
    sheet = make_sheet(tmp_path / "my.xlsx", rows=rows, head=(*HEAD, "prompt"))
    project = read_project(
        Request(sheet=str(sheet), overrides={}, variant=Variant({"style": "neon"}))
    )
    assert "beats subject and style in 1 row," in str(project.findings.warnings[0])


def test_variations_multiply() -> None:
    made = variants([variation("seed", ["1", "2"]), variation("Style", ["neon", "", "ink", "ink"])])
    assert [one.folder for one in made] == [
        "seed-1_style-neon",
        "seed-1_style-ink",
        "seed-2_style-neon",
        "seed-2_style-ink",
    ]


@given(st.lists(TEXT, min_size=2, max_size=6, unique=True))
def test_folders_are_names_that_every_file_system_takes(values: list[str]) -> None:
    names = [Variant({"style": value, "lut": value[::-1]}).folder for value in values]
    assert len(set(names)) == len(names)
    for name in names:
        assert re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", name)
        assert len(name) <= 110


def test_the_name_of_a_folder_tells_what_varies() -> None:
    assert Variant({"zoom": "1.02"}).folder == "zoom-1.02"
    assert Variant({"style": "Neon city, at night"}).folder.startswith("style-neon-city-at-night-")
    long = Variant(dict.fromkeys(("style", "negative", "model", "lut", "song"), "x" * 200))
    assert len(long.folder) <= 110


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("stlye", ["a"], "'stlye' is nothing that can vary. Did you mean style?"),
        ("output", ["a"], "output cannot vary"),
        ("style", ["", " "], "There is no value for style"),
    ],
)
def test_what_cannot_vary_is_refused(name: str, values: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=re.escape(said)):
        variation(name, values)


def test_values_come_from_the_lines_of_a_text_file(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes("\ufeffneon\r\n\r\nétang, 海\r\n".encode())
    assert variation("style", values_in(file)).values == ("neon", "étang, 海")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00n", b"a\0b"])
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(content)
    with pytest.raises(UsageError, match=r"a\.txt is no"):
        values_in(file)
    with pytest.raises(UsageError, match=r"b\.txt cannot be read"):
        values_in(tmp_path / "b.txt")


def test_variants_stand_in_folders_of_their_own_and_leave_the_sheet_alone(sheet: Path) -> None:
    before = sheet.read_bytes()
    made = variants([variation("seed", ["1", "2"])])
    queue = run_all(sheet, made=made)
    folders = [sheet.parent / "renders/my" / name for name in ("seed-1", "seed-2")]
    assert [outcome.folder for outcome in queue.outcomes] == folders
    assert [outcome.state for outcome in queue.outcomes] == ["done", "done"]
    assert frame_bytes(folders[0]) != frame_bytes(folders[1])
    assert sheet.read_bytes() == before
    again: list[Event] = list(Queue(jobs_of([request(sheet)], made, RunOptions())).events())
    assert drawn(again) == []


def test_variants_are_laid_side_by_side(sheet: Path) -> None:
    run_all(sheet, made=variants([variation("seed", ["1", "2"])]))
    with Image.open(sheet.parent / "renders/my/variants.png") as page:
        assert page.width > 1000
        assert len(page.convert("RGB").getcolors(1 << 20) or [0] * 99) > 50


def test_one_variant_alone_is_not_compared(sheet: Path) -> None:
    run_all(sheet, made=variants([variation("seed", ["1"])]))
    assert not (sheet.parent / "renders/my/variants.png").exists()


def test_variants_of_a_style_share_the_seeds_that_were_drawn(tmp_path: Path) -> None:
    rows = [(0, "a fox", "oil", -1), (8, "a whale", None, -1)]
    sheet = make_sheet(tmp_path / "my.xlsx", rows=rows, settings={**SMALL, "frames": 10})
    run_all(sheet, made=variants([variation("style", ["neon", "ink"])]))
    folder = sheet.parent / "renders/my"
    known = []
    for name in ("style-neon", "style-ink"):
        with Journal(OutputFolder(folder / name).journal, read_only=True) as journal:
            known.append(journal.seeds())
    assert known[0] == known[1]
    assert len(known[0]) == 2


def test_a_bad_sheet_does_not_stop_the_others(tmp_path: Path) -> None:
    good, later = make_sheet(tmp_path / "a.xlsx"), make_sheet(tmp_path / "c.xlsx")
    bad = make_sheet(tmp_path / "b.xlsx", settings={**SMALL, "fps": "fast"})
    queue = run_all(good, bad, tmp_path / "gone.xlsx", later)
    assert [outcome.state for outcome in queue.outcomes] == ["done", "failed", "failed", "done"]
    assert queue.exit_status == 3
    assert (tmp_path / "renders/c/frames/000023.png").exists()


def test_who_stops_the_queue_stops_the_video_that_is_made_and_those_behind_it(sheet: Path) -> None:
    queue = Queue(jobs_of([request(sheet)], variants([variation("seed", "123")]), RunOptions()))
    with closing(queue.events()) as events:
        for event in events:
            if isinstance(event, JobStarted) and event.number == 2:
                break
        next(event for event in events if isinstance(event, FrameStored))
    assert [outcome.state for outcome in queue.outcomes] == ["done", "stopped", "waiting"]
    assert queue.exit_status == 0


def test_a_sheet_that_is_named_twice_is_refused(sheet: Path) -> None:
    with pytest.raises(UsageError, match="is named twice"):
        jobs_of([request(sheet), request(sheet)], [Variant({})], RunOptions())


def test_sheets_of_one_name_get_folders_that_differ(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    sheets = [make_sheet(tmp_path / name / "my.xlsx") for name in ("a", "b")]
    queue = run_all(*sheets, folder=tmp_path / "out", frames=(0, 1))
    assert [outcome.folder for outcome in queue.outcomes] == [
        tmp_path / "out/a-my",
        tmp_path / "out/b-my",
    ]
