"""Chapters as they stand below a video on YouTube: a clock time and a title on each line."""

from __future__ import annotations

import re

from sheetrender.cues.cue import Cue, CueFile, at_line
from sheetrender.cues.moments import clock_seconds

_CLOCK = r"[(\[]?((?:\d{1,2}:)?\d{1,3}:\d{2})[)\]]?"
_FIRST = re.compile(rf"\s*(?:[-–—•*]\s*)?{_CLOCK}(?:\s*(?:-{{1,2}}>|[-–—:|→])\s*|\s+)(\S.*)")
_LAST = re.compile(rf"\s*(\S.*?)(?:\s*+[-–—:|]\s*|\s++){_CLOCK}\s*")
_LONGEST = 1000
_BEGUN = re.compile(r"\s*(?:[-–—•*]\s*)?[(\[]?\d{1,3}:\d")


def is_chapters(text: str) -> bool:
    """Say whether a line is a clock time and a title."""
    return any(_chapter(line) for line in text.split("\n", 200)[:200])


def read_chapters(text: str) -> CueFile:
    """Read the lines that have a time; the rest of a description is left out.

    Raises:
        CueError: a line begins with a time that is none.
    """
    cues = []
    for number, line in enumerate(text.split("\n"), start=1):
        found = _chapter(line)
        if found is None:
            if _BEGUN.match(line):
                raise at_line(number, "has no time and title, as `1:23 Chorus` has them.")
            continue
        written, title = found
        seconds = clock_seconds(written)
        if seconds is None:
            raise at_line(
                number, f"has {written}, which is no time: minutes and seconds end at 59."
            )
        cues.append(Cue(number=number, name=title, start=seconds))
    return CueFile(kind="YouTube chapters", cues=cues)


def _chapter(line: str) -> tuple[str, str] | None:
    if len(line) > _LONGEST:
        return None
    if first := _FIRST.fullmatch(line):
        return first[1], first[2].strip()
    if last := _LAST.fullmatch(line):
        return last[2], last[1].strip()
    return None
