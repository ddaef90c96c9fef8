"""Settings win over markers, markers over the song."""

from __future__ import annotations

from fractions import Fraction

import pytest

from sheetrender.model.beats import Beats
from sheetrender.model.cells import Findings
from sheetrender.model.frames import Size
from sheetrender.model.keyframes import Settings
from sheetrender.model.timing import FrameRate
from sheetrender.planning.song_tempo import anchors, asks_for_beats, chosen_beats
from sheetrender.planning.spreadsheet import ComputedCells
from sheetrender.planning.table import find_table
from tests.planning.workbooks import grid, understood, workbook

RATE = FrameRate.parse("30")
HEAD = ("frame", "subject", "zoom")
SONG = Beats(bpm=124.0, first_beat=0.35, certainty=0.9)


def settings(bpm: float | None = None, first_beat: float = 0.0) -> Settings:
    return Settings(rate=RATE, size=Size(64, 32), bpm=bpm, first_beat=first_beat)


def never() -> Beats | None:
    raise AssertionError("the song was asked")


def test_what_the_settings_say_counts_and_the_song_is_not_asked() -> None:
    assert chosen_beats(settings(120, 0.5), {8: Fraction(9)}, never) == Beats(
        bpm=120, first_beat=0.5
    )


def test_two_marked_beats_tell_tempo_and_first_beat() -> None:
    found = chosen_beats(settings(), {0: Fraction(1, 2), 64: Fraction(65, 2)}, never)
    assert found is not None
    assert found.bpm == pytest.approx(120)
    assert found.first_beat == pytest.approx(0.5)


def test_one_marked_beat_moves_the_songs() -> None:
    found = chosen_beats(settings(), {4: Fraction(10)}, lambda: SONG)
    assert found is not None
    assert found.bpm == 124
    assert float(found.seconds_at(Fraction(4))) == pytest.approx(10)


def test_one_marked_beat_says_where_a_drifting_song_begins_to_count() -> None:
    drifting = Beats(bpm=120, first_beat=1.0, moments=tuple(1 + 0.5 * n for n in range(40)))
    found = chosen_beats(settings(), {0: Fraction(3)}, lambda: drifting)
    assert found is not None
    assert (found.first_beat, found.first_known) == (3.0, -4)


def test_a_first_beat_alone_moves_the_songs_too() -> None:
    found = chosen_beats(settings(first_beat=2.0), {}, lambda: SONG)
    assert found is not None
    assert (found.bpm, found.first_beat) == (124, 2.0)


def test_without_anything_nobody_knows() -> None:
    assert chosen_beats(settings(), {}, lambda: None) is None


def test_markers_called_beat_or_bar_are_anchors() -> None:
    tab = grid("Markers", [("name", "frame"), ("Beat 0", 15), ("bar 9", 495), ("Chorus", 60)])
    book = workbook([HEAD, (0, "x")], {}, tab)
    assert anchors(book, settings(), ComputedCells(book)) == {
        0: Fraction(1, 2),
        32: Fraction(33, 2),
    }


@pytest.mark.parametrize(
    ("row", "asks"),
    [
        ((0, "x", "1 + beat"), True), (("b16", "x"), True), (("bar 4", "x"), True),
        ((0, "x", "saw(1b)"), True), ((0, "fog `bar`"), True),
        ((0, "a bar by the beat", 1.0), False), ((0, "x", "1 + 0.1*sin(t)"), False),
        (("@bar 4", "x"), False),
    ],
)  # fmt: skip
def test_the_song_is_asked_only_where_somebody_counts_beats(
    row: tuple[object, ...], *, asks: bool
) -> None:

    book = workbook([HEAD, row], {})  # type: ignore[list-item]
    found, _, _ = understood(book)
    assert asks_for_beats(find_table(book, Findings()), found, []) is asks
