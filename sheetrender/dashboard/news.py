"""What the page is told: all of it at first, later what has changed."""

from __future__ import annotations

from collections.abc import Mapping

from sheetrender.dashboard.facts import stretches
from sheetrender.dashboard.standing import Standing


def news(now: Standing, before: Standing | None = None) -> Mapping[str, object]:
    """Return what a page has to know, as JSON has it.

    Args:
        now: how far the video is.
        before: what the page knows already; None where it knows nothing.
    """
    known = before if before is not None and before.plan == now.plan else None
    old = known.pictures if known else {}
    landed = [n for n, when in now.pictures.items() if old.get(n) != when]
    rows = {
        number: said
        for number, said in enumerate(now.rows)
        if known is None or known.rows[number] != said
    }
    return {
        "plan": now.plan,
        "phase": now.phase,
        "done": now.done,
        "pictures": stretches(sorted(now.pictures)),
        "landed": sorted(landed),
        "is_whole": known is None,
        "rows": rows,
        "todo": now.todo,
        "drawn": now.drawn,
        "pace": now.pace,
        "left": now.seconds_left,
        "latest": now.latest,
        "aside": now.aside,
        # As text: its nanoseconds are more than a number in JavaScript holds.
        "video": None if now.video is None else str(now.video),
    }
