"""UNet and picture coder on their device: three calls that take tensors and return tensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from sheetrender.engines.diffusion.device import is_card
from sheetrender.engines.diffusion.graphs import Graphs
from sheetrender.engines.diffusion.memory import Tier
from sheetrender.engines.diffusion.residence import PieceByPiece


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the pictures of a batch are to show.

    Attributes:
        states: encoded prompts, shape (rows, tokens, width); with guidance rows is twice the
            number of pictures, the negative prompts first; else it is that number.
        scales: of the guidance, shape (pictures, 1, 1, 1); None without.
        pooled: shape (rows, width), for XL.
        sizes: original size, crop and target size, shape (rows, 6), for XL.
    """

    states: Tensor
    scales: Tensor | None
    pooled: Tensor | None = None
    sizes: Tensor | None = None


class UnetParts:
    """The heavy parts of a loaded model.

    Attributes:
        device: where they work.
        calls: how often the UNet was called.
    """

    def __init__(
        self, pipeline: Any, device: torch.device, numbers: torch.dtype, *, compiled: bool
    ) -> None:
        self.device = device
        self.calls = 0
        self._unet, self._vae = pipeline.unet.eval(), pipeline.vae.eval()
        self._dtype = numbers
        self._vae_dtype = self._dtype
        if self._dtype == torch.float16 and self._vae.config.get("force_upcast", False):
            self._vae_dtype = torch.float32
        _cast(self._unet, self._dtype)
        _cast(self._vae, self._vae_dtype)
        # Always said of what goes in: a layout that came about by itself gives other last bits.
        self._layout = torch.channels_last if is_card(device) else torch.contiguous_format
        self._unet.to(memory_format=self._layout)
        self._vae.to(memory_format=self._layout)
        self._quick = _compiled(self._unet) if compiled else self._unet
        self._forward = self._quick
        self._graphs = Graphs(on=False)
        self._tier: Tier | None = None
        self._in_pieces: PieceByPiece | None = None
        self._factor = 2 ** (len(self._vae.config.block_out_channels) - 1)

    @property
    def config(self) -> Any:
        """Of the UNet."""
        return self._unet.config

    def latent_shape(self, height: int, width: int) -> tuple[int, int, int]:
        """Return the shape of the latents of a picture of that size."""
        return self._unet.config.in_channels, height // self._factor, width // self._factor

    def settle(self, tier: Tier) -> None:
        """Arrange the parts as a tier of memory has it; whatever was recorded is given back."""
        self._tier = tier
        self._graphs.forget()
        if self._in_pieces is not None:
            self._in_pieces.undone()
            self._in_pieces = None
        self._graphs.on = is_card(self.device) and not tier.one_part
        for wanted, switch in ((tier.one_decoded, "slicing"), (tier.tiled, "tiling")):
            if hasattr(self._vae, f"enable_{switch}"):
                getattr(self._vae, f"{'enable' if wanted else 'disable'}_{switch}")()
        for part in (self._unet, self._vae):
            part.to("cpu" if tier.one_part else self.device)
        # What was compiled before would not call the hooks that lay the pieces.
        self._forward = self._unet if tier.in_pieces else self._quick
        if tier.in_pieces:
            self._in_pieces = PieceByPiece(self._unet, self.device)

    def latents_of(self, pictures: Tensor) -> Tensor:
        """Encode pictures, uint8 of shape (pictures, height, width, 3), as float32 latents."""
        self._make_room(self._vae, self._unet)
        return torch.cat(
            [self._graphs.made("encode", self._encode, part)[0] for part in self._split(pictures)]
        )

    def pictures_of(self, latents: Tensor) -> tuple[Tensor, Tensor]:
        """Decode latents; the second result says of each picture whether it is of numbers."""
        self._make_room(self._vae, self._unet)
        made = [self._graphs.made("decode", self._decode, part) for part in self._split(latents)]
        return torch.cat([one for one, _ in made]), torch.cat([sound for _, sound in made])

    def predicted(
        self, latents: Tensor, times: Tensor, given: Conditions, *, loras: object, settled: bool
    ) -> Tensor:
        """Call the UNet, guidance included.

        Args:
            latents: scaled for the model, float32, shape (pictures, channels, height, width).
            times: one for each picture.
            given: the conditions.
            loras: what stands in the UNet's weights; another recording belongs to each.
            settled: they stood there before too, so that a recording is worth its time.
        """
        self._make_room(self._unet, self._vae)
        self.calls += 1
        (noise,) = self._graphs.made(
            "predict", self._predict, latents, times, given.states, given.scales, given.pooled,
            given.sizes, variant=loras, worth=settled,
        )  # fmt: skip
        return noise

    def _encode(self, pictures: Tensor) -> tuple[Tensor]:
        levels = pictures.flip(-1).permute(0, 3, 1, 2).to(torch.float32)
        given = (levels / 127.5 - 1.0).to(self._vae_dtype)
        coded = self._vae.encode(given.contiguous(memory_format=self._layout))
        latents = coded.latents if hasattr(coded, "latents") else coded.latent_dist.mean
        return (latents.float() * self._vae.config.scaling_factor,)

    def _decode(self, latents: Tensor) -> tuple[Tensor, Tensor]:
        given = (latents / self._vae.config.scaling_factor).to(self._vae_dtype)
        given = given.contiguous(memory_format=self._layout)
        decoded = self._vae.decode(given, return_dict=False)[0].float()
        sound = decoded.sum((1, 2, 3)).isfinite()
        levels = (decoded * 127.5 + 127.5).round().clamp(0, 255).nan_to_num(0)
        return levels.to(torch.uint8).permute(0, 2, 3, 1).flip(-1).contiguous(), sound

    def _predict(
        self, latents: Tensor, times: Tensor, states: Tensor, scales: Tensor | None,
        pooled: Tensor | None, sizes: Tensor | None,
    ) -> tuple[Tensor]:  # fmt: skip
        rows = latents.to(self._dtype)
        if scales is not None:
            rows, times = torch.cat([rows, rows]), torch.cat([times, times])
        rows = rows.contiguous(memory_format=self._layout)
        more = None if pooled is None else {"text_embeds": pooled, "time_ids": sizes}
        noise = self._forward(
            rows, times, encoder_hidden_states=states, added_cond_kwargs=more, return_dict=False,
        )[0].float()  # fmt: skip
        if scales is not None:
            without, towards = noise.chunk(2)
            noise = without + scales * (towards - without)
        return (noise,)

    def typed(self, tensor: Tensor) -> Tensor:
        """Return a condition on the UNet's device, in its numbers."""
        return tensor.to(self.device, self._dtype)

    def _split(self, batch: Tensor) -> tuple[Tensor, ...]:
        alone = self._tier is not None and self._tier.one_decoded
        return batch.split(1) if alone else (batch,)

    def _make_room(self, wanted: nn.Module, other: nn.Module) -> None:
        if self._tier is not None and self._tier.one_part:
            other.to("cpu")
            if wanted is not self._unet or self._in_pieces is None:
                wanted.to(self.device)


def _compiled(unet: Any) -> Any:
    return torch.compile(unet, mode="max-autotune-no-cudagraphs", dynamic=False)


def _cast(module: nn.Module, numbers: torch.dtype) -> None:
    # The method of diffusers' own models warns of modules that it lists as none.
    nn.Module.to(module, numbers)
