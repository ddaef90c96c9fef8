"""The archive: a second home for finished frames, in few large files on a slow or distant disk.

A machine in the cloud forgets its disk, and what it can reach instead (Google Drive, a share)
breaks under thousands of small files. So each segment is kept as one zip file, a long segment as
several. Every file says for itself what its frames were made from, so one that is out of date, half
written or of other cuts does no harm: a frame is taken from it only where its key is the one that
the plan asks for, and its bytes are those that were noted.
"""

from __future__ import annotations

import filecmp
import shutil
import time
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from sheetrender.model.errors import FolderRefused, RenderFailed, UsageError
from sheetrender.model.events import Event, FrameStored, Made, Notice
from sheetrender.model.frames import Segment
from sheetrender.output.whole_files import replacing
from sheetrender.rendering.folder import OutputFolder
from sheetrender.rendering.frame_files import frame_path, store_bytes
from sheetrender.rendering.journal import Journal
from sheetrender.workflow.archive_part import Part, Row, frames_in, pack, read_part, write_part

_KEPT = ("video", "pictures")
"""What of all that a run makes is copied."""
PART_FRAMES = 240
"""The most frames in one file."""
KEEP_SECONDS = 300.0
"""After so long a file is written though its frames are not complete: all that can be lost."""


def parts_of(segments: Iterable[Segment]) -> list[range]:
    """Return the frames that go into one file each."""
    return [
        range(first, min(first + PART_FRAMES, segment.last + 1))
        for segment in segments
        for first in range(segment.first, segment.last + 1, PART_FRAMES)
    ]


