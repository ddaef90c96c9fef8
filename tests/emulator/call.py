"""One call of the API, after its parts have been read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.emulator.discovery import Method


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A method with its path, query and body; `email` is who calls, if known."""

    method: Method
    path: Mapping[str, str]
    query: Mapping[str, Sequence[str]]
    body: Any
    email: str | None = None

    @property
    def kind(self) -> str:
        return kind_of(self.method)

    def option(self, name: str, default: str = "") -> str:
        """One value of the query."""
        return self.query[name][0] if self.query.get(name) else default

    def flag(self, name: str) -> bool:
        return self.option(name).lower() == "true"


def kind_of(method: Method) -> str:
    """Say which quota a method counts for."""
    if method.id.startswith("drive."):
        return "drive"
    name = method.id.rpartition(".")[2]
    reads = method.verb == "GET" or name in {"getByDataFilter", "batchGetByDataFilter", "search"}
    return "read" if reads else "write"


def without_nulls(value: Any, *, rows: bool = False) -> Any:
    """Drop the nulls of a body, which are as good as absent, but for those between values."""
    if isinstance(value, dict):
        return {
            name: without_nulls(part, rows=name == "values")
            for name, part in value.items()
            if part is not None
        }
    if isinstance(value, list):
        kept = value if rows else [part for part in value if part is not None]
        return [without_nulls(part, rows=rows) for part in kept]
    return value
