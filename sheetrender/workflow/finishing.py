"""How the settings of a sheet finish its video, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sheetrender.model.cells import Problem
from sheetrender.model.keyframes import Codec, Settings
from sheetrender.model.timing import FrameRate, format_timecode, parse_timecode
from sheetrender.output.codecs import FINAL
from sheetrender.output.encode import Song
from sheetrender.output.finish import Finish
from sheetrender.output.pixels import FORMS
from sheetrender.output.video import HigherRate

if TYPE_CHECKING:
    from sheetrender.model.plan import RenderPlan
    from sheetrender.workflow.project import Project

_NAMES = {"mp4": "video.mp4", "mov": "video.mov", "image2": "finished"}
"""What the video is called in its folder, by its container."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finishing:
    """All that makes a video of a folder of frames.

    Attributes:
        codec: how it is stored.
        finish: what is done to its pictures.
        upscaler: weights of the network that makes its pictures larger, or None.
        higher: its rate, where it is another than that of the frames.
        song: what is heard with it, from its first frame on.
        timecode: of its first frame, or empty.
    """

    codec: Codec
    finish: Finish
    upscaler: Path | None
    higher: HigherRate | None
    song: Song | None
    timecode: str


def finishing(project: Project, plan: RenderPlan, first: int = 0) -> Finishing:
    """Return how a sheet's video is finished.

    A draft keeps its size and rate: it is for a look.

    Args:
        project: without problems.
        plan: of its video.
        first: the frame that the video begins with.
    """
    settings = project.settings
    is_draft = project.draft_of is not None
    higher = None
    if settings.fps_to is not None and settings.fps_to != plan.rate and not is_draft:
        starts = frozenset(segment.first for segment in plan.segments)
        higher = HigherRate(rate=settings.fps_to, between=settings.between, starts=starts)
    finish = Finish(
        size=None if is_draft else settings.scale_to,
        lut=project.lut,
        lut_input=settings.lut_input or "rec709",
        sharpen=settings.sharpen_video,
        grain=settings.grain,
        seed=max(0, int(settings.seed)),
        fade_in=settings.fade_in,
        fade_out=settings.fade_out,
    )
    return Finishing(
        codec=settings.codec,
        finish=finish,
        upscaler=None if is_draft else project.upscaler,
        higher=higher,
        song=_song(project, plan.rate, first),
        timecode=_timecode(settings, plan.rate, higher, first),
    )


def video_name(codec: Codec) -> str:
    """Return what the video is called in its folder."""
    return _NAMES[FINAL[codec].container]


def _song(project: Project, rate: FrameRate, first: int) -> Song | None:
    if project.song is None:
        return None
    return Song(project.song, project.settings.song_begins + rate.seconds_at(first))


def _timecode(settings: Settings, rate: FrameRate, higher: HigherRate | None, first: int) -> str:
    start = parse_timecode(settings.start_timecode, rate) + first
    shown = rate if higher is None else higher.rate
    if shown.per_second.denominator not in (1, 1001):
        return ""  # such a rate has no timecode
    frame = shown.frame_at(rate.seconds_at(start))
    is_drop = ";" in settings.start_timecode and shown.dropped > 0
    return format_timecode(frame, shown, drop=is_drop)


def finish_problems(settings: Settings) -> Iterator[Problem]:
    """Yield what is wrong between the settings that finish the video."""
    if settings.lut and not settings.lut_input:
        yield _problem(
            settings,
            "lut_input" if "lut_input" in settings.places else "lut",
            "does not say what it expects",
            "Write rec709 for lut_input if it is made for pictures as they are seen, "
            "log if for film as it is scanned; its maker says which.",
        )
    size = settings.scale_to
    if size is not None and not FORMS[FINAL[settings.codec].pixels].fits(size):
        even = f"{size.width // 2 * 2}x{size.height // 2 * 2}"
        yield _problem(
            settings, "scale_to", f"is odd, which {settings.codec} cannot store", f"Write {even}."
        )
    if settings.upscaler and size is None:
        yield _problem(
            settings,
            "upscaler",
            "does not say how large the video becomes",
            "Write scale_to too, such as 1920x1080.",
        )
    if settings.upscaler and settings.fps_to is not None and settings.between == "minterpolate":
        yield _problem(
            settings,
            "between",
            "cannot be used with an upscaler",
            "Write flow or blend, or leave upscaler empty.",
        )
    if settings.fps_to is not None and settings.fps_to.per_second < settings.rate.per_second:
        yield _problem(
            settings,
            "fps_to",
            f"is less than the {settings.rate.label} of the frames",
            f"Write {settings.rate.label} for fps_to or more, or make fps smaller.",
        )


def _problem(settings: Settings, name: str, wrong: str, remedy: str) -> Problem:
    value = getattr(settings, name)
    return Problem(
        place=settings.places.get(name),
        tab="--set",
        heading=name,
        written=value.label if isinstance(value, FrameRate) else str(value),
        wrong=wrong,
        remedy=remedy,
    )
