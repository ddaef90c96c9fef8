"""The commands that work on a sheet: each parses, makes one call and prints."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sheetrender.cli import completion, run_command
from sheetrender.cli.options import (
    FILE,
    FOLDER,
    engine_option,
    json_option,
    sheet_options,
    show,
)
from sheetrender.cli.plan_text import LABEL, Price, PriceType, plan_text
from sheetrender.cli.terminal import counted, sentence, show_row

# The work itself is imported inside the commands, so that --help stays instant.
if TYPE_CHECKING:
    from sheetrender.workflow.plan import Planned
    from sheetrender.workflow.project import Request


@click.command()
@sheet_options
@click.option(
    "--to",
    "form",
    required=True,
    help="deforum, prompts, parseq, premiere, fcpxml, otio, edl, srt, lyrics or csv.",
    shell_complete=completion.forms,
)
@click.option("-o", "--output", type=FILE, help="The file; else NAME_FORM beside SHEET.")
def export(request: Request, form: str, output: Path | None) -> None:
    """Hand SHEET over: to Deforum, to Parseq, or its video, cuts, song and markers for an editor.

    Example: sheetrender export my.xlsx --to premiere
    """
    from sheetrender.workflow.export import export as hand_over

    made = hand_over(request, form, output)
    for notice in made.notices:
        click.echo(f"Note: {notice}", err=True)
    click.echo(f"{made.says}: {made.path or ''}".rstrip(), err=True)
    if made.text:
        click.echo(made.text)


@click.command()
@sheet_options
@click.option("--write", is_flag=True, help="Say it in the rows' status and message, too.")
@json_option
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
            click.echo(sentence(str(problem), sys.stdout))
        for warning in found.warnings:
            click.echo(sentence(f"Warning: {warning}", sys.stdout))
        count = len(found.problems)
        if count:
            click.echo(f"{count} problem{'s' if count != 1 else ''} to mend.", err=True)
        else:
            rows = f"{found.rows} rows are" if found.rows != 1 else "1 row is"
            click.echo(f"{rows} ready: {counted(found.frames, 'frame')}.", err=True)
    if write:
        count = write_checked(found)
        said = f"Written into {counted(count, 'row')}." if count else "No row has anything to say."
        click.echo(said, err=True)
    if found.problems:
        ctx.exit(2)


@click.command()
@sheet_options
@click.option("-o", "--output", type=FOLDER, help="The output folder to look into.")
@click.option("--plot", type=FILE, help="Draw the curves over the song into this PNG.")
@click.option(
    "--gpu-price",
    "price",
    type=PriceType(),
    metavar="PRICE",
    help="What an hour of this machine costs, such as 1.20/h: says what the rest will cost.",
)
@json_option
def plan(
    request: Request, output: Path | None, plot: Path | None, price: Price | None, as_json: bool
) -> None:
    """Say what SHEET would render: frames, segments, time, and what is done already.

    Example: sheetrender plan my.xlsx --plot curves.png
    """
    from sheetrender.workflow.plan import plan_json, plan_sheet, plot_plan

    planned = plan_sheet(request, output)
    if plot is not None:
        plot_plan(planned, plot)
        click.echo(f"Curves: {plot}", err=True)
    if as_json:
        json.dump(plan_json(planned.plan), sys.stdout, ensure_ascii=False)
        click.echo()
    else:
        if planned.left and planned.speed is None:
            planned = _timed(planned)
        for line in plan_text(planned, price).splitlines():
            show_row((line[:LABEL].rstrip(), line[LABEL + 2 :]), (LABEL,))
        for warning in planned.warnings:
            click.echo(sentence(f"Warning: {warning}", sys.stderr), err=True)


def _timed(planned: Planned) -> Planned:
    """Return the plan with this machine's speed, or as it is where the engine cannot draw here."""
    from sheetrender.model.errors import PartMissing, RenderFailed
    from sheetrender.workflow.plan import with_measured_speed

    click.echo("Drawing a few frames, to know how long all of them take …", err=True)
    try:
        return with_measured_speed(planned)
    except (PartMissing, RenderFailed) as error:
        click.echo(f"How long it takes is not known: {error}", err=True)
        return planned


@click.command()
@sheet_options
@click.option("-o", "--output", type=FILE, help="The video; else NAME_preview.mp4 beside SHEET.")
def preview(request: Request, output: Path | None) -> None:
    """Draw SHEET as an animatic straight into a video; keeps no frames, writes no status.

    Example: sheetrender preview my.xlsx -o draft.mp4
    """
    from sheetrender.workflow.preview import preview as draw

    show(draw(request, output))


@click.command()
@sheet_options
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="The video; for png a folder."
)
@click.option("--folder", type=FOLDER, help="The output folder of the frames; else renders/NAME.")
@click.option("--from", "begin", default="", metavar="FRAME", help="The first frame, or a time.")
@click.option("--to", "end", default="", metavar="FRAME", help="The first frame left out.")
def finish(
    request: Request, output: Path | None, folder: Path | None, begin: str, end: str
) -> None:
    """Make SHEET's video anew from frames that are drawn: size, colours, grain, codec, a section.

    Example: sheetrender finish my.xlsx --set scale_to=1920x1080 --set grain=2
    """
    from sheetrender.workflow.finish import FinishOptions
    from sheetrender.workflow.finish import finish as make

    show(make(request, FinishOptions(folder=folder, target=output, begin=begin, end=end)))


@click.command()
@sheet_options
@click.option("-o", "--output", type=FOLDER, help="The output folder; else renders/NAME.")
@engine_option
@click.option("--no-video", is_flag=True, help="Make frames only.")
@click.option(
    "--every",
    type=click.FloatRange(min=0.1),
    default=5.0,
    show_default=True,
    metavar="SECONDS",
    help="How often the sheet is looked at.",
)
def watch(
    request: Request, output: Path | None, engine: str | None, no_video: bool, every: float
) -> None:
    """Stay, and render whatever people change in SHEET until Ctrl-C.

    Example: sheetrender watch my.xlsx
    """
    from sheetrender.workflow.watch import WatchOptions
    from sheetrender.workflow.watch import watch as stay

    show(stay(request, WatchOptions(folder=output, engine=engine, video=not no_video, every=every)))


@click.command()
@click.argument("value", required=False)
@click.option("--fps", default="30", show_default=True, help="24, 25, 29.97, 30, 30000/1001 …")
@click.option("--drop", is_flag=True, help="Count in drop-frame timecode.")
@click.option("--size", "shape", metavar="W:H", help="Give a picture size of this shape instead.")
@click.option("--width", default=768, show_default=True, help="Width for --size, pixels.")
@json_option
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


ALL = (check, plan, preview, run_command.run, watch, finish, export, timecode)
