"""What all tests share."""

from __future__ import annotations

import pytest

from sheetrender.reporting import sheet_reporter


@pytest.fixture(autouse=True)
def _short_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs of a dozen frames end at once; what the pause does has tests of its own."""
    monkeypatch.setattr(sheet_reporter, "PAUSE_SECONDS", 0.02)
