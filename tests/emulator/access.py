"""Who calls, and what they may open: tokens and sharing."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qs

from tests.emulator.consent import Consent
from tests.emulator.errors import ApiError

KEY_ONLY = (
    "API keys are not supported by this API. Expected OAuth2 access token or other authentication "
    "credentials that assert a principal. See https://cloud.google.com/docs/authentication"
)
SHEETS = "https://www.googleapis.com/auth/spreadsheets"
Forbidden = Literal["all", "writes"]


@dataclass(slots=True)
class Access:
    """Tokens count for one person each; books are open to all until somebody says who."""

    people: dict[str, str] = field(default_factory=dict)
    """Refresh tokens, and whose they are."""
    tokens: dict[str, str] = field(default_factory=dict)
    """Access tokens that were handed out, and whose they are."""
    shared_with: dict[str, set[str]] = field(default_factory=dict)
    """Keys of books, and who may open them; `anyone` is everybody."""
    forbidden: dict[str, tuple[Forbidden, str]] = field(default_factory=dict)
    consent: Consent = field(default_factory=Consent)
    revoked: bool = False
    _only_ours: bool = False
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def expire(self) -> None:
        """Refuse every token of before, and whoever has none."""
        self.tokens.clear()
        self._only_ours = True

    def caller(self, headers: Mapping[str, str], query: Mapping[str, Any], kind: str) -> str | None:
        """Say who calls; None is somebody without a token that we know.

        Raises:
            ApiError: the token has expired.
        """
        token = headers.get("Authorization", "").removeprefix("Bearer ")
        if not token and "key" in query:
            if kind == "write":
                raise ApiError(401, KEY_ONLY)
            return None
        if self._only_ours and token not in self.tokens:
            raise ApiError(401)
        return self.tokens.get(token)

    def check(self, key: str, email: str | None, kind: str) -> None:
        """Refuse who may not.

        Raises:
            ApiError: 403.
        """
        what, reason = self.forbidden.get(key, (None, ""))
        if what == "all" or (what == "writes" and kind == "write"):
            raise ApiError.forbidden(reason)
        people = self.shared_with.get(key)
        if people is not None and not people & {email, "anyone"}:
            raise ApiError.forbidden()

    def may_write(self, key: str) -> bool:
        return key not in self.forbidden

    def token(self, body: bytes) -> tuple[int, dict[str, Any]]:
        """Answer the token endpoint of OAuth."""
        form = {name: texts[0] for name, texts in parse_qs(body.decode()).items()}
        if self.revoked:
            problem = "Token has been expired or revoked."
            return 400, {"error": "invalid_grant", "error_description": problem}
        if form.get("grant_type") == "authorization_code":
            return self._first_token(form)
        email = self._owner(form)
        if email is None:
            problem = "Invalid grant_type: " + form.get("grant_type", "")
            return 400, {"error": "unsupported_grant_type", "error_description": problem}
        return 200, self._granted(email)

    def _first_token(self, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """Answer a program that brings a code from the page of consent."""
        if problem := self.consent.redeem(form):
            return 400, {"error": "invalid_grant", "error_description": problem}
        answer = self._granted(self.consent.email, self.consent.granted)
        if self.consent.gives_refresh_token:
            answer["refresh_token"] = f"1//emulated-{next(self._numbers)}"
            self.people[answer["refresh_token"]] = self.consent.email
        return 200, answer

    def _granted(self, email: str, scope: str = SHEETS) -> dict[str, Any]:
        token = f"ya29.emulated-{next(self._numbers)}"
        self.tokens[token] = email
        return {
            "access_token": token,
            "expires_in": 3599,
            "token_type": "Bearer",
            "scope": scope,
        }

    def _owner(self, form: Mapping[str, str]) -> str | None:
        if form.get("grant_type") == "refresh_token":
            return self.people.get(form.get("refresh_token", ""), "me@example.com")
        if form.get("grant_type") == "urn:ietf:params:oauth:grant-type:jwt-bearer":
            payload = form["assertion"].split(".")[1]
            claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
            return str(claims["iss"])
        return None
