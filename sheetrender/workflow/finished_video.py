"""The video of a folder whose frames are complete; made again only where something changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from sheetrender.engines.upscaling import load_upscaler
from sheetrender.model.events import Event, Made, VideoProgress
from sheetrender.model.plan import RenderPlan
from sheetrender.output.video import Encoding, encode_frames
from sheetrender.rendering.folder import OutputFolder
from sheetrender.rendering.journal import Journal
from sheetrender.workflow.finishing import finishing, video_name
from sheetrender.workflow.project import Project, refuse_to_replace_the_song
from sheetrender.workflow.song_length import song_notices
from sheetrender.workflow.video_tags import video_tags


def finished_video(
    project: Project, plan: RenderPlan, output: OutputFolder, journal: Journal
) -> Iterator[Event]:
    """Encode the frames with the song, unless the video is there and made from just these.

    Args:
        project: names song, codec and finishing.
        plan: of the video.
        output: where the frames are, all of them.
        journal: knows all frames, and remembers what the video was made from.

    Raises:
        UsageError: the song is gone, or the video would replace it; nothing was written.
        EncodingFailed: an older video is left as it was.
    """
    target = output.path / video_name(project.settings.codec)
    refuse_to_replace_the_song(project, target)
    made_from = _digest(project, plan, journal)
    yield from song_notices(project, plan.frames)
    if journal.about("video") != f"{made_from} {_state(target)}":
        encoding = prepared_video(project, plan, output, target, range(plan.frames))
        for count in encoding:
            yield VideoProgress(count, encoding.report.frames)
        journal.set_about("video", f"{made_from} {_state(target)}")
    yield Made(target, "pictures" if target.is_dir() else "video")


def prepared_video(
    project: Project, plan: RenderPlan, output: OutputFolder, target: Path, frames: range
) -> Encoding:
    """Return the encoding of some of the frames, finished as the sheet says.

    Raises:
        FramesMissing: some are not there; nothing was written.
        PartMissing: what the upscaler needs is not installed; likewise.
        UsageError: the song, the colour table or the upscaler cannot be used; likewise.
    """
    done = finishing(project, plan, frames.start)
    return encode_frames(
        output.frames,
        len(frames),
        plan.rate,
        target,
        first=frames.start,
        song=done.song,
        codec=done.codec,
        finish=done.finish,
        higher=done.higher,
        upscaler=None if done.upscaler is None else load_upscaler(done.upscaler),
        timecode=done.timecode,
        tags=video_tags(project, plan, frames),
    )


def made_with(project: Project, plan: RenderPlan) -> str:
    """Return all that makes the video from its frames, in words that tell two ways apart."""
    named = (project.song, project.lut, project.upscaler)
    files = [_state(file) for file in named if file is not None]
    # A video that says nothing yet stays as it is; one that is to say nothing is made anew.
    silent = "" if project.settings.metadata else " without metadata"
    return f"{plan.rate} {finishing(project, plan)} {files}{silent}"


def _digest(project: Project, plan: RenderPlan, journal: Journal) -> str:
    """Return what the video is made from: the frames, and what makes a video of them."""
    # The pictures themselves: one that was approved stands where another was drawn from the same.
    done = journal.frames()
    pictures = (done[index][1].digest for index in range(plan.frames))
    state = hashlib.blake2b(b"".join(pictures), digest_size=16)
    state.update(made_with(project, plan).encode("utf-8", "backslashreplace"))
    return state.hexdigest()


def _state(path: Path) -> str:
    """Return what tells one state of a file from another; empty where it is not there."""
    try:
        status = path.stat()
    except OSError:
        return ""
    return f"{status.st_size} {status.st_mtime_ns}"
