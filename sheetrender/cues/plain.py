"""A table of names and times that somebody typed, or that `markers --csv` wrote."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from sheetrender.cues.cue import Cue, CueError, CueFile, Moment, at_line
from sheetrender.cues.moments import clock_seconds, decimal_seconds, is_label
from sheetrender.cues.separated import Row, separated, separator

_WORDS = {
    "name": ("name", "marker", "marker name", "title", "label", "text", "section", "cue"),
    "comment": ("comment", "comments", "note", "notes", "description"),
    "seconds": ("seconds", "sec", "secs", "time (s)"),
    "timecode": ("timecode", "tc"),
    "time": ("time", "start", "in", "position", "begin", "at"),
    "frame": ("frame", "frames", "start frame"),
    "end": ("end", "out", "stop"),
    "duration": ("duration", "length"),
}
_MEANING = {word: meaning for meaning, words in _WORDS.items() for word in words}
_TIMES = ("seconds", "timecode", "time", "frame")


def is_plain(text: str) -> bool:
    """Say whether the headings are a name and a time, or one of two columns holds times."""
    mark = separator(text)
    if not mark:
        return False
    first = [field.strip() for field in text.lstrip("\n").partition("\n")[0].split(mark)]
    columns = _columns(first)
    if "name" in columns and any(time in columns for time in _TIMES):
        return True
    return len(first) >= 2 and sum(_moment(field) is not None for field in first) == 1


def read_plain(text: str) -> CueFile:
    """Read the table, its columns by heading; without headings the one that holds times.

    Raises:
        CueError: a row has no time, or a quote is not closed.
    """
    rows = list(separated(text, separator(text)))
    columns = _columns(rows[0].fields)
    if any(time in columns for time in _TIMES):
        rows = rows[1:]
    else:
        columns = _guessed(rows[0])
    return CueFile(kind="table of names and times", cues=_cues(rows, columns))


def _columns(fields: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, field in enumerate(fields):
        meaning = _MEANING.get(field.strip().strip('"').casefold())
        if meaning:
            found.setdefault(meaning, place)
    return found


def _guessed(first: Row) -> dict[str, int]:
    time = next((n for n, field in enumerate(first.fields) if _moment(field) is not None), None)
    if time is None:
        raise at_line(first.line, "has no time. Write headings, `name` and `time`, above the rows.")
    name = 0 if time else 1
    comment = next((n for n in range(len(first.fields)) if n not in (time, name)), None)
    if first.fields[time].isdecimal():
        raise CueError(
            f"has {first.fields[time]} for a time, which may be frames or seconds. Write a first "
            "row with headings, `name` and `frame` or `seconds`.",
            f"line {first.line}",
        )
    columns = {"time": time, "name": name}
    return columns if comment is None else {**columns, "comment": comment}


def _cues(rows: Iterable[Row], columns: dict[str, int]) -> list[Cue]:
    time = next(time for time in _TIMES if time in columns)
    counts_frames = "frame" in columns
    cues = []
    for row in rows:
        written = row.field(columns[time])
        start = _moment(written)
        if start is None:
            raise at_line(row.line, f"has {written!r} under {time}, which is no time.")
        if time == "frame":
            start = _frame(row, written)
        comment = row.field(columns.get("comment"))
        cue = Cue(
            number=row.line,
            name=row.field(columns.get("name")) or comment,
            start=start,
            comment=comment,
        )
        _set_end(cue, row, columns, counts_frames=counts_frames)
        cues.append(cue)
    return cues


def _set_end(cue: Cue, row: Row, columns: dict[str, int], *, counts_frames: bool) -> None:
    end, length = row.field(columns.get("end")), row.field(columns.get("duration"))
    if end:
        cue.end = _moment(end)
        if isinstance(cue.start, int) and end.isdecimal():
            cue.end = int(end)
        if type(cue.end) is not type(cue.start):
            raise at_line(row.line, f"has {end!r} for its end, which is written unlike its start.")
    elif length:
        if counts_frames and length.isdecimal():
            cue.frames = int(length)
            return
        seconds = _moment(length)
        if not isinstance(seconds, Fraction) or not isinstance(cue.start, Fraction):
            raise at_line(row.line, f"has {length!r} for its duration. Write it in seconds.")
        cue.end = cue.start + seconds if seconds else None


def _frame(row: Row, written: str) -> int:
    if not written.isdecimal():
        raise at_line(row.line, f"has {written!r} under frame, which is no whole number.")
    return int(written)


def _moment(written: str) -> Moment | None:
    written = written.strip().strip('"')
    if is_label(written):
        return written
    seconds = clock_seconds(written)
    return seconds if seconds is not None else decimal_seconds(written.removesuffix("s").strip())
