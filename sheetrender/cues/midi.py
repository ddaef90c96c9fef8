"""MIDI files: markers and cue points, which Ableton Live, Cubase and Logic export."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from sheetrender.cues.cue import Cue, CueError, CueFile

_KINDS = ("marker", "cue_marker")
_READ = frozenset({*_KINDS, "text", "lyrics", "set_tempo"})
_QUARTER = 500_000
"""Microseconds of a quarter note where a file sets no tempo: 120 beats per minute."""


def is_midi(content: bytes) -> bool:
    """Say whether it is a MIDI file."""
    return content.startswith(b"MThd")


def read_midi(content: bytes) -> CueFile:
    """Read the markers, or where there are none the text events, in seconds by the tempo map.

    Raises:
        CueError: it is damaged, or holds songs of their own instead of one.
    """
    # Imported here because most marker files are no MIDI.
    import mido

    try:
        midi = mido.MidiFile(file=io.BytesIO(content), clip=True)
    except (EOFError, OSError, ValueError, LookupError, TypeError) as error:
        reason = str(error) or "it ends too early"
        raise CueError(f"is a damaged MIDI file ({reason}). Export it again.") from error
    if midi.type == 2:
        raise CueError("is a MIDI file of type 2, with several songs. Export it as type 1.")
    if not midi.ticks_per_beat:
        raise CueError("is a damaged MIDI file: a beat has no ticks. Export it again.")
    events = list(_timed(_merged(midi.tracks), midi.ticks_per_beat))
    wanted = [event for event in events if event[1].type in _KINDS]
    wanted = wanted or events
    cues = [
        Cue(number=number, name=_decoded(message.text), start=seconds)
        for number, (seconds, message) in enumerate(wanted, start=1)
    ]
    return CueFile(kind="MIDI markers", cues=cues, unit="marker")


def _merged(tracks: Iterable[Iterable[Any]]) -> list[tuple[int, Any]]:
    """Return the events that matter with the ticks since the beginning, in their order.

    Not with mido's own function, which copies every event and takes seconds for many.
    """
    events = []
    for track in tracks:
        ticks = 0
        for message in track:
            ticks += message.time
            if message.type in _READ:
                events.append((ticks, message))
    return sorted(events, key=lambda event: event[0])


def _timed(events: Iterable[tuple[int, Any]], division: int) -> Iterator[tuple[Fraction, Any]]:
    """Yield texts with their exact moment; adding up floats would drift."""
    tempo, begun, before = _QUARTER, 0, Fraction(0)
    for ticks, message in events:
        if message.type == "set_tempo":
            before += _length(ticks - begun, division, tempo)
            tempo, begun = message.tempo, ticks
        elif before:
            yield before + _length(ticks - begun, division, tempo), message
        else:
            yield _length(ticks - begun, division, tempo), message


def _length(ticks: int, division: int, tempo: int) -> Fraction:
    if division > 0:
        return Fraction(ticks * tempo, division * 1_000_000)
    # SMPTE time: the high byte is minus the frames of a second, the low one ticks of a frame.
    frames, per_frame = -(division >> 8), division & 0xFF
    rate = Fraction(30000, 1001) if frames == 29 else Fraction(frames)
    return ticks / (rate * per_frame)


def _decoded(text: str) -> str:
    """Return a text as it was meant: mido takes every file for Latin-1, most are UTF-8."""
    try:
        return text.encode("latin-1").decode("utf-8").strip()
    except (UnicodeDecodeError, UnicodeEncodeError):
        return text.strip()
