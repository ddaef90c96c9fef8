"""A sheet with a song and an Audio tab: curves in formulas, beats in cells, and what is told."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import soundfile

from sheetrender.planning.columns import channel
from sheetrender.planning.deforum.exporting import exported
from sheetrender.planning.deforum.schedules import deforum_curve, keys_by_frame
from sheetrender.workflow.check import Checked, check
from sheetrender.workflow.plan import plan_json
from sheetrender.workflow.project import Project, read_project
from tests.workflow.sheets import HEAD, make_sheet, request

RATE = 22050
AUDIO = ("name", "file", "stem", "feature", "function", "release")
SETTINGS = {"width": 64, "height": 32, "song": "song.wav"}
ZOOM = "1 + 0.05*drums^2"


def clicks(seconds: float, every: float, first: float = 0.0) -> np.ndarray:
    samples = np.zeros(int(seconds * RATE), np.float32)
    noise = np.random.default_rng(5)
    for moment in np.arange(first, seconds - 0.05, every):
        start = round(moment * RATE)
        samples[start : start + 600] += noise.normal(0, 0.4, 600) * np.exp(-np.arange(600) / 150)
    return samples


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    drums = clicks(8, 0.5, 0.2)
    pad = 0.1 * np.sin(2 * np.pi * 330 * np.arange(len(drums)) / RATE).astype(np.float32)
    soundfile.write(tmp_path / "drums.wav", drums, RATE, subtype="FLOAT")
    soundfile.write(tmp_path / "song.wav", np.column_stack([drums + pad, drums - pad]), RATE)
    return tmp_path


def sheet(
    folder: Path,
    audio: Sequence[Sequence[object]],
    zoom: object = ZOOM,
    frame: object = 0,
    **settings: object,
) -> Path:
    rows = [(0, "a fox", None, None, None, zoom)]
    if frame:
        rows.append((frame, "a whale", None, None, None, None))  # type: ignore[arg-type]
    path = make_sheet(folder / "my.xlsx", rows, {**SETTINGS, **settings}, HEAD)
    book = openpyxl.load_workbook(path)
    tab = book.create_sheet("Audio")
    for row in (AUDIO, *audio):
        tab.append(list(row))
    book.save(path)
    return path


def read(path: Path) -> Project:
    return read_project(request(path))


def problems(path: Path) -> list[str]:
    return [str(problem) for problem in check(request(path)).problems]


def warnings(found: Checked) -> str:
    return "\n".join(map(str, found.warnings))


def test_a_curve_is_a_name_in_every_formula(folder: Path) -> None:
    plan = read(sheet(folder, [("drums", "drums.wav", None, "loudness")])).plan()
    drums = plan.curves["drums"].values
    assert plan.channels["zoom"] == pytest.approx(1 + 0.05 * drums**2)
    assert plan.channels["zoom"][[6, 21, 36]].min() > 1.03
    assert plan_json(plan)["curves"] == {
        "drums": {"source": "drums.wav, loudness", "values": drums.tolist()}
    }


def test_a_prompt_may_hold_a_curve(folder: Path) -> None:
    path = sheet(folder, [("drums", "drums.wav", None, "hits")])
    book = openpyxl.load_workbook(path)
    book["Keyframes"]["B2"] = "(fog:`drums`)"
    book.save(path)
    plan = read(path).plan()
    assert plan.rows[0].prompt_at(6).startswith("(fog:1")


def test_a_function_and_limits_shape_it(folder: Path) -> None:
    path = sheet(folder, [("drums", "drums.wav", None, "loudness", "2*x - 1")])
    values = read(path).curves["drums"].values
    assert (values.min(), values.max()) == (-1, 1)


@pytest.mark.parametrize(
    ("row", "cell", "says"),
    [
        (("drums", "gone.wav"), "Audio!B2", "gone.wav is not there"),
        (("drums", "text.wav"), "Audio!B2", "holds no sound"),
        (("drums", "empty.wav"), "Audio!B2", "empty file"),
        (("drums", "../drums.wav"), "Audio!B2", "leads out of the sheet's folder"),
        (("drums", "drums.wav", None, None, "1/(x-x)"), "Audio!E2", "at frame 0"),
        (("drums", "drums.wav", None, None, "y*2"), "Audio!E2", "uses y"),
        (("drums", "none.wav"), "Audio!B2", "0 seconds long"),
    ],
)
def test_what_cannot_be_heard_names_its_cell(
    folder: Path, row: Sequence[object], cell: str, says: str
) -> None:
    (folder / "text.wav").write_text("la la la " * 50)
    (folder / "empty.wav").write_bytes(b"")
    soundfile.write(folder / "none.wav", np.zeros(0), RATE)
    (found, *_) = [p for p in problems(sheet(folder, [row], zoom=1)) if p.startswith("Audio!")]
    assert found.startswith(cell)
    assert says in found


def test_without_a_song_a_curve_needs_a_file(folder: Path) -> None:
    found = problems(sheet(folder, [("loud",)], zoom=1, song=None))
    assert found == [
        "Audio!A2 (name): 'loud' has no sound. Give it a file, or the Settings tab a song."
    ]


def test_a_stem_without_a_file_is_a_rough_stand_in_and_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHEETRENDER_DEMUCS", str(folder / "no models here"))
    path = sheet(folder, [("drums", None, "drums")])
    found = check(request(path))
    assert found.problems == ()
    assert "Audio!C2 (stem): 'drums' is a rough stand-in, named ~drums" in warnings(found)
    assert found.project.curves["drums"].source == "~drums of song.wav, loudness"


def test_several_stand_ins_are_told_in_one_warning_that_names_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHEETRENDER_DEMUCS", str(folder / "no models here"))
    rows = [("drums", None, "drums"), ("low", None, "bass"), ("voice", None, "vocals")]
    found = [
        str(one)
        for one in check(request(sheet(folder, rows))).warnings
        if "rough stand-in" in str(one)
    ]
    (only,) = found
    assert only.startswith(
        "Audio!C2 (stem): 'drums' is a rough stand-in, named ~drums, and so are low and voice: "
    )


def test_a_stem_that_was_trimmed_is_moved_into_its_place(folder: Path) -> None:
    whole, rate = soundfile.read(folder / "drums.wav", dtype="float32")
    straight = read(sheet(folder, [("drums", "drums.wav")])).curves["drums"].values
    soundfile.write(folder / "late.wav", whole[rate // 2 + 3000 :], rate, subtype="FLOAT")
    found = check(request(sheet(folder, [("drums", "late.wav")])))
    assert "begins 0.64 s after the song, and was moved into its place" in warnings(found)
    moved = found.project.curves["drums"].values
    assert np.corrcoef(moved[25:], straight[25:])[0, 1] > 0.95


def test_a_stem_of_another_length_is_told(folder: Path) -> None:
    whole, rate = soundfile.read(folder / "drums.wav", dtype="float32")
    soundfile.write(folder / "short.wav", whole[: 5 * rate], rate, subtype="FLOAT")
    found = check(request(sheet(folder, [("drums", "short.wav")])))
    assert "ends 3.00 s before the song" in warnings(found)
    assert found.project.curves["drums"].values[160:].max() == 0


def test_samples_that_are_no_numbers_are_told(folder: Path) -> None:
    wave, rate = soundfile.read(folder / "song.wav", dtype="float32")
    wave[1000:1003] = np.nan
    soundfile.write(folder / "song.wav", wave, rate, subtype="FLOAT")
    found = check(request(sheet(folder, [], zoom=1)))
    assert "(song): 'song.wav' has 6 samples that are no numbers (NaN)" in warnings(found)


def test_a_file_that_ends_early_is_told_and_used(folder: Path) -> None:
    content = (folder / "song.wav").read_bytes()
    (folder / "song.wav").write_bytes(content[: len(content) // 2])
    found = check(request(sheet(folder, [], zoom=1)))
    assert found.problems == ()
    assert "'song.wav' ends after 4.00 s of 8.00 s" in warnings(found)
    assert found.frames == 120


def test_beats_come_from_the_song_where_no_bpm_is_set(folder: Path) -> None:
    soundfile.write(folder / "song.wav", clicks(20, 0.5, 0.2), RATE)
    project = read(sheet(folder, [], zoom="1 + 0.01*(beat%1)", frame="b8"))
    tempo = project.settings.tempo
    assert tempo is not None
    assert tempo.bpm == pytest.approx(120, rel=1e-3)
    # Beat 0 is one of the clicks; b8 is eight clicks later.
    frame = project.rows[1].frame
    assert (frame - 6) % 15 in (0, 1, 14)


def test_bpm_in_the_settings_wins_over_the_song(folder: Path) -> None:
    project = read(sheet(folder, [], zoom=1, frame="b8", bpm=60))
    assert project.rows[1].frame == 240


def test_the_songs_beat_is_a_feature_too(folder: Path) -> None:
    project = read(sheet(folder, [("throb", None, None, "beat")], zoom="1 + throb/10", bpm=120))
    assert project.curves["throb"].values[[0, 15, 30]].tolist() == [0, 0, 0]


def test_without_a_tempo_a_beat_curve_says_what_is_missing(folder: Path) -> None:
    soundfile.write(folder / "song.wav", np.zeros(RATE * 4), RATE)
    found = problems(sheet(folder, [("throb", None, None, "beat")], zoom=1))
    assert found == [
        "Audio!D2 (feature): 'beat' counts beats, but no tempo is known. "
        "Set bpm in the Settings tab."
    ]


def test_deforum_is_given_the_numbers_of_a_curve(folder: Path) -> None:
    project = read(sheet(folder, [("drums", "drums.wav")]))
    plan = project.plan()
    made = exported(project.rows, project.settings, plan, "song.wav")
    zoom = channel("zoom")
    keys = keys_by_frame(str(made.settings["zoom"]), zoom, frames=plan.frames, seed=0)
    assert "drums" not in str(made.settings["zoom"])
    assert deforum_curve(keys, {}, plan.frames) == pytest.approx(plan.channels["zoom"], abs=1e-9)


def test_the_numbers_are_the_same_from_the_cache_and_without_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [("drums", "drums.wav", None, "percussive"), ("low", None, "bass", "bass")]
    path = sheet(folder, rows)
    monkeypatch.setenv("SHEETRENDER_CACHE", str(folder / "cache"))
    first, second = read(path).curves, read(path).curves
    monkeypatch.setenv("SHEETRENDER_CACHE", str(path))
    third = read(path).curves
    for name, curve in first.items():
        assert curve.values.tobytes() == second[name].values.tobytes()
        assert curve.values.tobytes() == third[name].values.tobytes()


def test_a_copy_of_a_song_is_known_again(folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / "drums.wav", folder / "same.wav")
    one = read(sheet(folder, [("drums", "drums.wav")])).curves["drums"]
    other = read(sheet(folder, [("drums", "same.wav")])).curves["drums"]
    assert one.values.tobytes() == other.values.tobytes()


@pytest.mark.parametrize("offset", [1.5, -0.8])
def test_curves_and_beats_begin_where_the_song_does(folder: Path, offset: float) -> None:
    beating = "1 + beat/100 + 0.05*drums"
    audio = [("drums", "drums.wav", None, "peak"), ("phase", None, None, "beat")]
    whole = read(sheet(folder, audio, beating, "b8", bpm=120, first_beat=0.2))
    later = read(sheet(folder, audio, beating, "b8", bpm=120, first_beat=0.2, song_offset=offset))
    moved = round(offset * 30)
    assert [row.frame for row in later.rows] == [0, whole.rows[1].frame - moved]
    assert later.frames == whole.frames - moved
    there, here = slice(max(0, moved), None), slice(max(0, -moved), None)
    for name in ("drums", "phase"):
        values = later.curves[name].values
        assert values[here][:120] == pytest.approx(whole.curves[name].values[there][:120], abs=0.01)
    if offset < 0:
        assert later.curves["drums"].values[: -moved - 1].max() == 0
    shown, expected = later.plan().channels["zoom"], whole.plan().channels["zoom"]
    assert shown[here][:120] == pytest.approx(expected[there][:120], abs=0.001)


def test_beats_that_are_heard_begin_where_the_song_does(folder: Path) -> None:
    whole = read(sheet(folder, (), "1 + beat/100")).settings.tempo
    moved = read(sheet(folder, (), "1 + beat/100", song_offset=3)).settings.tempo
    assert whole is not None
    assert moved is not None
    assert moved.bpm == whole.bpm
    assert moved.first_beat == pytest.approx(whole.first_beat - 3)


def test_without_a_song_an_offset_moves_no_beats(folder: Path) -> None:
    path = sheet(folder, (), "1 + beat/100", "b4", bpm=120, song=None, song_offset=3)
    assert read(path).rows[1].frame == 60


def test_a_song_that_is_not_there_is_one_problem_however_much_hangs_on_it(folder: Path) -> None:
    audio = [("drums", None, "drums", "loudness"), ("phase", None, None, "beat")]
    path = sheet(folder, audio, "1 + beat/100 + 0.05*drums*phase", 60, song="none.wav")
    (found,) = problems(path)
    assert "none.wav is not there" in found


def test_beats_that_stand_in_for_others_name_no_frame(folder: Path) -> None:
    found = problems(sheet(folder, (), 1, "b8", song="none.wav"))
    assert len(found) == 2
    assert "'b8' counts beats, but no tempo is known" in found[0]
