"""The commands: each parses, makes one call and prints."""

from __future__ import annotations

import functools
import json
import re
import sys
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

# The work itself is imported inside the commands, so that --help stays instant.
if TYPE_CHECKING:
    from sheetrender.model.events import Event
    from sheetrender.workflow.project import Request

_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)


def _sheet_options(command: Callable[..., None]) -> Callable[..., None]:
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
        type=_FOLDER,
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


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _pairs(overrides: Iterable[str]) -> dict[str, str]:
    pairs = {}
    for override in overrides:
        name, equals, value = override.partition("=")
        if not equals or not name.strip():
            raise click.UsageError(f"--set {override!r}: write NAME=VALUE, such as fps=24.")
        pairs[name.strip()] = value
    return pairs


_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")


def _show(events: Generator[Event, None, None]) -> None:
    from sheetrender.reporting.progress import ProgressDisplay

    with ProgressDisplay() as display, closing(events):
        for event in events:
            display.show(event)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--template", help="What to start from; else minimal.")
@click.option("--from", "source", type=_FILE, help="A settings file of Deforum to fill it from.")
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


@click.command()
@_sheet_options
@click.option("--to", "form", required=True, help="deforum; other tools follow later.")
@click.option("-o", "--output", type=_FILE, help="The file; else NAME_deforum.txt beside SHEET.")
def export(request: Request, form: str, output: Path | None) -> None:
    """Hand SHEET over to another tool: a settings file for Deforum.

    Example: sheetrender export my.xlsx --to deforum
    """
    from sheetrender.workflow.export import export as hand_over

    made = hand_over(request, form, output)
    for notice in made.notices:
        click.echo(f"Note: {notice}", err=True)
    click.echo(f"Settings for Deforum: {made.path}", err=True)


@click.command()
@_sheet_options
@click.option("--write", is_flag=True, help="Say it in the rows' status and message, too.")
@_json_option
@click.pass_context
def check(ctx: click.Context, request: Request, write: bool, as_json: bool) -> None:
    """Name every cell of SHEET that needs attention, and what to write instead.

    Example: sheetrender check my.xlsx
    """
    from sheetrender.workflow.check import check as look
    from sheetrender.workflow.check import write_checked

    found = look(request)
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
    else:
        for problem in found.problems:
            click.echo(str(problem))
        for warning in found.warnings:
            click.echo(f"Warning: {warning}")
        count = len(found.problems)
        if count:
            click.echo(f"{count} problem{'s' if count != 1 else ''} to mend.", err=True)
        else:
            rows = f"{found.rows} rows are" if found.rows != 1 else "1 row is"
            click.echo(f"{rows} ready: {_counted(found.frames, 'frame')}.", err=True)
    if write:
        count = write_checked(found)
        said = f"Written into {_counted(count, 'row')}." if count else "No row has anything to say."
        click.echo(said, err=True)
    if found.problems:
        ctx.exit(2)


@click.command()
@_sheet_options
@click.option("-o", "--output", type=_FOLDER, help="The output folder to look into.")
@click.option("--plot", type=_FILE, help="Draw the curves over the song into this PNG.")
@_json_option
def plan(request: Request, output: Path | None, plot: Path | None, as_json: bool) -> None:
    """Say what SHEET would render: frames, segments, time, and what is done already.

    Example: sheetrender plan my.xlsx --plot curves.png
    """
    from sheetrender.cli.plan_text import plan_text
    from sheetrender.workflow.plan import plan_json, plan_sheet, plot_plan

    planned = plan_sheet(request, output)
    if plot is not None:
        plot_plan(planned, plot)
        click.echo(f"Curves: {plot}", err=True)
    if as_json:
        json.dump(plan_json(planned.plan), sys.stdout, ensure_ascii=False)
        click.echo()
    else:
        click.echo(plan_text(planned))
        for warning in planned.warnings:
            click.echo(f"Warning: {warning}", err=True)


@click.command()
@_sheet_options
@click.option("-o", "--output", type=_FILE, help="The video; else NAME_preview.mp4 beside SHEET.")
def preview(request: Request, output: Path | None) -> None:
    """Draw SHEET as an animatic straight into a video; keeps no frames, writes no status.

    Example: sheetrender preview my.xlsx -o draft.mp4
    """
    from sheetrender.workflow.preview import preview as draw

    _show(draw(request, output))


@click.command()
@_sheet_options
@click.option("-o", "--output", type=_FOLDER, help="The output folder; else renders/NAME.")
@click.option("--engine", help="Who draws; beats the Settings tab.")
@click.option("--frames", metavar="A-B", help="Only frames A to B, and what they need.")
@click.option("--fresh", is_flag=True, help="Draw every frame again.")
@click.option("--no-status", is_flag=True, help="Write nothing into the sheet.")
@click.option("--no-video", is_flag=True, help="Make frames only.")
@click.option(
    "--archive",
    type=_FOLDER,
    help="A folder on a drive or share that keeps frames and video too, in few files.",
)
def run(
    request: Request,
    output: Path | None,
    engine: str | None,
    frames: str | None,
    fresh: bool,
    no_status: bool,
    no_video: bool,
    archive: Path | None,
) -> None:
    """Render SHEET into a video with its song; run again to go on where it stopped.

    Example: sheetrender run my.xlsx
    """
    from sheetrender.workflow.run import RunOptions
    from sheetrender.workflow.run import run as render

    options = RunOptions(
        folder=output,
        engine=engine,
        frames=_frame_range(frames),
        fresh=fresh,
        status=not no_status,
        video=not no_video,
        archive=archive,
    )
    _show(render(request, options))


def _frame_range(written: str | None) -> tuple[int, int] | None:
    if written is None:
        return None
    match = re.fullmatch(r"\s*(\d{1,9})\s*(?:[-–]\s*(\d{1,9})\s*)?", written)
    if match is None:
        raise click.UsageError(f"--frames {written!r}: write two frame numbers, such as 0-122.")
    return int(match[1]), int(match[2] or match[1])


@click.command()
@click.argument("value", required=False)
@click.option("--fps", default="30", show_default=True, help="24, 25, 29.97, 30, 30000/1001 …")
@click.option("--drop", is_flag=True, help="Count in drop-frame timecode.")
@click.option("--size", "shape", metavar="W:H", help="Give a picture size of this shape instead.")
@click.option("--width", default=768, show_default=True, help="Width for --size, pixels.")
@_json_option
def timecode(
    value: str | None, fps: str, drop: bool, shape: str | None, width: int, as_json: bool
) -> None:
    """Turn VALUE (timecode, frame, or seconds such as 4.07s) into all three.

    Example: sheetrender timecode 00:00:04:02 --fps 29.97
    """
    from sheetrender.workflow.timecode import convert, size_of

    if shape is not None and value is not None:
        raise click.UsageError("Give either a timecode, a frame or a time, or --size.")
    if shape is not None:
        size = size_of(shape, width)
        sides = {"width": size.width, "height": size.height}
        click.echo(json.dumps(sides) if as_json else f"{size.width}x{size.height}")
    if value is None:
        if shape is None:
            raise click.UsageError("Give a timecode, a frame or a time, or --size.")
        return
    moment = convert(value, fps, drop=drop)
    if as_json:
        click.echo(json.dumps(moment.as_json()))
    else:
        click.echo(
            f"frame {moment.frame}   {moment.timecode}   {float(moment.seconds):.6f} s   "
            f"at {moment.rate.label} fps"
        )


ALL = (init, check, plan, preview, run, export, timecode)
