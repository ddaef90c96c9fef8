"""Expat for files that strangers wrote: byte offsets, and no document types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO
from xml.parsers import expat

from sheetrender.sheets.refusals import UnusualFileError

_CHUNK = 4096
_UNREADABLE = (expat.ExpatError, LookupError, ValueError)
"""What expat and its handlers raise; the latter two at encodings and numbers that are none."""


@dataclass(frozen=True, slots=True)
class Element:
    """The start of an XML element.

    Attributes:
        name: without its namespace or prefix.
        namespace: empty where there is none.
        attributes: by local name; of two with one local name, the later.
    """

    name: str
    namespace: str
    attributes: Mapping[str, str]


def strict_parser(*, namespaces: bool = False) -> expat.XMLParserType:
    """Return a parser that raises `UnusualFileError` at a document type.

    No workbook needs one; it is where entities that grow without bound are declared.
    """
    parser = expat.ParserCreate(namespace_separator=" " if namespaces else None)
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def parse(parser: expat.XMLParserType, xml: bytes) -> None:
    """Run a parser over a whole part.

    Raises:
        UnusualFileError: it is not well-formed, or declares a document type.
    """
    try:
        parser.Parse(xml, True)
    except UnusualFileError:
        raise
    except _UNREADABLE as error:
        raise UnusualFileError(f"is not well-formed XML ({error})") from error


def elements(xml: bytes) -> list[Element]:
    """Return every element of a small part in the order of their starts.

    Raises:
        UnusualFileError: it is not well-formed, or declares a document type.
    """
    found: list[Element] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        plain = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        found.append(Element(local, namespace, plain))

    parser = strict_parser(namespaces=True)
    parser.StartElementHandler = start
    parse(parser, xml)
    return found


def refuse_doctype(stream: BinaryIO) -> None:
    """Read a part up to its first element, and raise where a document type stands before it.

    Raises:
        UnusualFileError: one does, or what stands there is not XML.
    """
    started: list[str] = []

    def note_start(name: str, _: dict[str, str]) -> None:
        started.append(name)

    parser = strict_parser()
    parser.StartElementHandler = note_start
    try:
        while not started and (chunk := stream.read(_CHUNK)):
            parser.Parse(chunk, False)
    except UnusualFileError:
        raise
    except _UNREADABLE as error:
        raise UnusualFileError(f"is not well-formed XML ({error})") from error


def _refuse_doctype(*_: object) -> None:
    raise UnusualFileError("declares a document type, which no workbook needs")
