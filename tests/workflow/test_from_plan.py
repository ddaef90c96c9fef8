from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sheetrender.model.errors import SheetrenderError, SheetUnavailable, UsageError
from sheetrender.model.events import Made
from sheetrender.workflow.check import check
from sheetrender.workflow.finish import FinishOptions, finish
from sheetrender.workflow.from_plan import read_project
from sheetrender.workflow.init import init_from_deforum
from sheetrender.workflow.preview import preview
from sheetrender.workflow.project import checked_plan
from sheetrender.workflow.run import RunOptions, run
from tests.workflow.sheets import HEAD, SMALL, drawn, frame_bytes, make_sheet, notices, request

MOVING = (
    (0, "a red fox, `t/10`", "orange forest", 1.25, None, 1.01, None, "first.png"),
    (8, "a blue whale", "deep ocean", -1, None, "1 + 0.01*sin(t)", 3, None),
    (16, "a green hill", "emerald 海", 2, "yes", 1.02, None, None),
)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """Return a sheet with a song, a picture, moving texts, drawn seeds and fades."""
    folder = tmp_path / "film"
    folder.mkdir()
    picture = np.full((32, 64, 3), 90, np.uint8)
    cv2.imwrite(str(folder / "first.png"), picture)
    soundfile.write(folder / "song.wav", np.zeros(8000), 8000)
    values = {**SMALL, "song": "song.wav", "seed_behavior": "iter", "fps": 29.97, "strength": 0.5}
    return make_sheet(folder / "my.xlsx", MOVING, values, (*HEAD, "blend", "init_image"))


@pytest.fixture
def plan(sheet: Path) -> Path:
    list(run(request(sheet), RunOptions()))
    return sheet.parent / "renders/my/plan.json"


