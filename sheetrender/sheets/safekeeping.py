"""A copy of a sheet's file as it stood before something larger was written into it."""

from __future__ import annotations

import shutil
from itertools import count
from pathlib import Path

from sheetrender.model.errors import SheetUnavailable


def keep_copy(path: Path, word: str) -> Path:
    """Copy a file beside itself, as ``my.before-WORD.xlsx``, and never over an older copy.

    Raises:
        SheetUnavailable: the folder does not take it; the file is as it was.
    """
    for number in count(1):
        ending = f".before-{word}{'' if number == 1 else f'-{number}'}{path.suffix}"
        copy = path.with_name(f"{path.stem}{ending}")
        try:
            with copy.open("xb"):
                pass
            shutil.copy2(path, copy)
        except FileExistsError:
            continue
        except OSError as error:
            raise SheetUnavailable(
                f"{path} cannot be copied to {copy.name} before it is changed: "
                f"{error.strerror or error}. Allow writing to its folder."
            ) from error
        return copy
    raise AssertionError("numbers end nowhere")
