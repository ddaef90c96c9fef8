"""The finished video: by `run`, and by `finish` without drawing again."""

from __future__ import annotations

import errno
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
import soundfile

from sheetrender.model.errors import (
    DiskFull,
    FolderRefused,
    FramesMissing,
    SheetInvalid,
    UsageError,
)
from sheetrender.model.events import Event, Made
from sheetrender.model.programs import find_ffmpeg
from sheetrender.output import finish as finish_module
from sheetrender.output.tracks import picture_track, sound_track
from sheetrender.rendering.folder import OutputFolder
from sheetrender.workflow.check import check
from sheetrender.workflow.finish import FinishOptions, finish
from sheetrender.workflow.run import RunOptions, run
from tests.workflow.sheets import SMALL, drawn, edit, make_sheet, notices, rendered, request

CUBE = "LUT_3D_SIZE 2\n" + "\n".join(
    f"{1 - r} {1 - g} {1 - b}" for b in (0, 1) for g in (0, 1) for r in (0, 1)
)
"""Turns colours into their opposites."""


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return make_sheet(tmp_path / "my.xlsx", settings={**SMALL, "fps": 24})


@pytest.fixture
def done(sheet: Path) -> Path:
    """A sheet all of whose frames are drawn."""
    rendered(sheet)
    return sheet


def finished(sheet: Path, options: FinishOptions | None = None, **overrides: str) -> list[Event]:
    return list(finish(request(sheet, **overrides), options or FinishOptions()))


def video(sheet: Path) -> Path:
    return sheet.parent / "renders/my/video.mp4"


def size_of(path: Path) -> str:
    asked = [find_ffmpeg(), "-hide_banner", "-i", str(path)]
    said = subprocess.run(asked, capture_output=True, check=False).stderr.decode()
    return next(line for line in said.splitlines() if "Video:" in line)


def first_picture(path: Path, width: int, height: int) -> np.ndarray:
    command = [find_ffmpeg(), "-v", "error", "-i", str(path), "-frames:v", "1"]
    done = subprocess.run(
        [*command, "-pix_fmt", "bgr24", "-f", "rawvideo", "-"], capture_output=True, check=True
    )
    return np.frombuffer(done.stdout, np.uint8).reshape(height, width, 3)


def test_run_makes_the_video_as_the_settings_say(tmp_path: Path) -> None:
    (tmp_path / "look.cube").write_text(CUBE)
    more = {"scale_to": "128x64", "lut": "look.cube", "lut_input": "rec709", "fps": 24}
    sheet = make_sheet(tmp_path / "my.xlsx", settings={**SMALL, **more})
    list(run(request(sheet), RunOptions()))
    assert "128x64" in size_of(video(sheet))
    source = cv2.imread(str(tmp_path / "renders/my/frames/000000.png"))
    seen = cv2.resize(first_picture(video(sheet), 128, 64), (64, 32), interpolation=cv2.INTER_AREA)
    assert np.abs((255 - source.astype(int)) - seen).mean() < 6


def test_finish_draws_nothing_and_makes_another_video(done: Path) -> None:
    frames = {p.name: p.stat().st_mtime_ns for p in (done.parent / "renders/my/frames").iterdir()}
    events = finished(done, scale_to="128x64", grain="3", fade_in="0.2")
    assert drawn(events) == []
    assert events[-1] == Made(video(done), "video")
    assert "128x64" in size_of(video(done))
    assert {
        p.name: p.stat().st_mtime_ns for p in (done.parent / "renders/my/frames").iterdir()
    } == frames


def test_the_same_again_is_not_made_again_but_another_grain_is(done: Path) -> None:
    finished(done, grain="2")
    made = video(done).stat().st_mtime_ns
    finished(done, grain="2")
    assert video(done).stat().st_mtime_ns == made
    finished(done, grain="2.5")
    assert video(done).stat().st_mtime_ns != made


def test_a_table_that_was_changed_makes_the_video_anew(done: Path) -> None:
    table = done.with_name("look.cube")
    table.write_text(CUBE)
    finished(done, lut=str(table), lut_input="rec709")
    made = video(done).stat().st_mtime_ns
    table.write_text(CUBE + "\n# graded again\n")
    finished(done, lut=str(table), lut_input="rec709")
    assert video(done).stat().st_mtime_ns != made


