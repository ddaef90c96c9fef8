"""Lyrics and subtitles: LRC, SRT and WebVTT.

Read here and not by a library: pylrc applies ``[offset:]`` the wrong way round. pysubs2 1.8 takes
a damaged time silently for words of the line before, drops the names of WebVTT's cues, and takes
1.8 s for a hundred thousand lines (0.7 s here): `markers` would then need more than its 2 s.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from fractions import Fraction

from sheetrender.cues.cue import Cue, CueFile, at_line

_STAMP = re.compile(r"\[(\d{1,3}):(\d{1,2})(?:[.:](\d{1,3}))?\]")
_WORD_STAMP = re.compile(r"<\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?>")
_STAMP_BEGUN = re.compile(r"\[\s*\d")
_OFFSET = re.compile(r"^\[offset:\s*([+-]?\d+)\s*\]", re.IGNORECASE)
_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_ARROW = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_TAG = re.compile(r"<[^<>\n]*>|\{[^{}\n]*\}")


def is_lrc(text: str) -> bool:
    """Say whether a line begins with ``[mm:ss.xx]``."""
    return any(_STAMP.match(line.strip()) for line in text.split("\n", 60)[:60])


def read_lrc(text: str) -> CueFile:
    """Read simple and enhanced LRC; a positive offset makes the words come earlier.

    Raises:
        CueError: a stamp is cut off, or has more than 59 seconds.
    """
    offset = Fraction(0)
    cues = []
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.strip()
        if found := _OFFSET.match(line):
            offset = Fraction(int(found[1]), 1000)
        stamps, words = _stamps(number, line)
        if words:
            cues += [Cue(number=number, name=words, start=stamp) for stamp in stamps]
    for cue in cues if offset else ():
        assert isinstance(cue.start, Fraction)
        cue.start = max(Fraction(0), cue.start - offset)
    return CueFile(kind="LRC lyrics", cues=cues)


def _stamps(number: int, line: str) -> tuple[list[Fraction], str]:
    stamps = []
    while match := _STAMP.match(line):
        minutes, seconds, digits = int(match[1]), int(match[2]), match[3] or "0"
        if seconds > 59:
            raise at_line(number, f"has {match[0]}, which has more than 59 seconds.")
        below = 10 ** len(digits)
        stamps.append(Fraction((minutes * 60 + seconds) * below + int(digits), below))
        line = line[match.end() :].lstrip()
    if _STAMP_BEGUN.match(line):
        raise at_line(number, f"has {line[:12]!r} for a time, which is none. Write [01:23.45].")
    words = _WORD_STAMP.sub(" ", line) if "<" in line else line
    return stamps, " ".join(words.split())


def is_subtitles(text: str) -> bool:
    """Say whether it is WebVTT, or has ``-->`` near its top."""
    return text.lstrip("\n").startswith("WEBVTT") or " -->" in text[:4096]


def read_subtitles(text: str) -> CueFile:
    """Read SRT or WebVTT; the comment of a cue is its name, where it has one that is no number.

    Raises:
        CueError: a line with ``-->`` does not have two times.
    """
    is_vtt = text.lstrip("\n").startswith("WEBVTT")
    lines = text.split("\n")
    return CueFile(kind="WebVTT" if is_vtt else "SRT subtitles", cues=list(_subtitles(lines)))


def _subtitles(lines: list[str]) -> Iterator[Cue]:
    number, count = 0, len(lines)
    while number < count:
        line = lines[number]
        number += 1
        if "-->" not in line:
            continue
        match = _ARROW.fullmatch(line)
        if match is None:
            raise at_line(number, "does not have two times around -->, as 00:01:02,500 has them.")
        before = lines[number - 2].strip() if number > 1 else ""
        at, words = number, []
        while number < count and lines[number].strip() and "-->" not in lines[number]:
            words.append(lines[number])
            number += 1
        start, end = _seconds(match, 1), _seconds(match, 5)
        yield Cue(
            number=at,
            name=" ".join(html.unescape(_TAG.sub("", " ".join(words))).split()),
            start=start,
            end=end if end > start else None,
            comment="" if before.isdecimal() else before,
        )


def _seconds(match: re.Match[str], first: int) -> Fraction:
    hours, minutes, seconds, digits = match.group(first, first + 1, first + 2, first + 3)
    whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    below = 10 ** len(digits)
    return Fraction(whole * below + int(digits), below)
