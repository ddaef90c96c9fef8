"""A small copy of a video, for a page that is sent by mail."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from pathlib import Path

from sheetrender.output.codecs import LOCAL
from sheetrender.output.ffmpeg import command_of, load_builder, started

_BYTES = 2_600_000
"""Of the copy: as text in a page it is a third more, and a page is to stay below 5 MB."""
_PIXELS = 320  # of the longer side
_RATE = 15
_SOUND = 32_000  # bits per second
_LEAST, _MOST = 30_000, 400_000  # bits per second of the picture


def small_copy(video: Path, seconds: Fraction, *, has_sound: bool) -> bytes:
    """Return a copy in H.264 with 15 pictures a second, at most 320 pixels wide or high.

    Args:
        video: to copy; it is only read.
        seconds: its length, > 0.
        has_sound: the song is copied as well.

    Raises:
        EncodingFailed: ffmpeg failed.
        PartMissing: there is no ffmpeg, or it lacks a codec.
    """
    sound = _SOUND if has_sound else 0
    bits = round(_BYTES * 8 / seconds) - sound
    bits = min(_MOST, max(_LEAST, bits * 9 // 10))
    build = load_builder()
    source = build.input(str(video.absolute()), **LOCAL)
    picture = (
        source["v:0"]
        .filter("fps", _RATE)
        .filter("scale", f"if(gt(iw,ih),{_PIXELS},-2)", f"if(gt(iw,ih),-2,{_PIXELS})")
        .filter("format", "yuv420p")
    )
    options = {
        "c:v": "libx264",
        "preset": "superfast",
        "crf": "33",
        "maxrate": str(bits),
        "bufsize": str(bits),
        "g": str(_RATE),  # a whole picture each second, so that seeking is quick
        "movflags": "+faststart",
        "f": "mp4",
    }
    streams = [picture, source["a:0"]] if has_sound else [picture]
    heard = {"c:a": "aac", "ac": "1", "b:a": str(sound)} if has_sound else {}
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "small.mp4"
        command = command_of(build.output(*streams, str(target), **options, **heard))
        with started(command) as child:
            child.finish(f"copy {video}")
        return target.read_bytes()
