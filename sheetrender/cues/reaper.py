"""Reaper: the region and marker list as CSV, and project files."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction

from sheetrender.cues.cue import Cue, CueFile, Moment, at_line
from sheetrender.cues.moments import clock_seconds, decimal_seconds, is_label
from sheetrender.cues.separated import Row, separated, separator

_FIRST = re.compile(r'^"?[MR]\d+"?[,;\t]', re.MULTILINE)
_LINE = re.compile(
    r"""\s*MARKER\s+(\d+)\s+(-?\d{1,9}(?:\.\d+)?)\s+("[^"]*"|'[^']*'|`[^`]*`|[^\s"'`]+)\s+(\d+)"""
)
_RULER = "In Reaper set the ruler to Minutes:Seconds, and export again."
_IS_REGION = 1


def is_reaper_list(text: str) -> bool:
    """Say whether rows are numbered M1 for markers and R1 for regions."""
    head = text.lstrip("\n").partition("\n")[0]
    return (head.lstrip('"').startswith("#") and "Start" in head) or bool(_FIRST.match(text))


def read_reaper_list(text: str) -> CueFile:
    """Read the list; times are in the unit of the project's ruler.

    Raises:
        CueError: a row is incomplete, or the ruler counts in bars, samples or frames.
    """
    columns, cues = 0, []
    for row in separated(text, separator(text)):
        if row.field(0).startswith("#"):
            columns = len(row.fields)
        elif len(row.fields) < columns:
            raise at_line(row.line, "is half a row. Export the list from Reaper again.")
        else:
            cues.append(_listed(row))
    return CueFile(kind="Reaper markers", cues=cues)


def _listed(row: Row) -> Cue:
    start, end = _ruler_time(row, 2), row.field(3)
    return Cue(
        number=row.line,
        name=row.field(1),
        start=start,
        end=_ruler_time(row, 3) if end else None,
    )


def _ruler_time(row: Row, number: int) -> Moment:
    written = row.field(number)
    if is_label(written):
        return written
    seconds = clock_seconds(written)
    if seconds is None and "." in written:
        seconds = decimal_seconds(written)
    if seconds is None:
        wrong = f"has {written!r} for a time: bars, samples or frames" if written else "has no time"
        raise at_line(row.line, f"{wrong}. {_RULER}")
    return seconds


def is_reaper_project(text: str) -> bool:
    """Say whether it is a project file."""
    return text.lstrip().startswith("<REAPER_PROJECT")


def read_reaper_project(text: str) -> CueFile:
    """Read the MARKER lines; a region is two of them with one number.

    Raises:
        CueError: a line is incomplete.
    """
    open_regions = _Regions()
    for number, line in enumerate(text.split("\n"), start=1):
        if line.lstrip().startswith("MARKER "):
            open_regions.add(number, line)
    return CueFile(kind="Reaper project", cues=open_regions.cues)


@dataclass(slots=True)
class _Regions:
    """The markers so far, and the regions whose end has not come yet, by number."""

    cues: list[Cue] = field(default_factory=list)
    begun: dict[str, Cue] = field(default_factory=dict)

    def add(self, number: int, line: str) -> None:
        match = _LINE.match(line)
        if match is None:
            raise at_line(number, "is half a MARKER line: it has no number, time, name and flags.")
        key, seconds, name, flags = match.groups()
        moment = Fraction(seconds)
        is_region = bool(int(flags) & _IS_REGION)
        begun = self.begun.pop(key, None) if is_region else None
        if begun is not None:
            begun.end = moment
            return
        plain = name[1:-1] if name[0] in "\"'`" else name
        cue = Cue(number=number, name=plain, start=moment)
        self.cues.append(cue)
        if is_region:
            self.begun[key] = cue
