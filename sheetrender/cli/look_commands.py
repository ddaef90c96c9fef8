"""The commands that show what a sheet looks like, without rendering it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sheetrender.cli.options import FILE, FOLDER, engine_option, sheet_options, show

# The work itself is imported inside the commands, so that --help stays instant.
if TYPE_CHECKING:
    from sheetrender.workflow.project import Request


@click.command()
@sheet_options
@click.option(
    "-o", "--output", type=FILE, help="The board, a .png; else moodboard.png in the output folder."
)
@engine_option
@click.option(
    "--seeds",
    type=click.IntRange(1, 12),
    default=1,
    show_default=True,
    help="Pictures of each row, each with the next seed.",
)
@click.option(
    "--styles",
    multiple=True,
    metavar="STYLE;STYLE",
    help="Styles to try on every subject, with ; between them; may be given several times.",
)
@click.option("--no-status", is_flag=True, help="Write nothing into the sheet.")
def moodboard(
    request: Request,
    output: Path | None,
    engine: str | None,
    seeds: int,
    styles: tuple[str, ...],
    no_status: bool,
) -> None:
    """Draw one picture for each row of SHEET onto a labelled contact sheet.

    Example: sheetrender moodboard my.xlsx --seeds 4
    """
    from sheetrender.workflow.moodboard import BoardOptions
    from sheetrender.workflow.moodboard import moodboard as lay_out

    options = BoardOptions(
        target=output,
        engine=engine,
        seeds=seeds,
        styles=[style.strip() for text in styles for style in text.split(";") if style.strip()],
        status=not no_status,
    )
    show(lay_out(request, options))


@click.command()
@sheet_options
@click.option("--folder", type=FOLDER, help="The output folder to look into; else renders/NAME.")
@click.option("-o", "--output", type=FILE, help="The page; else report.html in the output folder.")
@click.option("--mail", is_flag=True, help="Put a small copy of the video into the page itself.")
def report(request: Request, folder: Path | None, output: Path | None, mail: bool) -> None:
    """Show SHEET's video, curves, rows and settings on one page that opens in a browser.

    Example: sheetrender report my.xlsx
    """
    from sheetrender.workflow.report import report as write

    show(write(request, folder, output, by_mail=mail))


ALL = (moodboard, report)
