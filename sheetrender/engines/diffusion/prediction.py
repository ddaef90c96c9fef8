"""Whether a UNet predicts noise or velocities, told by one trial where no file says it."""

from __future__ import annotations

from typing import Any

import torch

_LAST = 999
"""The step at which a picture is next to nothing but noise."""

_SIDE = 32
_LIKE_NOISE = 0.5


def likeness_to_noise(unet: Any) -> float:
    """Return how alike the prediction for pure noise is to that noise, -1.0 to 1.0.

    At the last step there is hardly a picture in the noise. A model that predicts noise gives it
    back, so that this is near 1; the velocity there is the picture that is to come, turned to its
    negative, which has nothing to do with the noise, so that this is near 0.
    """
    made = torch.Generator("cpu").manual_seed(0)
    config = unet.config
    noise = torch.randn(1, config.in_channels, _SIDE, _SIDE, generator=made)
    words = torch.zeros(1, 77, config.cross_attention_dim, dtype=unet.dtype)
    with torch.inference_mode():
        said = unet(noise.to(unet.dtype), _LAST, encoder_hidden_states=words).sample.float()
    pair = torch.stack([noise.flatten(), said.flatten()])
    return float(torch.corrcoef(pair)[0, 1].nan_to_num(0))


def predicts_velocities(unet: Any) -> bool:
    """Return what one trial says; it takes the time of a step on the processor.

    Where the processor cannot do it in the model's numbers, the likelier is said: of Stable
    Diffusion 2 the version with velocities is the one that people have.
    """
    try:
        return likeness_to_noise(unet) < _LIKE_NOISE
    except RuntimeError:
        return True
