"""Paints with a UNet (Stable Diffusion 1, 2 and XL), without a pipeline and in tensors only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from sheetrender.engines.diffusion.device import dtype_of, is_card, is_out_of_memory
from sheetrender.engines.diffusion.loras import LoraRack
from sheetrender.engines.diffusion.memory import Tier, lower
from sheetrender.engines.diffusion.noise import NoiseSource, drawn_noise
from sheetrender.engines.diffusion.painter import Job
from sheetrender.engines.diffusion.prompts import PromptBook, Words, blended
from sheetrender.engines.diffusion.sampling import Course, Schedules, steps_to_do
from sheetrender.engines.diffusion.unet_parts import Conditions, UnetParts
from sheetrender.engines.engine import EngineSettings, Unusable
from sheetrender.model.errors import RenderFailed
from sheetrender.model.frames import Lora

if TYPE_CHECKING:
    from sheetrender.engines.diffusion.loading import LoadedModel


@dataclass(frozen=True, slots=True)
class _Ready:
    """A job with its prompt read: place in the order of jobs, steps to do, prompt, negative."""

    place: int
    job: Job
    done: int
    words: Words
    negative: Words | None

    @property
    def beside(self) -> object:
        """What has to be alike in one batch."""
        return self.negative is None, self.words.states.shape[1]

    @property
    def course(self) -> object:
        """What has to be alike to walk in step."""
        job = self.job
        return job.sampler, job.steps, self.done, job.before is None


@dataclass(slots=True)
class _Lane:
    """Pictures that walk alike, and how far they came."""

    ready: list[_Ready]
    course: Course
    sources: list[NoiseSource]
    latents: Tensor


class UnetPainter:
    """Paints with one loaded model.

    Attributes:
        width: how many pictures it paints at once.
        parts: the model's heavy parts.
        book: its prompts.
    """

    def __init__(
        self, model: LoadedModel, settings: EngineSettings, device: torch.device, tier: Tier
    ) -> None:
        self._pipeline = model.pipeline
        self._settings = settings
        self._tier = tier
        self.width = tier.width
        numbers = dtype_of(settings, device)
        self.parts = UnetParts(model.pipeline, device, numbers, compiled=settings.compile)
        self.book = PromptBook(model.pipeline, device, stay=tier.text_stays)
        self._arrange()
        self._schedules = Schedules(model.pipeline.scheduler.config)
        self._rack = LoraRack(model.pipeline, settings.folders)
        self._loras: tuple[Lora, ...] = ()
        self._settled = True

    @torch.inference_mode()
    def paint(self, jobs: Sequence[Job]) -> list[Tensor | Unusable]:
        """Return a picture for each job.

        Raises:
            PartMissing: a LoRA is not to be found or does not fit.
            RenderFailed: the card's memory is too small, however little is done at once.
        """
        while True:
            try:
                pictures = self._painted(jobs)
            except RuntimeError as error:
                if not is_out_of_memory(error):
                    raise
                self._go_down()
            else:
                self.book.readers.turn()
                return pictures
            # Only here is what the refused work held given back, and may the card forget it.
            self._arrange()

    def rest(self) -> None:
        """Let the text encoders leave the device."""
        self.book.readers.leave()

    def _go_down(self) -> None:
        below = lower(self._tier)
        if below is None:
            raise RenderFailed(
                f"The graphics card has too little memory for this model at {self._settings.size}, "
                "even piece by piece. Choose a smaller width and height, or a smaller model. "
                "Finished frames are kept."
            )
        self._tier = replace(below, width=min(below.width, self._tier.width))
        self.width = self._tier.width

    def _arrange(self) -> None:
        """Put the parts where the tier wants them, or a lower one where they do not fit."""
        while True:
            self.book.readers.leave()
            if is_card(self.parts.device):
                torch.cuda.empty_cache()
            try:
                self.parts.settle(self._tier)
            except RuntimeError as error:
                if not is_out_of_memory(error):
                    raise
                self._go_down()
            else:
                self.book.readers.stay = self._tier.text_stays
                return

    def _painted(self, jobs: Sequence[Job]) -> list[Tensor | Unusable]:
        pictures: dict[int, Tensor | Unusable] = {}
        by_loras: dict[tuple[Lora, ...], list[tuple[int, Job, int]]] = {}
        for place, job in enumerate(jobs):
            done = steps_to_do(job.steps, job.strength) if job.before is not None else job.steps
            if job.before is not None and done == 0:
                pictures[place] = job.before.clone()
            else:
                by_loras.setdefault(job.loras, []).append((place, job, done))
        for loras, group in by_loras.items():
            self._use(loras)
            # Read together, so that the text encoders come once.
            texts = [text for _, job, _ in group for text in (*_prompts(job), job.negative)]
            self.book.page(texts, self._rack.read(loras))
            for batch in _batches([self._read(*each) for each in group], self.width):
                for one, picture in zip(batch, self._batch(batch), strict=True):
                    pictures[one.place] = picture
        return [pictures[place] for place in range(len(jobs))]

    def _use(self, loras: tuple[Lora, ...]) -> None:
        if self._rack.lacks(loras):
            # So that what is added to them lies where they rest.
            self.book.readers.leave()
        self._settled = loras == self._loras
        self._loras = loras
        switched = self._rack.switched
        self._rack.use(loras)
        if self._tier.in_pieces and self._rack.switched != switched:
            # A LoRA comes with layers of its own, and takes the place of the model's.
            self._arrange()

    def _read(self, place: int, job: Job, done: int) -> _Ready:
        """Encode what is new of a job's prompts and blend them."""
        loras = self._rack.read(job.loras)
        texts = _prompts(job)
        found = self.book.page([*texts, job.negative], loras)
        words = self.book.levelled([found[text] for text in texts], loras)
        prompt = words[0]
        if len(words) > 1:
            prompt = blended(words[1], words[0], job.prompt_weight, self._settings.blend_by)
        if job.scale <= 1.0:
            return _Ready(place, job, done, prompt, None)
        negative = self.book.unconditioned(job.negative, prompt, loras)
        prompt, negative = self.book.levelled([prompt, negative], loras)
        return _Ready(place, job, done, prompt, negative)

    def _batch(self, batch: list[_Ready]) -> list[Tensor | Unusable]:
        """Paint pictures side by side; those with fewer steps join later."""
        lanes = [self._lane(group) for group in _grouped(batch, lambda one: one.course)]
        longest = max(len(lane.course) for lane in lanes)
        given: tuple[int, Conditions] | None = None
        for left in range(longest, 0, -1):
            active = [lane for lane in lanes if len(lane.course) >= left]
            if given is None or given[0] != len(active):
                given = len(active), self._conditions([one for ln in active for one in ln.ready])
            self._advance(active, left, given[1])
        pictures, sound = self.parts.pictures_of(torch.cat([lane.latents for lane in lanes]))
        order = [one.place for lane in lanes for one in lane.ready]
        made = dict(zip(order, _judged(pictures, sound), strict=True))
        return [made[one.place] for one in batch]

    def _lane(self, ready: list[_Ready]) -> _Lane:
        size = self._settings.size
        shape = self.parts.latent_shape(size.height, size.width)
        job = ready[0].job
        course = self._schedules.course(job.sampler, job.steps, ready[0].done)
        sources = [NoiseSource(one.job.seed, one.job.seed_share, shape) for one in ready]
        noise = drawn_noise(sources, self.parts.device)
        before = [one.job.before for one in ready if one.job.before is not None]
        if before:
            coded = self.parts.latents_of(torch.stack(before).to(self.parts.device))
            return _Lane(ready, course, sources, course.from_picture(coded, noise))
        return _Lane(ready, course, sources, course.from_noise(noise))

    def _advance(self, lanes: list[_Lane], left: int, given: Conditions) -> None:
        """Do one call of the model for all lanes that have as many left, or more."""
        calls = [len(lane.course) - left for lane in lanes]
        walking = list(zip(lanes, calls, strict=True))
        scaled = torch.cat([lane.course.scaled(lane.latents, call) for lane, call in walking])
        times = torch.tensor(
            [float(lane.course.timesteps[call]) for lane, call in walking for _ in lane.ready]
        )
        noise = self.parts.predicted(
            self._filled(scaled),
            self._filled(times).to(self.parts.device),
            given,
            loras=self._loras,
            settled=self._settled,
        )
        begin = 0
        for lane, call in walking:
            own = noise[begin : begin + len(lane.ready)]
            lane.latents = lane.course.stepped(own, lane.latents, call, lane.sources)
            begin += len(lane.ready)

    def _filled(self, rows: Tensor) -> Tensor:
        """Return the rows filled up to the width, on a CPU.

        There another width gives other last bits, so that a picture would depend on how many are
        drawn beside it.
        """
        missing = self.width - len(rows)
        if self.parts.device.type != "cpu" or missing <= 0:
            return rows
        return torch.cat([rows, rows[-1:].expand(missing, *rows.shape[1:])])

    def _conditions(self, ready: list[_Ready]) -> Conditions:
        halves = [[one.words for one in ready]]
        negatives = [one.negative for one in ready if one.negative is not None]
        if negatives:
            halves.insert(0, negatives)
        scales = self._filled(torch.tensor([one.job.scale for one in ready]))
        states = self._stacked([[words.states for words in half] for half in halves])
        pooled = [[one.pooled for one in half if one.pooled is not None] for half in halves]
        return Conditions(
            states=states,
            scales=scales.view(-1, 1, 1, 1).to(self.parts.device) if negatives else None,
            pooled=self._stacked(pooled) if pooled[0] else None,
            sizes=self._sizes(len(states)) if pooled[0] else None,
        )

    def _stacked(self, halves: list[list[Tensor]]) -> Tensor:
        return self.parts.typed(torch.cat([self._filled(torch.cat(half)) for half in halves]))

    def _sizes(self, rows: int) -> Tensor:
        height, width = self._settings.size.height, self._settings.size.width
        return self.parts.typed(torch.tensor([[height, width, 0, 0, height, width]] * rows))


