"""docs/language.md tells of everything that the language has."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetrender.planning.formula_calls import FUNCTION_NAMES
from sheetrender.planning.functions.easings import EASINGS

DOCUMENT = (Path(__file__).parents[2] / "docs" / "language.md").read_text("utf-8")


@pytest.mark.parametrize("name", [name for name in FUNCTION_NAMES if name not in EASINGS])
def test_every_function_is_in_the_document(name: str) -> None:
    assert f"`{name}`" in DOCUMENT or f"`{name}(" in DOCUMENT


@pytest.mark.parametrize("name", EASINGS)
def test_every_easing_is_in_the_document(name: str) -> None:
    for start in ("easeInOut", "easeIn", "easeOut", "ease", "bez"):
        if name.startswith(start):
            assert f"`{start}" in DOCUMENT
            rest = name.removeprefix(start)
            assert not rest or f"`{rest}`" in DOCUMENT
            break
