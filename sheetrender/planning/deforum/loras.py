"""LoRAs of rows as tags at the end of prompts, which is where Deforum has them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from sheetrender.model.plan import RenderPlan
from sheetrender.model.prompts import short_number


def lora_tags(loras: Sequence[str], plan: RenderPlan, frame: int) -> str:
    """Return what stands behind a prompt, a blank before it; empty where there are none.

    Args:
        loras: names or paths.
        plan: which has their weight.
        frame: at which it counts.
    """
    weight = short_number(float(plan.channels["lora_weight"][min(frame, plan.frames - 1)]))
    stems = (PurePosixPath(name.replace("\\", "/")).stem for name in loras)
    return "".join(f" <lora:{stem}:{weight}>" for stem in stems)
