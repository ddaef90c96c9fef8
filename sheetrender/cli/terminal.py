"""What a terminal shows better than a file: colour, and tables whose long cells wrap in place.

Elsewhere, with ``NO_COLOR`` set, or in a terminal that knows no colours, the words are the same.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Container, Iterable, Sequence
from typing import Literal, TextIO

import click

Colour = Literal["red", "green", "yellow", "cyan"]
_STEERING = dict.fromkeys([*range(32), *range(127, 160)])
"""Signs that move a terminal about."""


def is_terminal(stream: TextIO) -> bool:
    """Say whether a person looks at a stream, in a terminal that can do more than print."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def is_colourful(stream: TextIO) -> bool:
    """Say whether colours are shown and wanted there. Source: no-color.org."""
    return is_terminal(stream) and not os.environ.get("NO_COLOR")


def painted(text: str, colour: Colour, stream: TextIO) -> str:
    """Return a text in a colour, where the stream shows it."""
    return click.style(text, fg=colour) if is_colourful(stream) else text


def sentence(text: str, stream: TextIO) -> str:
    """Return a message with its beginning in colour: a warning, or the cell that is meant."""
    start, colon, rest = text.partition(": ")
    if start == "Warning":
        return painted(f"{start}{colon}", "yellow", stream) + rest
    if colon and "!" in start:
        return painted(f"{start}{colon}", "red", stream) + rest
    return text


def counted(count: int, what: str) -> str:
    """Return a number and what it counts, in the plural where it is not one."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def show_row(cells: Sequence[str], widths: Sequence[int], colour: Colour | None = None) -> None:
    """Print one row of a table on stdout; in a terminal its last cell wraps below itself.

    Args:
        cells: of the row.
        widths: letters of all cells but the last.
        colour: of the first cell.
    """
    if not is_terminal(sys.stdout):
        click.echo("  ".join([*map(str.ljust, cells, widths), cells[-1]]).rstrip())
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    for width in widths:
        table.add_column(no_wrap=True, min_width=width)
    table.add_column(overflow="fold")
    table.add_row(Text(cells[0], colour or ""), *map(Text, cells[1:]))
    Console(file=sys.stdout, highlight=False).print(table)


def show_table(
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    numbers: Container[int] = (),
    stream: TextIO,
) -> None:
    """Print a table in a terminal: numbers stand to the right, and the last cell wraps in place.

    Args:
        headings: of the columns.
        rows: one text for each column; signs that would steer the terminal are taken out.
        numbers: places of the columns that hold numbers.
        stream: a terminal.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for place, heading in enumerate(headings):
        justify: Literal["left", "right"] = "right" if place in numbers else "left"
        is_last = place == len(headings) - 1
        table.add_column(heading, justify=justify, no_wrap=not is_last, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell.translate(_STEERING)) for cell in row))
    Console(file=stream, highlight=False).print(table)
