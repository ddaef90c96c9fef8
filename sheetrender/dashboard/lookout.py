"""Looks at an output folder again and again, and costs whoever works in it next to nothing."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from sheetrender.dashboard.facts import Facts, read_facts
from sheetrender.dashboard.standing import STILL, Found, Standing, standing
from sheetrender.model.errors import SheetrenderError
from sheetrender.rendering.folder import OutputFolder
from sheetrender.rendering.frame_files import frame_path
from sheetrender.rendering.journal import FAILED, UNMADE, Journal

LOOK_SECONDS = 0.2
_ALIVE_SECONDS = 0.5
_SHARE = 8.0
"""A look that took long is followed by a pause that is so many times as long."""

Stamp: TypeAlias = tuple[int, int] | None
"""When a file was written, in nanoseconds, and its size."""


class Lookout:
    """What lies in one folder, however many people look on; its methods may be called by threads.

    Attributes:
        folder: that is looked at.
    """

    def __init__(
        self, folder: OutputFolder, facts: Facts, stills: Mapping[int, Path] | None = None
    ) -> None:
        """Begin with a plan; the plan of every run that begins from now on replaces it.

        Args:
            folder: to look at; it need not exist.
            facts: of the sheet as it stands. A run that is alive already knows better.
            stills: pictures of frames that are not drawn yet.
        """
        self.folder = folder
        self._lock = threading.Lock()
        self._stills = dict(stills or {})
        self._keys: Mapping[int, bytes] = {}
        self._failed: Mapping[int, str] = {}
        self._unmade = ""
        self._is_alive = folder.is_at_work
        self._alive_at = time.monotonic()
        self._page = _stamp(folder.page)
        found = read_facts(folder.page) if self._is_alive else None
        self._facts = found or facts
        self._identity = self._facts.identity
        self._seen: tuple[object, ...] = ()
        self._next = 0.0
        self._standing: Standing | None = None

    @property
    def facts(self) -> Facts:
        """The plan that is shown."""
        self.look()
        return self._facts

    def look(self) -> Standing:
        """Return how far the video is, at most a few tenths of a second ago."""
        with self._lock:
            begun = time.monotonic()
            if self._standing is None or begun >= self._next:
                self._standing = self._looked(begun)
                took = time.monotonic() - begun
                self._next = begun + max(LOOK_SECONDS, _SHARE * took)
            return self._standing

    def picture(self, number: int) -> Path | None:
        """Return the file of a frame that is there, or the still that stands for it."""
        if number in self.look().pictures:
            own = frame_path(self.folder.frames, number)
            return own if own.exists() else self._stills.get(number)
        return None

    def video(self) -> Path | None:
        """Return the video, where there is one that browsers play."""
        return self.folder.video if self.folder.video.is_file() else None

    def _elsewhere(self) -> str:
        """Say where a finished video is that browsers do not play."""
        master, pictures = self.folder.master, self.folder.finished
        if master.is_file():
            return f"The video is {master.name} in the output folder: browsers do not play ProRes."
        if pictures.is_dir():
            return f"The finished pictures are in {pictures.name} in the output folder."
        return ""

    def _looked(self, now: float) -> Standing:
        if now - self._alive_at >= _ALIVE_SECONDS:
            self._is_alive, self._alive_at = self.folder.is_at_work, now
        journal = self.folder.journal
        files = (journal, journal.with_name(f"{journal.name}-wal"))
        page, video = _stamp(self.folder.page), _stamp(self.folder.video)
        seen = (*map(_stamp, files), page, video, self._is_alive)
        if self._standing is not None and seen == self._seen:
            return self._standing
        if page != self._page:
            self._turn_to(page)
        if self._read_journal():
            self._seen = seen
        stills = dict.fromkeys(self._stills, STILL)
        found = Found(
            keys=self._keys,
            pictures={**stills, **_pictures(self.folder.frames)},
            video=video[0] if video else None,
            failed=self._failed,
            is_at_work=self._is_alive,
            unmade=self._unmade,
            elsewhere=self._elsewhere(),
        )
        return standing(self._facts, self._identity, found)

    def _turn_to(self, page: Stamp) -> None:
        """Show the plan of the run that has begun."""
        found = read_facts(self.folder.page)
        if found is not None:
            self._page = page
            self._facts = found
            self._identity = found.identity

    def _read_journal(self) -> bool:
        """Read what is finished; say whether that could be read just now."""
        if not self.folder.journal.exists():
            self._keys, self._failed, self._unmade = {}, {}, ""
            return True
        try:
            with Journal(self.folder.journal, read_only=True) as journal:
                self._keys = journal.keys()
                failed = json.loads(journal.about(FAILED) or "{}")
                self._unmade = journal.about(UNMADE) or ""
        except (SheetrenderError, ValueError):
            # A run makes the file, or tidies it up, in just this moment.
            return False
        self._failed = {int(number): str(text) for number, text in failed.items()}
        return True


def _stamp(path: Path) -> Stamp:
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_mtime_ns, state.st_size


def _pictures(folder: Path) -> dict[int, int]:
    """Return when each picture of a folder was written, by number."""
    found = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                name, dot, ending = entry.name.partition(".")
                if dot and ending == "png" and name.isdecimal() and name.isascii():
                    found[int(name)] = entry.stat().st_mtime_ns
    except OSError:
        # It is not there yet, or a picture went while it was looked at.
        return found
    return found
