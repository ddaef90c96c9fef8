"""Who may look: the page is private to whoever has its address, and nobody can change anything."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import NamedTuple
from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
METHODS = ("GET", "HEAD")
HEADERS = {
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""Of every answer but the page, which may do more."""


class Refusal(NamedTuple):
    """Why a request is not answered."""

    status: HTTPStatus
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """The rules of one server.

    Attributes:
        token: what whoever may look knows.
        cookie: name of the cookie that holds it.
        hosts: names by which the machine may be called, in lower case.
        is_open: it listens on addresses that nobody has named, so that any number of them may
            be called; a name is never one of these, which keeps rebound names out.
    """

    token: str
    cookie: str
    hosts: Collection[str] = LOOPBACK
    is_open: bool = False

    def refusal(
        self, method: str, headers: Mapping[str, str], token: str | None = None
    ) -> Refusal | None:
        """Return why a request is refused, or None where it is answered.

        Args:
            method: of the request.
            headers: by name in lower case.
            token: of the address, where it has one.
        """
        host = headers.get("host", "")
        if not self._is_ours(host):
            return Refusal(HTTPStatus.BAD_REQUEST, "This server goes by another name.")
        if not _is_same_origin(headers, host):
            return Refusal(HTTPStatus.FORBIDDEN, "Other pages may not ask this server.")
        if method not in METHODS:
            return Refusal(HTTPStatus.METHOD_NOT_ALLOWED, "This page only shows.")
        if not any(self._is_right(given) for given in (token, *self._given(headers))):
            return Refusal(
                HTTPStatus.UNAUTHORIZED,
                "Open the whole address that sheetrender serve has printed, with its token.",
            )
        return None

    def _is_ours(self, host: str) -> bool:
        name = _host_name(host)
        return name in self.hosts or (self.is_open and _is_number(name))

    def _given(self, headers: Mapping[str, str]) -> list[str]:
        scheme, _, word = headers.get("authorization", "").partition(" ")
        cookies = SimpleCookie()
        try:
            cookies.load(headers.get("cookie", ""))
        except CookieError:
            cookies.clear()
        found = cookies.get(self.cookie)
        return [word if scheme.lower() == "bearer" else "", found.value if found else ""]

    def _is_right(self, given: str | None) -> bool:
        # In the same time whatever is given, so that nobody can try a token letter by letter.
        return bool(given) and secrets.compare_digest(
            str(given).encode("utf-8", "replace"), self.token.encode()
        )


def _host_name(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_same_origin(headers: Mapping[str, str], host: str) -> bool:
    origin = headers.get("origin")
    if origin is not None and origin.lower() not in (
        f"http://{host}".lower(),
        f"https://{host}".lower(),
    ):
        return False
    # A link in a mail or a chat leads to the page, but its parts are asked for by the page alone.
    is_foreign = headers.get("sec-fetch-site", "none") in ("cross-site", "same-site")
    return not is_foreign or headers.get("sec-fetch-mode") == "navigate"