def _prompts(job: Job) -> list[str]:
    """Return the prompt, and the one before where it still shows."""
    return [job.prompt] if job.prompt_weight >= 1.0 else [job.prompt, job.previous_prompt]


def _judged(pictures: Tensor, sound: Tensor) -> Iterator[Tensor | Unusable]:
    """Yield each picture, or why it is none; memory is its own, not a part of the batch's."""
    lit = pictures.amax((1, 2, 3)) > 0
    for picture, of_numbers, seen in zip(pictures, sound.tolist(), lit.tolist(), strict=True):
        if not of_numbers:
            yield Unusable("the model gave no numbers (NaN)")
        elif not seen:
            yield Unusable("came out black")
        else:
            yield picture.clone()


def _grouped(ready: Iterable[_Ready], key: Callable[[_Ready], object]) -> list[list[_Ready]]:
    """Return the jobs in groups that are alike, in the order in which each kind first comes."""
    groups: dict[object, list[_Ready]] = {}
    for one in ready:
        groups.setdefault(key(one), []).append(one)
    return list(groups.values())


def _batches(ready: Sequence[_Ready], width: int) -> Iterator[list[_Ready]]:
    for group in _grouped(ready, lambda one: one.beside):
        for begin in range(0, len(group), width):
            yield group[begin : begin + width]
