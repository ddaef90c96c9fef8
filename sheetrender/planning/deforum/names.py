"""Schedules of names, which Deforum has for samplers and models; here rows have them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sheetrender.model.keyframes import Keyframe, Settings
from sheetrender.planning.deforum.prompts import frame_of_key
from sheetrender.planning.lines import without_repeats
from sheetrender.planning.syntax import FormulaError

_ENTRY = re.compile(
    r"""\s*(?P<key>"[^"]*"|'[^']*'|[^:,"']+?)\s*:\s*\(?\s*(?P<name>"[^"]*"|'[^']*'|[^,()"']+)\s*\)?\s*(?:,|$)"""
)
SAMPLERS: Mapping[str, str] = {"ddim": "DDIM", "plms": "PLMS", "unipc": "UniPC"}
"""Names of samplers that Deforum writes otherwise."""


def names_by_frame(schedule: object, frames: int) -> dict[int, str]:
    """Return the names of a schedule by the frame from which each holds, ascending.

    Raises:
        FormulaError: it is none, or a key of it is no frame.
    """
    text, at = str(schedule).strip(), 0
    found: dict[int, str] = {}
    while at < len(text):
        match = _ENTRY.match(text, at)
        if match is None:
            raise FormulaError(f"is no schedule of names from {text[at : at + 20]!r} on")
        at = match.end()
        frame = frame_of_key(match["key"], frames)
        if frame is None:
            raise FormulaError(f"has the key {match['key']}, which names no frame")
        name = match["name"].strip().strip("\"'").strip()
        if name:
            found[frame] = name
    if not found:
        raise FormulaError("has no name in it")
    return without_repeats(found)


def name_settings(rows: Sequence[Keyframe], settings: Settings) -> dict[str, object]:
    """Return Deforum's keys for the samplers and models of rows."""
    found: dict[str, object] = {}
    for switch, key, named, usual in (
        ("sampler", "sampler_schedule", [row.sampler for row in rows], settings.sampler),
        ("checkpoint", "checkpoint_schedule", [row.model for row in rows], settings.model),
    ):
        if not any(named):
            continue
        by_frame = {0: usual} | {
            row.frame: name or usual for row, name in zip(rows, named, strict=True)
        }
        if switch == "sampler":
            by_frame = {at: SAMPLERS.get(name, name) for at, name in by_frame.items()}
        by_frame[0] = by_frame[min(by_frame, key=lambda at: (at != rows[0].frame, at))]
        found[f"enable_{switch}_scheduling"] = True
        found[key] = ", ".join(
            f'{at}: ("{name}")' for at, name in without_repeats(by_frame).items()
        )
    return found
