"""The command `sheetrender`, and the one place where errors become sentences and exit statuses."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

import click

from sheetrender import __version__
from sheetrender.cli import (
    commands,
    completion,
    help_text,
    look_commands,
    marker_command,
    setup_commands,
    sound_commands,
)
from sheetrender.cli.options import INTERRUPTED
from sheetrender.cli.stopping import how_to_go_on
from sheetrender.cli.terminal import sentence
from sheetrender.model.errors import SheetrenderError


class PoliteGroup(click.Group):
    """A group that prints our own errors as plain sentences and sets their exit status.

    Other exceptions are bugs, and go on to Python, which is told to say so in a sentence.

    Attributes:
        is_verbose: show where in the program an error arose as well.
    """

    is_verbose = False

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which a person meets them."""
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands in their sections."""
        help_text.write_commands(self, ctx, formatter)

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Add a command, which takes ``--verbose`` as all of them do."""
        cmd.params.append(_verbose())
        super().add_command(cmd, name)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run, and end with the exit status of the command line's contract."""
        # A large sheet is a million small objects that all last; looking through them for rubbish
        # again and again takes as long as reading them.
        gc.set_threshold(100_000, 50, 100)
        _end_politely()
        self.is_verbose = False
        sys.excepthook = self._say_fault
        colour = False if os.environ.get("NO_COLOR") else None
        try:
            status = super().main(*args, **{"color": colour, **kwargs, "standalone_mode": False})
        except SheetrenderError as error:
            self._say(str(error), error)
            sys.exit(error.exit_code)
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except (KeyboardInterrupt, click.Abort) as error:
            self._say("Stopped.", error.__cause__ or error)
            words = kwargs.get("args") or next(iter(args), None) or sys.argv[1:]
            if again := how_to_go_on(words):
                click.echo(again, err=True)
            sys.exit(INTERRUPTED)
        sys.exit(status if isinstance(status, int) else 0)

    def _say(self, text: str, error: BaseException) -> None:
        """Print what happened, and the notes that the error gathered on its way."""
        if self.is_verbose:
            traceback.print_exception(error)
        click.echo(sentence(text, sys.stderr), err=True)
        for note in getattr(error, "__notes__", []):
            click.echo(note, err=True)

    def _say_fault(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Print what a bug is to a person: whose it is, and how to report it."""
        if self.is_verbose:
            traceback.print_exception(kind, error, trace)
        place = traceback.extract_tb(trace)[-1] if trace else None
        where = f" ({Path(place.filename).name}, line {place.lineno})" if place else ""
        about = f": {error}" if str(error) else ""
        click.echo(
            f"This is a fault of sheetrender, not of your sheet: {kind.__name__}{about}{where}.\n"
            "Give the same command with --verbose, and report all that it says.",
            err=True,
        )


def _end_politely() -> None:
    """Let a closed terminal and `kill` end the program as Ctrl-C does, with all that is cleaned."""
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), _interrupt)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _verbose() -> click.Option:
    return click.Option(
        ["-v", "--verbose"],
        is_flag=True,
        expose_value=False,
        callback=_be_verbose,
        help="Say more: what libraries report, and where an error arose.",
    )


def _be_verbose(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    group = ctx.find_root().command
    if wanted and isinstance(group, PoliteGroup) and not group.is_verbose:
        group.is_verbose = True
        logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s", force=True)


@click.group(cls=PoliteGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sheetrender")
def main() -> None:
    """Turn a spreadsheet into a music video.

    SHEET is an .xlsx or .csv file, or the address of a Google Sheet. Begin with
    `sheetrender init my.xlsx`, fill in rows, then `sheetrender run my.xlsx`.
    """


for command in (
    *setup_commands.ALL,
    *commands.ALL,
    *look_commands.ALL,
    marker_command.markers,
    *sound_commands.ALL,
    completion.completion,
):
    main.add_command(command)
