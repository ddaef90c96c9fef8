"""The prompts of a document, in every version of its format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sheetrender.planning.deforum.file_text import NoSettingsFile
from sheetrender.planning.parseq.values import number_at, object_at, text_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """How a prompt is weighted where others stand beside it: ``none``, ``linear``, ``custom``."""

    kind: str = "none"
    fade_in: int = 0
    fade_out: int = 0
    formula: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseqPrompt:
    """One prompt of a document, with its first and its last frame."""

    positive: str
    negative: str
    first: int
    last: int
    overlap: Overlap = field(default_factory=Overlap)


def prompts_of(found: object, frames: int) -> tuple[tuple[ParseqPrompt, ...], tuple[str, str]]:
    """Return the prompts of any version of the format, and what stands behind every one."""
    common = ("", "")
    if isinstance(found, Mapping) and isinstance(found.get("promptList"), list):
        if found.get("enabled") is False:
            return (), common
        behind = object_at(found, "commonPrompt")
        common = (
            text_at(behind.get("positive"), "commonPrompt"),
            text_at(behind.get("negative"), "commonPrompt"),
        )
        found = found["promptList"]
    elif isinstance(found, Mapping):
        found = [{**found, "allFrames": True}]
    if not isinstance(found, list):
        return (), common
    if any(isinstance(entry, Mapping) and entry.get("enabled") is False for entry in found):
        return (), common
    return tuple(_prompt(entry, f"prompts[{n}]", frames) for n, entry in enumerate(found)), common


def _prompt(entry: object, place: str, frames: int) -> ParseqPrompt:
    if not isinstance(entry, Mapping):
        raise NoSettingsFile(f"{place} is no object. Export it anew in Parseq")
    first, last = (number_at(entry.get(key), f"{place}.{key}") for key in ("from", "to"))
    overlap = object_at(entry, "overlap")
    fades = [number_at(overlap.get(k), f"{place}.overlap.{k}") for k in ("inFrames", "outFrames")]
    is_all = bool(entry.get("allFrames", first is None))
    return ParseqPrompt(
        positive=text_at(entry.get("positive"), f"{place}.positive"),
        negative=text_at(entry.get("negative"), f"{place}.negative"),
        first=0 if is_all else int(first or 0),
        last=frames - 1 if is_all else int(frames - 1 if last is None else last),
        overlap=Overlap(
            kind=text_at(overlap.get("type"), f"{place}.overlap.type") or "none",
            fade_in=int(fades[0] or 0),
            fade_out=int(fades[1] or 0),
            formula=text_at(overlap.get("custom"), f"{place}.overlap.custom"),
        ),
    )
