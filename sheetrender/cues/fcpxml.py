"""Final Cut Pro X and later (FCPXML): markers in the time of the clip that they stand on.

A clip's ``offset`` is where it stands in its parent's time, its ``start`` is what its own time
shows there. A marker's ``start`` is in its clip's time, so both have to be walked through.
Source: Apple, "Story Elements", FCPXML reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import count, pairwise
from xml.etree.ElementTree import Element

from sheetrender.cues.cue import Cue, CueError, CueFile
from sheetrender.cues.fcpxml_speed import (
    ENDLESS,
    Stretch,
    TimePoint,
    conformed,
    contained,
    eases,
    first_shown,
    original,
    stretched,
)
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
    begin = _seconds(sequence, "tcStart")
    whole = Stretch(first=begin - ENDLESS, last=begin + ENDLESS, begins=-ENDLESS, ends=ENDLESS)
    time = _Time(begin=begin, own=[whole], contents=[whole])
    cues = sorted(walk.cues(sequence, time), key=_start)
    return CueFile(
        kind="FCPXML",
        cues=cues,
        unit="marker",
        rate=rate,
        notes=walk.notes(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Time:
    """How the time of an element goes over into that of the sequence.

    Attributes:
        begin: of what is shown, in its own time; what says no offset stands there.
        own: stretches of the time in which its start, and what is anchored to it, count.
        contents: stretches of the time in which what it contains counts; another where the speed
            was changed.
        is_doubtful: whether the speed is not wholly known.
    """

    begin: Fraction
    own: Sequence[Stretch]
    contents: Sequence[Stretch]
    is_doubtful: bool = False

    def anchored(self, offset: Fraction) -> Fraction:
        """Return when an item that is anchored here begins, be it behind the end."""
        shown = first_shown(self.own, offset)
        if shown is None:
            return self.own[0].moment(offset) if self.own else offset
        return shown


class _Walk:
    """One pass through a sequence."""

    def __init__(self, rate: FrameRate | None) -> None:
        self._rate = rate.per_second if rate else None
        self._frame_seconds = 1 / rate.per_second if rate else Fraction(1, 10)
        self._number = count(1)
        self._hidden = 0
        self._doubtful: list[str] = []
        self._either: list[str] = []

    def notes(self) -> tuple[str, ...]:
        """Return what is to be known about the markers, once all have been passed."""
        said = []
        if self._hidden:
            said.append(f"{self._hidden} in parts of clips that are cut off: left out.")
        if self._either:
            said.append(
                f"{_standing(self._either)} whose speed was changed, and the format does not say "
                "whether a marker there counts before the change or after it: look at "
                f"{_listed(self._either)}."
            )
        if self._doubtful:
            said.append(
                f"{_standing(self._doubtful)} whose speed was changed, and may be off: look at "
                f"{_listed(self._doubtful)}."
            )
        return tuple(said)

    def cues(self, element: Element, time: _Time) -> Iterator[Cue]:
        follows = time.begin
        for child in element:
            if child.tag in _MARKERS:
                yield from self._cue(child, time)
            elif child.tag in _CLIPS:
                offset = _seconds(child, "offset", follows)
                length = _seconds(child, "duration", None)
                follows = offset + (length or 0)
                yield from self.cues(child, self._clip(child, time, offset, length))
            elif child.tag == "spine":
                # The sequence's own storyline has no place of its own; others stand on a clip.
                is_main = child.get("offset") is None
                yield from self.cues(child, time if is_main else _storyline(child, time))

    def _clip(self, clip: Element, time: _Time, offset: Fraction, length: Fraction | None) -> _Time:
        start = _seconds(clip, "start")
        shown = ENDLESS if length is None else length
        if _is_anchored(clip):
            at = time.anchored(offset)
            last = start + shown
            own = [Stretch(first=start, last=last, begins=at, ends=at + shown)]
        else:
            own = contained(time.contents, offset=offset, start=start, length=shown)
        points = _points(clip)
        conform = _conform_factor(clip, self._rate)
        # Which of two changes comes first, and in whose seconds the points then are, is not said.
        is_doubtful = time.is_doubtful or conform is None or len(points) == 1
        if conform is not None and conform != 1:
            own = stretched(own, start, conform)
            is_doubtful = is_doubtful or bool(points)
        contents = own
        if len(points) > 1:
            contents = original(own, points)
        return _Time(
            begin=start,
            own=own,
            contents=contents,
            is_doubtful=is_doubtful or eases(points),
        )

    def _cue(self, marker: Element, time: _Time) -> Iterator[Cue]:
        number = next(self._number)
        own = _seconds(marker, "start", place=f"marker {number}")
        moments = [first_shown(time.own, own)]
        if time.contents is not time.own:
            moments.append(first_shown(time.contents, own))
        shown = [moment for moment in moments if moment is not None]
        if not shown:
            self._hidden += 1
            return
        name, note = marker.get("value", "").strip(), marker.get("note", "").strip()
        self._judge(name or note or f"marker {number}", moments, shown, time)
        length = _seconds(marker, "duration", None)
        # Final Cut gives every marker the length of a frame.
        is_range = length is not None and length > self._frame_seconds
        end = shown[0] + self._shown_length(own, length, time) if is_range and length else None
        yield Cue(number=number, name=name or note, comment=note, start=shown[0], end=end)

    def _judge(
        self, name: str, moments: list[Fraction | None], shown: list[Fraction], time: _Time
    ) -> None:
        """Keep in mind a marker whose place is not wholly known."""
        if len(moments) == 1:
            if time.is_doubtful:
                self._doubtful.append(name)
        elif len(moments) > len(shown):
            self._either.append(f"{name} (or cut off)")
        elif abs(shown[-1] - shown[0]) * 2 > self._frame_seconds:
            self._either.append(f"{name} (or at {float(shown[-1]):.3f} s)")
        elif time.is_doubtful:
            self._doubtful.append(name)

    def _shown_length(self, own: Fraction, length: Fraction, time: _Time) -> Fraction:
        stretch = next((s for s in time.own if s.shows(own)), None)
        if stretch is None or stretch.first == stretch.last:
            return length
        return abs(stretch.moment(own + length) - stretch.moment(own))


def _standing(markers: list[str]) -> str:
    one = len(markers) == 1
    return f"{len(markers)} {'stands on a clip' if one else 'stand on clips'}"


def _listed(markers: list[str]) -> str:
    return f"{', '.join(markers[:_NAMED])}{' …' if len(markers) > _NAMED else ''}"


def _storyline(spine: Element, time: _Time) -> _Time:
    """Return the time of a storyline that stands on a clip, and is played at its own speed."""
    at = time.anchored(_seconds(spine, "offset"))
    whole = Stretch(first=-ENDLESS, last=ENDLESS, begins=at - ENDLESS, ends=at + ENDLESS)
    return _Time(begin=Fraction(0), own=[whole], contents=[whole], is_doubtful=time.is_doubtful)


def _is_anchored(clip: Element) -> bool:
    return clip.get("lane", "0").strip() not in ("", "0")


def _conform_factor(clip: Element, sequence: Fraction | None) -> Fraction | None:
    """Return seconds shown per second of a clip's own time; None where that is not known."""
    conform = clip.find("conform-rate")
    source = None if conform is None else conform.get("srcFrameRate")
    if conform is None or conform.get("scaleEnabled") == "0" or not source:
        return Fraction(1)
    return conformed(source, sequence)


def _points(clip: Element) -> list[TimePoint]:
    """Return the points of a clip's time map; none where it leaves the speed as it is.

    Raises:
        CueError: a time is none, or they do not rise.
    """
    place = f"clip {clip.get('name', '').strip()[:40]!r}"
    points = [
        TimePoint(
            _seconds(point, "time", place=place),
            _seconds(point, "value", place=place),
            point.get("interp") == "linear",
        )
        for point in clip.iterfind("timeMap/timept")
    ]
    if any(later.time <= earlier.time for earlier, later in pairwise(points)):
        raise CueError("has a timeMap whose times do not rise. Export the XML again.", place)
    return points if any(point.time != point.value for point in points) else []


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
