"""The variants of a sheet beside each other: some of the same frames of each, on one page."""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sheetrender.model.events import Event, Made
from sheetrender.output.contact_sheet import ContactSheet, SheetPicture, write_contact_sheet
from sheetrender.rendering.folder import OutputFolder
from sheetrender.rendering.frame_files import frame_path

_FRAMES = 4
"""The most pictures of each variant."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A variant that is drawn.

    Attributes:
        label: what a person calls it.
        folder: of its frames.
    """

    label: str
    folder: Path


def compared(name: str, variants: Sequence[Finished]) -> Generator[Event, None, None]:
    """Lay the beginnings of rows of each variant side by side, in the folder that holds them.

    Args:
        name: of the sheet.
        variants: in the order of the page; of fewer than two nothing is made.

    Raises:
        RenderFailed: the page cannot be written.
    """
    if len(variants) < 2:
        return
    rows = [_pictures(variant) for variant in variants]
    together = max(map(len, rows))
    first = _plan(variants[0].folder)
    sheet = ContactSheet(
        title=name,
        facts=f"{len(variants)} variants",
        pictures=[picture for row in rows for picture in (*row, *[None] * (together - len(row)))],
        aspect=first["width"] / first["height"],
        together=together,
    )
    for path in write_contact_sheet(variants[0].folder.parent / "variants.png", sheet):
        yield Made(path, "comparison")


def _plan(folder: Path) -> Any:
    return json.loads(OutputFolder(folder).plan.read_text("utf-8"))


def _pictures(variant: Finished) -> list[SheetPicture]:
    plan, frames = _plan(variant.folder), OutputFolder(variant.folder).frames
    chosen = _spread([row for row in plan["rows"] if row["last"] >= row["first"]])
    return [
        SheetPicture(
            path=path if (path := frame_path(frames, row["first"])).exists() else None,
            place=f"frame {row['first']}",
            seed=plan["seeds"][row["first"]],
            subject=row["caption"] or row["prompt"],
            note=variant.label,
            missing="not drawn yet",
        )
        for row in chosen
    ]


def _spread(rows: Sequence[Any]) -> list[Any]:
    """Return so many of the rows as are shown, from the first to the last."""
    if len(rows) <= _FRAMES:
        return list(rows)
    return [rows[number * (len(rows) - 1) // (_FRAMES - 1)] for number in range(_FRAMES)]
