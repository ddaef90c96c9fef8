"""How near things are in a picture, as a model sees it: for motion in three dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from sheetrender.engines.diffusion.device import is_out_of_memory
from sheetrender.engines.diffusion.loading import depth_model_at
from sheetrender.engines.diffusion.quiet import quiet
from sheetrender.engines.engine import Depth
from sheetrender.model.errors import PartMissing

_HOST = torch.device("cpu")


class DepthSight:
    """A model of transformers that estimates depth, such as Depth Anything or DPT."""

    def __init__(self, name: str, folders: Sequence[Path], device: torch.device) -> None:
        """Load the model.

        Args:
            name: of the model on the hub, or its folder.
            folders: where it is looked for by name.
            device: where it works.

        Raises:
            PartMissing: it is not there, or no depth model.
        """
        found = depth_model_at(name, folders)
        with quiet():
            self._processor, self._model = _loaded(name, found)
        self._model.eval()
        self._lay(device)
        # A metric model says how far things are, the others how near.
        self._is_distance = getattr(self._model.config, "depth_estimation_type", "") == "metric"

    def _lay(self, device: torch.device) -> None:
        """Lay the model on the device, or in the host's memory where it does not fit there."""
        try:
            self._model.to(device)
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            device = _HOST
            self._model.to(device)
        self._device = device

    @torch.inference_mode()
    def depth(self, picture: Tensor) -> Depth:
        """Return how near each pixel is, 0.0 to 1.0; a picture without depth is all 0.0."""
        try:
            return self._seen(picture)
        except RuntimeError as error:
            if not is_out_of_memory(error) or self._device == _HOST:
                raise
        # What paints fills the card; beside that, a look at depth is quick on the processor, too.
        self._lay(_HOST)
        return self._seen(picture)

    def _seen(self, picture: Tensor) -> Depth:
        image = picture.cpu().flip(-1).numpy()
        given = self._processor(images=image, return_tensors="pt")["pixel_values"]
        seen = self._model(pixel_values=given.to(self._device)).predicted_depth.float()
        wide = functional.interpolate(
            seen.reshape(1, 1, *seen.shape[-2:]), picture.shape[:2], mode="bicubic"
        )
        near = -wide[0, 0] if self._is_distance else wide[0, 0]
        low, high = near.min(), near.max()
        if not (high - low) > 1e-6:
            return np.zeros(tuple(picture.shape[:2]), dtype=np.float32)
        return np.asarray(((near - low) / (high - low)).cpu().numpy(), dtype=np.float32)


def _loaded(name: str, found: str) -> tuple[Any, Any]:
    from transformers import AutoImageProcessor, AutoModelForDepthEstimation

    local = Path(found).exists()
    try:
        processor = AutoImageProcessor.from_pretrained(found, local_files_only=local)
        model = AutoModelForDepthEstimation.from_pretrained(found, local_files_only=local)
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        reason = str(error).strip().splitlines()[0][:200]
        raise PartMissing(
            f"The depth model {name!r} cannot be loaded: {reason}. Name the folder of one that "
            "transformers can load, such as a copy of depth-anything/Depth-Anything-V2-Small-hf, "
            "or leave depth_model empty: the picture then is a flat plane."
        ) from error
    return processor, model
