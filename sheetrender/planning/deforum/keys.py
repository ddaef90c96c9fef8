"""THE table of Deforum's keys: which of our names each one is, when it counts, and how it is read.

A channel's key stands in `planning.columns`; what is here are the settings, and on what the mode
of a file makes a channel depend.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from sheetrender.planning.columns import CHANNELS, Column
from sheetrender.planning.syntax import FormulaError

Cell: TypeAlias = str | int | float
"""What is written into a cell; text is never a spreadsheet formula."""

File: TypeAlias = Mapping[str, object]
"""A settings file, as JSON has it."""

Condition = Callable[[File], str]
"""Why a key does not count in a file; empty where it does."""

EXTRA = "sheetrender"
"""The key for what Deforum has no key for; Deforum leaves keys alone that it does not know."""

MODES = ("2D", "3D")
VIDEO = "Video Input"
OLD_NAMES: Mapping[str, str] = {
    "flip_2d_perspective": "enable_perspective_flip",
    "animation_prompts": "prompts",
    "scale": "cfg_scale_schedule",
    "fov": "fov_schedule",
    "width": "W",
    "height": "H",
}
"""Keys of the notebook and of old versions, and what they are called now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingKey:
    """A key of Deforum that is a setting here.

    Attributes:
        key: Deforum's.
        name: ours.
        read: turns the value of the file into our cell, or raises `FormulaError`.
        when: says why it does not count.
    """

    key: str
    name: str
    read: Callable[[object], Cell]
    when: Condition = lambda file: ""


def number(value: object) -> float:
    """Return a number, also one that is written as text.

    Raises:
        FormulaError: it is none.
    """
    if isinstance(value, (int, float, str)) and not isinstance(value, bool):
        try:
            found = float(value)
        except (ValueError, OverflowError):
            found = math.nan
        if math.isfinite(found):
            return found
    raise FormulaError("is not a number")


def is_on(value: object) -> bool:
    """Say whether a flag is set, also one that is written as text or number."""
    return value is True or str(value).strip().casefold() in ("true", "1", "yes", "on")


def mode(file: File) -> str:
    """Return the animation mode: ``2D``, ``3D``, ``None``, ``Interpolation``, ``Video Input``."""
    return str(file.get("animation_mode", "2D")).strip()


def _whole(low: int, high: int) -> Callable[[object], Cell]:
    def read(value: object) -> Cell:
        found = int(number(value))
        if not low <= found <= high:
            raise FormulaError(f"is out of range: from {low} to {high}")
        return found

    return read


def _side(value: object) -> Cell:
    found = round(number(value) / 8) * 8
    if not 8 <= found <= 16384:
        raise FormulaError("is out of range: from 8 to 16384")
    return found


def _rate(value: object) -> Cell:
    found = number(value)
    if not 1 <= found <= 1000:
        raise FormulaError("is out of range: from 1 to 1000")
    return int(found) if found.is_integer() else round(found, 6)


def _text(value: object) -> Cell:
    if not isinstance(value, str):
        raise FormulaError("is not a text")
    if not value.strip():
        raise FormulaError("is empty")
    return value.strip()


def _word(**words: str) -> Callable[[object], Cell]:
    def read(value: object) -> Cell:
        found = words.get(str(value).strip().casefold().removeprefix("match frame 0 "))
        if found is None:
            raise FormulaError("is not known here")
        return found

    return read


def _coherence(value: object) -> Cell:
    try:
        return _word(none="none", lab="lab", hsv="hsv", rgb="rgb")(value)
    except FormulaError as error:
        raise FormulaError("takes its colours from elsewhere; lab is used instead") from error


def _unless_scheduled(name: str) -> Condition:
    switch = f"enable_{name}_scheduling"

    def why(file: File) -> str:
        is_scheduled = is_on(file.get(switch)) and bool(file.get(f"{name}_schedule"))
        return f"{name}_schedule counts" if is_scheduled else ""

    return why


def _beside_the_sheet(what: str, setting: str) -> Callable[[object], Cell]:
    """Return a reader of paths, which stay under the folder of a sheet."""

    def read(value: object) -> Cell:
        path = str(_text(value)).replace("\\", "/")
        if path.startswith(("/", "~")) or ":" in path or ".." in path.split("/"):
            raise FormulaError(
                f"leads out of the sheet's folder; put the {what} beside the sheet and write its "
                f"name at {setting}"
            )
        return path

    return read


