"""The commands before the first render: each parses, makes one call and prints."""

from __future__ import annotations

import json
import os
import sys
import webbrowser
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from sheetrender.cli import completion
from sheetrender.cli.options import (
    FILE,
    FOLDER,
    allow_path_option,
    credentials_option,
    json_option,
    recalc_option,
    request_of,
    set_option,
)
from sheetrender.cli.terminal import Colour, show_row

# The work itself is imported inside the commands, so that --help stays instant.
if TYPE_CHECKING:
    from sheetrender.planning.deforum.importing import Imported
    from sheetrender.workflow.doctor import Finding

_STATE_COLOURS: Mapping[str, Colour] = {"ok": "green", "note": "yellow", "wrong": "red"}
_WIDTHS = (5, 13)


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option(
    "--template", help="What to start from; else minimal.", shell_complete=completion.templates
)
@click.option(
    "--from",
    "source",
    type=FILE,
    help="What to fill it from: settings of Deforum, a file of Parseq.",
)
@click.option(
    "--google",
    is_flag=False,
    flag_value="",
    metavar="[ADDRESS]",
    help="Fill an empty Google Sheet instead; without ADDRESS, say how to make one.",
)
@credentials_option
def init(
    file: Path | None,
    template: str | None,
    source: Path | None,
    google: str | None,
    credentials: Path | None,
) -> None:
    """Make a new workbook FILE with example rows, drop-downs and a tab that explains it.

    With --google it fills an empty Google Sheet, which you have made and shared.

    \b
    Templates:
      loop         eight seconds without an end: the last frame leads back into the first
      minimal      six example rows to try things out; needs no song
      moodboard    stills to choose from: a few subjects, each in several styles
      music-video  a whole song: rows by its parts, curves from drums, bass and voice

    Example: sheetrender init my.xlsx --template music-video
    """
    from sheetrender.workflow.init import USUAL, first_step, init_from_deforum
    from sheetrender.workflow.init import init as make

    if template is not None and source is not None:
        raise click.UsageError("Give either --template or --from.")
    if google is not None:
        if file is not None:
            raise click.UsageError("Give either FILE or --google.")
        _init_google(google, template or USUAL, source, credentials)
    elif file is None:
        raise click.UsageError("Give the name of the new workbook, such as my.xlsx, or --google.")
    elif source is not None:
        _say_imported(init_from_deforum(file, source))
        click.echo(f"{file} is ready. Look at it, then: sheetrender run {file}", err=True)
    else:
        made, first = make(file, template or USUAL), first_step(template or USUAL)
        click.echo(f"{made} is ready. {first} {made}", err=True)


def _init_google(
    address: str, template: str, source: Path | None, credentials: Path | None
) -> None:
    from sheetrender.workflow.init import first_step
    from sheetrender.workflow.init_google import how_to_share, init_google

    if not address:
        for number, step in enumerate(how_to_share(credentials), start=1):
            click.echo(f"{number}. {step}", err=True)
        return
    filled = init_google(address, template=template, source=source, credentials=credentials)
    if filled.imported:
        _say_imported(filled.imported)
    click.echo(f"{filled.title} is ready. {first_step(template)} {filled.address}", err=True)


def _say_imported(imported: Imported) -> None:
    from sheetrender.cli.import_text import import_lines

    for line in import_lines(imported):
        click.echo(line, err=True)


@click.command()
@click.option("--client", type=FILE, help="JSON of an OAuth client; later sign-ins remember it.")
@click.option("--drive", is_flag=True, help="Allow previews in your Google Drive as well.")
@click.option("--forget", is_flag=True, help="Remove the sign-in from this machine.")
def login(client: Path | None, drive: bool, forget: bool) -> None:
    """Sign in to Google with your own account, for those without a service account.

    The OAuth client is your own: at https://console.cloud.google.com/auth/clients choose a project,
    switch the Google Sheets API on (for --drive the Google Drive API too), make a client of the
    type Desktop app, and download its JSON.

    Example: sheetrender login --client client_secret.json
    """
    from sheetrender.workflow.login import login as sign_in
    from sheetrender.workflow.login import logout

    if forget:
        if client is not None or drive:
            raise click.UsageError("Give --forget alone.")
        gone = logout()
        click.echo(f"{gone} is gone." if gone else "There was no sign-in.", err=True)
        return
    signed_in = sign_in(client, _show_page, drive=drive)
    click.echo(f"You are signed in ({signed_in.path}).", err=True)
    if signed_in.hidden_by:
        click.echo(f"It is not used yet, because this comes first: {signed_in.hidden_by}", err=True)


def _show_page(address: str) -> None:
    """Open a page in the browser, where there is one that does not take over the terminal."""
    click.echo(f"Sign in at this address, on this machine:\n{address}", err=True)
    has_desktop = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
    if has_desktop or sys.platform in {"darwin", "win32"}:
        webbrowser.open(address)


@click.command()
@click.argument("sheet", required=False, shell_complete=completion.sheets)
@click.option("-o", "--output", type=FOLDER, help="The output folder; else renders/NAME.")
@set_option
@allow_path_option
@recalc_option
@credentials_option
@json_option
@click.pass_context
def doctor(
    ctx: click.Context,
    sheet: str | None,
    output: Path | None,
    overrides: tuple[str, ...],
    allowed_paths: tuple[Path, ...],
    recalc: Literal["libreoffice"] | None,
    credentials: Path | None,
    as_json: bool,
) -> None:
    """Say what is installed, as whom Google Sheets are opened, and whether SHEET can be worked on.

    Example: sheetrender doctor my.xlsx
    """
    from sheetrender.workflow.doctor import examine, exit_code

    request = request_of(sheet, overrides, allowed_paths, recalc, credentials) if sheet else None
    findings = []
    for finding in examine(request, credentials=credentials, folder=output):
        findings.append(finding)
        if not as_json:
            cells = (finding.state, finding.topic, _with_cure(finding))
            show_row(cells, _WIDTHS, _STATE_COLOURS[finding.state])
    status = exit_code(findings)
    if as_json:
        found = {"ok": not status, "findings": [finding.as_json() for finding in findings]}
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    ctx.exit(status)


def _with_cure(finding: Finding) -> str:
    return f"{finding.says}. {finding.cure}" if finding.cure else finding.says


ALL = (init, login, doctor)
