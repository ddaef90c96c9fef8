"""An XML tree as a text that people can read."""

from __future__ import annotations

from xml.etree.ElementTree import Element, indent, tostring

from sheetrender.output.timeline import BY


def document(root: Element, doctype: str) -> str:
    """Return the whole file, with who wrote it in a comment."""
    indent(root, "  ")
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n{doctype}\n<!-- {BY} -->\n'
    return head + tostring(root, encoding="unicode") + "\n"
