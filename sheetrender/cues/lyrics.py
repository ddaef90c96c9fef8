"""Lyrics: LRC.

Read here and not by a library: pylrc applies ``[offset:]`` the wrong way round.
"""

from __future__ import annotations

import re
from fractions import Fraction

from sheetrender.cues.cue import Cue, CueFile, at_line

_STAMP = re.compile(r"\[(\d{1,3}):(\d{1,2})(?:[.:](\d{1,3}))?\]")
_WORD_STAMP = re.compile(r"<\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?>")
_STAMP_BEGUN = re.compile(r"\[\s*\d")
_OFFSET = re.compile(r"^\[offset:\s*([+-]?\d+)\s*\]", re.IGNORECASE)


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
