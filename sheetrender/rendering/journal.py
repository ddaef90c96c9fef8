"""The journal: what each frame on disk was made from, and the seeds that were drawn."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from sheetrender.model.errors import DiskFull, FolderRefused, SheetrenderError
from sheetrender.rendering.frame_files import StoredFrame

_SCHEMA = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS frames (
    number INTEGER PRIMARY KEY,
    key BLOB NOT NULL,
    digest BLOB NOT NULL,
    size INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS seeds (row TEXT PRIMARY KEY, seed INTEGER NOT NULL);
"""
COMMIT_SECONDS = 0.5
UNMADE = "unmade"
"""Under this name stands why no video could be made of the frames; empty where one was."""
FAILED = "failed"
"""The fact that says of each frame that the last run could not draw, why: JSON, by number."""


class Journal:
    """The truth for resuming, in one SQLite file; only the driver writes it.

    Frames are committed at most every half second: a run that is killed loses the note of some
    frames, never a frame, and draws those again to the same bytes.

    Attributes:
        path: the file.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self._pending: list[tuple[int, bytes, bytes, int]] = []
        self._committed = time.monotonic()
        try:
            if read_only:
                # Where nobody writes, SQLite need not leave its own two files beside the journal.
                is_alive = path.with_name(f"{path.name}-wal").exists()
                mode = "mode=ro" if is_alive else "mode=ro&immutable=1"
                self._database = sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True)
                self._database.execute("SELECT 1 FROM about").fetchone()
                return
            self._database = sqlite3.connect(path)
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.executescript(_SCHEMA)
        except sqlite3.DatabaseError as error:
            raise self._failure(error) from error

    def _failure(self, error: sqlite3.DatabaseError) -> SheetrenderError:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            return DiskFull(
                f"The disk of {self.path} is full. What is finished is kept; "
                "make room and run the same command again."
            )
        return FolderRefused(
            f"{self.path} cannot be used as a journal ({error}). "
            "Move its folder away to begin anew, or give another one with -o."
        )

    def _ask(self, question: str, *values: str) -> list[tuple[Any, ...]]:
        try:
            return self._database.execute(question, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise self._failure(error) from error

    def _change(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Change the file for all rows, or for none."""
        try:
            with self._database:
                self._database.executemany(statement, rows)
        except sqlite3.DatabaseError as error:
            raise self._failure(error) from error

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def about(self, name: str) -> str | None:
        """Return a fact about the folder, or None where it is not known."""
        found = self._ask("SELECT value FROM about WHERE name = ?", name)
        return str(found[0][0]) if found else None

    def set_about(self, name: str, value: str) -> None:
        """Keep a fact about the folder."""
        self._change("INSERT OR REPLACE INTO about VALUES (?, ?)", [(name, value)])

    def frames(self) -> dict[int, tuple[bytes, StoredFrame]]:
        """Return key and file of every frame that was finished, by number."""
        self.commit()
        rows = self._ask("SELECT number, key, digest, size FROM frames")
        return {n: (key, StoredFrame(n, digest, size)) for n, key, digest, size in rows}

    def keys(self) -> dict[int, bytes]:
        """Return the key of every frame that is in the file, by number."""
        return dict(self._ask("SELECT number, key FROM frames"))

    def note(self, stored: StoredFrame, key: bytes) -> None:
        """Note a finished frame; it may be committed a little later."""
        self._pending.append((stored.index, key, stored.digest, stored.size))
        if time.monotonic() - self._committed > COMMIT_SECONDS:
            self.commit()

    def commit(self) -> None:
        """Put every noted frame on disk.

        Raises:
            DiskFull: there is no room; the frames stand on disk, but will be drawn again.
        """
        pending, self._pending = self._pending, []
        self._committed = time.monotonic()
        if pending:
            self._change("INSERT OR REPLACE INTO frames VALUES (?, ?, ?, ?)", pending)

    def forget(self, numbers: Iterable[int]) -> None:
        """Take frames out, so that they are drawn again."""
        self.commit()
        self._change("DELETE FROM frames WHERE number = ?", [(number,) for number in numbers])

    def seed(self, rows: Sequence[str]) -> int | None:
        """Return the seed that was drawn for the first of these row keys that has one."""
        for row in rows:
            found = self._ask("SELECT seed FROM seeds WHERE row = ?", row)
            if found:
                return int(found[0][0])
        return None

    def seeds(self) -> dict[str, int]:
        """Return every seed that was drawn, by row key."""
        return {str(row): int(seed) for row, seed in self._ask("SELECT row, seed FROM seeds")}

    def keep_seed(self, row: str, seed: int) -> None:
        """Keep the seed that was drawn for a row, for every later run."""
        self._change("INSERT OR REPLACE INTO seeds VALUES (?, ?)", [(row, seed)])

    def forget_frame_seed(self, seed: int) -> None:
        """Take out a seed that is filed under a frame: it stands under its row's id by now."""
        self._change("DELETE FROM seeds WHERE row LIKE 'frame %' AND seed = ?", [(seed,)])

    def close(self) -> None:
        """Commit and close."""
        try:
            self.commit()
        finally:
            self._database.close()
