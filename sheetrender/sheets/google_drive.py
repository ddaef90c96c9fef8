"""Pictures in Google Drive that everyone with the link may see, so that a sheet can show them."""

from __future__ import annotations

import json
import secrets
from typing import Any

import requests
from google.auth.exceptions import GoogleAuthError, RefreshError
from gspread.exceptions import APIError

from sheetrender.model.cells import CellPicture
from sheetrender.model.errors import SheetUnavailable
from sheetrender.sheets.google_auth import DRIVE_SCOPE, SCOPES, Access
from sheetrender.sheets.google_errors import FAILURES
from sheetrender.sheets.google_http import PatientClient
from sheetrender.sheets.google_pace import Clockwork, Patience

UPLOADS_PER_MINUTE = 300
"""Drive takes many more requests than Sheets does."""

_FILES = "https://www.googleapis.com/drive/v3/files"
_ABOUT = "https://www.googleapis.com/drive/v3/about"
_UPLOADS = "https://www.googleapis.com/upload/drive/v3/files"
_FOLDER = "application/vnd.google-apps.folder"
_SHOWN = "https://drive.google.com/thumbnail?id={}&sz=w640"
_GONE = 404


class DrivePictures:
    """One folder of pictures. Not for two threads at once.

    Only what the program made itself is open to it there (the scope drive.file).
    """

    def __init__(self, access: Access, *, clockwork: Clockwork | None = None) -> None:
        """Take as whom Drive is opened; nothing is asked over the network yet."""
        self._session = access.with_scopes((*SCOPES, DRIVE_SCOPE)).session()
        self._client = PatientClient(
            self._session,
            base=access.base,
            patience=Patience(answer=20.0, total=30.0),
            clockwork=clockwork,
            per_minute=UPLOADS_PER_MINUTE,
        )

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def try_to_reach(self) -> None:
        """Ask Drive whose it is, which needs the same right as an upload, and puts nothing there.

        Raises:
            SheetUnavailable: uploads are not possible.
        """
        try:
            self._ask("get", _ABOUT, fields="user(emailAddress)")
        except FAILURES as error:
            raise _unavailable(error) from error

    def new_folder(self, name: str, parent: str = "") -> str:
        """Make a folder that everyone with the link may look into.

        Args:
            name: of the folder.
            parent: key of the folder to make it in; else the top of the account's own Drive.

        Returns:
            Its key.

        Raises:
            SheetUnavailable: it could not be made or shared.
        """
        shape = {"name": name, "mimeType": _FOLDER} | ({"parents": [parent]} if parent else {})
        everyone = {"type": "anyone", "role": "reader"}
        try:
            folder = self._key(self._ask("post", _FILES, json=shape, fields="id"))
            self._ask("post", f"{_FILES}/{folder}/permissions", json=everyone, fields="id")
        except FAILURES as error:
            raise _unavailable(error) from error
        return folder

    def put(self, png: bytes, name: str, folder: str, known: str = "") -> str | None:
        """Upload a picture.

        Args:
            png: the file.
            name: of a new file.
            folder: key of the folder for a new file.
            known: key of the file that is replaced, where there is one; links to it stay.

        Returns:
            Its key; None where the folder is gone.

        Raises:
            SheetUnavailable: it could not be uploaded.
        """
        try:
            if known and self._replaced(known, png):
                return known
            return self._added(png, name, folder)
        except FAILURES as error:
            if _is_gone(error):
                return None
            raise _unavailable(error) from error

    def _replaced(self, known: str, png: bytes) -> bool:
        kind = {"Content-Type": "image/png"}
        try:
            self._ask("patch", f"{_UPLOADS}/{known}", data=png, headers=kind, uploadType="media")
        except APIError as error:
            if _is_gone(error):
                return False
            raise
        return True

    def _added(self, png: bytes, name: str, folder: str) -> str:
        shape = json.dumps({"name": name, "mimeType": "image/png", "parents": [folder]})
        mark = secrets.token_hex(16)
        head = f"--{mark}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{shape}\r\n"
        data = b"".join(
            [
                head.encode(),
                f"--{mark}\r\nContent-Type: image/png\r\n\r\n".encode(),
                png,
                f"\r\n--{mark}--".encode(),
            ]
        )
        kind = {"Content-Type": f"multipart/related; boundary={mark}"}
        answer = self._ask(
            "post", _UPLOADS, data=data, headers=kind, uploadType="multipart", fields="id"
        )
        return self._key(answer)

    def _ask(
        self,
        verb: str,
        url: str,
        *,
        json: dict[str, Any] | None = None,
        data: bytes | None = None,
        headers: dict[str, str] | None = None,
        **query: str,
    ) -> requests.Response:
        params: dict[str, str | int | bool | float | list[str] | None] = {**query}
        params["supportsAllDrives"] = "true"
        return self._client.request(verb, url, params, data, json, None, headers)

    def _key(self, answer: requests.Response) -> str:
        return str(answer.json()["id"])


def shown_picture(key: str, version: str) -> CellPicture:
    """Return a picture in Drive as a cell shows it.

    Args:
        key: of the file.
        version: of the picture, 8 to 64 hexadecimal digits.
    """
    return CellPicture.at(_SHOWN.format(key), "", version)


def _is_gone(error: Exception) -> bool:
    return isinstance(error, APIError) and error.response.status_code == _GONE


def _unavailable(error: Exception) -> SheetUnavailable:
    return SheetUnavailable(f"Google Drive does not take the previews: {_reason(error)}")


def _reason(error: Exception) -> str:
    sign_in = "the sign-in gives no right to Drive. Run `sheetrender login --drive`."
    if isinstance(error, RefreshError) and not error.retryable:
        return sign_in
    if not isinstance(error, APIError):
        is_sign_in = isinstance(error, GoogleAuthError)
        return "Google's sign-in does not answer." if is_sign_in else "it cannot be reached."
    said = str(error.error.get("message", ""))
    reasons = {one.get("reason") for one in error.error.get("errors", ()) if isinstance(one, dict)}
    if "storageQuotaExceeded" in reasons or "storage quota" in said:
        return (
            "the account has no room. A service account never has any of its own: let "
            "drive_previews name a folder on a shared drive, or run `sheetrender login --drive`."
        )
    if "accessNotConfigured" in reasons or "has not been used in project" in said:
        return (
            "the Google Drive API is switched off in the project of the credentials. Switch it on "
            "at https://console.cloud.google.com/apis/library/drive.googleapis.com."
        )
    if "insufficient" in said.casefold() or error.response.status_code == 401:
        return sign_in
    if _is_gone(error):
        return "the folder that drive_previews names is not open to the account. Share it, or yes."
    status = error.response.status_code
    return f"it answers with the error {status}. {' '.join(said.split())[:200]}".rstrip()
