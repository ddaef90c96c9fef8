"""Exchange members of a zip archive and leave every other byte of it as it is.

Python's zipfile can only write members anew, with other dates, flags and extra fields. Here the
local record of a changed member is exchanged, and the offsets that it shifts are corrected.
Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.7 (local header), 4.3.12 (central directory)
and 4.3.16 (end record).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from sheetrender.sheets.refusals import UnusualFileError

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_LOCAL_SIGNATURE, _CENTRAL_SIGNATURE, _END_SIGNATURE = b"PK\3\4", b"PK\1\2", b"PK\5\6"
_DESCRIPTOR_SIGNATURE = b"PK\7\10"
_ENCRYPTED, _SIZES_FOLLOW, _UTF8 = 0x1, 0x8, 0x800
_STORED, _DEFLATED = 0, 8
_ZIP64 = 0xFFFFFFFF
_LONGEST_COMMENT = 0xFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class _Member:
    """One entry of the central directory.

    Attributes:
        entry: where the entry begins in the archive.
        entry_end: where it ends.
        local: where the local header begins.
        flags: general purpose bits.
        method: how it is compressed.
        compressed: bytes of the compressed data.
    """

    name: str
    entry: int
    entry_end: int
    local: int
    flags: int
    method: int
    compressed: int


def splice(archive: bytes, contents: Mapping[str, bytes]) -> list[bytes | memoryview]:
    """Return the archive in pieces, with new contents for the named members.

    Raises:
        UnusualFileError: it is encrypted or zip64, or two members have one name.
        KeyError: it has no member of that name.
    """
    end = end_of(archive)
    members = _members(archive, end)
    by_name = {member.name: member for member in members}
    changed = sorted((by_name[name] for name in contents), key=lambda member: member.local)

    view = memoryview(archive)
    pieces: list[bytes | memoryview] = []
    shifts: list[tuple[int, int]] = []
    fields: dict[str, tuple[int, int, int]] = {}
    kept_to = 0
    for member in changed:
        record, fields[member.name] = _local_record(archive, member, contents[member.name])
        record_end = _record_end(archive, member)
        if not kept_to <= member.local < record_end <= members[0].entry:
            raise UnusualFileError("is a damaged zip archive")
        pieces += [view[kept_to : member.local], record]
        shifts.append((member.local, len(record) - (record_end - member.local)))
        kept_to = record_end
    pieces.append(view[kept_to : members[0].entry if members else kept_to])
    pieces += [_central_entry(archive, m, fields.get(m.name), shifts) for m in members]
    pieces.append(_end_record(archive, end, sum(shift for _, shift in shifts)))
    return pieces


def end_of(archive: bytes) -> int:
    """Return where the end record of an archive begins.

    Raises:
        UnusualFileError: it has none.
    """
    position = len(archive)
    while True:
        lowest = max(0, len(archive) - _END.size - _LONGEST_COMMENT)
        position = archive.rfind(_END_SIGNATURE, lowest, position)
        if position < 0:
            raise UnusualFileError("is a damaged zip archive")
        if position + _END.size <= len(archive):
            comment = _END.unpack_from(archive, position)[7]
            if position + _END.size + comment == len(archive):
                return position


def _members(archive: bytes, end: int) -> list[_Member]:
    _, disk, _, _, count, size, start, _ = _END.unpack_from(archive, end)
    if start + size != end or disk:
        # Between the two stands the zip64 record; before the first member, a program.
        raise UnusualFileError("is a zip64 or otherwise unusual archive")
    members = []
    position = start
    for _ in range(count):
        member = _member(archive, position)
        position = member.entry_end
        members.append(member)
    if position != end or len({m.name for m in members}) != count:
        raise UnusualFileError("has two parts of the same name, or a damaged list of them")
    return members


def _member(archive: bytes, position: int) -> _Member:
    try:
        entry = _CENTRAL.unpack_from(archive, position)
    except struct.error as error:
        raise UnusualFileError("is a damaged zip archive") from error
    signature, flags, method = entry[0], entry[3], entry[4]
    compressed, size, name_length, extra, comment, local = *entry[8:13], entry[16]
    if signature != _CENTRAL_SIGNATURE:
        raise UnusualFileError("is a damaged zip archive")
    if _ZIP64 in (compressed, size, local):
        raise UnusualFileError("is a zip64 archive")
    if flags & _ENCRYPTED:
        raise UnusualFileError("is encrypted")
    name_start = position + _CENTRAL.size
    name = archive[name_start : name_start + name_length]
    return _Member(
        name=name.decode("utf-8" if flags & _UTF8 else "cp437", "replace"),
        entry=position,
        entry_end=name_start + name_length + extra + comment,
        local=local,
        flags=flags,
        method=method,
        compressed=compressed,
    )


def _data_start(archive: bytes, member: _Member) -> int:
    try:
        signature, *_, name_length, extra = _LOCAL.unpack_from(archive, member.local)
    except struct.error as error:
        raise UnusualFileError("is a damaged zip archive") from error
    if signature != _LOCAL_SIGNATURE:
        raise UnusualFileError("is a damaged zip archive")
    return int(member.local + _LOCAL.size + name_length + extra)


def _record_end(archive: bytes, member: _Member) -> int:
    end = _data_start(archive, member) + member.compressed
    if member.flags & _SIZES_FOLLOW:
        signed = archive[end : end + 4] == _DESCRIPTOR_SIGNATURE
        end += 16 if signed else 12
    return end


def _local_record(
    archive: bytes, member: _Member, content: bytes
) -> tuple[bytes, tuple[int, int, int]]:
    """Return a member's new local record, and its checksum and two sizes."""
    data = _compressed(content, member.method)
    sizes = (zlib.crc32(content), len(data), len(content))
    header = list(_LOCAL.unpack_from(archive, member.local))
    header[2] &= ~_SIZES_FOLLOW
    header[6:9] = sizes
    names = archive[member.local + _LOCAL.size : _data_start(archive, member)]
    return _LOCAL.pack(*header) + names + data, sizes


def _compressed(content: bytes, method: int) -> bytes:
    if method == _STORED:
        return content
    if method != _DEFLATED:
        raise UnusualFileError("is compressed in an unusual way")
    deflate = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return deflate.compress(content) + deflate.flush()


def _central_entry(
    archive: bytes,
    member: _Member,
    sizes: tuple[int, int, int] | None,
    shifts: list[tuple[int, int]],
) -> bytes:
    entry = list(_CENTRAL.unpack_from(archive, member.entry))
    if sizes:
        entry[3] &= ~_SIZES_FOLLOW
        entry[7:10] = sizes
    entry[16] += sum(shift for position, shift in shifts if position < member.local)
    rest = archive[member.entry + _CENTRAL.size : member.entry_end]
    return _CENTRAL.pack(*entry) + rest


def _end_record(archive: bytes, end: int, shift: int) -> bytes:
    record = list(_END.unpack_from(archive, end))
    record[6] += shift
    return _END.pack(*record) + archive[end + _END.size :]
