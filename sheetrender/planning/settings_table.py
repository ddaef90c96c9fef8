"""The table of settings: what may stand in the Settings tab, and how each cell is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from sheetrender.model.cells import CellPicture, Value
from sheetrender.model.frames import Size
from sheetrender.model.keyframes import (
    Between,
    BlendBy,
    Border,
    Codec,
    ColorCoherence,
    Interpolation,
    LutInput,
    Memory,
    MotionKind,
    Precision,
    SeedBehavior,
)
from sheetrender.model.timing import FrameRate
from sheetrender.planning import readers
from sheetrender.planning.columns import Column, column_named, nearest
from sheetrender.planning.seeds import read_seed
from sheetrender.planning.syntax import FormulaError

Reader = Callable[[Value], Any]

RENDERER = "renderer"
"""Name of the row of the Settings tab that is ours: which machine renders the sheet just now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One name that may stand in the Settings tab.

    Attributes:
        name: as we write it.
        default: as a person would write it; empty for none.
        help: one line for a person.
        read: turns the cell into the value of `Settings`' attribute of the same name.
        choices: the words that it may be; empty where it may be anything that `read` takes.
    """

    name: str
    default: str
    help: str
    read: Reader
    choices: tuple[str, ...] = ()


def _chosen(name: str, help_text: str, *choices: str) -> Setting:
    """Return a setting that is one of a few words, the first of them by default."""
    return Setting(
        name=name, default=choices[0], help=help_text, read=_choice(choices), choices=choices
    )


def _switch(name: str, help_text: str) -> Setting:
    """Return a setting that is off by default."""
    return Setting(
        name=name, default="no", help=help_text, read=readers.flag, choices=("yes", "no")
    )


def _choice(names: Sequence[str]) -> Reader:
    def read(value: Value) -> str:
        word = readers.text(value).casefold()
        if word in names:
            return word
        close = nearest(word, names)
        hint = f"Did you mean {close}?" if close else f"Write one of {', '.join(names)}."
        raise FormulaError("is not a choice here", hint)

    return read


def _whole(low: int, high: int) -> Reader:
    column = Column(heading="", kind="seed", help="", low=low, high=high)
    return lambda value: readers.whole_number(value, column)


def _number(low: float | None = None, high: float | None = None, *, above: bool = False) -> Reader:
    column = Column(heading="", kind="channel", help="", low=low, high=high, above_low=above)

    def read(value: Value) -> float:
        found = readers.number(value)
        if found is None:
            raise FormulaError("is not a number", f"Write a number {column.limits}".rstrip() + ".")
        if not column.allows(found):
            raise FormulaError("is out of range", f"Write a number {column.limits}.")
        return found

    return read


def _seed(value: Value) -> float:
    column = column_named("seed")
    assert column is not None
    found = read_seed(value, column)
    if isinstance(found, str):
        raise FormulaError(
            "is a formula", f"Write a whole number {column.limits}; rows take formulas for it."
        )
    return found


def _side(value: Value) -> int:
    pixels: int = _whole(8, 16384)(value)
    if pixels % 8:
        near = pixels // 8 * 8
        raise FormulaError("is not a multiple of 8", f"Write {near} or {near + 8}.")
    return pixels


def _rate(value: Value) -> FrameRate:
    remedy = "Write a rate such as 24, 25, 29.97, 30 or 30000/1001."
    try:
        rate = FrameRate.parse(readers.written(value))
    except ValueError as error:
        raise FormulaError("is not a frame rate", remedy) from error
    if not 1 <= rate.per_second <= 1000:
        raise FormulaError("is out of range: from 1 to 1000", remedy)
    return rate


def _size(value: Value) -> Size:
    match = re.fullmatch(r"(\d{2,5})\s*[x×*]\s*(\d{2,5})", readers.text(value))
    if match is None:
        raise FormulaError("is not a size", "Write width x height, such as 1920x1080.")
    return Size(int(match[1]), int(match[2]))


def _start_timecode(value: Value) -> str:
    word = readers.text(value)
    if not re.fullmatch(r"\d{1,2}[:;]\d{2}[:;]\d{2}[:;]\d{2}", word):
        raise FormulaError("is not a timecode", "Write it as text: 01:00:00:00.")
    return word


def _public_url(value: Value) -> str:
    word = readers.text(value).rstrip("/")
    remedy = "Write the address that leads to the output folder: https://example.com/my-video."
    if not re.match(r"https?://[^/?#]", word) or "#" in word:
        raise FormulaError("is no address on the web", remedy)
    try:
        CellPicture.at(word, "frames/000000.png", "0" * 8)
    except ValueError as error:
        raise FormulaError("has characters that no address has", remedy) from error
    return word


def _drive_previews(value: Value) -> str:
    """Return an empty text, ``yes`` or the key of a folder."""
    word = readers.text(value)
    found = re.search(r"/folders/([\w-]{10,})", word) or re.fullmatch(r"([\w-]{19,})", word)
    if found:
        return found[1]
    try:
        return "yes" if readers.flag(value) else ""
    except FormulaError as error:
        remedy = "Write yes, no, or the address of a folder in Google Drive."
        raise FormulaError("is neither yes nor no nor a folder", remedy) from error


SETTINGS = (
    Setting(name="fps", default="30", help="Frames per second; 29.97 is 30000/1001.", read=_rate),
    Setting(name="width", default="768", help="Of the picture, a multiple of 8.", read=_side),
    Setting(name="height", default="432", help="Of the picture, a multiple of 8.", read=_side),
    Setting(
        name="frames",
        default="",
        help="Length; empty: the song's, else one second past the last row.",
        read=_whole(1, readers.LAST_FRAME),
    ),
    Setting(name="song", default="", help="Sound file, beside the sheet.", read=readers.text),
    Setting(
        name="bpm", default="", help="Beats per minute, for b16 and bar 4.", read=_number(1, 999)
    ),
    Setting(
        name="first_beat",
        default="0",
        help="Seconds of the song to its first beat.",
        read=_number(),
    ),
    Setting(
        name="song_offset",
        default="0",
        help="Seconds into the song at which the picture begins; negative: the song waits.",
        read=_number(-3600, 86400),
    ),
    _chosen("engine", "Who draws. The animatic needs no model.", "animatic", "diffusion"),
    Setting(
        name="model", default="", help="Name or file of the engine's model.", read=readers.text
    ),
    Setting(
        name="sampler",
        default="ddim",
        help="The engine's way of drawing, as in Deforum.",
        read=readers.text,
    ),
    Setting(
        name="seed",
        default="0",
        help="For rows without one; -1 draws, 1000.25 is a quarter of the way to 1001.",
        read=_seed,
    ),
    _chosen("seed_behavior", "How the seed goes on from frame to frame.", *get_args(SeedBehavior)),
    Setting(name="style", default="", help="For rows without one.", read=readers.text),
    Setting(name="negative", default="", help="For rows without one.", read=readers.text),
    _chosen(
        "motion",
        "What moves: the picture in its plane (2d), or a camera in front of it (3d).",
        *get_args(MotionKind),
    ),
    Setting(
        name="init_image",
        default="",
        help="A picture beside the sheet that the video begins from, as strength says.",
        read=readers.text,
    ),
    Setting(
        name="init_video",
        default="",
        help="A video beside the sheet; each frame is painted over its picture at that time.",
        read=readers.text,
    ),
    Setting(
        name="mask",
        default="",
        help="A picture beside the sheet: white is drawn, black stays as it was.",
        read=readers.text,
    ),
    _switch("invert_mask", "The mask the other way round: black is drawn, white stays."),
    _chosen(
        "blend_by",
        "Diffusion: how prompts fade with blend, straight (lerp) or on an arc (slerp).",
        *get_args(BlendBy),
    ),
    Setting(
        name="vae",
        default="",
        help="Diffusion: another picture decoder by name or file, or taesd (fast, coarse).",
        read=readers.text,
    ),
    Setting(
        name="lora",
        default="",
        help="Diffusion: LoRAs for rows without, by name or file, commas between them.",
        read=readers.text,
    ),
    Setting(
        name="embeddings",
        default="",
        help="Diffusion: textual inversions by name or file, commas between them.",
        read=readers.text,
    ),
    Setting(
        name="depth_model",
        default="",
        help="Diffusion: a model that sees depth, for 3d motion; empty moves a flat plane.",
        read=readers.text,
    ),
    _chosen("precision", "Diffusion: of the model's numbers; fp32 is slow.", *get_args(Precision)),
    _chosen(
        "memory", "Diffusion: GB of the graphics card that it makes do with.", *get_args(Memory)
    ),
    _switch("compile", "Diffusion: make the model faster, which takes minutes at the start."),
    Setting(
        name="in_step",
        default="",
        help="Diffusion: segments drawn at once; empty lets the engine choose.",
        read=_whole(1, 64),
    ),
    _switch("retry_unusable", "Diffusion: draw black pictures again with up to three other seeds."),
    _chosen(
        "color_coherence",
        "How a segment's colours are kept near its first picture's.",
        *get_args(ColorCoherence),
    ),
    _chosen("border", "What fills the edges that motion uncovers.", *get_args(Border)),
    _chosen("interpolation", "How numbers go on to the next number.", *get_args(Interpolation)),
    Setting(name="output", default="", help="Output folder, beside the sheet.", read=readers.text),
    Setting(
        name="start_timecode",
        default="00:00:00:00",
        help="The timecode of frame 0.",
        read=_start_timecode,
    ),
    Setting(name="scale_to", default="", help="Size of the finished video: 1920x1080.", read=_size),
    Setting(
        name="upscaler",
        default="",
        help="Weights of a network that makes the pictures larger before scale_to.",
        read=readers.text,
    ),
    Setting(
        name="grain",
        default="0",
        help="Film grain, % of full scale (3 is much).",
        read=_number(0, 100),
    ),
    Setting(name="lut", default="", help="A .cube colour table.", read=readers.text),
    Setting(
        name="lut_input",
        default="",
        help="What the table expects: rec709, pictures as seen, or log, as film is scanned.",
        read=_choice(get_args(LutInput)),
        choices=get_args(LutInput),
    ),
    Setting(
        name="sharpen_video",
        default="0",
        help="Raise edges of the finished video: 0 to 2; 0.5 is much.",
        read=_number(0, 2),
    ),
    Setting(name="fade_in", default="0", help="Seconds from black.", read=_number(0, 3600)),
    Setting(name="fade_out", default="0", help="Seconds to black.", read=_number(0, 3600)),
    Setting(
        name="fps_to",
        default="",
        help="A higher rate for the finished video, such as 60; frames between are made.",
        read=_rate,
    ),
    _chosen("between", "How frames between are made for fps_to.", *get_args(Between)),
    _chosen(
        "codec",
        "How the video is stored; prores and png (a folder) are for editors.",
        *get_args(Codec),
    ),
    Setting(
        name="caption",
        default="yes",
        help="Animatic: write subject, frame and timecode into the picture.",
        read=readers.flag,
        choices=("yes", "no"),
    ),
    Setting(
        name="metadata",
        default="yes",
        help="Prompt, seed and settings stand in the frames' and the video's files.",
        read=readers.flag,
        choices=("yes", "no"),
    ),
    Setting(
        name="public_url",
        default="",
        help="Where the output folder is on the web, so that Google Sheets shows the previews.",
        read=_public_url,
    ),
    Setting(
        name="drive_previews",
        default="no",
        help="yes: previews go to Google Drive, open to everyone with the link; or a folder there.",
        read=_drive_previews,
    ),
)
