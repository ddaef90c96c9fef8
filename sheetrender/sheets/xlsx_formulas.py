"""The formulas of a worksheet, each as its own text.

Excel stores a formula that was filled down once, with the cell where it began; the cells below
only refer to it. Here every cell gets the text that a person sees in it.
"""

from __future__ import annotations

from dataclasses import dataclass

from openpyxl.formula.tokenizer import TokenizerError
from openpyxl.formula.translate import Translator, TranslatorError

from sheetrender.model.cells import column_letters
from sheetrender.sheets.a1 import CellCounter
from sheetrender.sheets.xml_scan import parse, strict_parser

_OUT_OF_SHEET = "=#REF!"


@dataclass(frozen=True, slots=True)
class StoredFormula:
    """A formula as the worksheet part has it.

    Attributes:
        text: with its leading ``=``.
        shows_empty_text: whether its cached value is the empty text, which readers take for none.
    """

    text: str
    shows_empty_text: bool


def formulas(xml: bytes) -> dict[tuple[int, int], StoredFormula]:
    """Return the formulas of a worksheet part by row and column.

    Raises:
        UnusualFileError: the part is not well-formed, or a reference in it is none.
    """
    if b"<f" not in xml and b":f" not in xml:
        return {}
    return _FormulaScan().run(xml)


class _FormulaScan:
    """The state of one pass over a worksheet part."""

    def __init__(self) -> None:
        self.found: dict[tuple[int, int], StoredFormula] = {}
        self._shared: dict[str, Translator | str] = {}
        self._counter = CellCounter()
        self._cell_type = ""
        self._attributes: dict[str, str] | None = None
        self._has_value = False
        self._text: list[str] = []
        self._parser = strict_parser()
        self._names: dict[str, str] = {}

    def run(self, xml: bytes) -> dict[tuple[int, int], StoredFormula]:
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._root
        parse(self._parser, xml)
        return self.found

    def _root(self, name: str, _: dict[str, str]) -> None:
        prefix = name.removesuffix("worksheet")
        self._names = {prefix + local: local for local in ("sheetData", "row", "c", "f", "v")}
        self._parser.StartElementHandler = self._outside
        self._parser.EndElementHandler = self._end

    def _outside(self, name: str, _: dict[str, str]) -> None:
        if self._names.get(name) == "sheetData":
            self._parser.StartElementHandler = self._start

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match self._names.get(name):
            case "c":
                self._counter.cell(attributes.get("r"))
                self._cell_type = attributes.get("t", "n")
                self._attributes = None
                self._has_value = False
            case "row":
                self._counter.row(attributes.get("r"))
            case "f":
                self._attributes = attributes
                self._text = []
                self._parser.CharacterDataHandler = self._text.append
            case "v":
                self._has_value = True

    def _end(self, name: str) -> None:
        match self._names.get(name):
            case "c" if self._attributes is not None:
                here = self._counter.row_number, self._counter.column
                empty = self._has_value and self._cell_type == "str"
                self.found[here] = StoredFormula(self._formula(self._attributes), empty)
                self._attributes = None
            case "f":
                self._parser.CharacterDataHandler = None
            case "sheetData":
                self._parser.StartElementHandler = None
                self._parser.EndElementHandler = None

    def _formula(self, attributes: dict[str, str]) -> str:
        text = "=" + "".join(self._text)
        match attributes.get("t"):
            case "shared":
                return self._shared_formula(attributes.get("si", ""), text)
            case "dataTable":
                return f"=TABLE({attributes.get('r1', '')},{attributes.get('r2', '')})"
            case _:
                return text

    def _shared_formula(self, key: str, text: str) -> str:
        place = f"{column_letters(self._counter.column)}{self._counter.row_number}"
        if text != "=":
            try:
                self._shared[key] = Translator(text, place)
            except (TokenizerError, IndexError):
                self._shared[key] = text
            return text
        master = self._shared.get(key, _OUT_OF_SHEET)
        if isinstance(master, str):
            return master
        try:
            return str(master.translate_formula(place))
        except TranslatorError:
            return _OUT_OF_SHEET
