"""MIDI files: markers and cue points, which Ableton Live, Cubase and Logic export."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from sheetrender.cues.cue import Cue, CueError, CueFile

_KINDS = ("marker", "cue_marker")
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
        messages = list(_timed(mido.merge_tracks(midi.tracks, skip_checks=True), midi))
    except CueError:
        raise
    except (EOFError, OSError, ValueError, LookupError, TypeError) as error:
        reason = str(error) or "it ends too early"
        raise CueError(f"is a damaged MIDI file ({reason}). Export it again.") from error
    wanted = [pair for pair in messages if pair[1].type in _KINDS]
    wanted = wanted or [pair for pair in messages if pair[1].type in ("text", "lyrics")]
    cues = [
        Cue(number=number, name=_decoded(message.text), start=seconds)
        for number, (seconds, message) in enumerate(wanted, start=1)
    ]
    return CueFile(kind="MIDI markers", cues=cues, unit="marker")


def _timed(messages: Iterable[Any], midi: Any) -> Iterator[tuple[Fraction, Any]]:
    """Yield meta messages with their exact moment; adding up floats would drift."""
    if midi.type == 2:
        raise CueError("is a MIDI file of type 2, with several songs. Export it as type 1.")
    division = midi.ticks_per_beat
    if not division:
        raise CueError("is a damaged MIDI file: a beat has no ticks. Export it again.")
    tempo, ticks, before = _QUARTER, 0, Fraction(0)
    for message in messages:
        ticks += message.time
        if message.is_meta and message.type in (*_KINDS, "text", "lyrics", "set_tempo"):
            moment = before + _length(ticks, division, tempo)
            if message.type == "set_tempo":
                tempo, ticks, before = message.tempo, 0, moment
            else:
                yield moment, message


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
