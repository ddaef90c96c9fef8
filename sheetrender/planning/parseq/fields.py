"""THE table of Parseq's fields: which of our names each one is."""

from __future__ import annotations

from collections.abc import Mapping

from sheetrender.planning.columns import Column, channel

CHANNEL_OF: Mapping[str, str] = {
    **{
        name: name
        for name in (
            "scale", "noise", "strength", "contrast", "angle", "zoom", "transform_center_x",
            "transform_center_y", "perspective_flip_theta", "perspective_flip_phi",
            "perspective_flip_gamma", "perspective_flip_fv", "translation_x", "translation_y",
            "translation_z", "rotation_3d_x", "rotation_3d_y", "rotation_3d_z", "fov",
        )
    },
    "antiblur_amount": "sharpen",
    "antiblur_sigma": "sharpen_sigma",
}  # fmt: skip
"""Our channel by Parseq's field."""

POSITIONS = frozenset(
    {
        "angle", "zoom", "translation_x", "translation_y", "translation_z", "rotation_3d_x",
        "rotation_3d_y", "rotation_3d_z", "perspective_flip_theta", "perspective_flip_phi",
        "perspective_flip_gamma",
    }
)  # fmt: skip
"""Fields that say where the picture is; Deforum is given how far it goes from frame to frame."""

DEEP = ("translation_z", "rotation_3d_x", "rotation_3d_y", "rotation_3d_z")
"""Fields that move a camera and not the picture."""

USUAL: Mapping[str, float] = {
    "seed": -1, "scale": 7, "noise": 0.08, "strength": 0.6, "contrast": 1, "prompt_weight_1": 1,
    "zoom": 1, "transform_center_x": 0.5, "transform_center_y": 0.5, "perspective_flip_fv": 50,
    "fov": 40, "near": 200, "far": 10000, "antiblur_kernel": 5, "antiblur_sigma": 1,
    "antiblur_amount": 0.2,
}  # fmt: skip
"""What Parseq takes for a field that no keyframe gives a value; 0 for all others."""


def column_of(field: str) -> Column | None:
    """Return our channel for a field, or None where there is none."""
    name = CHANNEL_OF.get(field)
    return channel(name) if name else None


def reason(field: str) -> str:
    """Return why a field is no cell here, in one short clause."""
    if field.startswith("prompt_weight"):
        return "is a weight: it stands in the prompts"
    for start, why in (
        ("cn_", "belongs to ControlNet"),
        ("hybrid_", "belongs to hybrid video"),
        ("guided", "belongs to guided images"),
        ("antiblur", "belongs to the sharpening of Deforum"),
    ):
        if field.startswith(start):
            return why
    return "has nothing like it here"
