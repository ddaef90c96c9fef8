"""SubRip subtitles: what each row is about, or the words that are sung."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from sheetrender.output.timeline import Timeline, plain_line


def srt(timeline: Timeline) -> str:
    """Return what each row is about, for as long as it is seen."""
    return _blocks(
        timeline,
        ((mark.frame, mark.end, mark.comment) for mark in timeline.marks if mark.comment.strip()),
    )


def lyrics_srt(timeline: Timeline) -> str:
    """Return the markers' names, each for its own duration, or where it has none to the next."""
    named = [mark for mark in timeline.marks if mark.name.strip()]
    ends = [*(mark.frame for mark in named), timeline.frames][1:]
    return _blocks(
        timeline,
        (
            (mark.frame, mark.frame + mark.duration if mark.duration else end, mark.name)
            for mark, end in zip(named, ends, strict=True)
        ),
    )


def _blocks(timeline: Timeline, spoken: Iterable[tuple[int, int, str]]) -> str:
    blocks = []
    for number, (first, end, words) in enumerate(spoken, start=1):
        begin, stop = (_clock(timeline.rate.seconds_at(frame)) for frame in (first, end))
        blocks.append(f"{number}\n{begin} --> {stop}\n{plain_line(words)}\n")
    return "\n".join(blocks)


def _clock(seconds: Fraction) -> str:
    """Return hours, minutes, seconds and thousandths, halves upwards."""
    thousandths = (seconds * 1000 + Fraction(1, 2)).__floor__()
    rest, thousandths = divmod(thousandths, 1000)
    minutes, seconds_left = divmod(rest, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds_left:02d},{thousandths:03d}"
