"""The pictures, videos and models that a sheet names: allowed, there, and readable."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from sheetrender.model.cells import Findings, Problem
from sheetrender.model.errors import UsageError
from sheetrender.model.frames import Size
from sheetrender.model.keyframes import Keyframe, PlacedText, Settings
from sheetrender.model.sources import SourceFile
from sheetrender.planning.carrying import listed
from sheetrender.sheets.store import SheetStore
from sheetrender.workflow.sheet_paths import path_from_sheet

MODELS = "SHEETRENDER_MODELS"
"""Environment variable: folders with models, separated as in PATH."""

_MODEL_SETTINGS = ("model", "vae", "lora", "embeddings", "depth_model")
_MODEL_CELLS = ("model", "lora")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFiles:
    """What pictures are made from.

    Attributes:
        first: the picture that the video begins from.
        begins: the picture that a row begins from, by the row's number.
        video: what every frame is painted over.
        mask: where frames are drawn.
        paths: of all of them, and of those that are named and not there.
    """

    first: SourceFile | None = None
    begins: Mapping[int, SourceFile] = field(default_factory=dict)
    video: SourceFile | None = None
    mask: SourceFile | None = None
    paths: tuple[Path, ...] = ()


def model_folders(store: SheetStore) -> tuple[Path, ...]:
    """Return where models are looked for by name: the machine's folders, then the sheet's."""
    named = os.environ.get(MODELS, "").split(os.pathsep)
    return (*(Path(name).expanduser() for name in named if name.strip()), store.folder)


def source_files(
    settings: Settings,
    rows: Sequence[Keyframe],
    store: SheetStore,
    allowed: Sequence[Path],
    findings: Findings,
) -> SourceFiles:
    """Return the files that frames are made from; what is wrong with them goes to `findings`."""
    return _Finder(settings, store, allowed, findings).found(rows)


class _Finder:
    def __init__(
        self, settings: Settings, store: SheetStore, allowed: Sequence[Path], findings: Findings
    ) -> None:
        self._settings = settings
        self._store = store
        self._allowed = allowed
        self._findings = findings
        self._paths: list[Path] = []

    def found(self, rows: Sequence[Keyframe]) -> SourceFiles:
        for cell in self._models(rows):
            self._check_model(cell)
        beginnings = {row.row: row.files["init_image"] for row in rows if "init_image" in row.files}
        begins = {row: self._file(cell, _try_picture) for row, cell in beginnings.items()}
        found = SourceFiles(
            first=self._setting("init_image", _try_picture),
            begins={row: file for row, file in begins.items() if file is not None},
            video=self._setting("init_video", _try_video),
            mask=self._setting("mask", _try_mask),
        )
        return replace(found, paths=tuple(self._paths))

    def _setting(self, name: str, attempt: Callable[[Path], None]) -> SourceFile | None:
        cell = PlacedText(name, getattr(self._settings, name), self._settings.places.get(name))
        return self._file(cell, attempt) if cell.text else None

    def _file(self, cell: PlacedText, attempt: Callable[[Path], None]) -> SourceFile | None:
        what = "video" if cell.heading == "init_video" else "picture"
        try:
            path = self._path(cell, what)
            self._paths.append(path)
            return SourceFile(path, _digest(path, attempt))
        except UsageError as error:
            self._wrong(cell, "cannot be used", str(error))
        except FileNotFoundError:
            remedy = f"Put the {what} beside the sheet, and write its name with its ending."
            self._wrong(cell, "is not there", remedy)
        except (OSError, ValueError) as error:
            self._wrong(cell, f"cannot be read as a {what}", f"{error}. Give another file.")
        return None

    def _path(self, cell: PlacedText, what: str) -> Path:
        if cell.place is not None:
            return path_from_sheet(cell.text, self._store, self._allowed, what=what)
        # What stands on the command line is the person's own word, and begins where they are.
        here = Path(cell.text).expanduser()
        return here.absolute() if here.exists() else self._store.folder / here

    def _models(self, rows: Sequence[Keyframe]) -> Iterator[PlacedText]:
        for name in _MODEL_SETTINGS:
            place = self._settings.places.get(name)
            if place is not None:
                yield PlacedText(name, getattr(self._settings, name), place)
        for row in rows:
            yield from (row.files[name] for name in _MODEL_CELLS if name in row.files)

    def _check_model(self, cell: PlacedText) -> None:
        """Refuse a path to a model that leads out of the folders that the machine's owner gave."""
        several = cell.heading in ("lora", "embeddings")
        for name in listed(cell.text) if several else (cell.text,):
            written = name.replace("\\", "/")
            if not _leads_out(written):
                continue
            path = (self._store.folder / Path(written).expanduser()).resolve()
            roots = [*model_folders(self._store), *self._allowed]
            if not any(path.is_relative_to(root.expanduser().resolve()) for root in roots):
                self._wrong(
                    cell,
                    "leads out of the folders for models",
                    f"Put it beside the sheet or into a folder of {MODELS}, "
                    f"or allow it with --allow-path {path.parent}.",
                )

    def _wrong(self, cell: PlacedText, wrong: str, remedy: str) -> None:
        self._findings.problems.append(
            Problem(
                place=cell.place,
                tab="--set",
                heading=cell.heading,
                written=cell.text,
                wrong=wrong,
                remedy=remedy,
            )
        )


def _leads_out(written: str) -> bool:
    return Path(written).is_absolute() or written.startswith("~") or ".." in written.split("/")


def _digest(path: Path, attempt: Callable[[Path], None]) -> bytes:
    about = path.stat()
    return _digest_of(path, about.st_mtime_ns, about.st_size, attempt)


# A sheet that is watched is understood every few seconds; its files seldom change.
@lru_cache(maxsize=256)
def _digest_of(path: Path, changed: int, size: int, attempt: Callable[[Path], None]) -> bytes:
    attempt(path)
    with path.open("rb") as file:
        state: Any = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16))
    return bytes(state.digest())


def _try_picture(path: Path) -> None:
    from sheetrender.rendering.sources import read_picture

    read_picture(path, Size(8, 8))


def _try_mask(path: Path) -> None:
    from sheetrender.rendering.sources import read_mask

    read_mask(path, Size(8, 8))


def _try_video(path: Path) -> None:
    from sheetrender.model.timing import FrameRate
    from sheetrender.rendering.sources import SourceVideo

    SourceVideo(path, FrameRate.parse("30"), Size(8, 8)).close()
