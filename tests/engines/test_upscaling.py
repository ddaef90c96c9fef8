"""Upscalers: whole pictures in parts, colours in place, and files that are none."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from sheetrender.engines import upscaling
from sheetrender.engines.upscaling import Upscaler, load_upscaler
from sheetrender.model.errors import PartMissing, RenderFailed, UsageError
from tests.engines.enlarging import Enlarging


class Blurring(Enlarging):
    """A network that sees five pixels to each side."""

    def forward(self, seen: torch.Tensor) -> torch.Tensor:
        kernel = torch.full((3, 1, 11, 11), 1 / 121)
        blurred = torch.nn.functional.conv2d(seen, kernel, padding=5, groups=3)
        return super().forward(blurred)


PICTURE = np.random.default_rng(3).integers(0, 256, (150, 700, 3), np.uint8)


@pytest.mark.parametrize("channels", [1, 3])
def test_each_colour_of_each_pixel_stands_in_its_place(channels: int) -> None:
    large = Upscaler(Enlarging(channels), torch.device("cpu"))(PICTURE)
    assert np.array_equal(large, PICTURE.repeat(3, 0).repeat(3, 1))


@pytest.mark.parametrize("tile", [64, 100, 512])
def test_no_seam_is_seen_between_parts(tile: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Upscaler(Blurring(), torch.device("cpu"))
    monkeypatch.setattr(upscaling, "_TILE", tile)
    parts = Upscaler(Blurring(), torch.device("cpu"))
    difference = cv2.absdiff(whole(PICTURE), parts(PICTURE))
    assert difference.max() <= 1


def test_a_card_without_room_gets_smaller_parts() -> None:
    upscaler = Upscaler(Enlarging(limit=150 * 200), torch.device("cpu"))
    assert np.array_equal(upscaler(PICTURE), PICTURE.repeat(3, 0).repeat(3, 1))


def test_no_room_for_the_smallest_part_is_said() -> None:
    upscaler = Upscaler(Enlarging(limit=100), torch.device("cpu"))
    with pytest.raises(RenderFailed, match="leave upscaler empty"):
        upscaler(PICTURE)


HAS_SPANDREL = importlib.util.find_spec("spandrel") is not None


@pytest.mark.skipif(HAS_SPANDREL, reason="spandrel is installed")
def test_without_its_extra_the_cure_is_said(tmp_path: Path) -> None:
    with pytest.raises(PartMissing, match=r"sheetrender\[upscale\]"):
        load_upscaler(tmp_path / "weights.pth")


@pytest.mark.skipif(not HAS_SPANDREL, reason="needs the extra upscale")
def test_weights_of_a_real_network_are_read(tmp_path: Path) -> None:
    from spandrel.architectures.Compact.__arch.SRVGG import SRVGGNetCompact

    torch.manual_seed(1)
    network = SRVGGNetCompact(num_feat=16, num_conv=2, upscale=2)
    torch.save(network.state_dict(), tmp_path / "weights.pth")
    upscaler = load_upscaler(tmp_path / "weights.pth")
    assert upscaler.times == 2
    large = upscaler(PICTURE[:, :64])
    seen = torch.from_numpy(PICTURE[:, :64, ::-1].copy()).permute(2, 0, 1)[None] / 255
    with torch.inference_mode():
        expected = (network(seen)[0].clamp(0, 1) * 255).round().permute(1, 2, 0).numpy()
    assert np.abs(large[:, :, ::-1] - expected).max() <= 1


@pytest.mark.skipif(not HAS_SPANDREL, reason="needs the extra upscale")
@pytest.mark.parametrize("name", ["weights.pth", "weights.safetensors", "weights.pt"])
def test_a_file_that_is_none_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"not a model at all" * 10)
    with pytest.raises(UsageError, match="is no upscaler that can be read"):
        load_upscaler(tmp_path / name)
