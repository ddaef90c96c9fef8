"""What Deforum has no key for: kept in a settings file under a key of our own, and read back.

What stands there counts as long as Deforum's own keys still say what was exported with it; who
changes a schedule in Deforum finds the change in the sheet.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sheetrender.model.frames import Size
from sheetrender.model.keyframes import Keyframe, Settings
from sheetrender.model.plan import RenderPlan
from sheetrender.model.timing import FrameRate
from sheetrender.planning import readers
from sheetrender.planning.columns import CHANNEL_NAMES, channel
from sheetrender.planning.deforum.finishing import ENGINE, FACTOR, TIMES, UPSCALES
from sheetrender.planning.deforum.keys import EXTRA, SEED_KEYS, STEPS_SWITCH, Cell, File
from sheetrender.planning.deforum.loras import lora_tags
from sheetrender.planning.expressions import parse_formula
from sheetrender.planning.settings_table import SETTINGS
from sheetrender.planning.syntax import FormulaError, Name, Node

# Names that mean the same in every sheet; others are curves of a song, which stay behind.
_NAMES = frozenset(
    {
        "t", "f", "s", "max_f", "last_frame", "final_frame", "fps", "sec", "k", "n", "p", "beat",
        "b", "bar", "bpm", "pi", "PI", "e", "E",
    }
)  # fmt: skip
_OTHER_FOLDER = frozenset({"output", "public_url", "drive_previews"})
_ELSEWHERE = frozenset({"width", "height", "frames", "style", "negative", "seed"}) | _OTHER_FOLDER
_IN_THE_FILE = frozenset({"width", "height", "frames"}) | _OTHER_FOLDER
"""What Deforum's own keys say in full, or what belongs to another folder."""
_SETTINGS = frozenset(setting.name for setting in SETTINGS)

_ROW_CELLS = (
    "seed",
    "cut",
    "caption",
    "model",
    "sampler",
    "lora",
    "init_image",
    "tags",
)
"""What is kept of a row beside its channels; `tags` are of LoRAs, at the end of its prompt."""

TWINS: Mapping[str, tuple[str, ...]] = {
    "seed": SEED_KEYS,
    "seed_behavior": SEED_KEYS,
    "song": ("soundtrack_path", "add_soundtrack"),
    "steps": ("steps", "steps_schedule", STEPS_SWITCH),
    "cadence": ("diffusion_cadence",),
    "fps": ("fps",),
    "model": ("sd_model_name", "enable_checkpoint_scheduling", "checkpoint_schedule"),
    "sampler": ("sampler", "enable_sampler_scheduling", "sampler_schedule"),
    "init_image": ("use_init", "init_image"),
    "init_video": ("animation_mode", "video_init_path"),
    "mask": ("use_mask", "mask_file"),
    "invert_mask": ("use_mask", "invert_mask"),
    "fps_to": (ENGINE, TIMES, "fps"),
    "between": (ENGINE,),
    "scale_to": (UPSCALES, FACTOR, "W", "H"),
    "color_coherence": ("color_coherence",),
    "border": ("border",),
    "motion": ("animation_mode",),
}
"""Deforum's keys for ours where `columns` does not name the one that there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """What an earlier export kept.

    Attributes:
        settings: cells of the Settings tab by name.
        rows: cells of the Keyframes tab by frame.
        exported: a digest by key of what was written for Deforum.
    """

    settings: Mapping[str, Cell] = field(default_factory=dict)
    rows: Mapping[int, Mapping[str, Cell]] = field(default_factory=dict)
    exported: Mapping[str, object] = field(default_factory=dict)

    def counts(self, file: File, keys: Iterable[str]) -> bool:
        """Say whether Deforum's keys are as they were exported."""
        return bool(self.exported) and all(
            self.exported.get(key) == _digest(file.get(key)) for key in keys
        )


def read_extra(file: File) -> Extra:
    """Return what a settings file keeps for us; what is not of our making is left out."""
    found = file.get(EXTRA)
    if not isinstance(found, Mapping):
        return Extra()
    settings, rows, exported = (found.get(k) for k in ("settings", "rows", "exported"))
    return Extra(
        settings=_cells(settings, {*_SETTINGS, *CHANNEL_NAMES} - _IN_THE_FILE),
        rows={
            row["frame"]: _cells(row, {*_ROW_CELLS, *CHANNEL_NAMES})
            for row in (rows if isinstance(rows, list) else ())
            if isinstance(row, Mapping) and _is_frame(row.get("frame"))
        },
        exported=exported if isinstance(exported, Mapping) else {},
    )


