"""The commands that work on a song: each parses, makes one call and prints."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Literal

import click

from sheetrender.cli.options import FILE, FOLDER, json_option

# Repeated here, so that --help stays instant; a test holds both together.
FEATURES = (
    "loudness", "peak", "mean", "onset", "hits", "percussive", "harmonic", "sub", "bass", "mid",
    "high", "air", "brightness", "beat", "bar",
)  # fmt: skip
STEMS = ("drums", "bass", "vocals", "other")

_milliseconds = click.FloatRange(min=0, max=60_000)


@click.command()
@click.argument("audio", type=FILE)
@click.option("--fps", default="30", show_default=True, help="24, 25, 29.97, 30, 30000/1001 …")
@click.option("--function", default="x", show_default=True, help="Of x, the value from 0 to 1.")
@click.option("--feature", type=click.Choice(FEATURES), default="loudness", show_default=True)
@click.option("--stem", type=click.Choice(STEMS), help="Only this part of the song.")
@click.option("--frames", type=click.IntRange(min=1), help="How many; else as long as AUDIO.")
@click.option("--gate", type=click.FloatRange(0, 1), default=0.0, help="Below it, all is 0.")
@click.option("--attack", type=_milliseconds, default=0.0, help="ms in which it follows a rise.")
@click.option("--release", type=_milliseconds, default=0.0, help="ms in which it follows a fall.")
@click.option("--smooth", type=_milliseconds, default=0.0, help="ms over which it is averaged.")
@click.option("--look-ahead", type=_milliseconds, default=0.0, help="ms by which it comes early.")
@click.option("--min", "low", type=float, help="Smallest value.")
@click.option("--max", "high", type=float, help="Largest value.")
@click.option("--compat", is_flag=True, help="Digit for digit as the well-known web generator.")
@click.option("--csv", "as_csv", is_flag=True, help="Print lines in place of a Deforum schedule.")
@click.option("--plot", type=FILE, help="Draw the curve over the song into this PNG.")
@json_option
def curve(audio: Path, as_csv: bool, plot: Path | None, as_json: bool, **wanted: Any) -> None:
    """Turn what AUDIO does at each frame into a Deforum schedule.

    Example: sheetrender curve drums.wav --fps 24 --function "1 + 0.05*x^2"
    """
    from sheetrender.workflow.curve import hear, plot_curve

    if as_csv and as_json:
        raise click.UsageError("Give either --csv or --json.")
    heard = hear(_request(audio, **wanted))
    for notice in heard.notices:
        click.echo(f"Note: {notice}", err=True)
    if plot is not None:
        plot_curve(heard, audio, plot)
        click.echo(f"Curve: {plot}", err=True)
    if as_json:
        json.dump(heard.as_json(), sys.stdout, ensure_ascii=False)
        click.echo()
    elif as_csv or plot is None:
        click.echo(heard.csv() if as_csv else heard.schedule())


def _request(audio: Path, *, fps: str, frames: int | None, compat: bool, **wanted: Any) -> Any:
    from sheetrender.model.curves import CurveRow, Shape
    from sheetrender.workflow.curve import CurveRequest

    shaping = ("gate", "attack", "release", "smooth", "look_ahead")
    shape = Shape(**{name: wanted.pop(name) for name in shaping})
    row = CurveRow(name=audio.stem, shape=shape, **wanted)
    if compat and row != CurveRow(name=audio.stem, function=row.function):
        raise click.UsageError("--compat takes --fps and --function, and nothing else.")
    if compat and frames is not None:
        raise click.UsageError("--compat is always as long as AUDIO; leave --frames out.")
    if row.low is not None and row.high is not None and row.low > row.high:
        raise click.UsageError("--min is more than --max.")
    return CurveRequest(audio=audio, fps=fps, row=row, frames=frames, compat=compat)


@click.command()
@click.argument("audio", type=FILE)
@click.option("-o", "--output", type=FOLDER, help="The folder; else NAME_stems beside AUDIO.")
@click.option(
    "--with",
    "way",
    type=click.Choice(["auto", "demucs", "built-in"]),
    default="auto",
    show_default=True,
    help="Who separates; demucs fetches its model where it has none.",
)
@json_option
def stems(
    audio: Path, output: Path | None, way: Literal["auto", "demucs", "built-in"], as_json: bool
) -> None:
    """Write the drums, bass, vocals and the rest of AUDIO as files.

    Example: sheetrender stems song.mp3 -o stems
    """
    from sheetrender.workflow.stems import make_stems

    made = make_stems(audio, output, way)
    if made.notice:
        click.echo(f"Note: {made.notice}", err=True)
    if as_json:
        click.echo(json.dumps({name: str(file) for name, file in made.files.items()}, indent=2))
    else:
        for file in made.files.values():
            click.echo(f"Stem: {file}", err=True)


ALL = (curve, stems)
