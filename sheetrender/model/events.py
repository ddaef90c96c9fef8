"""What happens while the program works; whoever iterates passes each to journal, sheet and bar."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class JobStarted:
    """The next video of several begins.

    Attributes:
        number: of the video, from 1.
        total: of the videos, >= 1.
        name: what a person calls it.
    """

    number: int
    total: int
    name: str


@dataclass(frozen=True, slots=True)
class JobEnded:
    """A video of several is done, or failed.

    Attributes:
        number: of the video, from 1.
        total: of the videos, >= 1.
        name: what a person calls it.
        error: why it failed; None where it is done.
    """

    number: int
    total: int
    name: str
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class FolderOpened:
    """Everything about the video is kept in this folder from now on."""

    path: Path


@dataclass(frozen=True, slots=True)
class RenderStarted:
    """The work is known.

    Attributes:
        frames: of the whole video.
        there: frames that are on disk as planned.
        todo: numbers of the frames that will be drawn, ascending.
    """

    frames: int
    there: int
    todo: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FrameStored:
    """A frame is whole on disk and in the journal.

    Attributes:
        index: its number, 0-based.
    """

    index: int


@dataclass(frozen=True, slots=True)
class FrameDamaged:
    """A frame that should have been there is cut short or altered, and is drawn again.

    Attributes:
        index: its number, 0-based.
    """

    index: int


@dataclass(frozen=True, slots=True)
class FrameFailed:
    """A frame came out unusable; the rest of its segment waits, other segments go on.

    Attributes:
        index: its number, 0-based.
        reason: one clause, such as ``came out black``.
        tries: how many seeds were tried, >= 1.
        waiting: frames of its segment that are left undone, itself among them.
    """

    index: int
    reason: str
    tries: int
    waiting: int

    @property
    def sentence(self) -> str:
        """What happened and what to do, for a person."""
        tried = f" with {self.tries} seeds" if self.tries > 1 else ""
        more = f", and {self.waiting - 1} more up to the next cut wait" if self.waiting > 1 else ""
        remedy = "Give its row another seed or prompt"
        remedy += ", or less strength" if self.tries > 1 else ", or set retry_unusable to yes"
        return f"Frame {self.index} {self.reason}{tried}{more}. {remedy}, and run it again."


@dataclass(frozen=True, slots=True)
class VideoProgress:
    """So much of the video is encoded.

    Attributes:
        frames: encoded so far.
        total: of the video.
    """

    frames: int
    total: int


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """So much of a model is fetched.

    Attributes:
        name: of the model.
        done: bytes that are here.
        total: bytes that were missing.
    """

    name: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class StillProgress:
    """So many stills of a mood board are drawn.

    Attributes:
        stills: drawn so far.
        total: to draw.
    """

    stills: int
    total: int


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a person should know; one or two sentences."""

    text: str


@dataclass(frozen=True, slots=True)
class Made:
    """A file for people is finished.

    Attributes:
        path: the file.
        what: what it is, for a sentence.
    """

    path: Path
    what: str


Event: TypeAlias = (
    JobStarted
    | JobEnded
    | FolderOpened
    | RenderStarted
    | FrameStored
    | FrameDamaged
    | FrameFailed
    | VideoProgress
    | StillProgress
    | FetchProgress
    | Notice
    | Made
)
