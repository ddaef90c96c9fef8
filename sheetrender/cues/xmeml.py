"""Final Cut Pro XML (xmeml), which Premiere and Resolve export: whole frames and their rate."""

from __future__ import annotations

from fractions import Fraction
from xml.etree.ElementTree import Element

from sheetrender.cues.cue import Cue, CueError, CueFile
from sheetrender.model.timing import FrameRate

_POINT = -1


def read_xmeml(root: Element) -> CueFile:
    """Read the markers of the sequence; frames count from its start.

    The sequence's ``<timecode>`` is not used: Premiere writes wrong labels there.

    Raises:
        CueError: it has no sequence, or a marker or the rate is incomplete.
    """
    sequences = [s for s in root.iter("sequence") if s.find("rate") is not None]
    sequence = next((s for s in sequences if s.find("marker") is not None), None)
    sequence = sequence if sequence is not None else next(iter(sequences), None)
    if sequence is None:
        raise CueError("has no sequence with a rate. Export the sequence, not a clip.")
    markers = sequence.findall("marker")
    cues = [_cue(number, marker) for number, marker in enumerate(markers, start=1)]
    return CueFile(
        kind="Final Cut Pro XML",
        cues=cues,
        unit="marker",
        rate=_rate(sequence),
        notes=_notes(root, len(markers), sequence),
    )


def _cue(number: int, marker: Element) -> Cue:
    name, comment = _text(marker, "name"), _text(marker, "comment")
    start, end = (_frame(number, marker, which) for which in ("in", "out"))
    if start < 0:
        raise CueError("has no in. Export it again.", f"marker {number}")
    later = end if end not in (_POINT, start) else None
    return Cue(number=number, name=name or comment, comment=comment, start=start, end=later)


def _frame(number: int, marker: Element, which: str) -> int:
    written = _text(marker, which) or str(_POINT)
    try:
        return int(written)
    except ValueError as error:
        raise CueError(
            f"has {written!r} for {which}, which is no frame.", f"marker {number}"
        ) from error


def _rate(sequence: Element) -> FrameRate:
    timebase = sequence.findtext("rate/timebase", "").strip()
    if not timebase.isdecimal() or not int(timebase):
        raise CueError("does not say the sequence's timebase. Export it again.")
    is_ntsc = sequence.findtext("rate/ntsc", "").strip().upper() == "TRUE"
    return FrameRate(Fraction(int(timebase) * 1000, 1001) if is_ntsc else Fraction(int(timebase)))


def _notes(root: Element, used: int, sequence: Element) -> tuple[str, ...]:
    left = sum(1 for _ in root.iter("marker")) - used
    if not left:
        return ()
    name = _text(sequence, "name")
    of = f" {name}" if name else ""
    verb = "marker is" if left == 1 else "markers are"
    return (f"{left} {verb} not on the sequence{of} but on clips in it, and left out.",)


def _text(element: Element, name: str) -> str:
    return (element.findtext(name) or "").strip()
