"""The commands before the first render: each parses, makes one call and prints."""

from __future__ import annotations

from pathlib import Path

import click

from sheetrender.cli.options import FILE

# The work itself is imported inside the commands, so that --help stays instant.


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--template", help="What to start from; else minimal.")
@click.option("--from", "source", type=FILE, help="A settings file of Deforum to fill it from.")
def init(file: Path, template: str | None, source: Path | None) -> None:
    """Make a new workbook FILE with example rows, drop-downs and a tab that explains it.

    Example: sheetrender init my.xlsx
    """
    from sheetrender.cli.import_text import import_lines
    from sheetrender.workflow.init import init as make
    from sheetrender.workflow.init import init_from_deforum

    if source is None:
        made = make(file, template or "minimal")
        click.echo(f"{made} is ready. Fill in its rows, then: sheetrender run {made}", err=True)
        return
    if template is not None:
        raise click.UsageError("Give either --template or --from.")
    for line in import_lines(init_from_deforum(file, source)):
        click.echo(line, err=True)
    click.echo(f"{file} is ready. Look at it, then: sheetrender run {file}", err=True)


ALL = (init,)
