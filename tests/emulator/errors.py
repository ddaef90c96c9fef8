"""Answers that say no, worded as Google words them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
MESSAGES = {
    401: "Request had invalid authentication credentials. Expected OAuth 2 access token, login "
    "cookie or other valid authentication credential. See "
    "https://developers.google.com/identity/sign-in/web/devconsole-project.",
    403: "The caller does not have permission",
    404: "Requested entity was not found.",
    500: "Internal error encountered.",
    502: "Bad Gateway",
    503: "The service is currently unavailable.",
    504: "Deadline expired before operation could complete.",
}
REASONS = {
    "scope": (
        "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        "Request had insufficient authentication scopes.",
    ),
    "disabled": (
        "SERVICE_DISABLED",
        "Google Sheets API has not been used in project 1 before or it is disabled. Enable it by "
        "visiting https://console.developers.google.com/apis/api/sheets.googleapis.com/overview"
        "?project=1 then retry. If you enabled this API recently, wait a few minutes for the "
        "action to propagate to our systems and retry.",
    ),
}
DRIVE_REASONS = {
    "storageQuotaExceeded": "Service Accounts do not have storage quota. Leverage shared drives, "
    "or use OAuth delegation instead.",
    "insufficientPermissions": "Insufficient Permission: Request had insufficient authentication "
    "scopes.",
    "accessNotConfigured": "Google Drive API has not been used in project 1 before or it is "
    "disabled.",
}
INFO = "type.googleapis.com/google.rpc.ErrorInfo"
BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"


class ApiError(Exception):
    """One of Google's error answers: its code, its text, its details."""

    def __init__(self, code: int, message: str = "", details: list[Any] | None = None) -> None:
        super().__init__(message or MESSAGES.get(code, "Error"))
        self.code = code
        self.message = str(self)
        self.details = details
        self.reason = ""
        """One of Drive's."""

    @classmethod
    def invalid(cls, message: str) -> ApiError:
        return cls(400, message)

    @classmethod
    def unknown_name(cls, message: str, field: str) -> ApiError:
        violation = {"description": message, **({"field": field} if field else {})}
        return cls(400, message, [{"@type": BAD_REQUEST, "fieldViolations": [violation]}])

    @classmethod
    def forbidden(cls, reason: str = "") -> ApiError:
        if not reason:
            return cls(403)
        code, message = REASONS[reason]
        return cls(403, message, [_info(code, {"service": "sheets.googleapis.com"})])

    @classmethod
    def drive(cls, reason: str) -> ApiError:
        """Refuse as Drive does: its errors have reasons of another form."""
        error = cls(403, DRIVE_REASONS.get(reason, "Forbidden"))
        error.reason = reason
        return error

    @classmethod
    def quota(cls, kind: str, limit: int = 60) -> ApiError:
        name = "Read" if kind == "read" else "Write"
        metric = f"{name} requests"
        message = (
            f"Quota exceeded for quota metric '{metric}' and limit '{metric} per minute per user' "
            "of service 'sheets.googleapis.com' for consumer 'project_number:1'."
        )
        facts = {
            "consumer": "projects/1",
            "quota_limit": f"{name}RequestsPerMinutePerUser",
            "quota_limit_value": str(limit),
            "quota_location": "global",
            "quota_metric": f"sheets.googleapis.com/{name.lower()}_requests",
            "service": "sheets.googleapis.com",
        }
        return cls(429, message, [_info("RATE_LIMIT_EXCEEDED", facts)])

    def within(self, place: str) -> ApiError:
        """Say which of several requests it was, as Google does."""
        return ApiError(self.code, f"Invalid {place}: {self.message}", self.details)

    def body(self) -> dict[str, Any]:
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        error["status"] = STATUSES.get(self.code, "UNKNOWN")
        if self.details:
            error["details"] = self.details
        if self.reason:
            error["errors"] = [{"domain": "global", "reason": self.reason}]
        return {"error": error}


def _info(reason: str, facts: Mapping[str, str]) -> dict[str, Any]:
    return {"@type": INFO, "reason": reason, "domain": "googleapis.com", "metadata": dict(facts)}
