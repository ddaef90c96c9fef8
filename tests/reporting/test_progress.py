from __future__ import annotations

import io

import pytest

from sheetrender.model.events import FetchProgress, FrameStored, RenderStarted
from sheetrender.reporting import progress
from sheetrender.reporting.progress import ProgressDisplay


def test_a_model_that_comes_over_the_network_is_counted_in_megabytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stream, now = io.StringIO(), [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    with ProgressDisplay(stream) as display:
        for seconds, done in ((0, 0), (6, 120_000_000), (8, 130_000_000), (60, 4_270_100_000)):
            now[0] = float(seconds)
            display.show(FetchProgress("someone/film", done, 4_270_100_000))
        display.show(RenderStarted(2, 0, (0, 1)))
        now[0] = 64.0
        display.show(FrameStored(0))
        now[0] = 70.0
        display.show(FrameStored(1))
    assert stream.getvalue().splitlines() == [
        "Fetching someone/film (MB) 120/4271: 20.0 MB/s, 3 min 28 s left",
        "Fetching someone/film (MB) 4271/4271: 71.2 MB/s",
        "Drawing 2/2: 5.0 s/frame",
    ]
