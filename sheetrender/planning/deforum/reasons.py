"""Why a key of Deforum's stands in the tab of those that are not used here."""

from __future__ import annotations

import re

_REASONS = (
    (r"use_init$|use_mask$", "is a switch: what it switches on was taken"),
    (r"cn_\d_", "belongs to ControlNet"),
    (r"hybrid_", "belongs to hybrid video"),
    (r"parseq_", "belongs to Parseq"),
    (r"use_looper|init_images|image_strength|blendFactor|tweening|color_correction_factor",
     "belongs to guided images"),
    (r"perlin_|noise_type", "is the kind of Deforum's noise; noise here has one kind"),
    (r"amount_|kernel_|sigma_|threshold_schedule", "belongs to the sharpening of Deforum"),
    (r"use_mask|use_alpha|mask_|invert_mask|overlay_mask|fill|full_res_mask|noise_mask|use_noise",
     "belongs to masks"),
    (r"video_init|extract_|overwrite_extracted|use_mask_video|video_mask",
     "belongs to the input of a video"),
    (r"use_init|init_|strength$|strength_0_no_init|image_path",
     "belongs to an image to begin with"),
    (r"optical_flow|cadence_flow|redo_flow|diffusion_redo", "belongs to optical flow"),
    (r"use_depth|depth_|midas|padding_mode|sampling_mode|save_depth|near|far|aspect_ratio|fov",
     "belongs to 3D motion"),
    (r"r_upscale|frame_interpolation|make_gif|delete_|skip_video|store_frames|add_soundtrack"
     r"|soundtrack|save_settings|save_samples|outdir|use_manual|path_name|image_format",
     "is about Deforum's files and videos"),
    (r"resume_|timestring|deforum_git|sd_model_hash|batch_name|override_settings",
     "is the file's own name and origin"),
    (r"positive_prompts|negative_prompts", "stands in every prompt already"),
    (r"animation_mode|enable_|use_looper|flip_2d", "is a switch: what it switches on was taken"),
    (r"subseed|ddim_eta|ancestral_eta|noise_multiplier|clipskip|pix2pix|tiling|restore_faces"
     r"|seed_resize|seed_enable|reroll|motion_preview|eta|C$|f$|n_batch|n_samples|precision",
     "has nothing like it here"),
    (r"seed_iter_N", "goes on at every picture, as here"),
    (r"seed_", "is a way of going from seed to seed that is off in this file"),
    (r"color_|legacy_color", "is Deforum's way of matching colours"),
    (r"checkpoint_|sampler_|steps_schedule|steps$", "is off in this file"),
    (r".*(clip|aesthetics|exposure|mean|var|grad|loss|scale)$",
     "belongs to the notebook's guidance"),
)  # fmt: skip
_UNSEEN = frozenset(
    {
        "is a switch: what it switches on was taken",
        "is about Deforum's files and videos",
        "is the file's own name and origin",
        "stands in every prompt already",
        "goes on at every picture, as here",
        "is a way of going from seed to seed that is off in this file",
        "is off in this file",
    }
)
"""Reasons of keys that no picture would show."""
_PATTERNS = tuple((re.compile(pattern), why) for pattern, why in _REASONS)


def why_not_used(key: str) -> str:
    """Return in one short clause why a key of a settings file is no cell here."""
    found = (why for pattern, why in _PATTERNS if pattern.match(key))
    return next(found, "is no setting here")


def is_seen(key: str) -> bool:
    """Say whether a key that is not used may change Deforum's pictures."""
    return why_not_used(key) not in _UNSEEN
