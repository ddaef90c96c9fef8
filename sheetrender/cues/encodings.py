"""The bytes of a text file, in whatever encoding an editor or a spreadsheet saved it."""

from __future__ import annotations

import re

from sheetrender.cues.cue import CueError, at_line

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_LOOKED_AT = 4096
_REMEDY = "Export it again, or save it as UTF-8 in a text editor."


def decoded(content: bytes) -> str:
    """Return the text of a file, every line break as one ``\\n``.

    UTF-8 and UTF-16 with or without a byte order mark are told apart by their bytes; what is
    neither counts as Windows-1252, in which Excel saves.

    Raises:
        CueError: it is no text, or its letters are in no encoding that can be told.
    """
    bom, encoding = next((pair for pair in _BOMS if content.startswith(pair[0])), (b"", ""))
    body = content[len(bom) :]
    text = _strictly(body, encoding or _guessed(body))
    if found := _CONTROLS.search(text):
        raise _binary(text.count("\n", 0, found.start()) + 1)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _guessed(body: bytes) -> str:
    head = body[:_LOOKED_AT]
    if head.count(0) * 3 >= len(head) > 0:
        return "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _strictly(body: bytes, encoding: str) -> str:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        before = body[: error.start].decode(encoding, "replace")
        line = before.count("\n") + 1
        if encoding == "cp1252" and _CONTROLS.search(body[:_LOOKED_AT].decode("latin-1")):
            raise _binary(line) from error
        if encoding.startswith("utf-16") and len(body) - error.start < 2:
            raise at_line(line, f"is cut off in the middle of a letter. {_REMEDY}") from error
        name = "no encoding that can be told" if encoding == "cp1252" else encoding.upper()
        verb = "is written in" if encoding == "cp1252" else "holds bytes that are not"
        raise CueError(f"{verb} {name}. {_REMEDY}", f"line {line}") from error


def _binary(line: int) -> CueError:
    return at_line(line, f"holds bytes that are no text, so the file is binary. {_REMEDY}")
