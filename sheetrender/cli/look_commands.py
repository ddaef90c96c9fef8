"""The commands that show what a sheet looks like, without rendering it."""

from __future__ import annotations

import os
import sys
import webbrowser
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sheetrender.cli.options import (
    FILE,
    FOLDER,
    INTERRUPTED,
    engine_option,
    sheet_options,
    show,
)

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


@click.command()
@sheet_options
@click.option("--folder", type=FOLDER, help="The output folder to look into; else renders/NAME.")
@click.option("--draft", is_flag=True, help="Look at the draft that `run --draft` makes.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help="Where the page is; else the port that it had last, or a free one.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="An address of this machine; another one lets other machines look, 0.0.0.0 all of them.",
)
@click.option("--no-browser", is_flag=True, help="Print the address only.")
@click.pass_context
def serve(
    ctx: click.Context,
    request: Request,
    folder: Path | None,
    draft: bool,
    port: int | None,
    host: str,
    no_browser: bool,
) -> None:
    """Show SHEET's report as a live page in the browser while a run goes on elsewhere.

    Example: sheetrender serve my.xlsx
    """
    from sheetrender.workflow.serve import ServeOptions
    from sheetrender.workflow.serve import serve as open_page

    options = ServeOptions(folder=folder, host=host, port=port)
    try:
        with open_page(replace(request, draft=draft), options) as page:
            for warning in page.warnings:
                click.echo(warning, err=True)
            click.echo(f"The page is {page.address}\nCtrl-C ends it.", err=True)
            if not no_browser and can_open_browser():
                webbrowser.open(page.address)
            page.wait()
    except KeyboardInterrupt:
        click.echo("The page is closed; a run that goes on is not touched.", err=True)
        ctx.exit(INTERRUPTED)


def can_open_browser() -> bool:
    """Say whether a person sits before a screen: a browser in a terminal would take it over."""
    has_screen = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    return sys.stderr.isatty() and (sys.platform in ("win32", "darwin") or has_screen)


ALL = (moodboard, report, serve)
