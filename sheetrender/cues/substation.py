"""Aegisub's and SubStation's lyrics, karaoke among them: ``.ass`` and ``.ssa``.

pysubs2 reads the lines. It lets one without all its fields pass for an empty one, so that each is
looked at before. Styles and fonts are left out.
Source: the SubStation Alpha v4.00+ script format, as Aegisub writes it.
"""

from __future__ import annotations

import re
import warnings
from fractions import Fraction

from sheetrender.cues.cue import Cue, CueError, CueFile, at_line

_HEAD = "[Events]\n"
_EVENT = ("Dialogue:", "Comment:")
_SAID = re.compile(r"Dialogue:\s*(?:Marked=)?\d+,")
_TIME = r"\s*-?\d{1,3}:\d{2}:\d{2}[.:]\d{2,3}\s*"
_WHOLE = re.compile(rf"(?:Dialogue|Comment):[^,]*,{_TIME},{_TIME}(?:,[^,]*){{6}},.*")
_DAMAGED = "does not have two times such as 0:01:02.50 and all ten fields. Save it from Aegisub."
_FIELDS = "start, end, style, name, marginl, marginr, marginv, effect, text"


def is_substation(text: str) -> bool:
    """Say whether it begins as a script, or has ``Dialogue:`` near its top."""
    head = text.split("\n", 60)[:60]
    return text.lstrip()[:13].lower() == "[script info]" or any(_SAID.match(line) for line in head)


def read_substation(text: str) -> CueFile:
    """Read the lines that are sung or said; of karaoke the words, not the syllables' lengths.

    The comment of a line is its actor. Comments and drawings are left out.

    Raises:
        CueError: a line has not all its fields, or no times, or the fields stand in another order.
    """
    # Imported here because most marker files are no subtitles.
    import pysubs2

    numbers, events = [], []
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.strip()
        if line.startswith(_EVENT):
            if _WHOLE.fullmatch(line) is None:
                raise at_line(number, _DAMAGED)
            numbers.append(number)
            events.append(line)
        elif line.startswith("Format:"):
            _refuse_order(number, line)
    form = "ssa" if re.search(r"^\[V4 Styles\]|^ScriptType: *v4\.00 *$", text, re.M) else "ass"
    lines = _HEAD + "\n".join(events)
    with warnings.catch_warnings():
        # An empty margin is worth no word here.
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            found = pysubs2.SSAFile.from_string(lines, format_=form)
        except (ValueError, IndexError, pysubs2.Pysubs2Error) as error:
            raise CueError(f"is a damaged subtitle script ({error}). Save it again.") from error
    cues = []
    for number, event in zip(numbers, found, strict=True):
        name = " ".join(event.plaintext.split())
        is_drawn = "\\p" in event.text and event.is_drawing
        if event.is_comment or is_drawn or not name:
            continue
        cues.append(
            Cue(
                number=number,
                name=name,
                start=Fraction(event.start, 1000),
                end=Fraction(event.end, 1000) if event.end > event.start else None,
                comment=event.name.strip(),
            )
        )
    return CueFile(kind="Aegisub or SubStation subtitles", cues=cues)


def _refuse_order(number: int, line: str) -> None:
    fields = [field.strip().lower() for field in line[len("Format:") :].split(",")]
    if "text" in fields and ", ".join(fields[1:]) != _FIELDS:
        raise at_line(
            number, "has the fields in another order than Aegisub's. Save it from Aegisub."
        )
