"""Add members to a zip archive and leave every byte of the others as it is.

Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence

from sheetrender.sheets.refusals import UnusualFileError

_END = struct.Struct("<4s4H2IH")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_LOCAL_AT = 42
"""Where in an entry of the central directory the place of the member stands."""

_MOST_MEMBERS = 0xFFFF
_LATEST_PLACE = 0xFFFFFFFF


def append(archive: bytes, end: int, contents: Mapping[str, bytes]) -> Sequence[bytes]:
    """Return the archive in pieces, with new members behind the others.

    Args:
        archive: no zip64.
        end: where its end record begins.
        contents: of the new members, by names that it does not have.

    Raises:
        UnusualFileError: it would have to become zip64.
    """
    record = list(_END.unpack_from(archive, end))
    count, size, directory = record[4], record[5], record[6]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in contents.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            new.writestr(entry, content)
    fresh = made.getvalue()
    fresh_end = len(fresh) - _END.size
    _, _, _, _, fresh_count, fresh_size, fresh_directory, _ = _END.unpack_from(fresh, fresh_end)
    if count + fresh_count > _MOST_MEMBERS or directory + len(fresh) > _LATEST_PLACE:
        raise UnusualFileError("is as large as a zip archive may be")
    entries = _moved(fresh[fresh_directory:fresh_end], directory)
    record[3] = record[4] = count + fresh_count
    record[5], record[6] = size + fresh_size, directory + fresh_directory
    return [
        archive[:directory],
        fresh[:fresh_directory],
        archive[directory : directory + size],
        entries,
        _END.pack(*record),
        archive[end + _END.size :],
    ]


def _moved(entries: bytes, by: int) -> bytes:
    """Return entries of a central directory whose members stand so many bytes further on."""
    moved = bytearray(entries)
    at = 0
    while at < len(moved):
        entry = _CENTRAL.unpack_from(moved, at)
        struct.pack_into("<I", moved, at + _LOCAL_AT, entry[16] + by)
        at += _CENTRAL.size + entry[10] + entry[11] + entry[12]
    return bytes(moved)
