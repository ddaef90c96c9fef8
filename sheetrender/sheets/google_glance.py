"""What Google Drive says of a sheet's last change, without reading the sheet."""

from __future__ import annotations

import requests
from google.auth.exceptions import GoogleAuthError

from sheetrender.sheets.google_http import PatientClient

_FILES = "https://www.googleapis.com/drive/v3/files"
_CLOSED = (401, 403, 404)


class DriveGlance:
    """Asks Drive about one sheet, until it says that it may not be asked."""

    def __init__(self, client: PatientClient, key: str) -> None:
        """Take the connection, and the key of the sheet."""
        self._client = client
        self._url = f"{_FILES}/{key}"
        self._is_closed = False

    def ask(self) -> str:
        """Return what tells one state of the sheet from another; empty where Drive does not say."""
        if self._is_closed:
            return ""
        fields = {"fields": "modifiedTime,version", "supportsAllDrives": "true"}
        try:
            answer = self._client.ask_once(self._url, fields)
            self._is_closed = answer.status_code in _CLOSED
            said = answer.json() if answer.ok else {}
        except (requests.RequestException, GoogleAuthError):
            return ""
        return " ".join(str(said[name]) for name in ("modifiedTime", "version") if name in said)
