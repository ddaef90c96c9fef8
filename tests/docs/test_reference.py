"""The pages of docs/ list what the program has: no command, option, name or error is left out."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from types import ModuleType

import click
import pytest

from sheetrender.cli.main import main
from sheetrender.planning.audio_tab import HEADINGS
from sheetrender.planning.columns import COLUMNS
from sheetrender.planning.expressions import parse_formula
from sheetrender.planning.formula_calls import FUNCTION_NAMES
from sheetrender.planning.functions.meanings import MEANINGS
from sheetrender.planning.settings_table import SETTINGS
from sheetrender.workflow.check import check
from sheetrender.workflow.export import FORMS
from sheetrender.workflow.init import template_names
from sheetrender.workflow.project import Request
from tests.workflow.sheets import make_sheet

ROOT = Path(__file__).parents[2]
PAGES = {path.name: path.read_text("utf-8") for path in (ROOT / "docs").glob("*.md")}
README = (ROOT / "README.md").read_text("utf-8")


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    return importlib.import_module("make_reference")


def test_every_page_is_as_the_program_has_it_now(script: ModuleType) -> None:
    pages = [path.name for path, _ in script.outdated()]
    assert not pages, "run: python docs/make_reference.py"


def test_a_page_that_is_not_up_to_date_is_found(script: ModuleType) -> None:
    page = PAGES["sheet.md"].replace("`perspective_flip_phi`", "`perspective_flop`")
    assert script.made_anew(page) == PAGES["sheet.md"]


def test_every_list_has_a_place_in_a_page(script: ModuleType) -> None:
    everything = "".join(PAGES.values())
    for name in script.REGIONS:
        assert everything.count(f"<!-- begin {name} -->") == 1, name


def names_in(*pages: str) -> set[str]:
    """Return words that stand as code, alone or before a bracket."""
    text = "".join(PAGES[page] for page in pages)
    return set(re.findall(r"`(\w+)[`(]", text))


def test_every_heading_setting_and_curve_column_is_in_the_reference() -> None:
    named = names_in("sheet.md")
    assert {column.heading for column in COLUMNS} <= named
    assert {setting.name for setting in SETTINGS} <= named
    assert set(HEADINGS) <= named


def test_every_function_is_in_the_reference_with_its_meaning() -> None:
    assert set(FUNCTION_NAMES) == set(MEANINGS)
    assert set(FUNCTION_NAMES) <= names_in("functions.md")


@pytest.mark.parametrize(("name", "command"), sorted(main.commands.items()))
def test_every_command_and_option_is_documented(name: str, command: click.Command) -> None:
    assert f"sheetrender {name}" in README
    start = PAGES["commands.md"].index(f"\n## {name}\n")
    told = PAGES["commands.md"][start:].split("\n## ", 2)[1]
    for parameter in command.params:
        assert (
            "--verbose" in parameter.opts
            or isinstance(parameter, click.Argument)
            or (all(option in told for option in parameter.opts))
        ), parameter.opts


def test_every_template_and_every_form_of_export_is_named_somewhere() -> None:
    everything = README + "".join(PAGES.values())
    for name in template_names():
        assert re.search(rf"--template {name}\b|`{name}`", everything), name
    for form in FORMS:
        assert re.search(rf"--to {form}\b|`{form}`", everything), form


@pytest.mark.parametrize("name", sorted(MEANINGS))
def test_every_example_of_a_function_is_a_formula_that_works(name: str) -> None:
    parse_formula(MEANINGS[name][1])
    assert re.search(rf"\b{name}\(", MEANINGS[name][1])


def test_the_examples_of_functions_have_a_value_at_every_frame(tmp_path: Path) -> None:
    examples = [example for _, example in MEANINGS.values()]
    rows = [(20 * place, "a cat", formula) for place, formula in enumerate(examples)]
    settings = {"bpm": 120, "frames": 20 * len(examples), "width": 64, "height": 32}
    # An angle may be anything, so nothing is out of range.
    sheet = make_sheet(tmp_path / "my.xlsx", rows, settings, ("frame", "subject", "angle"))
    found = check(Request(sheet=str(sheet), overrides={}, allowed_paths=[]))
    assert [str(problem) for problem in found.problems] == []


def test_every_module_that_raises_has_a_section(script: ModuleType) -> None:
    sections = importlib.import_module("error_sections")
    register = importlib.import_module("error_register").register()
    assert {said.module for said in register if sections.section_of(said.module) is None} == set()
    # The sentences of a module are those that people see.
    assert any(said.says.startswith("No engine is called") for said in register)
    assert any(said.says == "is not a whole number" and said.goes_on for said in register)


def test_every_notice_has_a_section_and_every_finding_of_doctor_is_listed(
    script: ModuleType,
) -> None:
    sections = importlib.import_module("error_sections")
    found = importlib.import_module("notice_register").notices()
    lost = {one.module for one in found if not one.topic and not sections.section_of(one.module)}
    assert lost == set()
    page = PAGES["troubleshooting.md"]
    assert "| LibreOffice | not installed; only --recalc needs it |" in page
    assert "| No video is made: a frame failed. |  |" in page


def test_a_new_notice_and_a_new_finding_make_the_page_out_of_date(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "workflow").mkdir()
    (tmp_path / "workflow/run.py").write_text(
        'def f(n):\n    yield Notice(f"The moon {n} is full. Wait for a week.")\n'
        '    yield Finding(topic="moon", state="note", says=f"{n} is new", cure="Look up.")\n'
        '    yield Finding(topic="sun", state="ok", says="it shines all day")\n'
        '    yield Finding(topic="sky", state="note", says="it is" + n if n else "is not there")\n'
        'def _notices(n):\n    yield f"The tide {n} is high."\n'
        '    notices = [f"The wind {n} is low.", "The rain" if n else "The snow is near."]\n'
        '    notices.extend(f"The cloud {each} is far." for each in n)\n'
    )
    monkeypatch.setattr(importlib.import_module("error_register"), "PACKAGE", tmp_path)
    assert "| The moon … is full. | Wait for a week. |" in script.remarks()
    assert "| moon | … is new | Look up. |" in script.findings()
    assert "sun" not in script.findings()
    assert "| sky | is not there |  |" in script.findings()
    for said in ("tide … is high", "wind … is low", "snow is near", "cloud … is far"):
        assert f"| The {said}. |  |" in script.remarks()


def test_a_new_error_makes_the_page_out_of_date(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    register = importlib.import_module("error_register")
    (tmp_path / "rendering").mkdir()
    (tmp_path / "rendering/new.py").write_text(
        'def f(name):\n    raise UsageError(f"The moon {name} is full. Wait for a week.")\n'
    )
    monkeypatch.setattr(register, "PACKAGE", tmp_path)
    (said,) = register.register()
    assert (said.says, said.remedy, said.status) == ("The moon … is full.", "Wait for a week.", 2)
    assert "The moon … is full." in script.errors()
