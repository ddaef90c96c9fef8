"""Requests and answers held against Google's description of its API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tests.emulator import discovery
from tests.emulator.call import Call, without_nulls
from tests.emulator.discovery import Document, Method, Wrong
from tests.emulator.errors import ApiError
from tests.emulator.field_mask import Mask, invalid, masked, parse


def find(verb: str, path: str) -> tuple[Method, dict[str, str]] | None:
    """Find the method of a path that is still percent-encoded."""
    path = path.removeprefix("/upload")
    return document_of(path.startswith("/drive/")).find(verb, path)


def document_of(is_drive: bool) -> Document:
    return discovery.drive() if is_drive else discovery.sheets()


def understood(call: Call, violations: list[str]) -> Call:
    """Check a call and drop the nulls of its body.

    Raises:
        ApiError: 400; what was wrong is in `violations`.
    """
    document = document_of(call.kind == "drive")
    wrongs = [] if call.kind == "drive" else document.check_query(call.method, call.query)
    if isinstance(call.body, bytes):
        return call
    if call.method.request:
        wrongs += document.check(call.body, call.method.request)
    elif call.body:
        wrongs.append(Wrong("", "a body came where none is expected"))
    if wrongs:
        violations += [f"{call.method.id}: {wrong}" for wrong in wrongs]
        raise refusal(wrongs[0])
    _check_mask(call, document, violations)
    return replace(call, body=without_nulls(call.body))


def _check_mask(call: Call, document: Document, violations: list[str]) -> None:
    if not (text := call.option("fields")) or call.method.response is None:
        return
    try:
        wrongs = document.check_mask(parse(text), call.method.response)
    except ApiError:
        violations.append(f"{call.method.id}: {text!r} is no field mask")
        raise
    if wrongs:
        violations += [f"{call.method.id}: {wrong}" for wrong in wrongs]
        raise invalid(wrongs[0].place)


def refusal(wrong: Wrong) -> ApiError:
    """Say what is wrong in Google's words."""
    if wrong.unknown is None:
        return ApiError.invalid(f"Invalid value at '{wrong.place}': {wrong.problem}")
    if wrong.place:
        message = f"{wrong.problem} at '{wrong.place}': Cannot find field."
    else:
        message = f"{wrong.problem}: Cannot bind query parameter."
    text = f"Invalid JSON payload received. {message}"
    return ApiError.unknown_name(text, wrong.place)


def outgoing(call: Call, answer: Mapping[str, Any], violations: list[str]) -> Any:
    """Cut an answer down to the asked fields, and check it."""
    document = document_of(call.kind == "drive")
    assert call.method.response
    mask = parse(call.option("fields")) if call.option("fields") else {}
    sent = masked(answer, mask)
    violations += [
        f"answer of the emulator to {call.method.id}: {wrong}"
        for wrong in document.check(sent, call.method.response)
    ]
    return sent


def update_mask(fields: str, schema: str) -> Mask:
    """Read which parts an update names.

    Raises:
        ApiError: none, or some that do not exist.
    """
    if not fields.strip():
        raise ApiError.invalid(
            "At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)"
        )
    mask = parse(fields)
    if wrongs := discovery.sheets().check_mask(mask, schema):
        raise invalid(wrongs[0].place)
    return mask
