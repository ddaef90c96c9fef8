"""Where the pictures of a contact sheet stand on its page: as large as they all fit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFormat:
    """A page in pixels: an A4 sheet that lies.

    Attributes:
        width: of the page.
        height: of the page.
        margin: on all sides.
        heading: height of the line above the pictures.
    """

    width: int
    height: int
    margin: int
    heading: int


PAGE = PageFormat(width=2000, height=1414, margin=44, heading=64)
LINES = 3
"""Of text below each picture."""
_MOST_COLUMNS = 12
GAP = 28
"""Between lines of pictures, pixels, and at least between pictures beside each other."""
_WIDEST_ASIDE = 80
_LETTERS = range(14, 25, 2)  # pixels
_LETTERS_ACROSS = 22  # at least, below a picture; smaller letters than the smallest are no help


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Places for pictures of one size.

    Attributes:
        columns: pictures in a line.
        width: of a picture, pixels.
        height: of a picture, pixels.
        aside: between pictures beside each other, pixels.
        letters: size of the letters below them, pixels.
    """

    columns: int
    width: int
    height: int
    aside: int
    letters: int

    @property
    def line(self) -> int:
        """Height of a line of text."""
        return round(self.letters * 1.4)

    @property
    def is_readable(self) -> bool:
        """Whether the letters are no larger than what is said needs room for."""
        return self.letters == _LETTERS[0] or self.letters * _LETTERS_ACROSS <= self.width

    @property
    def step(self) -> int:
        """From the top of one line of pictures to the next."""
        return self.height + self.line * LINES + self.line // 2 + GAP

    def corner(self, number: int) -> tuple[int, int]:
        """Return left and top of a picture, counted from 0 in reading order."""
        row, column = divmod(number, self.columns)
        left = PAGE.margin + column * (self.width + self.aside)
        return left, PAGE.margin + PAGE.heading + row * self.step

    def bottom(self, count: int) -> int:
        """Return where the page of so many pictures ends, its margin included."""
        return min(PAGE.height, self.corner(count - 1)[1] + self.step - GAP + PAGE.margin)


def fitting_grid(count: int, aspect: float, together: int = 1) -> Grid:
    """Return the grid on which so many pictures are largest.

    Args:
        count: of pictures on the page, >= 1.
        aspect: width of a picture by its height.
        together: as many stand side by side, if the page has room for them.
    """
    steps = range(together, max(together, _MOST_COLUMNS) + 1, together)
    columns = [number for number in steps if number < count + together]
    return max(
        (_grid(number, count, aspect, letters) for number in columns for letters in _LETTERS),
        key=lambda grid: (grid.width if grid.is_readable else 0, grid.letters),
    )


def _grid(columns: int, count: int, aspect: float, letters: int) -> Grid:
    across, down = PAGE.width - 2 * PAGE.margin, PAGE.height - 2 * PAGE.margin - PAGE.heading
    rows = -(-count // columns)
    text = Grid(columns=1, width=0, height=0, aside=0, letters=letters).step
    height = (down + GAP) // rows - text
    width = min((across - GAP * (columns - 1)) // columns, round(height * aspect))
    width = max(8, width)
    aside = (across - width * columns) // max(1, columns - 1)
    return Grid(
        columns=columns,
        width=width,
        height=max(8, min(height, round(width / aspect))),
        aside=min(aside, _WIDEST_ASIDE),
        letters=letters,
    )
