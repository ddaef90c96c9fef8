"""Final Cut Pro X and later (FCPXML): markers in the time of the clip that they stand on.

A clip's ``offset`` is where it stands in its parent's time, its ``start`` is what its own time
shows there. A marker's ``start`` is in its clip's time, so both have to be walked through.
Source: Apple, "Story Elements", FCPXML reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from xml.etree.ElementTree import Element

from sheetrender.cues.cue import Cue, CueError, CueFile
from sheetrender.model.timing import FrameRate

_SECONDS = re.compile(r"(-?\d{1,18})(?:/(\d{1,18})|(\.\d{1,18}))?s?")
_NAMED = 5
"""Markers that a note names."""
_MARKERS = frozenset({"marker", "chapter-marker"})
_CLIPS = frozenset(
    {"clip", "asset-clip", "ref-clip", "sync-clip", "mc-clip", "video", "audio", "title", "gap"}
)


def read_fcpxml(root: Element) -> CueFile:
    """Read all markers of the first sequence that clips show.

    Raises:
        CueError: it has no sequence, or a time is none.
    """
    sequence = next(root.iter("sequence"), None)
    if sequence is None:
        raise CueError("has no sequence. In Final Cut Pro select the project, then Export XML.")
    rate = _rate(root, sequence)
    walk = _Walk(rate)
    shown = _Time(Fraction(0), _seconds(sequence, "tcStart"))
    cues = sorted(walk.cues(sequence, shown), key=_start)
    return CueFile(
        kind="FCPXML",
        cues=cues,
        unit="marker",
        rate=rate,
        notes=walk.notes(),
    )


@dataclass(frozen=True, slots=True)
class _Time:
    """How the time of an element goes over into that of the sequence, in seconds.

    Attributes:
        at: the moment of the sequence at which its own time shows `own`.
        own: see there.
        length: of what is shown of it; None for no end.
        retimed: whether it is played at another speed than its own.
    """

    at: Fraction
    own: Fraction
    length: Fraction | None = None
    retimed: bool = False

    def moment(self, own: Fraction) -> Fraction:
        return self.at + own - self.own

    def shows(self, own: Fraction) -> bool:
        return own >= self.own and (self.length is None or own < self.own + self.length)


class _Walk:
    """One pass through a sequence."""

    def __init__(self, rate: FrameRate | None) -> None:
        self._frame_seconds = 1 / rate.per_second if rate else Fraction(1, 10)
        self._number = count(1)
        self._hidden = 0
        self._retimed: list[str] = []

    def notes(self) -> tuple[str, ...]:
        """Return what is to be known about the markers, once all have been passed."""
        said = []
        if self._hidden:
            said.append(f"{self._hidden} in parts of clips that are cut off: left out.")
        if self._retimed:
            count = len(self._retimed)
            verb = "stands on a clip" if count == 1 else "stand on clips"
            said.append(
                f"{count} {verb} whose speed was changed, and may be off: look at "
                f"{', '.join(self._retimed[:_NAMED])}{' …' if count > _NAMED else ''}."
            )
        return tuple(said)

    def cues(self, element: Element, time: _Time) -> Iterator[Cue]:
        follows = time.own
        for child in element:
            if child.tag in _MARKERS:
                yield from self._cue(child, time)
            elif child.tag in _CLIPS:
                offset = _seconds(child, "offset", follows)
                length = _seconds(child, "duration", None)
                retimed = time.retimed or _is_retimed(child)
                inner = _Time(time.moment(offset), _seconds(child, "start"), length, retimed)
                follows = offset + (length or 0)
                yield from self.cues(child, inner)
            elif child.tag == "spine":
                # The sequence's own storyline has no place of its own; others stand on a clip.
                is_main = child.get("offset") is None
                at = time.moment(_seconds(child, "offset"))
                inner = _Time(at, Fraction(0), retimed=time.retimed)
                yield from self.cues(child, time if is_main else inner)

    def _cue(self, marker: Element, time: _Time) -> Iterator[Cue]:
        number = next(self._number)
        own = _seconds(marker, "start", place=f"marker {number}")
        if not time.shows(own):
            self._hidden += 1
            return
        name, note = marker.get("value", "").strip(), marker.get("note", "").strip()
        moment = time.moment(own)
        if time.retimed:
            self._retimed.append(name or note or f"marker {number}")
        length = _seconds(marker, "duration", None)
        # Final Cut gives every marker the length of a frame.
        end = moment + length if length and length > self._frame_seconds else None
        yield Cue(number=number, name=name or note, comment=note, start=moment, end=end)


def _is_retimed(clip: Element) -> bool:
    """Say whether a clip is played at another speed than its own."""
    conform = clip.find("conform-rate")
    if conform is not None and conform.get("scaleEnabled") != "0" and conform.get("srcFrameRate"):
        return True
    points = [(_seconds(p, "time"), _seconds(p, "value")) for p in clip.iterfind("timeMap/timept")]
    return len({time - value for time, value in points}) > 1


def _start(cue: Cue) -> Fraction:
    assert isinstance(cue.start, Fraction)
    return cue.start


def _rate(root: Element, sequence: Element) -> FrameRate | None:
    wanted = sequence.get("format")
    for form in root.iter("format"):
        if form.get("id") == wanted and form.get("frameDuration"):
            duration = _seconds(form, "frameDuration")
            return FrameRate(1 / duration) if duration > 0 else None
    return None


def _seconds(
    element: Element, name: str, default: Fraction | None = Fraction(0), place: str = ""
) -> Fraction:
    written = element.get(name)
    if written is None:
        return default  # type: ignore[return-value]
    match = _SECONDS.fullmatch(written.strip())
    if match and match[2] and int(match[2]):
        return Fraction(int(match[1]), int(match[2]))
    if match is None or match[2]:
        raise CueError(
            f"has {written[:40]!r} for {name}, which is no time such as 1001/30000s.", place
        )
    return Fraction(f"{match[1]}{match[3] or ''}")
