"""What a manifest of ours keeps beside what Parseq knows: the sheet itself, as Deforum's settings.

It counts as long as the rendered frames are those that were exported with it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sheetrender.planning.deforum.file_text import FileText
from sheetrender.planning.deforum.importing import imported
from sheetrender.planning.deforum.keys import EXTRA, Cell
from sheetrender.planning.parseq.fields import CHANNEL_OF

_FROM_THE_MANIFEST = frozenset(
    {*CHANNEL_OF.values(), "fps", "frames", "seed", "seed_behavior", "bpm", "interpolation"}
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What an earlier export kept.

    Attributes:
        settings: of Deforum; empty where there are none.
        counts: the frames are those that were exported.
    """

    settings: Mapping[str, object] = field(default_factory=dict)
    counts: bool = False

    def other_settings(self) -> dict[str, Cell]:
        """Return the settings that no manifest says: sizes, colours, finishing."""
        if not self.settings:
            return {}
        found = imported(FileText(self.settings, ())).settings
        return {name: cell for name, cell in found.items() if name not in _FROM_THE_MANIFEST}


def kept(file: Mapping[str, object]) -> Kept:
    """Return what a manifest keeps for us; what is not of our making is left out."""
    found = file.get(EXTRA)
    if not isinstance(found, Mapping):
        return Kept()
    settings, digest = found.get("deforum"), found.get("digest")
    if not isinstance(settings, Mapping) or not settings:
        return Kept()
    return Kept(settings, digest == digest_of(file.get("rendered_frames")))


def keep(
    settings: Mapping[str, object], frames: Sequence[Mapping[str, object]]
) -> dict[str, object]:
    """Return what goes under our key."""
    return {"deforum": settings, "digest": digest_of(frames)}


def digest_of(frames: object) -> str:
    """Return what rendered frames are known by."""
    text = json.dumps(frames, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]
