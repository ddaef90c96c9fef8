"""Small plans for tests, built without planning."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np

from sheetrender.engines.engine import DrawRequest, Image, Picture, Unusable
from sheetrender.model.events import FetchProgress
from sheetrender.model.frames import FrameSpec, Segment, Size
from sheetrender.model.keyframes import Border, ColorCoherence
from sheetrender.model.plan import PlannedRow, RenderPlan
from sheetrender.model.timing import FrameRate
from sheetrender.planning.columns import CHANNELS

SIZE = Size(32, 24)
DEFAULTS = {
    column.heading: column.default
    for column in CHANNELS
    if column.heading not in ("blend", "lora_weight")
}


def spec(**values: Any) -> FrameSpec:
    """Return a frame that stands still, but for `values`."""
    whole = {"steps": 20, "cadence": 1}
    text = {
        "index": 1, "starts_segment": False, "prompt": "p", "negative": "",
        "previous_prompt": "p", "prompt_weight": 1.0, "caption": "p", "seed": 0, "seed_share": 0.0,
    }  # fmt: skip
    return FrameSpec(**{**DEFAULTS, **whole, **text, **values})


def plan(
    *subjects: str,
    frames: int = 10,
    cuts: Sequence[int] = (),
    size: Size = SIZE,
    color_coherence: ColorCoherence = "lab",
    border: Border = "replicate",
    **channels: Any,
) -> RenderPlan:
    """Return a plan whose rows share the frames evenly; `cuts` are row numbers."""
    subjects = subjects or ("one",)
    firsts = [round(frames * n / len(subjects)) for n in range(len(subjects))]
    ends = [*firsts[1:], frames]
    rows = tuple(
        PlannedRow(
            first=first, last=end - 1, key=f"row{n}", row=n + 2, prompt=subject, negative="",
            caption=subject,
        )
        for n, (subject, first, end) in enumerate(zip(subjects, firsts, ends, strict=True))
    )  # fmt: skip
    starts = sorted({0, *(firsts[cut] for cut in cuts)})
    values = {**DEFAULTS, "zoom": 1.02, "angle": 0.5, "blend": 0.0, "lora_weight": 1.0, **channels}
    return RenderPlan(
        rate=FrameRate.parse("30"),
        size=size,
        rows=rows,
        row_of=np.repeat(np.arange(len(rows), dtype=np.int32), [len(row) for row in rows]),
        channels={
            name: np.broadcast_to(np.float64(value), (frames,)) for name, value in values.items()
        },
        seeds=np.full(frames, 7, dtype=np.uint32),
        seed_shares=np.zeros(frames),
        segments=tuple(
            Segment(a, b - 1) for a, b in zip(starts, [*starts[1:], frames], strict=True)
        ),
        color_coherence=color_coherence,
        border=border,
    )


class BlendEngine:
    """Blends the prepared picture with one made from prompt and seed; counts its draws."""

    name = "blend"
    version = "1"
    reads = frozenset({"strength"})
    grades = False
    reads_weights = True
    canvas = None
    width = 1

    def __init__(self, size: Size = SIZE) -> None:
        self.size = size
        self.drawn: list[int] = []
        self.batches: list[list[int]] = []
        self.black: set[tuple[int, int]] = set()
        """Frames and seeds that come out black."""

    def draw(self, requests: Sequence[DrawRequest]) -> list[Picture | Unusable]:
        self.batches.append([request.spec.index for request in requests])
        return [
            Unusable("came out black")
            if (request.spec.index, request.spec.seed) in self.black
            else self._draw(request)
            for request in requests
        ]

    def depth(self, picture: Picture) -> None:
        return None

    def fetch(self, models: Collection[str]) -> Iterator[FetchProgress]:
        return iter(())

    def _draw(self, request: DrawRequest) -> Image:
        self.drawn.append(request.spec.index)
        seed = [request.spec.seed, *request.spec.prompt.encode()]
        shape = (self.size.height, self.size.width, 3)
        target = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
        if request.prepared is None:
            return target
        keep = request.spec.strength
        return (request.prepared * keep + target * (1 - keep)).astype(np.uint8)


class SparingEngine(BlendEngine):
    """Draws by cadence."""

    reads = frozenset({"strength", "cadence"})
