"""A song and a picture of different lengths: neither is cut without a word."""

from __future__ import annotations

from collections.abc import Iterator

from sheetrender.model.cells import Problem
from sheetrender.model.events import Notice
from sheetrender.workflow.project import Project


def song_notices(project: Project, frames: int) -> Iterator[Notice]:
    """Say where the song ends before the picture, or goes on behind it, by a frame or more."""
    if project.song is None:
        return
    rate = project.settings.rate
    picture = rate.seconds_at(frames)
    left = project.song_seconds - project.settings.song_begins
    apart = float(left - picture)
    if abs(apart) * float(rate.per_second) < 1:
        return
    from_here = " from there on" if project.settings.song_offset else ""
    lengths = f"The song has {float(left):.2f} s{from_here}, the picture {float(picture):.2f} s"
    if apart > 0:
        yield Notice(
            f"{lengths}: the last {apart:.2f} s of the song are not heard. "
            "Leave `frames` empty in the Settings tab to follow the song."
        )
    else:
        yield Notice(f"{lengths}: the last {-apart:.2f} s are silent.")


def song_warnings(project: Project, frames: int) -> Iterator[Problem]:
    """Say the same as a warning, at the cell that sets the length."""
    for notice in song_notices(project, frames):
        sentence, _, remedy = notice.text.partition(". ")
        yield Problem(
            place=project.settings.places.get("frames") or project.settings.places.get("song"),
            tab="--set",
            heading="frames",
            written="",
            wrong=sentence.rstrip("."),
            remedy=remedy,
        )
