"""The caption: subject, frame number and timecode, small, in the lower left corner."""

from __future__ import annotations

import importlib.util
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from sheetrender.engines.animatic_noise import Levels
from sheetrender.engines.engine import EngineSettings, Image
from sheetrender.model.frames import Size
from sheetrender.model.timing import format_timecode

Mask: TypeAlias = npt.NDArray[np.uint8]
"""How much of each pixel is text, shape (height, width)."""

_Font: TypeAlias = ImageFont.FreeTypeFont | ImageFont.ImageFont

_WIDE_FONTS = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKjp-Regular.otf",
    "SourceHanSans-Regular.ttc",
    "DroidSansFallbackFull.ttf",
    "DroidSansFallback.ttf",
    "ipag.ttf",
    "wqy-zenhei.ttc",
    "NotoSansArabic-Regular.ttf",
    "NotoSansHebrew-Regular.ttf",
    "NotoSansDevanagari-Regular.ttf",
    "msgothic.ttc",
    "msyh.ttc",
    "malgun.ttf",
    "arial.ttf",
    "Arial Unicode.ttf",
    "Hiragino Sans GB.ttc",
)
"""Fonts of the usual systems that hold what DejaVu Sans lacks; Pillow finds them by name."""

_INK = (236, 244, 248)
"""Colour of the letters: blue, green, red."""


@dataclass(frozen=True, slots=True)
class Block:
    """Where the caption stands; it never leaves this place.

    Attributes:
        left: pixels from the left.
        top: pixels from the top.
        width: pixels.
        height: pixels.
        subject: height of the subject's letters, pixels; 0 where there is no room for it.
        counter: height of the counter's letters, pixels.
        pad: room around the text for its shadow, pixels.
    """

    left: int
    top: int
    width: int
    height: int
    subject: int
    counter: int
    pad: int


def block_of(size: Size) -> Block | None:
    """Return where the caption stands, or None where the picture is too small for one."""
    short = min(size.width, size.height)
    if size.height < 40 or size.width < 128:
        return None
    counter = max(8, round(short * 0.027))
    subject = max(10, round(short * 0.036)) if size.height >= 96 else 0
    pad = max(3, round(short * 0.014))
    margin = max(1, round(short * 0.03) - pad)
    height = round(1.35 * subject) + round(1.3 * counter) + 2 * pad
    width = min(size.width - 2 * margin, max(round(size.width * 0.46), 12 * counter))
    return Block(margin, size.height - margin - height, width, height, subject, counter, pad)


def span_of(block: Block, subject: str, counter: str) -> int:
    """Return how many pixels of the block's width a caption takes, its shadow included."""
    lines = [_line(subject, block.subject, block.width - 2 * block.pad)] if block.subject else []
    lines.append(_counter(block, counter))
    return min(block.width, max(int(line.shape[1]) for line in lines) + 2 * block.pad)


def remnants(gray: Levels, block: Block) -> Levels:
    """Return 255 around letters that an earlier, longer caption left in a picture, else 0.

    Letters are what is lighter than all around it and as thin as a stroke.
    """
    stroke = 2 * max(1, round(block.counter * 0.12)) + 1
    thin = cv2.morphologyEx(gray, cv2.MORPH_TOPHAT, np.ones((stroke + 2, stroke + 2), np.uint8))
    letters = (thin > 48).astype(np.uint8) * np.uint8(255)
    return cv2.dilate(letters, np.ones((2 * block.pad + 1, 2 * block.pad + 1), np.uint8))


def write(picture: Image, block: Block, subject: str, counter: str) -> None:
    """Write the caption into the picture.

    Args:
        picture: is changed.
        block: where.
        subject: any text; what does not fit ends in an ellipsis.
        counter: frame and timecode, as `counter_of` writes them.
    """
    room = block.width - 2 * block.pad
    lines = [(_line(subject, block.subject, room), block.pad)] if block.subject else []
    below = block.height - block.pad - round(1.3 * block.counter)
    lines.append((_counter(block, counter), below))
    width = span_of(block, subject, counter)
    ink = np.zeros((block.height, width), np.uint8)
    for line, down in lines:
        _stamp(ink, line[:, : width - block.pad], block.pad, down)
    place = picture[block.top : block.top + block.height, block.left : block.left + width]
    place[:] = _inked(place, ink, block.pad)


def counter_of(frame: int, settings: EngineSettings) -> str:
    """Return the frame's number and its timecode; all counters are equally wide."""
    label = format_timecode(settings.start + frame, settings.rate, drop=settings.drop)
    return f"{frame:06d}   {label}"


def _counter(block: Block, counter: str) -> Mask:
    return np.hstack([_digit(sign, block.counter) for sign in counter])


