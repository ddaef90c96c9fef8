"""A plan as a manifest of Parseq, which Deforum's extension takes and Parseq opens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sheetrender.model.keyframes import Keyframe, Settings
from sheetrender.model.plan import RenderPlan
from sheetrender.planning.deforum.exporting import exported
from sheetrender.planning.deforum.keys import EXTRA
from sheetrender.planning.deforum.loras import lora_tags
from sheetrender.planning.deforum.prompts import NEGATIVE
from sheetrender.planning.functions.function import Numbers
from sheetrender.planning.lines import needed
from sheetrender.planning.parseq.fields import CHANNEL_OF, POSITIONS
from sheetrender.planning.parseq.kept import keep

USUAL_BPM = 120.0
"""Beats per minute of a document where the sheet has none: Parseq needs some."""
_VERSION = "0.1.112"
"""Of Parseq, whose format this is."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is handed over.

    Attributes:
        content: of the file, as JSON has it.
        notices: what Deforum does otherwise.
    """

    content: dict[str, object]
    notices: tuple[str, ...]


def manifest(rows: Sequence[Keyframe], settings: Settings, plan: RenderPlan, song: str) -> Manifest:
    """Return a plan as a manifest of Parseq.

    Args:
        rows: of the sheet, in the order of their frames.
        settings: of the sheet.
        plan: every frame.
        song: path of the song; empty for none.
    """
    fields = _fields(plan)
    frames = list(_frames(plan, fields))
    deforum = exported(rows, settings, plan, song)
    rate = float(plan.rate.per_second)
    content: dict[str, object] = {
        "meta": {"generated_by": "sd_parseq", "version": _VERSION, "docName": "sheetrender"},
        "prompts": _prompts(frames, plan.frames),
        "options": {
            "input_fps": rate,
            "bpm": settings.tempo.bpm if settings.tempo else USUAL_BPM,
            "output_fps": rate,
            "cadence": int(plan.channels["cadence"][0]),
        },
        "managedFields": list(fields),
        "displayedFields": [name for name in fields if np.ptp(fields[name])][:5],
        "keyframes": _keyframes(fields, plan.frames),
        "timeSeries": [],
        "keyframeLock": "frames",
        "rendered_frames": frames,
        "rendered_frames_meta": {name: _range(values) for name, values in fields.items()},
        EXTRA: keep(deforum.settings, frames),
    }
    return Manifest(content, (*deforum.notices, *_notices(plan)))


def _fields(plan: RenderPlan) -> dict[str, Numbers]:
    """Return every field of Parseq at every frame: positions where we have steps."""
    found: dict[str, Numbers] = {"seed": plan.seeds.astype(np.float64) + plan.seed_shares}
    for field, name in CHANNEL_OF.items():
        values = np.array(plan.channels[name], dtype=np.float64)
        if field == "strength":
            values[[segment.first for segment in plan.segments[1:]]] = 0.0
        found[field] = _positions(field, values) if field in POSITIONS else values
    return found


def _positions(field: str, steps: Numbers) -> Numbers:
    still = 1.0 if field == "zoom" else 0.0
    return np.asarray(steps[0] + np.concatenate([[0.0], np.cumsum(steps[1:] - still)]))


def _frames(plan: RenderPlan, fields: Mapping[str, Numbers]) -> Iterator[dict[str, object]]:
    columns: dict[str, list[float]] = {}
    for field, values in fields.items():
        largest = float(np.max(np.abs(values)))
        columns[field] = values.tolist()
        columns[f"{field}_delta"] = _deltas(field, values, plan).tolist()
        columns[f"{field}_pc"] = (values / largest * 100 if largest else values).tolist()
    columns["subseed"] = np.ceil(fields["seed"]).tolist()
    columns["subseed_strength"] = plan.seed_shares.tolist()
    for frame in range(plan.frames):
        row = plan.rows[int(plan.row_of[frame])]
        prompt = row.prompt_at(frame) + lora_tags(row.loras, plan, frame)
        negative = row.negative_at(frame)
        yield {
            "frame": frame,
            "deforum_prompt": f"{prompt} {NEGATIVE} {negative}" if negative else prompt,
            **{name: _whole(values[frame]) for name, values in columns.items()},
        }


def _deltas(field: str, values: Numbers, plan: RenderPlan) -> Numbers:
    if field in POSITIONS:
        # Not what is left of sums: Deforum moves the picture by these.
        return np.asarray(plan.channels[CHANNEL_OF[field]])
    return np.concatenate([values[:1], np.diff(values)])


def _whole(value: float) -> float | int:
    return int(value) if value.is_integer() else value


def _range(values: Numbers) -> dict[str, object]:
    low, high = float(values.min()), float(values.max())
    return {"max": float(np.max(np.abs(values))), "min": low, "isFlat": low == high}


def _keyframes(fields: Mapping[str, Numbers], frames: int) -> list[dict[str, object]]:
    """Return keyframes from which Parseq makes the same numbers, in straight lines."""
    found: dict[int, dict[str, object]] = {0: {}, max(1, frames - 1): {}}
    for field, values in fields.items():
        for at in {*needed(values), frames - 1}:
            found.setdefault(at, {})[field] = _whole(float(values[at]))
    first = found[0]
    first |= {f"{field}_i": "L" for field in fields}
    return [{"frame": at, "info": "", **found[at]} for at in sorted(found)]


def _prompts(frames: Sequence[Mapping[str, object]], count: int) -> dict[str, object]:
    texts = [str(frame["deforum_prompt"]) for frame in frames]
    starts = [0, *(n for n in range(1, count) if texts[n] != texts[n - 1])]
    listed = [
        _prompt(f"Prompt {n}", texts[first], first, end - 1)
        for n, (first, end) in enumerate(zip(starts, [*starts[1:], count], strict=True), start=1)
    ]
    return {
        "format": "v2",
        "enabled": True,
        "commonPrompt": {**_prompt("Common", "", 0, count - 1), "allFrames": True},
        "commonPromptPos": "append",
        "promptList": listed,
    }


def _prompt(name: str, text: str, first: int, last: int) -> dict[str, object]:
    positive, _, negative = text.partition(f" {NEGATIVE} ")
    return {
        "name": name,
        "positive": positive,
        "negative": negative,
        "allFrames": False,
        "from": first,
        "to": last,
        "overlap": {"inFrames": 0, "outFrames": 0, "type": "none", "custom": "prompt_weight_1"},
    }


def _notices(plan: RenderPlan) -> Iterator[str]:
    yield (
        "Paste it, or its address, into Parseq's box in Deforum, leave parseq_use_deltas on, and "
        f"set width {plan.size.width}, height {plan.size.height}, "
        f"animation_mode {plan.motion.upper()}, max_frames {plan.frames} there: "
        "export --to deforum has them all."
    )
