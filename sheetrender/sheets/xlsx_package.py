"""The parts of an .xlsx file: which one is which worksheet, and which files are none of ours."""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sheetrender.model.errors import SheetUnavailable
from sheetrender.sheets.refusals import UnusualFileError
from sheetrender.sheets.xml_scan import Element, elements, refuse_doctype

LARGEST_PART = 512 * 1024 * 1024
"""Bytes that one XML part may have: four million filled cells. Larger ones are no shot lists."""

UNREADABLE = (
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What zipfile raises at archives that are not as they should be."""

_ENCRYPTED = 0x1
_LARGEST_XML = 2 * LARGEST_PART
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_RESAVE = "Open it in Excel or LibreOffice, and save it as Excel Workbook (.xlsx)."


@dataclass(frozen=True, slots=True)
class WorksheetPart:
    """A worksheet of a workbook.

    Attributes:
        title: what stands on its tab.
        part: the name of its zip member.
    """

    title: str
    part: str


class Package:
    """An opened .xlsx file.

    Attributes:
        workbook: the part that names the worksheets.
        worksheets: in the order of the tabs, without chart and dialog sheets.
        strict: whether it is written in the Strict variant of the format.
        recalculates: whether the file asks to be computed anew before its values are believed.
    """

    def __init__(self, content: bytes, path: Path) -> None:
        """Open the bytes of a workbook.

        Raises:
            SheetUnavailable: they are no workbook that we can read.
        """
        self._path = path
        refuse_other_formats(content, path)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except UNREADABLE as error:
            raise self.damaged(error) from error
        self._refuse_unusual_members()
        self._read_workbook()

    @property
    def names(self) -> list[str]:
        """The names of all zip members, in their order."""
        return self._zip.namelist()

    def read(self, part: str) -> bytes:
        """Return the content of a part.

        Raises:
            SheetUnavailable: it is missing or damaged.
        """
        try:
            return self._zip.read(part)
        except UNREADABLE as error:
            raise self.damaged(error) from error

    def elements(self, part: str) -> list[Element]:
        """Return the elements of a small XML part, in their order.

        Raises:
            SheetUnavailable: it is missing or damaged.
        """
        try:
            return elements(self.read(part))
        except UnusualFileError as error:
            raise self.unavailable(f"is damaged: {part} {error}. {_RESAVE}") from error

    def related(self, part: str, kind: str) -> Iterator[str]:
        """Yield the parts that a part refers to as `kind`, such as ``table``."""
        for element in self._relationships(part):
            if element.attributes.get("Type", "").rpartition("/")[2] == kind:
                yield self._target(part, element)

    def refuse_doctypes(self) -> None:
        """Raise where any XML part declares a document type.

        Raises:
            SheetUnavailable: one does, or is not XML at all.
        """
        for name in self.names:
            if name.lower().endswith((".xml", ".rels")):
                try:
                    with self._zip.open(name) as stream:
                        refuse_doctype(stream)  # type: ignore[arg-type]
                except UnusualFileError as error:
                    raise self.unavailable(f"is damaged: {name} {error}. {_RESAVE}") from error
                except UNREADABLE as error:
                    raise self.damaged(error) from error

    def damaged(self, error: Exception) -> SheetUnavailable:
        """Return the error for content that cannot be understood."""
        return self.unavailable(f"is damaged or only half saved ({error}). {_RESAVE}")

    def unavailable(self, text: str) -> SheetUnavailable:
        """Return an error that names the file; `text` continues "the file …"."""
        return SheetUnavailable(f"{self._path} {text}")

    def _refuse_unusual_members(self) -> None:
        if any(info.flag_bits & _ENCRYPTED for info in self._zip.infolist()):
            raise self.unavailable(f"is encrypted. {_RESAVE}")
        sizes = [i.file_size for i in self._zip.infolist() if not i.filename.startswith("xl/media")]
        if max(sizes, default=0) > LARGEST_PART or sum(sizes) > _LARGEST_XML:
            raise self.unavailable(
                f"unpacks to more than {LARGEST_PART // 1024**2} MiB. "
                "Move the shots to a workbook of their own."
            )

    def _read_workbook(self) -> None:
        workbook = next(self.related("", "officeDocument"), "")
        if not workbook:
            raise self.unavailable(f"is a zip archive and no workbook. {_RESAVE}")
        if workbook.endswith(".bin"):
            raise self.unavailable(f"is a binary workbook (.xlsb). {_RESAVE}")
        self.workbook = workbook
        found = self.elements(workbook)
        parts = {
            element.attributes.get("Id", ""): self._target(workbook, element)
            for element in self._relationships(workbook)
            if element.attributes.get("Type", "").endswith("/worksheet")
        }
        self.strict = bool(found) and "purl.oclc.org" in found[0].namespace
        self.recalculates = any(
            e.attributes.get("fullCalcOnLoad") in {"1", "true"} for e in found if e.name == "calcPr"
        )
        self.worksheets = [
            WorksheetPart(element.attributes.get("name", ""), parts[element.attributes["id"]])
            for element in found
            if element.name == "sheet" and element.attributes.get("id") in parts
        ]
        if not self.worksheets:
            raise self.unavailable("has no worksheet. Add one with a heading row.")

    def _relationships(self, part: str) -> list[Element]:
        folder, name = posixpath.split(part)
        relationships = self._member(posixpath.join(folder, "_rels", f"{name}.rels"))
        if relationships is None:
            return []
        return [e for e in self.elements(relationships) if e.name == "Relationship"]

    def _target(self, part: str, element: Element) -> str:
        target = element.attributes.get("Target", "").replace("\\", "/")
        joined = posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target))
        name = joined.lstrip("/")
        return self._member(name) or name

    def _member(self, name: str) -> str | None:
        """Return the zip member of a part; names of parts know no case."""
        return next((n for n in self.names if n.lower() == name.lower()), None)


def refuse_other_formats(content: bytes, path: Path) -> None:
    """Raise where the bytes are not those of a zip archive, and say what they are.

    Raises:
        SheetUnavailable: always, unless they begin as a zip archive does.
    """
    if content.startswith(_COMPOUND_FILE):
        if _ENCRYPTED_STREAM in content:
            raise SheetUnavailable(
                f"{path} is protected with a password. Remove it in Excel under File > Info > "
                "Protect Workbook > Encrypt with Password, and save."
            )
        raise SheetUnavailable(f"{path} is an old .xls workbook. {_RESAVE}")
    if not content:
        raise SheetUnavailable(f"{path} is empty. Make a new workbook with `sheetrender init`.")
    if not content.startswith(b"PK"):
        raise SheetUnavailable(f"{path} is no Excel workbook, whatever its ending says. {_RESAVE}")
