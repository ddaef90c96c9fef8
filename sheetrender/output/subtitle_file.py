"""SubRip subtitles: what each row is about, for as long as it is seen."""

from __future__ import annotations

from fractions import Fraction

from sheetrender.output.timeline import Timeline, plain_line


def srt(timeline: Timeline) -> str:
    """Return the subtitles of the marks that say something, numbered from 1."""
    spoken = [mark for mark in timeline.marks if mark.comment.strip()]
    blocks = []
    for number, mark in enumerate(spoken, start=1):
        begin, end = (_clock(timeline.rate.seconds_at(frame)) for frame in (mark.frame, mark.end))
        blocks.append(f"{number}\n{begin} --> {end}\n{plain_line(mark.comment)}\n")
    return "\n".join(blocks)


def _clock(seconds: Fraction) -> str:
    """Return hours, minutes, seconds and thousandths, halves upwards."""
    thousandths = (seconds * 1000 + Fraction(1, 2)).__floor__()
    rest, thousandths = divmod(thousandths, 1000)
    minutes, seconds_left = divmod(rest, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds_left:02d},{thousandths:03d}"
