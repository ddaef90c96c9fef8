"""Small sheets on disk, for tests of the verbs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import openpyxl

from sheetrender.model.events import Event, FrameStored, Notice
from sheetrender.workflow.project import Request
from sheetrender.workflow.run import RunOptions, run

HEAD = ("frame", "subject", "style", "seed", "cut", "zoom")
ROWS = (
    (0, "a red fox", "orange forest", 1, None, 1.01),
    (8, "a blue whale", "deep ocean", None, None, "1 + 0.01*sin(t)"),
    (16, "a green hill", "emerald light", 2, "yes", 1.02),
)
SMALL = {"width": 64, "height": 32, "frames": 24}


def make_sheet(
    path: Path,
    rows: Iterable[Sequence[object]] = ROWS,
    settings: Mapping[str, object] = SMALL,
    head: Sequence[str] = HEAD,
) -> Path:
    """Write a workbook with a Keyframes and a Settings tab."""
    book = openpyxl.Workbook()
    keyframes = book.active
    keyframes.title = "Keyframes"
    for row in (head, *rows):
        keyframes.append(list(row))
    tab = book.create_sheet("Settings")
    for pair in (("name", "value"), *settings.items()):
        tab.append(list(pair))
    book.save(path)
    return path


def edit(path: Path, **cells: object) -> None:
    """Change cells of the Keyframes tab, as a person does in between."""
    book = openpyxl.load_workbook(path)
    for place, value in cells.items():
        book["Keyframes"][place] = value
    book.save(path)


def column(path: Path, heading: str) -> list[object]:
    """Return what stands below a heading of the Keyframes tab."""
    rows = list(openpyxl.load_workbook(path)["Keyframes"].iter_rows(values_only=True))
    at = rows[0].index(heading)
    return [row[at] for row in rows[1:]]


def request(path: Path, **overrides: str) -> Request:
    return Request(sheet=str(path), overrides=overrides)


def rendered(path: Path, **options: object) -> list[Event]:
    """Run a sheet to its end and return the events; no video unless asked for."""
    return list(run(request(path), RunOptions(**{"video": False, **options})))  # type: ignore[arg-type]


def drawn(events: Iterable[Event]) -> list[int]:
    return [event.index for event in events if isinstance(event, FrameStored)]


def notices(events: Iterable[Event]) -> str:
    return "\n".join(event.text for event in events if isinstance(event, Notice))


def frame_bytes(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted((folder / "frames").glob("*.png"))]
