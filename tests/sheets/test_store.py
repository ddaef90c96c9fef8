"""How the right kind of sheet is found, and what is said where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetrender.model.errors import SheetUnavailable, UsageError
from sheetrender.sheets.store import open_store


@pytest.mark.parametrize("written", ["my.xslx", "my.xls"])
def test_an_ending_that_was_mistyped_is_told(written: str) -> None:
    with pytest.raises(UsageError, match=r"did you mean my\.xlsx\?"):
        open_store(written)


def test_a_name_that_was_mistyped_is_told(tmp_path: Path) -> None:
    (tmp_path / "midnight.xlsx").touch()
    with pytest.raises(SheetUnavailable, match=r"did you mean midnight\.xlsx\?"):
        open_store(str(tmp_path / "midnihgt.xlsx")).read()
    with pytest.raises(SheetUnavailable, match=r"Check its name and its folder\.$"):
        open_store(str(tmp_path / "other.xlsx")).read()


def test_a_plan_is_told_from_a_sheet() -> None:
    with pytest.raises(UsageError, match="run, preview, plan and finish take it"):
        open_store("renders/my/plan.json")
