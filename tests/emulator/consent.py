"""The page on which a person lets a program in, and the codes that it hands out."""

from __future__ import annotations

import base64
import hashlib
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

Form = Mapping[str, str]


@dataclass(slots=True)
class Consent:
    """What the next person on the page does, and which codes are still good."""

    email: str = "director@studio.example"
    says_no: bool = False
    gives_refresh_token: bool = True
    codes: dict[str, Form] = field(default_factory=dict)
    """Codes that were not redeemed yet, and the request that each belongs to."""
    granted: str = ""
    """The rights that went with the last code."""
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def page(self, query: Form) -> str:
        """Return where the browser is sent to."""
        answer = {"state": query["state"]}
        if self.says_no:
            answer["error"] = "access_denied"
        else:
            code = f"4/emulated-{next(self._numbers)}"
            self.codes[code] = query
            answer |= {"code": code, "scope": query["scope"]}
        return f"{query['redirect_uri']}?{urlencode(answer)}"

    def redeem(self, form: Form) -> str | None:
        """Return what is wrong with a request for tokens, or None; a code counts once."""
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None:
            return "Malformed auth code."
        self.granted = asked["scope"]
        if form.get("redirect_uri") != asked["redirect_uri"]:
            return "redirect_uri_mismatch"
        if asked.get("code_challenge_method") != "S256":
            return "Missing code challenge."
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        return None if challenge == asked["code_challenge"] else "Invalid code verifier."
