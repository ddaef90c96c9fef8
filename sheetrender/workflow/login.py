"""Login: a person signs in to Google with their own account, and signs out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sheetrender.model.errors import SheetrenderError
from sheetrender.sheets.google_auth import find_access
from sheetrender.sheets.google_login import forget as forget_sign_in
from sheetrender.sheets.google_login import sign_in


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A sign-in that succeeded.

    Attributes:
        path: where it is kept.
        hidden_by: what is used in its place because it is found earlier; empty for nothing.
    """

    path: Path
    hidden_by: str


def login(client: Path | None, show: Callable[[str], None], *, drive: bool = False) -> SignedIn:
    """Let a person sign in with the browser.

    Args:
        client: the OAuth client of the person's own project; else that of last time.
        show: is called once, with the address to be opened.
        drive: previews are to be put into the person's Drive.

    Raises:
        PartMissing: there is no OAuth client.
        UsageError: the client cannot be used, or the person did not say yes.
        SheetUnavailable: Google does not answer, or the person did not.
    """
    path = sign_in(client, show, drive=drive)
    return SignedIn(path, _found_earlier(path))


def logout() -> Path | None:
    """Remove the sign-in, and return the file that held it; None where there was none."""
    return forget_sign_in()


def _found_earlier(path: Path) -> str:
    try:
        identity = find_access().identity
    except SheetrenderError as error:
        return str(error)
    return "" if identity.path == path else identity.source
