"""A variant's video is finished, shown and handed over from its own plan."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest

from sheetrender.model.errors import UsageError
from sheetrender.workflow.export import ENDINGS, export
from sheetrender.workflow.finish import FinishOptions, finish
from sheetrender.workflow.queue import Queue, jobs_of
from sheetrender.workflow.report import report
from sheetrender.workflow.run import RunOptions
from sheetrender.workflow.serve import ServeOptions, serve
from sheetrender.workflow.variants import AS_IT_IS, Variant
from tests.workflow.sheets import make_sheet, request

OWL = Variant({"subject": "an owl"})


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = make_sheet(tmp_path / "my.xlsx")
    book = openpyxl.load_workbook(path)
    tab = book.create_sheet("Markers")
    for row in (("name", "frame", "comment", "duration"), ("Chorus", 8, "", 4), ("Hit", 11, "!")):
        tab.append(row)
    book.save(path)
    list(Queue(jobs_of([request(path)], [AS_IT_IS, OWL], RunOptions(video=False))).events())
    return path


@pytest.fixture
def plan(sheet: Path) -> Path:
    return sheet.parent / "renders/my" / OWL.folder / "plan.json"


def marks(file: Path | None) -> list[tuple[str | None, ...]]:
    assert file is not None
    found = ElementTree.parse(file).getroot().iterfind("sequence/marker")
    return [tuple(mark.findtext(n) for n in ("in", "out", "name", "comment")) for mark in found]


def test_the_editor_gets_the_variants_words_and_the_sheets_markers(sheet: Path, plan: Path) -> None:
    own = marks(export(request(sheet), "premiere", None).path)
    assert own[1:3] == [("8", "12", "Chorus", "a blue whale"), ("11", "-1", "Hit", "!")]
    sheet.unlink()
    made = export(request(plan), "premiere", None)
    assert made.path == sheet.with_name(f"my-{OWL.folder}_premiere.xml")
    comments = {"a red fox", "a blue whale", "a green hill"}
    assert marks(made.path) == [
        (*mark[:3], "an owl" if mark[3] in comments else mark[3]) for mark in own
    ]
    assert "video.mp4 is not there yet" in made.notices[0]


@pytest.mark.slow
@pytest.mark.parametrize("form", ENDINGS)
def test_a_plan_is_handed_over_as_its_sheet_is(sheet: Path, form: str, tmp_path: Path) -> None:
    file = tmp_path / f"export{ENDINGS[form][0]}"
    own = tmp_path / f"own{ENDINGS[form][0]}"
    assert export(request(sheet), form, own).path == own
    plan = sheet.parent / "renders/my/plan.json"
    assert export(request(plan), form, file).path == file
    if form in ("srt", "lyrics", "csv", "prompts"):
        assert file.read_bytes() == own.read_bytes()


def test_the_report_of_a_plan_shows_what_it_drew(plan: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    list(report(request(plan), None, page))
    said = page.read_text("utf-8")
    assert "an owl, deep ocean" in said
    assert "a blue whale" not in said


def test_the_live_page_takes_a_plan(plan: Path) -> None:
    with serve(request(plan), ServeOptions()) as page:
        assert page.address.startswith("http://127.0.0.1:")


def test_a_variants_folder_is_no_place_to_finish_the_sheet_from(sheet: Path, plan: Path) -> None:
    said = f"is the variant subject an owl. Name its plan in place of the sheet: {plan}"
    with pytest.raises(UsageError) as refused:
        list(finish(request(sheet), FinishOptions(folder=plan.parent)))
    assert said in str(refused.value)
    with pytest.raises(UsageError, match="is the variant"):
        list(report(request(sheet), plan.parent, None))


def test_a_plan_of_before_variants_were_told_is_taken(sheet: Path) -> None:
    plan = sheet.parent / "renders/my/plan.json"
    document = json.loads(plan.read_text("utf-8"))
    del document["variant"], document["markers"]
    plan.write_text(json.dumps(document), "utf-8")
    list(report(request(sheet), plan.parent, None))
    assert marks(export(request(plan), "premiere", None).path)[1] == (
        *("8", "-1", ""),
        "a blue whale",
    )
