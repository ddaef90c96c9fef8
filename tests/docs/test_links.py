"""Every relative link, anchor and picture of the README and of docs/ is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
PAGES += sorted((ROOT / "docs").glob("*.md"))
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives the headings of a page."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    found = set()
    for heading in re.findall(r"^#+ (.*)$", text, re.M):
        kept = re.sub(r"[^\w\- ]", "", heading.lower())
        found.add(kept.strip().replace(" ", "-"))
    return found


def links() -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        text = _CODE.sub("", page.read_text("utf-8"))
        yield from ((page, target) for target in _LINK.findall(text) if ":" not in target)


@pytest.mark.parametrize(
    ("page", "target"), [pytest.param(p, t, id=f"{p.name}-{t}") for p, t in links()]
)
def test_every_link_leads_somewhere(page: Path, target: str) -> None:
    place, _, anchor = target.partition("#")
    found = (page.parent / place).resolve() if place else page
    assert found.exists()
    assert not anchor or anchor in anchors(found)


def test_every_page_is_reached_from_the_readme() -> None:
    readme = ROOT / "README.md"
    linked = {ROOT / target.partition("#")[0] for page, target in links() if page == readme}
    assert set((ROOT / "docs").glob("*.md")) <= linked


def test_every_picture_is_made_by_a_script_and_shown_somewhere() -> None:
    scripts = (ROOT / "docs").glob("make_*.py")
    script = "".join(path.read_text("utf-8") for path in scripts)
    shown = {Path(target).name for _, target in links()}
    pictures = {
        path.name for path in (ROOT / "docs").iterdir() if path.suffix in (".jpg", ".png", ".svg")
    }
    assert pictures
    for name in pictures:
        assert f'"{name}"' in script, name
        assert name in shown, name