def edited(plan: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    document = json.loads(plan.read_text("utf-8"))
    change(document)
    plan.write_text(json.dumps(document), "utf-8")
    return plan


def test_a_plan_is_enough_to_draw_the_same_again(sheet: Path, plan: Path) -> None:
    sheet.unlink()
    events = list(run(request(plan), RunOptions()))
    folder = sheet.parent / "renders/my-again"
    assert drawn(events) == list(range(24))
    assert frame_bytes(folder) == frame_bytes(plan.parent)
    assert Made(folder / "video.mp4", "video") in events
    first = (plan.parent / "video.mp4").read_bytes()
    # The title is the sheet's name, and that of the plan's folder.
    assert abs(len((folder / "video.mp4").read_bytes()) - len(first)) < 20
    assert drawn(run(request(plan), RunOptions())) == []


def test_a_plan_of_a_plan_says_the_same(plan: Path) -> None:
    list(run(request(plan), RunOptions(video=False)))
    again = plan.parent.with_name("my-again") / "plan.json"
    first, second = (json.loads(p.read_text("utf-8")) for p in (plan, again))
    assert {**first, "sheet": ""} == {**second, "sheet": ""}
    list(run(request(again), RunOptions(video=False, folder=plan.parent.parent / "third")))
    assert frame_bytes(plan.parent.parent / "third") == frame_bytes(plan.parent)


def test_a_plan_that_was_moved_finds_its_files_beside_it(plan: Path, tmp_path: Path) -> None:
    film, there = plan.parents[2], tmp_path / "there"
    there.mkdir()
    for file in (plan, film / "song.wav", film / "first.png"):
        shutil.copy(file, there)
    frames = frame_bytes(plan.parent)
    shutil.rmtree(film)
    list(run(request(there / "plan.json"), RunOptions(video=False)))
    assert frame_bytes(there / "renders/plan") == frames


def test_a_folder_that_is_allowed_is_looked_into(plan: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    shutil.copy(plan, there)
    asked = request(there / "plan.json")
    with pytest.raises(UsageError, match=r"first\.png.*is not there"):
        list(run(asked, RunOptions(video=False)))
    asked = replace(asked, allowed_paths=[plan.parents[2]])
    list(run(asked, RunOptions(video=False)))
    assert frame_bytes(there / "renders/plan") == frame_bytes(plan.parent)


def test_nothing_in_a_plan_leads_out_of_its_folder(plan: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    cv2.imwrite(str(secret), np.zeros((8, 8, 3), np.uint8))
    for name in (str(secret), "../secret.png", "..\\secret.png"):
        edited(plan, lambda d, name=name: d["rows"][0].update(init_image=name))  # type: ignore[misc]
        with pytest.raises(UsageError, match="leads out of the sheet's folder"):
            list(run(request(plan), RunOptions(video=False)))


def test_another_picture_of_the_same_name_is_refused(plan: Path) -> None:
    cv2.imwrite(str(plan.parents[2] / "first.png"), np.zeros((32, 64, 3), np.uint8))
    with pytest.raises(UsageError, match=r"'first\.png' is not the file that the plan was made"):
        list(run(request(plan), RunOptions(video=False)))


def test_the_finish_may_be_another_one_but_not_the_frames(plan: Path) -> None:
    list(run(request(plan, scale_to="128x64"), RunOptions()))
    assert frame_bytes(plan.parent.with_name("my-again")) == frame_bytes(plan.parent)
    with pytest.raises(UsageError, match=r"--set seed: plan\.json has settled that"):
        list(run(request(plan, seed="5"), RunOptions()))


def test_a_preview_of_a_plan(plan: Path) -> None:
    events = list(preview(request(plan), None))
    assert events[-1] == Made(plan.parents[2] / "my-again_preview.mp4", "preview")


@pytest.mark.parametrize("codec", ["h264", "prores"])
def test_a_mask_a_table_and_the_codec_come_along(tmp_path: Path, codec: str) -> None:
    mask = np.zeros((32, 64), np.uint8)
    mask[:, 32:] = 255
    cv2.imwrite(str(tmp_path / "mask.png"), mask)
    cv2.imwrite(str(tmp_path / "first.png"), np.full((32, 64, 3), 90, np.uint8))
    table = "LUT_3D_SIZE 2\n" + "0.5 0.5 0.5\n" * 8
    (tmp_path / "look.cube").write_text(table, "utf-8")
    more = {"mask": "mask.png", "invert_mask": "yes", "init_image": "first.png", "codec": codec}
    more |= {"lut": "look.cube", "lut_input": "rec709"}
    sheet = make_sheet(tmp_path / "my.xlsx", settings={**SMALL, **more})
    list(run(request(sheet), RunOptions()))
    first = tmp_path / "renders/my"
    sheet.unlink()
    list(run(request(first / "plan.json"), RunOptions()))
    again = tmp_path / "renders/my-again"
    assert frame_bytes(again) == frame_bytes(first)
    documents = [json.loads((folder / "plan.json").read_text("utf-8")) for folder in (first, again)]
    assert documents[0]["settings"] == documents[1]["settings"]
    assert sorted(p.name for p in again.glob("video.*")) == sorted(
        p.name for p in first.glob("video.*")
    )


def test_a_draft_of_a_plan_is_half_as_large(plan: Path) -> None:
    list(run(replace(request(plan), draft=True), RunOptions(video=False)))
    frame = cv2.imread(str(plan.parent.with_name("my-again-draft") / "frames/000023.png"))
    assert frame is not None
    assert frame.shape == (16, 32, 3)


def test_another_version_of_the_engine_is_told_of(plan: Path) -> None:
    edited(plan, lambda d: d["versions"].update(animatic="0"))
    events = list(run(request(plan), RunOptions(video=False, frames=(0, 0))))
    assert "drawn by animatic 0, and this is" in notices(events)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.update(form=2), "written by a newer sheetrender"),
        (lambda d: d.pop("form"), "written by an older sheetrender"),
        (lambda d: d["channels"].pop("zoom"), "channels.zoom is missing"),
        (lambda d: d["channels"]["zoom"].pop(), "channels.zoom has 23 numbers, and not 24"),
        (lambda d: d["channels"].update(zoom=["x"] * 24), "holds what is no number there"),
        (lambda d: d["channels"].update(cadence=[0] * 24), "holds what is no number there"),
        (lambda d: d["channels"].update(steps=[10**400] * 24), "channels.steps holds"),
        (lambda d: d["seeds"].__setitem__(3, 2**32), "seeds holds what"),
        (lambda d: d.update(frames=10**12), "frames is no whole number"),
        (lambda d: d.update(segments=[[0, 15], [17, 23]]), "segments.1 is no whole number"),
        (lambda d: d["rows"].pop(), "rows do not reach the last frame"),
        (lambda d: d["rows"][0].update(prompt="\ud800"), "holds what is no character"),
        (lambda d: d["rows"][0].update(prompt=5), "rows.0.prompt is no text"),
        (lambda d: d["rows"][0].update(model="/etc/passwd"), "leads out of the folders for models"),
        (lambda d: d["settings"].update(codec="avi"), "'avi' is not a choice here"),
        (lambda d: d["settings"].update(engine="nobody"), "is no engine|is not a choice"),
        (lambda d: d["settings"].update(width=[]), "settings.width is no text"),
        (lambda d: d["rows"][0]["moving_prompt"].update(numbers=[]), "not as many numbers"),
        (lambda d: d.update(curves=7), "curves is missing"),
    ],
)
def test_a_plan_that_no_run_has_written_is_refused(
    plan: Path, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        list(run(request(edited(plan, change)), RunOptions(video=False)))
    assert not plan.parent.with_name("my-again").exists()


JUNK = st.sampled_from(
    [None, True, -1, 1.5, 10**400, "", "x" * 5000, "a/" * 3000, "../" * 9 + "etc", "~nobody/x",
     "\ud800", "a\0b", [], {}, [[]], {"a": 1}, [1] * 24, "//host/x", "C:\\x", "=1+1"]
)  # fmt: skip


@given(data=st.data())
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_in_a_plan_is_read_or_refused_in_a_sentence(
    plan: Path, data: st.DataObject
) -> None:
    document = json.loads(plan.read_text("utf-8"))
    holder: Any = document
    for _ in range(data.draw(st.integers(0, 3))):
        inner = [v for v in _values(holder) if isinstance(v, dict | list) and v]
        holder = data.draw(st.sampled_from(inner)) if inner else holder
    names = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
    holder[data.draw(st.sampled_from(names))] = data.draw(JUNK)
    other = plan.with_name("other.json")
    other.write_text(json.dumps(document), "utf-8")
    try:
        checked_plan(read_project(request(other)))
    except SheetrenderError as error:
        assert len(str(error)) > 10


def _values(holder: Any) -> list[Any]:
    return list(holder.values()) if isinstance(holder, dict) else holder[:5]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[" * 100_000, b"\xff", b"{}", b"[]", b'{"channels": NaN}']
)
def test_what_is_no_plan_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "any.json"
    file.write_bytes(content)
    with pytest.raises(UsageError, match=r"any\.json is no plan"):
        list(run(request(file), RunOptions()))
    with pytest.raises(SheetUnavailable, match="cannot be read"):
        list(run(request(tmp_path / "gone.json"), RunOptions()))


def test_nothing_of_this_machine_stands_in_a_plan(plan: Path) -> None:
    assert str(plan.parents[2]) not in plan.read_text("utf-8")
    assert json.loads(plan.read_text("utf-8"))["sheet"] == "my.xlsx"


def test_other_commands_want_the_sheet(plan: Path) -> None:
    with pytest.raises(SheetrenderError, match=r"is no sheet that .*give this command"):
        check(request(plan))


def test_a_plan_finishes_the_frames_beside_it(plan: Path) -> None:
    events = list(finish(request(plan, codec="prores"), FinishOptions()))
    assert Made(plan.parent / "video.mov", "video") in events
    assert not plan.parents[1].joinpath("my-again").exists()
    named = FinishOptions(folder=plan.parent)
    assert events[-1] in list(finish(request(plan, codec="prores"), named))


def test_a_plan_that_was_drawn_again_finishes_those_frames(plan: Path) -> None:
    list(run(request(plan), RunOptions(video=False)))
    events = list(finish(request(plan), FinishOptions()))
    assert Made(plan.parents[1] / "my-again/video.mp4", "video") in events


def test_no_sheet_is_made_of_a_plan(plan: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="It can be drawn: sheetrender run"):
        init_from_deforum(tmp_path / "new.xlsx", plan)
