"""What all tests share."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from sheetrender.reporting import sheet_reporter
from tests.emulator.server import SheetsEmulator


@pytest.fixture(autouse=True, scope="session")
def _heeds_ctrl_c() -> None:
    """Let what tests start be interrupted: a shell has programs in its background ignore it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _short_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs of a dozen frames end at once; what the pause does has tests of its own."""
    monkeypatch.setattr(sheet_reporter, "PAUSE_SECONDS", 0.02)


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what tests hear away from what the person's own songs sound like."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHEETRENDER_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def emulator() -> Iterator[SheetsEmulator]:
    """Stand in for Google, and hold what was written against its rules."""
    with SheetsEmulator() as running:
        yield running
        assert running.violations == []
