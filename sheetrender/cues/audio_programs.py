"""Programs for sound: Audition, Audacity, Pro Tools, and Avid's lists of locators."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from sheetrender.cues.cue import Cue, CueFile, Moment, at_line
from sheetrender.cues.moments import clock_seconds, decimal_seconds, is_label
from sheetrender.cues.separated import Row, separated
from sheetrender.model.timing import FrameRate

_AUDITION = ("name", "start", "duration", "time format")
_AUDACITY = re.compile(r"[0-9]+(?:[.,][0-9]+)?\t[0-9]+(?:[.,][0-9]+)?(?:\t|$)")
_AVID = re.compile(r"[^\t]*\t[0-9]{2}[:;][0-9]{2}[:;][0-9]{2}[:;][0-9]{2}\t[^\t]*\t[^\t]*\t")
_MARKERS_BLOCK = re.compile(r"^M A R K E R S {2}L I S T I N G", re.MULTILINE)
_PRO_TOOLS_RATE = re.compile(r"(\d{1,3}(?:\.\d{1,3})?)\s*(Drop)?", re.IGNORECASE)


def is_audition(text: str) -> bool:
    """Say whether the headings are those of Audition's marker list."""
    head = text.lstrip("\n").partition("\n")[0]
    return tuple(field.strip().casefold() for field in head.split("\t")[:4]) == _AUDITION


def read_audition(text: str) -> CueFile:
    """Read name, start and duration; ``Time Format`` says how the two are written.

    Raises:
        CueError: a row is incomplete, or counts in samples or bars.
    """
    rows = separated(text, "\t", quoted=False)
    next(rows)
    return CueFile(kind="Audition markers", cues=[_audition_cue(row) for row in rows])


def _audition_cue(row: Row) -> Cue:
    start, length = (_audition_time(row, number) for number in (1, 2))
    comment = row.field(5)
    cue = Cue(number=row.line, name=row.field(0) or comment, start=start, comment=comment)
    if isinstance(start, Fraction) and isinstance(length, Fraction) and length:
        cue.end = start + length
    elif isinstance(length, str) and int(re.sub(r"\D", "", length)):
        raise at_line(row.line, "has a duration in timecode. In Audition show time as decimal.")
    return cue


def _audition_time(row: Row, number: int) -> Moment:
    written = row.field(number)
    if is_label(written):
        return written
    seconds = clock_seconds(written)
    if seconds is None:
        wanted = "In Audition choose View > Display Time Format > Decimal, and export again."
        raise at_line(row.line, f"has {written!r} for a time, which is no clock time. {wanted}")
    return seconds


def is_audacity(text: str) -> bool:
    """Say whether the first line is a start, an end and a label."""
    return _AUDACITY.match(text.lstrip("\n")) is not None


def read_audacity(text: str) -> CueFile:
    """Read a label track; lines that begin with ``\\`` only add frequencies to the line above.

    Raises:
        CueError: a line is incomplete.
    """
    cues = []
    for row in separated(text, "\t", quoted=False):
        if row.field(0) == "\\":
            continue
        start, end = decimal_seconds(row.field(0)), decimal_seconds(row.field(1))
        if start is None or end is None:
            raise at_line(row.line, "is half a row: it does not begin with two times in seconds.")
        later = end if end > start else None
        cues.append(Cue(number=row.line, name=row.field(2), start=start, end=later))
    return CueFile(kind="Audacity labels", cues=cues)


def is_avid(text: str) -> bool:
    """Say whether the first line is a user, a timecode, a track, a colour and a comment."""
    return _AVID.match(text.lstrip("\n")) is not None


def read_avid(text: str) -> CueFile:
    """Read a list of locators.

    Raises:
        CueError: a line is incomplete.
    """
    cues = []
    for row in separated(text, "\t", quoted=False):
        if len(row.fields) < 5 or not is_label(row.field(1)):
            raise at_line(row.line, "is half a row: it has no user, timecode, track and comment.")
        cues.append(Cue(number=row.line, name=row.field(4), start=row.field(1)))
    return CueFile(kind="Avid marker list", cues=cues)


def is_pro_tools(text: str) -> bool:
    """Say whether it is a session exported as text."""
    return text.lstrip("\n").startswith("SESSION NAME:") or bool(_MARKERS_BLOCK.search(text))


def read_pro_tools(text: str) -> CueFile:
    """Read the markers listing; places in samples are exact, else the timecode counts.

    Raises:
        CueError: a row is incomplete.
    """
    head = {
        name.strip(): value.strip()
        for name, colon, value in (line.partition(":") for line in text.split("\n", 20)[:20])
        if colon
    }
    block = _MARKERS_BLOCK.search(text)
    if block is None:
        return CueFile(kind="Pro Tools session", cues=[])
    first_line = text.count("\n", 0, block.start()) + 1
    rows = list(separated(text[block.start() :], "\t", quoted=False))[1:]
    columns = {name.upper(): place for place, name in enumerate(rows[0].fields)} if rows else {}
    samples = decimal_seconds(head.get("SAMPLE RATE", "")) or Fraction(0)
    cues = [
        _pro_tools_cue(Row(row.line + first_line - 1, row.fields), columns, samples)
        for row in rows[1:]
    ]
    rate, drop = _pro_tools_rate(head.get("TIMECODE FORMAT", ""))
    start = head.get("SESSION START TIMECODE", "")
    is_plain = is_label(start)
    return CueFile(
        kind="Pro Tools session",
        cues=cues,
        rate=rate,
        drop=drop,
        start=start if is_plain else "",
    )


def _pro_tools_cue(row: Row, columns: Mapping[str, int], samples: Fraction) -> Cue:
    name, label = row.field(columns.get("NAME")), row.field(columns.get("LOCATION"))
    comment = row.field(columns.get("COMMENTS"))
    reference = row.field(columns.get("TIME REFERENCE"))
    start: Moment
    if row.field(columns.get("UNITS")) == "Samples" and reference.isdecimal() and samples:
        start = int(reference) / samples
    elif is_label(label):
        start = label
    else:
        raise at_line(row.line, "is half a row: it has no place in samples or timecode.")
    return Cue(number=row.line, name=name or comment, comment=comment, start=start)


def _pro_tools_rate(written: str) -> tuple[FrameRate | None, bool | None]:
    match = _PRO_TOOLS_RATE.match(written)
    if match is None or not float(match[1]):
        return None, None
    return FrameRate.parse(match[1]), True if match[2] else None
