"""Areas of a tab, and the A1 texts that name them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tests.emulator.errors import ApiError

CORNERS = re.compile(r"\$?([A-Za-z]{1,3})?\$?([1-9]\d*)?(?::\$?([A-Za-z]{1,3})?\$?([1-9]\d*)?)?")
PLAIN_TITLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def column_letters(column: int) -> str:
    """Name a zero-based column: 0 is A, 26 is AA."""
    letters, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Rows and columns from 0, ends excluded; None is as far as the tab goes."""

    top: int = 0
    left: int = 0
    bottom: int | None = None
    right: int | None = None

    @property
    def is_one_cell(self) -> bool:
        return (self.bottom, self.right) == (self.top + 1, self.left + 1)

    def within(self, rows: int, columns: int) -> Area:
        """Cut at the edges of a tab."""
        return replace(
            self,
            bottom=rows if self.bottom is None else min(self.bottom, rows),
            right=columns if self.right is None else min(self.right, columns),
        )

    @property
    def ends(self) -> tuple[int, int]:
        """The row and the column after the last ones, of an area that has been cut."""
        assert self.bottom is not None
        assert self.right is not None
        return self.bottom, self.right

    def cells(self) -> list[tuple[int, int]]:
        bottom, right = self.ends
        return [(r, c) for r in range(self.top, bottom) for c in range(self.left, right)]

    def contains(self, row: int, column: int) -> bool:
        return (
            self.top <= row < (row + 1 if self.bottom is None else self.bottom)
            and self.left <= column < (column + 1 if self.right is None else self.right)
        )  # fmt: skip

    def meets(self, other: Area) -> bool:
        ours, theirs = (area.within(1 << 30, 1 << 30) for area in (self, other))
        return all(
            (
                ours.top < theirs.ends[0],
                theirs.top < ours.ends[0],
                ours.left < theirs.ends[1],
                theirs.left < ours.ends[1],
            )
        )

    def text(self, title: str) -> str:
        """Write the area as Google does, `Shots!A1:C2`."""
        bottom, right = self.ends
        first = f"{column_letters(self.left)}{self.top + 1}"
        last = f"{column_letters(right - 1)}{bottom}"
        return f"{quoted(title)}!{first}" + ("" if first == last else f":{last}")


def quoted(title: str) -> str:
    """Quote the title of a tab where Google would."""
    if PLAIN_TITLE.fullmatch(title) and not CORNERS.fullmatch(title):
        return title
    return "'" + title.replace("'", "''") + "'"


def split(text: str) -> tuple[str | None, str]:
    """Take `'My tab'!A1:B2` apart: the title or None, and the corners."""
    if quoted_title := re.fullmatch(r"'((?:[^']|'')*)'(?:!(.*))?", text, re.DOTALL):
        return quoted_title[1].replace("''", "'"), quoted_title[2] or ""
    title, mark, corners = text.rpartition("!")
    return (title, corners) if mark else (None, corners)


def corners(text: str) -> Area | None:
    """Read `A1`, `A1:B2`, `A:C`, `2:5` or `A2:C`; None where it is none of them."""
    found = CORNERS.fullmatch(text)
    if not found or not text:
        return None
    left, top, right, bottom = found.groups()
    if ":" not in text:
        if not (left and top):
            return None
        right, bottom = left, top
    if not (left or top) or not (right or bottom):
        return None
    return _area(left, top, right, bottom)


def _area(left: str | None, top: str | None, right: str | None, bottom: str | None) -> Area:
    rows = sorted(int(row) - 1 for row in (top, bottom) if row)
    columns = sorted(column_index(column) for column in (left, right) if column)
    return Area(
        top=rows[0] if rows else 0,
        left=columns[0] if columns else 0,
        bottom=rows[-1] + 1 if bottom and rows else None,
        right=columns[-1] + 1 if right and columns else None,
    )


def unreadable(text: str) -> ApiError:
    return ApiError.invalid(f"Unable to parse range: {text}")
