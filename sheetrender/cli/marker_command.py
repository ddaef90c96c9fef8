"""The command `markers`: parse, one call, print."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sheetrender.cli.options import FILE, credentials_option, json_option

# The work itself is imported inside the command, so that --help stays instant.
if TYPE_CHECKING:
    from sheetrender.workflow.markers import Asked, MarkersFound


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=FILE)
@click.option("--fps", default="", help="At which FILE counts: 24, 25, 29.97, 30, 30000/1001 …")
@click.option("--start", default="", metavar="TIMECODE", help="Label of the song's first frame.")
@click.option("--into", "sheet", metavar="SHEET", help="Fill the tab Markers of this sheet.")
@click.option("--rows", is_flag=True, help="With --into: a Keyframes row per marker without one.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a table for spreadsheets.")
@json_option
@click.option(
    "--largest",
    type=click.FloatRange(min=0, min_open=True),
    default=100,
    show_default=True,
    metavar="MB",
    help="Refuse larger files.",
)
@credentials_option
def markers(
    files: tuple[Path, ...],
    fps: str,
    start: str,
    sheet: str | None,
    rows: bool,
    as_csv: bool,
    as_json: bool,
    largest: float,
    credentials: Path | None,
) -> None:
    """Turn the markers of an editor, a sound program or a lyric file into frame numbers.

    FILE is told by what is in it: Premiere, Resolve, Final Cut, Avid, Audition, Audacity, Reaper,
    Pro Tools, MIDI, WAV, LRC, SRT, WebVTT, Aegisub, YouTube chapters, or a table of names and
    times.

    Example: sheetrender markers premiere.csv --fps 30 --into my.xlsx --rows
    """
    from sheetrender.workflow.markers import Asked, find_markers

    if as_csv and as_json:
        raise click.UsageError("Give either --csv or --json.")
    if rows and sheet is None:
        raise click.UsageError("--rows adds rows to a sheet. Name it with --into.")
    asked = Asked(files=files, fps=fps, start=start, largest=largest)
    if sheet is None:
        found = find_markers(asked)
        said: list[str] = []
    else:
        found, said = _filled(sheet, asked, credentials, rows=rows)
    if as_json:
        click.echo(json.dumps(list(found.rows()), ensure_ascii=False, indent=2))
    elif as_csv:
        _print_csv(found)
    elif sheet is None:
        from sheetrender.cli.marker_text import show_markers

        show_markers(found)
    for note in (*found.notes, *said):
        click.echo(note, err=True)


def _filled(
    sheet: str, asked: Asked, credentials: Path | None, *, rows: bool
) -> tuple[MarkersFound, list[str]]:
    from sheetrender.cli.marker_text import filled_lines
    from sheetrender.cli.options import request_of
    from sheetrender.workflow.markers_into import fill_sheet

    filled = fill_sheet(request_of(sheet, (), (), None, credentials), asked, rows=rows)
    return filled.found, filled_lines(filled, sheet)


def _print_csv(found: MarkersFound) -> None:
    rows = list(found.rows())
    writer = csv.DictWriter(sys.stdout, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, "seconds": f"{row['seconds']:.6f}"} for row in rows)
