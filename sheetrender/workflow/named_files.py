"""Files and folders that a sheet's settings name: the song, the colour table, the upscaler."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from sheetrender.engines.upscaling import ENDINGS as WEIGHTS
from sheetrender.model.cells import Findings, Problem
from sheetrender.model.errors import UsageError
from sheetrender.model.keyframes import Settings
from sheetrender.output.cube import require_cube
from sheetrender.sheets.store import SheetStore
from sheetrender.workflow.finishing import finish_problems
from sheetrender.workflow.sheet_paths import path_from_sheet
from sheetrender.workflow.sound import warn_of_song


def song_of(
    settings: Settings, store: SheetStore, allowed: Sequence[Path], findings: Findings
) -> tuple[Path | None, Fraction]:
    """Return the song and its length; what is wrong with it goes to `findings`."""
    if not settings.song:
        return None, Fraction(0)
    from sheetrender.audio.song import open_song

    try:
        path = _place("song", settings, store, allowed, what="song")
        found = open_song(path)
        warn_of_song(settings, found, findings)
        return path, found.seconds
    except UsageError as error:
        findings.problems.append(_unusable(settings, "song", str(error)))
    except (OSError, ValueError) as error:
        remedy = f"It is no path ({error}). Write the name of a sound file beside the sheet."
        findings.problems.append(_unusable(settings, "song", remedy))
    return None, Fraction(0)


def check_output(
    settings: Settings, store: SheetStore, allowed: Sequence[Path], findings: Findings
) -> None:
    """Add a problem to `findings` where a cell names an output folder that may not be used."""
    if settings.output and "output" in settings.places:
        try:
            path_from_sheet(settings.output, store, allowed, what="output folder")
        except UsageError as error:
            findings.problems.append(_unusable(settings, "output", str(error)))


def finishing_files(
    settings: Settings, store: SheetStore, allowed: Sequence[Path], findings: Findings
) -> tuple[Path | None, Path | None]:
    """Return the colour table and the upscaler's weights, or None for what is not named.

    What is wrong with them, or between the settings that finish the video, goes to `findings`.
    """
    findings.problems.extend(finish_problems(settings))
    found: dict[str, Path | None] = {}
    for name, look in {"lut": _lut, "upscaler": _upscaler}.items():
        try:
            found[name] = look(settings, store, allowed)
        except UsageError as error:
            findings.problems.append(_unusable(settings, name, str(error)))
    return found.get("lut"), found.get("upscaler")


def _lut(settings: Settings, store: SheetStore, allowed: Sequence[Path]) -> Path | None:
    if not settings.lut:
        return None
    path = _place("lut", settings, store, allowed, what="colour table")
    require_cube(path)
    return path


def _upscaler(settings: Settings, store: SheetStore, allowed: Sequence[Path]) -> Path | None:
    if not settings.upscaler:
        return None
    path = _place("upscaler", settings, store, allowed, what="upscaler")
    if path.suffix.lower() not in WEIGHTS:
        raise UsageError(f"Weights end in {', '.join(WEIGHTS)}. Give the file of an upscaler.")
    if not path.is_file():
        raise UsageError(f"The file {path} is not there. Give the path of an upscaler's weights.")
    return path


def _place(
    name: str, settings: Settings, store: SheetStore, allowed: Sequence[Path], *, what: str
) -> Path:
    """Return where the file of a setting is looked for.

    Raises:
        UsageError: a cell leads out of the sheet's folder.
    """
    written: str = getattr(settings, name)
    if name in settings.places:
        return path_from_sheet(written, store, allowed, what=what)
    # What stands on the command line is the person's own word, and begins where they are.
    here = Path(written)
    return here.absolute() if here.exists() else store.folder / here


def _unusable(settings: Settings, name: str, remedy: str) -> Problem:
    return Problem(
        place=settings.places.get(name),
        tab="--set",
        heading=name,
        written=str(getattr(settings, name)),
        wrong="cannot be used",
        remedy=remedy,
    )
