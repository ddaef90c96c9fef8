"""What each frame is made from, as one short digest: the whole of resuming rests on it.

The key of a frame covers the engine, everything the plan says of the frame, and the key of the
frame before it unless a cut stands between; the prompt that a row fades in from is covered by that,
as nothing fades across a cut. A frame whose key is in the journal is done.
"""

from __future__ import annotations

import hashlib

import numpy as np

from sheetrender.engines.engine import Engine, EngineSettings
from sheetrender.model.motion import MOTION_CHANNELS
from sheetrender.model.plan import PlannedRow, RenderPlan
from sheetrender.rendering.loop import coherence, engine_words

# What the loop itself does with a picture; engines say in `reads` what they look at beyond it.
LOOP_CHANNELS = MOTION_CHANNELS | {"noise", "contrast"}
LOOP_VERSION = "1"


def _digest(*parts: bytes) -> bytes:
    # Each part is preceded by its length, so that no two lists of parts give the same bytes.
    state = hashlib.blake2b(digest_size=16)
    for part in parts:
        state.update(len(part).to_bytes(8, "little"))
        state.update(part)
    return state.digest()


def frame_keys(plan: RenderPlan, engine: Engine, settings: EngineSettings) -> list[bytes]:
    """Return the key of every frame, 16 bytes each, in the order of frames."""
    made_by = (
        f"{LOOP_VERSION} {engine.name} {engine.version} {settings!r} "
        f"{coherence(plan, engine)} {plan.border}"
    ).encode()
    names = sorted(LOOP_CHANNELS | (engine.reads & set(plan.channels)))
    columns = [plan.channels[name] for name in names]
    columns += [plan.seeds + plan.seed_shares, _prompt_weights(plan)]
    numbers = np.ascontiguousarray(np.stack(columns, axis=1))
    rows = [_texts(row, row.first, engine) for row in plan.rows]
    starts = {segment.first for segment in plan.segments}
    keys: list[bytes] = []
    before = b""
    for index, row_number in enumerate(plan.row_of.tolist()):
        before = b"" if index in starts else before
        row = plan.rows[row_number]
        before = _digest(
            made_by,
            index.to_bytes(8, "little"),
            numbers[index].tobytes(),
            _texts(row, index, engine) if row.moves else rows[row_number],
            before,
        )
        keys.append(before)
    return keys


def _texts(row: PlannedRow, index: int, engine: Engine) -> bytes:
    words = (engine_words(text, engine) for text in (row.prompt_at(index), row.negative_at(index)))
    return _digest(*(text.encode() for text in words), row.caption.encode())


def _prompt_weights(plan: RenderPlan) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    weights = np.ones(plan.frames)
    for row in plan.rows:
        for index in range(row.first, min(row.first + row.blend, row.last + 1)):
            weights[index] = plan.prompt_weight(index)
    return weights
