"""What a sheet hears: the beats of its song, and the curves of its Audio tab."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sheetrender.model.beats import Beats
from sheetrender.model.cells import Findings, Problem, Workbook
from sheetrender.model.curves import CurveRow, SongCurve
from sheetrender.model.errors import SheetrenderError, UsageError
from sheetrender.model.keyframes import Settings
from sheetrender.planning.curve_function import with_function
from sheetrender.planning.song_tempo import anchors, asks_for_beats, chosen_beats
from sheetrender.planning.spreadsheet import ComputedCells
from sheetrender.planning.table import Table
from sheetrender.sheets.store import SheetStore
from sheetrender.workflow.sheet_paths import path_from_sheet

if TYPE_CHECKING:
    from sheetrender.audio.listening import Remark
    from sheetrender.audio.song import Song

_UNKNOWN_BEATS = Beats(bpm=120, certainty=0.0)
_UNCLEAR = 0.55
"""Certainty below which a tempo that was heard is worth a word."""


def warn_of_song(settings: Settings, song: Song, findings: Findings) -> None:
    """Say what is wrong with a song that can be used all the same."""
    for complaint in song.complaints:
        findings.warnings.append(
            Problem(
                place=settings.places.get("song"),
                tab="--set",
                heading="song",
                written=settings.song,
                wrong=complaint,
                remedy="Save or download it again; what is missing counts as silence.",
            )
        )


def curve_files(
    rows: Sequence[CurveRow],
    store: SheetStore,
    allowed: Sequence[Path],
    findings: Findings,
) -> dict[str, Path]:
    """Return the files that rows of the Audio tab name, by the name of the curve."""
    files = {}
    for row in rows:
        if not row.file:
            continue
        try:
            files[row.name] = path_from_sheet(row.file, store, allowed, what="file")
        except UsageError as error:
            findings.problems.append(
                Problem(
                    place=row.places.get("file"),
                    heading="file",
                    written=row.file,
                    wrong="cannot be used",
                    remedy=str(error),
                )
            )
    return files


def with_beats(
    settings: Settings,
    workbook: Workbook,
    cells: ComputedCells,
    table: Table | None,
    curves: Sequence[CurveRow],
    song: Path | None,
    findings: Findings,
) -> Settings:
    """Return the settings with the beats of markers or of the song, where the sheet counts any."""
    if not asks_for_beats(table, settings, curves):
        return settings
    if settings.song and song is None:
        # That it cannot be used is told once, and not again in each formula that counts its beats.
        return replace(settings, beats=settings.tempo or _UNKNOWN_BEATS)
    beats = chosen_beats(settings, anchors(workbook, settings, cells), lambda: _heard(song))
    if beats is not None and beats.certainty < _UNCLEAR:
        findings.warnings.append(
            Problem(
                place=settings.places.get("bpm") or settings.places.get("song"),
                tab="--set",
                heading="bpm",
                written="",
                wrong=f"is not given, and the song's beat is not steady: about {beats.bpm:.1f}",
                remedy="Write bpm and first_beat if the beats do not fit.",
            )
        )
    return replace(settings, beats=beats)


def _heard(song: Path | None) -> Beats | None:
    if song is None:
        return None
    from sheetrender.audio.listening import song_beats

    try:
        return song_beats(song)
    except UsageError:
        # A song that cannot be read has been told already.
        return None


def song_curves(
    rows: Sequence[CurveRow],
    files: Mapping[str, Path],
    song: Path | None,
    settings: Settings,
    frames: int,
    findings: Findings,
) -> dict[str, SongCurve]:
    """Return the curves of the Audio tab; what cannot be heard goes to `findings`.

    Args:
        rows: of the tab.
        files: paths by the name of the curve, of rows that name a file.
        song: the song, or None.
        settings: rate, and what functions may name.
        frames: length of the video, >= 1.
        findings: collects problems and warnings.
    """
    if not rows or frames < 1:
        return {}
    hearing = _Hearing(song, settings, frames, findings)
    found = {}
    for row in rows:
        curve = hearing.curve(row, files.get(row.name))
        if curve is not None:
            found[row.name] = curve
    hearing.tell_of_stand_ins()
    return found


def _listed(names: Sequence[str]) -> str:
    """Return names as a sentence lists them: ``drums, bass and voice``."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


class _Hearing:
    def __init__(
        self, song: Path | None, settings: Settings, frames: int, findings: Findings
    ) -> None:
        from sheetrender.audio.listening import Listener

        self._song = song
        self._settings = settings
        self._findings = findings
        self._listener = Listener(settings.rate, frames)
        self._frames = frames
        self._stand_ins: list[tuple[CurveRow, Remark]] = []

    def curve(self, row: CurveRow, file: Path | None) -> SongCurve | None:
        """Return a row's curve; None, with a problem, where it cannot be heard."""
        from sheetrender.audio.features import OF_TEMPO
        from sheetrender.audio.listening import open_source

        heard = file or self._song
        beats = self._settings.tempo
        if heard is None or (row.file and file is None):
            if self._settings.song and not row.file:
                # That it cannot be used is told once, and not again in each cell of the curve.
                return SongCurve(np.zeros(self._frames), row.feature)
            if not row.file:
                self._wrong(
                    row,
                    "name",
                    row.name,
                    "has no sound",
                    "Give it a file, or the Settings tab a song.",
                )
            return None
        if row.feature in OF_TEMPO and beats is None:
            self._wrong(
                row,
                "feature",
                row.feature,
                "counts beats, but no tempo is known",
                "Set bpm in the Settings tab.",
            )
            return None
        try:
            source = open_source(heard, None if file else row.stem, self._song)
            source = source.from_second(self._settings.song_begins)
            values = self._listener.hear(source, row.feature, row.shape, beats)
        except (SheetrenderError, OSError) as error:
            wrong, _, remedy = str(error).partition(". ")
            heading = "file" if row.file else "stem" if row.stem else "name"
            written = row.file or row.stem or row.name
            self._wrong(row, heading, written, f"cannot be heard: {wrong}".rstrip("."), remedy)
            return None
        for remark in source.remarks if row.file or row.stem else ():
            if remark.heading == "stem":
                self._stand_ins.append((row, remark))
                continue
            self._findings.warnings.append(
                self._problem(
                    row, remark.heading, row.file or str(row.stem), remark.wrong, remark.remedy
                )
            )
        values = with_function(row, values, self._settings, self._findings)
        return SongCurve(values, f"{source.label}, {row.feature}")

    def tell_of_stand_ins(self) -> None:
        """Warn once of all curves that rough stand-ins for stems give."""
        if not self._stand_ins:
            return
        (row, remark), *more = self._stand_ins
        wrong = remark.wrong
        if more:
            which, _, reason = wrong.partition(": ")
            others = _listed([other.name for other, _ in more])
            wrong = f"{which}, and so {'is' if len(more) == 1 else 'are'} {others}: {reason}"
        self._findings.warnings.append(
            self._problem(row, remark.heading, str(row.stem), wrong, remark.remedy)
        )

    def _wrong(self, row: CurveRow, heading: str, written: str, wrong: str, remedy: str) -> None:
        self._findings.problems.append(self._problem(row, heading, written, wrong, remedy))

    def _problem(
        self, row: CurveRow, heading: str, written: str, wrong: str, remedy: str
    ) -> Problem:
        return Problem(
            place=row.places.get(heading) or row.places.get("name"),
            tab="Audio",
            heading=heading,
            written=written,
            wrong=wrong,
            remedy=remedy,
        )
