"""The frozen plan of a whole video: columns of numbers, one entry for each frame."""

from __future__ import annotations

import bisect
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sheetrender.model.curves import SongCurve
from sheetrender.model.frames import FrameSpec, Lora, Segment, Size
from sheetrender.model.keyframes import Border, ColorCoherence, MotionKind
from sheetrender.model.prompts import MovingText
from sheetrender.model.sources import SourceFile
from sheetrender.model.timing import FrameRate

# What is said of rows, and reaches a frame in another form.
_NOT_OF_FRAMES = frozenset({"blend", "lora_weight"})
WHOLE_CHANNELS = frozenset({"steps", "cadence"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRow:
    """A row of the sheet and the frames that belong to it.

    Attributes:
        first: its first frame, 0-based; 0 for the first row, whatever its frame.
        last: its last frame, itself part of the row; `first` - 1 where it has none.
        key: what its drawn seed and its status are filed under.
        row: its number in the sheet, 1-based.
        prompt: full text; formulas between backticks as written.
        negative: the negative prompt, likewise.
        caption: what it is about, in few words.
        blend: frames over which its prompt fades in.
        status: what stands in its status cell, in lower case.
        model: its own model by name or path; else empty.
        sampler: its own sampler; else empty.
        loras: names or paths of its small changes to the model.
        moving_prompt: the prompt with its formulas computed; None where it has none.
        moving_negative: the negative prompt likewise.
    """

    first: int
    last: int
    key: str
    row: int
    prompt: str
    negative: str
    caption: str
    blend: int = 0
    status: str = ""
    model: str = ""
    sampler: str = ""
    loras: tuple[str, ...] = ()
    moving_prompt: MovingText | None = None
    moving_negative: MovingText | None = None

    def __len__(self) -> int:
        return self.last - self.first + 1

    @property
    def moves(self) -> bool:
        """Whether its texts change from frame to frame."""
        return self.moving_prompt is not None or self.moving_negative is not None

    def prompt_at(self, index: int) -> str:
        """Return the prompt at a frame of the video; behind the row, its last one."""
        moving = self.moving_prompt
        return self.prompt if moving is None else moving.at(index - self.first)

    def negative_at(self, index: int) -> str:
        """Return the negative prompt at a frame of the video."""
        moving = self.moving_negative
        return self.negative if moving is None else moving.at(index - self.first)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderPlan:
    """Everything that rendering needs to know, for every frame.

    Attributes:
        rate: frames per second.
        size: of the picture.
        rows: in the order of their frames; together they cover every frame.
        row_of: index into `rows`, shape (n_frames,).
        channels: value of every channel, each of shape (n_frames,).
        seeds: noise seeds, shape (n_frames,).
        seed_shares: how far each goes towards the noise of the next seed, shape (n_frames,).
        segments: the runs between cuts, in order; together they cover every frame.
        color_coherence: the colour space in which pictures are matched.
        border: what fills the edge that motion uncovers.
        motion: what moves.
        begins: the picture that a segment begins from, by the segment's first frame.
        video: what every frame is painted over, in place of the frame before it.
        mask: white where frames are drawn, black where they keep what they are painted over.
        mask_inverted: the other way round.
        curves: of the song, by the name that formulas call them.
    """

    rate: FrameRate
    size: Size
    rows: tuple[PlannedRow, ...]
    row_of: npt.NDArray[np.int32]
    channels: Mapping[str, npt.NDArray[np.float64]]
    seeds: npt.NDArray[np.uint32]
    seed_shares: npt.NDArray[np.float64]
    segments: tuple[Segment, ...]
    color_coherence: ColorCoherence
    border: Border
    motion: MotionKind = "2d"
    begins: Mapping[int, SourceFile] = field(default_factory=dict)
    video: SourceFile | None = None
    mask: SourceFile | None = None
    mask_inverted: bool = False
    curves: Mapping[str, SongCurve] = field(default_factory=dict)

    @property
    def frames(self) -> int:
        """How many frames the video has."""
        return len(self.row_of)

    def segment_of(self, index: int) -> Segment:
        """Return the segment that a frame belongs to."""
        behind = bisect.bisect_right(self.segments, index, key=lambda segment: segment.first)
        return self.segments[behind - 1]

    def prompt_weight(self, index: int) -> float:
        """Return the share of the row's own prompt at a frame, below 1.0 while it fades in."""
        row_number = int(self.row_of[index])
        row = self.rows[row_number]
        if row_number == 0 or row.blend <= 0 or self.segment_of(index).first >= row.first:
            return 1.0
        return min(1.0, (index - row.first + 1) / (row.blend + 1))

    def frame(self, index: int) -> FrameSpec:
        """Return everything needed to draw one frame, given the picture before it."""
        row_number = int(self.row_of[index])
        row = self.rows[row_number]
        weight = self.prompt_weight(index)
        values: dict[str, float] = {
            name: int(values[index]) if name in WHOLE_CHANNELS else float(values[index])
            for name, values in self.channels.items()
            if name not in _NOT_OF_FRAMES
        }
        weight_of_loras = float(self.channels["lora_weight"][index]) if row.loras else 0.0
        prompt = row.prompt_at(index)
        before = self.rows[row_number - 1].prompt_at(index) if weight < 1.0 else prompt
        return FrameSpec(
            index=index,
            starts_segment=self.video is not None or self.segment_of(index).first == index,
            prompt=prompt,
            negative=row.negative_at(index),
            previous_prompt=before,
            prompt_weight=weight,
            caption=row.caption,
            seed=int(self.seeds[index]),
            seed_share=float(self.seed_shares[index]),
            model=row.model,
            sampler=row.sampler,
            loras=tuple(Lora(name, weight_of_loras) for name in row.loras),
            **values,  # type: ignore[arg-type]  # the channels are FrameSpec's own attributes
        )
