"""Lyrics and karaoke of Aegisub and SubStation."""

from __future__ import annotations

from fractions import Fraction

import pytest

from sheetrender.cues.cue import CueError
from tests.cues.reading import moments, read, sample

STYLE = "Style: Default,Arial,20,&H00FFFFFF,&H000000FF,&H0,&H0,0,0,0,0,100,100,0,0,1,2,2,2,1,1,1,1"


def test_karaoke_keeps_its_words_whole_and_their_moments() -> None:
    cues = read(sample("karaoke.ass")).cues
    assert [(cue.name, cue.start, cue.end, cue.comment) for cue in cues] == [
        ("Never mind", Fraction("12.5"), Fraction(15), "Anna"),
        ("the rain, the rain", Fraction("61.25"), Fraction("64.75"), ""),
    ]
    assert cues[0].number == 14


def test_substation_without_styles_is_known_by_its_lines() -> None:
    text = "[V4 Styles]\n[Events]\nDialogue: Marked=0,0:00:01.00,0:00:02.00,X,,0,0,0,,Hello\n"
    assert moments(text) == [("Hello", 1)]


def test_an_end_before_the_start_is_a_point() -> None:
    (cue,) = read("Dialogue: 0,0:00:05.00,0:00:02.00,X,,,,,,Hello\n").cues
    assert (cue.start, cue.end) == (5, None)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("0:00:12.50", "0:00:1x.50", 14),
        ("0:00:15.00,Default,Anna,0,0,0,,", "", 14),
        ("0:01:04.75", "", 17),
        ("Layer, Start, End", "Layer, End, Start", 13),
    ],
)
def test_a_damaged_line_is_named(old: str, new: str, line: int) -> None:
    text = sample("karaoke.ass").decode()
    assert old in text
    with pytest.raises(CueError) as caught:
        read(text.replace(old, new))
    assert caught.value.place == f"line {line}"
    assert str(caught.value).endswith("Save it from Aegisub.")


def test_a_script_without_lines_says_so() -> None:
    with pytest.raises(CueError, match="without any marker"):
        read(f"[Script Info]\nTitle: x\n\n[V4+ Styles]\n{STYLE}\n")
