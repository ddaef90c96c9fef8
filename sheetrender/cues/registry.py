"""Which reader a file goes to: told by what stands in it, never by its name."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from sheetrender.cues import (
    audio_programs,
    chapters,
    lyrics,
    midi,
    plain,
    premiere,
    reaper,
    resolve,
    substation,
    subtitles,
    wav,
)
from sheetrender.cues.cue import CueError, CueFile
from sheetrender.cues.encodings import decoded
from sheetrender.cues.fcpxml import read_fcpxml
from sheetrender.cues.xmeml import read_xmeml
from sheetrender.cues.xml_files import xml_root
from sheetrender.model.collector import collector_paused

KNOWN = (
    "markers of Premiere, Resolve, Final Cut, Avid, Audition, Audacity, Reaper and Pro Tools, MIDI "
    "and WAV files, LRC, SRT, WebVTT, Aegisub, YouTube chapters, and tables of names and times"
)
_SHOWN = 40
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Characters that no cell can hold, so that a marker would not be found again by its name."""


@dataclass(frozen=True, slots=True)
class _TextFormat:
    """A format of plain text.

    Attributes:
        recognises: whether a text is of this format; it only looks at the beginning.
        read: the whole of it.
    """

    recognises: Callable[[str], bool]
    read: Callable[[str], CueFile]


# The order is from formats that cannot be mistaken to those that are nearly free text.
_TEXTS = (
    _TextFormat(reaper.is_reaper_project, reaper.read_reaper_project),
    _TextFormat(audio_programs.is_pro_tools, audio_programs.read_pro_tools),
    _TextFormat(substation.is_substation, substation.read_substation),
    _TextFormat(subtitles.is_subtitles, subtitles.read_subtitles),
    _TextFormat(resolve.is_marker_edl, resolve.read_marker_edl),
    _TextFormat(resolve.is_edit_index, resolve.read_edit_index),
    _TextFormat(audio_programs.is_audition, audio_programs.read_audition),
    _TextFormat(reaper.is_reaper_list, reaper.read_reaper_list),
    _TextFormat(premiere.is_premiere_text, premiere.read_premiere_text),
    _TextFormat(audio_programs.is_avid, audio_programs.read_avid),
    _TextFormat(premiere.is_premiere, premiere.read_premiere),
    _TextFormat(audio_programs.is_audacity, audio_programs.read_audacity),
    _TextFormat(lyrics.is_lrc, lyrics.read_lrc),
    _TextFormat(plain.is_plain, plain.read_plain),
    _TextFormat(chapters.is_chapters, chapters.read_chapters),
)
_XML = {"xmeml": read_xmeml, "fcpxml": read_fcpxml}
_OTHER_KINDS = (
    (b"PK\x03\x04", "a zip archive or a workbook"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\x1f\x8b", "a compressed file, such as a Premiere project"),
    (b"ID3\x03", "an MP3"),
    (b"ID3\x04", "an MP3"),
    (b"OggS\0", "an Ogg file"),
    (b"fLaC\0", "a FLAC file"),
)


@collector_paused()
def read_cues(content: bytes) -> CueFile:
    """Return what a marker file of any known format holds.

    Raises:
        CueError: it is none, is damaged, or holds no marker.
    """
    try:
        found = _read(content)
    except CueError:
        raise
    except ValueError as error:
        if "integer string conversion" not in str(error):
            raise
        raise CueError("holds a number of thousands of digits. Export it again.") from error
    for cue in found.cues:
        if _NO_TEXT.search(cue.name) or _NO_TEXT.search(cue.comment):
            cue.name, cue.comment = (_NO_TEXT.sub("", text) for text in (cue.name, cue.comment))
    if not found.cues:
        notes = " ".join(found.notes)
        raise CueError(f"is a file of {found.kind} without any marker. {notes}".rstrip())
    return found


def _read(content: bytes) -> CueFile:
    if not content.strip():
        raise CueError("is empty. Export the markers again.")
    if midi.is_midi(content):
        return midi.read_midi(content)
    if wav.is_wav(content):
        return wav.read_wav(content)
    for magic, kind in _OTHER_KINDS:
        if content.startswith(magic):
            raise CueError(f"is {kind}. What can be read: {KNOWN}.")
    text = decoded(content)
    if not text.strip():
        raise CueError("is empty. Export the markers again.")
    if text.lstrip().startswith("<") and not reaper.is_reaper_project(text):
        return _read_xml(content)
    form = next((form for form in _TEXTS if form.recognises(text)), None)
    if form is not None:
        return form.read(text)
    first = text.strip().partition("\n")[0][:_SHOWN]
    raise CueError(f"begins with {first!r} and is of no kind that is known: {KNOWN}.")


def _read_xml(content: bytes) -> CueFile:
    root = xml_root(content)
    reader = _XML.get(root.tag)
    if reader is None:
        raise CueError(
            f"is XML of the kind {root.tag[:_SHOWN]!r}, which holds no markers that are known. "
            "Export a Final Cut Pro XML or an FCPXML."
        )
    return reader(root)
