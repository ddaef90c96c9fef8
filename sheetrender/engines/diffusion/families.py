"""The families of models: what each can do, told without torch from the name of its pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FamilyKey = Literal["sd", "sdxl", "sd3", "flux", "qwen", "z-image"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """What all models of one kind have in common.

    Attributes:
        key: its short name.
        name: as people know it.
        pipelines: names of diffusers' classes that its models are saved as; the first paints from
            nothing.
        to_image: diffusers' class that paints over a picture with a strength.
        is_unet: its UNet can be stepped by our own loop.
        multiple: width and height are multiples of this many pixels.
        side: of the pictures that it was made for, pixels.
        steps: that it usually takes.
        scale: that it usually takes.
        guided_above: the scale up to which there is no guidance, so that a negative prompt is not
            heeded and each step costs half.
        scale_argument: what diffusers calls the scale.
        negative: it heeds a negative prompt.
        weights: it understands ``(word:1.2)``.
        embeddings: it takes textual inversions.
        loras: it takes LoRAs.
    """

    key: FamilyKey
    name: str
    pipelines: tuple[str, ...]
    to_image: str
    is_unet: bool = False
    multiple: int = 16
    side: int = 1024
    steps: int = 28
    scale: float = 5.0
    guided_above: float = 1.0
    scale_argument: Literal["guidance_scale", "true_cfg_scale"] = "guidance_scale"
    negative: bool = True
    weights: bool = False
    embeddings: bool = False
    loras: bool = True


FAMILIES = (
    Family(
        key="sd",
        name="Stable Diffusion 1 or 2",
        pipelines=(
            "StableDiffusionPipeline",
            "StableDiffusionImg2ImgPipeline",
            "LatentConsistencyModelPipeline",
            "LatentConsistencyModelImg2ImgPipeline",
        ),
        to_image="StableDiffusionImg2ImgPipeline",
        is_unet=True,
        multiple=8,
        side=512,
        steps=20,
        scale=7.0,
        weights=True,
        embeddings=True,
    ),
    Family(
        key="sdxl",
        name="Stable Diffusion XL",
        pipelines=("StableDiffusionXLPipeline", "StableDiffusionXLImg2ImgPipeline"),
        to_image="StableDiffusionXLImg2ImgPipeline",
        is_unet=True,
        multiple=8,
        steps=25,
        weights=True,
        embeddings=True,
    ),
    Family(
        key="sd3",
        name="Stable Diffusion 3",
        pipelines=("StableDiffusion3Pipeline", "StableDiffusion3Img2ImgPipeline"),
        to_image="StableDiffusion3Img2ImgPipeline",
    ),
    Family(
        key="flux",
        name="FLUX.1",
        pipelines=("FluxPipeline", "FluxImg2ImgPipeline"),
        to_image="FluxImg2ImgPipeline",
        scale=3.5,
        negative=False,
        weights=True,
    ),
    Family(
        key="qwen",
        name="Qwen-Image",
        pipelines=("QwenImagePipeline", "QwenImageImg2ImgPipeline"),
        to_image="QwenImageImg2ImgPipeline",
        steps=50,
        scale=4.0,
        scale_argument="true_cfg_scale",
    ),
    Family(
        key="z-image",
        name="Z-Image",
        pipelines=("ZImagePipeline", "ZImageImg2ImgPipeline"),
        to_image="ZImageImg2ImgPipeline",
        steps=9,
        scale=0.0,
        guided_above=0.0,
    ),
)

_ONLY_A_REFERENCE = {
    "Flux2Pipeline": "FLUX.2",
    "Flux2KleinPipeline": "FLUX.2 klein",
    "FluxKontextPipeline": "FLUX.1 Kontext",
    "QwenImageEditPipeline": "Qwen-Image-Edit",
    "QwenImageEditPlusPipeline": "Qwen-Image-Edit",
    "QwenImageLayeredPipeline": "Qwen-Image-Layered",
    "GlmImagePipeline": "GLM-Image",
}
"""Families that take a picture, but not how much of it is to be kept."""


def family_named(key: FamilyKey) -> Family:
    """Return the family of that short name."""
    return next(family for family in FAMILIES if family.key == key)


def family_of(pipeline: str) -> Family | None:
    """Return the family that is saved as diffusers' class of that name, or None."""
    return next((family for family in FAMILIES if pipeline in family.pipelines), None)


def refusal(pipeline: str) -> str:
    """Return why a pipeline of no family cannot be used, in two sentences."""
    names = ", ".join(dict.fromkeys(family.name for family in FAMILIES))
    if pipeline in _ONLY_A_REFERENCE:
        return (
            f"It is {_ONLY_A_REFERENCE[pipeline]}, which looks at a picture but cannot be told how "
            f"much of it to keep, so that frames would not follow each other. Use {names}."
        )
    kind = f"a {pipeline}" if pipeline else "of a kind that cannot be told"
    return f"It is {kind}, which cannot paint over a picture with a strength. Use {names}."


def size_that_fits(width: int, height: int, family: Family) -> tuple[int, int]:
    """Return the nearest size whose sides the family can paint."""
    step = family.multiple
    return max(step, round(width / step) * step), max(step, round(height / step) * step)
