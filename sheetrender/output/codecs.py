"""How each codec is asked of ffmpeg, with colours that players show as they were drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from sheetrender.output.ffmpeg import load_builder

Codec: TypeAlias = Literal["h264", "hevc", "prores"]

_FINE_SCALING = "bicubic+accurate_rnd+full_chroma_int"
_BT709 = {
    "colorspace": "bt709",
    "color_primaries": "bt709",
    "color_trc": "bt709",
    "color_range": "tv",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The options of one way to encode.

    Attributes:
        container: ffmpeg's name of the file format.
        pixels: ffmpeg's name of the pixel format.
        scaling: swscale's flags for the way from RGB; empty is fastest, and half a level darker.
        picture: options of the picture's encoder.
        sound: options of the sound's encoder.
    """

    container: str
    pixels: str
    scaling: str
    picture: Mapping[str, str]
    sound: Mapping[str, str]


def _recipe(
    container: str, pixels: str, scaling: str, picture: dict[str, str], sound: dict[str, str]
) -> Recipe:
    return Recipe(
        container=container,
        pixels=pixels,
        scaling=scaling,
        picture=MappingProxyType(picture),
        sound=MappingProxyType(sound),
    )


_AAC = {"c:a": "aac", "b:a": "256k"}
# `faster` costs a third less than `medium` and looks the same: SSIM 0.989 against 0.990 at
# nearly the same size (768×432, crf 18).
FINAL: Mapping[Codec, Recipe] = MappingProxyType(
    {
        "h264": _recipe(
            "mp4",
            "yuv420p",
            _FINE_SCALING,
            {"c:v": "libx264", "preset": "faster", "crf": "18"},
            _AAC,
        ),
        "hevc": _recipe(
            "mp4",
            "yuv420p",
            _FINE_SCALING,
            {
                "c:v": "libx265",
                "preset": "fast",
                "crf": "20",
                "tag:v": "hvc1",  # the tag that Apple's players want
                "x265-params": "log-level=error",
            },
            _AAC,
        ),
        "prores": _recipe(
            "mov",
            "yuv422p10le",
            _FINE_SCALING,
            {"c:v": "prores_ks", "profile:v": "3", "vendor": "apl0"},
            {"c:a": "pcm_s16le"},
        ),
    }
)
# 3.5 ms of processor time for each frame of 768×432; ultrafast saves 0.8 and triples the file.
QUICK = _recipe("mp4", "yuv420p", "", {"c:v": "libx264", "preset": "superfast", "crf": "20"}, _AAC)


# A song comes with the sheet: a playlist in its place must not make ffmpeg fetch from the net.
LOCAL = {"protocol_whitelist": "file,pipe"}


def video_node(
    pictures: Any,
    target: Path,
    recipe: Recipe,
    *,
    frames: int,
    seconds: Fraction,
    song: Path | None,
) -> Any:
    """Return the node of ffmpeg-python that encodes RGB pictures, with the song from 0.

    Both stop after so many frames and seconds, whichever is the longer by itself.
    """
    flags = {"flags": recipe.scaling} if recipe.scaling else {}
    picture = (
        pictures["v:0"]
        # Not -frames:v, with which ffmpeg 5 ends the sound as soon as the picture ends.
        .filter("trim", end_frame=frames)
        .filter("scale", out_color_matrix="bt709", out_range="tv", **flags)
        .filter("format", recipe.pixels)
        # Old ffmpeg takes the tags from the options below, new ffmpeg from the pictures.
        .filter("setparams", color_primaries="bt709", color_trc="bt709", colorspace="bt709")
    )
    options = {
        **recipe.picture,
        **_BT709,
        "f": recipe.container,
        "t": f"{float(seconds):.6f}",
        "movflags": "+faststart",
        "progress": "pipe:1",
    }
    build = load_builder()
    if song is None:
        return build.output(picture, str(target), **options)
    sound = build.input(str(song.absolute()), **LOCAL)["a:0"]
    return build.output(picture, sound, str(target), **options, **recipe.sound)
