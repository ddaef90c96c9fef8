"""Where the beats of a video fall: as the settings say, else markers, else the song itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from sheetrender.model.beats import BEATS_PER_BAR, Beats
from sheetrender.model.cells import Findings, Workbook
from sheetrender.model.curves import CurveRow
from sheetrender.model.keyframes import Settings
from sheetrender.model.timing import parse_timecode
from sheetrender.planning import readers
from sheetrender.planning.columns import column_named
from sheetrender.planning.markers_tab import read_markers
from sheetrender.planning.spreadsheet import ComputedCells
from sheetrender.planning.table import Table

_ANCHOR = re.compile(r"(b|beat|bar)\s*(\d{1,6})", re.IGNORECASE)
_OF_BEATS = re.compile(
    r"(?<![\w@])(?:b(?:eat|ar)?\s*\d|beat\b|bar\b|bpm\b|b\b)|\db\b", re.IGNORECASE
)
_BEAT_FEATURES = frozenset({"beat", "bar"})
_USUAL_BPM = (1, 999)


def asks_for_beats(table: Table | None, settings: Settings, curves: Sequence[CurveRow]) -> bool:
    """Say whether anything in a sheet may count beats: finding them takes a second or two."""
    texts = [str(key.value) for s in settings.channels.values() for key in s.keys]
    texts += [curve.function for curve in curves]
    return (
        any(curve.feature in _BEAT_FEATURES for curve in curves)
        or any(map(_OF_BEATS.search, texts))
        or (table is not None and any(map(_OF_BEATS.search, _texts(table))))
    )


def _texts(table: Table) -> Iterator[str]:
    """Yield the cells that may hold a formula or name a moment."""
    kinds = {
        number: column.kind
        for heading, number in table.columns.items()
        if (column := column_named(heading)) is not None
    }
    for row, cells in table.rows.items():
        for number, cell in cells.items():
            text = cell.value
            if row > table.heading_row and isinstance(text, str):
                kind = kinds.get(number, "text")
                if kind in ("frame", "channel", "seed") or (kind == "text" and "`" in text):
                    yield text


def anchors(workbook: Workbook, settings: Settings, cells: ComputedCells) -> dict[int, Fraction]:
    """Return what the Markers tab says of beats: seconds by beat.

    A marker called `beat 0`, `b16` or `bar 9` tells where that beat or bar begins.
    """
    clock = readers.Clock(
        rate=settings.rate,
        start=parse_timecode(settings.start_timecode, settings.rate),
        decimal_comma=workbook.decimal_comma,
    )
    # What is wrong with the tab is told where the rows are read.
    marked = read_markers(workbook, clock, cells, Findings())
    beats = {_beat_of(name): settings.rate.seconds_at(frame) for name, frame in marked.items()}
    return {beat: seconds for beat, seconds in beats.items() if beat is not None}


def _beat_of(name: str) -> int | None:
    match = _ANCHOR.fullmatch(name)
    if match is None:
        return None
    if match[1].casefold() == "bar":
        return (int(match[2]) - 1) * BEATS_PER_BAR
    return int(match[2])


def chosen_beats(
    settings: Settings, marked: Mapping[int, Fraction], heard: Callable[[], Beats | None]
) -> Beats | None:
    """Return where beats fall in the video, or None where nobody knows.

    Args:
        settings: their `bpm` and `first_beat` win over everything.
        marked: seconds of the video by beat, as `anchors` found them; they win over the song.
        heard: finds the beats of the song; asked only where the rest is not enough.
    """
    if settings.bpm is not None:
        given = Beats(bpm=settings.bpm, first_beat=settings.first_beat)
        given = given.sooner(settings.song_begins)
        return given if settings.first_beat or not marked else _moved(given, marked)
    beats = _fitted(marked)
    if beats is None:
        of_song = heard()
        if of_song is None:
            return None
        beats = of_song.sooner(settings.song_begins)
    if settings.first_beat:
        return _moved(beats, {0: Fraction(settings.first_beat) - settings.song_begins})
    return _moved(beats, marked) if len(marked) == 1 else beats


def _fitted(marked: Mapping[int, Fraction]) -> Beats | None:
    """Return the tempo of two marked beats or more."""
    if len(marked) < 2:
        return None
    period, first = np.polyfit(list(marked), [float(s) for s in marked.values()], 1)
    low, high = _USUAL_BPM
    if not 60 / high <= period <= 60 / low:
        return None
    return Beats(bpm=60 / float(period), first_beat=float(first))


def _moved(beats: Beats, marked: Mapping[int, Fraction]) -> Beats:
    """Return the beats so that the first marked one falls where it is marked."""
    number, seconds = min(marked.items())
    if beats.moments:
        now = float(beats.beats_at(np.array([float(seconds)]))[0])
        renamed = replace(beats, first_known=beats.first_known + number - round(now))
        return replace(renamed, first_beat=float(renamed.seconds_at(Fraction(0))))
    return replace(beats, first_beat=float(seconds) - number * 60 / beats.bpm)
