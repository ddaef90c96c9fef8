"""Variants: the same sheet with other values for all its rows, each in a folder of its own."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

from sheetrender.model.cells import Cell, Findings, Problem
from sheetrender.model.errors import UsageError
from sheetrender.planning.columns import CHANNEL_NAMES, folded, nearest
from sheetrender.planning.settings_table import SETTINGS
from sheetrender.planning.table import Table

_ROWS_ALONE = ("subject", "prompt")
"""Columns that vary and are no settings."""
_NOT_VARIED = frozenset({"output"})
_SLUG, _FOLDER = 32, 96
"""Letters of one value, and of a whole folder's name."""
_LARGEST_LIST = 1 << 20
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Variation:
    """One thing that varies.

    Attributes:
        name: of a setting, a channel or a column of texts.
        values: at least one, each once.
    """

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """Values that take the place of the sheet's, for all of its rows.

    Attributes:
        values: by name; empty for the sheet as it is.
    """

    values: Mapping[str, str]

    @property
    def settings(self) -> dict[str, str]:
        """Those of its values that are settings."""
        return {name: v for name, v in self.values.items() if name not in _ROWS_ALONE}

    @property
    def label(self) -> str:
        """What a person calls it; empty for the sheet as it is."""
        return ", ".join(f"{name} {value}" for name, value in self.values.items())

    @property
    def folder(self) -> str:
        """The name of its folder, which depends on nothing but its values.

        It is made of a-z, 0-9, ``_``, ``-`` and single dots, so that every file system takes it,
        with or without upper case. Where a value is not told whole, digits of its digest tell it
        from others.
        """
        name = "_".join(f"{name}-{_slug(value)}" for name, value in self.values.items())
        if len(name) <= _FOLDER:
            return name
        return f"{name[:_FOLDER].rstrip('-_.')}-{_digits(name + self.label)}"


AS_IT_IS = Variant({})
"""No variant: the sheet says everything itself."""


def _slug(value: str) -> str:
    plain = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode().casefold()
    # A dot stays inside of a number: at the end of a name Windows would drop it.
    slug = re.sub(r"(?<!\d)\.|\.(?!\d)|[^a-z0-9.]", "-", plain)
    slug = re.sub(r"-+", "-", slug).strip("-")[:_SLUG].rstrip("-.")
    return slug if slug == value else "-".join(filter(None, (slug, _digits(value))))


def _digits(value: str) -> str:
    return hashlib.blake2b(value.encode("utf-8", "backslashreplace"), digest_size=3).hexdigest()


def variation(name: str, values: Sequence[str]) -> Variation:
    """Return what varies.

    Raises:
        UsageError: nothing is called so, or it cannot vary; or there are no values.
    """
    known = {folded(one): one for one in (*(s.name for s in SETTINGS), *CHANNEL_NAMES)}
    known |= {one: one for one in _ROWS_ALONE}
    own = known.get(folded(name))
    if own is None:
        close = nearest(name, list(known.values()))
        hint = f"Did you mean {close}?" if close else "Name a setting, or a column such as style."
        raise UsageError(f"{name!r} is nothing that can vary. {hint}")
    if own in _NOT_VARIED:
        raise UsageError(f"{own} cannot vary: each variant has a folder of its own below it.")
    stripped = (value.strip() for value in values)
    kept = tuple(dict.fromkeys(value for value in stripped if value))
    if not kept:
        raise UsageError(f"There is no value for {own}. Write at least one.")
    return Variation(own, kept)


def values_in(file: Path) -> list[str]:
    """Return the values in a text file, one on each line; blank lines count for nothing.

    Raises:
        UsageError: it is not there, or no text.
    """
    try:
        with file.open("rb") as opened:
            data = opened.read(_LARGEST_LIST + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}. Name another file.") from error
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{file} is no text in UTF-8. Save it as UTF-8, one value a line."
        ) from error
    if len(data) > _LARGEST_LIST or "\0" in text:
        raise UsageError(f"{file} is no list of values. Write one on each line, in a text file.")
    return text.splitlines()


def variants(variations: Sequence[Variation]) -> list[Variant]:
    """Return every combination; the sheet as it is where nothing varies.

    Raises:
        UsageError: something varies twice, or there are too many.
    """
    names = [one.name for one in variations]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"{twice} is to vary twice. Put all its values into one list.")
    made = [
        Variant(dict(zip(names, values, strict=True)))
        for values in product(*(one.values for one in variations))
    ]
    if len(made) > _MOST:
        raise UsageError(f"That makes {len(made)} videos; {_MOST} is the most. Vary less at once.")
    return made


def with_values(table: Table, values: Mapping[str, str], findings: Findings) -> Table:
    """Return the table without what its rows say of the things that vary: the setting counts then.

    Args:
        table: of the sheet.
        values: by name; they stand among the settings as well, where they are settings.
        findings: take what the values cannot reach.
    """
    if not values:
        return table
    findings.problems.extend(_unreached_columns(table, values))
    findings.warnings.extend(_unreached_rows(table, values))
    columns = {table.columns[name]: name for name in values if name in table.columns}
    kept = {
        place: cell
        for place, cell in table.grid.cells.items()
        if place[0] <= table.heading_row or place[1] not in columns
    }
    begins = table.columns.get("frame", 0)
    for column, name in columns.items():
        if name in _ROWS_ALONE:
            rows = (row for row, cells in table.rows.items() if begins in cells)
            kept |= {(row, column): Cell(values[name]) for row in rows if row > table.heading_row}
    grid = replace(table.grid, cells=kept)
    return replace(table, grid=grid, rows=grid.rows())


def _unreached_columns(table: Table, values: Mapping[str, str]) -> Iterator[Problem]:
    for name in _ROWS_ALONE:
        if name in values and name not in table.columns:
            yield Problem(
                place=None,
                tab=table.grid.tab,
                heading=name,
                written="",
                wrong="has no such column, so it cannot vary",
                remedy=f"Write {name} above a column.",
            )


def _unreached_rows(table: Table, values: Mapping[str, str]) -> Iterator[Problem]:
    column = table.columns.get("prompt")
    reached = "prompt" in values or not {"subject", "style"} & values.keys()
    if column is None or reached:
        return
    rows = [n for n, row in table.rows.items() if n > table.heading_row and column in row]
    if rows:
        yield Problem(
            place=None,
            tab=table.grid.tab,
            heading="prompt",
            written="",
            wrong=f"beats subject and style in {len(rows)} row{'s' * (len(rows) != 1)}, "
            "which therefore look the same in all variants",
            remedy="Write subject and style there instead.",
        )
