"""The video of a folder whose frames are complete; made again only where something changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from sheetrender.model.events import Event, Made, VideoProgress
from sheetrender.model.plan import RenderPlan
from sheetrender.output.video import encode_frames
from sheetrender.rendering.folder import OutputFolder
from sheetrender.rendering.journal import Journal
from sheetrender.workflow.project import Project, refuse_to_replace_the_song
from sheetrender.workflow.song_length import song_notices


def finished_video(
    project: Project,
    plan: RenderPlan,
    output: OutputFolder,
    journal: Journal,
    *,
    keys: Sequence[bytes],
) -> Iterator[Event]:
    """Encode the frames with the song, unless the video is there and made from just these.

    Args:
        project: names song and codec.
        plan: of the video.
        output: where the frames are, all of them.
        journal: remembers what the video was made from.
        keys: of every frame.

    Raises:
        UsageError: the song is gone, or the video would replace it; nothing was written.
        EncodingFailed: an older video is left as it was.
    """
    codec = project.settings.codec
    target = output.video.with_suffix(".mov") if codec == "prores" else output.video
    refuse_to_replace_the_song(project, target)
    made_from = _digest(project, plan, keys)
    yield from song_notices(project, plan.frames)
    if journal.about("video") != f"{made_from} {_state(target)}":
        encoding = encode_frames(
            output.frames,
            plan.frames,
            plan.rate,
            target,
            song=project.song,
            codec=codec,  # type: ignore[arg-type]  # one of the three by its reader
        )
        for count in encoding:
            yield VideoProgress(count, plan.frames)
        journal.set_about("video", f"{made_from} {_state(target)}")
    yield Made(target, "video")


def _digest(project: Project, plan: RenderPlan, keys: Sequence[bytes]) -> str:
    """Return what the video is made from: the frames, the song's file and the codec."""
    song = project.song
    state = hashlib.blake2b(b"".join(keys), digest_size=16)
    state.update(f"{song} {_state(song) if song else ''}".encode())
    state.update(f"{plan.rate} {project.settings.codec}".encode())
    return state.hexdigest()


def _state(path: Path) -> str:
    """Return what tells one state of a file from another; empty where it is not there."""
    try:
        status = path.stat()
    except OSError:
        return ""
    return f"{status.st_size} {status.st_mtime_ns}"
