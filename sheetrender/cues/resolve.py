"""DaVinci Resolve: a timeline's markers as EDL, and the Edit Index as CSV."""

from __future__ import annotations

import re

from sheetrender.cues.cue import Cue, CueFile, at_line
from sheetrender.cues.moments import LABEL, is_label
from sheetrender.cues.separated import Row, separated, separator

_EVENT = re.compile(r"\s*\d+\s+\S+\s+\S+\s+\S+(?:\s+\d+)?\s+(.*)")
_BEGUN = re.compile(r"\s*\d{3,6}(?:\s|$)")
_HALF_EVENT = "is half an event: it does not have four timecodes."
_TIMES = re.compile(rf"{LABEL}\s+{LABEL}\s+({LABEL})\s+{LABEL}\s*")
_FRAMES = re.compile(r"\d{1,9}")


def is_marker_edl(text: str) -> bool:
    """Say whether it begins with an EDL's title, or has an event or a marker alone near its top."""
    head = [line.strip() for line in text.split("\n", 60)[:60]]
    first = next(filter(None, head), "")
    return first.startswith(("TITLE:", "FCM:", "|C:")) or any(map(_is_event, head))


def _is_event(line: str) -> bool:
    event = _EVENT.match(line)
    return event is not None and _TIMES.fullmatch(event[1]) is not None


def read_marker_edl(text: str) -> CueFile:
    """Read events that are followed by ``note|C:colour |M:name |D:frames``.

    Raises:
        CueError: a marker is cut off, or has no event above it.
    """
    cues: list[Cue] = []
    label, drop = "", None
    for number, line in enumerate(text.split("\n"), start=1):
        if not line:
            continue
        if line.startswith("FCM:"):
            drop = "NON" not in line.upper()
        elif "|C:" in line or "|M:" in line or "|D:" in line:
            cues.append(_marker(number, line, label))
            label = ""
        elif event := _EVENT.match(line):
            label = _record_in(number, event[1])
        elif _BEGUN.match(line):
            raise at_line(number, _HALF_EVENT)
    return CueFile(kind="Resolve marker EDL", cues=cues, drop=drop or None)


def _record_in(number: int, times: str) -> str:
    match = _TIMES.fullmatch(times)
    if match is None:
        raise at_line(number, _HALF_EVENT)
    return match[1]


def _marker(number: int, line: str, label: str) -> Cue:
    note, has_colour, rest = line.partition("|C:")
    _, has_name, rest = rest.partition("|M:")
    name, has_length, frames = rest.rpartition("|D:")
    if not (has_colour and has_name and has_length and _FRAMES.fullmatch(frames.strip())):
        raise at_line(number, "is half a marker: it does not have |C:, |M: and |D:.")
    if not label:
        raise at_line(number, "is a marker without an event above it.")
    # Resolve gives a point the length of one frame.
    length = int(frames) if int(frames) > 1 else 0
    return Cue(number=number, name=name.strip(), comment=note.strip(), start=label, frames=length)


def is_edit_index(text: str) -> bool:
    """Say whether the headings are those of the Edit Index."""
    head = text.lstrip("\n").partition("\n")[0]
    return "Record In" in head and ("Notes" in head or "Name" in head)


def read_edit_index(text: str) -> CueFile:
    """Read the rows of markers; rows of clips, which have a reel, are left out.

    Raises:
        CueError: a row is incomplete, or a quote is not closed.
    """
    rows = separated(text, separator(text))
    columns = {name: place for place, name in enumerate(next(rows).fields)}
    cues, clips = [], 0
    for row in rows:
        if row.field(columns.get("Reel")):
            clips += 1
        else:
            cues.append(_indexed(row, columns))
    skipped = "row of a clip was" if clips == 1 else "rows of clips were"
    notes = (f"{clips} {skipped} left out.",) if clips else ()
    return CueFile(kind="Resolve Edit Index", cues=cues, point_lasts=1, notes=notes)


def _indexed(row: Row, columns: dict[str, int]) -> Cue:
    start, end = row.field(columns.get("Record In")), row.field(columns.get("Record Out"))
    if not is_label(start):
        raise at_line(row.line, "is half a row: it has no timecode under Record In.")
    name, notes = row.field(columns.get("Name")), row.field(columns.get("Notes"))
    return Cue(
        number=row.line,
        name=name or notes,
        comment=notes,
        start=start,
        end=end if is_label(end) else None,
    )
