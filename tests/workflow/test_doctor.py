"""`doctor`: one finding each, with its cure, and the status that the command ends with."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from sheetrender.sheets.google_auth import Access, Identity
from sheetrender.workflow import doctor, doctor_drive, doctor_machine
from sheetrender.workflow.doctor import Finding, examine, exit_code
from sheetrender.workflow.init_google import init_google
from sheetrender.workflow.project import Request
from tests.emulator.server import SheetsEmulator
from tests.workflow.sheets import edit, make_sheet

KEY = "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"
BOT = Identity("bot@studio.iam.gserviceaccount.com", "--credentials", Path("bot.json"))


@pytest.fixture(autouse=True)
def _nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep away from the credentials and programs of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "APPDATA", "XDG_CONFIG_HOME", "CLOUDSDK_CONFIG"):
        monkeypatch.setenv(name, str(tmp_path))
    for name in ("SHEETRENDER_CREDENTIALS", "SHEETRENDER_CREDENTIALS_JSON", "K_SERVICE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("GOOGLE_APPLICATION_CREDENTIALS", "SHEETRENDER_FFMPEG", "SHEETRENDER_SOFFICE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return make_sheet(tmp_path / "my.xlsx")


def findings(sheet: Path | str | None = None, **settings: str) -> dict[str, Finding]:
    request = Request(sheet=str(sheet), overrides=settings) if sheet else None
    found = list(examine(request))
    assert len({finding.topic for finding in found}) == len(found)
    return {finding.topic: finding for finding in found}


def code(found: dict[str, Finding]) -> int:
    return exit_code(list(found.values()))


def test_without_a_sheet_it_tells_of_the_machine() -> None:
    found = findings()
    assert list(found) == [
        "sheetrender",
        "ffmpeg",
        "LibreOffice",
        "stems",
        "graphics card",
        "diffusion",
        "models",
        "credentials",
        "output folder",
    ]
    assert found["ffmpeg"].state == "ok"
    assert "Python 3." in found["sheetrender"].says
    assert code(found) == 0


def test_a_good_sheet_has_all_that_it_needs(sheet: Path) -> None:
    content = sheet.read_bytes()
    found = findings(sheet)
    assert found["sheet"].says == "my can be read"
    assert found["writing"].state == "ok"
    assert found["rows"].says == "3, which make 24 frames"
    assert str(sheet.parent / "renders" / "my") in found["output folder"].says
    assert code(found) == 0
    assert sheet.read_bytes() == content
    assert [path.name for path in sheet.parent.iterdir()] == ["my.xlsx"]


def test_a_csv_file_is_examined_too(tmp_path: Path) -> None:
    path = tmp_path / "my.csv"
    path.write_text("frame,subject\n0,cat\n5,dog\n", "utf-8")
    found = findings(path)
    assert found["writing"].state == "ok"
    assert code(found) == 0


def test_a_sheet_with_problems_ends_with_2(sheet: Path) -> None:
    edit(sheet, D3="abc")
    found = findings(sheet)
    assert found["rows"].state == "wrong"
    assert "1 problem" in found["rows"].says
    assert "sheetrender check" in found["rows"].cure
    assert code(found) == 2


def test_a_sheet_that_is_not_there_ends_with_3(tmp_path: Path) -> None:
    found = findings(tmp_path / "nowhere.xlsx")
    assert "does not exist" in found["sheet"].says
    assert "Check its name" in found["sheet"].cure
    assert code(found) == 3


def test_a_lock_is_named_with_its_cure(sheet: Path) -> None:
    sheet.with_name("~$my.xlsx").write_text("")
    found = findings(sheet)
    assert "Excel has" in found["writing"].says
    assert "Close the sheet there" in found["writing"].cure
    assert found["rows"].state == "ok"
    assert code(found) == 3


def test_an_engine_without_its_model_ends_with_4(sheet: Path) -> None:
    found = findings(sheet, engine="diffusion", model="nowhere")
    assert found["engine"].says == "No model 'nowhere' is to be found"
    assert "Three ways to get a model" in found["engine"].cure
    assert code(found) == 4


def test_an_engine_with_its_model_is_all_that_is_needed(sheet: Path) -> None:
    folder = sheet.parent / "mine"
    folder.mkdir()
    (folder / "model_index.json").write_text('{"_class_name": "StableDiffusionPipeline"}', "utf-8")
    found = findings(sheet, engine="diffusion", model="mine")
    assert found["engine"].says == f"diffusion, with {folder}"
    assert code(found) == 0


def test_models_are_looked_for_where_the_person_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SHEETRENDER_MODELS", str(tmp_path))
    assert findings()["models"].says == f"looked for in {tmp_path}"
    monkeypatch.setenv("SHEETRENDER_MODELS", str(tmp_path / "gone"))
    assert findings()["models"].says.endswith("gone, which is no folder")
    monkeypatch.delenv("SHEETRENDER_MODELS")
    assert "SHEETRENDER_MODELS" in findings()["models"].cure


def test_a_missing_ffmpeg_ends_with_4(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHEETRENDER_FFMPEG", "/nowhere/ffmpeg")
    found = findings()
    assert found["ffmpeg"].state == "wrong"
    assert "unset it" in found["ffmpeg"].cure
    assert code(found) == 4


def test_an_ffmpeg_that_is_none_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake = tmp_path / "ffmpeg"
    fake.write_text("#!/bin/sh\necho hello\n")
    fake.chmod(0o755)
    monkeypatch.setenv("SHEETRENDER_FFMPEG", str(fake))
    assert "does not say its version" in findings()["ffmpeg"].says


def test_libreoffice_is_needed_only_to_compute_anew(
    sheet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHEETRENDER_SOFFICE", "/nowhere/soffice")
    found = findings(sheet)
    assert found["LibreOffice"].state == "note"
    assert code(found) == 0
    request = Request(sheet=str(sheet), overrides={}, recalc="libreoffice")
    assert exit_code(list(examine(request))) == 4


def test_too_little_room_is_said(sheet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=3 * 2**20))
    found = findings(sheet)
    assert "3 MB free" in found["output folder"].says
    assert "another disk" in found["output folder"].cure
    assert code(found) == 1


def test_a_file_in_the_place_of_the_output_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    finding = doctor_machine.disk(tmp_path / "out")
    assert (finding.state, finding.exit_code) == ("wrong", 1)


def test_no_credentials_are_no_harm_to_a_file(sheet: Path) -> None:
    found = findings(sheet)
    assert found["credentials"].state == "note"
    assert "sheetrender login" in found["credentials"].cure


def test_broken_credentials_are_no_harm_to_a_file(
    sheet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHEETRENDER_CREDENTIALS", "/nowhere/key.json")
    found = findings(sheet)
    assert "cannot be read" in found["credentials"].says
    assert found["rows"].state == "ok"
    assert code(found) == 0


def test_a_google_sheet_needs_them() -> None:
    found = findings(KEY)
    assert found["credentials"].state == "wrong"
    assert "sheet" not in found
    assert code(found) == 4


@pytest.fixture
def bot(emulator: SheetsEmulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Open the emulator as a service account."""
    access = Access(BOT, base=emulator.url)
    for module in (doctor, doctor_drive):
        monkeypatch.setattr(module, "find_access", lambda _: access)
    monkeypatch.setattr("sheetrender.sheets.google_auth.find_access", lambda _: access)


