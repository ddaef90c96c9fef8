"""What Google Sheets and the network answer, in sentences that name the remedy."""

from __future__ import annotations

import re
from typing import Any

import requests
from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
from gspread.exceptions import APIError
from requests.exceptions import ChunkedEncodingError, ContentDecodingError

from sheetrender.model.errors import SheetChanged, SheetUnavailable
from sheetrender.sheets.google_auth import ANONYMOUS, SCOPES, Identity
from sheetrender.sheets.google_names import OURS

FAILURES = (APIError, requests.RequestException, GoogleAuthError)
"""Everything that the client raises."""

_ENABLE = "https://console.cloud.google.com/apis/library/sheets.googleapis.com"
_LINK = re.compile(r"https://console\.[^\s\"']+")
_NO_RANGE = re.compile(r"Unable to parse range: (.+)")


def unavailable(error: Exception, sheet: str, identity: Identity) -> SheetUnavailable:
    """Return the program's own error for one of `FAILURES`.

    Args:
        error: what the client raised.
        sheet: what the sheet is called in messages, with its key.
        identity: as whom it was opened.
    """
    if isinstance(error, APIError):
        return _refused(error, sheet, identity)
    if isinstance(error, TransportError | requests.RequestException):
        return SheetUnavailable(_no_connection(error, sheet))
    return SheetUnavailable(_no_sign_in(error, sheet, identity))


def _refused(error: APIError, sheet: str, identity: Identity) -> SheetUnavailable:
    status = error.response.status_code
    said = _said(error)
    match status:
        case 400:
            return _bad_request(sheet, said, identity)
        case 401:
            return SheetUnavailable(_no_sign_in(error, sheet, identity))
        case 403:
            return SheetUnavailable(_forbidden(error, sheet, said, identity))
        case 404:
            return SheetUnavailable(
                f"{sheet} does not exist. Copy its address anew from the browser."
            )
        case 429:
            return SheetUnavailable(
                f"{sheet} was asked for more often than Google allows in a minute. Wait a minute, "
                "or stop other programs that use the same account."
            )
        case _:
            return SheetUnavailable(
                f"{sheet} cannot be reached: Google answers with the error {status}. "
                "Try again in a few minutes."
            )


def _bad_request(sheet: str, said: str, identity: Identity) -> SheetUnavailable:
    if OURS in said:
        return SheetChanged(f"{sheet} lost a status column while it was written. Read it again.")
    if tab := _NO_RANGE.search(said):
        title = tab[1].rpartition("!")[0].strip("'").replace("''", "'")
        return SheetChanged(
            f"{sheet} no longer has the tab {title}: somebody renamed or deleted it. "
            "Give it its name back, or bring it back with File > Version history."
        )
    if "exceeds grid limits" in said:
        return SheetChanged(f"{sheet} lost rows or columns while it was written. Read it again.")
    if "protected" in said:
        return SheetUnavailable(_protected(sheet, identity))
    if "not supported for this document" in said or "Office file" in said:
        return SheetUnavailable(
            f"{sheet} is an Excel file that only lies in Google Drive. Open it there, choose "
            "File > Save as Google Sheets, and give the address of the new sheet."
        )
    if "10000000 cells" in said or "above the limit" in said:
        return SheetUnavailable(
            f"{sheet} has no room for further cells: {_sentence(said)} Delete empty rows or tabs."
        )
    return SheetUnavailable(f"{sheet} does not take the request: {_sentence(said)} Run it again.")


def _forbidden(error: APIError, sheet: str, said: str, identity: Identity) -> str:
    reasons = _reasons(error)
    if "SERVICE_DISABLED" in reasons or "has not been used in project" in said:
        link = _LINK.search(said)
        return (
            f"{sheet} cannot be opened, because the Google Sheets API is switched off in the "
            f"project of {identity.source}. Switch it on at {link[0] if link else _ENABLE}, wait "
            "a minute, and run again."
        )
    if "ACCESS_TOKEN_SCOPE_INSUFFICIENT" in reasons or "insufficient authentication scopes" in said:
        return (
            f"{sheet} cannot be opened, because {identity.source} give no right to Google Sheets. "
            f"Run `sheetrender login`, or sign in with the scope {SCOPES[0]}."
        )
    if "protected" in said:
        return _protected(sheet, identity)
    if identity.has_email:
        return (
            f"{sheet} is closed to {identity.email}. "
            f"In the sheet choose Share, and add {identity.email} as Editor."
        )
    who = "everyone" if identity.email == ANONYMOUS else "the account that you signed in with"
    return f"{sheet} is closed to you. Let its owner choose Share, and add {who} as Editor."


def _protected(sheet: str, identity: Identity) -> str:
    who = identity.email if identity.has_email else "you"
    return (
        f"{sheet} has protected cells among those to be written. "
        f"Let its owner choose Data > Protect sheets and ranges, and let {who} edit them."
    )


def _no_sign_in(error: Exception, sheet: str, identity: Identity) -> str:
    place = f"{identity.path} ({identity.source})" if identity.path else identity.source
    if isinstance(error, RefreshError) and error.retryable:
        return f"{sheet} cannot be reached: Google's sign-in does not answer. Try again later."
    if identity.has_email and "gserviceaccount.com" in identity.email:
        return (
            f"{sheet} cannot be opened: Google no longer takes the key in {place}. Check this "
            "machine's clock; else make a new key in the Google Cloud console."
        )
    return (
        f"{sheet} cannot be opened: the sign-in of {place} has expired or was revoked. "
        "Run `sheetrender login`."
    )


def _no_connection(error: Exception, sheet: str) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return (
            f"{sheet} cannot be reached safely: the certificate of the connection is not Google's. "
            "Check this machine's clock, and ask whoever runs the network about its proxy."
        )
    if isinstance(error, requests.exceptions.ProxyError):
        return f"{sheet} cannot be reached: the proxy does not answer. Check HTTPS_PROXY."
    if isinstance(error, ChunkedEncodingError | ContentDecodingError):
        return f"{sheet} was answered with something that is not whole. Try again in a minute."
    if isinstance(error, requests.exceptions.ReadTimeout):
        return f"{sheet} cannot be reached: Google does not answer in time. Try again in a minute."
    return f"{sheet} cannot be reached. Check the network, and run again."


def _said(error: APIError) -> str:
    return str(error.error.get("message", ""))


def _sentence(said: str) -> str:
    line = " ".join(said.split())[:200].rstrip(".")
    return f"{line}." if line else "it gives no reason."


def _reasons(error: APIError) -> set[Any]:
    details = error.error.get("details", ())
    return {detail.get("reason") for detail in details if isinstance(detail, dict)}
