"""The live page as the network sees it: a real server on a real socket."""

from __future__ import annotations

import http.client
import importlib.util
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from sheetrender.model.errors import PartMissing, SheetInvalid, UsageError
from sheetrender.rendering.folder import OutputFolder
from sheetrender.workflow import serve as serve_module
from sheetrender.workflow.moodboard import BoardOptions, moodboard
from sheetrender.workflow.project import Request
from sheetrender.workflow.run import RunOptions, run
from sheetrender.workflow.serve import ServeOptions, serve
from tests.emulator.server import SheetsEmulator
from tests.workflow.sheets import HEAD, ROWS, SMALL, edit, make_sheet, rendered, request

KEY = "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"
PATIENCE = 20.0
"""Seconds after which something does not come any more, on however busy a machine."""


class Caller:
    """Asks one server."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        assert parts.hostname
        assert parts.port
        self.host, self.port = parts.hostname, parts.port
        self.token = parts.query.removeprefix("token=")

    @contextmanager
    def open(
        self, path: str, method: str = "GET", **headers: str
    ) -> Iterator[http.client.HTTPResponse]:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)
        sent = {"Authorization": f"Bearer {self.token}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(connection):
            connection.request(method, path, headers=sent)
            with connection.getresponse() as answer:
                yield answer

    def ask(
        self, path: str, method: str = "GET", **headers: str
    ) -> tuple[int, bytes, Mapping[str, str]]:
        with self.open(path, method, **headers) as answer:
            return answer.status, answer.read(), {k.lower(): v for k, v in answer.getheaders()}

    def status(self, path: str, method: str = "GET", **headers: str) -> int:
        return self.ask(path, method, **headers)[0]

    @contextmanager
    def news(self) -> Iterator[Iterator[dict[str, Any]]]:
        with self.open("/events") as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            lines = (line for line in answer if line.startswith(b"data: "))
            yield (json.loads(line.removeprefix(b"data: ")) for line in lines)


@contextmanager
def served(sheet: Path, **options: Any) -> Iterator[Caller]:
    with serve(request(sheet), ServeOptions(**options)) as page:
        yield Caller(page.address)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return make_sheet(tmp_path / "my.xlsx")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sheet whose video is made; nobody may change it."""
    sheet = make_sheet(tmp_path_factory.mktemp("finished") / "my.xlsx")
    rendered(sheet, video=True)
    return sheet


def until(news: Iterator[dict[str, Any]], phase: str) -> dict[str, Any]:
    begun = time.monotonic()
    for told in news:
        if told["phase"] == phase:
            return told
        assert time.monotonic() - begun < PATIENCE
    raise AssertionError("the server ended the news")


def test_before_the_first_run_the_page_shows_the_plan_and_waits(sheet: Path) -> None:
    before = sheet.read_bytes()
    with served(sheet) as caller, caller.news() as news:
        status, page, headers = caller.ask("/")
        told = next(news)
    assert status == 200
    assert b"a red fox, orange forest" in page
    assert "text/html" in headers["content-type"]
    assert (told["phase"], told["is_whole"], told["pictures"]) == ("waiting", True, [])
    assert told["rows"] == {str(n): ["queued", "0/8", ""] for n in range(3)}
    assert sheet.read_bytes() == before
    assert not (sheet.parent / "renders").exists()


def test_before_the_first_run_it_shows_the_pictures_of_the_mood_board(sheet: Path) -> None:
    list(moodboard(request(sheet), BoardOptions()))
    with served(sheet) as caller, caller.news() as news:
        assert next(news)["pictures"] == [[0, 0], [8, 8], [16, 16]]
        assert caller.status("/frame/8") == 200


def test_a_finished_frame_is_told_of_soon_after_it_landed_in_the_journal(sheet: Path) -> None:
    with served(sheet) as caller, caller.news() as news:
        assert next(news)["phase"] == "waiting"
        list(run(request(sheet), RunOptions(frames=(0, 0), video=False)))
        landed = time.monotonic()
        told = next(told for told in news if told["landed"])
        # A second on a machine that has nothing else to do; tests run beside other tests.
        assert time.monotonic() - landed < 5.0
    assert told["landed"] == [0]


