"""FCPXML, which Final Cut Pro and DaVinci Resolve import: every time is an exact fraction.

Source: Apple, "FCPXML Reference", version 1.10.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from sheetrender.output.timeline import Mark, Timeline, Track, plain_line
from sheetrender.output.xml_text import document


def fcpxml(timeline: Timeline) -> str:
    """Return the whole document.

    Raises:
        UsageError: the rate is not one that it can hold.
    """
    timeline.require_timebase("Final Cut's XML")
    root = Element("fcpxml", version="1.10")
    _resources(SubElement(root, "resources"), timeline)
    event = SubElement(SubElement(root, "library"), "event", name=plain_line(timeline.name))
    project = SubElement(event, "project", name=plain_line(timeline.name))
    sequence = SubElement(
        project,
        "sequence",
        format="r1",
        duration=_at(timeline, timeline.frames),
        tcStart=_at(timeline, timeline.start),
        tcFormat="DF" if timeline.drop else "NDF",
    )
    _spine(SubElement(sequence, "spine"), timeline)
    return document(root, "<!DOCTYPE fcpxml>")


def _at(timeline: Timeline, frame: int) -> str:
    return _time(timeline.rate.seconds_at(frame))


def _time(seconds: Fraction) -> str:
    if seconds.denominator == 1:
        return f"{seconds.numerator}s"
    return f"{seconds.numerator}/{seconds.denominator}s"


def _resources(resources: Element, timeline: Timeline) -> None:
    SubElement(
        resources,
        "format",
        id="r1",
        frameDuration=_at(timeline, 1),
        width=str(timeline.size.width),
        height=str(timeline.size.height),
        colorSpace="1-1-1 (Rec. 709)",
    )
    video = _asset(
        resources,
        timeline.video,
        id="r2",
        start=_at(timeline, timeline.video_start),
        duration=_at(timeline, timeline.frames),
    )
    video.attrib |= {"hasVideo": "1", "format": "r1", "videoSources": "1"}
    if timeline.song is not None:
        song = timeline.song
        sound = _asset(resources, song.path, id="r3", start="0s", duration=_time(song.seconds))
        sound.attrib |= {"hasAudio": "1", "audioSources": "1", "audioChannels": "2"}


def _asset(resources: Element, path: Path, **more: str) -> Element:
    asset = SubElement(resources, "asset", {"name": plain_line(path.stem), **more})
    SubElement(asset, "media-rep", kind="original-media", src=path.absolute().as_uri())
    return asset


def _spine(spine: Element, timeline: Timeline) -> None:
    for number, clip in enumerate(timeline.clips):
        item = SubElement(
            spine,
            "asset-clip",
            ref="r2",
            name=plain_line(clip.name),
            offset=_at(timeline, timeline.start + clip.first),
            start=_at(timeline, timeline.video_start + clip.first),
            duration=_at(timeline, clip.end - clip.first),
            format="r1",
            tcFormat="DF" if timeline.drop else "NDF",
        )
        if number == 0 and timeline.song is not None:
            _song(item, timeline.song, timeline)
        for mark in timeline.marks:
            if clip.first <= mark.frame < clip.end:
                _marker(item, mark, timeline)


def _song(item: Element, song: Track, timeline: Timeline) -> None:
    """Hang the song below the first clip, in whose own time it begins."""
    SubElement(
        item,
        "asset-clip",
        ref="r3",
        lane="-1",
        name=plain_line(song.path.stem),
        offset=_at(timeline, timeline.video_start + song.first),
        start=_at(timeline, song.skipped),
        duration=_at(timeline, song.end - song.first),
        audioRole="music",
    )


def _marker(item: Element, mark: Mark, timeline: Timeline) -> None:
    SubElement(
        item,
        "marker",
        start=_at(timeline, timeline.video_start + mark.frame),
        duration=_at(timeline, max(1, mark.duration)),
        value=plain_line(mark.name or mark.comment),
        note=plain_line(mark.comment),
    )
