"""Google's own description of its API, and whether something is as it says."""

from __future__ import annotations

import importlib.resources
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tests.emulator.field_mask import Mask

Schema = Mapping[str, Any]
PACKAGE = "googleapiclient.discovery_cache.documents"
INTEGERS = {
    "int32": (-(1 << 31), (1 << 31) - 1),
    "uint32": (0, (1 << 32) - 1),
}


@dataclass(frozen=True, slots=True)
class Wrong:
    """A place that is not as described: `data[0].range`, and what is wrong there."""

    place: str
    problem: str
    unknown: str | None = None
    """The name that the description does not know, if that is what is wrong."""

    def __str__(self) -> str:
        return f"{self.place or 'body'}: {self.problem}"


@dataclass(frozen=True, slots=True)
class Method:
    """One method of an API, with the paths that lead to it."""

    id: str
    verb: str
    path: re.Pattern[str]
    parameters: Mapping[str, Schema]
    request: str | None
    response: str | None


class Document:
    """One discovery document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.schemas: Mapping[str, Schema] = document["schemas"]
        self.parameters: Mapping[str, Schema] = document["parameters"]
        base = document.get("servicePath", "")
        methods = [_method(found, base, self.parameters) for found in _methods(document)]
        self.methods = sorted(methods, key=lambda method: len(method.path.pattern), reverse=True)

    def find(self, verb: str, path: str) -> tuple[Method, dict[str, str]] | None:
        """Find the method of a path that is still percent-encoded."""
        for method in self.methods:
            if method.verb == verb and (found := method.path.fullmatch(path)):
                return method, found.groupdict()
        return None

    def check(self, value: Any, schema: str) -> list[Wrong]:
        """List what is wrong with a body or an answer."""
        return list(self._wrongs(value, self.schemas[schema], ""))

    def check_query(self, method: Method, query: Mapping[str, Sequence[str]]) -> list[Wrong]:
        return [wrong for name, texts in query.items() for wrong in _query(method, name, texts)]

    def check_mask(self, mask: Mask, schema: str, place: str = "") -> list[Wrong]:
        """List the names of a mask that the answer cannot have."""
        properties = self.schemas[schema].get("properties", {})
        wrongs: list[Wrong] = []
        for name, deeper in mask.items():
            if name == "*":
                continue
            if name not in properties:
                wrongs.append(Wrong(place + name, "is no field of " + schema, name))
                continue
            found = properties[name].get("items", properties[name])
            if deeper and "$ref" in found:
                wrongs += self.check_mask(deeper, found["$ref"], f"{place}{name}.")
        return wrongs

    def _wrongs(self, value: Any, schema: Schema, place: str) -> Iterator[Wrong]:
        if "$ref" in schema:
            yield from self._wrongs(value, self.schemas[schema["$ref"]], place)
        elif schema["type"] == "object":
            yield from self._object(value, schema, place)
        elif schema["type"] == "array":
            if not isinstance(value, list):
                yield Wrong(place, f"a list was expected, not {value!r:.80}")
                return
            for index, item in enumerate(value):
                yield from self._wrongs(item, schema["items"], f"{place}[{index}]")
        elif problem := _scalar(value, schema):
            yield Wrong(place, problem)

    def _object(self, value: Any, schema: Schema, place: str) -> Iterator[Wrong]:
        if not isinstance(value, dict):
            yield Wrong(place, f"an object was expected, not {value!r:.80}")
            return
        properties, others = schema.get("properties", {}), schema.get("additionalProperties")
        for name, part in value.items():
            inner = properties.get(name, others)
            if inner is None:
                problem = f"Unknown name {json.dumps(name)}"
                yield Wrong(place, problem, name)
            elif part is not None:  # null is as good as absent
                yield from self._wrongs(part, inner, f"{place}.{name}" if place else name)


@lru_cache
def sheets() -> Document:
    return _load("sheets.v4.json")


@lru_cache
def drive() -> Document:
    return _load("drive.v3.json")


def _load(name: str) -> Document:
    text = importlib.resources.files(PACKAGE).joinpath(name).read_text(encoding="utf-8")
    return Document(json.loads(text))


def _methods(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from node.get("methods", {}).values()
    for resource in node.get("resources", {}).values():
        yield from _methods(resource)


def _method(found: Mapping[str, Any], base: str, shared: Mapping[str, Schema]) -> Method:
    pattern = "/" + re.escape(base + found["path"])
    pattern = re.sub(r"\\\{\\?\+?(\w+)\\\}", r"(?P<\1>[^/]+?)", pattern)
    return Method(
        found["id"],
        found["httpMethod"],
        re.compile(pattern),
        {**shared, **found.get("parameters", {})},
        found.get("request", {}).get("$ref"),
        found.get("response", {}).get("$ref"),
    )


def _query(method: Method, name: str, texts: Sequence[str]) -> Iterator[Wrong]:
    schema = method.parameters.get(name)
    if schema is None or schema.get("location") != "query":
        yield Wrong("", f"Unknown name {json.dumps(name)}", name)
        return
    if len(texts) > 1 and not schema.get("repeated"):
        yield Wrong(name, "stands more than once")
    for text in texts:
        if problem := _scalar(_read(text, schema), schema):
            yield Wrong(name, problem)


def _read(text: str, schema: Schema) -> Any:
    """Read the text of a query; gspread writes True for true, and Google takes it."""
    if schema["type"] == "boolean":
        return {"true": True, "false": False}.get(text.lower(), text)
    if schema["type"] == "integer" and re.fullmatch(r"-?\d+", text):
        return int(text)
    return text


def _scalar(value: Any, schema: Schema) -> str | None:
    """Say what is wrong with a value that is neither a list nor an object, or None."""
    kind = schema["type"]
    if kind == "any":
        return None
    if kind == "string":
        if not isinstance(value, str):
            return f"a text was expected, not {value!r:.80}"
        if "enum" in schema and value not in schema["enum"]:
            return f"{value!r} is none of {', '.join(schema['enum'])}"
        return None
    if kind == "boolean":
        return None if isinstance(value, bool) else f"true or false was expected, not {value!r:.80}"
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "number":
        return None if is_number else f"a number was expected, not {value!r:.80}"
    least, most = INTEGERS.get(schema.get("format", "int32"), INTEGERS["int32"])
    if isinstance(value, int) and is_number and least <= value <= most:
        return None
    return f"a whole number was expected, not {value!r:.80}"
