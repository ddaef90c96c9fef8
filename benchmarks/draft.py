"""Measure what a draft costs by the finished video: frames after the first, of one sheet.

    python benchmarks/draft.py                 a model of SD 1.5's own size: minutes on a processor
    python benchmarks/draft.py --scale tiny    a tiny model, whose frames cost little but the rest

768×432 in the sheet, 20 steps at strength 0.65, scale 7.5, no cadence: 7 calls of the UNet with
guidance for each frame. `run --draft` then takes half the size, half the steps and every second
frame.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

import openpyxl
from measuring import report
from random_models import Scale, saved_model

from sheetrender.model.events import FrameStored
from sheetrender.workflow.project import Request
from sheetrender.workflow.run import RunOptions, run

VALUES = {
    "engine": "diffusion",
    "model": "model",
    "width": 768,
    "height": 432,
    "steps": 20,
    "strength": 0.65,
    "scale": 7.5,
    "zoom": 1.02,
}
LIMIT = 0.1


def main() -> None:
    """Render the sheet and its draft, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", choices=("tiny", "sd15"), default="sd15")
    parser.add_argument("--frames", type=int, default=5, help="odd, as drafts draw pairs")
    asked = parser.parse_args()
    scale: Scale = asked.scale
    os.environ["HF_HUB_OFFLINE"] = "1"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        saved_model(folder / "model", scale)
        sheet = _sheet(folder / "my.xlsx", asked.frames)
        draft, full = (_seconds_a_frame(sheet, draft=draft) for draft in (True, False))
    value = f"1/{full / draft:.1f} ({draft:.2f} of {full:.2f} s)"
    report(
        "a frame of the draft, by one of the video",
        value,
        limit="a tenth",
        holds=draft / full <= LIMIT,
    )


def _sheet(path: Path, frames: int) -> Path:
    book = openpyxl.Workbook()
    tab = book.active
    assert tab is not None
    tab.title = "Keyframes"
    tab.append(["frame", "subject", "seed"])
    tab.append([0, "a lone astronaut on a red desert", 7])
    settings = book.create_sheet("Settings")
    for pair in (("name", "value"), *VALUES.items(), ("frames", frames)):
        settings.append(pair)
    book.save(path)
    return path


def _seconds_a_frame(sheet: Path, *, draft: bool) -> float:
    """Return what a frame takes behind the first, whose model has to be loaded."""
    request = Request(sheet=str(sheet), overrides={}, draft=draft)
    stored = [
        time.perf_counter()
        for event in run(request, RunOptions(video=False, status=False))
        if isinstance(event, FrameStored)
    ]
    return (stored[-1] - stored[0]) / (len(stored) - 1)


if __name__ == "__main__":
    main()
