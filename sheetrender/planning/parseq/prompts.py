"""The prompts of a document: the text of every frame, and the few rows that say the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sheetrender.planning.deforum.formulas import plain_number
from sheetrender.planning.functions.function import Numbers
from sheetrender.planning.lines import needed, since, without_repeats
from sheetrender.planning.parseq.clock import FieldNames
from sheetrender.planning.parseq.computing import computed
from sheetrender.planning.parseq.document import Document
from sheetrender.planning.parseq.grammar import parse
from sheetrender.planning.parseq.prompt_list import ParseqPrompt
from sheetrender.planning.syntax import FormulaError, Infix, Literal_

MOST_AT_ONCE = 50
"""Prompts that stand beside each other at a frame."""

SHORTEST = 4
"""Frames over which a number that moves becomes a formula, and not a row for every frame."""

_EXPRESSION = re.compile(r"\$\{(.*?)\}", re.DOTALL)
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])")


class PromptTexts:
    """The prompts of a document as texts of frames.

    Attributes:
        notices: about formulas in prompts that could not be computed.
    """

    def __init__(self, document: Document, names: FieldNames) -> None:
        """Prepare the prompts.

        Args:
            document: that they stand in.
            names: every field by its name, beside what all formulas know.
        """
        self._document = document
        self._names = names
        self._numbers: dict[str, list[str]] = {}
        self.notices: list[str] = []

    def all(self) -> list[str]:
        """Return the prompt of every frame, what not to show behind ``--neg``."""
        if not self._document.prompts:
            return []
        texts: list[str] = []
        for first, end, shown in self._stretches():
            if len(shown) > MOST_AT_ONCE:
                self.notices.append(
                    f"More than {MOST_AT_ONCE} prompts stand beside each other at frame {first}: "
                    f"the first {MOST_AT_ONCE} are taken."
                )
            texts += [self._at(frame, shown[:MOST_AT_ONCE]) for frame in range(first, end)]
        return texts

    def _stretches(self) -> Iterator[tuple[int, int, list[ParseqPrompt]]]:
        """Yield the stretches of frames with the prompts that stand there."""
        frames, prompts = self._document.frames, self._document.prompts
        starts: dict[int, list[int]] = {0: [], frames: []}
        ends: dict[int, list[int]] = {}
        for number, prompt in enumerate(prompts):
            if prompt.first <= prompt.last and prompt.first < frames and prompt.last >= 0:
                starts.setdefault(max(prompt.first, 0), []).append(number)
                ends.setdefault(min(prompt.last + 1, frames), []).append(number)
        shown: set[int] = set()
        for first, end in pairwise(sorted({*starts, *ends})):
            shown |= set(starts.get(first, ()))
            shown -= set(ends.get(first, ()))
            yield first, end, [prompts[number] for number in sorted(shown)[: MOST_AT_ONCE + 1]]

    def _at(self, frame: int, shown: Sequence[ParseqPrompt]) -> str:
        common = self._document.common
        sides = [
            self._joined([(_with(text, behind), p) for text, p in side], frame)
            for side, behind in (
                ([(p.positive, p) for p in shown], common[0]),
                ([(p.negative, p) for p in shown], common[1]),
            )
        ]
        return " --neg ".join(sides) if sides[1].strip() else sides[0]

    def _joined(self, texts: Sequence[tuple[str, ParseqPrompt]], frame: int) -> str:
        if len(texts) == 1:
            return self._filled(texts[0][0], frame)
        if not any(text for text, _ in texts):
            return ""
        return " AND ".join(
            f"{self._filled(text, frame)}: {self._weight(prompt, frame)}" for text, prompt in texts
        )

    def _weight(self, prompt: ParseqPrompt, frame: int) -> str:
        overlap = prompt.overlap
        if overlap.kind == "custom":
            return self._filled(f"${{{overlap.formula}}}", frame)
        if overlap.kind != "linear":
            return "1"
        since, left = frame - prompt.first, prompt.last - frame
        if overlap.fade_in and since < overlap.fade_in:
            return _four_digits(since / overlap.fade_in)
        if overlap.fade_out and left < overlap.fade_out:
            return _four_digits(left / overlap.fade_out)
        return "1"

    def _filled(self, text: str, frame: int) -> str:
        def number(match: re.Match[str]) -> str:
            return self._series(match[1])[frame]

        return _EXPRESSION.sub(number, text).replace("\n", " ")

    def _series(self, formula: str) -> list[str]:
        """Return what a formula in a prompt is at every frame."""
        if formula not in self._numbers:
            try:
                self._numbers[formula] = self._computed(formula)
            except FormulaError as error:
                shown = formula[:60]
                self.notices.append(f"A prompt has ${{{shown}}}, which {error}: 1 stands there.")
                self._numbers[formula] = ["1"] * self._document.frames
        return self._numbers[formula]

    def _computed(self, formula: str) -> list[str]:
        tree = parse(formula)
        match tree:
            case Infix(":", Literal_(str() as term), weight):
                values = computed(weight, self._names)
                return [f"({term}:{plain_number(value)})" for value in values.tolist()]
        values = computed(tree, self._names)
        if not np.all(np.isfinite(values)):
            raise FormulaError(f"has no value at frame {np.flatnonzero(~np.isfinite(values))[0]}")
        return [f"{value:.5f}" for value in values.tolist()]


def _with(text: str, behind: str) -> str:
    return f"{text} {behind}" if behind else text


def _four_digits(value: float) -> str:
    return f"{value:#.4g}".rstrip(".")


@dataclass(frozen=True, slots=True)
class _Shape:
    """A text with its numbers taken out.

    Attributes:
        parts: the text around the numbers, one piece more than there are numbers.
        numbers: as they are written.
    """

    parts: tuple[str, ...]
    numbers: tuple[str, ...]


def _shape(text: str) -> _Shape:
    return _Shape(tuple(_NUMBER.split(text)), tuple(_NUMBER.findall(text)))


def few_texts(texts: Sequence[str]) -> dict[int, str]:
    """Return texts by the frame from which they hold; numbers that move are between backticks.

    Args:
        texts: of every frame.
    """
    found: dict[int, str] = {}
    for first, end in _runs(texts):
        if texts[first] == texts[end - 1] and len(set(texts[first:end])) == 1:
            found[first] = texts[first]
        else:
            found |= _moving(texts, first, end)
    return without_repeats(found)


def _runs(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the stretches of frames whose texts differ in nothing but numbers."""
    first, before = 0, _shape(texts[0]).parts
    for frame, (text, last) in enumerate(zip(texts[1:], texts, strict=False), start=1):
        parts = before if text == last else _shape(text).parts
        if parts != before:
            yield first, frame
            first, before = frame, parts
    yield first, len(texts)


