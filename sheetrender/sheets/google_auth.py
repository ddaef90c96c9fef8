"""As whom Google Sheets is opened: the places where credentials may lie, in their order."""

from __future__ import annotations

import ipaddress
import json
import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import google.auth
import google.auth.credentials
import google.oauth2.credentials
import google.oauth2.service_account
import requests
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import AuthorizedSession

from sheetrender.model.errors import PartMissing, UsageError

SCOPES = ("https://www.googleapis.com/auth/spreadsheets",)
"""All that is asked for; the rest of a person's Drive stays closed."""

DRIVE_SCOPE = "https://www.googleapis.com/auth/drive.file"
"""Files that the program makes itself; asked for only where previews go to Drive."""

EMULATOR = "SHEETS_EMULATOR_HOST"
FILE = "SHEETRENDER_CREDENTIALS"
TEXT = "SHEETRENDER_CREDENTIALS_JSON"
_ADC_FILE = "GOOGLE_APPLICATION_CREDENTIALS"
# Set on Colab where the sign-in of a notebook is no file, but answered by the machine.
_COLAB = "USE_AUTH_EPHEM"

ANONYMOUS = "anonymous"
YOU = "you"

_REFRESH_SECONDS = 30
_HOW = (
    "Give the JSON key of a service account (Google Cloud console > IAM > Service accounts > "
    "Keys), or run `sheetrender login`."
)


@dataclass(frozen=True, slots=True)
class Identity:
    """As whom a sheet is opened, for messages.

    Attributes:
        email: what a sheet has to be shared with; `YOU` where it is a person's own account whose
            address is not known, `ANONYMOUS` for an emulator.
        source: where the credentials were found, in words.
        path: the file that they were read from, or None.
    """

    email: str
    source: str
    path: Path | None = None

    @property
    def has_email(self) -> bool:
        """Whether `email` is an address."""
        return "@" in self.email


@dataclass(frozen=True, slots=True)
class Access:
    """All that opening a sheet needs.

    Attributes:
        identity: as whom.
        credentials: None for an emulator.
        base: takes the place of Google's hosts; empty for Google itself.
    """

    identity: Identity
    credentials: Credentials | None = None
    base: str = ""

    def with_scopes(self, scopes: Sequence[str]) -> Access:
        """Return the same person or account with other rights; they may not be granted."""
        held = self.credentials
        if isinstance(held, google.oauth2.credentials.Credentials):
            person = google.oauth2.credentials.Credentials(
                None,
                refresh_token=held.refresh_token,
                token_uri=held.token_uri,
                client_id=held.client_id,
                client_secret=held.client_secret,
                scopes=list(scopes),
            )
            return replace(self, credentials=person)
        if isinstance(held, google.auth.credentials.Scoped):
            return replace(self, credentials=held.with_scopes(list(scopes)))
        return self

    def session(self) -> requests.Session:
        """Return a session that signs every request."""
        if self.credentials is not None:
            return AuthorizedSession(self.credentials, refresh_timeout=_REFRESH_SECONDS)
        session = requests.Session()
        # A proxy of the environment cannot reach this machine's own loopback.
        session.trust_env = False
        return session


def find_access(
    explicit: Path | None = None, environment: Mapping[str, str] | None = None
) -> Access:
    """Return the credentials that are found first; nothing is asked over the network.

    Args:
        explicit: the file that a person named for this very run.
        environment: the process's own, where None.

    Raises:
        UsageError: what was found there cannot be used; nothing further is looked at.
        PartMissing: there are none.
    """
    env = os.environ if environment is None else environment
    if env.get(EMULATOR):
        return Access(Identity(ANONYMOUS, EMULATOR), base=_emulator(env[EMULATOR]))
    if explicit is not None:
        return _from_file(explicit, "--credentials")
    if env.get(FILE):
        return _from_file(Path(env[FILE]).expanduser(), FILE)
    if env.get(TEXT):
        return _from_text(env[TEXT], Identity(YOU, TEXT), f"The text in {TEXT}")
    for path, source in (
        (gspread_file(env), "gspread's service account"),
        (sign_in_file(env), "the sign-in of `sheetrender login`"),
    ):
        if path.is_file():
            return _from_file(path, source)
    if _has_default_credentials(env):
        return _default_credentials()
    raise PartMissing(
        "No credentials for Google were found. Run `sheetrender login`; or put the path of a "
        f"service account's JSON key into {FILE}, and share the sheet with its e-mail as Editor."
    )


