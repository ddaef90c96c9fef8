"""Markers, and what they changed in a sheet, in words."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from sheetrender.cli.terminal import counted, is_terminal, show_table

if TYPE_CHECKING:
    from sheetrender.planning.markers_update import Move
    from sheetrender.workflow.markers import MarkersFound
    from sheetrender.workflow.markers_into import Filled

_LONGEST = 60
_SHOWN = 20
_IN_A_TABLE = 1000
"""Markers beyond which a terminal gets plain lines, too: laying a table out takes long."""
_HEADINGS = ("frame", "timecode", "seconds", "length", "name")
_NUMBERS = (0, 2, 3)


def show_markers(found: MarkersFound) -> None:
    """Print the markers on stdout: in a terminal as a table, elsewhere as lines."""
    if is_terminal(sys.stdout) and len(found.markers) <= _IN_A_TABLE:
        show_table(_HEADINGS, map(_cells, found.rows()), numbers=_NUMBERS, stream=sys.stdout)
        click.echo(_total(found))
    else:
        click.echo("\n".join(table_lines(found)))


def table_lines(found: MarkersFound) -> Iterator[str]:
    """Yield the markers as plain lines, and what kind of file they came from."""
    yield _line(_HEADINGS)
    for row in found.rows():
        *moment, name = _cells(row)
        short = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
        yield _line([*moment, short])
    yield _total(found)


def _cells(row: Mapping[str, str | int | float]) -> tuple[str, ...]:
    name, comment = str(row["name"]), str(row["comment"])
    if comment and comment != name:
        name = f"{name} ({comment})" if name else comment
    name = " ".join(name.split())
    seconds, length = f"{row['seconds']:.3f}", str(row["duration"] or "")
    return str(row["frame"]), str(row["timecode"]), seconds, length, name


def _line(cells: Sequence[str]) -> str:
    frame, timecode, seconds, length, name = cells
    return f"{frame:>8}  {timecode:11}  {seconds:>10}  {length:>6}  {name}".rstrip()


def _total(found: MarkersFound) -> str:
    kinds = ", ".join(dict.fromkeys(found.kinds))
    return f"{counted(len(found.markers), 'marker')} at {found.rate.label} fps ({kinds})."


def filled_lines(filled: Filled, sheet: str) -> list[str]:
    """Return what was written, what stayed as it was, and how to get back."""
    tab = filled.tab
    lines = [_summary(filled, sheet)]
    lines += _listed([_moved(move) for move in tab.moved])
    lines += _listed(
        [
            f"{move.name} was changed by hand and stays at {move.old}; the file has {move.new}."
            for move in tab.edited
        ]
    )
    if tab.gone:
        names = ", ".join(tab.gone[:_SHOWN]) + (" …" if len(tab.gone) > _SHOWN else "")
        lines.append(f"Not in the file any more, and kept in the sheet: {names}.")
    if filled.rows is not None:
        lines += _row_lines(filled)
    lines += [f"Warning: {warning}" for warning in filled.warnings]
    if filled.copy is not None:
        lines.append(f"The sheet as it was before: {filled.copy}")
    elif filled.is_google and filled.changed:
        lines.append("To get back: in the sheet, File > Version history > See version history.")
    return lines


def _summary(filled: Filled, sheet: str) -> str:
    tab, count = filled.tab, len(filled.found.markers)
    if not filled.changed:
        return f"{sheet} is up to date: nothing was written."
    same = count - len(tab.added) - len(tab.moved) - len(tab.edited)
    return (
        f"Tab Markers of {sheet}: {len(tab.added)} new, {len(tab.moved)} moved, "
        f"{same} where they were."
    )


def _moved(move: Move) -> str:
    by = abs(move.new - move.old)
    way = "later" if move.new > move.old else "earlier"
    return f"{move.name}: {counted(by, 'frame')} {way} ({move.old} to {move.new})."


def _row_lines(filled: Filled) -> list[str]:
    rows = filled.rows
    assert rows is not None
    if rows.rows is None:
        lines = ["Tab Keyframes: every marker has its row already."]
    else:
        first, last = rows.rows
        where = f"row {first}" if first == last else f"rows {first} to {last}"
        lines = [f"Tab Keyframes: {len(rows.added)} new, {where}."]
    return lines + _listed(
        [
            f"{name} has no row of its own: one begins on frame {frame} already."
            for name, frame in rows.occupied
        ]
    )


def _listed(sentences: Sequence[str]) -> list[str]:
    lines = [f"  {sentence}" for sentence in sentences[:_SHOWN]]
    if len(sentences) > _SHOWN:
        lines.append(f"  … and {len(sentences) - _SHOWN} more.")
    return lines
