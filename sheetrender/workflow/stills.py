"""Stills: one picture for each row, drawn from nothing, and kept as long as nothing changed."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sheetrender.engines.engine import DrawRequest, Engine, EngineSettings, Unusable
from sheetrender.model.events import Event, Notice, StillProgress
from sheetrender.model.frames import FrameSpec
from sheetrender.model.keyframes import Keyframe
from sheetrender.model.plan import RenderPlan
from sheetrender.output.stills import is_whole_still, write_still
from sheetrender.planning.prompts import joined, prompt_of
from sheetrender.planning.seeds import SEEDS
from sheetrender.rendering.folder import OutputFolder
from sheetrender.rendering.loop import engine_words

STILLS_VERSION = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Still:
    """A picture that is wanted.

    Attributes:
        row: that it is of.
        first: the row's first frame.
        spec: what to draw.
        style: that was tried in the place of the row's own; empty for its own.
        path: where it is, or will be; its name says what it is made from.
        is_approved: it stays as it is.
    """

    row: Keyframe
    first: int
    spec: FrameSpec
    style: str
    path: Path
    is_approved: bool = False


@dataclass(frozen=True, slots=True)
class StillMaker:
    """Says what stills are made from, and draws them.

    Attributes:
        plan: of the video.
        engine: draws.
        settings: what it was told.
        folder: of the stills.
    """

    plan: RenderPlan
    engine: Engine
    settings: EngineSettings
    folder: Path

    def still(self, row: Keyframe, first: int, *, variant: int = 0, style: str = "") -> Still:
        """Return one still of a row.

        Args:
            row: of the sheet.
            first: its first frame.
            variant: how far its seed is from the row's own.
            style: in the place of the row's own; empty for its own.
        """
        spec = self._from_nothing(first)
        if style:
            spec = self._in_style(spec, row, style)
        spec = replace(spec, seed=(spec.seed + variant) % SEEDS)
        name = f"{first:06d}_seed{spec.seed}_{self._digest(spec)}.png"
        return Still(row=row, first=first, spec=spec, style=style, path=self.folder / name)

    def drawn(
        self, stills: Sequence[Still], missing: dict[Path, str]
    ) -> Generator[Event, None, None]:
        """Draw what is not there yet; say of each that came out unusable why, in `missing`."""
        size = self.plan.size
        todo = {
            still.path: still
            for still in stills
            if not is_whole_still(still.path, size.width, size.height)
        }
        waiting = list(todo.values())
        yield from self.engine.fetch({still.spec.model for still in waiting})
        for at in range(0, len(waiting), self.engine.width):
            batch = waiting[at : at + self.engine.width]
            answers = self.engine.draw([DrawRequest(still.spec, None) for still in batch])
            for still, answer in zip(batch, answers, strict=True):
                if isinstance(answer, Unusable):
                    missing[still.path] = answer.reason
                    yield Notice(_unusable(still, answer.reason))
                    continue
                canvas = self.engine.canvas
                write_still(still.path, answer if canvas is None else canvas.lifted(answer))
            yield StillProgress(at + len(batch), len(waiting))

    def _from_nothing(self, first: int) -> FrameSpec:
        """Return a frame as it is drawn where nothing stood before it."""
        spec = self.plan.frame(first)
        prompt = engine_words(spec.prompt, self.engine)
        return replace(
            spec,
            starts_segment=True,
            prompt=prompt,
            negative=engine_words(spec.negative, self.engine),
            previous_prompt=prompt,
            prompt_weight=1.0,
        )

    def _in_style(self, spec: FrameSpec, row: Keyframe, style: str) -> FrameSpec:
        texts = {text.heading: text.text for text in row.texts} | {"style": style}
        if "prompt" in texts or "`" in row.prompt:
            prompt, negative = joined(spec.prompt, style), spec.negative
        else:
            both = prompt_of(texts, whole=False)
            prompt, negative = both.positive, both.negative
        prompt, negative = (engine_words(text, self.engine) for text in (prompt, negative))
        return replace(spec, prompt=prompt, negative=negative, previous_prompt=prompt)

    def _digest(self, spec: FrameSpec) -> str:
        """Return what tells stills apart that are made from something else."""
        engine, told = self.engine, self.settings
        reads = sorted(name for name in engine.reads if hasattr(spec, name))
        made_from: list[object] = [STILLS_VERSION, engine.name, engine.version, told.size]
        made_from += [told.model, told.sampler, told.vae, told.embeddings, told.precision]
        made_from += [spec.prompt, spec.negative, spec.seed, spec.seed_share]
        made_from += [spec.model, spec.sampler, spec.loras]
        made_from += [(name, getattr(spec, name)) for name in reads]
        return hashlib.blake2b(repr(made_from).encode(), digest_size=6).hexdigest()


def stills_folder(output: OutputFolder) -> Path:
    """Return where a folder's stills are."""
    return output.path / "stills"


def first_frames(plan: RenderPlan, rows: Iterable[Keyframe]) -> list[tuple[Keyframe, int]]:
    """Return the rows that the video shows, with the first frame of each."""
    first = {row.row: row.first for row in plan.rows if len(row)}
    return [(row, first[row.row]) for row in rows if row.row in first]


def _unusable(still: Still, reason: str) -> str:
    return (
        f"The still of row {still.row.row} with seed {still.spec.seed} {reason}. "
        "Try another seed there."
    )
