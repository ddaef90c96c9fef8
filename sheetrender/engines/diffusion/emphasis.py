"""Emphasis in prompts, parsed: ``(word:1.2)``, ``((word))``, ``[word]``, ``[a|b]``, ``(word)++``.

Source: the prompt syntax of the AUTOMATIC1111 web UI, and compel's.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

Fragments: TypeAlias = tuple[tuple[str, float], ...]
"""Pieces of a prompt in their order, each with its weight; 1.0 is that of a plain word."""

_TAG = re.compile(r"<[a-z]+:[^<>]*>", re.IGNORECASE)
_CHOICE = re.compile(r"(?<!\\)\[([^\[\]|]*(?:\|[^\[\]|]*)+)\]")
_SWITCH = re.compile(r"(?<!\\)\[([^\[\]:]*):[^\[\]]*\]")
_TOKEN = re.compile(
    r"""
    \\(?P<escaped>.)
    | (?P<open>[(\[])
    | :\s*(?P<weight>\d*\.?\d+)\s*\)
    | \)(?P<behind>\d*\.\d+|[+-]+)
    | (?P<close>[)\]])
    | (?P<text>[^\\()\[\]:]+|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ROUND = 1.1
_SQUARE = 1 / 1.1
_LESS = 0.9
_MOST_CHOICES = 8


@lru_cache(maxsize=1024)
def variants(prompt: str) -> tuple[Fragments, ...]:
    """Return what a prompt says, once for each turn of its choices; the mean of them is meant.

    ``a [red|blue] fox`` has two; a prompt without a choice has one. Of ``[a:b:0.5]`` the first
    stays, tags such as ``<lora:name:1>`` go.
    """
    text = _TAG.sub("", prompt)
    options = [match.group(1).count("|") + 1 for match in _CHOICE.finditer(text)]
    turns = min(max(options, default=1), _MOST_CHOICES)
    return tuple(fragments(_chosen(text, turn)) for turn in range(turns))


def _chosen(text: str, turn: int) -> str:
    def option(match: re.Match[str]) -> str:
        options = match.group(1).split("|")
        return options[turn % len(options)]

    return _SWITCH.sub(r"\1", _CHOICE.sub(option, text))


def fragments(text: str) -> Fragments:
    """Return the pieces of a text without choices; a bracket that nothing closes is dropped."""
    pieces: list[tuple[str, float]] = []
    opened: list[int] = []
    for token in _TOKEN.finditer(text):
        if token["open"]:
            opened.append(len(pieces))
        elif token["escaped"] or token["text"]:
            pieces.append((token["escaped"] or token["text"], 1.0))
        elif opened:
            start = opened.pop()
            pieces[start:] = [(words, weight * _factor(token)) for words, weight in pieces[start:]]
    return _joined(pieces)


def _factor(token: re.Match[str]) -> float:
    if token["weight"]:
        return float(token["weight"])
    behind = token["behind"]
    if not behind:
        return _ROUND if token["close"] == ")" else _SQUARE
    if behind[0] in "+-":
        return float(_ROUND ** behind.count("+") * _LESS ** behind.count("-"))
    return float(behind)


def _joined(pieces: list[tuple[str, float]]) -> Fragments:
    """Return the pieces with neighbours of one weight joined; at least one."""
    joined: list[tuple[str, float]] = []
    for words, weight in pieces:
        if joined and joined[-1][1] == weight:
            joined[-1] = (joined[-1][0] + words, weight)
        else:
            joined.append((words, weight))
    return tuple(joined) or (("", 1.0),)
