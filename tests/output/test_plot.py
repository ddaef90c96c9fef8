"""Curves, rows and cuts are drawn over the song."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from sheetrender.model.errors import RenderFailed
from sheetrender.model.timing import FrameRate
from sheetrender.output.plot import plot_curves
from sheetrender.output.row_lane import shortened

THIRTY = FrameRate(Fraction(30))
CUT_RED = (0x2F, 0x24, 0xD1)


def curves(count: int, frames: int = 300) -> dict[str, np.ndarray]:
    moments = np.arange(frames)
    return {f"channel_{k}": np.sin(moments / (20 + k)) for k in range(count)}


def columns_of(picture: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    """Return the x positions in which a colour fills much of the height, as shares of the width."""
    share = (np.abs(picture.astype(int) - colour).max(axis=2) < 40).mean(axis=0)
    return np.flatnonzero(share > 0.3) / picture.shape[1]


@pytest.mark.parametrize("count", [1, 5, 20])
def test_each_channel_has_a_panel(tmp_path: Path, count: int) -> None:
    plot_curves(tmp_path / "plot.png", channels=curves(count), rate=THIRTY)
    height, width, _ = cv2.imread(str(tmp_path / "plot.png")).shape
    assert width == 1760
    assert height > 80 * count
    assert [path.name for path in tmp_path.iterdir()] == ["plot.png"]


def test_cuts_stand_where_their_frames_are(tmp_path: Path) -> None:
    plot_curves(tmp_path / "plot.png", channels=curves(3), rate=THIRTY, cuts=[150])
    found = columns_of(cv2.imread(str(tmp_path / "plot.png")), CUT_RED)
    middle = (0.8 + (16 - 0.8 - 0.3) / 2) / 16
    assert found == pytest.approx(middle, abs=0.002)
    assert len(found)


def test_rows_waveform_and_many_frames_are_drawn_in_seconds_not_minutes(tmp_path: Path) -> None:
    frames = 100_000
    rows = list(range(0, frames, 500))
    waveform = np.column_stack([-np.ones(2000), np.ones(2000)]) * 0.5
    plot_curves(
        tmp_path / "plot.png",
        channels=curves(2, frames),
        rate=FrameRate.parse("29.97"),
        cuts=rows[::10],
        row_frames=rows,
        labels=[f"row number {row}" for row in rows],
        waveform=waveform,
        title="many",
    )
    assert cv2.imread(str(tmp_path / "plot.png")) is not None


def test_a_spike_of_one_frame_is_seen_among_a_hundred_thousand(tmp_path: Path) -> None:
    values = np.zeros(100_000)
    values[70_123] = 1.0
    plot_curves(tmp_path / "spike.png", channels={"zoom": values}, rate=THIRTY)
    plot_curves(tmp_path / "flat.png", channels={"zoom": values * 0}, rate=THIRTY)
    blue = (0xB2, 0x6F, 0x2F)
    found = columns_of(cv2.imread(str(tmp_path / "spike.png")), blue)
    assert found == pytest.approx((0.8 + 14.9 * 0.70123) / 16, abs=0.002)
    assert len(found)


@pytest.mark.parametrize(
    "label", ["$x_2 and $", "猫が窓の外を見ている", "two\nlines\x00", "", "🌧 rain"]
)
def test_any_subject_can_be_a_label(tmp_path: Path, label: str) -> None:
    plot_curves(
        tmp_path / "plot.png",
        channels=curves(1),
        rate=THIRTY,
        row_frames=[0, 100, 103],
        labels=[label] * 3,
        title=label,
    )
    assert (tmp_path / "plot.png").exists()


def test_a_song_shorter_than_the_video_fills_its_share_of_the_axis(tmp_path: Path) -> None:
    waveform = np.column_stack([-np.ones(100), np.ones(100)])
    plot_curves(
        tmp_path / "plot.png",
        channels={"zoom": np.ones(300)},
        rate=THIRTY,
        waveform=waveform,
        song_seconds=Fraction(5),
    )
    song = np.abs(cv2.imread(str(tmp_path / "plot.png")).astype(int) - (0xB5, 0xA7, 0x9A))
    columns = np.flatnonzero((song.max(axis=2) < 10).sum(axis=0) > 60) / 1760
    assert columns.max() == pytest.approx((0.8 + 14.9 / 2) / 16, abs=0.003)


def test_an_older_picture_stays_where_the_new_one_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RenderFailed, match="cannot be written"):
        plot_curves(tmp_path / "file" / "plot.png", channels=curves(1), rate=THIRTY)


@pytest.mark.parametrize(
    ("text", "letters", "short"),
    [
        ("paper boats", 11, "paper boats"),
        ("paper boats", 10, "paper boa…"),
        ("paper, boats", 7, "paper…"),
        ("two\n lines", 20, "two lines"),
        ("猫が窓", 5, "猫が…"),
        ("", 5, ""),
    ],
)
def test_a_label_is_shortened_to_its_room(text: str, letters: int, short: str) -> None:
    assert shortened(text, letters) == short
