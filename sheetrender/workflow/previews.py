"""What the sheet shows of finished frames: pictures where they are on the web, else their paths."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from sheetrender.model.cells import CellPicture
from sheetrender.model.errors import SheetrenderError, SheetUnavailable
from sheetrender.rendering.folder import OutputFolder
from sheetrender.rendering.journal import Journal
from sheetrender.reporting.statuses import Shown
from sheetrender.sheets.store import is_google
from sheetrender.workflow.project import Project

LAST_UPLOADS_SECONDS = 60.0
"""How long the end of a pass waits for pictures that are on their way."""

_FOLDER = "drive folder"
_INSTEAD = "The sheet shows where the pictures lie instead. This does not stop the render."


class Previews:
    """The previews of one pass. Drive is filled beside the thread that draws."""

    def __init__(
        self,
        project: Project,
        output: OutputFolder,
        journal: Journal,
        keys: Sequence[bytes],
        credentials: Path | None,
    ) -> None:
        """Take where pictures lie.

        Args:
            project: the sheet.
            output: the folder of the frames.
            journal: of the folder; it remembers what Drive has.
            keys: of every frame: the versions of its pictures.
            credentials: a file that opens Google Drive; else it is looked for.
        """
        frames, sheet = output.frames.resolve(), project.store.folder.resolve()
        near = frames.relative_to(sheet) if frames.is_relative_to(sheet) else frames
        self._near = near.as_posix()
        self._keys = keys
        self._url = project.settings.public_url
        self._drive: _Drive | None = None
        wanted = project.settings.drive_previews
        if wanted and not self._url and is_google(project.store.location):
            self._drive = _Drive(project, output, journal, credentials)

    def shown(self, index: int) -> Shown:
        """Return what the sheet shows of a finished frame, for now."""
        version = self._keys[index].hex()
        if self._url:
            return CellPicture.at(self._url, f"frames/{index:06d}.png", version[:8])
        picture = self._drive.picture(index, version) if self._drive else None
        return picture or f"{self._near}/{index:06d}.png"

    def close(self, seconds: float = LAST_UPLOADS_SECONDS) -> list[str]:
        """Wait for pictures that are on their way; return what a person should know."""
        return self._drive.close(seconds) if self._drive else []


@dataclass(frozen=True, slots=True)
class _Upload:
    """A picture to be put into Drive.

    Attributes:
        index: of the frame.
        version: of its picture.
        path: of its file.
        known: key of the file in Drive that showed an earlier picture of this frame; may be empty.
    """

    index: int
    version: str
    path: Path
    known: str


class _Drive:
    """The pictures of one output folder in Google Drive."""

    def __init__(
        self, project: Project, output: OutputFolder, journal: Journal, credentials: Path | None
    ) -> None:
        wanted = project.settings.drive_previews
        self._parent = "" if wanted == "yes" else wanted
        self._name = f"sheetrender previews of {project.store.name}"
        self._frames = output.frames
        self._journal = journal
        self._credentials = credentials
        self._folder = journal.about(_FOLDER) or ""
        # What the journal knows: asked for every row, twice a second.
        self._known: dict[int, str] = {}
        self._sent: dict[int, str] = {}
        self._uploads: list[Future[None]] = []
        self._lock = threading.Lock()
        self._landed: list[tuple[int, str]] = []
        self._trouble = ""
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="drive")

    def picture(self, index: int, version: str) -> CellPicture | None:
        """Return a picture that Drive has; send it where it has not."""
        from sheetrender.sheets.google_drive import shown_picture

        self._note()
        if index not in self._known:
            self._known[index] = self._journal.about(_picture(index)) or ""
        has, _, key = self._known[index].partition(" ")
        if has == version:
            return shown_picture(key, version[:8])
        if self._sent.get(index) != version and not self._trouble:
            self._sent[index] = version
            upload = _Upload(index, version, self._frames / f"{index:06d}.png", key)
            self._uploads.append(self._worker.submit(self._work, upload))
        return None

    def close(self, seconds: float) -> list[str]:
        wait(self._uploads, timeout=seconds)
        self._worker.shutdown(wait=False, cancel_futures=True)
        for upload in self._uploads:
            if upload.done() and not upload.cancelled():
                # Whatever went wrong beyond what Drive may do is a bug, and is shown as one.
                upload.result()
        self._note()
        return [f"{self._trouble} {_INSTEAD}"] if self._trouble else []

    def _note(self) -> None:
        """Write down what arrived; the journal belongs to the thread that draws."""
        with self._lock:
            landed, self._landed = self._landed, []
        for index, value in landed:
            self._known[index] = value
            self._journal.set_about(_FOLDER, self._folder)
            self._journal.set_about(_picture(index), value)

    def _work(self, upload: _Upload) -> None:
        if self._trouble:
            return
        try:
            key = self._put(upload)
        except (SheetrenderError, OSError) as error:
            self._trouble = str(error)
            return
        with self._lock:
            self._landed.append((upload.index, f"{upload.version} {key}"))

    def _put(self, upload: _Upload) -> str:
        from sheetrender.sheets.google_auth import find_access
        from sheetrender.sheets.google_drive import DrivePictures

        pictures = DrivePictures(find_access(self._credentials))
        try:
            png, name = upload.path.read_bytes(), upload.path.name
            key = pictures.put(png, name, self._folder, upload.known) if self._folder else None
            if key is None:
                self._folder = pictures.new_folder(self._name, self._parent)
                key = pictures.put(png, name, self._folder)
        finally:
            pictures.close()
        if key is None:
            raise SheetUnavailable("Google Drive lost the folder of the previews. Run again.")
        return key


def _picture(index: int) -> str:
    return f"drive picture {index}"