@pytest.mark.slow
def test_while_a_run_goes_on_rows_and_pace_are_told_and_at_the_end_the_video(sheet: Path) -> None:
    with served(sheet) as caller, caller.news() as news:
        command = [sys.executable, "-m", "sheetrender", "run", str(sheet)]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as other:
            landed: set[int] = set()
            for told in news:
                landed |= set(told["landed"])
                if told["phase"] == "done" and told["video"]:
                    break
            assert other.wait(PATIENCE) == 0
        assert landed == set(range(24))
        assert caller.ask("/video")[0] == 200


@pytest.mark.slow
def test_who_comes_late_sees_how_it_stands(finished: Path) -> None:
    with served(finished) as caller, caller.news() as news:
        told = next(news)
    assert told["phase"] == "done"
    assert told["done"] == [[0, 23]]
    assert [said[0] for said in told["rows"].values()] == ["done"] * 3


def test_a_row_that_was_changed_since_is_stale(sheet: Path) -> None:
    rendered(sheet)
    edit(sheet, B4="a blue hill")
    with served(sheet) as caller, caller.news() as news:
        told = next(news)
    assert told["phase"] == "waiting"
    assert [said[0] for said in told["rows"].values()] == ["done", "done", "stale"]


def test_the_plan_of_the_next_run_replaces_what_was_read_at_the_start(sheet: Path) -> None:
    with served(sheet) as caller, caller.news() as news:
        before = next(news)["plan"]
        edit(sheet, B2="a grey wolf")
        rendered(sheet)
        told = until(news, "done")
        page = caller.ask("/")[1]
    assert told["plan"] != before
    assert b"a grey wolf, orange forest" in page


def test_a_sheet_that_is_gone_after_the_start_is_not_missed(sheet: Path) -> None:
    with served(sheet) as caller:
        sheet.unlink()
        assert caller.status("/") == 200


def test_a_google_sheet_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with ExitStack() as page:
        with SheetsEmulator() as emulator:
            monkeypatch.setenv("SHEETS_EMULATOR_HOST", emulator.host)
            settings = [("name", "value"), *SMALL.items()]
            tabs = {"Keyframes": [HEAD, *ROWS], "Settings": settings}
            book = emulator.add(KEY, tabs, title="my video")
            emulator.allow_writes_only(book, headings=(), tab="Keyframes")
            asked = Request(sheet=KEY, overrides={})
            shown = page.enter_context(serve(asked, ServeOptions()))
            assert emulator.violations == []
        caller = Caller(shown.address)
        with caller.news() as news:
            assert next(news)["phase"] == "waiting"
        assert b"a red fox, orange forest" in caller.ask("/")[1]


def test_problems_of_the_sheet_are_shown(sheet: Path) -> None:
    edit(sheet, D3="abc")
    with served(sheet) as caller, caller.news() as news:
        assert next(news)["rows"]["1"][0] == "invalid"
        assert b"is not a whole number" in caller.ask("/")[1]


def test_a_sheet_without_any_row_has_no_page(tmp_path: Path) -> None:
    sheet = make_sheet(tmp_path / "my.xlsx", [], head=HEAD)
    with pytest.raises(SheetInvalid), served(sheet):
        pass


def test_pictures_come_by_number_and_the_video_in_ranges(finished: Path) -> None:
    folder = OutputFolder(finished.parent / "renders" / "my")
    video = folder.video.read_bytes()
    with served(finished) as caller:
        assert caller.ask("/frame/5")[1] == (folder.frames / "000005.png").read_bytes()
        assert caller.ask("/thumb/5")[1].startswith(b"\xff\xd8")
        assert caller.status("/frame/24") == 404
        status, part, headers = caller.ask("/video", Range="bytes=100-299")
        assert caller.ask("/video", "HEAD")[1] == b""
    assert (status, part) == (206, video[100:300])
    assert headers["content-range"] == f"bytes 100-299/{len(video)}"


@pytest.mark.parametrize("path", ["/", "/events", "/frame/0", "/thumb/0", "/video", "/none"])
def test_without_the_token_nothing_is_answered(finished: Path, path: str) -> None:
    with served(finished) as caller:
        for word in ("Bearer wrong", f"Bearer {caller.token[:-1]}", ""):
            status, text, _ = caller.ask(path, Authorization=word)
            assert (status, caller.token.encode() in text) == (401, False)
        assert caller.status("/?token=wrong", Authorization="") == 401


