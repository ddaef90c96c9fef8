"""Premiere Pro: File > Export > Markers, as .csv and as .txt.

The .csv is recognised by its shape, three neighbouring timecodes, because its headings are in the
language of the program. Rows are found by that shape, too, and not by line breaks or quotes:
Premiere quotes nothing, so one quote in a name would swallow every row behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from sheetrender.cues.cue import Cue, CueError, CueFile, at_line
from sheetrender.cues.moments import LABEL

_FRAMES, _FEET = r"[0-9]+", r"[0-9]+\+[0-9]+"
_SHAPES = tuple(
    re.compile(rf'([\t,;])"?({time})"?\1"?{time}"?\1"?{time}"?(?=[\t,;\n]|$)')
    for time in (LABEL, _FEET, _FRAMES)
)
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_TXT_ROW = re.compile(rf"^([^\t\n]*)\t{{3}}({LABEL})\t{{3}}([^\t\n]*)\t*$")
_HALF = "is half a row: it does not have a name, a description and three times. Export it again."
_DISPLAY = "In Premiere set the sequence's Time Display to timecode, and export again."
_KIND = "Premiere markers"
_COLUMNS = 6
_LOOKED_AT = 65_536


def is_premiere(text: str) -> bool:
    """Say whether rows have three neighbouring times in columns 3 to 5, or nothing but a head."""
    first, _, rest = text.strip("\n").partition("\n")
    if not rest.strip() and len(_fields_of(first)) in (_COLUMNS, _COLUMNS + 1):
        return True
    return _first_row(text) is not None


def read_premiere(text: str) -> CueFile:
    """Read the .csv.

    Raises:
        CueError: a row is incomplete, or the times are none that can be counted.
    """
    first = _first_row(text)
    if first is None:
        return CueFile(kind=_KIND, cues=[])
    if first[2].isdecimal():
        raise CueError(
            "counts in plain frames, which Premiere begins with 0 or with 1, as its preferences "
            f"say. {_DISPLAY}"
        )
    if "+" in first[2]:
        raise CueError(f"counts in feet and frames. {_DISPLAY}")
    return CueFile(kind=_KIND, cues=list(_cues(text, first[1])))


def is_premiere_text(text: str) -> bool:
    """Say whether rows have three tabs around one timecode."""
    return any(_TXT_ROW.match(line) for line in text.split("\n", 20)[:20])


def read_premiere_text(text: str) -> CueFile:
    """Read the .txt, whose first column is the name of what the markers stand on.

    Raises:
        CueError: a row is incomplete.
    """
    cues = []
    for number, line in enumerate(text.split("\n"), start=1):
        match = _TXT_ROW.match(line)
        if match:
            asset, label, note = (field.strip() for field in match.groups())
            cues.append(Cue(number=number, name=note or asset, start=label))
        elif line.strip() and cues:
            raise at_line(number, "is half a row: it has no name, time and description.")
    return CueFile(kind="Premiere marker list", cues=cues)


class _Texts(NamedTuple):
    name: str
    comment: str


def _cues(text: str, mark: str) -> Iterator[Cue]:
    """Yield every row; what stands between two rows is the later one's name and description."""
    label = rf'"?({LABEL})"?'
    rows = re.compile(f"{mark}{label}{mark}{label}{mark}{label}(?=[{mark}\n]|$)[^\n]*")
    start, line = _after_heading(text, mark)
    for row in rows.finditer(text, start):
        before = text[start : row.start()]
        blank = len(before) - len(before.lstrip("\n"))
        line += before.count("\n", 0, blank)
        texts = _texts(before[blank:], mark)
        if texts is None:
            raise at_line(line, _HALF)
        end = row[2] if row[2] != row[1] else None
        name = texts.name or texts.comment
        yield Cue(number=line, name=name, comment=texts.comment, start=row[1], end=end)
        line += before.count("\n", blank)
        start = row.end()
    rest = text[start:]
    if rest.strip():
        raise at_line(line + len(rest) - len(rest.lstrip("\n")), _HALF)


def _texts(before: str, mark: str) -> _Texts | None:
    """Return name and description from what stands before the times; None where it is neither."""
    if mark == "\t":
        fields = before.split(mark)
    else:
        fields = _fields_of(before, mark)
        if len(fields) > 2 and '"' not in before:
            # Not quoted as it should be; a description is seldom there.
            fields = [mark.join(fields[:-1]), fields[-1]] if "\n" not in before else fields
    if len(fields) != 2:
        return None
    return _Texts(*(_unquoted(field) for field in fields))


def _fields_of(line: str, mark: str = "") -> list[str]:
    marks = [mark] if mark else ["\t", ",", ";"]
    return max((_split(line, m) for m in marks), key=len)


def _split(line: str, mark: str) -> list[str]:
    fields, at = [], 0
    while True:
        quoted = _QUOTED.match(line, at)
        end = quoted.end() if quoted else -1
        if end < 0 or line[end : end + 1] not in ("", mark):
            found = line.find(mark, at)
            end = len(line) if found < 0 else found
        fields.append(line[at:end])
        if end >= len(line):
            return fields
        at = end + 1


def _unquoted(field: str) -> str:
    """Return a field without the quotes that a spreadsheet puts around it."""
    field = field.strip()
    match = _QUOTED.fullmatch(field)
    if match and any(sign in match[1] for sign in ('""', "\n", "\t", ",", ";")):
        return match[1].replace('""', '"').strip()
    return field


def _after_heading(text: str, mark: str) -> tuple[int, int]:
    """Return where the rows begin, and on which line."""
    start, line = 0, 1
    while True:
        end = text.find("\n", start)
        head = text[start : end if end >= 0 else len(text)]
        if head.strip() and (head.count(mark) < _COLUMNS - 1 or re.search(LABEL, head)):
            return start, line
        if head.strip():
            return (end if end >= 0 else len(text)), line
        start, line = end + 1, line + 1


def _first_row(text: str) -> re.Match[str] | None:
    """Return the first row's times, where two fields stand before them."""
    head = text[:_LOOKED_AT]
    for shape in _SHAPES:
        for match in shape.finditer(head):
            before = head[head.rfind("\n", 0, match.start()) + 1 : match.start()]
            if len(_fields_of(before, match[1])) == 2:
                return match
    return None
