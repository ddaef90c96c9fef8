"""A folder in which tests render plans."""

from __future__ import annotations

from pathlib import Path

from sheetrender.engines.engine import EngineSettings, Image
from sheetrender.model.events import Event, FrameStored
from sheetrender.model.frames import Size
from sheetrender.model.plan import RenderPlan
from sheetrender.model.timing import FrameRate
from sheetrender.rendering.course import course_of
from sheetrender.rendering.folder import OutputFolder
from sheetrender.rendering.frame_files import frame_path, read_frame
from sheetrender.rendering.keys import frame_keys
from sheetrender.rendering.render import find_work, narrowed, render
from tests.rendering.plans import BlendEngine

SETTINGS = EngineSettings(size=Size(32, 24), rate=FrameRate.parse("30"))


class Workshop:
    """A folder in which plans are rendered."""

    def __init__(
        self, path: Path, engine: BlendEngine | None = None, *, width: int = 1, more_seeds: int = 0
    ) -> None:
        self.output = OutputFolder(path)
        self.engine = engine or BlendEngine()
        self.width = width
        self.more_seeds = more_seeds

    def render(
        self, a_plan: RenderPlan, stop_after: int | None = None, wanted: range | None = None
    ) -> list[Event]:
        events: list[Event] = []
        keys = frame_keys(a_plan, self.engine, SETTINGS)
        with self.output.opened("sheet") as journal:
            folder = self.output.frames
            work = find_work(folder, journal, keys)
            if wanted is not None:
                work = narrowed(work, course_of(a_plan, self.engine), wanted)
            self.engine.drawn.clear()
            self.engine.batches.clear()
            steps = render(
                a_plan,
                self.engine,
                keys=keys,
                journal=journal,
                folder=folder,
                work=work,
                width=self.width,
                more_seeds=self.more_seeds,
            )
            for event in steps:
                events.append(event)
                if sum(isinstance(e, FrameStored) for e in events) == stop_after:
                    break
            steps.close()  # type: ignore[attr-defined]
        return events

    def damage(self, *indexes: int) -> None:
        for index in indexes:
            frame_path(self.output.frames, index).write_bytes(b"damaged")

    def picture(self, index: int) -> Image:
        found = read_frame(self.output.frames, index)
        assert found is not None
        return found

    def bytes(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted(self.output.frames.glob("*.png"))]
