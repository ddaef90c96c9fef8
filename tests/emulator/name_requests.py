"""Requests about named ranges: add, update, delete."""

from __future__ import annotations

import re

from tests.emulator.book import Book
from tests.emulator.cells import Shape
from tests.emulator.checks import update_mask
from tests.emulator.errors import ApiError
from tests.emulator.grid_ranges import area_of, shape_of
from tests.emulator.tab import Attached, Tab

FIT = re.compile(r"(?!\d)(?![A-Za-z]{1,3}\d+$)(?!(?i:true|false|r\d*c\d*)$)[A-Za-z0-9_]{1,250}")


def shape(tab: Tab, thing: Attached) -> Shape:
    """The NamedRange of the API; one whose cells were all deleted has no range."""
    ranged = {"range": shape_of(tab, thing.areas[0])} if thing.areas else {}
    return {**thing.shape, **ranged}


def add(book: Book, request: Shape) -> Shape:
    given = request.get("namedRange", {})
    name = given.get("name", "")
    tab, area = area_of(book, given.get("range", {}), "namedRange.range")
    _check_name(book, name)
    identity = given.get("namedRangeId") or str(book.new_id())
    thing = Attached(shape={"namedRangeId": identity, "name": name}, areas=[area], by_api=True)
    tab.names.append(thing)
    return {"namedRange": shape(tab, thing)}


def update(book: Book, request: Shape) -> Shape:
    given = request.get("namedRange", {})
    mask = update_mask(request.get("fields", ""), "NamedRange")
    tab, thing = _found(book, given.get("namedRangeId", ""))
    if "name" in mask:
        _check_name(book, given.get("name", ""))
        thing.shape["name"] = given["name"]
    if "range" in mask:
        other, area = area_of(book, given.get("range", {}), "namedRange.range")
        tab.names.remove(thing)
        other.names.append(Attached(shape=thing.shape, areas=[area], by_api=True))
    return {}


def delete(book: Book, request: Shape) -> Shape:
    tab, thing = _found(book, request.get("namedRangeId", ""))
    tab.names.remove(thing)
    return {}


def _found(book: Book, identity: str) -> tuple[Tab, Attached]:
    for tab in book.tabs:
        for thing in tab.names:
            if thing.shape["namedRangeId"] == identity:
                return tab, thing
    raise ApiError.invalid(f"No named range with id: {identity}")


def _check_name(book: Book, name: str) -> None:
    if not FIT.fullmatch(name):
        raise ApiError.invalid(f"Invalid name: {name}. Names may not look like a reference.")
    if any(thing.shape["name"] == name for tab in book.tabs for thing in tab.names):
        raise ApiError.invalid(f"A named range with the name {name} already exists.")
