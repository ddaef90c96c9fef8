"""A planned sheet as the settings of Deforum."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sheetrender.model.keyframes import Keyframe, Settings
from sheetrender.model.plan import RenderPlan
from sheetrender.planning.columns import CHANNELS, Column
from sheetrender.planning.deforum.defaults import DEFAULTS
from sheetrender.planning.deforum.extra import extra_of
from sheetrender.planning.deforum.finishing import finishing_settings
from sheetrender.planning.deforum.formulas import deforum_computes
from sheetrender.planning.deforum.keys import EXTRA, STEPS_SWITCH, VIDEO
from sheetrender.planning.deforum.loras import lora_tags
from sheetrender.planning.deforum.names import SAMPLERS, name_settings
from sheetrender.planning.deforum.prompts import NEGATIVE
from sheetrender.planning.deforum.schedules import channel_keys, deforum_schedule
from sheetrender.planning.deforum.seeds import seed_settings, subseed_settings
from sheetrender.planning.functions.function import Numbers

_MATHS = re.compile(r"`([^`]*)`")
_FLIPS = ("perspective_flip_theta", "perspective_flip_phi", "perspective_flip_gamma")
_COHERENCE = {"lab": "LAB", "rgb": "RGB", "hsv": "HSV", "none": "None"}


@dataclass(frozen=True, slots=True)
class Exported:
    """What is handed over.

    Attributes:
        settings: by key of Deforum, complete.
        notices: what Deforum does otherwise.
    """

    settings: dict[str, object]
    notices: tuple[str, ...]


def exported(rows: Sequence[Keyframe], settings: Settings, plan: RenderPlan, song: str) -> Exported:
    """Return the settings with which Deforum makes the video of a plan.

    Args:
        rows: of the sheet, in the order of their frames.
        settings: of the sheet.
        plan: every frame.
        song: path of the song; empty for none.
    """
    found: dict[str, object] = {
        **DEFAULTS,
        "W": plan.size.width,
        "H": plan.size.height,
        "fps": _rate(plan),
        "max_frames": plan.frames,
        "sampler": SAMPLERS.get(settings.sampler, settings.sampler),
        "color_coherence": _COHERENCE[plan.color_coherence],
        "border": "wrap" if plan.border == "wrap" else "replicate",
        "prompts": {str(row.frame): _prompt(row, plan) for row in rows},
        "add_soundtrack": "File" if song else "None",
        "soundtrack_path": song,
        **_switches(plan),
        **seed_settings(plan.seeds, draws_all=not np.any(plan.channels["cadence"] != 1)),
        **subseed_settings(plan.seeds, plan.seed_shares),
        **name_settings(rows, settings),
        **_sources(settings, plan),
        **finishing_settings(settings),
    }
    if settings.model:
        found["sd_model_name"] = settings.model
    for column in CHANNELS:
        if column.deforum:
            found[column.deforum] = _schedule(column, rows, settings, plan)
    found |= _whole_numbers(plan)
    found[EXTRA] = extra_of(rows, settings, plan, found)
    return Exported(found, tuple(_notices(rows, settings, plan)))


def _rate(plan: RenderPlan) -> int | float:
    rate = float(plan.rate.per_second)
    return int(rate) if rate.is_integer() else round(rate, 3)


def _prompt(row: Keyframe, plan: RenderPlan) -> str:
    prompt = row.prompt + lora_tags(row.loras, plan, row.frame)
    return f"{prompt} {NEGATIVE} {row.negative}" if row.negative else prompt


def _sources(settings: Settings, plan: RenderPlan) -> dict[str, object]:
    """Return Deforum's keys for what pictures are made from."""
    found: dict[str, object] = {}
    if settings.init_image:
        strength = round(float(plan.channels["strength"][0]), 6)
        found |= {"use_init": True, "init_image": settings.init_image, "strength": strength}
    if settings.init_video:
        found |= {"animation_mode": VIDEO, "video_init_path": settings.init_video}
    if settings.mask:
        found |= {"use_mask": True, "mask_file": settings.mask}
        found["invert_mask"] = settings.invert_mask
    return found


def _used(plan: RenderPlan, names: Sequence[str]) -> bool:
    return any(np.any(plan.channels[name] != 0) for name in names)


def _varies(values: Numbers) -> bool:
    return bool(np.any(values != values[0]))


def _switches(plan: RenderPlan) -> dict[str, object]:
    return {
        "animation_mode": "3D" if plan.motion == "3d" else "2D",
        "enable_perspective_flip": _used(plan, _FLIPS),
        STEPS_SWITCH: _varies(plan.channels["steps"]),
    }


def _whole_numbers(plan: RenderPlan) -> dict[str, object]:
    return {
        "steps": int(plan.channels["steps"][0]),
        "diffusion_cadence": int(plan.channels["cadence"][0]),
    }


def _schedule(
    column: Column, rows: Sequence[Keyframe], settings: Settings, plan: RenderPlan
) -> str:
    # The nearest that Deforum has to a cut: a picture that keeps nothing of the one before.
    cuts = [s.first for s in plan.segments[1:]] if column.heading == "strength" else []
    return deforum_schedule(
        channel_keys(column, rows, settings, plan.frames),
        plan.channels[column.heading],
        _constants(plan),
        linear=settings.interpolation == "linear",
        zeros=cuts,
    )


def _constants(plan: RenderPlan) -> dict[str, float]:
    return {
        "max_f": plan.frames - 1.0,
        "fps": float(plan.rate.per_second),
        "pi": float(np.pi),
        "e": float(np.e),
    }


def _done(settings: Settings) -> dict[str, object]:
    return finishing_settings(settings)


def _notices(rows: Sequence[Keyframe], settings: Settings, plan: RenderPlan) -> Iterator[str]:
    if len(plan.segments) > 1:
        yield "Deforum has no cuts: strength is 0 where a segment begins."
    if np.any(plan.channels["blend"] > 0):
        yield "Deforum has no blend: its prompts change at once."
    if _varies(plan.channels["cadence"]):
        yield f"Deforum has one cadence: {int(plan.channels['cadence'][0])} for the whole video."
    if plan.rate.per_second.denominator != 1:
        yield f"Deforum reads fps {_rate(plan)}; the exact rate is {plan.rate}."
    if plan.border == "reflect":
        yield "Deforum has no border reflect; it is given replicate."
    if settings.fps_to is not None and "frame_interpolation_engine" not in _done(settings):
        yield f"Deforum makes frames between by whole factors: not fps_to {settings.fps_to}."
    if settings.scale_to is not None and "r_upscale_video" not in _done(settings):
        yield f"Deforum upscales by 2, 3 or 4 alone: not to {settings.scale_to}."
    if _varies(plan.channels["lora_weight"]) and any(row.loras for row in rows):
        yield "Deforum changes the weight of a LoRA with the prompt alone: it has each row's first."
    if any(row.files.get("init_image") for row in rows):
        yield "Deforum has no init_image for rows: it is given the setting's alone."
    for row in rows:
        for formula in _MATHS.findall(f"{row.prompt}\n{row.negative}"):
            if not deforum_computes(formula):
                yield (
                    f"Deforum cannot compute `{formula}` in the prompt at frame {row.frame}. "
                    "Take it out there, or use t, max_f and functions without a t in their name."
                )
