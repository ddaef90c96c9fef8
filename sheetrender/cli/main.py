"""The command `sheetrender`, and the one place where errors become sentences and exit statuses."""

from __future__ import annotations

import gc
import signal
import sys
import threading
from typing import Any

import click

from sheetrender import __version__
from sheetrender.cli import (
    commands,
    look_commands,
    marker_command,
    setup_commands,
    sound_commands,
)
from sheetrender.cli.options import INTERRUPTED
from sheetrender.model.errors import SheetrenderError


class PoliteGroup(click.Group):
    """A group that prints our own errors as plain sentences and sets their exit status.

    Other exceptions are bugs and keep their traceback.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which a person meets them."""
        return list(self.commands)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run, and end with the exit status of the command line's contract."""
        # A large sheet is a million small objects that all last; looking through them for rubbish
        # again and again takes as long as reading them.
        gc.set_threshold(100_000, 50, 100)
        _end_politely()
        try:
            status = super().main(*args, **{**kwargs, "standalone_mode": False})
        except SheetrenderError as error:
            _say(str(error), error)
            sys.exit(error.exit_code)
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except (KeyboardInterrupt, click.Abort) as error:
            _say("Interrupted.", error.__cause__ or error)
            sys.exit(INTERRUPTED)
        sys.exit(status if isinstance(status, int) else 0)


def _end_politely() -> None:
    """Let a closed terminal and `kill` end the program as Ctrl-C does, with all that is cleaned."""
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), _interrupt)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _say(sentence: str, error: BaseException) -> None:
    """Print what happened, and the notes that the error gathered on its way."""
    click.echo(sentence, err=True)
    for note in getattr(error, "__notes__", []):
        click.echo(note, err=True)


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
):
    main.add_command(command)
