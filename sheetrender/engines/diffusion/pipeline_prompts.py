"""What families without a UNet make of prompts, kept and blended from one to the next."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from contextlib import AbstractContextManager
from typing import Any, TypeAlias

import torch
from torch import Tensor

from sheetrender.engines.diffusion.blending import Mix, mix_by
from sheetrender.engines.diffusion.emphasis import Fragments, variants
from sheetrender.engines.diffusion.families import FamilyKey
from sheetrender.engines.diffusion.shelf import Shelf
from sheetrender.model.errors import PartMissing
from sheetrender.model.keyframes import BlendBy

Encoded: TypeAlias = dict[str, Any]
"""What stands for a prompt in a pipeline's call, by the names of its parameters."""

_KEPT = 64


class EncodedPrompts:
    """The prompts of one pipeline; each is encoded once."""

    def __init__(
        self,
        pipeline: Any,
        key: FamilyKey,
        reading: Callable[[], AbstractContextManager[None]],
        device: torch.device,
    ) -> None:
        """Begin without any.

        Args:
            pipeline: with its text encoders.
            key: of its family.
            reading: has the text encoders on the device for what is done inside.
            device: where encoded prompts are wanted.
        """
        self._pipeline = pipeline
        self._key = key
        self._device = device
        self._shelf = Shelf[Encoded](reading, held=_KEPT)

    def pages(self, prompts: Iterable[str], variant: Hashable = ()) -> dict[str, Encoded]:
        """Return what stands for each of several prompts.

        Args:
            prompts: plain words; of FLUX also with weights and choices.
            variant: whatever else the text encoders depend on.
        """
        return self._shelf.pages(prompts, self._encoded, variant)

    def _encoded(self, prompt: str) -> Encoded:
        device = self._device
        encode = self._pipeline.encode_prompt
        if self._key == "sd3":
            words, _, pooled, _ = encode(
                prompt, None, None, device=device, do_classifier_free_guidance=False
            )
            return {"prompt_embeds": words, "pooled_prompt_embeds": pooled}
        if self._key == "flux":
            turns = [self._weighed(fragments, device) for fragments in variants(prompt)]
            words, pooled = (torch.stack(each).mean(0) for each in zip(*turns, strict=True))
            return {"prompt_embeds": words, "pooled_prompt_embeds": pooled}
        if self._key == "qwen":
            # Its chat frame is cut off, and something must be left.
            words, mask = encode(prompt or " ", device=device)
            mask = words.new_ones(words.shape[:2], dtype=torch.long) if mask is None else mask
            return {"prompt_embeds": words, "prompt_embeds_mask": mask}
        words, _ = encode(prompt, device=device, do_classifier_free_guidance=False)
        return {"prompt_embeds": words}

    def _weighed(self, fragments: Fragments, device: Any) -> tuple[Tensor, Tensor]:
        """Return the words of FLUX, and the whole of them; only the words heed weights.

        Raises:
            PartMissing: there are weights, and compel is not installed.
        """
        texts, weights = [text for text, _ in fragments], [weight for _, weight in fragments]
        words, pooled, _ = self._pipeline.encode_prompt("".join(texts), None, device=device)
        if all(weight == 1.0 for weight in weights):
            return words, pooled
        try:
            from compel import EmbeddingsProvider
        except ModuleNotFoundError as error:
            raise PartMissing(
                f"Weights in prompts need {error.name}, which is not installed. "
                'Run `pip install "sheetrender[diffusion]"`, or take them out of the prompts.'
            ) from error
        provider = EmbeddingsProvider(
            tokenizer=self._pipeline.tokenizer_2,
            text_encoder=self._pipeline.text_encoder_2,
            truncate=True,
            device=device,
        )
        weighed = provider.get_embeddings_for_weighted_prompt_fragments(
            [texts], [weights], device=device
        )
        return weighed.to(words), pooled


def negated(encoded: Encoded) -> Encoded:
    """Return the same as what the picture is to be led away from."""
    return {f"negative_{name}": value for name, value in encoded.items()}


def blended(first: Encoded, second: Encoded, share: float, how: BlendBy = "lerp") -> Encoded:
    """Return what stands between two prompts; `share` is that of the second, 0.0 to 1.0.

    Where one is longer, what the other lacks fades from or to nothing.
    """
    if share >= 1.0:
        return second
    if share <= 0.0:
        return first
    mix = mix_by(how)
    return {name: _between(first[name], second[name], share, mix) for name in second}


def _between(first: Any, second: Any, share: float, mix: Mix) -> Any:
    if isinstance(second, list):
        pairs = zip(first, second, strict=True)
        return [_between(one[None], other[None], share, mix)[0] for one, other in pairs]
    if second.ndim < 2 or first.shape[1] != second.shape[1]:
        length = max(first.shape[1], second.shape[1])
        first, second = _lengthened(first, length), _lengthened(second, length)
    if not second.is_floating_point():
        return torch.maximum(first, second)
    return mix(first, second, share)


def _lengthened(words: Tensor, length: int) -> Tensor:
    missing = length - words.shape[1]
    return torch.cat([words, words.new_zeros(1, missing, *words.shape[2:])], dim=1)
