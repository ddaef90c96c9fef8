"""Spreadsheet formulas split into tokens, in the model's own words."""

from __future__ import annotations

from openpyxl.formula.tokenizer import Tokenizer, TokenizerError

from sheetrender.model.cells import FormulaToken

_LONGEST_FORMULA = 8192
"""Characters that Excel takes; the tokenizer's time grows with the square of the length."""


def formula_tokens(formula: str) -> tuple[FormulaToken, ...]:
    """Return the tokens of a formula that begins with ``=``; none where it cannot be split."""
    if len(formula) > _LONGEST_FORMULA:
        return ()
    try:
        items = Tokenizer(formula).items
    except (TokenizerError, IndexError):
        # Unbalanced quotes and brackets: whoever computes the cell finds nothing to compute.
        return ()
    return tuple(FormulaToken(item.value, item.type, item.subtype) for item in items)