def test_run_after_finish_makes_the_sheets_own_video_again(done: Path) -> None:
    finished(done, scale_to="128x64")
    events = list(run(request(done), RunOptions()))
    assert drawn(events) == []
    assert "64x32" in size_of(video(done))


@pytest.mark.parametrize("between", ["blend", "flow", "minterpolate"])
def test_a_higher_rate_keeps_the_length(done: Path, between: str) -> None:
    finished(done, fps_to="60", between=between)
    track = picture_track(video(done))
    assert (track.packets, track.seconds) == (60, 1)


def test_a_section_is_a_video_of_its_own(done: Path) -> None:
    options = FinishOptions(begin="00:00:00:08", end="0.75s")
    made = finished(done, options)[-1]
    assert made == Made(done.parent / "renders/my/video_000008-000017.mp4", "video")
    assert picture_track(made.path).packets == 10  # type: ignore[union-attr]
    assert not video(done).exists()


@pytest.mark.parametrize(
    ("begin", "end", "says"),
    [
        ("30", "", "there is no frame"),
        ("9", "9", "--to is the first one left out"),
        ("soon", "", "--from 'soon'"),
        ("", "@Chorus", "--to '@Chorus'"),
    ],
)
def test_a_section_without_a_frame_is_refused(done: Path, begin: str, end: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        finished(done, FinishOptions(begin=begin, end=end))


def test_pictures_for_an_editor_stand_in_a_folder_of_their_own(done: Path) -> None:
    made = finished(done, codec="png", scale_to="128x64")[-1]
    assert made == Made(done.parent / "renders/my/finished", "pictures")
    names = sorted(path.name for path in made.path.iterdir())  # type: ignore[union-attr]
    assert names == [f"{number:06d}.png" for number in range(24)]


def test_the_song_begins_where_the_offset_says(tmp_path: Path) -> None:
    tone = 0.4 * np.sin(np.arange(88200) / 10)
    tone[:44100] = 0
    soundfile.write(tmp_path / "song.wav", tone, 44100)
    settings = {**SMALL, "fps": 24, "song": "song.wav", "song_offset": 0.75}
    del settings["frames"]
    sheet = make_sheet(tmp_path / "my.xlsx", settings=settings)
    events = list(run(request(sheet), RunOptions()))
    assert picture_track(video(sheet)).packets == 30  # the 1.25 s that are left
    assert sound_track(video(sheet)).seconds == pytest.approx(1.25, abs=0.03)
    assert "not heard" not in notices(events)
    done = subprocess.run(
        [find_ffmpeg(), "-v", "error", "-i", str(video(sheet)), "-f", "f32le", "-ac", "1",
         "-ar", "44100", "-"], capture_output=True, check=True
    )  # fmt: skip
    loud = np.abs(np.frombuffer(done.stdout, np.float32)) > 0.1
    assert np.argmax(loud) / 44100 == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize(
    ("settings", "cell", "says"),
    [
        ({"lut": "look.cube"}, "B6", "Write rec709 for lut_input"),
        ({"lut": "song.wav", "lut_input": "log"}, "B6", "is no .cube colour table"),
        ({"lut": "none.cube", "lut_input": "log"}, "B6", "cannot be read: No such file"),
        ({"lut": "../look.cube", "lut_input": "log"}, "B6", "out of the sheet's folder"),
        ({"scale_to": "1921x1080"}, "B6", "Write 1920x1080"),
        ({"scale_to": "128x65", "codec": "hevc"}, "B6", "Write 128x64"),
        ({"fps_to": 12}, "B6", "less than the 24 of the frames"),
        ({"lut_input": "film"}, "B6", "is not a choice here"),
        ({"upscaler": "big.pth"}, "B6", "Write scale_to too"),
        ({"scale_to": "128x64", "upscaler": "none.pth"}, "B7", "none.pth is not there"),
        ({"scale_to": "128x64", "upscaler": "song.wav"}, "B7", "Weights end in"),
        ({"scale_to": "128x64", "upscaler": "../big.pth"}, "B7", "out of the sheet's folder"),
        (
            {"scale_to": "128x64", "upscaler": "big.pth", "fps_to": 48, "between": "minterpolate"},
            "B9",
            "Write flow or blend",
        ),
    ],
)
def test_settings_that_cannot_be_carried_out_are_problems_of_their_cells(
    tmp_path: Path, settings: dict[str, object], cell: str, says: str
) -> None:
    (tmp_path / "look.cube").write_text(CUBE)
    (tmp_path / "song.wav").write_bytes(b"RIFF")
    (tmp_path / "big.pth").write_bytes(b"weights")
    sheet = make_sheet(tmp_path / "my.xlsx", settings={**SMALL, "fps": 24, **settings})
    found = check(request(sheet))
    (problem,) = found.problems
    assert says in str(problem)
    assert problem.cell == f"Settings!{cell}"
    with pytest.raises(SheetInvalid):
        finished(sheet)


def test_a_folder_without_frames_says_what_to_do_and_makes_none(sheet: Path) -> None:
    with pytest.raises(FramesMissing, match="Draw them first: sheetrender run"):
        finished(sheet)
    assert not (sheet.parent / "renders").exists()


def test_frames_that_are_not_drawn_yet_are_counted(sheet: Path) -> None:
    rendered(sheet, frames=(0, 7))
    with pytest.raises(FramesMissing, match="16 of 24 frames"):
        finished(sheet)
    assert not video(sheet).exists()


def test_frames_that_were_lost_are_named(done: Path) -> None:
    (done.parent / "renders/my/frames/000005.png").unlink()
    with pytest.raises(FramesMissing, match=r"lacks 1 of 24 frames.*frames 5\."):
        finished(done)


def test_a_folder_in_which_a_run_works_is_left_alone(done: Path) -> None:
    location = str(done.resolve())
    with (
        OutputFolder(done.parent / "renders/my").opened(location),
        pytest.raises(FolderRefused, match="Another run works"),
    ):
        finished(done)


@pytest.mark.parametrize(
    ("target", "says"),
    [("out.mov", r"does not end in \.mp4"), ("no/where.mp4", "is not there"), ("my.xlsx", "mp4")],
)
def test_a_target_that_does_not_suit_is_refused(done: Path, target: str, says: str) -> None:
    content = done.read_bytes()
    with pytest.raises(UsageError, match=says):
        finished(done, FinishOptions(target=done.parent / target))
    assert done.read_bytes() == content


def test_no_room_for_the_grain_is_a_full_disc(done: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(finish_module, "write_plate", full)
    with pytest.raises(DiskFull, match="Make room"):
        finished(done, grain="2")
    assert sorted(path.name for path in video(done).parent.glob("*video*")) == []


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs a file system of its own")
@pytest.mark.parametrize("codec", ["h264", "png"])
def test_a_disc_that_really_fills_leaves_nothing_half_written(
    done: Path, tmp_path: Path, codec: str
) -> None:
    disc = tmp_path / "disc"
    disc.mkdir()
    program = (
        "mount -t tmpfs -o size=64k tmpfs disc || exit 99\n"
        '"$0" -m sheetrender finish my.xlsx --set codec=$1 --set scale_to=1280x640 '
        "--set grain=20 -o disc/out$2\n"
        'code=$?; ls -A disc; exit "$code"\n'
    )
    ending = ".mp4" if codec == "h264" else ""
    found = subprocess.run(
        ["unshare", "-rm", "sh", "-c", program, sys.executable, codec, ending],
        cwd=tmp_path, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "/usr/bin:/bin:/sbin"},
    )  # fmt: skip
    if found.returncode == 99 or "unshare" in found.stderr:
        pytest.skip("no file systems of its own here")
    assert found.returncode == 1
    assert "disk is full" in found.stderr.lower()
    assert found.stdout.split() == []


def test_an_edit_after_the_render_does_not_keep_the_frames_from_being_finished(
    done: Path,
) -> None:
    edit(done, B3="a white whale")
    assert drawn(finished(done)) == []
    assert picture_track(video(done)).seconds == Fraction(1)
