"""The command `run`: one video, or several sheets and variants one after the other."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sheetrender.cli.options import FOLDER, engine_option, json_option, sheets_options, show
from sheetrender.cli.queue_text import announced, show_outcomes

# The work itself is imported inside the command, so that --help stays instant.
if TYPE_CHECKING:
    from sheetrender.workflow.project import Request
    from sheetrender.workflow.run import RunOptions
    from sheetrender.workflow.variants import Variation


@click.command()
@sheets_options
@click.option("-o", "--output", type=FOLDER, help="The output folder; else renders/NAME.")
@engine_option
@click.option("--frames", metavar="A-B", help="Only frames A to B, and what they need.")
@click.option("--fresh", is_flag=True, help="Draw every frame again.")
@click.option("--no-status", is_flag=True, help="Write nothing into the sheet.")
@click.option("--no-video", is_flag=True, help="Make frames only.")
@click.option(
    "--draft",
    is_flag=True,
    help="A look for a tenth of the work: half the size and steps, every second picture drawn, "
    "in a folder of its own; writes nothing into the sheet.",
)
@click.option(
    "--from-approved",
    is_flag=True,
    help="Begin segments with the mood board's pictures that are approved in their first rows.",
)
@click.option(
    "--archive",
    type=FOLDER,
    help="A folder on a drive or share that keeps frames and video too, in few files.",
)
@click.option("--seeds", metavar="N,N,…", help="A video for each seed, for all rows.")
@click.option(
    "--vary",
    multiple=True,
    metavar="NAME=FILE",
    help="A video for each line of a text file, a value of NAME for all rows: a setting, or a "
    "column such as style. May be given several times; each goes with each.",
)
@json_option
@click.pass_context
def run(
    ctx: click.Context,
    requests: Sequence[Request],
    output: Path | None,
    engine: str | None,
    frames: str | None,
    fresh: bool,
    no_status: bool,
    no_video: bool,
    archive: Path | None,
    draft: bool,
    from_approved: bool,
    seeds: str | None,
    vary: Sequence[str],
    as_json: bool,
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
        status=not (no_status or draft),
        video=not no_video,
        archive=archive,
        from_approved=from_approved,
    )
    requests = [replace(request, draft=draft) for request in requests]
    variations = list(_variations(seeds, vary, engine))
    if len(requests) == 1 and not variations and not as_json:
        show(render(requests[0], options))
        return
    ctx.exit(_queued(requests, variations, options, as_json=as_json))


def _queued(
    requests: Sequence[Request],
    variations: Sequence[Variation],
    options: RunOptions,
    *,
    as_json: bool,
) -> int:
    """Run all of them, say what became of each, and return the exit status of the whole."""
    from sheetrender.workflow.queue import Queue, jobs_of
    from sheetrender.workflow.variants import variants

    queue = Queue(jobs_of(requests, variants(variations), options))
    click.echo(announced(len(requests), variations), err=True)
    try:
        show(queue.events())
    finally:
        if as_json:
            made = [outcome.as_json() for outcome in queue.outcomes]
            click.echo(json.dumps(made, ensure_ascii=False, indent=2))
        else:
            show_outcomes(queue.outcomes)
    return queue.exit_status


def _variations(seeds: str | None, vary: Sequence[str], engine: str | None) -> list[Variation]:
    from sheetrender.workflow.variants import values_in, variation

    found = [] if seeds is None else [variation("seed", _seeds(seeds))]
    for written in vary:
        name, equals, file = written.partition("=")
        if not equals or not name.strip() or not file.strip():
            raise click.UsageError(f"--vary {written!r}: write NAME=FILE, such as style=a.txt.")
        found.append(variation(name.strip(), values_in(Path(file.strip()).expanduser())))
    if engine is not None and any(one.name == "engine" for one in found):
        raise click.UsageError("--engine names one engine, and --vary several. Leave one out.")
    return found


def _seeds(written: str) -> list[str]:
    seeds = [seed.strip() for seed in written.split(",") if seed.strip()]
    wrong = next((s for s in seeds if not re.fullmatch(r"\d{1,10}", s) or int(s) >= 2**32), None)
    if wrong is not None or not seeds:
        raise click.UsageError(
            f"--seeds {written!r}: write whole numbers from 0 to 4294967295, such as 1,2,3."
        )
    return [str(int(seed)) for seed in seeds]


def _frame_range(written: str | None) -> tuple[int, int] | None:
    if written is None:
        return None
    match = re.fullmatch(r"\s*(\d{1,9})\s*(?:[-–]\s*(\d{1,9})\s*)?", written)
    if match is None:
        raise click.UsageError(f"--frames {written!r}: write two frame numbers, such as 0-122.")
    return int(match[1]), int(match[2] or match[1])