def sign_in_file(environment: Mapping[str, str]) -> Path:
    """Return where `sheetrender login` keeps its sign-in: an authorized user as JSON."""
    return _config_folder(environment) / "sheetrender" / "authorized_user.json"


def gspread_file(environment: Mapping[str, str]) -> Path:
    """Return where gspread looks for a service account."""
    return _home_config(environment) / "gspread" / "service_account.json"


def _config_folder(env: Mapping[str, str]) -> Path:
    if env.get("XDG_CONFIG_HOME"):
        return Path(env["XDG_CONFIG_HOME"])
    return _home_config(env)


def _home_config(env: Mapping[str, str]) -> Path:
    if os.name == "nt" and env.get("APPDATA"):
        return Path(env["APPDATA"])
    return Path(env["HOME"] if env.get("HOME") else Path.home()) / ".config"


def _emulator(host: str) -> str:
    """Return the base address of an emulator on this machine.

    Raises:
        UsageError: it is none; a sheet must not be sent unsigned to other machines.
    """
    name, _, port = host.rpartition(":")
    bare = name.removeprefix("[").removesuffix("]")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536 and _is_loopback(bare)):
        raise UsageError(
            f"{EMULATOR} is {host!r}. Write an address of this machine with a port, such as "
            "127.0.0.1:8080, or unset it."
        )
    return f"http://{host}"


def _is_loopback(name: str) -> bool:
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _from_file(path: Path, source: str) -> Access:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise UsageError(
            f"The credentials {path} ({source}) cannot be read: {reason}. {_HOW}"
        ) from error
    return _from_text(text, Identity(YOU, source, path), f"{path} ({source})")


def _from_text(text: str, identity: Identity, place: str) -> Access:
    try:
        info = json.loads(text)
    except ValueError as error:
        raise UsageError(f"{place} is no JSON. {_HOW}") from error
    if not isinstance(info, dict):
        raise UsageError(f"{place} holds no credentials. {_HOW}")
    try:
        return _from_info(info, identity, place)
    except (ValueError, TypeError, AttributeError, GoogleAuthError) as error:
        raise UsageError(f"{place} is not complete: {error}. {_HOW}") from error


def _from_info(info: Mapping[str, Any], identity: Identity, place: str) -> Access:
    if info.get("type") == "service_account":
        account = google.oauth2.service_account.Credentials.from_service_account_info(
            info, scopes=SCOPES
        )
        known = Identity(str(info["client_email"]), identity.source, identity.path)
        return Access(known, account)
    if "refresh_token" in info:
        person = google.oauth2.credentials.Credentials.from_authorized_user_info(info, SCOPES)
        known = Identity(str(info.get("account") or YOU), identity.source, identity.path)
        return Access(known, person)
    if "installed" in info or "web" in info:
        raise UsageError(
            f"{place} is an OAuth client, which stands for a program and not for a person. {_HOW}"
        )
    raise UsageError(f"{place} holds no credentials that sheetrender knows. {_HOW}")


def _has_default_credentials(env: Mapping[str, str]) -> bool:
    """Say whether it is worth asking for them; on other machines the answer takes seconds."""
    if env.get(_ADC_FILE) or env.get("K_SERVICE") or env.get(_COLAB) == "1":
        return True
    gcloud = env.get("CLOUDSDK_CONFIG")
    folder = Path(gcloud) if gcloud else _home_config(env) / "gcloud"
    return (folder / "application_default_credentials.json").is_file() or _is_google_machine()


def _is_google_machine() -> bool:
    try:
        return Path("/sys/class/dmi/id/product_name").read_text().startswith("Google")
    except (OSError, UnicodeDecodeError):
        return False


def _default_credentials() -> Access:
    try:
        with warnings.catch_warnings():
            # It advises a quota project, which is for programs that many people share.
            warnings.simplefilter("ignore")
            credentials, _ = google.auth.default(scopes=SCOPES)
    except GoogleAuthError as error:
        raise UsageError(
            f"The Application Default Credentials cannot be used: {error} Run `gcloud auth "
            f"application-default login --scopes={SCOPES[0]}`, or `sheetrender login`."
        ) from error
    email = str(getattr(credentials, "service_account_email", "") or YOU)
    return Access(Identity(email, "Application Default Credentials"), credentials)
