"""What the rows and settings of a sheet say, once understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from sheetrender.model.beats import Beats
from sheetrender.model.cells import Address
from sheetrender.model.frames import Size
from sheetrender.model.timing import FrameRate

SeedBehavior = Literal["fixed", "iter", "ladder", "alternate", "random"]
Interpolation = Literal["linear", "quadratic", "cubic", "hold", "ease"]
ColorCoherence = Literal["lab", "rgb", "hsv", "none"]
Border = Literal["replicate", "wrap", "reflect"]
Codec = Literal["h264", "hevc", "prores", "png"]
LutInput = Literal["rec709", "log"]
Between = Literal["blend", "flow", "minterpolate"]
BlendBy = Literal["lerp", "slerp"]
"""How a prompt becomes the next one: straight, or along the arc between them."""
MotionKind = Literal["2d", "3d"]
"""Whether zoom, angle and shift move the picture, or a camera does."""
Memory = Literal["auto", "24", "12", "8", "6", "4"]
Precision = Literal["auto", "bf16", "fp16", "fp32"]


@dataclass(frozen=True, slots=True)
class ChannelKey:
    """One cell of a channel: a number to interpolate from, or a formula that holds from here on.

    Attributes:
        frame: where it begins, 0-based.
        value: the number, or the text of a formula in our own language.
        place: the cell that says so; None where it comes from the command line.
    """

    frame: int
    value: float | str
    place: Address | None


@dataclass(frozen=True, slots=True)
class ScheduleKey:
    """One key of a schedule, as written.

    Attributes:
        at: where it begins, 0-based, or the text of a formula of ``max_f`` and ``s``.
        value: the number, or the text of a formula.
    """

    at: int | str
    value: float | str


@dataclass(frozen=True, slots=True)
class Schedule:
    """A channel that is set for the whole video.

    Attributes:
        written: as it stands in its cell.
        place: the cell; None where it comes from the command line.
        keys: at least one, in the order in which they are written.
    """

    written: str
    place: Address | None
    keys: tuple[ScheduleKey, ...]


@dataclass(frozen=True, slots=True)
class PlacedText:
    """A text cell that counts in a row, whether it stands there or is carried on.

    Attributes:
        heading: what stands above it.
        text: with other columns' cells in the place of their names.
        place: the cell; None where it comes from the command line.
    """

    heading: str
    text: str
    place: Address | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyframe:
    """One row, typed; what its blank cells carry on from the rows above is filled in.

    Attributes:
        frame: where it begins, 0-based.
        row: its number in the sheet, 1-based.
        place: its frame cell.
        row_id: what it is known by across edits; empty where it has none yet.
        prompt: subject and style, or the prompt; formulas between backticks as written.
        negative: the negative prompt, likewise.
        caption: what it is about, in few words.
        texts: the cells that both are made of, the one that holds most of the prompt first.
        seed: 0 .. 2**32-1, its fraction the way to the next seed; -1 for one to be drawn; or the
            text of a formula.
        seed_place: the cell that says so; None where none does.
        gives_seed: the seed stands in this row; else it is carried on.
        cut: nothing of the picture before is kept.
        cut_place: the cell that says so; None where there is no such column.
        keys: the channels that have a cell in this row.
        model: its own model by name or path, or empty.
        sampler: its own sampler, or empty.
        loras: names or paths of its small changes to the model.
        files: the cells of this row that may name files, by heading.
        status: what stands in the status column, in lower case.
        approved: the row keeps its picture of the mood board, and that one's seed.
    """

    frame: int
    row: int
    place: Address
    row_id: str
    prompt: str
    negative: str
    caption: str
    texts: tuple[PlacedText, ...]
    seed: float | str
    seed_place: Address | None
    gives_seed: bool
    cut: bool
    cut_place: Address | None
    keys: Mapping[str, ChannelKey]
    status: str = ""
    model: str = ""
    sampler: str = ""
    loras: tuple[str, ...] = ()
    files: Mapping[str, PlacedText] = field(default_factory=dict)
    approved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The Settings tab, complete with defaults.

    Attributes:
        rate: frames per second.
        size: of the picture.
        frames: how many, or None to follow the song.
        song: path as written, or empty.
        bpm: beats per minute, or None where nobody says so.
        first_beat: seconds of the song, or without one of the video, to the first beat.
        engine: its name.
        model: its name or path; may be empty.
        sampler: its name.
        seed: for rows without one; a fraction is the way to the next seed, -1 draws one.
        seed_behavior: how the seed goes on within a row.
        style: for rows without one.
        negative: for rows without one.
        color_coherence: the colour space in which pictures are matched to their segment's first.
        border: what fills the edge that motion uncovers.
        interpolation: how numbers go from key to key.
        output: the output folder as written, or empty.
        start_timecode: the label of frame 0.
        scale_to: size of the finished video, or None to leave it.
        upscaler: path of the weights of a network that makes pictures larger, or empty.
        grain: of the finished video, per cent of full scale.
        lut: path of a colour table, or empty.
        lut_input: what the table expects, or empty where nobody says so.
        sharpen_video: how far the finished video's edges are raised, 0 .. 2.
        fade_in: seconds from black.
        fade_out: seconds to black.
        fps_to: rate of the finished video, or None to leave it.
        between: how the frames are made that a higher rate needs.
        song_offset: seconds of the song that pass before frame 0; negative: silence before it.
        codec: of the finished video.
        motion: what moves.
        init_image: path of the picture that the video begins from, or empty.
        init_video: path of the video that frames are painted over, or empty.
        mask: path of the picture that is white where frames are drawn, or empty.
        invert_mask: frames are drawn where it is black instead.
        blend_by: the way from one prompt to the next that fades in.
        vae: name or path of another picture decoder, or empty.
        lora: names or paths for rows without, commas between them.
        embeddings: names or paths of textual inversions, commas between them.
        depth_model: name or path of a model that sees depth, or empty.
        precision: of the model's numbers.
        memory: GB of the graphics card.
        compile: compile the model before the first frame.
        in_step: how many segments are drawn at once, or None.
        retry_unusable: draw black pictures again with other seeds.
        metadata: frames and video say in their files how they were made.
        caption: whether the animatic writes subject, frame and timecode into the picture.
        public_url: where the output folder is on the web, without ``/`` at its end; or empty.
        drive_previews: ``yes``, or the key of a folder in Google Drive for previews; or empty.
        channels: channels set for the whole video; a number, a formula or a schedule.
        places: where each setting stands that the sheet gives.
        beats: of markers or of the song; None where `bpm` says them, or nobody does.
    """

    rate: FrameRate
    size: Size
    frames: int | None = None
    song: str = ""
    bpm: float | None = None
    first_beat: float = 0.0
    engine: str = "animatic"
    model: str = ""
    sampler: str = "ddim"
    seed: float = 0
    seed_behavior: SeedBehavior = "fixed"
    style: str = ""
    negative: str = ""
    color_coherence: ColorCoherence = "lab"
    border: Border = "replicate"
    interpolation: Interpolation = "linear"
    output: str = ""
    start_timecode: str = "00:00:00:00"
    scale_to: Size | None = None
    grain: float = 0.0
    upscaler: str = ""
    lut: str = ""
    lut_input: Literal["", "rec709", "log"] = ""
    sharpen_video: float = 0.0
    fade_in: float = 0.0
    fade_out: float = 0.0
    fps_to: FrameRate | None = None
    between: Between = "blend"
    song_offset: float = 0.0
    codec: Codec = "h264"
    motion: MotionKind = "2d"
    init_image: str = ""
    init_video: str = ""
    mask: str = ""
    invert_mask: bool = False
    blend_by: BlendBy = "lerp"
    vae: str = ""
    lora: str = ""
    embeddings: str = ""
    depth_model: str = ""
    precision: Precision = "auto"
    memory: Memory = "auto"
    compile: bool = False
    in_step: int | None = None
    retry_unusable: bool = False
    metadata: bool = True
    caption: bool = True
    public_url: str = ""
    drive_previews: str = ""
    channels: Mapping[str, Schedule] = field(default_factory=dict)
    places: Mapping[str, Address] = field(default_factory=dict)
    beats: Beats | None = None

    @property
    def tempo(self) -> Beats | None:
        """Where beats fall, or None where nobody knows."""
        if self.beats is not None or self.bpm is None:
            return self.beats
        return Beats(bpm=self.bpm, first_beat=self.first_beat).sooner(self.song_begins)

    @property
    def song_begins(self) -> Fraction:
        """The second of the song at which frame 0 appears, as exactly as it is written."""
        if not self.song:
            return Fraction(0)
        return Fraction(self.song_offset).limit_denominator(1_000_000)
