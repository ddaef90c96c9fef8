"""What a person sees in a terminal, and that nothing of it gets into a file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workflow.sheets import edit, make_sheet

if os.name == "nt":
    pytest.skip("terminals are those of POSIX systems", allow_module_level=True)

from tests.cli.terminals import ROOT, in_a_terminal, without_controls

ESCAPE = "\x1b"


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return make_sheet(tmp_path / "my.xlsx")


@pytest.mark.slow
def test_a_terminal_gets_a_bar_and_colours(sheet: Path) -> None:
    status, said = in_a_terminal("run", "my.xlsx", folder=sheet.parent)
    assert status == 0
    assert "━" in said
    assert f"{ESCAPE}[" in said
    assert "24/24" in without_controls(said)
    assert "renders/my/video.mp4" in without_controls(said)


def test_no_color_is_honoured(sheet: Path) -> None:
    edit(sheet, D3="abc")
    _, coloured = in_a_terminal("check", "my.xlsx", folder=sheet.parent)
    assert f"{ESCAPE}[31mKeyframes!D3" in coloured
    for command in ("check", "doctor"):
        _, plain = in_a_terminal(command, sheet, folder=sheet.parent, settings={"NO_COLOR": "1"})
        # Bars move about, but nothing is in colour.
        assert not [n for n in range(30, 40) if f"{ESCAPE}[{n}" in plain]


@pytest.mark.slow
def test_a_terminal_that_only_prints_gets_plain_lines(sheet: Path) -> None:
    _, said = in_a_terminal("run", "my.xlsx", folder=sheet.parent, settings={"TERM": "dumb"})
    assert ESCAPE not in said
    assert "Drawing 24/24" in said


@pytest.mark.slow
@pytest.mark.parametrize("columns", [60, 120])
def test_what_doctor_says_wraps_below_itself(tmp_path: Path, columns: int) -> None:
    _, said = in_a_terminal("doctor", folder=tmp_path, columns=columns)
    lines = without_controls(said).splitlines()
    assert max(map(len, lines)) <= columns
    # Whatever is not the beginning of a finding stands below the text of one.
    assert all(
        line[:5].strip() in ("ok", "note", "wrong") or not line[:21].strip() for line in lines
    )


@pytest.mark.parametrize("columns", [80, 120])
def test_markers_stand_in_a_table_whose_long_names_wrap_in_place(
    tmp_path: Path, columns: int
) -> None:
    name = "the whole crowd comes back on stage and sings the last chorus once more, twice as loud"
    path = tmp_path / "song.txt"
    path.write_text(f"0.0\t0.0\tIntro\n12.5\t14.0\t{name}\n4000.0\t4000.0\t\x1b[31mEnd\n")
    status, said = in_a_terminal("markers", path, "--fps", "30", folder=tmp_path, columns=columns)
    assert status == 0
    assert f"{ESCAPE}[1m" in said
    assert f"{ESCAPE}[31mEnd" not in said
    lines = [line.rstrip() for line in without_controls(said).splitlines()]
    assert max(map(len, lines)) <= columns
    column = lines[0].index("name")
    assert " ".join(line[column:] for line in lines[2:-2]) == name
    assert all(not line[:column].strip() for line in lines[3:-2])
    # Numbers end where their headings end.
    ends = [lines[0].index(heading) + len(heading) for heading in ("frame", "seconds", "length")]
    assert [lines[2][: ends[0]].strip(), lines[2][: ends[1]].split()[-1]] == ["375", "12.500"]
    assert lines[2][: ends[2]].endswith(" 45")
    assert lines[-1] == "3 markers at 30 fps (Audacity labels)."


def test_a_hundred_thousand_markers_come_as_lines_in_a_terminal_too(tmp_path: Path) -> None:
    path = tmp_path / "song.txt"
    path.write_text("".join(f"{n / 30:.6f}\t{n / 30:.6f}\tname {n}\n" for n in range(100_000)))
    words = [sys.executable, "-m", "sheetrender", "markers", path, "--fps", "30"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    piped = subprocess.run(words, capture_output=True, text=True, env=environment, check=True)
    _, said = in_a_terminal("markers", path, "--fps", "30", folder=tmp_path)
    assert said == piped.stdout


def test_nothing_of_a_terminal_gets_into_a_file(sheet: Path) -> None:
    edit(sheet, D3="abc")
    command = [sys.executable, "-m", "sheetrender", "check", sheet]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert ESCAPE not in done.stdout + done.stderr
    assert done.stdout.startswith("Keyframes!D3 (seed): 'abc'")


def test_an_error_is_a_sentence_and_verbose_tells_the_rest(tmp_path: Path) -> None:
    status, said = in_a_terminal("check", "no.xlsx", folder=tmp_path)
    assert status == 3
    assert len(said.strip().splitlines()) <= 2
    status, said = in_a_terminal("check", "no.xlsx", "--verbose", folder=tmp_path)
    assert status == 3
    assert "Traceback" in said
    assert "SheetUnavailable" in said
    assert "no.xlsx does not exist. Check its name and its folder." in said


def test_a_fault_of_the_program_is_told_as_one(tmp_path: Path) -> None:
    code = (
        "import sys; from sheetrender.cli import main as program\n"
        "program.main.commands['timecode'].callback = lambda **_: {}['gone']\n"
        "program.main(sys.argv[1:], prog_name='sheetrender')"
    )
    command = [sys.executable, "-c", code, "timecode", "5"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    said = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert said.returncode == 1
    assert said.stderr.startswith("This is a fault of sheetrender, not of your sheet: KeyError: 'g")
    assert "Traceback" not in said.stderr
    command.append("--verbose")
    said = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert "Traceback" in said.stderr