@pytest.mark.usefixtures("bot")
class TestGoogle:
    def test_it_says_whom_to_share_the_sheet_with(self) -> None:
        found = findings()
        assert found["credentials"].says == f"{BOT.email}, from --credentials (bot.json)"
        assert found["credentials"].cure == (
            f"In each sheet choose Share, and add {BOT.email} as Editor."
        )

    def test_a_sheet_is_read_and_written_without_a_change(self, emulator: SheetsEmulator) -> None:
        book = emulator.add(KEY, {"Sheet1": []}, title="My video")
        init_google(KEY)
        before = [tab.rows() for tab in book.tabs]
        found = findings(KEY)
        assert found["sheet"].says == "My video can be read"
        assert found["writing"].state == "ok"
        assert found["rows"].says == "6, which make 300 frames"
        assert code(found) == 0
        assert [tab.rows() for tab in book.tabs] == before
        (written,) = [request for request in emulator.requests[2:] if request.kind == "write"]
        assert written.path.endswith("values:batchUpdate")
        assert found["Google Drive"].says == (
            "tells when the sheet was changed, and takes no previews of a service account, "
            "which has no room there"
        )
        assert "drive_previews" in found["Google Drive"].cure
        assert not emulator.drive.files

    @pytest.mark.parametrize(
        ("reason", "cure"),
        [
            ("insufficientPermissions", "sheetrender login --drive"),
            ("accessNotConfigured", "Switch it on"),
        ],
    )
    def test_a_drive_that_is_closed_is_said_with_its_cure_and_is_no_harm(
        self, emulator: SheetsEmulator, reason: str, cure: str
    ) -> None:
        emulator.add(KEY, {"Keyframes": [["frame", "subject"], [0, "cat"]]})
        emulator.drive.refusal = reason
        found = findings(KEY)
        assert found["Google Drive"].state == "note"
        assert found["Google Drive"].says.startswith("does not tell of changes, and takes no prev")
        assert cure in found["Google Drive"].cure
        assert code(found) == 0

    def test_a_sheet_that_is_closed_names_the_address(self, emulator: SheetsEmulator) -> None:
        emulator.add(KEY, {"Sheet1": []})
        emulator.forbid(KEY)
        found = findings(KEY)
        assert "is closed to" in found["sheet"].says
        assert f"add {BOT.email} as Editor" in found["sheet"].cure
        assert code(found) == 3

    def test_a_sheet_that_can_only_be_looked_at(self, emulator: SheetsEmulator) -> None:
        emulator.add(KEY, {"Keyframes": [["frame", "subject"], [0, "cat"]]})
        emulator.forbid(KEY, writes_only=True)
        found = findings(KEY)
        assert found["sheet"].state == "ok"
        assert f"add {BOT.email} as Editor" in found["writing"].cure
        assert found["rows"].state == "ok"
        assert code(found) == 3

    def test_a_sheet_without_a_cell(self, emulator: SheetsEmulator) -> None:
        emulator.add(KEY, {"Sheet1": []})
        found = findings(KEY)
        assert found["writing"].state == "ok"
        assert code(found) == 2


def test_previews_of_a_person_can_be_uploaded(emulator: SheetsEmulator) -> None:
    emulator.add(KEY, {"Keyframes": [["frame", "subject"], [0, "cat"]]})
    found = findings(KEY)["Google Drive"]
    assert found.state == "ok"
    assert found.says == (
        "tells when the sheet was changed, and previews can be uploaded (drive_previews)"
    )
