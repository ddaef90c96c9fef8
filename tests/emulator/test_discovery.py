"""Bodies and answers are held against Google's description."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator import discovery
from tests.emulator.call import without_nulls
from tests.emulator.cells import ERRORS
from tests.emulator.conftest import Http
from tests.emulator.server import SheetsEmulator
from tests.emulator.service import SPREADSHEETS
from tests.emulator.spreadsheet_api import REQUESTS


def wrongs(body: Any, schema: str = "BatchUpdateValuesRequest") -> list[str]:
    return [str(wrong) for wrong in discovery.sheets().check(body, schema)]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"valueInputOption": "RAW", "data": [{"range": "A1", "values": [[1, None, "x", True]]}]},
        {"data": [{"majorDimension": None}]},
    ],
)
def test_what_google_describes_is_right(body: Any) -> None:
    assert wrongs(body) == []


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"datum": []}, "body: Unknown name"),
        ({"data": {}}, "data: a list was expected"),
        ({"data": [3]}, "data[0]: an object was expected"),
        ({"data": [{}, {"range": 1}]}, "data[1].range: a text was expected"),
        ({"data": [{"range": "A1", "cells": []}]}, "data[0]: Unknown name"),
        ({"data": [{"values": ["A1"]}]}, "data[0].values[0]: a list was expected"),
        ({"valueInputOption": "TYPED"}, "valueInputOption: 'TYPED' is none of"),
        ({"includeValuesInResponse": "true"}, "includeValuesInResponse: true or false"),
    ],
)
def test_what_it_does_not_describe_is_told_by_its_place(body: Any, place: str) -> None:
    [wrong] = wrongs(body)
    assert wrong.startswith(place)


@pytest.mark.parametrize(
    ("number", "right"), [(3, True), (3.5, False), (True, False), (1 << 31, False)]
)
def test_indexes_are_whole_numbers_of_32_bits(number: Any, right: bool) -> None:
    assert (wrongs({"sheetId": number}, "GridRange") == []) == right


def test_everything_that_is_emulated_exists_at_google() -> None:
    document = discovery.sheets()
    ids = {method.id for method in document.methods}
    assert {f"sheets.spreadsheets.{name}" for name in SPREADSHEETS} <= ids
    assert REQUESTS.keys() <= document.schemas["Request"]["properties"].keys()
    kinds = document.schemas["ErrorValue"]["properties"]["type"]["enum"]
    assert ERRORS.keys() == set(kinds) - {"ERROR_TYPE_UNSPECIFIED"}


def test_paths_lead_to_the_methods_of_the_description() -> None:
    expected = {
        ("GET", "/v4/spreadsheets/K"): "spreadsheets.get",
        ("POST", "/v4/spreadsheets/K:batchUpdate"): "spreadsheets.batchUpdate",
        ("GET", "/v4/spreadsheets/K/values/A1:B2"): "values.get",
        ("POST", "/v4/spreadsheets/K/values/A1%3AB2:append"): "values.append",
        ("POST", "/v4/spreadsheets/K/values/A1:B2:clear"): "values.clear",
        ("GET", "/v4/spreadsheets/K/values:batchGet"): "values.batchGet",
        ("POST", "/v4/spreadsheets/K/developerMetadata:search"): "developerMetadata.search",
    }
    for (verb, path), name in expected.items():
        found = discovery.sheets().find(verb, path)
        assert found is not None
        assert found[0].id.endswith(name)
    assert discovery.sheets().find("DELETE", "/v4/spreadsheets/K") is None


def test_nulls_are_as_good_as_absent_but_for_those_between_values() -> None:
    body = {"majorDimension": None, "values": [[None, 1]], "data": [None, {"a": None}]}
    assert without_nulls(body) == {"values": [[None, 1]], "data": [{}]}


def test_a_wrong_answer_of_the_emulator_itself_is_told(
    http: Http, emulator: SheetsEmulator
) -> None:
    emulator.add("KEY", {"T": []}, locale=7)  # type: ignore[arg-type]
    http.ask("GET", "")
    method = "answer of the emulator to sheets.spreadsheets.get"
    assert emulator.violations == [f"{method}: properties.locale: a text was expected, not 7"]
