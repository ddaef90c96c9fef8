"""Change cells of a worksheet part and leave every other byte of it as it is.

Only the bytes of the named cells are exchanged. Texts become inline strings, so that the shared
strings stay untouched; they can never become formulas. The cached values of formulas elsewhere
that look at a changed cell stay as they are, too: asking Excel to compute them anew would need
another part, the workbook's own, to change, and every other part stays byte for byte. Excel
computes such formulas as soon as one of the cells that they look at is edited, or with
Ctrl+Alt+F9; LibreOffice, where it is set to recalculate on load.

A sheet's protection does not hinder us: it keeps hands from slipping, and only the cells that
were asked for change.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from sheetrender.model.cells import CellWrite, column_letters
from sheetrender.model.errors import CellsRefused
from sheetrender.sheets.a1 import Area
from sheetrender.sheets.changes import in_reading_order
from sheetrender.sheets.inline_text import encode_text, storable
from sheetrender.sheets.xlsx_layout import CellSpan, Layout, RowSpan, Span, scan
from sheetrender.sheets.xml_scan import parse, strict_parser

_Edit = tuple[int, int, bytes]
"""Where the old bytes start, where they end, and the new ones."""

_TYPE = re.compile(rb"""\st\s*=\s*("[^"]*"|'[^']*')""")
_STYLE = re.compile(rb"""\ss\s*=\s*["'](\d+)["']""")
_SPANS = re.compile(rb"""\sspans\s*=\s*("[^"]*"|'[^']*')""")
_REFERENCE = re.compile(rb"""(\sref\s*=\s*)("[^"]*"|'[^']*')""")


def patch(xml: bytes, changes: Sequence[CellWrite], headings: Sequence[Area]) -> bytes:
    """Return a worksheet part with some cells changed.

    Args:
        xml: the part as it is.
        changes: cells of this worksheet, each at most once.
        headings: the heading rows of its tables, whose names stand in other parts, too.

    Raises:
        CellsRefused: some of the cells must not be written.
        UnusualFileError: the part is not one that we change.
    """
    ordered = in_reading_order(changes)
    looks = {change.like.row for change in ordered if change.like}
    layout = scan(xml, {change.address.row for change in ordered} | looks)
    blocked = layout.blocked + [
        (area, "it is a heading of a table. Write below it, or turn the table into plain cells")
        for area in headings
    ]
    _refuse(ordered, layout, blocked)
    patched = _apply(xml, list(_edits(xml, ordered, layout)))
    parse(strict_parser(), patched)
    return patched


def _refuse(
    changes: Sequence[CellWrite], layout: Layout, blocked: Sequence[tuple[Area, str]]
) -> None:
    special = {
        (number, cell.column): f"{cell.special}. Empty the cell yourself, or leave it"
        for number, row in layout.rows.items()
        for cell in row.cells
        if cell.special
    }
    reasons = {}
    for change in changes:
        place = change.address.row, change.address.column
        reason = special.get(place) or next((r for area, r in blocked if place in area), None)
        if reason:
            reasons[change.address] = reason
    if reasons:
        raise CellsRefused(reasons)


def _apply(xml: bytes, edits: Sequence[_Edit]) -> bytes:
    pieces = []
    kept_to = 0
    # The sort is stable: what is inserted at one place stays in the order in which it was made.
    for start, end, new in sorted(edits, key=lambda edit: edit[0]):
        pieces += [xml[kept_to:start], new]
        kept_to = end
    return b"".join([*pieces, xml[kept_to:]])


def _edits(xml: bytes, changes: Sequence[CellWrite], layout: Layout) -> Iterator[_Edit]:
    """Yield the edits; those at one place in the order in which they stand afterwards."""
    assert layout.data is not None
    added = _added(changes, layout)
    opens = bool(added) and layout.data.closes_itself
    if opens:
        yield layout.data.start, layout.data.inside, _open_tag(xml, layout.data)
    later_starts = _later_starts(changes, layout)
    for number, group in groupby(changes, key=lambda change: change.address.row):
        writes = list(group)
        new = _added(writes, layout)
        if number in layout.rows:
            yield from _row_edits(xml, writes, layout.rows[number], layout, grows=bool(new))
        elif new:
            yield later_starts[number], later_starts[number], _row(xml, new, layout)
    if opens:
        yield layout.data.end, layout.data.end, f"</{layout.prefix}sheetData>".encode()
    if added and layout.dimension:
        yield _dimension_edit(xml, added, *layout.dimension)


