"""What the Tab key completes, and the command that teaches it to a shell."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem, get_completion_class

SHELLS = {
    "bash": ("~/.bashrc", 'eval "$(sheetrender completion bash)"'),
    "zsh": ("~/.zshrc", 'eval "$(sheetrender completion zsh)"'),
    "fish": (
        "~/.config/fish/completions/sheetrender.fish",
        "sheetrender completion fish | source",
    ),
}
"""By shell, the file that it reads when it starts, and the line that belongs there."""

_VARIABLE = "_SHEETRENDER_COMPLETE"


def _beginning(incomplete: str, words: Iterable[str]) -> list[CompletionItem]:
    return [CompletionItem(word) for word in words if word.startswith(incomplete)]


def sheets(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a sheet: the shell offers files."""
    return [CompletionItem(incomplete, type="file")]


def templates(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a template."""
    from sheetrender.workflow.init import template_names

    return _beginning(incomplete, template_names())


def engines(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of an engine."""
    from sheetrender.engines.engine import ENGINE_NAMES

    return _beginning(incomplete, ENGINE_NAMES)


def forms(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete what a sheet can be exported to."""
    from sheetrender.workflow.export import FORMS

    return _beginning(incomplete, FORMS)


def settings(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete ``NAME=`` of a setting or channel, and the words that a setting may be."""
    from sheetrender.planning.columns import CHANNELS
    from sheetrender.planning.settings_table import SETTINGS

    name, equals, _value = incomplete.partition("=")
    if equals:
        choices = {setting.name: setting.choices for setting in SETTINGS}.get(name, ())
        return _beginning(incomplete, [f"{name}={choice}" for choice in choices])
    found = {f"{setting.name}=": setting.help for setting in SETTINGS}
    found |= {f"{channel.heading}=": channel.help for channel in CHANNELS}
    return [
        CompletionItem(word, help=text)
        for word, text in found.items()
        if word.startswith(incomplete)
    ]


@click.command(short_help="Let the Tab key complete commands, options and names.")
@click.argument("shell", type=click.Choice(list(SHELLS)), required=False)
@click.pass_context
def completion(ctx: click.Context, shell: str | None) -> None:
    """Print what lets SHELL complete sheetrender's commands, options and names with the Tab key.

    Without SHELL it says which line to put where, once; shells that are opened afterwards know it.

    Example: sheetrender completion bash
    """
    if shell is None:
        own = Path(os.environ.get("SHELL", "")).name
        for name, (file, line) in SHELLS.items():
            if own not in SHELLS or name == own:
                click.echo(f"For {name}, add this line to {file} and open a new terminal:")
                click.echo(f"  {line}")
        return
    script = get_completion_class(shell)
    assert script is not None, "click knows all shells that are offered"
    click.echo(script(ctx.find_root().command, {}, "sheetrender", _VARIABLE).source())
