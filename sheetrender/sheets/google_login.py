"""The sign-in of a person with their own Google account, for those without a service account."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import requests
from google_auth_oauthlib.flow import Flow
from oauthlib.oauth2 import OAuth2Error

from sheetrender.model.errors import PartMissing, SheetUnavailable, UsageError
from sheetrender.sheets.google_auth import DRIVE_SCOPE, SCOPES, gspread_file, sign_in_file
from sheetrender.sheets.google_redirect import Redirect

WAIT_SECONDS = 300.0
"""How long the person may take in the browser."""

_TOKEN_SECONDS = 30
_GET_ONE = (
    "In the Google Cloud console (https://console.cloud.google.com/auth/clients) choose a project "
    "of yours, switch the Google Sheets API on, make an OAuth client of the type Desktop app and "
    "download its JSON file; then: sheetrender login --client FILE"
)


def sign_in(
    client: Path | None,
    show: Callable[[str], None],
    *,
    drive: bool = False,
    environment: Mapping[str, str] | None = None,
    wait: float = WAIT_SECONDS,
) -> Path:
    """Let a person sign in with the browser, and keep what Google grants.

    Only the right to spreadsheets is asked for, and with `drive` the one to files of our making.

    Args:
        client: the OAuth client of the person's project; else the one of last time, or gspread's.
        show: is called once, with the address of the page where the person says yes.
        drive: previews are to be put into the person's Drive.
        environment: the process's own, where None.
        wait: seconds until we give up.

    Returns:
        The file that holds the sign-in; nobody else on this machine may read it.

    Raises:
        PartMissing: there is no OAuth client.
        UsageError: the client cannot be used, or the person did not say yes. An older sign-in
            stays.
        SheetUnavailable: Google does not answer, or the person did not. An older sign-in stays.
    """
    env = os.environ if environment is None else environment
    source = client or _known_client(env)
    config = _client_config(source)
    scopes = (*SCOPES, DRIVE_SCOPE) if drive else SCOPES
    granted = _granted(config, source, show, wait, scopes)
    target = sign_in_file(env)
    _keep(target, granted)
    _keep(client_file(env), json.dumps(config))
    return target


def forget(environment: Mapping[str, str] | None = None) -> Path | None:
    """Remove the sign-in from this machine.

    Returns:
        The file that held it, or None where there was none.
    """
    path = sign_in_file(os.environ if environment is None else environment)
    try:
        path.unlink()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(
            f"{path} cannot be removed: {error.strerror}. Delete it yourself."
        ) from error
    return path


def client_file(environment: Mapping[str, str]) -> Path:
    """Return where the OAuth client of the last sign-in is kept, so that it need not be named."""
    return sign_in_file(environment).with_name("oauth_client.json")


def _known_client(env: Mapping[str, str]) -> Path:
    for path in (client_file(env), gspread_file(env).with_name("credentials.json")):
        if path.is_file():
            return path
    raise PartMissing(f"Signing in needs an OAuth client of your own. {_GET_ONE}")


def _client_config(source: Path) -> dict[str, Any]:
    try:
        config = json.loads(source.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"{source} cannot be read: {error.strerror}. {_GET_ONE}") from error
    except ValueError as error:
        raise UsageError(f"{source} is no JSON. {_GET_ONE}") from error
    if isinstance(config, dict) and config.get("type") == "service_account":
        raise UsageError(
            f"{source} is the key of a service account, which needs no sign-in. "
            f"Use it with --credentials {source}."
        )
    if not isinstance(config, dict) or not isinstance(config.get("installed"), dict):
        raise UsageError(f"{source} is no OAuth client of the type Desktop app. {_GET_ONE}")
    return config


def _granted(
    config: dict[str, Any],
    source: Path,
    show: Callable[[str], None],
    wait: float,
    scopes: Sequence[str],
) -> str:
    """Return what Google grants, as the JSON of an authorized user."""
    with Redirect() as redirect:
        try:
            flow = Flow.from_client_config(config, scopes, redirect_uri=redirect.uri)
            # Asked for anew each time: without it a second sign-in brings no refresh token.
            address, _ = flow.authorization_url(prompt="consent", state=redirect.state)
        except (ValueError, KeyError) as error:
            raise UsageError(f"{source} is not complete: {error}. {_GET_ONE}") from error
        show(address)
        answer = redirect.wait(wait)
    if not answer:
        raise SheetUnavailable(
            f"Nobody signed in within {wait / 60:.0f} minutes. Run `sheetrender login` again, and "
            "open the address in a browser on this very machine."
        )
    if "code" not in answer:
        raise _not_allowed(answer.get("error", "no reason given"))
    _redeem(flow, answer["code"])
    if not flow.credentials.refresh_token:
        raise UsageError(
            "Google granted access for an hour only. Take sheetrender's access away at "
            "https://myaccount.google.com/connections, and run `sheetrender login` again."
        )
    return str(flow.credentials.to_json(strip=["token", "expiry"]))


def _redeem(flow: Flow, code: str) -> None:
    try:
        flow.fetch_token(code=code, timeout=_TOKEN_SECONDS)
    except OAuth2Error as error:
        reason = str(error.description or error.error).rstrip(".")
        raise UsageError(
            f"Google did not complete the sign-in: {reason}. "
            f"Run `sheetrender login` again; if it stays so, make a new OAuth client. {_GET_ONE}"
        ) from error
    except requests.RequestException as error:
        raise SheetUnavailable(
            "Google's sign-in does not answer. Check the network, and run `sheetrender login`."
        ) from error
    except Warning as error:
        # This is how oauthlib tells that other rights were granted than were asked for.
        raise _not_allowed("another right was granted") from error


def _not_allowed(reason: str) -> UsageError:
    return UsageError(
        f"Google Sheets stay closed, because the sign-in was not completed ({reason}). Run "
        "`sheetrender login` again, and allow sheetrender to see and edit your spreadsheets. While "
        "your project is in testing, your address has to stand among its test users."
    )


def _keep(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all.

    Raises:
        UsageError: the folder does not take it.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Born with its mode: a file that is closed afterwards was open for a moment.
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise UsageError(
            f"{path} cannot be written: {error.strerror}. Allow writing to its folder."
        ) from error
