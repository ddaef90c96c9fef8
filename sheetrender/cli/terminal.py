"""What a terminal shows better than a file: colour, and tables whose long cells wrap in place.

Elsewhere, with ``NO_COLOR`` set, or in a terminal that knows no colours, the words are the same.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Literal, TextIO

import click

Colour = Literal["red", "green", "yellow", "cyan"]


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
