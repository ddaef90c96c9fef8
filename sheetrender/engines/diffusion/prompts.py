"""Prompts as the model reads them: each text is encoded once, and two are blended by frame."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from compel import DiffusersTextualInversionManager, EmbeddingsProvider, ReturnedEmbeddingsType
from torch import Tensor

from sheetrender.engines.diffusion.blending import mix_by
from sheetrender.engines.diffusion.emphasis import Fragments, variants
from sheetrender.engines.diffusion.residence import Visitors
from sheetrender.engines.diffusion.shelf import Shelf
from sheetrender.model.frames import Lora
from sheetrender.model.keyframes import BlendBy

_HELD = 256


@dataclass(frozen=True, slots=True)
class Words:
    """A prompt, encoded.

    Attributes:
        states: shape (1, tokens, width); tokens is a multiple of what the encoder takes at once.
        pooled: the whole of it, shape (1, width), where the model wants that too.
    """

    states: Tensor
    pooled: Tensor | None


class PromptBook:
    """The encoded prompts of one model; between new ones its text encoders rest.

    Attributes:
        readers: the text encoders.
    """

    def __init__(self, pipeline: Any, device: torch.device, *, stay: bool) -> None:
        """Take a pipeline of Stable Diffusion 1, 2 or XL.

        Args:
            pipeline: its tokenizers and text encoders are used.
            device: where encoded prompts are wanted.
            stay: the text encoders may stay on the device while each turn has new prompts.
        """
        self._pipeline = pipeline
        self._device = device
        encoders = [encoder for _, encoder in _encoders(pipeline)]
        self.readers = Visitors(encoders, device, stay=stay)
        self._shelf = Shelf[Words](self.readers.here, held=_HELD)

    @property
    def encodings(self) -> int:
        """How many texts were encoded so far."""
        return self._shelf.encodings

    def words(self, text: str, loras: tuple[Lora, ...] = ()) -> Words:
        """Return a text as the model reads it; `loras` are those that stand in the encoders."""
        return self.page([text], loras)[text]

    def page(self, texts: Iterable[str], loras: tuple[Lora, ...] = ()) -> dict[str, Words]:
        """Return several texts; new ones are encoded together, so that encoders move once."""
        return self._shelf.pages(texts, self._encoded, loras)

    def unconditioned(self, negative: str, like: Words, loras: tuple[Lora, ...] = ()) -> Words:
        """Return the negative prompt, as long as the prompt; XL takes zeros for an empty one."""
        if not negative and self._pipeline.config.get("force_zeros_for_empty_prompt", False):
            pooled = None if like.pooled is None else torch.zeros_like(like.pooled)
            return Words(torch.zeros_like(like.states), pooled)
        return self.words(negative, loras)

    def levelled(self, words: Sequence[Words], loras: tuple[Lora, ...] = ()) -> list[Words]:
        """Return them equally long: shorter ones are followed by encoded nothings."""
        longest = max(one.states.shape[1] for one in words)
        return [self._lengthened(one, longest, loras) for one in words]

    def _lengthened(self, words: Words, tokens: int, loras: tuple[Lora, ...]) -> Words:
        missing = tokens - words.states.shape[1]
        if not missing:
            return words
        nothing = self.words("", loras).states
        more = nothing.repeat(1, -(-missing // nothing.shape[1]), 1)[:, :missing]
        return Words(torch.cat([words.states, more], dim=1), words.pooled)

    @torch.inference_mode()
    def _encoded(self, text: str) -> Words:
        return self._mean(variants(text))

    def _mean(self, turns: tuple[Fragments, ...]) -> Words:
        every = [self._one(fragments) for fragments in turns]
        pooled = [one.pooled for one in every if one.pooled is not None]
        longest = max(one.states.shape[1] for one in every)
        states = [one.states for one in every if one.states.shape[1] == longest]
        return Words(
            torch.stack(states).mean(0) if len(states) > 1 else states[0],
            torch.stack(pooled).mean(0) if pooled else None,
        )

    def _one(self, fragments: Fragments) -> Words:
        encoders = _encoders(self._pipeline)
        large = getattr(self._pipeline, "text_encoder_2", None) is not None
        texts, weights = [text for text, _ in fragments], [weight for _, weight in fragments]
        kind = (
            ReturnedEmbeddingsType.PENULTIMATE_HIDDEN_STATES_NON_NORMALIZED
            if large
            else ReturnedEmbeddingsType.LAST_HIDDEN_STATES_NORMALIZED
        )
        providers = [self._provider(pair, kind) for pair in encoders]
        states = [
            provider.get_embeddings_for_weighted_prompt_fragments(
                [texts], [weights], device=self._device
            )
            for provider in providers
        ]
        pooled = None
        if large:
            whole = self._provider(encoders[-1], ReturnedEmbeddingsType.POOLED)
            pooled = whole.get_pooled_embeddings(["".join(texts)], device=self._device)
        return Words(torch.cat(states, dim=-1), pooled)

    def _provider(self, pair: tuple[Any, Any], kind: ReturnedEmbeddingsType) -> Any:
        tokenizer, encoder = pair
        return EmbeddingsProvider(
            tokenizer=tokenizer,
            text_encoder=encoder,
            textual_inversion_manager=DiffusersTextualInversionManager(self._pipeline),
            truncate=False,
            returned_embeddings_type=kind,
            device=self._device,
        )


def blended(first: Words, second: Words, share: float, how: BlendBy = "lerp") -> Words:
    """Return a prompt between two equally long ones; `share` is that of the second."""
    if share <= 0.0:
        return first
    if share >= 1.0:
        return second
    mix = mix_by(how)
    pooled = None
    if first.pooled is not None and second.pooled is not None:
        pooled = mix(first.pooled, second.pooled, share)
    return Words(mix(first.states, second.states, share), pooled)


def _encoders(pipeline: Any) -> list[tuple[Any, Any]]:
    """Return tokenizer and text encoder, once or twice."""
    first = (pipeline.tokenizer, pipeline.text_encoder)
    second = (getattr(pipeline, "tokenizer_2", None), getattr(pipeline, "text_encoder_2", None))
    return [pair for pair in (first, second) if pair[1] is not None]
