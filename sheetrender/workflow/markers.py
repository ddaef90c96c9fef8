"""Marker, cue and lyric files: their markers as frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from sheetrender.cues.cue import CueError, CueFile
from sheetrender.cues.placing import ZERO, Count, Placed, placed, shared_frames
from sheetrender.cues.registry import read_cues
from sheetrender.model.errors import UsageError
from sheetrender.model.markers import Marker
from sheetrender.model.timing import FrameRate, format_timecode
from sheetrender.workflow.timecode import parse_rate

MEGABYTE = 1_000_000
LARGEST = 100
"""Megabytes that a file may have unless a person says otherwise; texts have far less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person says about marker files, which do not say it themselves.

    Attributes:
        files: at least one.
        fps: the rate at which they count, as typed; empty where nobody said.
        start: the label of the first frame, as typed; empty where nobody said.
        largest: megabytes that a file may have.
    """

    files: Sequence[Path]
    fps: str = ""
    start: str = ""
    largest: float = LARGEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the sheet knows that the markers go to.

    Attributes:
        rate: at which it renders.
        start: its start timecode.
        song: length of its song in seconds; None without one.
    """

    rate: FrameRate
    start: str
    song: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkersFound:
    """The markers of all files, in the order of their frames.

    Attributes:
        markers: at least one.
        rate: at which their frames count.
        start: frame that the label of frame 0 names, counted in the kind of `drop`.
        drop: whether labels are drop-frame.
        kinds: of the files, in their order.
        notes: what is worth knowing.
    """

    markers: tuple[Marker, ...]
    rate: FrameRate
    start: int
    drop: bool
    kinds: tuple[str, ...]
    notes: tuple[str, ...]

    def rows(self) -> Iterator[dict[str, str | int | float]]:
        """Yield the markers in the form of ``markers --json``; durations are frames."""
        per_frame = float(1 / self.rate.per_second)
        for marker in self.markers:
            yield {
                "name": marker.name,
                "frame": marker.frame,
                "timecode": format_timecode(marker.frame + self.start, self.rate, drop=self.drop),
                "seconds": round(marker.frame * per_frame, 6),
                "duration": marker.duration,
                "comment": marker.comment,
            }


def find_markers(asked: Asked, sheet: Wanted | None = None) -> MarkersFound:
    """Read marker files of any known kind.

    Args:
        asked: which, and how they count.
        sheet: that they are meant for; its rate counts where nobody names one.

    Raises:
        UsageError: a file cannot be read, is too large, or contradicts the rate or the start; the
            message names the line.
    """
    reader = _Reader(asked, sheet)
    found = [reader.read(path) for path in asked.files]
    rates = {count.target for _, count, _ in found}
    if len(rates) > 1:
        labels = " and ".join(sorted(rate.label for rate in rates))
        raise UsageError(f"The files count at {labels} fps. Give one --fps, or one file at a time.")
    markers = sorted((m for _, _, p in found for m in p.markers), key=lambda m: m.frame)
    notes = [note for path, (_, _, p) in zip(asked.files, found, strict=True) for note in p.notes]
    if len(found) > 1:
        notes += [note for note in shared_frames(markers) if note not in notes]
    rounded = max(p.rounded for _, _, p in found)
    if rounded > 0.0005:
        notes.append(f"Times went to the nearest frame, at most {rounded * 1000:.1f} ms away.")
    # Labels are those of the first file that has some, in its kind and from its start.
    _, count, shown = next((one for one in found if _has_labels(one[0])), found[0])
    return MarkersFound(
        markers=tuple(markers),
        rate=count.target,
        start=shown.start,
        drop=shown.drop and count.target.dropped > 0,
        kinds=tuple(file.kind for file, _, _ in found),
        notes=tuple(notes),
    )


class _Reader:
    def __init__(self, asked: Asked, sheet: Wanted | None) -> None:
        self._asked = asked
        self._sheet = sheet
        self._fps = parse_rate(asked.fps) if asked.fps else None

    def read(self, path: Path) -> tuple[CueFile, Count, Placed]:
        content = _content(path, self._asked.largest)
        try:
            file = read_cues(content)
            count = self._count(file)
            return file, count, placed(file, count)
        except CueError as error:
            where = f"{path}, {error.place}:" if error.place else f"{path}"
            raise UsageError(f"{where} {error}") from error

    def _count(self, file: CueFile) -> Count:
        sheet, asked = self._sheet, self._asked
        rate = self._rate(file)
        known_start = asked.start or file.start
        return Count(
            rate=rate,
            target=sheet.rate if sheet else self._fps or rate,
            start=known_start or (sheet.start if sheet else ZERO),
            start_is_sure=bool(known_start),
            song=sheet.song if sheet else None,
        )

    def _rate(self, file: CueFile) -> FrameRate:
        in_seconds = all(isinstance(cue.start, Fraction) for cue in file.cues)
        if file.rate and self._fps and self._fps != file.rate and not in_seconds:
            raise CueError(
                f"says itself that it counts at {file.rate.label} fps, and not at "
                f"{self._fps.label}. Leave --fps out"
                + ("." if self._sheet else ", or fill a sheet that has another rate with --into.")
            )
        rate = self._fps or file.rate or (self._sheet.rate if self._sheet else None)
        if rate is None:
            raise CueError(
                f"({file.kind}) does not say how many frames a second has. "
                "Give --fps 24, 25, 29.97 or 30, as the sequence has it."
            )
        return rate


def _has_labels(file: CueFile) -> bool:
    return any(isinstance(cue.start, str) for cue in file.cues)


def _content(path: Path, largest: float) -> bytes:
    try:
        if path.is_dir():
            raise UsageError(f"{path} is a folder. Name the marker file in it.")
        size = path.stat().st_size
        if size > largest * MEGABYTE:
            raise UsageError(
                f"{path} has {size / MEGABYTE:.0f} MB, and marker files have a few at most: the "
                f"limit is {largest:g}. If it is meant, give --largest {size // MEGABYTE + 1}."
            )
        with path.open("rb") as file:
            # A pipe does not say how much will come.
            content = file.read(int(largest * MEGABYTE) + 1)
    except FileNotFoundError as error:
        raise UsageError(f"{path} does not exist. Check its name and its folder.") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}.") from error
    if len(content) > largest * MEGABYTE:
        raise UsageError(
            f"{path} gives more than {largest:g} MB, and marker files have a few at most. If it is "
            "meant, raise the limit with --largest."
        )
    return content