class Archive:
    """The archive of one sheet, for one run at a time.

    Attributes:
        folder: holds ``segments/000000-000239.zip …`` and a copy of the video,
            of pictures for an editor as ``finished.zip``.
    """

    def __init__(self, folder: Path, output: OutputFolder, location: str, journal: Journal) -> None:
        """Look at what is there.

        Raises:
            UsageError: the folder is the output folder, or its disk is not there.
            FolderRefused: it is another sheet's.
            RenderFailed: it cannot be read just now.
        """
        self.folder = folder.absolute()
        self._output = output
        self._location = location
        self._journal = journal
        self._parts: dict[Path, Part] = {}
        self._broken: list[Path] = []
        self._failure: Exception | None = None
        self._written = time.monotonic()
        self._refuse_unfit()
        self._look()
        self._refuse_strangers()

    def _refuse_unfit(self) -> None:
        if self.folder.resolve() == self._output.path.resolve():
            raise UsageError(
                f"{self.folder} is the output folder itself. Give --archive another folder."
            )
        if not self.folder.parent.is_dir():
            raise UsageError(
                f"The folder {self.folder.parent} of --archive is not there. "
                "Connect its disk, or make it."
            )

    def _look(self) -> None:
        for path in sorted((self.folder / "segments").glob("*.zip")):
            try:
                self._parts[path] = read_part(path)
            except ValueError:
                self._broken.append(path)
            except OSError as error:
                raise _unreadable(path, error) from error

    def _refuse_strangers(self) -> None:
        for part in self._parts.values():
            if part.location != self._location:
                raise FolderRefused(
                    f"{self.folder} keeps the frames of another sheet: {part.location}. "
                    "Give this one a folder of its own with --archive."
                )
        names = ("video.mp4", "video.mov", "finished.zip")
        made = (self.folder / name for name in names)
        found = next((path for path in made if path.exists()), None)
        if found is not None and not self._parts and not self._broken:
            raise FolderRefused(
                f"{found} is there, but no segments of ours: it would be overwritten. "
                "Give --archive an empty folder, or move that file away."
            )

    def _newest_first(self) -> list[Part]:
        return sorted(self._parts.values(), key=lambda part: part.number, reverse=True)

    def restore_seeds(self) -> None:
        """Give the journal the seeds that another machine drew; to be done before planning."""
        known = self._journal.seeds()
        for part in self._newest_first():
            for row, seed in part.seeds.items():
                if row not in known:
                    known[row] = seed
                    self._journal.keep_seed(row, seed)

    def restored(self, keys: Sequence[bytes]) -> Iterator[Event]:
        """Bring back the frames that the output folder lacks.

        Args:
            keys: of every frame of the plan.

        Raises:
            RenderFailed: the archive cannot be read, or the disk not be written; what came back
                until then is kept.
        """
        for path in self._broken:
            yield Notice(f"{path} is not whole and is passed over.")
        missing = self._missing(keys)
        count = 0
        for part in self._newest_first():
            fitting = [n for n, (key, _) in part.rows.items() if missing.get(n) == key]
            try:
                for (key, stored), data in frames_in(part, fitting):
                    store_bytes(self._output.frames, stored.index, data)
                    self._journal.note(stored, key)
                    del missing[stored.index]
                    count += 1
            except ValueError as error:
                yield Notice(f"{error}. What is missing is drawn again.")
            except OSError as error:
                raise _unreadable(part.path, error) from error
        self._journal.commit()
        if count:
            yield Notice(f"{count} frames came back from {self.folder}.")

    def _missing(self, keys: Sequence[bytes]) -> dict[int, bytes]:
        done = self._journal.frames()
        there = {
            index
            for index, (key, _) in done.items()
            if index < len(keys)
            and key == keys[index]
            and frame_path(self._output.frames, index).exists()
        }
        return {index: key for index, key in enumerate(keys) if index not in there}

    def kept(
        self, events: Generator[Event, None, None], keys: Sequence[bytes], segments: list[Segment]
    ) -> Generator[Event, None, None]:
        """Pass the events of a run on, and keep what it makes, however it ends.

        Args:
            events: of the run.
            keys: of every frame of the plan.
            segments: of the plan.

        Raises:
            RenderFailed: the archive could not be written to the end; the frames are kept where
                they were drawn.
        """
        parts = parts_of(segments)
        made = None
        try:
            with closing(events):
                for event in events:
                    yield event
                    if isinstance(event, FrameStored):
                        yield from self._keep_part_of(event.index, parts)
                    elif isinstance(event, Made) and event.what in _KEPT:
                        made = event.path
        except BaseException as error:
            self._keep_all(parts)
            if self._failure is not None:
                error.add_note(str(self._not_kept()))
            raise
        self._keep_all(parts)
        if self._failure is not None:
            raise self._not_kept() from self._failure
        if made is not None:
            yield from self._keep_made(made)
        self._remove_superseded(parts, keys)

    def _keep_part_of(self, index: int, parts: Sequence[range]) -> Iterator[Notice]:
        part = next(part for part in parts if index in part)
        is_due = time.monotonic() - self._written > KEEP_SECONDS
        if index != part[-1] and not is_due:
            return
        had_failed = self._failure is not None
        self._keep(part, self._journal.frames())
        if self._failure is not None and not had_failed:
            yield Notice(
                f"{self.folder} cannot be written just now ({self._failure}). "
                "It is tried again; the frames are safe in the output folder."
            )

    def _path(self, frames: range) -> Path:
        return self.folder / "segments" / f"{frames[0]:06d}-{frames[-1]:06d}.zip"

    def _keep_all(self, parts: Iterable[range]) -> None:
        done = self._journal.frames()
        self._failure = None
        for part in parts:
            self._keep(part, done)
            if self._failure is not None:
                return

    def _keep(self, frames: range, done: Mapping[int, Row]) -> None:
        """Write a part, unless its file has all that the journal has."""
        path = self._path(frames)
        rows = {index: done[index] for index in frames if index in done}
        there = self._parts[path].rows if path in self._parts else {}
        if all(there.get(index) == row for index, row in rows.items()):
            return
        part = Part(
            path=path,
            number=1 + max((part.number for part in self._parts.values()), default=0),
            location=self._location,
            seeds=self._journal.seeds(),
            rows=rows,
        )
        self._written = time.monotonic()
        try:
            self._parts[path] = write_part(part, self._output.frames)
            self._failure = None
        except (OSError, RenderFailed) as error:
            self._failure = error

    def _not_kept(self) -> RenderFailed:
        return RenderFailed(
            f"{self.folder} could not be written ({self._failure}), so not all frames are kept "
            f"there. They are in {self._output.frames}; run it again once there is room."
        )

    def _keep_made(self, made: Path) -> Iterator[Event]:
        """Copy the video; pictures for an editor go into one file."""
        if not made.is_dir():
            yield from self._keep_copy(made, "copy of the video")
            return
        with TemporaryDirectory(dir=self._output.path) as room:
            packed = Path(room) / f"{made.name}.zip"
            pack(made, packed)
            yield from self._keep_copy(packed, "copy of the pictures")

    def _keep_copy(self, file: Path, what: str) -> Iterator[Event]:
        """Copy a file, unless the very same is there."""
        copy = self.folder / file.name
        try:
            if copy.exists() and filecmp.cmp(file, copy, shallow=False):
                return
            with replacing(copy) as target:
                shutil.copyfile(file, target)
        except OSError as error:
            raise RenderFailed(
                f"{copy} could not be written: {error.strerror}. "
                f"What {self._output.path} holds is whole."
            ) from error
        yield Made(copy, what)

    def _remove_superseded(self, parts: Sequence[range], keys: Sequence[bytes]) -> None:
        """Remove files of other cuts once all their frames stand in those of the plan."""
        current = {self._path(part): part for part in parts}
        kept = {
            index
            for path in current.keys() & self._parts.keys()
            for index, (key, _) in self._parts[path].rows.items()
            if index in current[path] and key == keys[index]
        }
        for path in self._parts.keys() - current.keys():
            if kept.issuperset(self._parts[path].rows):
                path.unlink(missing_ok=True)


def _unreadable(path: Path, error: OSError) -> RenderFailed:
    return RenderFailed(
        f"{path} could not be brought back ({error.strerror}). "
        "Run it again in a while, or without --archive to draw everything here."
    )
