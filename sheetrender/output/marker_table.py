"""Markers as a table of comma-separated values, for spreadsheets and scripts."""

from __future__ import annotations

import csv
import io

from sheetrender.output.timeline import Timeline, plain_line

_HEADINGS = ("name", "frame", "timecode", "seconds", "duration", "comment")


def marker_csv(timeline: Timeline) -> str:
    """Return the table, one row for each marker.

    No text becomes a formula: one that a spreadsheet would run begins with an apostrophe.
    """
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\r\n")
    table.writerow(_HEADINGS)
    for mark in timeline.marks:
        table.writerow(
            (
                _harmless(mark.name),
                mark.frame,
                timeline.label(mark.frame),
                f"{float(timeline.rate.seconds_at(mark.frame)):.6f}",
                mark.duration,
                _harmless(mark.comment),
            )
        )
    return file.getvalue()


def _harmless(text: str) -> str:
    line = plain_line(text)
    return f"'{line}" if line[:1] in "=+-@" and line else line