def _is_frame(value: object) -> bool:
    return type(value) is int and 0 <= value <= readers.LAST_FRAME


def _cells(found: object, names: Iterable[str]) -> dict[str, Cell]:
    if not isinstance(found, Mapping):
        return {}
    return {
        name: found[name]
        for name in names
        if isinstance(found.get(name), (str, int, float)) and not isinstance(found[name], bool)
    }


def extra_of(
    rows: Sequence[Keyframe], settings: Settings, plan: RenderPlan, exported: File
) -> dict[str, object]:
    """Return what goes under our key beside what Deforum reads."""
    foreign = {
        name
        for name in CHANNEL_NAMES
        if any(_uses_curves(row.keys[name].value) for row in rows if name in row.keys)
    }
    kept = _setting_cells(settings)
    if settings.seed != -1:
        kept["seed"] = settings.seed
    elif not rows[0].gives_seed:
        kept["seed"] = int(plan.seeds[0])
    for name, schedule in settings.channels.items():
        if any(_uses_curves(key.value) for key in schedule.keys):
            foreign.add(name)
        else:
            kept[name] = schedule.written
    return {
        "settings": kept,
        "rows": [
            _row(row, plan, foreign) | _drawing_cells(row, before, plan)
            for row, before in zip(rows, [None, *rows], strict=False)
        ],
        "exported": {
            key: _digest(exported.get(key))
            for name in sorted({*CHANNEL_NAMES, *TWINS} - foreign)
            for key in twins(name)
        },
    }


def twins(name: str) -> tuple[str, ...]:
    """Return Deforum's keys that say what one of our names says; none for what it lacks."""
    if name in TWINS:
        return TWINS[name]
    key = channel(name).deforum if name in CHANNEL_NAMES else ""
    switch = ("enable_perspective_flip",) if name.startswith("perspective_flip") else ()
    return (key, *switch) if key else ()


def _row(row: Keyframe, plan: RenderPlan, foreign: Iterable[str]) -> dict[str, Cell]:
    cells: dict[str, Cell] = {"frame": row.frame, "caption": row.caption}
    if row.gives_seed:
        is_drawn = row.seed == -1
        cells["seed"] = int(plan.seeds[min(row.frame, plan.frames - 1)]) if is_drawn else row.seed
    if row.cut:
        cells["cut"] = "yes"
    return cells | {name: key.value for name, key in row.keys.items() if name not in foreign}


def _drawing_cells(row: Keyframe, before: Keyframe | None, plan: RenderPlan) -> dict[str, Cell]:
    """Return what a row is drawn with, where it says so itself."""
    cells: dict[str, Cell] = {name: placed.text for name, placed in row.files.items()}
    if row.sampler and (before is None or row.sampler != before.sampler):
        cells["sampler"] = row.sampler
    if row.loras:
        cells["tags"] = lora_tags(row.loras, plan, row.frame)
    return cells


def _setting_cells(settings: Settings) -> dict[str, Cell]:
    usual = Settings(rate=FrameRate.parse("30"), size=settings.size)
    cells: dict[str, Cell] = {}
    if settings.rate != usual.rate:
        cells["fps"] = str(settings.rate)
    for name in sorted(_SETTINGS - _ELSEWHERE - {"fps"}):
        value = getattr(settings, name)
        if value != getattr(usual, name):
            cells[name] = _as_cell(value)
    return cells


def _as_cell(value: object) -> Cell:
    match value:
        case bool():
            return "yes" if value else "no"
        case Size(width, height):
            return f"{width}x{height}"
        case int() | float():
            return value
    return str(value)


def _uses_curves(value: float | str) -> bool:
    if not isinstance(value, str):
        return False
    try:
        waiting: list[Node] = [parse_formula(value)]
    except FormulaError:
        return True
    while waiting:
        node = waiting.pop()
        if isinstance(node, Name) and node.text not in _NAMES:
            return True
        waiting += node.parts()
    return False


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
