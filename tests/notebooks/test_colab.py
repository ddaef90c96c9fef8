"""The notebook for Colab, cell by cell: a faked `google.colab`, the emulator, real processes."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Template
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.emulator.book import Book
from tests.emulator.server import SheetsEmulator

ROOT = Path(__file__).parents[2]
NOTEBOOK = json.loads((ROOT / "notebooks/colab.ipynb").read_text("utf-8"))
CODE = ["".join(cell["source"]) for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]

KEY = "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"
OURS = ("row_id", "status", "progress", "message", "preview", "updated")
ROWS = [
    ["frame", "subject", "seed", "cut", "zoom"],
    [0, "a red fox", 1, None, 1.01],
    [8, "a blue whale", None, "yes", "1 + 0.01*sin(t)"],
    [16, "a green hill", -1, "yes", 1.02],
]
SETTINGS = [["name", "value"], ["width", 64], ["height", 32], ["frames", 24]]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Colab's shell is that of Linux")


class Colab:
    """A machine of Colab, whose /content is a folder of the test, and the Drive that outlives it.

    Attributes:
        signed_in: how often somebody signed in.
        secrets: of the person.
    """

    def __init__(self, folder: Path) -> None:
        self.content = folder / "content"
        self.signed_in = 0
        self.secrets: dict[str, str] = {}
        self._drive = folder / "drive of the person"
        self._drive.mkdir()

    def module(self) -> ModuleType:
        colab = ModuleType("google.colab")
        vars(colab).update(
            auth=SimpleNamespace(authenticate_user=self._authenticate),
            drive=SimpleNamespace(mount=self._mount),
            userdata=SimpleNamespace(get=self.secrets.__getitem__),
        )
        return colab

    def _authenticate(self) -> None:
        self.signed_in += 1

    def _mount(self, place: str) -> None:
        Path(place).mkdir(parents=True, exist_ok=True)
        my_drive = Path(place) / "MyDrive"
        if not my_drive.exists():
            my_drive.symlink_to(self._drive, target_is_directory=True)

    def on_drive(self) -> dict[str, bytes]:
        """Return every file of the Drive by its name."""
        folder = self._drive / "sheetrender/my video"
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }

    def lose_machine(self) -> None:
        os.chdir(self._drive)
        shutil.rmtree(self.content)

    def run_all(self, **form: object) -> str:
        """Execute the notebook's cells in their order, and return what the commands printed."""
        said: list[str] = []
        names: dict[str, Any] = {"_shell": lambda line: said.append(shell(line, names))}
        for cell in CODE:
            cell = cell.replace("/content", self.content.as_posix())
            for name, value in form.items():
                cell = re.sub(
                    rf"^{name} = .*(?=  # @param)", f"{name} = {value!r}", cell, flags=re.M
                )
            exec(compile(plain(cell), "cell", "exec"), names)
        return "".join(said)


def plain(cell: str) -> str:
    """Return a cell as Python: shell lines become calls, the installation is left out."""
    assert "%" not in re.sub(r"^%pip install .*$", "", cell, flags=re.M)
    cell = re.sub(r"^%pip install .*$", "pass", cell, flags=re.M)
    return re.sub(r"^!(.*)$", lambda line: f"_shell({line[1]!r})", cell, flags=re.M)


def shell(line: str, names: dict[str, Any]) -> str:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    process = subprocess.run(
        Template(line).substitute(names),
        shell=True,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stdout
    return process.stdout


@pytest.fixture
def colab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Colab:
    monkeypatch.chdir(tmp_path)
    colab = Colab(tmp_path)
    monkeypatch.setitem(sys.modules, "google.colab", colab.module())
    return colab


@pytest.fixture
def book(monkeypatch: pytest.MonkeyPatch) -> Iterator[Book]:
    with SheetsEmulator() as emulator:
        monkeypatch.setenv("SHEETS_EMULATOR_HOST", emulator.host)
        book = emulator.add(KEY, {"Keyframes": ROWS, "Settings": SETTINGS}, title="my sheet")
        emulator.allow_writes_only(book, headings=OURS, tab="Keyframes")
        yield book
        assert emulator.violations == []


def statuses(book: Book) -> list[object]:
    return [book.tab("Keyframes").value(row, len(ROWS[0]) + 2) for row in (2, 3, 4)]


@pytest.mark.slow
def test_run_all_makes_the_video_goes_on_and_draws_what_was_edited(
    colab: Colab, book: Book
) -> None:
    address = f"https://docs.google.com/spreadsheets/d/{KEY}/edit#gid=0"
    said = colab.run_all(SHEET=address)
    first = colab.on_drive()
    assert "3 rows are ready: 24 frames" in said
    assert colab.signed_in == 1
    assert statuses(book) == ["done"] * 3
    # One file for each segment and the video: nothing is there for each frame.
    segments = [
        f"segments/{name}.zip" for name in ("000000-000007", "000008-000015", "000016-000023")
    ]
    assert sorted(first) == [*segments, "video.mp4"]
    local = colab.content / "renders/my video"
    assert len(list(local.glob("frames/*.png"))) == 24
    assert first["video.mp4"] == (local / "video.mp4").read_bytes()

    colab.lose_machine()
    said = colab.run_all(SHEET=address)
    assert "24 frames came back" in said
    assert "All 24 frames are there" in said
    assert colab.on_drive() == first

    colab.lose_machine()
    book.set("Keyframes", 3, 2, "a black cat")
    said = colab.run_all(SHEET=address)
    assert "16 of 24 frames are there; 8 to draw" in said
    changed = {name for name, data in colab.on_drive().items() if first.get(name) != data}
    assert changed == {segments[1], "video.mp4"}
    assert statuses(book) == ["done"] * 3


def test_a_service_account_comes_from_the_secrets(
    colab: Colab, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "SHEETRENDER_CREDENTIALS_JSON"
    monkeypatch.setenv(name, "")
    colab.secrets[name] = "{}"
    names: dict[str, Any] = {}
    sign_in = next(cell for cell in CODE if "userdata" in cell)
    sign_in = sign_in.replace("/content", colab.content.as_posix())
    exec(sign_in.replace("SERVICE_ACCOUNT = False", "SERVICE_ACCOUNT = True"), names)
    assert os.environ[name] == "{}"
    assert colab.signed_in == 0


def test_the_notebook_is_clean() -> None:
    assert (NOTEBOOK["nbformat"], NOTEBOOK["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in NOTEBOOK["cells"]}) == len(NOTEBOOK["cells"])
    for cell in NOTEBOOK["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None