def _moving(texts: Sequence[str], first: int, end: int) -> dict[int, str]:
    shapes = [_shape(text) for text in texts[first:end]]
    values = np.asarray([[float(n) for n in shape.numbers] for shape in shapes])
    margins = np.asarray([[_last_digit(n) for n in shape.numbers] for shape in shapes])
    bends = {0, end - first}
    for column, margin in zip(values.T, margins.T, strict=True):
        # A line that ends with the stretch has no bend there.
        bends.update(bend for bend in needed(column, margin) if bend < len(column) - 1)
    found: dict[int, str] = {}
    for start, stop in pairwise(sorted(bends)):
        if stop - start < SHORTEST or "`" in texts[first + start]:
            found |= {first + n: texts[first + n] for n in range(start, stop)}
        else:
            found[first + start] = _formula(shapes, values, start, stop, first)
    return found


def _last_digit(number: str) -> float:
    """Return what the last printed digit of a number is worth, and a little more."""
    return 1.01 * 10.0 ** -max(len(number.partition(".")[2]), 4)


def _formula(shapes: Sequence[_Shape], values: Numbers, start: int, stop: int, first: int) -> str:
    """Return the text of some frames, each number that moves as the line from end to end."""
    made = []
    for number, column in zip(shapes[start].numbers, values[start:stop].T, strict=True):
        if np.all(column == column[0]):
            made.append(number)
            continue
        slope = float(f"{(column[-1] - column[0]) / (len(column) - 1):.10g}")
        made.append(f"`{plain_number(float(column[0]))}+{_slope(slope)}*{since(first + start)}`")
    parts = shapes[start].parts
    return "".join(part + number for part, number in zip(parts, [*made, ""], strict=True))


def _slope(value: float) -> str:
    return plain_number(value) if value >= 0 else f"({plain_number(value)})"
