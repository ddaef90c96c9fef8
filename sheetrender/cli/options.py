"""What several commands share: the sheet and its options, and how events are shown."""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from sheetrender.cli import completion
from sheetrender.cli.stopping import show_all

if TYPE_CHECKING:
    from sheetrender.model.events import Event
    from sheetrender.workflow.project import Request

FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)

INTERRUPTED = 130
"""The exit status of whatever Ctrl-C ends."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
credentials_option = click.option(
    "--credentials",
    type=FILE,
    help="The JSON file that opens Google Sheets; else it is looked for.",
)


set_option = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="NAME=VALUE",
    help="A setting that beats the Settings tab; may be given several times.",
    shell_complete=completion.settings,
)
engine_option = click.option(
    "--engine", help="Who draws; beats the Settings tab.", shell_complete=completion.engines
)
allow_path_option = click.option(
    "--allow-path",
    "allowed_paths",
    multiple=True,
    type=FOLDER,
    help="A folder outside the sheet's own that its cells may name.",
)
recalc_option = click.option(
    "--recalc",
    type=click.Choice(["libreoffice"]),
    help="Let LibreOffice compute the sheet's formulas, on a copy.",
)


def sheet_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command its SHEET, and what goes with it, joined into one `request`."""

    @click.argument("sheet", shell_complete=completion.sheets)
    @set_option
    @allow_path_option
    @recalc_option
    @credentials_option
    @functools.wraps(command)
    def with_request(
        sheet: str,
        overrides: tuple[str, ...],
        allowed_paths: tuple[Path, ...],
        recalc: Literal["libreoffice"] | None,
        credentials: Path | None,
        **rest: Any,
    ) -> None:
        request = request_of(sheet, overrides, allowed_paths, recalc, credentials)
        command(request=request, **rest)

    return with_request


def sheets_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command several SHEETs, and what goes with each, as its `requests`."""

    @click.argument(
        "sheets", nargs=-1, required=True, metavar="SHEET...", shell_complete=completion.sheets
    )
    @set_option
    @allow_path_option
    @recalc_option
    @credentials_option
    @functools.wraps(command)
    def with_requests(
        sheets: tuple[str, ...],
        overrides: tuple[str, ...],
        allowed_paths: tuple[Path, ...],
        recalc: Literal["libreoffice"] | None,
        credentials: Path | None,
        **rest: Any,
    ) -> None:
        requests = [
            request_of(sheet, overrides, allowed_paths, recalc, credentials) for sheet in sheets
        ]
        command(requests=requests, **rest)

    return with_requests


def request_of(
    sheet: str,
    overrides: Iterable[str],
    allowed_paths: Iterable[Path],
    recalc: Literal["libreoffice"] | None,
    credentials: Path | None,
) -> Request:
    """Join what the options of a sheet say."""
    from sheetrender.workflow.project import Request

    return Request(
        sheet=sheet,
        overrides=_pairs(overrides),
        allowed_paths=list(allowed_paths),
        recalc=recalc or "",
        credentials=credentials,
    )


def _pairs(overrides: Iterable[str]) -> dict[str, str]:
    pairs = {}
    for override in overrides:
        name, equals, value = override.partition("=")
        if not equals or not name.strip():
            raise click.UsageError(f"--set {override!r}: write NAME=VALUE, such as fps=24.")
        pairs[name.strip()] = value
    return pairs


def show(events: Generator[Event, None, None]) -> None:
    """Show what happens until it is over; whatever ends it early ends the work, too."""
    from sheetrender.reporting.progress import ProgressDisplay

    with ProgressDisplay() as display:
        show_all(events, display)
