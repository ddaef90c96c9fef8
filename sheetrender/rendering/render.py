"""Rendering: from the plan and the journal to frames on disk, told as events."""

from __future__ import annotations

import errno
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from sheetrender.engines.engine import Engine, Image
from sheetrender.model.errors import DiskFull, RenderFailed
from sheetrender.model.events import (
    Event,
    FrameDamaged,
    FrameFailed,
    FrameStored,
    RenderStarted,
)
from sheetrender.model.plan import RenderPlan
from sheetrender.rendering.canvas import Cv2Canvas
from sheetrender.rendering.course import Course, course_of
from sheetrender.rendering.frame_files import StoredFrame, is_whole, read_frame, write_frame
from sheetrender.rendering.in_step import in_step
from sheetrender.rendering.journal import Journal
from sheetrender.rendering.loop import Drawn, Failed, Loop
from sheetrender.rendering.sources import Sources

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


def narrowed(work: Work, course: Course, wanted: Collection[int]) -> Work:
    """Return the part of `work` that makes the wanted frames, and those that they grow out of."""
    return only(work, course.with_needed(wanted, frozenset(work.missing)))


def render(
    plan: RenderPlan,
    engine: Engine,
    *,
    keys: Sequence[bytes],
    journal: Journal,
    folder: Path,
    work: Work,
    width: int = 1,
    more_seeds: int = 0,
    text_of: Callable[[int], str] | None = None,
) -> Generator[Event, None, None]:
    """Draw the frames that are to do, store and note them.

    Whoever stops iterating stops the work; every frame that was told of is kept. A frame that
    comes out unusable ends its segment, not the work.

    Args:
        plan: of the whole video.
        engine: draws.
        keys: of every frame.
        journal: of the folder, where each stored frame is noted.
        folder: of the PNGs.
        work: what to draw.
        width: how many segments advance in step, >= 1.
        more_seeds: how many others are tried where a picture comes out unusable.
        text_of: says of a frame, by its number, how it was made; called from other threads. It is
            kept in the picture's file, and no part of the frame's key. None to keep nothing.

    Raises:
        DiskFull: no room for the next frame; those before it are kept.
        RenderFailed: a frame could not be written, or one that it needs is not there.
    """
    yield RenderStarted(plan.frames, plan.frames - len(work.missing), work.todo)
    for index in work.damaged:
        yield FrameDamaged(index)
    course = course_of(plan, engine)
    canvas = engine.canvas or Cv2Canvas()
    with closing(Sources(plan)) as sources:
        loop = Loop(
            plan,
            engine,
            course,
            stored=lambda index: canvas.laid(_stored(folder, index)),
            sources=sources,
            more_seeds=more_seeds,
        )
        strands = _strands(work.todo, course, width)
        drawn = in_step(map(loop.walk, strands), engine, width)

        def write(made: Drawn) -> StoredFrame:
            text = "" if text_of is None else text_of(made.index)
            return write_frame(folder, made.index, canvas.lifted(made.picture), text)

        yield from _written(drawn, work.todo, course, write, keys, journal, folder, width)


def _written(
    drawn: Iterator[Drawn | Failed],
    todo: Sequence[int],
    course: Course,
    write: Callable[[Drawn], StoredFrame],
    keys: Sequence[bytes],
    journal: Journal,
    folder: Path,
    width: int,
) -> Iterator[Event]:
    remaining = len(todo)
    waiting: deque[Future[StoredFrame]] = deque()
    with ThreadPoolExecutor(WRITERS, thread_name_prefix="writer") as writers:
        try:
            for made in drawn:
                if isinstance(made, Failed):
                    yield _failure(made, todo, course)
                    continue
                waiting.append(writers.submit(write, made))
                while waiting and (len(waiting) >= WAITING + width or waiting[0].done()):
                    yield _noted(waiting.popleft(), journal, keys)
                    remaining -= 1
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


def _strands(todo: Sequence[int], course: Course, width: int) -> list[list[int]]:
    """Return the work by strand.

    In step the longest begin first: so the batch is full as long as it can be.
    """
    strands: list[list[int]] = []
    ends = iter(strand.last for strand in course.strands)
    end = -1
    for index in todo:
        if index > end:
            strands.append([])
            while end < index:
                end = next(ends)
        strands[-1].append(index)
    return strands if width == 1 else sorted(strands, key=len, reverse=True)


def _failure(failed: Failed, todo: Sequence[int], course: Course) -> FrameFailed:
    strand = next(strand for strand in course.strands if failed.index <= strand.last)
    waiting = sum(
        index <= strand.last and int(course.newer[index]) >= failed.index for index in todo
    )
    return FrameFailed(failed.index, failed.reason, failed.tries, waiting)


def _stored(folder: Path, index: int) -> Image:
    picture = read_frame(folder, index)
    if picture is None:
        raise RenderFailed(
            f"Frame {index} is needed for a later one, and is not there. "
            "Run again without --frames."
        )
    return picture


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
