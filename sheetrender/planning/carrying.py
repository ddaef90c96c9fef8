"""Rows in the order of their frames, with what their blank cells carry on from the rows above."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sheetrender.model.cells import Address, Findings, Problem
from sheetrender.model.keyframes import ChannelKey, Keyframe, PlacedText, Settings
from sheetrender.planning import readers
from sheetrender.planning.prompts import caption_of, filled_in, placeholders, prompt_of
from sheetrender.planning.spreadsheet import ComputedCells
from sheetrender.planning.syntax import FormulaError
from sheetrender.planning.table import Table

_WORDS = ("subject", "style", "prompt", "negative")
_FILES = ("model", "lora", "init_image")
_NO_LORA = "none"


@dataclass(frozen=True, slots=True)
class TypedRow:
    """A row before its blank cells are filled in.

    Attributes:
        number: of the row in the sheet, 1-based.
        frame: where it begins, 0-based.
        texts: what its text cells hold; blank ones are left out.
        seed: a number, the text of a formula, or None for a blank cell.
        cut: nothing of the picture before is kept.
        keys: the channels that have a cell.
        approved: the row keeps its picture of the mood board.
    """

    number: int
    frame: int
    texts: Mapping[str, str]
    seed: float | str | None
    cut: bool
    keys: Mapping[str, ChannelKey]
    approved: bool = False


def carried_on(
    rows: Sequence[TypedRow],
    table: Table,
    cells: ComputedCells,
    settings: Settings,
    findings: Findings,
) -> Iterator[Keyframe]:
    """Yield the rows complete; texts that ask for a column that is not there go to `findings`.

    Args:
        rows: in the order of their frames.
        table: where they stand.
        cells: computes the person's own columns, where texts ask for them.
        settings: of the sheet.
        findings: collects problems.
    """
    texts = _Texts(rows, table, cells, settings, findings)
    owners = _id_owners(rows)
    held = {"model": "", "sampler": "", "lora": settings.lora}
    seed: float | str = settings.seed
    seed_place = settings.places.get("seed")
    for row in rows:
        texts.take(row)
        filled = texts.filled()
        held |= {name: row.texts[name] for name in held if name in row.texts}
        if row.seed is not None:
            seed, seed_place = row.seed, texts.place(row, "seed")
        prompt = prompt_of(filled, whole=texts.is_whole)
        row_id = row.texts.get("row_id", "")
        yield Keyframe(
            frame=row.frame,
            row=row.number,
            place=texts.place(row, "frame"),
            row_id=row_id if owners[row_id] == row.number else "",
            prompt=prompt.positive,
            negative=prompt.negative,
            caption=_caption(row.texts, filled),
            texts=texts.placed(filled),
            seed=seed,
            seed_place=seed_place,
            gives_seed=row.seed is not None,
            cut=row.cut,
            cut_place=texts.place(row, "cut") if "cut" in table.columns else None,
            keys=row.keys,
            status=row.texts.get("status", "").casefold(),
            model=held["model"],
            sampler=held["sampler"],
            loras=listed(held["lora"]),
            files={
                name: PlacedText(name, row.texts[name], texts.place(row, name))
                for name in _FILES
                if name in row.texts
            },
            approved=row.approved,
        )


def listed(written: str) -> tuple[str, ...]:
    """Return the names in a cell that holds several, commas between them; none for ``none``."""
    names = (name.strip() for name in written.split(","))
    return tuple(name for name in names if name and name.casefold() != _NO_LORA)


class _Texts:
    """The text cells as they are carried from row to row."""

    def __init__(
        self,
        rows: Sequence[TypedRow],
        table: Table,
        cells: ComputedCells,
        settings: Settings,
        findings: Findings,
    ) -> None:
        self._table = table
        self._cells = cells
        self._findings = findings
        self._said: set[tuple[Address | None, str]] = set()
        self._held = {"style": settings.style, "negative": settings.negative}
        self._places: dict[str, Address | None] = {
            name: settings.places.get(name) for name in self._held
        }
        written = [*self._held.values(), *(row.texts.get(w, "") for row in rows for w in _WORDS)]
        asked = set().union(*(placeholders(text) for text in written if "{" in text))
        self._asked = sorted(asked & table.headings.keys())
        self._columns: dict[str, str] = dict.fromkeys(self._asked, "")
        self.is_whole = False

    def place(self, row: TypedRow, heading: str) -> Address:
        """Return the cell of a row below one of our headings."""
        return Address(self._table.grid.tab, row.number, self._table.columns[heading])

    def take(self, row: TypedRow) -> None:
        """Go on to a row: what it says replaces what was carried."""
        for heading in _WORDS:
            if heading in row.texts:
                self._held[heading] = row.texts[heading]
                self._places[heading] = self.place(row, heading)
        if "prompt" in row.texts:
            self.is_whole = True
        elif "subject" in row.texts or "style" in row.texts:
            self.is_whole = False
        for name in self._asked:
            if text := self._own_text(row.number, name):
                self._columns[name] = text

    def _own_text(self, row: int, name: str) -> str:
        column, heading = self._table.headings[name]
        cell = self._table.rows[row].get(column)
        if cell is None:
            return ""
        place = Address(self._table.grid.tab, row, column)
        try:
            return readers.text(self._cells.value(place, cell))
        except FormulaError as error:
            self._wrong(place, heading, cell.formula or readers.written(cell.value), error)
            return ""

    def placed(self, filled: Mapping[str, str]) -> tuple[PlacedText, ...]:
        """Return the cells that make prompt and negative prompt, most of the prompt first."""
        wanted = ("prompt",) if self.is_whole else ("subject", "style")
        return tuple(
            PlacedText(heading, filled[heading], self._places.get(heading))
            for heading in (*wanted, "negative")
            if filled.get(heading)
        )

    def filled(self) -> dict[str, str]:
        """Return the texts with other columns' cells in the place of their names."""
        return {heading: self._filled(heading, text) for heading, text in self._held.items()}

    def _filled(self, heading: str, text: str) -> str:
        if "{" not in text and "}" not in text:
            return text
        headings = [written for _, written in self._table.headings.values()]
        try:
            return filled_in(text, self._columns.get, headings)
        except FormulaError as error:
            self._wrong(self._places[heading], heading, text, error)
            return text

    def _wrong(self, place: Address | None, heading: str, text: str, error: FormulaError) -> None:
        """Report a cell once, however many rows carry it on."""
        if (place, str(error)) in self._said:
            return
        self._said.add((place, str(error)))
        self._findings.problems.append(
            Problem(
                place=place,
                tab="--set",
                heading=heading,
                written=text,
                wrong=str(error),
                remedy=error.remedy,
            )
        )


def _id_owners(rows: Sequence[TypedRow]) -> dict[str, int]:
    """Return the number of the row that each id belongs to: of copied rows, the topmost."""
    owners: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: row.number):
        owners.setdefault(row.texts.get("row_id", ""), row.number)
    return owners


def _caption(texts: Mapping[str, str], filled: Mapping[str, str]) -> str:
    if texts.get("prompt") and not texts.get("subject"):
        return caption_of(filled["prompt"])
    return caption_of(filled.get("subject") or filled.get("prompt") or "")
