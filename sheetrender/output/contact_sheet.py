"""A contact sheet: labelled pictures on pages that are read at a glance, as PNG and as PDF."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sheetrender.output.page_grid import PAGE, Grid, fitting_grid
from sheetrender.output.whole_files import replacing

if TYPE_CHECKING:
    from PIL.Image import Image as Page
    from PIL.ImageDraw import ImageDraw as Pen
    from PIL.ImageFont import FreeTypeFont

PER_PAGE, PER_PAGE_TOGETHER = 30, 16
"""Pictures: one of each row, or several."""
_PAPER, _INK, _FAINT, _LINE, _BLANK = "#ffffff", "#22272e", "#6b7480", "#d9dde2", "#eef0f3"
_APPROVED = "#1a7f37"
_DPI = 170  # of the PDF: a page is then a sheet of A4, lying
_JPEG_QUALITY = 90
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPicture:
    """One picture and what stands under it.

    Attributes:
        path: of the picture; None where there is none.
        place: which row it is of, and when.
        seed: that it was drawn with.
        subject: what it is about.
        note: one more line, such as its style; may be empty.
        is_approved: somebody chose it.
        missing: why there is no picture.
    """

    path: Path | None
    place: str
    seed: int
    subject: str
    note: str = ""
    is_approved: bool = False
    missing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactSheet:
    """What is laid out.

    Attributes:
        title: of every page.
        facts: what stands beside the title.
        pictures: in reading order, at least one; None leaves its place empty.
        aspect: width of a picture by its height.
        together: pictures of one row, which stand side by side, >= 1.
    """

    title: str
    facts: str
    pictures: Sequence[SheetPicture | None]
    aspect: float
    together: int = 1


def write_contact_sheet(target: Path, sheet: ContactSheet) -> list[Path]:
    """Write the pages: ``board.png``, ``board-2.png`` … and all of them as ``board.pdf``.

    Args:
        target: the first page, a ``.png``; every file is replaced once its new one is whole.
        sheet: what is laid out.

    Returns:
        The files that were written, the PDF last.

    Raises:
        RenderFailed: one cannot be written.
    """
    written = []
    pages = []
    for number, (page, bottom) in enumerate(_pages(sheet), start=1):
        name = target if number == 1 else target.with_stem(f"{target.stem}-{number}")
        with replacing(name) as part:
            page.crop((0, 0, PAGE.width, bottom)).save(part, format="png", compress_level=1)
        written.append(name)
        pages.append(page)
    document = target.with_suffix(".pdf")
    with replacing(document) as part:
        pages[0].save(
            part,
            format="pdf",
            save_all=True,
            append_images=pages[1:],
            resolution=_DPI,
            quality=_JPEG_QUALITY,
            title=sheet.title,
        )
    return [*written, document]


def _pages(sheet: ContactSheet) -> Iterator[tuple[Page, int]]:
    """Yield each page, and where what stands on it ends."""
    most = PER_PAGE if sheet.together == 1 else PER_PAGE_TOGETHER
    each = max(1, most // sheet.together) * sheet.together
    parts = [sheet.pictures[at : at + each] for at in range(0, len(sheet.pictures), each)]
    grid = fitting_grid(len(parts[0]), sheet.aspect, sheet.together)
    for number, part in enumerate(parts, start=1):
        yield _Page(sheet, grid, number, len(parts)).drawn(part), grid.bottom(len(part))


class _Page:
    """One page while it is drawn."""

    def __init__(self, sheet: ContactSheet, grid: Grid, number: int, count: int) -> None:
        from PIL import Image, ImageDraw

        self._sheet = sheet
        self._grid = grid
        self._numbered = f" · page {number} of {count}" if count > 1 else ""
        self._page: Page = Image.new("RGB", (PAGE.width, PAGE.height), _PAPER)
        self._pen: Pen = ImageDraw.Draw(self._page)
        self._small = _font(grid.letters)
        self._bold = _font(grid.letters, bold=True)

    def drawn(self, pictures: Sequence[SheetPicture | None]) -> Page:
        """Return the page with its heading and these pictures."""
        margin = PAGE.margin
        title, facts = _font(30, bold=True), _font(20)
        room = PAGE.width - 2 * margin
        said = f"{self._sheet.facts}{self._numbered}"
        left = room - facts.getlength(said) - 40
        self._pen.text(
            (margin, margin), _shortened(self._sheet.title, title, left), _INK, title, "lt"
        )
        self._pen.text((PAGE.width - margin, margin + 6), said, _FAINT, facts, "rt")
        for number, picture in enumerate(pictures):
            if picture is not None:
                self._place(picture, *self._grid.corner(number))
        return self._page

    def _place(self, picture: SheetPicture, left: int, top: int) -> None:
        width, height = self._grid.width, self._grid.height
        self._paste(picture, left, top)
        if picture.is_approved:
            frame = (left - 4, top - 4, left + width + 3, top + height + 3)
            self._pen.rectangle(frame, None, _APPROVED, 4)
        line = self._grid.line
        at = top + height + line // 3
        self._write_ends(picture, left, at)
        rest = _wrapped(picture.subject, self._small, width, 2 - bool(picture.note))
        for text in rest:
            at += line
            self._pen.text((left, at), text, _INK, self._small, "lt")
        if picture.note:
            note = _shortened(picture.note, self._small, width)
            self._pen.text((left, at + line), note, _FAINT, self._small, "lt")

    def _write_ends(self, picture: SheetPicture, left: int, top: int) -> None:
        """Write what stands at both ends of the first line; the narrower, the fewer words."""
        width = self._grid.width
        room = width - self._bold.getlength(picture.place) - self._grid.letters // 2
        mark = "approved · " if picture.is_approved else ""
        said = (f"{mark}seed {picture.seed}", f"seed {picture.seed}", str(picture.seed))
        seed = next((text for text in said if self._small.getlength(text) <= room), said[-1])
        place = _shortened(picture.place, self._bold, width - self._small.getlength(seed) - 4)
        colour = _APPROVED if picture.is_approved else _FAINT
        self._pen.text((left, top), place, _INK, self._bold, "lt")
        self._pen.text((left + width, top), seed, colour, self._small, "rt")

    def _paste(self, picture: SheetPicture, left: int, top: int) -> None:
        from PIL import Image

        size = self._grid.width, self._grid.height
        box = (left, top, left + size[0] - 1, top + size[1] - 1)
        if picture.path is None:
            self._pen.rectangle(box, _BLANK, _LINE)
            said = _wrapped(picture.missing, self._small, size[0] - 20, 3)
            for number, text in enumerate(said):
                at = top + size[1] // 2 + (number - len(said) / 2) * self._grid.line
                self._pen.text((left + size[0] / 2, at), text, _FAINT, self._small, "mt")
            return
        with Image.open(picture.path) as still:
            self._page.paste(still.convert("RGB").resize(size, Image.Resampling.LANCZOS), box[:2])


def _font(size: int, *, bold: bool = False) -> FreeTypeFont:
    import matplotlib
    from PIL import ImageFont

    # The one font with most of the world's alphabets that is sure to be there.
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name, size)


def _on_one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _shortened(text: str, font: FreeTypeFont, room: float) -> str:
    """Return a text on one line that is so many pixels wide at most."""
    line = _on_one_line(text)
    if font.getlength(line) <= room:
        return line
    low, high = 0, len(line)
    while low < high:
        middle = (low + high + 1) // 2
        is_fitting = font.getlength(line[:middle].rstrip(" ,") + _ELLIPSIS) <= room
        low, high = (middle, high) if is_fitting else (low, middle - 1)
    return line[:low].rstrip(" ,") + _ELLIPSIS


def _wrapped(text: str, font: FreeTypeFont, room: float, lines: int) -> list[str]:
    """Return a text in at most so many lines; what does not fit ends in an ellipsis."""
    words = _on_one_line(text).split(" ")
    wrapped: list[str] = []
    while words and len(wrapped) < lines - 1:
        count = len(words)
        while count > 1 and font.getlength(" ".join(words[:count])) > room:
            count -= 1
        wrapped.append(_shortened(" ".join(words[:count]), font, room))
        words = words[count:]
    return [*wrapped, _shortened(" ".join(words), font, room)] if words else wrapped
