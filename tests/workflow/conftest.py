"""What tests of the verbs share: Google as it is reached over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.emulator.server import SheetsEmulator


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[SheetsEmulator]:
    """Open every Google Sheet in the emulator, and hold what is written against its rules."""
    with SheetsEmulator() as running:
        monkeypatch.setenv("SHEETS_EMULATOR_HOST", running.host)
        yield running
        assert running.violations == []
