"""`curve` and `stems` as a person types them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import soundfile

from sheetrender.cli import sound_commands
from sheetrender.model.curves import FeatureName, StemName
from tests.cli.test_main import call

VECTORS = Path(__file__).parents[1] / "data" / "web_generator"
RATE = 8000


@pytest.fixture
def song(tmp_path: Path) -> Path:
    samples = np.zeros((RATE * 2, 2), np.float32)
    samples[: RATE // 2] = 0.25
    samples[RATE : RATE + RATE // 2] = 0.5
    soundfile.write(tmp_path / "song.wav", samples, RATE, subtype="FLOAT")
    return tmp_path / "song.wav"


def test_the_choices_are_those_of_the_sheet() -> None:
    assert get_args(FeatureName) == sound_commands.FEATURES
    assert get_args(StemName) == sound_commands.STEMS


def test_a_curve_is_a_deforum_schedule(song: Path) -> None:
    status, out, err = call("curve", song, "--fps", "4", "--function", "1 + 0.05*x^2")
    assert (status, err) == (0, "")
    assert out == "0: (1.0125), 1: (1.0125), 2: (1), 3: (1), 4: (1.05), 5: (1.05), 6: (1), 7: (1)\n"


def test_as_csv_it_has_a_heading_and_times(song: Path) -> None:
    _, out, _ = call("curve", song, "--fps", "4", "--csv", "--frames", "3")
    assert out == "frame,seconds,value\n0,0.000000,1\n1,0.250000,1\n2,0.500000,0\n"


def test_as_json_nothing_else_stands_on_stdout(song: Path) -> None:
    _, out, _ = call("curve", song, "--fps", "29.97", "--json", "--stem", "drums")
    found = json.loads(out)
    assert (found["fps"], found["frames"], len(found["values"])) == ("30000/1001", 60, 60)
    assert found["source"] == "~drums of song.wav, loudness"


def test_compat_prints_the_web_pages_string() -> None:
    wanted = json.loads((VECTORS / "t2_sweep_stereo.json").read_text())
    status, out, _ = call(
        "curve", VECTORS / wanted["wav"], "--compat", "--fps", "24", "--function", wanted["fn"]
    )
    assert (status, out) == (0, wanted["string"] + "\n")


def test_a_plot_is_a_picture(song: Path, tmp_path: Path) -> None:
    status, out, err = call("curve", song, "--plot", tmp_path / "curve.png")
    assert (status, out) == (0, "")
    assert "curve.png" in err
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--fps", "fast"], "is not a frame rate"),
        (["--function", "1 + y"], "uses y"),
        (["--function", "1/(x-x)"], "at frame 0"),
        (["--compat", "--gate", "0.5"], "--compat takes"),
        (["--csv", "--json"], "either"),
        (["--min", "2", "--max", "1"], "--min is more than --max"),
        (["--plot", "curve.jpg"], ".png"),
        (["--feature", "beat"], "no beat"),
    ],
)
def test_a_wrong_word_is_answered_in_one_sentence(song: Path, words: list[str], says: str) -> None:
    status, out, err = call("curve", song, *words)
    assert (status, out) == (2, "")
    assert says in err


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    status, _, err = call("curve", tmp_path / "gone.wav")
    assert status == 2
    assert "gone.wav is not there" in err


def test_stems_without_a_model_are_named_with_a_tilde(song: Path, tmp_path: Path) -> None:
    status, out, err = call("stems", song, "--with", "built-in", "-o", tmp_path / "out", "--json")
    files = json.loads(out)
    assert status == 0
    assert list(files) == ["~drums", "~bass", "~vocals", "~other"]
    assert "rough stand-ins" in err
    for file in files.values():
        assert soundfile.info(file).frames == RATE * 2


def test_demucs_that_is_missing_is_a_missing_part(
    song: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHEETRENDER_DEMUCS", str(tmp_path))
    status, _, err = call("stems", song, "--with", "demucs")
    assert status == 4
    assert "demucs" in err
