"""Options that several commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal

import click

FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
credentials_option = click.option(
    "--credentials",
    type=FILE,
    help="The JSON file that opens Google Sheets; else it is looked for.",
)


def sheet_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command its SHEET, and what goes with it, joined into one `request`."""
    return click.argument("sheet")(_with_request(command))


def optional_sheet_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command a SHEET that may be left out; `request` is None then."""
    return click.argument("sheet", required=False)(_with_request(command))


def _with_request(command: Callable[..., None]) -> Callable[..., None]:
    @click.option(
        "--set",
        "overrides",
        multiple=True,
        metavar="NAME=VALUE",
        help="A setting that beats the Settings tab; may be given several times.",
    )
    @click.option(
        "--allow-path",
        "allowed_paths",
        multiple=True,
        type=FOLDER,
        help="A folder outside the sheet's own that its cells may name.",
    )
    @click.option(
        "--recalc",
        type=click.Choice(["libreoffice"]),
        help="Let LibreOffice compute the sheet's formulas, on a copy.",
    )
    @credentials_option
    @functools.wraps(command)
    def with_request(
        sheet: str | None,
        overrides: tuple[str, ...],
        allowed_paths: tuple[Path, ...],
        recalc: Literal["libreoffice"] | None,
        credentials: Path | None,
        **rest: Any,
    ) -> None:
        from sheetrender.workflow.project import Request

        request = sheet and Request(
            sheet=sheet,
            overrides=_pairs(overrides),
            allowed_paths=list(allowed_paths),
            recalc=recalc or "",
            credentials=credentials,
        )
        command(request=request or None, **rest)

    return with_request


def _pairs(overrides: Iterable[str]) -> dict[str, str]:
    pairs = {}
    for override in overrides:
        name, equals, value = override.partition("=")
        if not equals or not name.strip():
            raise click.UsageError(f"--set {override!r}: write NAME=VALUE, such as fps=24.")
        pairs[name.strip()] = value
    return pairs
