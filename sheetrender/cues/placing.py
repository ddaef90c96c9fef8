"""From what a file says to frames of the song: rate, start, and what refutes them.

Marker files hold neither their rate nor, mostly, their start. But they can show that a rate or a
start is wrong, and then nothing is placed, rather than drifting through the song.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sheetrender.cues.cue import Cue, CueError, CueFile, Moment
from sheetrender.model.collector import collector_paused
from sheetrender.model.markers import Marker
from sheetrender.model.timing import FrameRate, TimecodeError, format_timecode, parse_timecode

ZERO = "00:00:00:00"
_HOUR = 3600
_LAST_HOUR = 99
_LATEST = 1_000_000_000
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How a file is counted.

    Attributes:
        rate: of its labels and frames.
        target: of the frames that are wanted; mostly the same.
        start: label of the first frame; of the kind of the file's labels, however it is written.
        start_is_sure: a person named `start`, so that it is believed unless the song refutes it.
        song: length in seconds; None where it is not known.
    """

    rate: FrameRate
    target: FrameRate
    start: str = ZERO
    start_is_sure: bool = False
    song: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """The markers of a file in the order of their frames.

    Attributes:
        markers: at least one.
        drop: whether labels are drop-frame: as the file's are, else as the start is.
        start: the start as a frame at the rate that is wanted; its label is of the same kind.
        rounded: seconds, the most by which a marker was moved to reach a whole frame.
        notes: sentences about what is worth knowing.
    """

    markers: list[Marker]
    drop: bool
    start: int
    rounded: float
    notes: tuple[str, ...]


@collector_paused()
def placed(file: CueFile, count: Count) -> Placed:
    """Return a file's cues as frames.

    Raises:
        CueError: a label does not exist at the rate, lies before the start, or all labels or
            times lie an hour behind it; it names the line.
    """
    return _Placing(file, count).placed()


