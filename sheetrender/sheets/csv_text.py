"""The text of a .csv file: its encoding and byte order mark, such that both can be kept.

Every codec here gives back the very bytes that it read, so text that is not changed is written
as it was.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from sheetrender.sheets.refusals import UnusualFileError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = ("utf-8", "cp1252", "latin-1")
"""In this order; the last takes any bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvText:
    """A text and how it is stored.

    Attributes:
        text: without its byte order mark.
        encoding: Python's name of the codec.
        mark: the byte order mark; may be empty.
    """

    text: str
    encoding: str
    mark: bytes

    def encoded(self, text: str) -> bytes:
        """Return another text stored in the same way; what the codec lacks becomes ``?``."""
        return self.mark + text.encode(self.encoding, "replace")


def decode(content: bytes) -> CsvText:
    """Return the text of a file.

    Raises:
        UnusualFileError: it is no text.
    """
    mark, encoding = next(((m, e) for m, e in _MARKS if content.startswith(m)), (b"", ""))
    for candidate in (encoding,) if encoding else _UNMARKED:
        try:
            text = content[len(mark) :].decode(candidate)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return CsvText(text=text, encoding=candidate, mark=mark)
    raise UnusualFileError("is no text file")
