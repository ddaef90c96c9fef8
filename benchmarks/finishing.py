"""Measure what finishing costs against plain ffmpeg with the same filters, in one run.

    python benchmarks/finishing.py [FRAMES [TURNS]]      600 and 3 without a word

Frames of 768×432 become a 1080p h264 video: lanczos, a colour table, sharpness, grain. The plain
command line is the one that a person would write by hand, with ffmpeg's own noise. Both run by
turns; the quickest of each count.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from measuring import report

from sheetrender.model.frames import Size
from sheetrender.model.programs import find_ffmpeg
from sheetrender.model.timing import FrameRate
from sheetrender.output.finish import Finish
from sheetrender.output.video import encode_frames

RATE = FrameRate(Fraction(30))
LEAST = 0.95


def main() -> None:
    """Measure with and without grain."""
    given = [int(word) for word in sys.argv[1:]]
    count, turns = (*given, *(600, 3)[len(given) :])
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        _draw(room, count)
        table = _table(room / "look.cube")
        # The table comes first, as with us: that is the quicker order.
        start = f"format=gbrp16le,lut3d=file={table}:interp=tetrahedral,"
        start += "scale=1920:1080:flags=lanczos+accurate_rnd+full_chroma_int:"
        start += "out_color_matrix=bt709:out_range=tv,format=yuv420p,unsharp=5:5:0.3:5:5:0"
        for what, grain, more in (
            ("without grain", 0.0, ""),
            ("with grain", 2.0, ",noise=c0s=9:c0f=t"),
        ):
            finish = Finish(size=Size(1920, 1080), lut=table, sharpen=0.3, grain=grain)
            _compare(room, count, turns, what, finish, start + more)


def _compare(room: Path, count: int, turns: int, what: str, finish: Finish, filters: str) -> None:
    def ours() -> None:
        for _ in encode_frames(room, count, RATE, room / "ours.mp4", finish=finish):
            pass

    def plain() -> None:
        command = [find_ffmpeg(), "-v", "error", "-nostdin", "-y", "-framerate", "30"]
        command += ["-i", str(room / "%06d.png"), "-vf", filters, "-c:v", "libx264"]
        command += ["-preset", "faster", "-crf", "18", str(room / "plain.mp4")]
        subprocess.run(command, check=True)

    took = [(_seconds(plain), _seconds(ours)) for _ in range(turns)]
    quickest = [min(column) for column in zip(*took, strict=True)]
    ratio = quickest[0] / quickest[1]
    value = f"{ratio:.2f}× ({count / quickest[1]:.1f} frames/s)"
    claim = f"finishing to 1080p {what}, speed of plain ffmpeg's"
    report(claim, value, limit=f"at least {LEAST}×", holds=ratio >= LEAST)


def _seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _draw(folder: Path, count: int) -> None:
    rng = np.random.default_rng(1)
    ground = cv2.GaussianBlur(rng.integers(0, 256, (432, 1200, 3), np.uint8), (0, 0), 12)
    ground = cv2.normalize(ground, None, 0, 255, cv2.NORM_MINMAX)  # type: ignore[call-overload]
    for number in range(count):
        left = number * 3 % 400
        cv2.imwrite(str(folder / f"{number:06d}.png"), ground[:, left : left + 768])


def _table(path: Path, size: int = 33) -> Path:
    steps = np.linspace(0, 1, size)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    colours = np.stack([red.ravel() ** 0.9, green.ravel(), blue.ravel() ** 1.1], axis=1)
    rows = "\n".join(f"{r:.6f} {g:.6f} {b:.6f}" for r, g, b in colours)
    path.write_text(f"LUT_3D_SIZE {size}\n{rows}\n")
    return path


if __name__ == "__main__":
    main()
