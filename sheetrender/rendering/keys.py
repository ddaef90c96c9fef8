"""What each frame is made from, as one short digest: the whole of resuming rests on it.

The key of a frame that is drawn covers the engine, everything the plan says of the frame, the
motions that lead to it, and the key of the frame that was drawn before it unless a cut stands
between; the prompt that a row fades in from is covered by that, as nothing fades across a cut. The
key of a tween covers the keys of the two that it lies between, and the motions from one to the
other. A frame whose key is in the journal is done.
"""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

from sheetrender.engines.engine import Engine, EngineSettings
from sheetrender.model.motion import CAMERA_CHANNELS, MOTION_CHANNELS
from sheetrender.model.plan import PlannedRow, RenderPlan
from sheetrender.model.sources import SourceFile
from sheetrender.rendering.course import NONE, Course, course_of
from sheetrender.rendering.loop import coherence, engine_words

# What the loop itself does with a picture; engines say in `reads` what they look at beyond it.
LOOP_CHANNELS = frozenset({"noise", "contrast", "sharpen", "sharpen_sigma"})
LOOP_VERSION = "2"


def _digest(*parts: bytes) -> bytes:
    # Each part is preceded by its length, so that no two lists of parts give the same bytes.
    state = hashlib.blake2b(digest_size=16)
    for part in parts:
        state.update(len(part).to_bytes(8, "little"))
        state.update(part)
    return state.digest()


def frame_keys(plan: RenderPlan, engine: Engine, settings: EngineSettings) -> list[bytes]:
    """Return the key of every frame, 16 bytes each, in the order of frames."""
    return _Keys(plan, engine, settings).all()


class _Keys:
    """The keys of one plan while they are made."""

    def __init__(self, plan: RenderPlan, engine: Engine, settings: EngineSettings) -> None:
        self._plan = plan
        self._engine = engine
        self._course: Course = course_of(plan, engine)
        self._made_by = (
            f"{LOOP_VERSION} {engine.name} {engine.version} {settings.identity} "
            f"{coherence(plan, engine)} {plan.border} {plan.motion} "
            f"{_digest_of(plan.video)} {_mask(plan)}"
        ).encode()
        moving = MOTION_CHANNELS if plan.motion == "2d" else CAMERA_CHANNELS
        read = engine.reads & set(plan.channels) - {"cadence"}
        self._motions = _table(plan, moving)
        self._numbers = _table(
            plan,
            moving | LOOP_CHANNELS | read,
            plan.seeds + plan.seed_shares,
            _prompt_weights(plan),
            _lora_weights(plan, engine),
        )
        self._texts = [self._text(row, row.first) for row in plan.rows]

    def all(self) -> list[bytes]:
        """Return the keys; those of tweens come after the drawn frame behind them."""
        plan, keys = self._plan, [b""] * self._plan.frames
        newer, older = self._course.newer.tolist(), self._course.older.tolist()
        for index, row_number in enumerate(plan.row_of.tolist()):
            if newer[index] != index:
                continue
            row = plan.rows[row_number]
            before = older[index]
            way = b"" if before == NONE else self._motions[before + 1 : index].tobytes()
            keys[index] = _digest(
                self._made_by,
                index.to_bytes(8, "little"),
                self._numbers[index].tobytes(),
                self._text(row, index) if row.moves else self._texts[row_number],
                b"" if before == NONE else keys[before],
                way,
                _digest_of(plan.begins.get(index)).encode(),
            )
            if before != NONE and before + 1 < index:
                self._between(before, index, keys)
        return keys

    def _between(self, older: int, newer: int, keys: list[bytes]) -> None:
        way = self._motions[older + 1 : newer + 1].tobytes()
        for index in range(older + 1, newer):
            number = index.to_bytes(8, "little")
            keys[index] = _digest(self._made_by, number, keys[older], keys[newer], way)

    def _text(self, row: PlannedRow, index: int) -> bytes:
        engine = self._engine
        written = (row.prompt_at(index), row.negative_at(index))
        texts = [*(engine_words(text, engine) for text in written), row.caption]
        own = {"model": row.model, "sampler": row.sampler, "loras": ",".join(row.loras)}
        texts += [f"{name} {text}" for name, text in own.items() if text and name in engine.reads]
        return _digest(*(text.encode() for text in texts))


def _table(
    plan: RenderPlan, names: frozenset[str], *more: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    columns = [plan.channels[name] for name in sorted(names)]
    return np.ascontiguousarray(np.stack([*columns, *more], axis=1))


def _lora_weights(plan: RenderPlan, engine: Engine) -> npt.NDArray[np.float64]:
    """Return how much of its LoRAs each frame uses, 0.0 where there are none."""
    has_some = [bool(row.loras) and "loras" in engine.reads for row in plan.rows]
    return np.where(np.array(has_some)[plan.row_of], plan.channels["lora_weight"], 0.0)


def _digest_of(source: SourceFile | None) -> str:
    return "" if source is None else source.digest.hex()


def _mask(plan: RenderPlan) -> str:
    side = " inverted" if plan.mask_inverted and plan.mask is not None else ""
    return _digest_of(plan.mask) + side


def _prompt_weights(plan: RenderPlan) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    weights = np.ones(plan.frames)
    for row in plan.rows:
        for index in range(row.first, min(row.first + row.blend, row.last + 1)):
            weights[index] = plan.prompt_weight(index)
    return weights
