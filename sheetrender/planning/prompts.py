"""What stands in the text cells of a row becomes its prompt and its negative prompt.

``{name}`` stands for the cell of that column in the same row, text behind ``--neg`` is what not to
show, and a formula between backticks becomes its number at every frame.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from sheetrender.model.prompts import MovingText, plain_words
from sheetrender.planning.columns import folded, nearest
from sheetrender.planning.formula_words import with_decimal_points
from sheetrender.planning.frame_names import FormulaNames, finite_values
from sheetrender.planning.syntax import FormulaError

CLIP_TOKENS = 77
"""What a text encoder of Stable Diffusion reads, its two marks of beginning and end included."""

_PLACE = re.compile(r"\{\{|\}\}|\{\s*([^\W\d][\w \-]{0,60})\}")
# Word processors make one long dash of two short ones.
_NEGATIVE = re.compile(r"\s*(?:--\s?neg(?:ative)?\b|[—–]neg\b)\s*", re.IGNORECASE)
_MATHS = re.compile(r"`([^`]*)`")
_PIECE = re.compile(r"[^\W\d_]+|\d|[^\s\w]+|_+")
_WEIGHT = re.compile(r":\s*-?\d*\.?\d+(?=[)\]])|<[a-z]+:[^<>]*>|[()\[\]]")
_ONE_TOKEN = 7
_LETTERS_MORE = 4


class MathsError(FormulaError):
    """A formula between backticks that cannot be computed.

    Attributes:
        formula: as it stands between them.
    """

    def __init__(self, formula: str, wrong: str, remedy: str) -> None:
        super().__init__(wrong, remedy)
        self.formula = formula


@dataclass(frozen=True, slots=True)
class Prompt:
    """What to show and what not to show; both may hold backticks."""

    positive: str
    negative: str


def placeholders(text: str) -> set[str]:
    """Return the names in braces in a text, folded as headings are."""
    return {folded(match[1]) for match in _PLACE.finditer(text) if match[1]}


def filled_in(text: str, value_of: Callable[[str], str | None], headings: Iterable[str]) -> str:
    """Return a text with what stands in other columns of the row in the place of their names.

    Args:
        text: as written; ``{{`` and ``}}`` stand for the braces themselves.
        value_of: what stands in the column of a folded heading; None where no column is called so.
        headings: every heading of the sheet as written.

    Raises:
        FormulaError: a name in braces is no heading.
    """

    known = list(headings)

    def replaced(match: re.Match[str]) -> str:
        if match[1] is None:
            return match.group()[0]
        value = value_of(folded(match[1]))
        if value is None:
            close = nearest(match[1], known)
            hint = f"Did you mean {{{close}}}? " if close else ""
            raise FormulaError(
                f"asks for the column {match.group()}, which the sheet does not have",
                f"{hint}Write {{{match.group()}}} for braces that are meant as they are.",
            )
        if "{" in value and (more := placeholders(value) & {folded(h) for h in known}):
            raise FormulaError(
                f"asks for {match.group()}, whose cell names {sorted(more)[0]!r} in turn",
                "Name both columns in this cell.",
            )
        return value

    return _PLACE.sub(replaced, text)


def with_decimal_points_in_maths(text: str) -> str:
    """Return a text of a sheet that writes ``0,5``, the formulas between its backticks as ours."""
    return _MATHS.sub(lambda match: f"`{with_decimal_points(match[1])}`", text)


def prompt_of(texts: Mapping[str, str], *, whole: bool) -> Prompt:
    """Return the prompt of a row: its `prompt`, or ``subject, style``.

    Args:
        texts: what the text columns hold, blanks carried on.
        whole: the row's own `prompt` counts, not subject and style.
    """
    wanted = ("prompt",) if whole else ("subject", "style")
    halves = [_halves(texts.get(heading, "")) for heading in wanted]
    positive = halves[0][0] if whole else joined(halves[0][0], halves[1][0])
    negatives = [negative for _, negative in halves] + [texts.get("negative", "")]
    negative = ""
    for more in negatives:
        negative = joined(negative, more)
    return Prompt(positive, negative)


def _halves(text: str) -> tuple[str, str]:
    """Return what stands before the first ``--neg``, and what stands behind it."""
    positive, *negatives = _NEGATIVE.split(text)
    return positive.strip(), ", ".join(part.strip() for part in negatives if part.strip())


def joined(first: str, second: str) -> str:
    """Return two texts with one comma between them; none where one is empty."""
    if not second:
        return first
    if not first:
        return second.lstrip(", ")
    return first.rstrip(", ") + (second if second.startswith(",") else f", {second}")


def caption_of(text: str) -> str:
    """Return what a row is about without what does not belong into a picture."""
    return plain_words(_MATHS.sub("1", _halves(text)[0]))


def moving(text: str, names: FormulaNames, first: int, end: int) -> MovingText | None:
    """Return a text with formulas between backticks, computed; None where it has none.

    Args:
        text: of a row.
        names: what formulas may use.
        first: first frame of the row.
        end: the frame behind its last one, greater than `first`.

    Raises:
        MathsError: a formula cannot be read, or has no value at some frame.
    """
    if "`" not in text:
        return None
    pieces = _MATHS.split(text)
    if any("`" in piece for piece in pieces[::2]):
        raise MathsError(pieces[-1], "has a backtick without its second one", "Write `formula`.")
    numbers = []
    for formula in pieces[1::2]:
        try:
            numbers.append(finite_values(formula, names, first, end))
        except FormulaError as error:
            wrong = f"has `{formula}`, which {error}"
            raise MathsError(formula, wrong, error.remedy) from error
    return MovingText(tuple(pieces[::2]), np.stack(numbers, axis=1))


def estimated_tokens(prompt: str) -> int:
    """Return about how many tokens CLIP's vocabulary makes of a prompt, with its two marks.

    Short words are mostly one token, long ones are cut; every digit and every run of signs counts
    one, letters outside of Latin script one each. Weights and tags do not reach the encoder.
    """
    count = 2
    for piece in _PIECE.findall(_WEIGHT.sub(" ", _MATHS.sub("1", prompt))):
        letters = len(piece)
        if not piece.isascii() and piece.isalpha() and not _is_latin(piece):
            count += letters
        elif piece.isalpha() and letters > _ONE_TOKEN:
            count += 1 + (letters - _ONE_TOKEN + _LETTERS_MORE) // (_LETTERS_MORE + _ONE_TOKEN)
        else:
            count += 1
    return count


def _is_latin(word: str) -> bool:
    return all(letter < "\u0250" for letter in word)
