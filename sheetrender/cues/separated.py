"""Rows of text between tabs, commas or semicolons."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sheetrender.cues.cue import at_line

_LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not blank.

    Attributes:
        line: on which it begins, from 1.
        fields: without blanks around them.
    """

    line: int
    fields: Sequence[str]

    def field(self, number: int | None) -> str:
        """Return a field by its number from 0; an empty text where there is none."""
        return self.fields[number] if number is not None and number < len(self.fields) else ""


def separator(text: str) -> str:
    """Return the tab, semicolon or comma that a file's first lines are split by; else empty."""
    lines = [line for line in text.split("\n", _LOOKED_AT)[:_LOOKED_AT] if line.strip()]
    counts = {mark: sum(mark in line for line in lines) for mark in "\t,;"}
    best = max(counts, key=lambda mark: counts[mark])
    return best if counts[best] else ""


def separated(text: str, mark: str, *, quoted: bool = True) -> Iterator[Row]:
    """Yield the rows of a file.

    Args:
        text: with ``\\n`` at the ends of lines.
        mark: between fields.
        quoted: whether ``"`` around a field is dropped, and line breaks inside belong to it.

    Raises:
        CueError: a quote is opened and never closed.
    """
    if not quoted:
        for number, written in enumerate(text.split("\n"), start=1):
            if written.strip():
                yield Row(number, [field.strip() for field in written.split(mark)])
        return
    # Not splitlines(), for which more signs than a line break end a line.
    lines = (f"{line}\n" for line in text.split("\n"))
    reader = csv.reader(lines, delimiter=mark or ",", strict=True)
    line = 1
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise at_line(
                line, 'has a quote (") that is not closed where a field ends. Close or remove it.'
            ) from error
        if any(field.strip() for field in fields):
            yield Row(line, [field.strip() for field in fields])
        line = reader.line_num + 1
