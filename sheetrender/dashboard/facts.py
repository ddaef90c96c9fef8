"""What a page shows of a plan: every run leaves it in its folder for whoever looks on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A plan as a page shows it, and what its frames are known by.

    Attributes:
        shown: all that stays as it is while frames come in, as JSON has it;
            `templates/report.js` says in what form.
        keys: of every frame, in the order of frames; empty where nobody can tell.
        todo: the frames that the run draws, as first and last of each stretch; None where no run
            has begun.
        makes_video: the run ends with a video.
        started: when the run began, in seconds since 1970; 0.0 where none has.
        song: the sound file, or empty.
    """

    shown: Mapping[str, Any]
    keys: Sequence[bytes] = ()
    todo: Sequence[tuple[int, int]] | None = None
    makes_video: bool = False
    started: float = 0.0
    song: str = ""

    @property
    def identity(self) -> str:
        """What tells two plans apart."""
        state = hashlib.blake2b(json.dumps(self.shown, sort_keys=True).encode(), digest_size=8)
        state.update(b"".join(self.keys))
        return state.hexdigest()

    @property
    def frames(self) -> int:
        """How many frames the video has."""
        return int(self.shown["frames"])

    def written(self) -> str:
        """Return the text of the file."""
        document = {
            "shown": self.shown,
            "keys": [key.hex() for key in self.keys],
            "todo": self.todo,
            "makes_video": self.makes_video,
            "started": self.started,
            "song": self.song,
        }
        return json.dumps(document, separators=(",", ":"))


def read_facts(path: Path) -> Facts | None:
    """Return what a run left; None where there is nothing, or nothing that this program wrote."""
    try:
        document = json.loads(path.read_text("utf-8"))
        todo = document["todo"]
        facts = Facts(
            shown=document["shown"],
            keys=[bytes.fromhex(key) for key in document["keys"]],
            todo=None if todo is None else [(int(first), int(last)) for first, last in todo],
            makes_video=bool(document["makes_video"]),
            started=float(document["started"]),
            song=str(document["song"]),
        )
        is_usable = facts.frames > 0 and bool(facts.shown["rows"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return facts if is_usable else None


def stretches(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return rising numbers as first and last of each unbroken stretch."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found
