"""Curve: what a song does at each frame, as text for other tools or as a picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from sheetrender.audio.features import OF_TEMPO
from sheetrender.audio.listening import Listener, Source, open_source, song_beats
from sheetrender.audio.song import open_song, waveform
from sheetrender.audio.web_generator import web_levels
from sheetrender.model.cells import Findings
from sheetrender.model.curves import CurveRow
from sheetrender.model.errors import UsageError
from sheetrender.model.frames import Size
from sheetrender.model.keyframes import Settings
from sheetrender.model.timing import FrameRate
from sheetrender.output.whole_files import require_folder
from sheetrender.planning.curve_function import with_function
from sheetrender.planning.functions.function import Numbers
from sheetrender.planning.readers import LAST_FRAME
from sheetrender.planning.syntax import FormulaError
from sheetrender.planning.web_generator import js_number, web_csv, web_string, web_values

_DIGITS = 4
"""Behind the point: finer than any eye, and short enough for a schedule of a whole song."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveRequest:
    """What is wanted.

    Attributes:
        audio: the file.
        fps: frames per second, as written.
        row: what is listened for, and how it is shaped; its name says what messages call it.
        frames: how many, or None for as long as the file.
        compat: exactly as the well-known web page computes it; then only the function counts.
    """

    audio: Path
    fps: str
    row: CurveRow
    frames: int | None = None
    compat: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardCurve:
    """A curve and where it comes from.

    Attributes:
        values: shape (frames,); with `compat` some may be NaN.
        rate: frames per second.
        source: what was listened to, and for what.
        row: as asked for.
        compat: it is the web page's.
        notices: what should be known about it.
    """

    values: Numbers
    rate: FrameRate
    source: str
    row: CurveRow
    compat: bool
    notices: tuple[str, ...]

    def schedule(self) -> str:
        """Return the curve as a Deforum schedule."""
        if self.compat:
            return web_string(self.values.tolist())
        numbers = self.values.tolist()
        return ", ".join(f"{frame}: ({_short(value)})" for frame, value in enumerate(numbers))

    def csv(self) -> str:
        """Return the curve as lines; with `compat` values alone, as the web page has them."""
        if self.compat:
            return web_csv(self.values.tolist())
        lines = ["frame,seconds,value"]
        for frame, value in enumerate(self.values.tolist()):
            seconds = float(self.rate.seconds_at(frame))
            lines.append(f"{frame},{seconds:.6f},{_short(value)}")
        return "\n".join(lines)

    def as_json(self) -> dict[str, object]:
        """Return the form of ``curve --json``."""
        return {
            "fps": str(self.rate),
            "frames": len(self.values),
            "source": self.source,
            "feature": self.row.feature,
            "function": self.row.function,
            "compat": self.compat,
            "values": [v if math.isfinite(v) else None for v in self.values.tolist()],
        }


def _short(value: float) -> str:
    """Return a number as Deforum reads it: without exponent, and a point only where it needs one.

    Raises nothing: what is not finite never gets here.
    """
    rounded = round(value, _DIGITS) + 0.0
    return js_number(rounded) if abs(rounded) < 1e21 else f"{rounded:.0f}"


def hear(request: CurveRequest) -> HeardCurve:
    """Return the curve of a file with sound.

    Raises:
        UsageError: the file, the rate, the length or the function cannot be used.
        PartMissing: only ffmpeg could read it, and there is none.
    """
    try:
        rate = FrameRate.parse(request.fps)
    except ValueError as error:
        raise UsageError(
            f"--fps {request.fps!r} is not a frame rate. Write 24, 25, 29.97, 30 or 30000/1001."
        ) from error
    if not 1 <= rate.per_second <= 1000:
        raise UsageError(f"--fps {request.fps} is out of range. Write a rate from 1 to 1000.")
    if request.compat:
        return _as_the_web_page(request, rate)
    song = open_song(request.audio)
    frames = request.frames or rate.frames_covering(song.seconds)
    if frames > LAST_FRAME:
        raise UsageError(f"{frames:,} frames are too many. Give --frames, {LAST_FRAME:,} at most.")
    source = open_source(request.audio, request.row.stem, request.audio)
    notices = [f"{request.audio.name} {r.wrong}. {r.remedy}" for r in source.remarks]
    values = _with_function(request, rate, _heard(request, source, rate, frames))
    return HeardCurve(
        values=values,
        rate=rate,
        source=f"{source.label}, {request.row.feature}",
        row=request.row,
        compat=False,
        notices=tuple(notices),
    )


def _heard(request: CurveRequest, source: Source, rate: FrameRate, frames: int) -> Numbers:
    row = request.row
    beats = song_beats(request.audio) if row.feature in OF_TEMPO else None
    if row.feature in OF_TEMPO and beats is None:
        raise UsageError(f"{request.audio} has no beat that can be heard. Choose another feature.")
    return Listener(rate, frames).hear(source, row.feature, row.shape, beats)


def _with_function(request: CurveRequest, rate: FrameRate, values: Numbers) -> Numbers:
    findings = Findings()
    settings = Settings(rate=rate, size=Size(8, 8))
    if "b" in request.row.function:
        settings = Settings(rate=rate, size=Size(8, 8), beats=song_beats(request.audio))
    found = with_function(request.row, values, settings, findings)
    for problem in findings.problems:
        raise UsageError(str(problem))
    return found


def _as_the_web_page(request: CurveRequest, rate: FrameRate) -> HeardCurve:
    try:
        # The page takes the number as it is typed: 29.97 is no 30000/1001 there.
        fps = float(Fraction(request.fps.strip()))
        heard = web_levels(request.audio, fps)
        values = np.array(web_values(heard.values, request.row.function))
    except FormulaError as error:
        raise UsageError(
            f"--function {request.row.function!r} {error}, once the web page has put a number "
            f"in the place of its first x. {error.remedy}"
        ) from error
    late = len(heard.values) / fps - heard.window * len(heard.values) / _sample_rate(request.audio)
    notices = [
        f"As the web page has it: at the end of the song the curve is {1000 * late:.0f} ms "
        "behind the sound. Leave --compat out to have it in time."
    ]
    return HeardCurve(
        values=values,
        rate=rate,
        source=f"{request.audio.name}, as the web page",
        row=request.row,
        compat=True,
        notices=tuple(notices) if late > 0.5 / fps else (),
    )


def _sample_rate(audio: Path) -> int:
    return open_song(audio).sample_rate


def plot_curve(heard: HeardCurve, audio: Path, target: Path) -> None:
    """Draw a curve over its song into a PNG.

    Raises:
        UsageError: its name does not end in ``.png``, or it has no folder; nothing was written.
        RenderFailed: the picture cannot be written.
    """
    if target.suffix.lower() != ".png":
        raise UsageError(f"{target} does not end in .png. Give --plot a name that does.")
    require_folder(target)
    if not np.isfinite(heard.values).all():
        raise UsageError("The web page makes no numbers of silence. There is nothing to draw.")
    from sheetrender.output.plot import plot_curves

    plot_curves(
        target,
        channels={heard.row.function: heard.values},
        rate=heard.rate,
        waveform=waveform(audio, points=2000),
        song_seconds=open_song(audio).seconds,
        units={heard.row.function: heard.source},
        title=audio.name,
    )
