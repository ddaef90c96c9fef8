"""Final Cut Pro 7 XML (xmeml), which Premiere Pro and DaVinci Resolve import."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from sheetrender.output.timeline import Clip, Mark, Timeline, Track, plain_line
from sheetrender.output.xml_text import document

# Premiere's numbers for how it shows time. Source: MZ.Sequence.VideoTimeDisplayFormat in its files.
_DISPLAYS = {
    ("24", False): 100, ("25", False): 101, ("29.97", True): 102, ("29.97", False): 103,
    ("30", False): 104, ("50", False): 105, ("59.94", True): 106, ("59.94", False): 107,
    ("60", False): 108, ("23.976", False): 110, ("48", False): 113,
}  # fmt: skip
_CHANNELS = 2


def xmeml(timeline: Timeline) -> str:
    """Return the whole document.

    Raises:
        UsageError: the rate is not one that it can hold.
    """
    timeline.require_timebase("Premiere's XML")
    root = Element("xmeml", version="4")
    sequence = SubElement(root, "sequence", id="sequence-1")
    display = _DISPLAYS.get((timeline.rate.label, timeline.drop))
    if display is not None:
        sequence.set("MZ.Sequence.VideoTimeDisplayFormat", str(display))
    _texts(sequence, name=timeline.name, duration=timeline.frames)
    _rate(sequence, timeline)
    _timecode(sequence, timeline, timeline.start)
    media = SubElement(sequence, "media")
    _video(SubElement(media, "video"), timeline)
    _audio(SubElement(media, "audio"), timeline)
    for mark in timeline.marks:
        _marker(sequence, mark)
    return document(root, "<!DOCTYPE xmeml>")


def _texts(parent: Element, **texts: object) -> None:
    for name, text in texts.items():
        SubElement(parent, name).text = plain_line(str(text))


def _rate(parent: Element, timeline: Timeline) -> None:
    rate = SubElement(parent, "rate")
    _texts(rate, timebase=timeline.rate.nominal, ntsc="TRUE" if timeline.is_ntsc else "FALSE")


def _timecode(parent: Element, timeline: Timeline, start: int) -> None:
    timecode = SubElement(parent, "timecode")
    _rate(timecode, timeline)
    label = timeline.label(start - timeline.start)
    # All semicolons, as Premiere writes drop-frame.
    _texts(
        timecode,
        string=label.replace(":", ";") if timeline.drop else label,
        frame=start,
        displayformat="DF" if timeline.drop else "NDF",
    )


def _video(video: Element, timeline: Timeline) -> None:
    _picture_form(SubElement(video, "format"), timeline)
    track = SubElement(video, "track")
    for number, clip in enumerate(timeline.clips, start=1):
        item = SubElement(track, "clipitem", id=f"clipitem-{number}")
        _clip(item, clip, timeline)
        file = SubElement(item, "file", id="file-1")
        if number == 1:
            _file(file, timeline.video, timeline.frames, timeline, timeline.video_start)
            _picture_form(SubElement(SubElement(file, "media"), "video"), timeline)


def _picture_form(parent: Element, timeline: Timeline) -> None:
    form = SubElement(parent, "samplecharacteristics")
    _rate(form, timeline)
    _texts(
        form,
        width=timeline.size.width,
        height=timeline.size.height,
        anamorphic="FALSE",
        pixelaspectratio="square",
        fielddominance="none",
    )


def _clip(item: Element, clip: Clip, timeline: Timeline) -> None:
    _texts(item, name=clip.name, enabled="TRUE", duration=timeline.frames)
    _rate(item, timeline)
    _texts(item, start=clip.first, end=clip.end)
    # How far into the file, whatever its timecode.
    SubElement(item, "in").text = str(clip.first)
    SubElement(item, "out").text = str(clip.end)


def _file(file: Element, path: Path, frames: int, timeline: Timeline, start: int) -> None:
    address = path.absolute().as_uri().replace("file:///", "file://localhost/", 1)
    _texts(file, name=path.name, pathurl=address)
    _rate(file, timeline)
    _texts(file, duration=frames)
    _timecode(file, timeline, start)


def _audio(audio: Element, timeline: Timeline) -> None:
    _texts(audio, numOutputChannels=_CHANNELS)
    if timeline.song is None:
        return
    for channel in range(1, _CHANNELS + 1):
        track = SubElement(audio, "track")
        item = SubElement(track, "clipitem", id=f"song-{channel}")
        _song(item, timeline.song, channel, timeline)
        _texts(track, outputchannelindex=channel)


def _song(item: Element, song: Track, channel: int, timeline: Timeline) -> None:
    frames = timeline.rate.frames_covering(song.seconds)
    _texts(item, name=song.path.name, enabled="TRUE", duration=frames)
    _rate(item, timeline)
    _texts(item, start=song.first, end=song.end)
    SubElement(item, "in").text = str(song.skipped)
    SubElement(item, "out").text = str(song.skipped + song.end - song.first)
    file = SubElement(item, "file", id="file-2")
    if channel == 1:
        _file(file, song.path, frames, timeline, 0)
        sound = SubElement(SubElement(file, "media"), "audio")
        _texts(sound, channelcount=_CHANNELS)
    source = SubElement(item, "sourcetrack")
    _texts(source, mediatype="audio", trackindex=channel)
    for other in range(1, _CHANNELS + 1):
        link = SubElement(item, "link")
        _texts(link, linkclipref=f"song-{other}", mediatype="audio", trackindex=other)


def _marker(sequence: Element, mark: Mark) -> None:
    marker = SubElement(sequence, "marker")
    _texts(marker, comment=mark.comment, name=mark.name)
    SubElement(marker, "in").text = str(mark.frame)
    SubElement(marker, "out").text = str(mark.frame + mark.duration) if mark.duration else "-1"
