"""A folder of pictures becomes a video."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from sheetrender.model.errors import (
    DiskFull,
    EncodingFailed,
    FramesMissing,
    PartMissing,
    UsageError,
)
from sheetrender.model.programs import find_ffmpeg
from sheetrender.model.timing import FrameRate
from sheetrender.output.encode import Song
from sheetrender.output.tracks import picture_track, sound_track
from sheetrender.output.video import encode_frames

THIRTY = FrameRate(Fraction(30))


def first_picture(video: Path) -> np.ndarray:
    """Decode the first frame the way players do: by the tags in the file. Returns BGR."""
    command = [find_ffmpeg(), "-v", "error", "-i", str(video), "-frames:v", "1"]
    done = subprocess.run(
        [*command, "-pix_fmt", "bgr24", "-f", "rawvideo", "-"], capture_output=True, check=True
    )
    return np.frombuffer(done.stdout, np.uint8).reshape(48, 64, 3)


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.endswith(".part")]


@pytest.mark.parametrize("rate", ["30", "29.97", "23.976"])
def test_a_video_has_every_frame_at_exactly_its_rate(
    pictures: Path, tmp_path: Path, rate: str
) -> None:
    exact = FrameRate.parse(rate)
    encoding = encode_frames(pictures, 30, exact, tmp_path / "video.mp4")
    assert list(encoding)[-1] == 30
    track = picture_track(tmp_path / "video.mp4")
    assert (track.packets, track.seconds) == (30, 30 / exact.per_second)


def test_only_the_frames_that_were_asked_for_are_in_it(pictures: Path, tmp_path: Path) -> None:
    list(encode_frames(pictures, 12, THIRTY, tmp_path / "video.mp4"))
    assert picture_track(tmp_path / "video.mp4").packets == 12


def test_progress_rises_and_ends_with_all_frames(pictures: Path, tmp_path: Path) -> None:
    counts = list(encode_frames(pictures, 30, THIRTY, tmp_path / "video.mp4"))
    assert counts == sorted(set(counts))
    assert counts[-1] == 30


def test_a_longer_song_is_cut_to_the_picture(
    pictures: Path, tmp_path: Path, song_of: Callable[[float], Path]
) -> None:
    target = tmp_path / "video.mp4"
    encoding = encode_frames(pictures, 30, THIRTY, target, song=Song(song_of(2.5)))
    list(encoding)
    assert picture_track(target).seconds == 1
    assert sound_track(target).seconds == pytest.approx(1, abs=0.03)
    assert (encoding.report.unheard, encoding.report.silent) == (Fraction(3, 2), 0)


def test_the_picture_runs_on_after_a_shorter_song(
    pictures: Path, tmp_path: Path, song_of: Callable[[float], Path]
) -> None:
    target = tmp_path / "video.mp4"
    encoding = encode_frames(pictures, 30, THIRTY, target, song=Song(song_of(0.25)))
    list(encoding)
    assert picture_track(target).packets == 30
    assert sound_track(target).seconds == pytest.approx(0.25, abs=0.03)
    assert (encoding.report.unheard, encoding.report.silent) == (0, Fraction(3, 4))


@pytest.mark.parametrize("ending", ["mp3", "m4a", "ogg"])
def test_a_compressed_song_begins_with_the_picture(
    pictures: Path, tmp_path: Path, song_of: Callable[[float], Path], ending: str
) -> None:
    song = tmp_path / f"song.{ending}"
    delayed = ["-i", str(song_of(0.5)), "-af", "adelay=300|300"]
    subprocess.run([find_ffmpeg(), "-v", "error", *delayed, str(song)], check=True)
    list(encode_frames(pictures, 30, THIRTY, tmp_path / "video.mp4", song=Song(song)))
    decoded = [find_ffmpeg(), "-v", "error", "-i", str(tmp_path / "video.mp4"), "-ac", "1"]
    done = subprocess.run(
        [*decoded, "-f", "f32le", "-ar", "44100", "-"], capture_output=True, check=True
    )
    loud = np.abs(np.frombuffer(done.stdout, np.float32)) > 0.1
    assert np.argmax(loud) / 44100 == pytest.approx(0.3, abs=0.01)


@pytest.mark.parametrize(("codec", "ending"), [("h264", "mp4"), ("hevc", "mp4"), ("prores", "mov")])
def test_colours_are_those_of_the_pictures(tmp_path: Path, codec: str, ending: str) -> None:
    colours = [(0, 0, 255), (0, 255, 0), (255, 0, 0), (255, 255, 255), (0, 0, 0), (128, 128, 128)]
    still = np.zeros((48, 64, 3), np.uint8)
    for place, colour in enumerate(colours):
        still[:, place * 10 : place * 10 + 10] = colour
    cv2.imwrite(str(tmp_path / "000000.png"), still)
    target = tmp_path / f"video.{ending}"
    list(encode_frames(tmp_path, 1, THIRTY, target, codec=codec))  # type: ignore[arg-type]
    seen = first_picture(target)
    for place, colour in enumerate(colours):
        assert np.abs(seen[24, place * 10 + 5].astype(int) - colour).max() <= 8, colour


def test_the_file_says_how_its_colours_are_meant(pictures: Path, tmp_path: Path) -> None:
    list(encode_frames(pictures, 3, THIRTY, tmp_path / "video.mp4"))
    asked = [find_ffmpeg(), "-hide_banner", "-i", str(tmp_path / "video.mp4")]
    said = subprocess.run(asked, capture_output=True, check=False).stderr.decode()
    assert "yuv420p(tv, bt709" in said


def test_missing_frames_are_named_before_anything_is_encoded(
    pictures: Path, tmp_path: Path
) -> None:
    for number in (12, 13, 14, 15, 20):
        (pictures / f"{number:06d}.png").unlink()
    with pytest.raises(FramesMissing, match=r"lacks 7 of 32 .*frames 12–15, 20, 30–31\."):
        encode_frames(pictures, 32, THIRTY, tmp_path / "video.mp4")


def test_a_folder_that_is_not_there_lacks_every_frame(tmp_path: Path) -> None:
    with pytest.raises(FramesMissing, match=r"lacks 5 of 5 frames.* 0–4"):
        encode_frames(tmp_path / "nowhere", 5, THIRTY, tmp_path / "video.mp4")


def test_a_picture_that_is_cut_short_counts_as_missing(pictures: Path, tmp_path: Path) -> None:
    whole = (pictures / "000007.png").read_bytes()
    (pictures / "000007.png").write_bytes(whole[:-20])
    (pictures / "000009.png").write_bytes(b"")
    with pytest.raises(FramesMissing, match=r"frames 7, 9\."):
        encode_frames(pictures, 30, THIRTY, tmp_path / "video.mp4")


def test_a_damaged_picture_makes_no_video_and_keeps_the_older_one(
    pictures: Path, tmp_path: Path
) -> None:
    (tmp_path / "video.mp4").write_bytes(b"older")
    whole = (pictures / "000007.png").read_bytes()
    (pictures / "000007.png").write_bytes(whole[:60] + b"damaged" * 3 + whole[81:])
    with pytest.raises(EncodingFailed):
        list(encode_frames(pictures, 30, THIRTY, tmp_path / "video.mp4"))
    assert (tmp_path / "video.mp4").read_bytes() == b"older"
    assert not leftovers(tmp_path)


def test_a_broken_ffmpeg_is_named_and_the_older_video_kept(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "video.mp4").write_bytes(b"older")
    monkeypatch.setenv("SHEETRENDER_FFMPEG", "/bin/false")
    with pytest.raises(EncodingFailed, match=r"/bin/false could not make .*SHEETRENDER_FFMPEG"):
        list(encode_frames(pictures, 30, THIRTY, tmp_path / "video.mp4"))
    assert (tmp_path / "video.mp4").read_bytes() == b"older"


def test_a_full_disc_is_called_a_full_disc(
    pictures: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ffmpeg_that: Callable[[Path, str], str],
) -> None:
    line = "echo 'video.mp4: No space left on device' >&2; exit 228"
    monkeypatch.setenv("SHEETRENDER_FFMPEG", ffmpeg_that(tmp_path, line))
    with pytest.raises(DiskFull, match="Make room"):
        list(encode_frames(pictures, 30, THIRTY, tmp_path / "video.mp4"))


def test_an_ffmpeg_without_the_encoder_is_a_missing_part(
    pictures: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ffmpeg_that: Callable[[Path, str], str],
) -> None:
    line = "echo \"Unknown encoder 'libx264'\" >&2; exit 1"
    monkeypatch.setenv("SHEETRENDER_FFMPEG", ffmpeg_that(tmp_path, line))
    with pytest.raises(PartMissing, match="pip install imageio-ffmpeg"):
        list(encode_frames(pictures, 30, THIRTY, tmp_path / "video.mp4"))


def test_an_ffmpeg_that_writes_nothing_and_says_nothing_is_found_out(
    pictures: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ffmpeg_that: Callable[[Path, str], str],
) -> None:
    monkeypatch.setenv("SHEETRENDER_FFMPEG", ffmpeg_that(tmp_path, "exit 0"))
    with pytest.raises(EncodingFailed):
        list(encode_frames(pictures, 30, THIRTY, tmp_path / "video.mp4"))


def test_a_song_that_is_no_song_is_refused_before_encoding(pictures: Path, tmp_path: Path) -> None:
    (tmp_path / "song.mp3").write_text("these are words")
    with pytest.raises(UsageError, match=r"song\.mp3 holds no sound"):
        encode_frames(pictures, 30, THIRTY, tmp_path / "v.mp4", song=Song(tmp_path / "song.mp3"))


def test_leaving_the_loop_kills_ffmpeg_and_keeps_the_older_video(
    pictures: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ffmpeg_that: Callable[[Path, str], str],
) -> None:
    (tmp_path / "video.mp4").write_bytes(b"older")
    line = f"echo $$ > '{tmp_path}/pid'; echo frame=3; exec sleep 60"
    monkeypatch.setenv("SHEETRENDER_FFMPEG", ffmpeg_that(tmp_path, line))
    encoding = iter(encode_frames(pictures, 30, THIRTY, tmp_path / "video.mp4"))
    assert next(encoding) == 3
    encoding.close()  # type: ignore[attr-defined]
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
    assert (tmp_path / "video.mp4").read_bytes() == b"older"


def test_an_interrupt_ends_ffmpeg_and_leaves_nothing_behind(
    pictures: Path, tmp_path: Path, ffmpeg_that: Callable[[Path, str], str]
) -> None:
    line = (
        f"echo $$ > '{tmp_path}/pid.new'; mv '{tmp_path}/pid.new' '{tmp_path}/pid'; exec sleep 60"
    )
    program = (
        "import sys; from pathlib import Path; from fractions import Fraction\n"
        "from sheetrender.model.timing import FrameRate\n"
        "from sheetrender.output.video import encode_frames\n"
        "list(encode_frames(Path(sys.argv[1]), 30, FrameRate(Fraction(30)), Path(sys.argv[2])))"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(pictures), str(tmp_path / "video.mp4")],
        env={**os.environ, "SHEETRENDER_FFMPEG": ffmpeg_that(tmp_path, line)},
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 20
    while not (tmp_path / "pid").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    child.send_signal(signal.SIGINT)
    assert child.wait(timeout=20) != 0
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
    assert not leftovers(tmp_path)
    assert not (tmp_path / "video.mp4").exists()
