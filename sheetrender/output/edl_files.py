"""Edit decision lists: the cuts in CMX 3600's form, and markers in DaVinci Resolve's."""

from __future__ import annotations

from sheetrender.output.timeline import BY, Timeline, plain_line


def cut_edl(timeline: Timeline) -> str:
    """Return the cuts: where each clip stands in the video file, and in the timeline."""
    lines = _head(timeline, "")
    reached = timeline.video_start - timeline.start
    for number, clip in enumerate(timeline.clips, start=1):
        source = [timeline.label(reached + frame) for frame in (clip.first, clip.end)]
        record = [timeline.label(frame) for frame in (clip.first, clip.end)]
        lines += [
            f"{number:03d}  AX       V     C        {' '.join([*source, *record])}",
            f"* FROM CLIP NAME: {plain_line(timeline.video.name)}",
            f"* COMMENT: {plain_line(clip.name)}",
            "",
        ]
    return "\r\n".join(lines)


def marker_edl(timeline: Timeline) -> str:
    """Return the markers, as Resolve's *Timeline Markers from EDL* reads them."""
    lines = _head(timeline, " markers")
    for number, mark in enumerate(timeline.marks, start=1):
        span = " ".join([timeline.label(mark.frame), timeline.label(mark.frame + 1)] * 2)
        length = max(1, mark.duration)
        lines += [
            f"{number:03d}  001      V     C        {span}  ",
            f"{_field(mark.comment)} |C:ResolveColorBlue |M:{_field(mark.name)} |D:{length}",
            "",
        ]
    return "\r\n".join(lines)


def _head(timeline: Timeline, what: str) -> list[str]:
    mode = "DROP FRAME" if timeline.drop else "NON-DROP FRAME"
    return [f"TITLE: {plain_line(timeline.name)}{what} by {BY}", f"FCM: {mode}", ""]


def _field(text: str) -> str:
    """Return a text without the sign that parts the fields."""
    return plain_line(text).replace("|", "/")
