"""Rendering: from the plan and the journal to frames on disk, told as events."""

from __future__ import annotations

import errno
from collections import deque
from collections.abc import Collection, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from sheetrender.engines.engine import Engine
from sheetrender.model.errors import DiskFull, RenderFailed
from sheetrender.model.events import Event, FrameDamaged, FrameStored, RenderStarted
from sheetrender.model.plan import RenderPlan
from sheetrender.rendering.colour import ColourReference
from sheetrender.rendering.frame_files import StoredFrame, is_whole, read_frame, write_frame
from sheetrender.rendering.journal import Journal
from sheetrender.rendering.loop import Standing, coherence, draw_frames

WRITERS = 2
# Pictures that wait to be written: enough to keep the writers busy, few enough to forget memory.
WAITING = 6


@dataclass(frozen=True, slots=True)
class Work:
    """What there is to do in a folder.

    Attributes:
        todo: frames to draw, ascending.
        damaged: those of them whose file is there, but not as it was written.
        missing: every frame that is not there as planned, asked for or not.
        outdated: those of them that were there for an earlier state of the sheet.
    """

    todo: tuple[int, ...]
    damaged: tuple[int, ...]
    missing: tuple[int, ...]
    outdated: tuple[int, ...] = ()


def find_work(folder: Path, journal: Journal, keys: Sequence[bytes]) -> Work:
    """Return the frames that are missing, made from something else, or damaged: all are to do.

    Args:
        folder: of the PNGs.
        journal: of the folder.
        keys: of every frame of the plan.
    """
    done = journal.frames()
    todo, damaged, outdated = [], [], []
    for index, key in enumerate(keys):
        known = done.get(index)
        if known is None:
            todo.append(index)
        elif known[0] != key:
            todo.append(index)
            outdated.append(index)
        elif not is_whole(folder, known[1]):
            todo.append(index)
            damaged.append(index)
    return Work(tuple(todo), tuple(damaged), tuple(todo), tuple(outdated))


def only(work: Work, frames: Collection[int]) -> Work:
    """Return the part of `work` that draws these frames."""
    todo = tuple(index for index in work.todo if index in frames)
    damaged = tuple(index for index in work.damaged if index in frames)
    return replace(work, todo=todo, damaged=damaged)


def narrowed(work: Work, plan: RenderPlan, wanted: Collection[int]) -> Work:
    """Return the part of `work` that draws the wanted frames, and those that they grow out of."""
    missing = set(work.missing)
    needed: set[int] = set()
    for index in missing.intersection(wanted):
        first = plan.segment_of(index).first
        # The loop needs the frame before, and the colours of the segment's first.
        needed |= {index, *missing.intersection({first})}
        while index > first and index - 1 in missing and index - 1 not in needed:
            index -= 1
            needed.add(index)
    return only(work, needed)


def render(
    plan: RenderPlan,
    engine: Engine,
    *,
    keys: Sequence[bytes],
    journal: Journal,
    folder: Path,
    work: Work,
) -> Generator[Event, None, None]:
    """Draw the frames that are to do, store and note them.

    Whoever stops iterating stops the work; every frame that was told of is kept.

    Args:
        plan: of the whole video.
        engine: draws.
        keys: of every frame.
        journal: of the folder, where each stored frame is noted.
        folder: of the PNGs.
        work: what to draw.

    Raises:
        DiskFull: no room for the next frame; those before it are kept.
        RenderFailed: a frame could not be written, or one that it needs is not there.
    """
    yield RenderStarted(plan.frames, plan.frames - len(work.missing), work.todo)
    for index in work.damaged:
        yield FrameDamaged(index)
    remaining = len(work.todo)
    waiting: deque[Future[StoredFrame]] = deque()
    with ThreadPoolExecutor(WRITERS, thread_name_prefix="writer") as writers:
        try:
            for first, last in _runs(work.todo):
                standing = _standing(plan, engine, folder, first)
                for index, picture in draw_frames(plan, engine, first, last, standing):
                    waiting.append(writers.submit(write_frame, folder, index, picture))
                    while waiting and (len(waiting) >= WAITING or waiting[0].done()):
                        yield _noted(waiting.popleft(), journal, keys)
                        remaining -= 1
                # The next run may grow out of pictures that are still with the writers.
                while waiting:
                    yield _noted(waiting.popleft(), journal, keys)
                    remaining -= 1
            journal.commit()
        except DiskFull as error:
            raise DiskFull(f"{error} {_missing(remaining)}.") from error
        except OSError as error:
            raise _not_written(error, folder, remaining) from error
        finally:
            _keep_what_is_written(waiting, journal, keys)


def _runs(todo: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Return first and last frame of each run of neighbours in `todo`."""
    start = 0
    for position, index in enumerate(todo):
        if position + 1 == len(todo) or todo[position + 1] != index + 1:
            yield todo[start], index
            start = position + 1


def _standing(plan: RenderPlan, engine: Engine, folder: Path, index: int) -> Standing | None:
    segment = plan.segment_of(index)
    if segment.first == index:
        return None
    picture = read_frame(folder, index - 1)
    opening = read_frame(folder, segment.first)
    if picture is None or opening is None:
        missing = index - 1 if picture is None else segment.first
        raise RenderFailed(
            f"Frame {index} needs frame {missing}, which is not there. Run again without --frames."
        )
    return Standing(picture, ColourReference(opening, coherence(plan, engine)))


def _noted(written: Future[StoredFrame], journal: Journal, keys: Sequence[bytes]) -> FrameStored:
    stored = written.result()
    journal.note(stored, keys[stored.index])
    return FrameStored(stored.index)


def _keep_what_is_written(
    waiting: deque[Future[StoredFrame]], journal: Journal, keys: Sequence[bytes]
) -> None:
    """Note the pictures that were still with the writers when the work stopped."""
    for written in waiting:
        if written.exception() is None:
            stored = written.result()
            journal.note(stored, keys[stored.index])


def _not_written(error: OSError, folder: Path, remaining: int) -> RenderFailed:
    missing = _missing(remaining)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(
            f"The disk of {folder} is full: {missing}. What is finished is kept; "
            "make room and run the same command again."
        )
    place = error.filename2 or error.filename or folder
    return RenderFailed(
        f"{place} cannot be written ({error.strerror}): {missing}. What is finished is kept; "
        "move what is in the way, and run the same command again."
    )


def _missing(count: int) -> str:
    return f"{count} frame{'s are' if count != 1 else ' is'} missing"
