"""At which speed a clip of FCPXML is played: stretches of its time, and where they are shown.

What Apple's documents settle, and what is done by it:

- A ``timept`` has the clip's new time for ``time`` and its original time for ``value`` (DTD). A
  time map changes the clip's own duration and the offsets of what is anchored to it, so both are
  new time; what is contained in it keeps its offsets, so those are original time ("timeMap").
- ``conform-rate`` stretches all of a clip's own time by the rate of its media over the rate of the
  chart; its offset and duration are its parent's time ("conform-rate"). Exports of Final Cut Pro
  with markers at known timecodes, public in DAWFileKit's tests, agree to the frame.

Neither says in which of both times a marker on a clip with a time map counts.
Source: Apple, FCPXML reference, "timeMap" and "conform-rate"; DTD 1.11.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

ENDLESS = Fraction(10**9)
"""Seconds; longer than any sequence."""

_NTSC = Fraction(1000, 1001)
_RATES = {
    "23.98": 24 * _NTSC,
    "24": Fraction(24),
    "25": Fraction(25),
    "29.97": 30 * _NTSC,
    "30": Fraction(30),
    "47.95": 48 * _NTSC,
    "48": Fraction(48),
    "50": Fraction(50),
    "59.94": 60 * _NTSC,
    "60": Fraction(60),
}
# Apple's chart: which media, by its name, is played at which rate in a sequence of that rate.
_CHART = {
    _RATES["23.98"]: {"24": "23.98", "25": "23.98", "50": "47.95"},
    _RATES["24"]: {"23.98": "24", "25": "24", "50": "48"},
    _RATES["25"]: {"23.98": "25", "24": "25"},
    _RATES["50"]: {"23.98": "25", "24": "25"},
    _RATES["29.97"]: {"30": "29.97", "60": "59.94"},
    _RATES["59.94"]: {"30": "29.97", "60": "59.94"},
    _RATES["30"]: {"29.97": "30", "59.94": "60"},
    _RATES["60"]: {"29.97": "30", "59.94": "60"},
}


def conformed(source: str, sequence: Fraction | None) -> Fraction | None:
    """Return seconds shown per second of media of a rate; None where Apple's chart has none."""
    rate = _RATES.get(source)
    if rate is None or sequence is None:
        return None
    shown_as = _CHART.get(sequence, {}).get(source)
    if shown_as is not None:
        return rate / _RATES[shown_as]
    whole = max(rate, sequence) / min(rate, sequence)
    return Fraction(1) if whole.denominator == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of a clip's time that is shown at one speed; in seconds.

    Attributes:
        first, last: of the clip's time. Backwards the last is the smaller, in a still both are one.
        begins, ends: of the sequence's, the end exclusive.
    """

    first: Fraction
    last: Fraction
    begins: Fraction
    ends: Fraction
    # Kept, since a hundred thousand markers may stand in one stretch.
    _speed: Fraction = field(init=False)
    _shift: Fraction = field(init=False)

    def __post_init__(self) -> None:
        lasts, takes = self.last - self.first, self.ends - self.begins
        speed = Fraction(1) if lasts == takes else takes / lasts if lasts else Fraction(0)
        object.__setattr__(self, "_speed", speed)
        object.__setattr__(self, "_shift", self.begins - self.first * speed)

    def moment(self, own: Fraction) -> Fraction:
        """Return when a time of the clip is shown, or would be if the stretch went on."""
        moment = own if self._speed == 1 else own * self._speed
        return moment + self._shift if self._shift else moment

    def shows(self, own: Fraction) -> bool:
        """Say whether a time of the clip is shown in this stretch."""
        if self.first < self.last:
            return self.first <= own < self.last
        if self.first > self.last:
            return self.last < own <= self.first
        return own == self.first and self.begins < self.ends

    def cut(self, one: Fraction, other: Fraction) -> Stretch | None:
        """Return the part between two times of the clip, None where there is none."""
        low, high = min(self.first, self.last), max(self.first, self.last)
        low, high = max(low, min(one, other)), min(high, max(one, other))
        if low > high or (low == high and self.first != self.last):
            return None
        if self.first == self.last:
            return self
        first, last = (low, high) if self.first < self.last else (high, low)
        return Stretch(first=first, last=last, begins=self.moment(first), ends=self.moment(last))


def first_shown(stretches: Iterable[Stretch], own: Fraction) -> Fraction | None:
    """Return when a time of a clip is first shown; None where it is not."""
    return min((s.moment(own) for s in stretches if s.shows(own)), default=None)


def contained(
    parent: Sequence[Stretch], *, offset: Fraction, start: Fraction, length: Fraction
) -> list[Stretch]:
    """Return the stretches of a clip that its parent contains, so that it shares its speed."""
    parts = (stretch.cut(offset, offset + length) for stretch in parent)
    return [
        Stretch(
            first=start + part.first - offset,
            last=start + part.last - offset,
            begins=part.begins,
            ends=part.ends,
        )
        for part in parts
        if part is not None
    ]


def stretched(stretches: Iterable[Stretch], start: Fraction, factor: Fraction) -> list[Stretch]:
    """Return a clip's stretches where each second behind its start takes `factor` seconds."""
    return [
        Stretch(
            first=start + (stretch.first - start) / factor,
            last=start + (stretch.last - start) / factor,
            begins=stretch.begins,
            ends=stretch.ends,
        )
        for stretch in stretches
    ]


@dataclass(frozen=True, slots=True)
class TimePoint:
    """A point of a time map.

    Attributes:
        time: new time of the clip, in seconds.
        value: original time of the clip, in seconds.
        is_linear: whether the speed changes there at once.
    """

    time: Fraction
    value: Fraction
    is_linear: bool = True


def original(stretches: Iterable[Stretch], points: Sequence[TimePoint]) -> list[Stretch]:
    """Return the stretches of a clip's original time, given those of its new time."""
    found = []
    for stretch in stretches:
        for one, other in pairwise(points):
            part = stretch.cut(one.time, other.time)
            if part is not None:
                speed = (other.value - one.value) / (other.time - one.time)
                found.append(
                    Stretch(
                        first=one.value + (part.first - one.time) * speed,
                        last=one.value + (part.last - one.time) * speed,
                        begins=part.begins,
                        ends=part.ends,
                    )
                )
    return found


def eases(points: Sequence[TimePoint]) -> bool:
    """Say whether the speed changes along a curve at any inner point."""
    triples = zip(points, points[1:], points[2:], strict=False)
    return any(
        not inner.is_linear and _speed(before, inner) != _speed(inner, after)
        for before, inner, after in triples
    )


def _speed(one: TimePoint, other: TimePoint) -> Fraction:
    return (other.value - one.value) / (other.time - one.time)