def _stamp(ink: Mask, text: Mask, across: int, down: int) -> None:
    place = ink[down : down + text.shape[0], across : across + text.shape[1]]
    np.maximum(place, text[: place.shape[0], : place.shape[1]], out=place)


def _inked(ground: Image, ink: Mask, pad: int) -> Image:
    """Return the ground with light letters on their own soft shadow, legible on any ground."""
    near = cv2.GaussianBlur(cv2.dilate(ink, np.ones((3, 3), np.uint8)), (0, 0), pad / 3)
    wide = cv2.blur(near, (2 * pad + 1, pad + 1), borderType=cv2.BORDER_CONSTANT)
    dark = np.minimum(near * np.float32(0.62 / 255) + wide * np.float32(1.0 / 255), 0.82)
    share = ink * np.float32(0.96 / 255)
    keep = (1.0 - dark * _fade(*ink.shape, pad)) * (1.0 - share)
    light = cv2.merge([cv2.convertScaleAbs(share, alpha=level) for level in _INK])
    dimmed = cv2.multiply(ground, cv2.merge([keep, keep, keep]), dtype=cv2.CV_8U)
    return np.asarray(cv2.add(dimmed, light), np.uint8)


@lru_cache(maxsize=8)
def _fade(height: int, width: int, pad: int) -> npt.NDArray[np.float32]:
    """Return 1.0 inside and 0.0 at the border of the block, so that no shadow ends in a line."""
    down, across = (
        np.clip((np.minimum(np.arange(side), np.arange(side)[::-1]) + 0.5) / pad, 0.0, 1.0)
        for side in (height, width)
    )
    return np.outer(down, across).astype(np.float32)


@lru_cache(maxsize=64)
def _line(text: str, height: int, room: int) -> Mask:
    """Return one line of text, no wider than the room."""
    clean = " ".join("".join(_plain(sign) for sign in text[:400]).split())
    mask = _rendered(clean, height)
    while clean and mask.shape[1] > room:
        keep = min(len(clean) - 1, max(1, int(len(clean) * room / mask.shape[1])))
        clean = clean[:keep].rstrip(" ,.;:-–…")
        mask = _rendered(clean + "…", height)
    return mask[:, :room]


def _plain(sign: str) -> str:
    return " " if unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"} else sign


@lru_cache(maxsize=128)
def _digit(sign: str, height: int) -> Mask:
    """Return one sign of the counter; all digits are as wide as a zero."""
    glyph = _rendered(sign, height)
    width = _rendered("0", height).shape[1]
    if not sign.isdigit():
        width = max(2, width // 2)
    out = np.zeros((glyph.shape[0], width), np.uint8)
    across = max(0, (width - glyph.shape[1]) // 2)
    _stamp(out, glyph[:, :width], across, 0)
    return out


def _rendered(text: str, height: int) -> Mask:
    """Return text as wide as it needs, in whichever fonts hold its letters."""
    font = _font_with(text, height)
    width = max(1, int(np.ceil(font.getlength(text))))
    picture = Pictures.new("L", (width, round(1.3 * height)), 0)
    drawing = ImageDraw.Draw(picture)
    if isinstance(font, ImageFont.FreeTypeFont):
        drawing.text((0, height), text, fill=255, font=font, anchor="ls")
    else:
        drawing.text((0, 0), text, fill=255, font=font)
    return np.asarray(picture, np.uint8)


def _font_with(text: str, height: int) -> _Font:
    """Return the first font that holds every letter, else the one that lacks fewest."""
    best, fewest = _fonts(height)[0], len(text) + 1
    letters = frozenset(text) - {" "}
    for font in _fonts(height):
        lacking = sum(_lacks(font, letter) for letter in letters)
        if lacking < fewest:
            best, fewest = font, lacking
        if not lacking:
            break
    return best


def _lacks(font: _Font, letter: str) -> bool:
    """Return whether the font draws its empty box for a letter: Pillow tells in no other way."""
    if not isinstance(font, ImageFont.FreeTypeFont):
        return ord(letter) > 255
    return bytes(font.getmask(letter)) == bytes(font.getmask("\U0010fffe"))


@lru_cache(maxsize=8)
def _fonts(height: int) -> tuple[_Font, ...]:
    return tuple(_found(height))


def _found(height: int) -> Iterator[_Font]:
    """Yield the fonts to try, best first; opening one that is not there costs next to nothing."""
    spec = importlib.util.find_spec("matplotlib")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
        if path.is_file():
            yield ImageFont.truetype(str(path), height)
    for name in _WIDE_FONTS:
        try:
            yield ImageFont.truetype(name, height)
        except OSError:
            continue
    yield ImageFont.load_default(height)
