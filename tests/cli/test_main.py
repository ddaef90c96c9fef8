from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from sheetrender.cli.main import main
from sheetrender.model.programs import find_ffmpeg
from tests.workflow.sheets import column, edit, make_sheet

README = Path(__file__).parents[2] / "README.md"


def call(*words: str | Path) -> tuple[int, str, str]:
    """Return exit status, stdout and stderr of a command."""
    result = CliRunner().invoke(main, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return make_sheet(tmp_path / "my.xlsx")


def test_check_of_a_good_sheet(sheet: Path) -> None:
    assert call("check", sheet) == (0, "", "3 rows are ready: 24 frames.\n")


def test_check_names_cell_heading_and_remedy(sheet: Path) -> None:
    edit(sheet, D3="abc")
    status, out, _ = call("check", sheet)
    assert status == 2
    assert out == (
        "Keyframes!D3 (seed): 'abc' is not a whole number. "
        "Write a whole number from -1 to 4294967295.\n"
    )


def test_check_json_is_all_that_stands_on_stdout(sheet: Path) -> None:
    edit(sheet, D3="abc")
    status, out, _ = call("check", sheet, "--json")
    found = json.loads(out)
    assert status == 2
    assert found["rows"] == 3
    assert found["frames"] == 24
    assert found["warnings"] == []
    assert found["problems"][0] == {
        "cell": "Keyframes!D3",
        "heading": "seed",
        "written": "abc",
        "wrong": "is not a whole number",
        "remedy": "Write a whole number from -1 to 4294967295.",
    }


def test_plan_in_words_and_as_json(sheet: Path) -> None:
    status, out, _ = call("plan", sheet)
    assert status == 0
    assert "24 at 30 fps, 64×32" in out
    status, out, _ = call("plan", sheet, "--json")
    plan = json.loads(out)
    assert plan["fps"] == "30/1"
    assert (plan["frames"], plan["width"], plan["height"]) == (24, 64, 32)
    assert plan["segments"] == [[0, 15], [16, 23]]
    assert {len(values) for values in plan["channels"].values()} == {24}
    assert len(plan["seeds"]) == 24
    assert plan["prompts"][1] == {"frame": 8, "text": "a blue whale, deep ocean", "negative": ""}


def test_plan_tells_what_is_done(sheet: Path) -> None:
    call("run", sheet, "--no-video", "--frames", "0-3")
    _, out, _ = call("plan", sheet)
    assert "Done       4 of 24" in out


def test_plan_measures_how_long_it_takes_and_what_it_costs(sheet: Path) -> None:
    status, out, err = call("plan", sheet, "--gpu-price", "$36000/h")
    assert status == 0
    assert "Drawing a few frames" in err
    assert "measured on a few frames" in out
    assert re.search(r"^Cost       about \$\d+\.\d\d at \$36000\.00 an hour$", out, re.M)
    assert not (sheet.parent / "renders").exists()


@pytest.mark.parametrize(
    ("written", "an_hour"),
    [("1.20/h", "1.20"), ("1,5 €/h", "1.50 €"), ("2 EUR", "2.00 EUR"), ("$1.2/hour", "$1.20")],
)
def test_a_price_is_read_as_people_write_it(sheet: Path, written: str, an_hour: str) -> None:
    _, out, _ = call("plan", sheet, "--gpu-price", written)
    assert f"at {an_hour} an hour" in out


def test_what_is_no_price_is_refused(sheet: Path) -> None:
    status, _, err = call("plan", sheet, "--gpu-price", "cheap")
    assert status == 2
    assert "'cheap' is not a price; write 1.20/h or $1.20/h." in err


def test_a_draft_is_drawn_beside_the_video(sheet: Path) -> None:
    status, _, _ = call("run", sheet, "--draft", "--no-video")
    assert status == 0
    assert (sheet.parent / "renders" / "my-draft" / "frames" / "000023.png").exists()


def test_plan_draws_its_curves(sheet: Path, tmp_path: Path) -> None:
    status, _, _ = call("plan", sheet, "--plot", tmp_path / "curves.png")
    assert status == 0
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_run_says_where_the_video_is(sheet: Path) -> None:
    status, out, err = call("run", sheet)
    assert status == 0
    assert out == ""
    assert f"Video: {sheet.parent / 'renders' / 'my' / 'video.mp4'}" in err
    assert "Drawing 24/24" in err


def test_set_beats_the_sheet(sheet: Path) -> None:
    _, out, _ = call("plan", sheet, "--json", "--set", "fps=25", "--set", "zoom=1.5")
    plan = json.loads(out)
    assert plan["fps"] == "25/1"
    status, _, err = call("plan", sheet, "--set", "fps=fast")
    assert status == 2
    assert "--set (fps): 'fast'" in err
    assert call("plan", sheet, "--set", "fps")[0] == 2
    assert call("plan", sheet, "--set", "nonsense=1")[0] == 2


def test_preview_makes_a_video_and_nothing_else(sheet: Path) -> None:
    content = sheet.read_bytes()
    status, _, err = call("preview", sheet)
    assert status == 0
    assert "my_preview.mp4" in err
    assert sheet.read_bytes() == content
    assert sorted(path.name for path in sheet.parent.iterdir()) == ["my.xlsx", "my_preview.mp4"]


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("check", "nowhere.xlsx"), 3, "nowhere.xlsx"),
        (("check", "notes.txt"), 2, ".xlsx or .csv"),
        (("check", "https://docs.google.com/spreadsheets/d/x"), 4, "sheetrender login"),
        (("check", "https://docs.google.com/document/d/x"), 2, "Google Docs text"),
        (("check",), 2, "SHEET"),
        (("dance",), 2, "dance"),
        (("timecode", "00:01:00;00", "--fps", "29.97"), 2, "00:01:00;02"),
        (("timecode", "5", "--fps", "fast"), 2, "fast"),
        (("timecode",), 2, "timecode"),
        (("timecode", "5", "--fps", "25", "--drop"), 2, "Leave --drop out"),
        (("timecode", "00:00:01;00", "--fps", "24"), 2, "Write 00:00:01:00."),
        (("timecode", "00:00:01;28", "--fps", "24"), 2, "the nearest is 00:00:01:23"),
        (("timecode", "10800000"), 2, "beyond 99:59:59:29, the last timecode"),
        (("timecode", "--size", "wide"), 2, "16:9"),
        (("timecode", "5", "--size", "16:9"), 2, "either"),
        (("check", "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"), 4, "Google"),
        (
            ("run", "https://docs.google.com/spreadsheets/d/x", "--credentials", "no.json"),
            2,
            "no.json (--credentials) cannot be read",
        ),
    ],
)
def test_wrong_usage_has_its_exit_status_and_a_sentence(
    words: tuple[str, ...], status: int, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    # Whoever runs the tests may have credentials for Google.
    for name in ("HOME", "APPDATA", "XDG_CONFIG_HOME", "CLOUDSDK_CONFIG"):
        monkeypatch.setenv(name, str(tmp_path))
    for name in ("SHEETRENDER_CREDENTIALS", "SHEETRENDER_CREDENTIALS_JSON", "K_SERVICE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    monkeypatch.delenv("SHEETS_EMULATOR_HOST", raising=False)
    found, out, err = call(*words)
    assert found == status
    assert says in err
    assert out == ""
    assert "Traceback" not in err


def test_an_engine_that_is_missing_ends_with_4(sheet: Path) -> None:
    status, _, err = call("run", sheet, "--engine", "diffusion")
    assert status == 4
    assert "Engine diffusion needs a model" in err


def test_frames_takes_two_numbers(sheet: Path) -> None:
    assert call("run", sheet, "--frames", "b-a")[0] == 2
    assert call("run", sheet, "--frames", "5", "--no-video")[0] == 0


@pytest.mark.parametrize(
    ("value", "options", "shown"),
    [
        ("00:00:04:02", (), {"frame": 122, "timecode": "00:00:04:02", "fps": "30/1"}),
        ("4.07s", (), {"frame": 122, "timecode": "00:00:04:02", "fps": "30/1"}),
        ("122", ("--fps", "25"), {"frame": 122, "timecode": "00:00:04:22", "fps": "25/1"}),
        ("00;11;23;01", ("--fps", "29.97"), {"frame": 20471, "timecode": "00:11:23;01"}),
        ("1800", ("--fps", "29.97", "--drop"), {"frame": 1800, "timecode": "00:01:00;02"}),
        ("10:00:00:00", (), {"frame": 1_080_000, "timecode": "10:00:00:00"}),
        ("23:59:59;29", ("--fps", "29.97"), {"frame": 2_589_407, "timecode": "23:59:59;29"}),
        ("99:59:59:59", ("--fps", "60"), {"frame": 21_599_999, "timecode": "99:59:59:59"}),
    ],
)
def test_timecode_gives_all_three(value: str, options: tuple[str, ...], shown: dict) -> None:
    status, out, _ = call("timecode", value, *options, "--json")
    found = json.loads(out)
    assert status == 0
    assert shown.items() <= found.items()
    assert set(found) == {"frame", "timecode", "seconds", "fps"}


def test_a_key_of_deforum_that_changes_the_picture_is_named(tmp_path: Path) -> None:
    settings = Path(__file__).parents[1] / "data" / "deforum_settings.txt"
    changed = json.loads(settings.read_text("utf-8")) | {"hybrid_motion": "Optical Flow"}
    (tmp_path / "s.txt").write_text(json.dumps(changed))
    _, _, err = call("init", tmp_path / "my.xlsx", "--from", tmp_path / "s.txt")
    assert "Not used here: hybrid_motion (1 key; the tab of that name says why)." in err


def test_deforum_in_and_out(tmp_path: Path) -> None:
    settings = Path(__file__).parents[1] / "data" / "deforum_settings.txt"
    status, out, err = call("init", tmp_path / "my.xlsx", "--from", settings)
    assert (status, out) == (0, "")
    assert "Taken: 3 prompts, 12 schedules, 10 other settings." in err
    # Its 229 keys that are not used are off, usual, or of no picture.
    assert "Not used here" not in err
    assert call("check", tmp_path / "my.xlsx")[0] == 0
    status, out, err = call("export", tmp_path / "my.xlsx", "--to", "deforum")
    assert (status, out) == (0, "")
    assert f"Settings for Deforum: {tmp_path / 'my_deforum.txt'}" in err
    # What our own export leaves at Deforum's defaults is nothing to speak of.
    status, _, err = call("init", tmp_path / "back.xlsx", "--from", tmp_path / "my_deforum.txt")
    assert status == 0
    assert "Not used here" not in err
    status, _, err = call("init", tmp_path / "again.xlsx", "--from", tmp_path / "my_deforum.txt")
    assert status == 0
    plans = [call("plan", tmp_path / name, "--json")[1] for name in ("my.xlsx", "again.xlsx")]
    assert plans[0] == plans[1]


def test_parseq_in_and_out(tmp_path: Path) -> None:
    document = Path(__file__).parents[1] / "data" / "parseq_document.json"
    status, out, err = call("init", tmp_path / "my.xlsx", "--from", document)
    assert (status, out) == (0, "")
    assert "Note: strength at keyframe 48: 0.9-0.3-0.1 is read from the right" in err
    status, out, err = call("export", tmp_path / "my.xlsx", "--to", "parseq")
    assert (status, out) == (0, "")
    assert f"Manifest of Parseq for Deforum: {tmp_path / 'my_parseq.json'}" in err
    assert call("export", tmp_path / "my.xlsx", "--to", "parseq")[0] == 0
    assert call("init", tmp_path / "again.xlsx", "--from", tmp_path / "my_parseq.json")[0] == 0
    plans = [call("plan", tmp_path / name, "--json")[1] for name in ("my.xlsx", "again.xlsx")]
    assert plans[0] == plans[1]


def test_prompts_are_one_text_to_paste(tmp_path: Path) -> None:
    settings = Path(__file__).parents[1] / "data" / "deforum_settings.txt"
    call("init", tmp_path / "my.xlsx", "--from", settings)
    status, out, err = call("export", tmp_path / "my.xlsx", "--to", "prompts")
    assert status == 0
    assert "Paste this into Deforum's box for prompts" in err
    pasted = json.loads(out)
    assert list(pasted) == ["0", "80", "179"]
    assert pasted["80"].endswith(" --neg daylight, crowd text, watermark, blurry")
    assert [path.name for path in tmp_path.iterdir()] == ["my.xlsx"]
    (tmp_path / "bare.json").write_text('{"max_frames": 200, "prompts": ' + out + "}", "utf-8")
    call("init", tmp_path / "again.xlsx", "--from", tmp_path / "bare.json")
    again = call("export", tmp_path / "again.xlsx", "--to", "prompts")[1]
    assert json.loads(again) == pasted
    assert call("export", tmp_path / "my.xlsx", "--to", "prompts", "-o", tmp_path / "p.txt")[0] == 0
    assert json.loads((tmp_path / "p.txt").read_text("utf-8")) == pasted


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("init", "new.xlsx", "--from", "no.txt"), "no.txt cannot be read"),
        (("init", "new.xlsx", "--from", "no.txt", "--template", "minimal"), "either"),
        (("export", "my.xlsx", "--to", "parsec"), "Did you mean parseq"),
        (("export", "my.xlsx", "--to", "avid"), "'avid' is unknown"),
        (("export", "my.xlsx"), "--to"),
    ],
)
def test_what_cannot_be_handed_over_is_said(
    words: tuple[str, ...], says: str, sheet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(sheet.parent)
    status, out, err = call(*words)
    assert (status, out) == (2, "")
    assert says in err
    assert [path.name for path in sheet.parent.iterdir()] == ["my.xlsx"]


def test_a_picture_size_of_a_shape() -> None:
    assert call("timecode", "--size", "16:9", "--width", "768")[1] == "768x432\n"


def test_an_interrupted_run_ends_with_130(sheet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr("sheetrender.workflow.run.read_project", interrupted)
    status, _, err = call("run", sheet)
    assert status == 130
    assert err.strip().splitlines() == ["Stopped.", f"Go on with: sheetrender run {sheet}"]


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom sheetrender.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print([m for m in ('numpy','pandas','cv2','openpyxl','gspread','librosa','torch',"
        "'matplotlib','rich','soundfile','starlette','uvicorn') if m in sys.modules], "
        "file=sys.stderr)"
    )
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stderr.strip() == "[]"


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_has_help_an_example_and_a_place_in_the_readme(name: str) -> None:
    text = main.commands[name].help or ""
    assert "Example: sheetrender" in text
    assert f"sheetrender {name}" in README.read_text("utf-8")


def test_statuses_reach_the_sheet_through_the_command(sheet: Path) -> None:
    call("run", sheet, "--no-video")
    assert column(sheet, "status") == ["done"] * 3


def test_a_mood_board_of_several_seeds_and_styles(sheet: Path, tmp_path: Path) -> None:
    board = tmp_path / "board.png"
    status, _, err = call(
        "moodboard", sheet, "-o", board, "--seeds", 2, "--styles", "ink; gouache", "--no-status"
    )
    assert status == 0
    assert "Drawing stills 12/12" in err
    assert f"Mood board: {board}\n" in err
    assert f"Mood board: {board.with_suffix('.pdf')}\n" in err


def test_a_report_goes_where_one_says(sheet: Path, tmp_path: Path) -> None:
    page = tmp_path / "look.html"
    status, _, err = call("report", sheet, "-o", page)
    assert (status, err) == (0, f"Report: {page}\n")
    assert page.read_text("utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    "words", [("plan", "--plot"), ("preview", "-o"), ("moodboard", "-o"), ("report", "-o")]
)
def test_a_picture_or_video_is_never_written_over_the_sheet(
    sheet: Path, words: tuple[str, str]
) -> None:
    content = sheet.read_bytes()
    status, _, err = call(words[0], sheet, words[1], sheet)
    assert status == 2
    assert "does not end in" in err
    assert sheet.read_bytes() == content


def test_a_folder_with_files_of_the_persons_own_is_not_taken_over(
    sheet: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "video.mp4").write_bytes(b"my film")
    status, _, err = call("run", sheet, "-o", own)
    assert status == 2
    assert "video.mp4" in err
    assert (own / "video.mp4").read_bytes() == b"my film"


def test_the_song_is_never_written_over(sheet: Path, tmp_path: Path) -> None:
    song = tmp_path / "song.mp4"
    call("preview", sheet, "-o", tmp_path / "silent.mp4")
    with_sound = [find_ffmpeg(), "-v", "error", "-f", "lavfi", "-i", "sine=d=1", str(song)]
    subprocess.run(with_sound, check=True)
    content = song.read_bytes()
    status, _, err = call("preview", sheet, "--set", "song=song.mp4", "-o", song)
    assert status == 2
    assert "is the song" in err
    assert song.read_bytes() == content


@pytest.mark.slow
@pytest.mark.parametrize(
    "cell",
    ["9" * 5000 + "s", "=1" + "%" * 3000, "1e400", "(" * 900, "b" + "9" * 300, "=" + "A1&" * 3000,
     "\x07", "=cmd|' /C calc'!A0", "9**9**9**9", "@" + "x" * 30_000, "−" * 50],
    ids=lambda cell: cell[:12],
)  # fmt: skip
@pytest.mark.parametrize("heading", ["frame", "seed", "zoom", "cut"])
def test_hostile_cells_are_refused_in_one_short_sentence_each(
    tmp_path: Path, cell: str, heading: str
) -> None:
    path = tmp_path / "hostile.csv"
    path.write_text(f"frame,subject,{heading if heading != 'frame' else 'x'}\n", "utf-8")
    with path.open("a", encoding="utf-8") as file:
        file.write("0,cat,\n")
        file.write(f'"{cell}",dog,\n' if heading == "frame" else f'5,dog,"{cell}"\n')
    status, out, err = call("check", path)
    assert status == 2
    assert len(out.splitlines()) <= 2
    assert max(map(len, out.splitlines()), default=0) < 500
    assert "Traceback" not in err


def test_numbers_that_would_overflow_between_keys_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    path.write_text("frame,subject,angle\n0,cat,1e308\n5,dog,-1e308\n", "utf-8")
    status, out, _ = call("check", path)
    assert status == 2
    assert out.count("is out of range") == 2


def test_libreoffice_computes_what_we_cannot_and_leaves_the_file(sheet: Path) -> None:
    edit(sheet, F2="=1+NORMDIST(0,0,1,FALSE)/100")
    content = sheet.read_bytes()
    status, out, _ = call("check", sheet)
    assert status == 2
    assert "NORMDIST" in out
    status, out, _ = call("plan", sheet, "--recalc", "libreoffice", "--json")
    assert status == 0
    assert json.loads(out)["channels"]["zoom"][0] == pytest.approx(1.00398942)
    assert sheet.read_bytes() == content


def test_preview_says_what_is_probably_not_meant(sheet: Path) -> None:
    edit(sheet, A4=500)
    _, _, err = call("preview", sheet)
    assert "Warning: Keyframes!A4 (frame): '500' comes after the last frame" in err


def test_an_export_takes_only_the_place_of_an_earlier_one(sheet: Path, tmp_path: Path) -> None:
    target = tmp_path / "mine.txt"
    target.write_text("my notes", "utf-8")
    status, _, err = call("export", sheet, "--to", "deforum", "-o", target)
    assert status == 2
    assert "was not written by sheetrender" in err
    assert target.read_text("utf-8") == "my notes"
    target.unlink()
    assert call("export", sheet, "--to", "deforum", "-o", target)[0] == 0
    assert call("export", sheet, "--to", "deforum", "-o", target)[0] == 0


def test_check_of_decimal_commas_reads_every_kind_of_formula(tmp_path: Path) -> None:
    path = tmp_path / "de.csv"
    path.write_text(
        'frame;subject;seed;zoom\n0;"a `ease(p; 1,4; 0)`";1000 + t*0,5;1,01\n'
        '10;b;;"1 + clamp(t/100; 0,01; 0,5)"\n20;c;;"=MAX(1;1,05)"\n',
        "utf-8",
    )
    status, out, _ = call("plan", path, "--json")
    assert status == 0
    plan = json.loads(out)
    assert plan["seeds"][:3] == [1000, 1000.5, 1001]
    assert plan["prompts"][0]["text"] == "a 1.4"
    assert plan["channels"]["zoom"][19] == pytest.approx(1.19)
    assert plan["channels"]["zoom"][20] == pytest.approx(1.05)
