"""Marker files of 100,000 markers, format by format: from a file to frames of the song.

What counts is the processor's time. Beside it stands that of the whole command `sheetrender
markers`, from its start to the last of the lines that it prints.

Run with: python benchmarks/markers.py
"""

from __future__ import annotations

import io
import struct
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from measuring import best, report

from sheetrender.model.timing import FrameRate, format_timecode
from sheetrender.workflow.markers import Asked, find_markers

COUNT = 100_000
RATE = FrameRate.parse("30")
LABELS = [format_timecode(7 * n, RATE) for n in range(COUNT)]


def _clock(number: int) -> str:
    seconds = number * 7 / 30
    return f"{int(seconds) // 3600:02d}:{int(seconds) // 60 % 60:02d}:{seconds % 60:06.3f}"


def premiere() -> bytes:
    """Return Premiere's .csv."""
    head = "Marker Name\tDescription\tIn\tOut\tDuration\tMarker Type\t\r\n"
    rows = (
        f"name {n}\tcomment {n}\t{label}\t{label}\t00:00:00:00\tComment\t\r\n"
        for n, label in enumerate(LABELS)
    )
    return (head + "".join(rows)).encode("utf-16")


def edl() -> bytes:
    """Return Resolve's marker EDL."""
    rows = (
        f"{n:03d}  001      V     C        {label} {label} {label} {label}\r\n"
        f" |C:ResolveColorBlue |M:name {n} |D:1\r\n\r\n"
        for n, label in enumerate(LABELS)
    )
    return ("TITLE: song\r\nFCM: NON-DROP FRAME\r\n\r\n" + "".join(rows)).encode()


def edit_index() -> bytes:
    """Return Resolve's Edit Index."""
    rows = (f'"{n}","{label}","{label}","","note {n}"\n' for n, label in enumerate(LABELS))
    return ('"#","Record In","Record Out","Name","Notes"\n' + "".join(rows)).encode()


def xmeml() -> bytes:
    """Return a Final Cut Pro XML."""
    rows = (
        f"<marker><comment>c {n}</comment><name>n {n}</name><in>{7 * n}</in><out>-1</out></marker>"
        for n in range(COUNT)
    )
    head = "<xmeml version='4'><sequence><rate><timebase>30</timebase><ntsc>FALSE</ntsc></rate>"
    return f"{head}{''.join(rows)}</sequence></xmeml>".encode()


def fcpxml() -> bytes:
    """Return an FCPXML of one long clip."""
    rows = (f'<marker start="{7 * n}/30s" value="name {n}"/>' for n in range(COUNT))
    return (
        '<fcpxml version="1.10"><sequence><spine><gap offset="0s" start="0s">'
        f"{''.join(rows)}</gap></spine></sequence></fcpxml>"
    ).encode()


def audacity() -> bytes:
    """Return Audacity's labels."""
    rows = (f"{n * 7 / 30:.6f}\t{n * 7 / 30:.6f}\tname {n}\n" for n in range(COUNT))
    return "".join(rows).encode()


def srt() -> bytes:
    """Return subtitles."""
    times = [_clock(n).replace(".", ",") for n in range(COUNT + 1)]
    rows = (f"{n + 1}\n{times[n]} --> {times[n + 1]}\nline {n}\n\n" for n in range(COUNT))
    return "".join(rows).encode()


def aegisub() -> bytes:
    """Return a script of Aegisub whose lines are karaoke."""
    rows = (
        f"Dialogue: 0,{clock[1:-1]},{clock[1:-1]},Default,,0,0,0,,{{\\k20}}li{{\\k30}}ne {n}\n"
        for n, clock in enumerate(_clock(number) for number in range(COUNT))
    )
    return ("[Script Info]\n\n[Events]\n" + "".join(rows)).encode()


def retimed() -> bytes:
    """Return an FCPXML whose markers stand in a clip that plays at half speed."""
    rows = "".join(f'<marker start="{n}/30s" value="name {n}"/>' for n in range(COUNT))
    points = '<timept time="0s" value="0s"/><timept time="20000s" value="10000s"/>'
    clip = f'<asset-clip offset="0s" duration="10000s">{rows}</asset-clip>'
    return (
        '<fcpxml version="1.11"><resources><format id="r1" frameDuration="1/30s"/></resources>'
        '<sequence format="r1"><spine><sync-clip offset="0s" duration="20000s">'
        f"<timeMap>{points}</timeMap>{clip}</sync-clip></spine></sequence></fcpxml>"
    ).encode()


def lrc() -> bytes:
    """Return lyrics; minutes of LRC end at 999, so the lines stand closer."""
    rows = (f"[{n // 1000:02d}:{n % 1000 * 0.06:05.2f}]line {n}\n" for n in range(COUNT))
    return "".join(rows).encode()


def table() -> bytes:
    """Return a table of names and times."""
    rows = (f"name {n},{_clock(n)}\n" for n in range(COUNT))
    return ("name,time\n" + "".join(rows)).encode()


def midi() -> bytes:
    """Return a MIDI file; one marker is a delta, the type and seven letters."""
    events = b"".join(b"\x60\xff\x06" + bytes([len(name)]) + name for name in _names())
    track = events + b"\x00\xff\x2f\x00"
    return (
        b"MThd"
        + struct.pack(">IHHH", 6, 0, 1, 480)
        + b"MTrk"
        + struct.pack(">I", len(track))
        + track
    )


def wav() -> bytes:
    """Return a WAV file without sound, with labelled cue points."""
    points = b"".join(struct.pack("<II4sIII", n, 0, b"data", 0, 0, n * 1600) for n in range(COUNT))
    labels = io.BytesIO()
    for n, name in enumerate(_names()):
        body = struct.pack("<I", n) + name + b"\0"
        labels.write(_chunk(b"labl", body))
    body = (
        b"WAVE"
        + _chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 48000, 96000, 2, 16))
        + _chunk(b"cue ", struct.pack("<I", COUNT) + points)
        + _chunk(b"LIST", b"adtl" + labels.getvalue())
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _names() -> list[bytes]:
    return [f"name {n}".encode() for n in range(COUNT)]


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


FORMATS: dict[str, Callable[[], bytes]] = {
    "Premiere .csv": premiere,
    "Resolve EDL": edl,
    "Resolve Edit Index": edit_index,
    "Final Cut Pro XML": xmeml,
    "FCPXML": fcpxml,
    "Audacity": audacity,
    "FCPXML at half speed": retimed,
    "SRT": srt,
    "Aegisub": aegisub,
    "LRC": lrc,
    "table of names and times": table,
    "MIDI": midi,
    "WAV": wav,
}


def reading(path: Path) -> float:
    """Return the seconds that the processor takes to read a file and place its markers."""
    started = time.process_time()
    found = find_markers(Asked(files=[path], fps="30"))
    assert len(found.markers) == COUNT
    return time.process_time() - started


def main() -> None:
    """Measure each: the best of five readings and of three commands."""
    with tempfile.TemporaryDirectory() as folder:
        for name, made in FORMATS.items():
            path = Path(folder) / "markers"
            path.write_bytes(made())
            seconds = min(reading(path) for _ in range(5))
            cost = best(3, "markers", path, "--fps", "30")
            claim = f"{COUNT:,} markers, {name}"
            value = f"{seconds:.2f} s ({cost.processor:.2f} s)"
            report(claim, value, limit="under 2 s", holds=seconds < 2)


if __name__ == "__main__":
    main()
