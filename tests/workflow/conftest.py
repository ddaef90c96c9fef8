"""What tests of the verbs share."""

from __future__ import annotations

import pytest

from tests.emulator.server import SheetsEmulator


@pytest.fixture
def emulator(emulator: SheetsEmulator, monkeypatch: pytest.MonkeyPatch) -> SheetsEmulator:
    """Open every Google Sheet in the emulator."""
    monkeypatch.setenv("SHEETS_EMULATOR_HOST", emulator.host)
    return emulator
