"""Why a file is left as it is."""

from __future__ import annotations


class UnusualFileError(ValueError):
    """A file is not as its format wants it; the text continues "the file …" or "its part …".

    It stays in this room: a store that meets it raises `SheetUnavailable` with the file's name.
    """
