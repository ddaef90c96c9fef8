"""What several commands share: the sheet and its options, and how events are shown."""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

if TYPE_CHECKING:
    from sheetrender.model.events import Event

FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)


def sheet_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command its SHEET, --set and --allow-path, joined into one `request`."""

    @click.argument("sheet")
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
    @functools.wraps(command)
    def with_request(
        sheet: str,
        overrides: tuple[str, ...],
        allowed_paths: tuple[Path, ...],
        recalc: Literal["libreoffice"] | None,
        **rest: Any,
    ) -> None:
        from sheetrender.workflow.project import Request

        request = Request(
            sheet=sheet,
            overrides=_pairs(overrides),
            allowed_paths=list(allowed_paths),
            recalc=recalc or "",
        )
        command(request=request, **rest)

    return with_request


def _pairs(overrides: Iterable[str]) -> dict[str, str]:
    pairs = {}
    for override in overrides:
        name, equals, value = override.partition("=")
        if not equals or not name.strip():
            raise click.UsageError(f"--set {override!r}: write NAME=VALUE, such as fps=24.")
        pairs[name.strip()] = value
    return pairs


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")


def show(events: Generator[Event, None, None]) -> None:
    """Show what happens until it is over; whatever ends it early ends the work, too."""
    from sheetrender.reporting.progress import ProgressDisplay

    with ProgressDisplay() as display, closing(events):
        for event in events:
            display.show(event)
