"""The names that a workbook gives to cells, constants and formulas."""

from __future__ import annotations

from sheetrender.model.cells import DefinedName
from sheetrender.sheets.formula_tokens import formula_tokens
from sheetrender.sheets.xml_scan import parse, strict_parser

_BUILT_IN = "_xlnm."
"""How the names of print areas, filters and the like begin."""

_TRUE = {"1", "true"}


def defined_names(xml: bytes) -> list[DefinedName]:
    """Return the names of a workbook part; hidden ones, print areas and macros are left out.

    Raises:
        UnusualFileError: the part is not well-formed.
    """
    if b"definedName" not in xml:
        return []
    return _NameScan().run(xml)


class _NameScan:
    """The state of one pass over a workbook part."""

    def __init__(self) -> None:
        self._tabs: list[str] = []
        self._found: list[tuple[dict[str, str], str]] = []
        self._attributes: dict[str, str] | None = None
        self._text: list[str] = []

    def run(self, xml: bytes) -> list[DefinedName]:
        parser = strict_parser(namespaces=True)
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parse(parser, xml)
        names = (self._name(attributes, text) for attributes, text in self._found)
        return [name for name in names if name is not None]

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(" ")[2]:
            case "sheet":
                self._tabs.append(attributes.get("name", ""))
            case "definedName":
                self._attributes, self._text = attributes, []

    def _characters(self, text: str) -> None:
        if self._attributes is not None:
            self._text.append(text)

    def _end(self, name: str) -> None:
        if name.rpartition(" ")[2] == "definedName" and self._attributes is not None:
            self._found.append((self._attributes, "".join(self._text).strip()))
            self._attributes = None

    def _name(self, attributes: dict[str, str], text: str) -> DefinedName | None:
        name = attributes.get("name", "")
        is_ours = all(attributes.get(a) not in _TRUE for a in ("hidden", "function", "vbProcedure"))
        if not name or not text or not is_ours or name.lower().startswith(_BUILT_IN):
            return None
        tab = ""
        scope = attributes.get("localSheetId", "")
        if scope:
            # It counts all sheets, those of charts among them.
            if not scope.isdecimal() or int(scope) >= len(self._tabs):
                return None
            tab = self._tabs[int(scope)]
        formula = f"={text}"
        return DefinedName(name=name, formula=formula, tokens=formula_tokens(formula), tab=tab)
