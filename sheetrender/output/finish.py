"""What is done to pictures on their way into the video: colour, size, sharpness, grain, fades."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from sheetrender.model.errors import UsageError
from sheetrender.model.frames import Size
from sheetrender.model.keyframes import LutInput
from sheetrender.model.timing import FrameRate
from sheetrender.output.codecs import Recipe
from sheetrender.output.cube import require_cube
from sheetrender.output.ffmpeg import load_builder
from sheetrender.output.grain import place_of, plate_size, write_plate
from sheetrender.output.pixels import FORMS

_LANCZOS = "lanczos+accurate_rnd+full_chroma_int"
_BLUR = (1, 4, 6, 4, 1)
"""Weights of five pixels in a row."""
_SCALE = 100
"""The filter takes whole numbers; so much stands for one of these weights."""
_DEEP = "gbrp16le"
"""A table stretches dark tones: in 8 bits they would show steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """The finishing of a video; left as it is, nothing is done.

    Attributes:
        size: of the video; None for that of the pictures.
        lut: a .cube colour table; None for none.
        lut_input: what the table expects: pictures as they are seen, or as film is scanned (log).
        sharpen: how far edges are raised: 0 leaves them, 1 is strong.
        grain: standard deviation, % of full scale.
        seed: of the grain.
        fade_in: seconds from black at the beginning.
        fade_out: seconds to black at the end.
    """

    size: Size | None = None
    lut: Path | None = None
    lut_input: LutInput = "rec709"
    sharpen: float = 0.0
    grain: float = 0.0
    seed: int = 0
    fade_in: float = 0.0
    fade_out: float = 0.0

    def require(self, picture: Size, recipe: Recipe) -> None:
        """Look at what can be wrong before anything is begun.

        Args:
            picture: size of the pictures.
            recipe: how they are encoded.

        Raises:
            UsageError: the size does not suit the codec, or the table is none.
        """
        size = self.size or picture
        if not FORMS[recipe.pixels].fits(size):
            even = Size(size.width // 2 * 2, size.height // 2 * 2)
            raise UsageError(
                f"A video of {size} cannot be stored so: its sides have to be even. "
                f"Write {even.width}x{even.height} for scale_to."
            )
        if self.lut is not None:
            require_cube(self.lut)


def finished(
    pictures: Any,
    recipe: Recipe,
    finish: Finish,
    *,
    picture: Size,
    count: int,
    rate: FrameRate,
    room: Path,
) -> Any:
    """Return the node of ffmpeg-python that gives finished pictures in the codec's pixel format.

    The table comes before the size: it is the same for a pixel wherever it is, and there are fewer
    of them. Sharpness comes before grain, which would be raised too, and fades last, so that black
    is black.

    Args:
        pictures: RGB, of `picture` size, `count` of them at `rate`.
        recipe: how they will be encoded.
        finish: what is done.
        picture: see there.
        count: see there.
        rate: see there.
        room: an empty folder for files that ffmpeg reads, of a plain name.

    Raises:
        OSError: there is no room.
    """
    size = finish.size or picture
    if finish.lut is not None:
        pictures = _graded(pictures, finish.lut, finish.lut_input, room)
    pictures = converted(pictures, recipe, size if size != picture else None)
    if finish.sharpen:
        pictures = _sharpened(pictures, finish.sharpen, recipe)
    if finish.grain:
        pictures = _grained(pictures, recipe, finish, size=size, rate=rate, room=room)
    return _faded(pictures, finish, count, rate)


def _sharpened(pictures: Any, amount: float, recipe: Recipe) -> Any:
    """Add to brightness what sets it apart from its blur."""
    if not recipe.pixels.endswith("le"):
        return pictures.filter("unsharp", lx=5, ly=5, la=amount, cx=5, cy=5, ca=0)
    # Beyond 8 bits that filter does as good as nothing in ffmpeg 5; this one does the same.
    blur = np.outer(_BLUR, _BLUR)
    weights = np.rint(-amount * _SCALE * blur).astype(int)
    whole = _SCALE * int(blur.sum())
    weights[2, 2] += whole - weights.sum()
    given = {"0m": " ".join(map(str, weights.ravel())), "0rdiv": 1 / whole}
    return pictures.filter("convolution", **given)


def _graded(pictures: Any, lut: Path, lut_input: LutInput, room: Path) -> Any:
    # Copied, so that no sign in the name of its folder means anything to ffmpeg.
    table = room / "table.cube"
    shutil.copyfile(lut, table)
    pictures = pictures.filter("format", _DEEP)
    if lut_input == "log":
        curve = _to_log()
        pictures = pictures.filter("lutrgb", r=curve, g=curve, b=curve)
    return pictures.filter("lut3d", file=str(table), interp="tetrahedral")


def _to_log() -> str:
    """Return the formula, of ffmpeg's, from a picture as seen to one as film is scanned.

    Source: Kodak, "Conversion of 10-bit Log Film Data": 95 is black, 685 white, 0.002 of density
    a step, 0.6 the gamma of the negative. Pictures are sRGB (IEC 61966-2-1).
    """
    seen = "val/maxval"
    light = f"if(lte({seen},0.04045),{seen}/12.92,pow(({seen}+0.055)/1.055,2.4))"
    black = 10 ** ((95 - 685) * 0.002 / 0.6)
    return f"maxval*(685+300*log({black:.9f}+{1 - black:.9f}*{light})/log(10))/1023"


def converted(pictures: Any, recipe: Recipe, size: Size | None = None) -> Any:
    """Return the node of ffmpeg-python that gives RGB pictures in the codec's pixel format.

    Args:
        pictures: RGB.
        recipe: how they will be encoded.
        size: to which they are scaled; None leaves theirs.
    """
    options: dict[str, Any] = {"flags": recipe.scaling} if recipe.scaling else {}
    if size is not None:
        options = {"w": size.width, "h": size.height, "flags": _LANCZOS}
    if not FORMS[recipe.pixels].is_rgb:
        options |= {"out_color_matrix": "bt709", "out_range": "tv"}
    return pictures.filter("scale", **options).filter("format", recipe.pixels)


def _grained(
    pictures: Any, recipe: Recipe, finish: Finish, *, size: Size, rate: FrameRate, room: Path
) -> Any:
    raw = room / "grain.raw"
    write_plate(raw, size, FORMS[recipe.pixels], percent=finish.grain, seed=finish.seed)
    plate = plate_size(size)
    grain = (
        load_builder()
        .input(
            str(raw),
            f="rawvideo",
            pix_fmt=recipe.pixels,
            s=f"{plate.width}x{plate.height}",
            framerate=str(rate),
        )
        .filter("loop", loop=-1, size=1)
        .filter("setpts", f"N/({rate})/TB")
        .filter("crop", w=size.width, h=size.height, x=place_of(0), y=place_of(1))
    )
    if not FORMS[recipe.pixels].is_rgb:
        # Else ffmpeg takes its colours for another kind, and converts them.
        grain = grain.filter("setparams", colorspace="bt709", range="tv")
    return load_builder().filter(
        [pictures, grain], "blend", all_mode="grainmerge", shortest=1, repeatlast=0
    )


def _faded(pictures: Any, finish: Finish, count: int, rate: FrameRate) -> Any:
    entering, leaving = (
        min(count, rate.frame_at(Fraction(seconds).limit_denominator(100_000)))
        for seconds in (finish.fade_in, finish.fade_out)
    )
    if entering:
        pictures = pictures.filter("fade", type="in", start_frame=0, nb_frames=entering)
    if leaving:
        # One frame shorter, so that the last one is black.
        pictures = pictures.filter(
            "fade", type="out", start_frame=count - leaving, nb_frames=max(1, leaving - 1)
        )
    return pictures
