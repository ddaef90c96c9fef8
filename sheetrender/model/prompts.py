"""Prompts as texts: numbers in them that move, and the plain words under the emphasis."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

_TAG = re.compile(r"<[a-z]+:[^<>]*>", re.IGNORECASE)
_CHOICE = re.compile(r"\[([^\[\]|]*)\|[^\[\]]*\]")
_SWITCH = re.compile(r"\[([^\[\]:]*):[^\[\]]*\]")
_WEIGHT = re.compile(r":\s*-?\d*\.?\d+\s*(?=[)\]])")
_BEHIND = re.compile(r"(?<=\))(?:[+-]+|\d*\.\d+)")
_BRACKETS = re.compile(r"(?<!\\)[()\[\]]")
_BLANKS = re.compile(r"\s+")
_BEFORE_COMMA = re.compile(r"\s+(?=,)")


@dataclass(frozen=True, slots=True, eq=False)
class MovingText:
    """A text with numbers in it that change from frame to frame.

    Attributes:
        parts: the text around the numbers, one piece more than there are numbers.
        numbers: shape (frames of the row, numbers), finite.
    """

    parts: tuple[str, ...]
    numbers: npt.NDArray[np.float64]

    def at(self, since: int) -> str:
        """Return the text so many frames after the row began; behind its end, the last one."""
        row = self.numbers[min(max(since, 0), len(self.numbers) - 1)]
        shown = [*map(short_number, row.tolist()), ""]
        return "".join(part + number for part, number in zip(self.parts, shown, strict=True))


def short_number(number: float) -> str:
    """Return a number as it stands in a prompt: six decimals at most, and never an exponent."""
    shown = f"{number:.6f}".rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown


@lru_cache(maxsize=1024)
def plain_words(prompt: str) -> str:
    """Return a prompt for those who do not read emphasis: ``(fox:1.3)`` is ``fox``.

    Of ``[a|b]`` and ``[a:b:0.5]`` the first stays; tags such as ``<lora:name:1>`` go.

    Source: the prompt syntax of the AUTOMATIC1111 web UI, and compel's.
    """
    words = _TAG.sub("", prompt)
    words = _CHOICE.sub(r"\1", words)
    words = _WEIGHT.sub("", words)
    words = _SWITCH.sub(r"\1", words)
    words = _BRACKETS.sub("", _BEHIND.sub("", words)).replace("\\(", "(").replace("\\)", ")")
    return _BEFORE_COMMA.sub("", _BLANKS.sub(" ", words)).strip(" ,")
