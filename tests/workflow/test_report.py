from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from sheetrender.model.errors import EncodingFailed, PartMissing, SheetInvalid, UsageError
from sheetrender.model.events import Event, Made
from sheetrender.workflow import report as report_module
from sheetrender.workflow.moodboard import BoardOptions, moodboard
from sheetrender.workflow.report import report
from sheetrender.workflow.report_data import _thinned
from tests.workflow.sheets import HEAD, edit, make_sheet, notices, rendered, request


def shown(page: Path) -> dict[str, Any]:
    found = re.search(r'id="data">(.*?)</script>', page.read_text("utf-8"), re.DOTALL)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def reported(path: Path, target: Path | None = None) -> dict[str, Any]:
    (made,) = [e for e in list(report(request(path), None, target)) if isinstance(e, Made)]
    return shown(made.path)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return make_sheet(tmp_path / "my.xlsx")


def test_every_run_leaves_a_report(sheet: Path) -> None:
    events: list[Event] = rendered(sheet)
    page = sheet.parent / "renders" / "my" / "report.html"
    assert Made(page, "report") in events
    data = shown(page)
    assert data["done"] == "all frames are done"
    assert [row["status"] for row in data["rows"]] == ["done"] * 3
    assert data["thumbs"]["frames"] == list(range(24))


def test_it_can_be_asked_for_before_the_first_run(sheet: Path) -> None:
    before = sheet.read_bytes()
    data = reported(sheet)
    assert data["done"] == "0 frames are done"
    assert data["thumbs"]["frames"] == []
    assert data["video"] is None
    assert sheet.read_bytes() == before


def test_before_the_first_run_it_shows_the_pictures_of_the_mood_board(sheet: Path) -> None:
    list(moodboard(request(sheet), BoardOptions()))
    data = reported(sheet)
    assert data["thumbs"]["frames"] == [0, 8, 16]
    assert [row["thumb"] for row in data["rows"]] == [0, 1, 2]


def test_rows_cuts_curves_and_settings_are_in_it(sheet: Path) -> None:
    data = reported(sheet)
    assert [(row["row"], row["first"], row["last"]) for row in data["rows"]] == [
        (2, 0, 7),
        (3, 8, 15),
        (4, 16, 23),
    ]
    assert data["rows"][0]["prompt"] == "a red fox, orange forest"
    assert [row["seed"] for row in data["rows"]] == [1, 1, 2]
    assert data["cuts"] == [16]
    assert "zoom" in [channel["name"] for channel in data["channels"]]
    assert ["size", "64×32"] in data["settings"]
    assert ["engine animatic", "1"] in data["versions"]


def test_a_changed_row_is_stale_in_it(sheet: Path) -> None:
    rendered(sheet)
    edit(sheet, B4="a blue hill")
    data = reported(sheet)
    assert [row["status"] for row in data["rows"]] == ["done", "done", "stale"]
    assert data["done"] == "16 frames are done"


def test_problems_of_the_sheet_are_in_it(sheet: Path) -> None:
    edit(sheet, D3="abc")
    data = reported(sheet)
    (problem,) = data["problems"]
    assert [row["status"] for row in data["rows"]] == ["queued", "invalid", "queued"]
    assert problem.startswith("Keyframes!D3 (seed): 'abc' is not a whole number.")


def test_a_sheet_without_any_row_has_no_report(tmp_path: Path) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx", [], head=HEAD)
    with pytest.raises(SheetInvalid):
        reported(sheet)


def test_a_small_video_stands_in_the_page_and_a_large_one_beside_it(sheet: Path) -> None:
    rendered(sheet, video=True)
    assert reported(sheet)["video"]["data"]
    video = sheet.parent / "renders/my/video.mp4"
    video.write_bytes(video.read_bytes() + bytes(2_000_000))
    assert reported(sheet)["video"] == {"name": "video.mp4", "data": ""}


@pytest.mark.parametrize("codec", ["h264", "prores"])
def test_for_a_mail_a_small_copy_stands_in_the_page(tmp_path: Path, codec: str) -> None:
    settings = {"width": 640, "height": 64, "frames": 30, "codec": codec}
    sheet = make_sheet(tmp_path / "my.xlsx", settings=settings)
    rendered(sheet, video=True)
    page = tmp_path / "mail.html"
    list(report(request(sheet), None, page, by_mail=True))
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(base64.b64decode(shown(page)["video"]["data"]))
    seen = cv2.VideoCapture(str(copy))
    assert seen.get(cv2.CAP_PROP_FRAME_WIDTH) == 320
    assert seen.get(cv2.CAP_PROP_FRAME_COUNT) == 15


def test_without_the_engine_it_says_that_it_cannot_tell_what_is_done(
    sheet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> None:
        raise PartMissing("Engine diffusion is not here.")

    monkeypatch.setattr(report_module, "open_engine", missing)
    events = list(report(request(sheet), None, None))
    assert notices(events) == "What is done cannot be told: Engine diffusion is not here."


def test_a_report_is_a_page(sheet: Path) -> None:
    with pytest.raises(UsageError, match=r"does not end in \.html"):
        reported(sheet, sheet)


def test_why_the_last_run_made_no_video_is_in_it(
    sheet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "ffmpeg"
    broken.write_text("#!/bin/sh\necho the encoder broke off >&2\nexit 1\n")
    broken.chmod(0o755)
    with monkeypatch.context() as patch:
        patch.setenv("SHEETRENDER_FFMPEG", str(broken))
        with pytest.raises(EncodingFailed):
            rendered(sheet, video=True)
    said = reported(sheet)["novideo"]
    assert said.startswith("No video was made: ")
    assert "the encoder broke off" in said
    rendered(sheet, video=True)
    assert reported(sheet)["novideo"] == ""


def test_of_many_frames_no_spike_is_lost() -> None:
    values = np.zeros(100_001)
    values[77_777], values[50_003] = 5.0, -3.0
    thinned, step = _thinned(values)
    assert (thinned.max(), thinned.min()) == (5.0, -3.0)
    assert len(thinned) <= 20_002
    assert abs(int(thinned.argmax()) * step - 77_777) <= 2 * step
