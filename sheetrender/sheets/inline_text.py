"""How text stands in the XML of a worksheet: escapes, forbidden characters, the longest text."""

from __future__ import annotations

import re

LONGEST_TEXT = 32_767
"""UTF-16 units that one cell of Excel holds."""

_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_LITERAL_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def storable(text: str) -> str:
    """Return the text as a cell can hold it: no control characters, and not too long."""
    return _cut(_FORBIDDEN.sub("", text))


def encode_text(text: str) -> bytes:
    """Return a text as the content of a ``<t>`` element, in UTF-8."""
    escaped = _LITERAL_ESCAPE.sub("_x005F_", storable(text))
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;")):
        escaped = escaped.replace(character, entity)
    return escaped.encode("utf-8")


def decode_text(text: str) -> str:
    """Return a text from a worksheet with its ``_x000D_`` escapes resolved."""
    if "_x" not in text:
        return text
    decoded = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    # Two escapes may be the halves of one character.
    return decoded.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _cut(text: str) -> str:
    if len(text) * 2 <= LONGEST_TEXT:
        return text
    return text.encode("utf-16-le")[: LONGEST_TEXT * 2].decode("utf-16-le", "ignore")