def _flag(value: object) -> Cell:
    return "yes" if is_on(value) else "no"


def _only_with_sound_file(file: File) -> str:
    wanted = str(file.get("add_soundtrack", "None")).strip().casefold()
    return "" if wanted == "file" else "add_soundtrack does not ask for a file"


def _only_with_init(file: File) -> str:
    return "" if is_on(file.get("use_init")) else "use_init is off in this file"


def _only_over_a_video(file: File) -> str:
    return "" if mode(file) == VIDEO else f"animation_mode is not {VIDEO}"


def _only_with_mask(file: File) -> str:
    return "" if is_on(file.get("use_mask")) else "use_mask is off in this file"


def _unless_flat(file: File) -> str:
    if mode(file) == "2D":
        return "motion is 2d here too where nothing is written"
    return "" if mode(file) == "3D" else "is no motion of ours"


SETTING_KEYS = (
    SettingKey(key="W", name="width", read=_side),
    SettingKey(key="H", name="height", read=_side),
    SettingKey(key="fps", name="fps", read=_rate),
    SettingKey(key="max_frames", name="frames", read=_whole(1, 10_000_000)),
    SettingKey(key="sampler", name="sampler", read=_text, when=_unless_scheduled("sampler")),
    SettingKey(
        key="sd_model_name", name="model", read=_text, when=_unless_scheduled("checkpoint")
    ),
    SettingKey(key="color_coherence", name="color_coherence", read=_coherence),
    SettingKey(
        key="animation_mode", name="motion", read=_word(**{"3d": "3d"}), when=_unless_flat
    ),
    SettingKey(key="border", name="border", read=_word(replicate="replicate", wrap="wrap")),
    SettingKey(
        key="soundtrack_path", name="song", read=_beside_the_sheet("song", "song"),
        when=_only_with_sound_file,
    ),
    SettingKey(
        key="init_image", name="init_image", read=_beside_the_sheet("picture", "init_image"),
        when=_only_with_init,
    ),
    SettingKey(
        key="video_init_path", name="init_video", read=_beside_the_sheet("video", "init_video"),
        when=_only_over_a_video,
    ),
    SettingKey(
        key="mask_file", name="mask", read=_beside_the_sheet("picture", "mask"),
        when=_only_with_mask,
    ),
    SettingKey(key="invert_mask", name="invert_mask", read=_flag, when=_only_with_mask),
)  # fmt: skip
SUBSEED_KEYS = ("enable_subseed_scheduling", "subseed_schedule", "subseed_strength_schedule")
SEED_KEYS = ("seed", "seed_behavior", "seed_schedule", "seed_iter_N", *SUBSEED_KEYS)
NAME_KEYS = (("sampler", "sampler"), ("checkpoint", "model"))
"""What Deforum has schedules of names for, and what it is called here."""
STEPS_SWITCH = "enable_steps_scheduling"

_FLAT = frozenset({"zoom", "angle", "transform_center_x", "transform_center_y"})
_DEEP = frozenset({"translation_z", "rotation_3d_x", "rotation_3d_y", "rotation_3d_z", "fov"})
_EITHER = frozenset({"translation_x", "translation_y"})


def channel_key(column: Column, file: File) -> str:
    """Return the key that holds a channel's values in a file; empty where Deforum has none."""
    if column.heading == "steps" and not is_on(file.get(STEPS_SWITCH)):
        return "steps"
    return column.deforum


def channel_keys() -> dict[str, str]:
    """Return our channel by every key of Deforum that may hold one."""
    return {column.deforum: column.heading for column in CHANNELS if column.deforum} | {
        "steps": "steps"
    }


def why_not_moved(name: str, file: File) -> str:
    """Return why a channel of motion does not count in the mode of a file; empty where it does."""
    found = mode(file)
    is_flip = name.startswith("perspective_flip")
    if found not in MODES:
        moves = is_flip or name in _FLAT | _DEEP | _EITHER
        return f"animation_mode {found} does not move the picture" if moves else ""
    if is_flip and not is_on(file.get("enable_perspective_flip")):
        return "the perspective flip is off in this file"
    if found == "2D" and name in _DEEP:
        return "3D motion is off in this file"
    if found == "3D" and name in _FLAT:
        return "2D motion is off in this file"
    return ""
