"""What Google and the network say, in our sentences: those that no emulator brings about."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import requests
from google.auth.exceptions import RefreshError, TransportError
from gspread.exceptions import APIError

from sheetrender.model.errors import SheetChanged, SheetUnavailable
from sheetrender.sheets.google_auth import Identity
from sheetrender.sheets.google_errors import unavailable

SHEET = "The Google Sheet My video (KEY)"
BOT = Identity("bot@studio.iam.gserviceaccount.com", "--credentials", Path("bot.json"))
PERSON = Identity("you", "the sign-in of `sheetrender login`", Path("me.json"))
ANONYMOUS = Identity("anonymous", "SHEETS_EMULATOR_HOST")


def refused(code: int, message: str) -> APIError:
    response = requests.Response()
    response.status_code = code
    response._content = json.dumps({"error": {"code": code, "message": message}}).encode()
    return APIError(response)


@pytest.mark.parametrize(
    ("error", "identity", "says"),
    [
        (refused(400, "This operation is not supported for this document"), BOT, "Save as Google"),
        (refused(400, "The document must not be an Office file."), BOT, "Save as Google"),
        (refused(400, "above the limit of 10000000 cells."), BOT, "Delete empty rows"),
        (refused(400, "Something\n  new."), BOT, r"Something new\. Run it again"),
        (refused(400, ""), BOT, "gives no reason"),
        (refused(403, "You are trying to edit a protected cell"), BOT, f"let {BOT.email} edit"),
        (refused(403, "no"), PERSON, "the account that you signed in with as Editor"),
        (refused(403, "no"), ANONYMOUS, "add everyone as Editor"),
        (refused(401, "no"), PERSON, r"me\.json .*expired or was revoked.*sheetrender login"),
        (RefreshError("invalid_grant"), PERSON, "expired or was revoked"),
        (RefreshError("invalid_grant: Invalid JWT"), BOT, r"key in bot\.json .*clock"),
        (RefreshError("busy", retryable=True), BOT, "sign-in does not answer"),
        (TransportError("no"), BOT, "Check the network"),
        (requests.ConnectTimeout("no"), BOT, "Check the network"),
        (requests.ReadTimeout("no"), BOT, "in time"),
        (requests.exceptions.SSLError("certificate"), BOT, "clock"),
        (requests.exceptions.ProxyError("no"), BOT, "HTTPS_PROXY"),
        (requests.exceptions.InvalidProxyURL("no"), BOT, "Check the network"),
    ],
)
def test_every_failure_names_the_sheet_and_the_remedy(
    error: Exception, identity: Identity, says: str
) -> None:
    found = unavailable(error, SHEET, identity)
    assert type(found) is SheetUnavailable
    assert str(found).startswith(SHEET)
    with pytest.raises(SheetUnavailable, match=says):
        raise found


def test_the_title_of_a_lost_tab_is_as_people_see_it() -> None:
    found = unavailable(refused(400, "Unable to parse range: 'It''s!'!A1:B2"), SHEET, BOT)
    assert isinstance(found, SheetChanged)
    assert "the tab It's!: somebody" in str(found)
