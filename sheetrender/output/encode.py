"""The command that turns pictures and a song into a video, built with ffmpeg-python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from sheetrender.output.codecs import BT709, LOCAL, SEQUENCE, Recipe
from sheetrender.output.ffmpeg import load_builder


@dataclass(frozen=True, slots=True)
class Song:
    """What is heard with a video.

    Attributes:
        path: any file with sound.
        begins: the second of it at which the picture begins; negative: it waits so long.
    """

    path: Path
    begins: Fraction = Fraction(0)


def video_node(
    pictures: Any,
    target: Path,
    recipe: Recipe,
    *,
    frames: int,
    seconds: Fraction,
    song: Song | None,
    timecode: str = "",
    tags: Mapping[str, str] | None = None,
) -> Any:
    """Return the node of ffmpeg-python that encodes pictures in the recipe's pixel format.

    Both stop after so many frames and seconds, whichever is the longer by itself.

    Args:
        pictures: the node that they come from.
        target: the file, or the pattern of the files' names.
        recipe: how they are encoded.
        frames: how many.
        seconds: their length.
        song: what is heard with them.
        timecode: of the first frame, for a container that can say so.
        tags: what the file says of itself, by name; pictures that stay single files say nothing.
    """
    # Not -frames:v, with which ffmpeg 5 ends the sound as soon as the picture ends.
    picture = pictures.filter("trim", end_frame=frames)
    options: dict[str, Any] = {**recipe.picture, "f": recipe.container, "progress": "pipe:1"}
    build = load_builder()
    if recipe.container == SEQUENCE:
        options |= {"start_number": 0, "fps_mode": "passthrough"}
        return build.output(picture, str(target), **options)
    # Old ffmpeg takes the tags from the options below, new ffmpeg from the pictures.
    picture = picture.filter(
        "setparams", color_primaries="bt709", color_trc="bt709", colorspace="bt709", range="tv"
    )
    options |= {**BT709, "t": f"{float(seconds):.6f}", "movflags": "+faststart"}
    for number, (name, text) in enumerate((tags or {}).items()):
        # One option that is given several times; the number only tells them apart here.
        options[f"metadata:g:{number}"] = f"{name}={text}"
    if timecode:
        options["timecode"] = timecode
    if song is None:
        return build.output(picture, str(target), **options)
    return build.output(picture, _sound(song), str(target), **options, **recipe.sound)


def _sound(song: Song) -> Any:
    sound = load_builder().input(str(song.path.absolute()), **LOCAL)["a:0"]
    if song.begins > 0:
        # Not -ss, which lands between the packets of an MP3.
        return sound.filter("atrim", start=f"{float(song.begins):.6f}").filter(
            "asetpts", "PTS-STARTPTS"
        )
    if song.begins < 0:
        return sound.filter("adelay", f"{float(-song.begins) * 1000:.3f}", all=1)
    return sound
