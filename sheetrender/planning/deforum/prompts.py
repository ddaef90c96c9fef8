"""Deforum's prompts as rows: a text by frame, what not to show behind ``--neg``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise

from sheetrender.planning import readers
from sheetrender.planning.expressions import compute
from sheetrender.planning.syntax import FormulaError

NEGATIVE = "--neg"
_NEGATIVE = re.compile(r"--neg(?:ative)?\b")
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{\s*[^\W\d][\w \-]*\}")


@dataclass(frozen=True, slots=True)
class PromptRow:
    """One prompt.

    Attributes:
        key: as it stands in the file.
        frame: where it begins, 0-based.
        prompt: what to show, as a cell holds it.
        negative: what not to show, likewise.
    """

    key: str
    frame: int
    prompt: str
    negative: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A prompt that no row can be made of, and why."""

    key: str
    text: object
    why: str


def prompt_rows(
    prompts: object, negatives: object, before: str, behind: str, frames: int
) -> Iterator[PromptRow | Unreadable]:
    """Yield the prompts of a file in the order in which they stand there.

    Args:
        prompts: text by frame; or a list, which is spread over the video; or one text.
        negatives: of the notebook, in the same forms.
        before: stands before every prompt.
        behind: what no prompt shall show.
        frames: of the video; the last one is ``max_f`` in keys.
    """
    against = {frame: text for _, frame, text in _by_frame(negatives, frames) if frame is not None}
    for key, frame, text in _by_frame(prompts, frames):
        if frame is None:
            yield Unreadable(key, text, "its key names no frame")
        elif isinstance(text, (dict, list)) or text is None:
            yield Unreadable(key, text, "it is no text")
        else:
            held = [n for n in against if n <= frame]
            own = str(against[max(held)]) if held else ""
            yield _row(key, frame, f"{before} {text}", f"{own} {behind}")


def _row(key: str, frame: int, text: str, behind: str) -> PromptRow:
    positive, *negatives = _NEGATIVE.split(text)
    negative = " ".join([*negatives, behind])
    return PromptRow(key, frame, _as_cell(positive), _as_cell(negative))


def _as_cell(text: str) -> str:
    """Return a text on one line, with braces that mean braces and no column of the sheet."""
    text = " ".join(text.split())
    if _PLACEHOLDER.search(text):
        return text.replace("{", "{{").replace("}", "}}")
    return text


def _by_frame(prompts: object, frames: int) -> Iterator[tuple[str, int | None, object]]:
    """Yield key, frame and text of each prompt; None for a key that names no frame."""
    if isinstance(prompts, str) and prompts.lstrip().startswith("{"):
        with suppress(ValueError, RecursionError):
            prompts = json.loads(prompts)
    if isinstance(prompts, Mapping):
        for key, text in prompts.items():
            yield str(key), frame_of_key(str(key), frames), text
    elif isinstance(prompts, list):
        for number, text in enumerate(prompts):
            yield str(number), number * frames // max(1, len(prompts)), text
    elif prompts is not None:
        yield "0", 0, prompts


def frame_of_key(key: str, frames: int) -> int | None:
    """Return the frame that a key names, ``max_f`` being the last; None where it names none."""
    word = key.strip().strip("'\"").strip()
    try:
        found = float(compute(word, {"max_f": frames - 1.0}, 1)[0])
    except FormulaError:
        return None
    return int(found) if 0 <= found <= readers.LAST_FRAME else None


def without_gaps(rows: Mapping[int, tuple[str, str]]) -> dict[int, tuple[str, str]]:
    """Return prompt and negative by frame so that blank cells carry on nothing unwanted.

    An empty cell holds what stood above it. Where a later prompt has nothing that it shall not
    show, or is empty itself, all of them say so in the prompt, behind ``--neg``.
    """
    ordered = [rows[frame] for frame in sorted(rows)]
    carries = any(
        (before[0] and not after[0]) or (before[1] and not after[1])
        for before, after in pairwise(ordered)
    )
    if not carries:
        return dict(rows)
    return {frame: (_in_one(*texts), "") for frame, texts in rows.items()}


def _in_one(prompt: str, negative: str) -> str:
    return f"{prompt} {NEGATIVE} {negative}".strip() if negative or not prompt else prompt
