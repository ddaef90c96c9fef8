from __future__ import annotations

from http import HTTPStatus

import pytest

from sheetrender.dashboard.guard import Guard

TOKEN = "the-right-one"
HOST = "127.0.0.1:8765"
GUARD = Guard(token=TOKEN, cookie="page-8765")
OPEN = Guard(token=TOKEN, cookie="page-8765", hosts={"studio"}, is_open=True)


def status(guard: Guard = GUARD, method: str = "GET", token: str | None = None, **more: str) -> int:
    headers = {"host": HOST, **{name.replace("_", "-"): value for name, value in more.items()}}
    refusal = guard.refusal(method, headers, token)
    return 200 if refusal is None else refusal.status


@pytest.mark.parametrize(
    "more",
    [
        {"token": TOKEN},
        {"cookie": f"other=1; page-8765={TOKEN}"},
        {"authorization": f"Bearer {TOKEN}"},
    ],
)
def test_the_token_lets_in_however_it_comes(more: dict[str, str]) -> None:
    assert status(**more) == 200


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"token": ""},
        {"token": "wrong"},
        {"token": TOKEN[:-1]},
        {"token": "\udc80ü"},
        {"cookie": f"page-1234={TOKEN}"},
        {"cookie": 'page-8765="'},
        {"authorization": f"Basic {TOKEN}"},
        {"authorization": "Bearer "},
    ],
)
def test_anything_else_does_not(more: dict[str, str]) -> None:
    assert status(**more) == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize("host", ["localhost:1", "LOCALHOST", "[::1]:8765", "127.0.0.1", HOST])
def test_this_machine_has_several_names(host: str) -> None:
    assert status(token=TOKEN, host=host) == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "", "192.168.0.7", "127.0.0.1@evil", "[::1"]
)
def test_a_name_that_somebody_else_made_up_is_refused_even_with_the_token(host: str) -> None:
    assert status(token=TOKEN, host=host) == HTTPStatus.BAD_REQUEST


def test_a_server_on_all_addresses_has_any_number_but_no_other_name() -> None:
    assert status(OPEN, token=TOKEN, host="192.168.0.7:8765") == 200
    assert status(OPEN, token=TOKEN, host="studio:8765") == 200
    assert status(OPEN, token=TOKEN, host="evil.example") == HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_nothing_can_be_changed(method: str) -> None:
    assert status(method=method, token=TOKEN) == HTTPStatus.METHOD_NOT_ALLOWED


@pytest.mark.parametrize(
    "more",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1234"},
        {"sec_fetch_site": "cross-site", "sec_fetch_mode": "no-cors"},
        {"sec_fetch_site": "same-site", "sec_fetch_mode": "cors"},
    ],
)
def test_other_pages_may_not_ask(more: dict[str, str]) -> None:
    assert status(token=TOKEN, **more) == HTTPStatus.FORBIDDEN
    assert status(method="POST", token=TOKEN, **more) == HTTPStatus.FORBIDDEN


def test_the_page_itself_may_and_a_link_leads_to_it() -> None:
    assert status(token=TOKEN, origin=f"http://{HOST}", sec_fetch_site="same-origin") == 200
    assert status(token=TOKEN, sec_fetch_site="cross-site", sec_fetch_mode="navigate") == 200
