"""What lies on the device while prompts are read and pictures painted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from sheetrender.engines.diffusion.loading import open_model
from sheetrender.engines.diffusion.painter import Job
from sheetrender.engines.diffusion.pipeline_painter import PipelinePainter
from sheetrender.engines.diffusion.placement import parts_of
from sheetrender.engines.diffusion.residence import Residence, Visitors
from sheetrender.model.frames import Lora, Size

from . import tiny_models
from .painting import before, job, painted, painter, settings
from .tiny_files import save_lora

CPU = torch.device("cpu")
SIZE = Size(128, 64)
FAMILIES = ("sd3", "flux", "qwen_image", "z_image")


def test_visitors_are_there_inside_only() -> None:
    part = nn.Linear(10, 10)
    visitors = Visitors([part], CPU, stay=False)
    with visitors.here():
        assert visitors.bytes_laid == 440
    assert visitors.bytes_laid == 0


def test_visitors_that_may_stay_leave_after_a_turn_that_did_not_need_them() -> None:
    visitors = Visitors([nn.Linear(10, 10)], CPU, stay=True)
    for _ in range(3):
        with visitors.here():
            pass
        visitors.turn()
        assert visitors.bytes_laid
    visitors.turn()
    assert not visitors.bytes_laid


def test_visitors_leave_when_something_fails() -> None:
    visitors = Visitors([nn.Linear(10, 10)], CPU, stay=True)
    with pytest.raises(ValueError, match="too long"), visitors.here():
        raise ValueError("too long")
    assert not visitors.bytes_laid


@pytest.mark.parametrize(
    ("family", "names"),
    [
        ("sd3", {"text_encoder", "text_encoder_2", "text_encoder_3"}),
        ("flux", {"text_encoder", "text_encoder_2"}),
        ("qwen_image", {"text_encoder"}),
        ("z_image", {"text_encoder"}),
    ],
)
def test_text_encoders_are_told_from_what_paints(
    family: str, names: set[str], tiny_model: Callable[[str], Any]
) -> None:
    painting, reading = parts_of(tiny_model(family))
    assert set(reading) == names
    assert set(painting) == {"transformer", "vae"}


@dataclass
class Watched:
    """A painter, and what lay on its device while its parts worked.

    Attributes:
        one: the painter.
        reading: bytes of text encoders and of what paints, by visits, while a text was encoded.
        painting: the same while the transformer worked.
    """

    one: PipelinePainter
    reading: list[tuple[int, int]]
    painting: list[tuple[int, int]]

    def paint(self, *jobs: Job) -> None:
        self.reading.clear()
        self.painting.clear()
        self.one.paint(jobs)


@pytest.fixture
def watched(model_folder: Callable[[str], Path]) -> Callable[[str, Residence], Watched]:
    def made(family: str, residence: Residence) -> Watched:
        given = settings(SIZE)
        model = open_model(str(model_folder(family)), given)
        one = PipelinePainter(model, given, CPU, residence=residence)
        watched = Watched(one, [], [])

        def seen(kept: list[tuple[int, int]]) -> Callable[..., None]:
            place = one._placement
            return lambda *_: kept.append((place.readers.bytes_laid, place._painters.bytes_laid))

        _, reading = parts_of(model.pipeline)
        for encoder in reading.values():
            # Some pipelines call an inner model of an encoder; each looks its words up.
            encoder.get_input_embeddings().register_forward_hook(seen(watched.reading))
        model.pipeline.transformer.register_forward_hook(seen(watched.painting))
        return watched

    return made


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("residence", ["turns", "parts"])
def test_text_encoders_leave_before_anything_is_painted(
    family: str, residence: Residence, watched: Callable[[str, Residence], Watched]
) -> None:
    one = watched(family, residence)
    for prompts in (("a red fox", "a green forest"), ("the sea",)):
        one.paint(*(job(steps=2, negative="blurry", prompt=prompt) for prompt in prompts))
        assert one.reading
        assert all(readers and not painters for readers, painters in one.reading)
        assert one.painting
        assert all(not readers for readers, _ in one.painting)
        assert all(bool(painters) == (residence == "turns") for _, painters in one.painting)


@pytest.mark.parametrize("family", FAMILIES)
def test_where_all_fits_text_encoders_leave_once_no_prompt_is_new(
    family: str, watched: Callable[[str, Residence], Watched]
) -> None:
    one = watched(family, "whole")
    readers = one.one._placement.readers
    one.paint(job(steps=2))
    one.paint(job(steps=2, prompt="a green forest"))
    assert one.reading
    assert readers.bytes_laid, "each picture had a new prompt"
    one.paint(job(steps=2))
    assert not one.reading
    assert not readers.bytes_laid
    one.paint(job(steps=2), job(steps=2, prompt="the sea"))
    assert one.reading


@pytest.mark.parametrize("family", ["sd15", "sdxl"])
def test_text_encoders_of_a_unet_leave_too(family: str, tiny_model: Callable[[str], Any]) -> None:
    one = painter(tiny_models.BUILDERS[family]())
    for prompt in ("a red fox", "a green forest"):
        painted(one, prompt=prompt, steps=2)
        assert one.book.readers.bytes_laid
    painted(one, before=before(), prompt="a green forest", steps=4)
    assert not one.book.readers.bytes_laid


@pytest.mark.parametrize("residence", ["whole", "turns", "parts"])
def test_prompts_of_pictures_that_are_painted_together_are_read_in_one_visit(
    residence: Residence, watched: Callable[[str, Residence], Watched]
) -> None:
    one = watched("sd3", residence)
    visits = 0
    come = one.one._placement.readers.come

    def counted() -> None:
        nonlocal visits
        visits += 1
        come()

    one.one._placement.readers.come = counted  # type: ignore[method-assign]
    one.paint(*(job(steps=2, prompt=f"a fox, {turn}", negative="dark") for turn in range(4)))
    assert visits == 1


@pytest.mark.parametrize(("reads", "encodings"), [(False, 2), (True, 8)])
def test_a_lora_that_fades_in_has_prompts_read_anew_only_where_it_changes_how(
    reads: bool, encodings: int, tmp_path: Path
) -> None:
    pipeline = tiny_models.sd15()
    save_lora(pipeline, tmp_path / "style.safetensors", reads=reads)
    one = painter(pipeline, folders=(tmp_path,))
    pictures = [
        painted(one, steps=2, loras=(Lora("style", weight),)) for weight in (0.2, 0.4, 0.6, 0.8)
    ]
    assert one.book.encodings == encodings
    for last, following in pairwise(pictures):
        assert not torch.equal(last, following)