def test_the_address_lets_in_and_its_cookie_from_then_on(finished: Path) -> None:
    with served(finished) as caller:
        _, _, headers = caller.ask(f"/?token={caller.token}", Authorization="")
        cookie = headers["set-cookie"]
        assert caller.status("/video", Authorization="", Cookie=cookie.split(";")[0]) == 200
        # The address of a picture or of the video is nothing that lets in.
        assert caller.status(f"/video?token={caller.token}", Authorization="") == 401
    assert {"httponly", "samesite=strict"} <= {p.strip().lower() for p in cookie.split(";")}


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "192.0.2.1"])
def test_a_foreign_host_is_refused(finished: Path, host: str) -> None:
    with served(finished) as caller:
        assert caller.status("/", Host=host) == 400
        assert caller.status("/frame/0", Host=host) == 400


def test_a_post_is_refused_and_from_another_page_as_well(finished: Path) -> None:
    with served(finished) as caller:
        for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
            assert caller.status("/", method) == 405
            assert caller.status("/frame/0", method, Origin="https://evil.example") == 403
        assert caller.status("/events", Origin="https://evil.example") == 403


@pytest.mark.parametrize(
    "path",
    [
        "/../my.xlsx",
        "/frame/../../my.xlsx",
        "/frame/..%2f..%2fjournal.sqlite",
        "/frame/%2e%2e/%2e%2e/plan.json",
        "/frame/000000.png",
        "/frame/-1",
        "/frame/1%00",
        "/frame//etc/passwd",
        "//etc/passwd",
        "/frames/000000.png",
        "/journal.sqlite",
        "/plan.json",
        "/video/../plan.json",
        "/video.mp4",
        "/frame/99999999999999999999999999",
    ],
)
def test_no_path_opens_a_file(finished: Path, path: str) -> None:
    with served(finished) as caller:
        assert caller.status(path) == 404


def test_every_answer_is_sealed(finished: Path) -> None:
    with served(finished) as caller:
        answers = [caller.ask(path)[2] for path in ("/", "/frame/0", "/video", "/none")]
        answers += [caller.ask("/", Authorization="")[2], caller.ask("/", "POST")[2]]
    for headers in answers:
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "server" not in headers


def test_it_has_the_same_address_after_it_was_ended(sheet: Path) -> None:
    with serve(request(sheet), ServeOptions()) as page, Caller(page.address).news() as news:
        first = page.address
        next(news)
    with serve(request(sheet), ServeOptions()) as page:
        assert page.address == first


def test_a_port_that_is_taken_is_one_sentence(sheet: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = pytest.raises(UsageError, match=f"Port {port} is taken .*--port")
        with refused, served(sheet, port=port):
            pass


def test_a_host_that_is_no_address_of_this_machine_is_one_sentence(sheet: Path) -> None:
    refused = pytest.raises(UsageError, match="is no address of this machine")
    with refused, served(sheet, host="192.0.2.1"):
        pass


def test_an_address_that_others_reach_is_warned_about(sheet: Path) -> None:
    with serve(request(sheet), ServeOptions(host="0.0.0.0")) as page:
        (warning,) = page.warnings
        assert "other machines reach the page" in warning
    with serve(request(sheet), ServeOptions()) as page:
        assert not page.warnings


def test_without_the_extra_it_says_what_to_install(
    sheet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> object:
        return None if name == "uvicorn" else importlib.util.find_spec(name)

    monkeypatch.setattr(serve_module, "find_spec", missing)
    refused = pytest.raises(PartMissing, match=r'pip install "sheetrender\[dashboard\]"')
    with refused as error, served(sheet):
        pass
    assert error.value.exit_code == 4


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal for one process")
def test_ctrl_c_ends_it_with_one_sentence_while_somebody_looks_on(sheet: Path) -> None:
    command = [sys.executable, "-m", "sheetrender", "serve", str(sheet)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        address = server.stderr.readline().split()[-1]
        assert server.stderr.readline() == "Ctrl-C ends it.\n"
        with Caller(address).news() as news:
            next(news)
            server.send_signal(signal.SIGINT)
            try:
                _, said = server.communicate(timeout=PATIENCE)
            finally:
                server.kill()
    assert said == "The page is closed; a run that goes on is not touched.\n"
    assert server.returncode == 130
