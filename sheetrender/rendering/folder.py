"""The output folder: whose it is, and that only one run works in it at a time."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sheetrender.model.errors import FolderRefused, RenderFailed
from sheetrender.rendering.journal import Journal

_TRIES = 5
_PAUSE_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class OutputFolder:
    """Where everything about one sheet's video is kept.

    Attributes:
        path: the folder; it need not exist yet.
    """

    path: Path

    @property
    def frames(self) -> Path:
        """The folder of the PNGs."""
        return self.path / "frames"

    @property
    def video(self) -> Path:
        """The finished video."""
        return self.path / "video.mp4"

    @property
    def master(self) -> Path:
        """The finished video, where it is made for an editor."""
        return self.path / "video.mov"

    @property
    def finished(self) -> Path:
        """The folder of finished pictures, where they are made instead of a video."""
        return self.path / "finished"

    @property
    def journal(self) -> Path:
        """The SQLite file that resuming rests on."""
        return self.path / "journal.sqlite"

    @property
    def plan(self) -> Path:
        """Settings, prompts, curves and versions of the last run."""
        return self.path / "plan.json"

    @property
    def page(self) -> Path:
        """What a page about the last run shows, beside its pictures."""
        return self.path / "page.json"

    @property
    def undelivered(self) -> Path:
        """Statuses that the sheet could not take."""
        return self.path / "status.csv"

    @property
    def is_at_work(self) -> bool:
        """Whether a run is alive in it, in whatever process."""
        try:
            with self._lock_file.open("rb") as handle:
                if not _lock(handle, shared=True):
                    return True
                _unlock(handle)
        except OSError:
            pass
        return False

    @property
    def _lock_file(self) -> Path:
        return self.path / ".lock"

    @contextmanager
    def opened(self, location: str | None) -> Iterator[Journal]:
        """Work in the folder as the only run, for the sheet at `location`; None: whose it is.

        Raises:
            FolderRefused: it is another sheet's, or another run is alive in it.
            RenderFailed: it cannot be made.
        """
        try:
            self.frames.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unusable(self.path, error) from error
        with self._locked(), Journal(self.journal) as journal:
            if location is not None:
                self._claim(journal, location)
            yield journal

    def _claim(self, journal: Journal, location: str) -> None:
        owner = journal.about("location")
        if owner is None:
            self._refuse_strangers()
            journal.set_about("location", location)
        elif owner != location:
            raise FolderRefused(
                f"{self.path} belongs to another sheet: {owner}. "
                "Give this one a folder of its own with -o."
            )

    def _refuse_strangers(self) -> None:
        """Refuse a folder without our journal that holds files where ours would be."""
        ours = (self.video, self.video.with_suffix(".mov"), self.plan)
        found = next((path for path in ours if path.exists()), None)
        found = found or next(self.frames.glob("*.png"), None)
        if found is not None:
            raise FolderRefused(
                f"{found} is there, but no journal of ours: it would be overwritten. "
                "Give an empty folder with -o, or move that file away."
            )

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            handle = self._lock_file.open("a+b")
        except OSError as error:
            raise _unusable(self.path, error) from error
        with handle:
            if not _lock_patiently(handle):
                raise FolderRefused(
                    f"Another run works in {self.path}. Wait until it is done, or stop it."
                )
            try:
                yield
            finally:
                _unlock(handle)


def _unusable(path: Path, error: OSError) -> RenderFailed:
    return RenderFailed(
        f"The output folder {path} cannot be used: {error.strerror}. Give another with -o."
    )


def _lock_patiently(handle: IO[bytes]) -> bool:
    """Lock; who only looks whether somebody works there holds the lock for an instant."""
    for _ in range(_TRIES):
        if _lock(handle):
            return True
        time.sleep(_PAUSE_SECONDS)
    return False


# The system lets go of these locks when a process dies, however it dies.
if sys.platform == "win32":
    import msvcrt

    def _lock(handle: IO[bytes], *, shared: bool = False) -> bool:
        try:
            handle.seek(0)
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(handle: IO[bytes]) -> None:
        handle.seek(0)
        msvcrt.locking(handle.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(handle: IO[bytes], *, shared: bool = False) -> bool:
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(handle.fileno(), kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(handle: IO[bytes]) -> None:
        fcntl.flock(handle.fileno(), fcntl.LOCK_UN)