class _Placing:
    def __init__(self, file: CueFile, count: Count) -> None:
        self._file = file
        self._count = count
        self._drop = _is_drop(file, count.rate)
        if file.drop is None and not _has_labels(file):
            self._drop = ";" in count.start
        self._start = self._start_frame()
        self._taken_off = self._seconds_before_song() if _all_seconds(file) else 0
        self._rounded = 0.0
        self._per_frame = float(1 / count.target.per_second)
        self._converts = count.rate != count.target

    def placed(self) -> Placed:
        self._refuse_lost_hour()
        markers = [self._marker(cue) for cue in self._file.cues]
        markers.sort(key=lambda marker: marker.frame)
        notes = [*self._file.notes, *shared_frames(markers)]
        if self._converts and not _all_seconds(self._file):
            notes.insert(
                0,
                f"The file counts at {self._count.rate.label} fps and the sheet at "
                f"{self._count.target.label}: every marker keeps its moment.",
            )
        if self._taken_off:
            notes.insert(0, f"The start {self._count.start} was taken off all times.")
        return Placed(
            markers=markers,
            drop=self._drop,
            start=self._count.target.frame_at(self._count.rate.seconds_at(self._start)),
            rounded=self._rounded,
            notes=tuple(notes),
        )

    def _start_frame(self) -> int:
        start, rate = self._count.start, self._count.rate
        try:
            # A semicolon is no reason to count otherwise than the file, but wrong at 24 fps.
            return parse_timecode(start, rate, drop=self._drop if rate.dropped else None)
        except TimecodeError as error:
            raise CueError(f"cannot be counted from the start {start!r}, which {error}.") from error

    def _seconds_before_song(self) -> Fraction | int:
        """Return what has to be taken off times that count from before the song; mostly 0.

        Times of an edit that begins at 01:00:00:00 all lie behind that. Where one lies before the
        start, they are the song's own; a file that knows its rate or start counts from that.
        """
        count = self._count
        start = count.rate.seconds_at(self._start)
        if not start or _counts_from_itself(self._file):
            return 0
        is_long = count.song is not None and count.song >= _HOUR
        if not count.start_is_sure and (is_long or _clock(self._start, count.rate) < _HOUR):
            return 0
        return start if all(time >= start for time in _times(self._file)) else 0

    def _marker(self, cue: Cue) -> Marker:
        frame = self._frame(cue, cue.start)
        if frame < 0:
            raise self._wrong(cue, "lies before the start")
        length = cue.frames
        if length and self._converts:
            length = self._count.target.frame_at(self._count.rate.seconds_at(length))
        elif cue.end is not None and not self._is_point(cue):
            length = self._frame(cue, cue.end) - frame
            if length < 0:
                raise self._wrong(cue, "ends before it begins")
        name = cue.name if "\n" not in cue.name else " ".join(cue.name.split())
        return Marker(name=name, frame=frame, duration=length, comment=cue.comment)

    def _is_point(self, cue: Cue) -> bool:
        if not (self._file.point_lasts and isinstance(cue.start, str) and isinstance(cue.end, str)):
            return False
        length = self._labelled(cue, cue.end) - self._labelled(cue, cue.start)
        return 0 <= length <= self._file.point_lasts

    def _frame(self, cue: Cue, moment: Moment) -> int:
        if isinstance(moment, Fraction):
            return self._rounded_frame(moment - self._taken_off if self._taken_off else moment)
        frame = moment if isinstance(moment, int) else self._labelled(cue, moment)
        if frame > _LATEST:
            raise self._wrong(cue, "lies beyond a billion frames")
        if not self._converts:
            return frame
        return self._rounded_frame(self._count.rate.seconds_at(frame))

    def _rounded_frame(self, seconds: Fraction) -> int:
        frame = self._count.target.frame_at(seconds)
        above, below = seconds.as_integer_ratio()
        off = abs(above / below - frame * self._per_frame)
        if off > self._rounded:
            self._rounded = off
        return frame

    def _labelled(self, cue: Cue, label: str) -> int:
        try:
            frame = parse_timecode(label, self._count.rate, drop=self._drop) - self._start
        except TimecodeError as error:
            raise self._wrong(cue, f"has {label!r}, which {error}", self._hint(label)) from error
        if frame < 0:
            raise self._wrong(cue, f"has {label}, which lies before the start {self._count.start}")
        return frame

    def _hint(self, label: str) -> str:
        frames = label.replace(";", ":").rpartition(":")[2]
        rate = self._count.rate
        if frames.isdecimal() and rate.nominal <= int(frames) < 1000:
            return f"So the file does not count at {rate.label} fps: say its rate with --fps"
        return "Look at the sequence's frame rate, and say it with --fps"

    def _refuse_lost_hour(self) -> None:
        """Stop where every label or time lies an hour behind a start that nobody has named."""
        if _all_seconds(self._file):
            self._refuse_lost_hour_of_times()
            return
        labels = [cue.start for cue in self._file.cues if isinstance(cue.start, str)]
        if not labels or self._start or len(labels) < len(self._file.cues):
            return
        if min(_hours(label) for label in labels) < 1:
            return
        if self._song_is_short() or (self._count.song is None and not self._count.start_is_sure):
            first = min(labels)
            hour = f"{_hours(first):02d}:00:00{';' if self._drop else ':'}00"
            raise self._lost_hour([hour], first)

    def _refuse_lost_hour_of_times(self) -> None:
        if self._taken_off or _counts_from_itself(self._file):
            return
        if any(time < _HOUR for time in _times(self._file)):
            return
        count, first = self._count, min(_times(self._file))
        # At 29.97 the label 01:00:00:00 is 3.6 s later than an hour: then the start was meant.
        is_missed = bool(self._start) and first >= _clock(self._start, count.rate)
        is_believed = count.start_is_sure and not is_missed
        if self._song_is_short() or (count.song is None and not is_believed):
            raise self._lost_hour(self._hours_before(first), _shown_time(first))

    def _hours_before(self, first: Fraction) -> list[str]:
        """Return the whole hour behind which a time lies, as labels of the kinds that fit."""
        rate = self._count.rate
        hours = min(int(first) // _HOUR, _LAST_HOUR)
        kinds = [False, True] if rate.dropped else [False]
        labels = [f"{hours:02d}:00:00{';' if drop else ':'}00" for drop in kinds]
        fitting = [
            label for label in labels if rate.seconds_at(parse_timecode(label, rate)) <= first
        ]
        return fitting or [format_timecode(int(hours * _HOUR * rate.per_second), rate)]

    def _lost_hour(self, labels: Sequence[str], first: str) -> CueError:
        hour, *others = labels
        song = f" and the song is {_length(self._count.song)} long" if self._count.song else ""
        other = "".join(f", or '{label}' where the edit is drop-frame" for label in others)
        return CueError(
            f"has every marker behind {hour}, the first at {first}{song}: "
            f"start = {hour}? Then give --start '{hour}'{other}."
            + ("" if self._song_is_short() else f" If it is meant so, give --start {ZERO}.")
        )

    def _song_is_short(self) -> bool:
        return self._count.song is not None and self._count.song < _HOUR

    def _wrong(self, cue: Cue, text: str, remedy: str = "") -> CueError:
        return CueError(f"{text}. {remedy}.".replace(". .", "."), self._file.place(cue))


def _is_drop(file: CueFile, rate: FrameRate) -> bool:
    """Return whether a file's labels are drop-frame.

    Raises:
        CueError: some are and some are not, or none can be at this rate.
    """
    labels = [(cue, cue.start) for cue in file.cues if isinstance(cue.start, str)]
    dropped = sum(";" in label for _, label in labels)
    if file.drop is None and 0 < dropped < len(labels):
        rarer = dropped * 2 <= len(labels)
        cue, label = next(pair for pair in labels if (";" in pair[1]) == rarer)
        other = "drop-frame (;)" if rarer else "not drop-frame"
        raise CueError(
            f"has {label}, which is {other}, unlike others of the file. Export it again.",
            file.place(cue),
        )
    is_drop = dropped > 0 if file.drop is None else file.drop
    if is_drop and not rate.dropped:
        cue = labels[0][0] if labels else file.cues[0]
        raise CueError(
            f"has drop-frame timecode (;), which {rate.label} fps does not have: the file counts "
            "at 29.97, 59.94 or 119.88. Say which with --fps.",
            file.place(cue),
        )
    return is_drop


def _hours(label: str) -> int:
    return int(label.replace(";", ":").partition(":")[0])


def _clock(frame: int, rate: FrameRate) -> Fraction:
    """Return the seconds that a frame's label without drop-frame reads."""
    return Fraction(frame, rate.nominal)


def _counts_from_itself(file: CueFile) -> bool:
    return file.rate is not None or bool(file.start)


def _times(file: CueFile) -> Iterator[Fraction]:
    return (cue.start for cue in file.cues if isinstance(cue.start, Fraction))


def _shown_time(seconds: Fraction) -> str:
    whole, part = divmod(round(seconds * 1000), 1000)
    return f"{whole // _HOUR:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}.{part:03d}"


def _has_labels(file: CueFile) -> bool:
    return any(isinstance(cue.start, str) for cue in file.cues)


def _all_seconds(file: CueFile) -> bool:
    return all(isinstance(cue.start, Fraction) for cue in file.cues)


def shared_frames(markers: Sequence[Marker]) -> list[str]:
    """Return a sentence about each frame on which several markers stand; all of them are kept."""
    several = {frame for frame, times in Counter(m.frame for m in markers).items() if times > 1}
    by_frame: dict[int, list[str]] = defaultdict(list)
    for marker in markers if several else ():
        if marker.frame in several:
            by_frame[marker.frame].append(marker.name or "a marker without a name")
    shared = list(by_frame.items())
    said = [f"Frame {frame} has {' and '.join(names)}." for frame, names in shared[:_SHOWN]]
    if len(shared) > _SHOWN:
        said.append(f"{len(shared) - _SHOWN} more frames have several markers.")
    return said


def _length(seconds: Fraction | None) -> str:
    whole = int(seconds or 0)
    return f"{whole // 60}:{whole % 60:02d}"
