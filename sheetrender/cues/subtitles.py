"""Subtitles: SRT and WebVTT.

pysubs2 reads them, as SRT. It takes in silence a damaged time for words, a time among the words for
a new cue, a number that is sung for the next cue's, and reads a hundred hours as none. So the
file is cut into cues before, each time is looked at, and the words go in on one line.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise, takewhile
from typing import NamedTuple

from sheetrender.cues.cue import Cue, CueFile, at_line

_TIME = r"(?:0?(\d{1,2}):)?([0-5]?\d:[0-5]\d[.,]\d{1,3})"
_ARROW = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_DAMAGED = "does not have two times around -->, as 00:01:02,500 has them; 99:59:59,999 is the last."
_FIRST = re.compile(r"^[ \t]*\d[\d:.,]*[ \t]*(?:-[ \t]?-?[ \t]?|[–—])>[ \t]*\d+:", re.MULTILINE)
"""Two times and an arrow, be it damaged: a name may hold an arrow as well."""
_BEGUN = re.compile(r"\s*\d{1,3}:\d")
_NOTES = ("NOTE", "STYLE", "REGION")
_TAG = re.compile(r"<[^<>\n]*>|\{[^{}\n]*\}")
_OWN_MARK = re.compile(r"[{\\]|(?<=\d):(?=\d)")
"""What means something to pysubs2: a tag's begin, a break such as ``\\N``, a time among words."""


def is_subtitles(text: str) -> bool:
    """Say whether it is WebVTT, or a line near its top has an arrow between two times."""
    return _is_webvtt(text) or _FIRST.search(text[:65_536]) is not None


def read_subtitles(text: str) -> CueFile:
    """Read SRT or WebVTT; the comment of a cue is its name, where it has one that is no number.

    Raises:
        CueError: a line with ``-->`` does not have two times, or one with times has no arrow.
    """
    # Imported here because most marker files are no subtitles.
    import pysubs2

    is_webvtt = _is_webvtt(text)
    blocks = list(_blocks(text.split("\n"), is_webvtt=is_webvtt))
    words = _plain("".join(f"{block.words}\n" for block in blocks)).split("\n")[:-1]
    tidy = "".join(f"{b.times}\n{line}\n" for b, line in zip(blocks, words, strict=True))
    found = pysubs2.SSAFile.from_string(tidy, format_="srt", keep_html_tags=True)
    cues = [
        Cue(
            number=block.number,
            # None of pysubs2's own marks are left in it.
            name=" ".join(html.unescape(event.text).split()),
            start=Fraction(event.start, 1000),
            end=Fraction(event.end, 1000) if event.end != event.start else None,
            comment=block.name,
        )
        for block, event in zip(blocks, found.events, strict=True)
    ]
    return CueFile(kind="WebVTT" if is_webvtt else "SRT subtitles", cues=cues)


def _is_webvtt(text: str) -> bool:
    return text.lstrip("\n").startswith("WEBVTT")


class _Block(NamedTuple):
    """A cue as it stands in the file.

    Attributes:
        number: of the line with its times, from 1.
        name: that stands above them; empty where it is a number.
        times: as SRT has them.
        words: its lines as one.
    """

    number: int
    name: str
    times: str
    words: str


def _blocks(lines: list[str], *, is_webvtt: bool) -> Iterator[_Block]:
    """Cut a file into cues; a header, notes and styles belong to none."""
    arrows = [at for at, line in enumerate(lines) if "-->" in line]
    taken = _header_ends(lines) if is_webvtt else 0
    # WebVTT ends a cue with an empty line alone: YouTube begins some with a line of one blank.
    is_word: Callable[[str], object] = bool if is_webvtt else str.strip
    for at, following in pairwise([*arrows, len(lines)]):
        _refuse_half(lines, taken, at)
        above = lines[at - 1].strip() if at > taken else ""
        words = list(takewhile(is_word, lines[at + 1 : following]))
        taken = at + 1 + len(words)
        if taken == following < len(lines) and not is_webvtt and len(words) > 1:
            _leave_number(words)
        yield _Block(
            number=at + 1,
            name="" if above.isdecimal() else above,
            times=_times(at + 1, lines[at]),
            words=" ".join(words),
        )
    _refuse_half(lines, taken, len(lines))


def _refuse_half(lines: list[str], begin: int, end: int) -> None:
    """Stop at times outside of all cues and notes: they are cut off, or their arrow is damaged."""
    is_note = False
    for at in range(begin, end):
        line = lines[at]
        is_note = bool(line) and (is_note or line.startswith(_NOTES))
        if ":" in line and not is_note and _BEGUN.match(line):
            raise at_line(at + 1, _DAMAGED)


def _leave_number(words: list[str]) -> None:
    """Leave the next cue of an SRT its number, where no blank line stands before it."""
    if words[-1].strip().isdecimal():
        words.pop()


def _header_ends(lines: list[str]) -> int:
    begin = next(at for at, line in enumerate(lines) if line)
    header = takewhile(lambda line: line.strip() and "-->" not in line, lines[begin:])
    return begin + len(list(header))


def _times(number: int, line: str) -> str:
    match = _ARROW.fullmatch(line)
    if match is None:
        raise at_line(number, _DAMAGED)
    start_hour, start, end_hour, end = match.groups("00")
    return f"{start_hour}:{start} --> {end_hour}:{end}"


def _plain(words: str) -> str:
    """Take tags and stamps of words out; write pysubs2's own marks as HTML's letters."""
    return _OWN_MARK.sub(_as_html, _TAG.sub("", words))


def _as_html(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"