def _later_starts(changes: Sequence[CellWrite], layout: Layout) -> dict[int, int]:
    """Return, for every row number to be written, the offset before which it is inserted."""
    assert layout.data is not None
    offsets: dict[int, int] = {}
    existing = iter([*layout.starts.items(), (math.inf, layout.data.close)])
    number, offset = next(existing)
    for row in sorted({change.address.row for change in changes}):
        while number <= row:
            number, offset = next(existing)
        offsets[row] = offset
    return offsets


def _row_edits(
    xml: bytes, writes: Sequence[CellWrite], row: RowSpan, layout: Layout, *, grows: bool
) -> Iterator[_Edit]:
    span = row.span
    if grows:
        tag = _SPANS.sub(b"", _open_tag(xml, span))
        yield span.start, span.inside, tag
    for write in writes:
        at = next((c for c in row.cells if c.column >= write.address.column), None)
        if at is not None and at.column == write.address.column:
            yield at.span.start, at.span.end, _changed_cell(xml, at, write, layout)
        elif not _is_empty(write):
            offset = at.span.start if at is not None else span.close
            style = row.style or _style(xml, write, layout)
            yield offset, offset, _new_cell(write, style, layout)
    if grows and span.closes_itself:
        yield span.end, span.end, f"</{layout.prefix}row>".encode()


def _row(xml: bytes, writes: Sequence[CellWrite], layout: Layout) -> bytes:
    cells = [_new_cell(w, _style(xml, w, layout), layout) for w in writes]
    tag = f"{layout.prefix}row".encode()
    number = writes[0].address.row
    return b'<%b r="%d">%b</%b>' % (tag, number, b"".join(cells), tag)


def _style(xml: bytes, write: CellWrite, layout: Layout) -> str | None:
    """Return the style of the cell that a new one shall look like, else that of its column."""
    like = write.like
    row = layout.rows.get(like.row) if like else None
    for cell in row.cells if row else ():
        if like and cell.column == like.column:
            found = _STYLE.search(_open_tag(xml, cell.span))
            return found[1].decode() if found else None
    return layout.column_style(write.address.column)


def _new_cell(write: CellWrite, style: str | None, layout: Layout) -> bytes:
    place = f"{column_letters(write.address.column)}{write.address.row}"
    styled = f' s="{style}"' if style else ""
    return _cell(f'<{layout.prefix}c r="{place}"{styled}'.encode(), write, layout.prefix)


def _changed_cell(xml: bytes, cell: CellSpan, write: CellWrite, layout: Layout) -> bytes:
    tag = _TYPE.sub(b"", _open_tag(xml, cell.span))
    return _cell(tag.removesuffix(b">"), write, layout.prefix)


def _cell(tag: bytes, write: CellWrite, prefix: str) -> bytes:
    """Return a cell whose first tag begins with `tag`, which has neither its end nor a type."""
    p = prefix.encode()
    if _is_empty(write):
        return tag + b"/>"
    end = b"</%bc>" % p
    match write.value:
        case bool(truth):
            return tag + b' t="b"><%bv>%d</%bv>' % (p, truth, p) + end
        case int() | float() as number:
            return tag + b"><%bv>%b</%bv>" % (p, repr(number).encode(), p) + end
        case text:
            inside = (p, p, encode_text(str(text)), p, p)
            return (
                tag
                + b' t="inlineStr"><%bis><%bt xml:space="preserve">%b</%bt></%bis>' % inside
                + end
            )


def _open_tag(xml: bytes, span: Span) -> bytes:
    """Return an element's first tag such that it does not close itself."""
    tag = xml[span.start : span.inside]
    return tag[:-2].rstrip() + b">" if tag.endswith(b"/>") else tag


def _dimension_edit(xml: bytes, added: Sequence[CellWrite], span: Span, area: Area) -> _Edit:
    for write in added:
        area = area.including(write.address.row, write.address.column)
    tag = xml[span.start : span.inside]
    new = _REFERENCE.sub(lambda match: match[1] + f'"{area}"'.encode(), tag)
    return span.start, span.inside, new


def _added(writes: Sequence[CellWrite], layout: Layout) -> list[CellWrite]:
    """Return the writes for which a new cell is needed."""
    return [write for write in writes if not _is_empty(write) and _is_missing(write, layout)]


def _is_missing(write: CellWrite, layout: Layout) -> bool:
    row = layout.rows.get(write.address.row)
    return row is None or all(cell.column != write.address.column for cell in row.cells)


def _is_empty(write: CellWrite) -> bool:
    """Whether a write empties its cell; a text without storable characters does, too."""
    return write.value is None or (isinstance(write.value, str) and not storable(write.value))
