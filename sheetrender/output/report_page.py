"""The report: one file that opens from disk and by mail, and fetches nothing."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from sheetrender.output.whole_files import replacing

_PLACE = re.compile(r"\{\{(\w+)\}\}")


def write_report_page(target: Path, data: Mapping[str, object], title: str) -> None:
    """Write the page.

    Args:
        target: replaced once the new one is whole.
        data: all that the page shows, as JSON has it; `templates/report.js` says in what form.
        title: of the window.

    Raises:
        RenderFailed: it cannot be written; an older page is left as it was.
    """
    page = report_page(data, title)
    with replacing(target) as part:
        part.write_text(page, encoding="utf-8", newline="\n")


def report_page(data: Mapping[str, object], title: str) -> str:
    """Return the page as one text; no text in `data` can become anything but text."""
    style, script = _template("report.css"), _template("report.js")
    return _filled(data, title, style, [script], _policy(style, [script]))


def live_page(data: Mapping[str, object], title: str) -> tuple[str, str]:
    """Return the page that a server keeps up to date, and what the browser may do for it."""
    style = _template("report.css") + _template("live.css")
    scripts = [_template("report.js"), _template("live.js")]
    policy = _policy(style, scripts, place="'self'")
    return _filled(data, title, style, scripts, policy), policy


def _filled(
    data: Mapping[str, object], title: str, style: str, scripts: Sequence[str], policy: str
) -> str:
    parts = {
        "title": html.escape(title.encode("utf-8", "replace").decode()),
        "style": style,
        "script": "</script>\n<script>".join(scripts),
        "data": embedded_json(data),
        "policy": policy,
    }
    # In one go, so that what looks like a place inside the data stays what it is.
    return _PLACE.sub(lambda match: parts[match[1]], _template("report.html"))


def embedded_json(data: Mapping[str, object]) -> str:
    """Return JSON that may stand in a page: nothing in it ends its element or begins another."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _policy(style: str, scripts: Sequence[str], place: str = "file:") -> str:
    """Return what the browser may do for the page: run its own scripts, and play the video.

    Args:
        style: of the page.
        scripts: of the page.
        place: where the page is, and all that it may ask for.
    """
    told = f"connect-src {place}; " if place != "file:" else ""
    digests = " ".join(f"'{_digest(script)}'" for script in scripts)
    return (
        f"default-src 'none'; {told}img-src {place} data: blob:; media-src 'self' {place} blob:; "
        f"style-src '{_digest(style)}'; script-src {digests}; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _template(name: str) -> str:
    return files("sheetrender.templates").joinpath(name).read_text(encoding="utf-8")
