"""Strands that do not depend on each other advance in step, so that an engine draws in batches."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing

from sheetrender.engines.engine import DrawRequest, Engine, Image, Picture
from sheetrender.model.errors import RenderFailed
from sheetrender.model.plan import RenderPlan
from sheetrender.rendering.course import course_of
from sheetrender.rendering.loop import Answer, Drawn, Failed, Loop, Walk
from sheetrender.rendering.sources import Sources


def in_step(walks: Iterable[Walk], engine: Engine, width: int) -> Iterator[Drawn | Failed]:
    """Yield what strands hand out, while up to `width` of them are drawn at once.

    Args:
        walks: are begun in this order, each as soon as there is room.
        engine: draws.
        width: >= 1.
    """
    waiting = iter(walks)
    active: list[tuple[Walk, DrawRequest]] = []
    while True:
        while len(active) < width and (walk := next(waiting, None)) is not None:
            request = yield from _advanced(walk, None)
            if request is not None:
                active.append((walk, request))
        if not active:
            return
        pictures = engine.draw([request for _, request in active])
        moved, active = active, []
        while moved:
            # Let go of each request as it is answered: its picture is no longer needed.
            walk, _ = moved.pop(0)
            request = yield from _advanced(walk, pictures.pop(0))
            if request is not None:
                active.append((walk, request))


def every_frame(plan: RenderPlan, engine: Engine) -> Iterator[tuple[int, Image]]:
    """Yield number and picture of every frame in order; nothing is stored.

    Raises:
        RenderFailed: a frame came out unusable.
    """
    course = course_of(plan, engine)
    with closing(Sources(plan)) as sources:
        loop = Loop(plan, engine, course, stored=_not_stored, sources=sources)
        strands = (range(strand.first, strand.last + 1) for strand in course.strands)
        for made in in_step(map(loop.walk, strands), engine, 1):
            if isinstance(made, Failed):
                raise RenderFailed(f"Frame {made.index} {made.reason}. Give its row another seed.")
            yield made.index, loop.canvas.lifted(made.picture)


def _not_stored(index: int) -> Picture:
    raise AssertionError(f"frame {index} is drawn in its turn")


def _advanced(walk: Walk, answer: Answer) -> Generator[Drawn | Failed, None, DrawRequest | None]:
    """Pass on what a strand hands out until it asks for a drawing; None at its end."""
    try:
        step = walk.send(answer)
        while not isinstance(step, DrawRequest):
            yield step
            step = next(walk)
    except StopIteration:
        return None
    return step
