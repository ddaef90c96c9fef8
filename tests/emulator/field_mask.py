"""Google's `fields`: which parts of an answer are asked for."""

from __future__ import annotations

import re
from typing import Any

from tests.emulator.errors import ApiError

Mask = dict[str, Any]
"""Names to masks of what is inside; an empty mask is all of it, `*` stands for any name."""

TOKEN = re.compile(r"\s*([A-Za-z0-9_@*]+|[(),./])")


def parse(text: str) -> Mask:
    """Read `properties(locale,timeZone),sheets.data/rowData` and the like.

    Raises:
        ApiError: it is no mask.
    """
    tokens: list[str] = []
    place = 0
    while place < len(text.rstrip()):
        found = TOKEN.match(text, place)
        if not found:
            raise invalid(text)
        tokens.append(found[1])
        place = found.end()
    mask, end = _items(tokens, 0, text)
    if end != len(tokens):
        raise invalid(text)
    return mask


def invalid(text: str) -> ApiError:
    return ApiError.invalid(f"Invalid field selection {text}")


def _items(tokens: list[str], at: int, text: str) -> tuple[Mask, int]:
    mask: Mask = {}
    while True:
        at = _item(tokens, at, mask, text)
        if at >= len(tokens) or tokens[at] != ",":
            return mask, at
        at += 1


def _item(tokens: list[str], at: int, mask: Mask, text: str) -> int:
    """Read one path with what stands in brackets behind it into the mask."""
    path: list[str] = []
    while True:
        if at >= len(tokens) or tokens[at] in "(),./":
            raise invalid(text)
        path.append(tokens[at])
        at += 1
        if at >= len(tokens) or tokens[at] not in "./":
            break
        at += 1
    inside: Mask = {}
    if at < len(tokens) and tokens[at] == "(":
        inside, at = _items(tokens, at + 1, text)
        if at >= len(tokens) or tokens[at] != ")":
            raise invalid(text)
        at += 1
    _merge(mask, path, inside)
    return at


def _merge(mask: Mask, path: list[str], inside: Mask) -> None:
    name, rest = path[0], path[1:]
    new: Mask = {}
    if rest:
        _merge(new, rest, inside)
    else:
        new = inside
    if name not in mask:
        mask[name] = new
    elif not mask[name] or not new:
        mask[name] = {}
    else:
        for inner, deeper in new.items():
            _merge(mask[name], [inner], deeper)


def inside(mask: Mask, name: str) -> Mask | None:
    """The mask of a part, or None where the part is not asked for."""
    if not mask:
        return {}
    return mask[name] if name in mask else mask.get("*")


def asks_for(mask: Mask, *path: str) -> bool:
    """Whether the part at the path, or something in it, is asked for."""
    for name in path:
        deeper = inside(mask, name)
        if deeper is None:
            return False
        mask = deeper
    return True


def masked(answer: Any, mask: Mask) -> Any:
    """Keep what is asked for; parts of lists stay in their places, empty if need be."""
    if not mask:
        return answer
    if isinstance(answer, list):
        return [masked(item, mask) for item in answer]
    if not isinstance(answer, dict):
        return answer
    asked = {name: inside(mask, name) for name in answer}
    return {
        name: masked(part, deeper)
        for name, part in answer.items()
        if (deeper := asked[name]) is not None
    }
