"""SRT and WebVTT, and what pysubs2 would take for something else."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetrender.cues.cue import Cue, CueError
from sheetrender.cues.placing import Count, placed
from sheetrender.model.timing import FrameRate
from tests.cues.reading import moments, read, sample

VTT = """WEBVTT - lyrics

NOTE made by hand

chorus-1
00:12.500 --> 00:15.000 align:start
<v Singer>Tom &amp; <i>Jerry</i>

01:00:24.250 --> 01:00:26.000
Bye
"""
YOUTUBE = """WEBVTT
Kind: captions
Language: en

00:00:00.160 --> 00:00:02.389 align:start position:0%
never<00:00:01.359><c> mind</c><00:00:01.760><c> the</c><00:00:02.000><c> rain</c>

00:00:02.389 --> 00:00:02.399 align:start position:0%
never mind the rain
"""


def srt(*words: str) -> str:
    """Return one cue a second, each of a tenth."""
    return "\n".join(
        f"{n}\n00:00:{n:02d},000 --> 00:00:{n:02d},100\n{line}\n"
        for n, line in enumerate(words, start=1)
    )


def names(content: str) -> list[str]:
    return [cue.name for cue in read(content).cues]


def test_subtitles_join_their_lines_and_lose_their_tags() -> None:
    cues = read(sample("song.srt")).cues
    assert [(cue.name, cue.start, cue.end, cue.comment) for cue in cues] == [
        ("First line second row", Fraction("12.5"), Fraction(15), ""),
        ("Chorus", Fraction("24.25"), Fraction(26), ""),
    ]


def test_webvtt_keeps_the_names_of_its_cues() -> None:
    cues = read(VTT).cues
    assert [(cue.name, cue.comment, cue.start) for cue in cues] == [
        ("Tom & Jerry", "chorus-1", Fraction("12.5")),
        ("Bye", "", 3624 + Fraction("0.25")),
    ]


@pytest.mark.parametrize(
    "broken",
    [
        "00:00:24,2x0 --> 00:00:26,000",
        "00:00:24,250 -->",
        "00:00:24,250 --> 00:00:26",
        "00:00:24,250 --> 00:00:60,000",
        "00:60:24,250 --> 00:60:26,000",
        "60:24,250 --> 60:26,000",
        "00:00:24,2500 --> 00:00:26,000",
        "100:00:24,250 --> 100:00:26,000",
        "00:00:24,250 --> 00:00:26,000: late",
    ],
)
def test_a_damaged_subtitle_names_the_line(broken: str) -> None:
    text = sample("song.srt").decode().replace("00:00:24,250 --> 00:00:26,000", broken)
    with pytest.raises(CueError, match="two times") as caught:
        read(text)
    assert caught.value.place == "line 7"
    assert str(caught.value).endswith(".")


def test_webvtt_without_cues_says_so() -> None:
    with pytest.raises(CueError, match="WebVTT without any marker"):
        read("WEBVTT\n\n")


def test_the_header_of_webvtt_notes_and_styles_belong_to_no_cue() -> None:
    text = (
        "WEBVTT\n00:01.000 --> 00:02.000\nOne\n\n"
        "STYLE\n::cue { color: red }\n\nREGION\nid:low\n\nNOTE\nnot sung\n\n"
        "00:03.000 --> 00:04.000\nTwo\n\nNOTE the end\n"
    )
    assert [(cue.name, cue.comment) for cue in read(text).cues] == [("One", ""), ("Two", "")]


@pytest.mark.parametrize(
    ("line", "start", "end"),
    [
        ("00:12.500 --> 00:15.000", "12.5", "15"),
        ("59:59.999 --> 01:00:00.000", "3599.999", "3600"),
        ("00:12.500 --> 01:00:15.000 line:0 position:20%", "12.5", "3615"),
        ("0:0:01,5 --> 0:0:02,25", "1.5", "2.25"),
        ("  001:00:01.000 -->99:59:59.999  X1:40 X2:600", "3601", "359999.999"),
        ("00:00:01,000 --> 00:00:02,000 00:00:03,000", "1", "2"),
    ],
)
@pytest.mark.parametrize("head", ["", "WEBVTT\n\n"])
def test_times_of_both_kinds_are_exact(line: str, start: str, end: str, head: str) -> None:
    (cue,) = read(f"{head}1\n{line}\nHey\n").cues
    assert (cue.name, cue.start, cue.end) == ("Hey", Fraction(start), Fraction(end))


def test_an_end_that_is_not_behind_the_start_makes_a_point() -> None:
    (cue,) = read("1\n00:00:02,000 --> 00:00:02,000\nHey\n").cues
    assert (cue.start, cue.end) == (2, None)


def test_stamps_among_the_words_are_neither_words_nor_times() -> None:
    assert moments(YOUTUBE) == [
        ("never mind the rain", Fraction("0.16")),
        ("never mind the rain", Fraction("2.389")),
    ]


@pytest.mark.parametrize(
    "words",
    [
        "from 00:00:01,000 to 00:00:02,000",
        "00:00:01,000 00:00:02,000",
        "{ 0:0:1.5 and 1:2:3:4.5",
        "12",
        "7 8",
        r"C:\new \hall \Nile",
        "{an open brace",
        "a } and a {",
        "I <3 you",
        "a < b",
        "1 + 1 > 1",
        "NOTE this",
        "WEBVTT",
        "- Who? - Me.",
    ],
)
@pytest.mark.parametrize("head", ["", "WEBVTT\n\n"])
def test_words_stay_as_they_are(words: str, head: str) -> None:
    assert names(head + srt("before", words, words)) == ["before", words, words]


@pytest.mark.parametrize(
    ("words", "read_as"),
    [
        ("<i>a</i> <b>b</b>", "a b"),
        ('<font color="#ff0000">red</font>', "red"),
        ("<v.loud Tom Jones>Why<lang en> me</lang>", "Why me"),
        (r"{\an8}above", "above"),
        ("Tom &amp; Jerry &lt;3", "Tom & Jerry <3"),
        ("&#233;t&eacute;", "été"),
        (r"&amp;#92;", r"&#92;"),
        ("one\ntwo\n3", "one two 3"),
        ("<i>one\ntwo</i>", "one two"),
        ("one\u2028two\x0b three", "one two three"),
        ("<i></i>", ""),
    ],
)
def test_tags_go_and_letters_of_html_are_read(words: str, read_as: str) -> None:
    assert names(srt(words, "after")) == [read_as, "after"]


def test_a_number_alone_is_sung_also_in_the_last_line() -> None:
    assert names(srt("10", "9", "8").rstrip()) == ["10", "9", "8"]


def test_without_blank_lines_each_cue_keeps_its_words_and_its_number() -> None:
    lines = srt("Hello", "3", "one\n2", "bye\n4").replace("\n\n", "\n")
    assert [(cue.number, cue.name, cue.comment) for cue in read(lines).cues] == [
        (2, "Hello", ""),
        (5, "3", ""),
        (8, "one 2", ""),
        (12, "bye 4", ""),
    ]


def test_without_blank_lines_words_are_no_name_of_the_next_cue() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nOne\n00:03.000 --> 00:04.000\nTwo\n"
    assert [(cue.name, cue.comment) for cue in read(text).cues] == [("One", ""), ("Two", "")]


def test_a_name_goes_to_its_own_cue_alone() -> None:
    text = "WEBVTT\n\nintro\n00:01.000 --> 00:02.000\nOne\n\nchorus 1\n00:03.000 --> 00:04.000\n"
    assert [(cue.name, cue.comment) for cue in read(text).cues] == [
        ("One", "intro"),
        ("", "chorus 1"),
    ]


LINE = st.text("ab é5:,.{}\\\u2028", min_size=1, max_size=12).filter(str.strip)
WORDS = st.lists(LINE, max_size=3)
NAME = st.sampled_from(["", "1", "verse", "chorus 2", "3"])
MOMENT = st.integers(0, 359_999_999)
SPANS = st.lists(st.tuples(NAME, MOMENT, MOMENT, WORDS), min_size=1)


def stamp(milliseconds: int, point: str) -> str:
    seconds, below = divmod(milliseconds, 1000)
    clock = f"{seconds // 60 % 60:02d}:{seconds % 60:02d}{point}{below:03d}"
    hours = seconds // 3600
    return f"{hours:02d}:{clock}" if hours or point == "," else clock


def written(span: tuple[str, int, int, list[str]], point: str) -> str:
    name, start, end, words = span
    times = f"{stamp(start, point)} --> {stamp(end, point)}"
    return "".join(f"{line}\n" for line in (*filter(None, [name]), times, *words, ""))


def expected(span: tuple[str, int, int, list[str]]) -> tuple[str, Fraction, Fraction | None, str]:
    name, start, end, words = span
    return (
        " ".join(" ".join(words).split()),
        Fraction(start, 1000),
        Fraction(end, 1000) if end > start else None,
        "" if name.isdecimal() else name,
    )


def found(cue: Cue) -> tuple[object, ...]:
    return cue.name, cue.start, cue.end, cue.comment


@given(SPANS, st.sampled_from([("", ","), ("WEBVTT\n\n", "."), ("WEBVTT - x\nKind: y\n\n", ".")]))
def test_what_is_written_is_read_again(
    spans: list[tuple[str, int, int, list[str]]], form: tuple[str, str]
) -> None:
    head, point = form
    # Braces that close are a tag; how those are read stands above.
    spans = [(*times, [line.replace("}", "") for line in words]) for *times, words in spans]
    spans = [
        (name, *sorted(times), [line for line in words if line.strip()])  # type: ignore[misc]
        for name, *times, words in spans
    ]
    content = head + "".join(written(span, point) for span in spans)
    assert [found(cue) for cue in read(content).cues] == [expected(span) for span in spans]


ONE = "1\n00:00:01,000 --> 00:00:02,000\nHello\n\n"


@pytest.mark.parametrize(
    ("rest", "line"),
    [
        ("2\n00:00:03,0", 6),
        ("2\n00:00:0", 6),
        ("2\n00:00:03,000 -> 00:00:04,000\nGone\n", 6),
        ("2\n00:00:03,000 -- > 00:00:04,000\nGone\n\n3\n00:00:05,000 --> 00:00:06,000\nx\n", 6),
        ("2\n00:00:03,000 –> 00:00:04,000\nGone\n", 6),
    ],
)
def test_half_a_cue_is_refused_with_its_line(rest: str, line: int) -> None:
    with pytest.raises(CueError, match="does not have two times around -->") as caught:
        read(ONE + rest)
    assert caught.value.place == f"line {line}"


@pytest.mark.parametrize("arrow", ["->", "–>", "-- >"])
def test_a_file_whose_arrows_are_all_damaged_is_no_list_of_chapters(arrow: str) -> None:
    with pytest.raises(CueError, match="does not have two times around -->"):
        read(ONE.replace("-->", arrow))


def test_an_arrow_needs_no_blanks_around_it() -> None:
    (only,) = read("1\n00:00:01,000-->00:00:02,000\nHi\n").cues
    assert (only.name, only.start, only.end) == ("Hi", 1, 2)


def test_a_line_of_one_blank_ends_no_cue_of_webvtt() -> None:
    head = "WEBVTT\nKind: captions\n\n"
    first = (
        "00:00:00.160 --> 00:00:02.389 align:start position:0%\n \nhello<00:00:00.480><c> world</c>"
    )
    (only, other) = read(f"{head}{first}\n\n00:00:02.400 --> 00:00:03.000\nand\n").cues
    assert (only.name, other.name) == ("hello world", "and")


def test_a_cue_that_ends_before_it_begins_is_refused_when_it_is_placed() -> None:
    file = read("1\n00:00:03,000 --> 00:00:01,000\nBack\n")
    with pytest.raises(CueError, match="ends before it begins"):
        placed(file, Count(rate=FrameRate.parse("30"), target=FrameRate.parse("30")))


def test_a_note_of_webvtt_may_speak_of_times() -> None:
    note = "NOTE\n00:05 is too early\n00:00:07.000 is better\n\n"
    (only,) = read(f"WEBVTT\n\n{note}00:01.000 --> 00:02.000\nHi\n\n{note}").cues
    assert only.name == "Hi"
