"""Markers in MIDI files."""

from __future__ import annotations

import io
import struct
from fractions import Fraction

import mido
import pytest

from sheetrender.cues.cue import CueError
from tests.cues.reading import moments, read


def midi(*messages: mido.MetaMessage, kind: int = 1, division: int = 480) -> bytes:
    file = mido.MidiFile(type=kind, ticks_per_beat=division, charset="utf-8")
    file.tracks.append(mido.MidiTrack(messages))
    stream = io.BytesIO()
    file.save(file=stream)
    return stream.getvalue()


def marker(text: str, time: int, kind: str = "marker") -> mido.MetaMessage:
    return mido.MetaMessage(kind, text=text, time=time)


def test_markers_and_cue_points_follow_the_tempo_map_exactly() -> None:
    content = midi(
        marker("Intro", 0),
        marker("Verse", 480),
        mido.MetaMessage("set_tempo", tempo=333_333, time=480),
        marker("Drop", 480, "cue_marker"),
        marker("End", 480),
    )
    third = Fraction(333_333, 1_000_000)
    assert moments(content) == [
        ("Intro", 0),
        ("Verse", Fraction(1, 2)),
        ("Drop", 1 + third),
        ("End", 1 + 2 * third),
    ]


def test_text_events_count_where_there_are_no_markers() -> None:
    assert moments(midi(marker("words", 960, "lyrics"))) == [("words", 1)]
    assert moments(midi(marker("words", 0, "text"), marker("M", 0))) == [("M", 0)]


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_names_are_read_in_either_encoding(encoding: str) -> None:
    content = midi(marker("XX", 0)).replace(b"\x02XX", b"\x00")
    name = "Säx".encode(encoding)
    event = b"\x00\xff\x06" + bytes([len(name)]) + name + b"\x00\xff\x2f\x00"
    content = content[:14] + b"MTrk" + struct.pack(">I", len(event)) + event
    assert moments(content) == [("Säx", 0)]


def test_smpte_time_counts_frames_of_a_second() -> None:
    content = bytearray(midi(marker("one second", 1000)))
    content[12:14] = struct.pack(">bB", -25, 40)
    assert moments(bytes(content)) == [("one second", 1)]


@pytest.mark.parametrize("cut", [10, 16, 30])
def test_a_damaged_file_is_refused_in_one_sentence(cut: int) -> None:
    with pytest.raises(CueError, match="damaged MIDI file"):
        read(midi(marker("Intro", 0), marker("Verse", 480))[:cut])


def test_a_file_without_markers_says_so() -> None:
    with pytest.raises(CueError, match="without any marker"):
        read(midi())


def test_a_file_of_several_songs_is_refused() -> None:
    with pytest.raises(CueError, match="type 2"):
        read(midi(marker("Intro", 0), kind=2))
