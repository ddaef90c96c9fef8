"""OpenTimelineIO's own form, which DaVinci Resolve and many tools of studios import."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

from sheetrender.output.timeline import BY, Clip, Mark, Timeline, Track, plain_line


def otio(timeline: Timeline) -> str:
    """Return the whole document, of the schemas of OpenTimelineIO 0.15 and later."""
    tracks = [_track("Video", "Video", [_clip(clip, timeline) for clip in timeline.clips])]
    if timeline.song is not None:
        tracks.append(_track("Song", "Audio", _song(timeline.song, timeline)))
    stack = {
        "OTIO_SCHEMA": "Stack.1",
        "name": "tracks",
        "children": tracks,
        "markers": [_marker(mark, timeline) for mark in timeline.marks],
    }
    whole = {
        "OTIO_SCHEMA": "Timeline.1",
        "name": plain_line(timeline.name),
        "global_start_time": _time(timeline.start, timeline),
        "metadata": {BY: {"width": timeline.size.width, "height": timeline.size.height}},
        "tracks": stack,
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _time(frames: int, timeline: Timeline) -> dict[str, Any]:
    rate = float(timeline.rate.per_second)
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": rate, "value": float(frames)}


def _range(first: int, count: int, timeline: Timeline) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": "TimeRange.1",
        "start_time": _time(first, timeline),
        "duration": _time(count, timeline),
    }


def _track(name: str, kind: str, children: list[dict[str, Any]]) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "Track.1", "name": name, "kind": kind, "children": children}


def _clip(clip: Clip, timeline: Timeline) -> dict[str, Any]:
    start = timeline.video_start
    return _item(
        clip.name,
        _range(start + clip.first, clip.end - clip.first, timeline),
        timeline.video,
        _range(start, timeline.frames, timeline),
    )


def _item(
    name: str, source: dict[str, Any], path: Path, available: dict[str, Any]
) -> dict[str, Any]:
    media = {
        "OTIO_SCHEMA": "ExternalReference.1",
        "name": plain_line(path.name),
        "target_url": path.absolute().as_uri(),
        "available_range": available,
    }
    return {
        "OTIO_SCHEMA": "Clip.2",
        "name": plain_line(name),
        "source_range": source,
        "media_references": {"DEFAULT_MEDIA": media},
        "active_media_reference_key": "DEFAULT_MEDIA",
    }


def _song(song: Track, timeline: Timeline) -> list[dict[str, Any]]:
    whole = timeline.rate.frames_covering(Fraction(song.seconds))
    clip = _item(
        song.path.name,
        _range(song.skipped, song.end - song.first, timeline),
        song.path,
        _range(0, whole, timeline),
    )
    if not song.first:
        return [clip]
    return [{"OTIO_SCHEMA": "Gap.1", "source_range": _range(0, song.first, timeline)}, clip]


def _marker(mark: Mark, timeline: Timeline) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": "Marker.2",
        "name": plain_line(mark.name or mark.comment),
        "comment": plain_line(mark.comment),
        "color": "GREEN",
        "marked_range": _range(mark.frame, mark.duration, timeline),
    }
