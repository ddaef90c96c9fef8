"""Single files of a transformer open with what a folder of the same family lends them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import FluxTransformer2DModel, SD3Transformer2DModel
from safetensors.torch import load_file, save_file

from sheetrender.engines.diffusion.loading import open_model
from sheetrender.engines.engine import EngineSettings
from sheetrender.model.errors import PartMissing
from sheetrender.model.frames import Size
from sheetrender.model.timing import FrameRate
from tests.engines.diffusion import original_names
from tests.engines.diffusion.painting import drawn_over_grey
from tests.engines.diffusion.tiny_files import save_transformer
from tests.engines.diffusion.tiny_models import flux, sd3, z_image

Folder = Callable[[str], Path]
Model = Callable[[str], Any]

FAMILIES = ("flux", "sd3", "qwen_image", "z_image")


def _settings(*folders: Path) -> EngineSettings:
    return EngineSettings(size=Size(128, 64), rate=FrameRate(Fraction(24)), folders=folders)


def _without_transformer(folder: Path, target: Path) -> Path:
    """Copy a model without the weights of its transformer, as nobody needs them beside a file."""
    left_out = shutil.ignore_patterns("diffusion_pytorch_model.safetensors")
    shutil.copytree(folder, target)
    shutil.rmtree(target / "transformer")
    shutil.copytree(folder / "transformer", target / "transformer", ignore=left_out)
    return target


@pytest.mark.parametrize("prefix", ["", "model.diffusion_model."])
@pytest.mark.parametrize("name", FAMILIES)
def test_a_file_with_a_folder_beside_it_paints_what_the_whole_folder_paints(
    name: str, prefix: str, model_folder: Folder, tiny_model: Model, tmp_path: Path
) -> None:
    _without_transformer(model_folder(name), tmp_path / "the.rest")
    path = save_transformer(tiny_model(name), tmp_path / "film.safetensors", prefix=prefix)
    single = open_model(str(path), _settings())
    whole = open_model(str(model_folder(name)), _settings())
    assert single.family == whole.family
    mine, its = (model.pipeline.transformer.state_dict() for model in (single, whole))
    assert mine.keys() == its.keys()
    assert all(torch.equal(mine[key], its[key]) for key in its)
    # Where weights lie in a file decides how they are aligned in memory, and so the last digit.
    assert torch.allclose(
        drawn_over_grey(single.pipeline), drawn_over_grey(whole.pipeline), atol=1e-5
    )


def _sd35(dual: bool) -> Any:
    """Return a model like SD 3.5 large, or medium where some blocks look twice."""
    pipeline = sd3()
    torch.manual_seed(0)
    pipeline.transformer = SD3Transformer2DModel.from_config(
        dict(pipeline.transformer.config)
        | {
            "num_layers": 2,
            "qk_norm": "rms_norm",
            "dual_attention_layers": (0,) if dual else (),
        }
    ).eval()
    return pipeline


@pytest.mark.parametrize("prefix", ["", "model.diffusion_model."])
@pytest.mark.parametrize(
    ("make", "named"),
    [
        (sd3, original_names.sd3),
        (lambda: _sd35(dual=False), original_names.sd3),
        (lambda: _sd35(dual=True), original_names.sd3),
        (z_image, original_names.z_image),
    ],
    ids=["sd3", "sd3.5-large", "sd3.5-medium", "z_image"],
)
def test_a_file_with_the_names_of_the_first_release_paints_the_same(
    make: Callable[[], Any],
    named: Callable[[dict[str, torch.Tensor]], dict[str, torch.Tensor]],
    prefix: str,
    tmp_path: Path,
) -> None:
    pipeline = make()
    pipeline.save_pretrained(tmp_path / "whole")
    _without_transformer(tmp_path / "whole", tmp_path / "shelf" / "rest")
    path = tmp_path / "shelf" / "film.safetensors"
    weights = named(pipeline.transformer.state_dict())
    save_file({prefix + name: weight.contiguous() for name, weight in weights.items()}, path)
    single = open_model(str(path), _settings())
    whole = open_model(str(tmp_path / "whole"), _settings())
    mine, its = (model.pipeline.transformer.state_dict() for model in (single, whole))
    assert mine.keys() == its.keys()
    assert all(torch.equal(mine[key], its[key]) for key in its)
    assert torch.allclose(
        drawn_over_grey(single.pipeline), drawn_over_grey(whole.pipeline), atol=1e-5
    )


@pytest.mark.slow
@pytest.mark.parametrize("guided", [True, False], ids=["dev", "schnell"])
def test_a_file_with_flux_own_names_is_the_same_model(guided: bool, tmp_path: Path) -> None:
    # diffusers' conversion knows one width only, that of the real FLUX.1: half a billion weights
    # in two blocks.
    torch.manual_seed(0)
    pipeline = flux(guided=guided)
    with torch.device("meta"):
        wide = FluxTransformer2DModel.from_config(
            dict(pipeline.transformer.config)
            | {"attention_head_dim": 128, "num_attention_heads": 24, "axes_dims_rope": [16, 56, 56]}
        )
    wide = wide.to(torch.bfloat16).to_empty(device="cpu")
    for weight in wide.parameters():
        weight.data.view(-1)[:] = torch.rand(97, dtype=torch.bfloat16).repeat(
            -(-weight.numel() // 97)
        )[: weight.numel()]
    weights = original_names.flux(wide.state_dict())
    path = tmp_path / "shelf" / "flux1.safetensors"
    pipeline.save_pretrained(tmp_path / "shelf" / "rest")
    wide.save_config(tmp_path / "shelf" / "rest" / "transformer")
    (tmp_path / "shelf/rest/transformer/diffusion_pytorch_model.safetensors").unlink()
    save_file({name: weight.contiguous() for name, weight in weights.items()}, path)
    single = open_model(str(path), replace(_settings(), precision="bf16"))
    path.unlink()
    mine, its = single.pipeline.transformer.state_dict(), wide.state_dict()
    assert mine.keys() == its.keys()
    assert all(torch.equal(mine[key], its[key]) for key in its)


def test_the_files_own_weights_paint_and_not_the_folders(
    model_folder: Folder, tmp_path: Path
) -> None:
    save_transformer(flux(seed=1), tmp_path / "film.safetensors")
    shelf = model_folder("flux").parent
    single = open_model("film", _settings(tmp_path, shelf))
    whole = open_model("flux", _settings(shelf))
    assert not torch.allclose(
        drawn_over_grey(single.pipeline), drawn_over_grey(whole.pipeline), atol=1e-3
    )


def test_what_else_a_file_holds_is_left_aside(
    model_folder: Folder, tiny_model: Model, tmp_path: Path
) -> None:
    path = save_transformer(
        tiny_model("flux"), tmp_path / "film.safetensors", prefix="model.diffusion_model."
    )
    save_file(load_file(path) | {"vae.decoder.conv_in.weight": torch.ones(2)}, path)
    opened = open_model(str(path), _settings(model_folder("flux").parent))
    assert opened.family.key == "flux"


def test_a_file_that_nothing_completes_is_told_with_what_is_missing(
    tiny_model: Model, tmp_path: Path
) -> None:
    path = save_transformer(tiny_model("flux"), tmp_path / "flux1-dev.safetensors")
    with pytest.raises(PartMissing) as caught:
        open_model(str(path), _settings(tmp_path))
    told = str(caught.value)
    assert told.startswith(f"{path} holds only the transformer of FLUX.1; its text encoders, VAE")
    assert "Put the folder of black-forest-labs/FLUX.1-dev beside the file" in told
    assert str(tmp_path / "hub") in told


def test_a_folder_of_another_family_completes_nothing(
    model_folder: Folder, tiny_model: Model, tmp_path: Path
) -> None:
    shutil.copytree(model_folder("sd3"), tmp_path / "sd3")
    path = save_transformer(tiny_model("flux"), tmp_path / "film.safetensors")
    with pytest.raises(PartMissing, match="none that fits is here"):
        open_model(str(path), _settings())


def test_a_folder_of_another_build_is_named_and_not_used(
    model_folder: Folder, tmp_path: Path
) -> None:
    shutil.copytree(model_folder("flux"), tmp_path / "dev")
    path = save_transformer(flux(guided=False), tmp_path / "film.safetensors")
    with pytest.raises(PartMissing, match=r"dev is of another build\. Put .*FLUX\.1-schnell"):
        open_model(str(path), _settings())


def test_what_the_hubs_cache_has_completes_a_file(
    model_folder: Folder, tiny_model: Model, tmp_path: Path
) -> None:
    cached = tmp_path / "hub" / "models--black-forest-labs--FLUX.1-dev"
    (cached / "refs").mkdir(parents=True)
    (cached / "refs" / "main").write_text("abc")
    _without_transformer(model_folder("flux"), cached / "snapshots" / "abc")
    path = save_transformer(tiny_model("flux"), tmp_path / "film.safetensors")
    assert open_model(str(path), _settings()).family.key == "flux"


def test_a_file_that_broke_off_is_told(
    model_folder: Folder, tiny_model: Model, tmp_path: Path
) -> None:
    path = save_transformer(tiny_model("flux"), tmp_path / "film.safetensors")
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(PartMissing, match="is cut off"):
        open_model(str(path), _settings(model_folder("flux").parent))


@pytest.mark.parametrize("name", FAMILIES)
def test_a_file_without_one_of_its_weights_is_told(
    name: str, model_folder: Folder, tiny_model: Model, tmp_path: Path
) -> None:
    path = save_transformer(tiny_model(name), tmp_path / "film.safetensors")
    weights = load_file(path)
    last = sorted(weights)[-1]
    del weights[last]
    save_file(weights, path)
    with pytest.raises(PartMissing, match=r"lacks .* weights|none that can be completed"):
        open_model(str(path), _settings(model_folder(name).parent))


@pytest.mark.parametrize("name", FAMILIES)
def test_a_weight_that_would_be_left_unused_is_told(
    name: str, model_folder: Folder, tiny_model: Model, tmp_path: Path
) -> None:
    path = save_transformer(tiny_model(name), tmp_path / "film.safetensors")
    save_file(load_file(path) | {"extra.weight": torch.ones(1)}, path)
    with pytest.raises(PartMissing, match=r"that has no extra\.weight"):
        open_model(str(path), _settings(model_folder(name).parent))


@pytest.mark.parametrize("name", FAMILIES)
def test_a_weight_of_another_size_is_told(
    name: str, model_folder: Folder, tiny_model: Model, tmp_path: Path
) -> None:
    path = save_transformer(tiny_model(name), tmp_path / "film.safetensors")
    weights = load_file(path)
    wide = next(key for key in weights if key.endswith("to_q.weight"))
    weights[wide] = torch.cat([weights[wide]] * 2)
    save_file(weights, path)
    with pytest.raises(PartMissing, match="cannot be loaded"):
        open_model(str(path), _settings(model_folder(name).parent))


@pytest.mark.parametrize("name", FAMILIES)
def test_plain_fp8_is_read_as_the_numbers_it_stands_for(
    name: str, model_folder: Folder, tiny_model: Model, tmp_path: Path
) -> None:
    path = save_transformer(tiny_model(name), tmp_path / "film_fp8.safetensors")
    rounded = {key: weight.to(torch.float8_e4m3fn) for key, weight in load_file(path).items()}
    save_file(rounded, path)
    opened = open_model(str(path), _settings(model_folder(name).parent))
    mine = opened.pipeline.transformer.state_dict()
    assert {weight.dtype for weight in mine.values()} == {torch.float32}
    assert all(torch.equal(mine[key], rounded[key].float()) for key in rounded)
    assert bool(torch.isfinite(drawn_over_grey(opened.pipeline)).all())


@pytest.mark.parametrize("mark", ["scale_weight", "absmax", "qweight"])
def test_weights_that_another_program_rounded_are_refused(
    mark: str, model_folder: Folder, tiny_model: Model, tmp_path: Path
) -> None:
    path = save_transformer(tiny_model("flux"), tmp_path / "film.safetensors")
    more = {f"transformer_blocks.0.attn.to_q.{mark}": torch.ones(1)}
    save_file(load_file(path) | more, path)
    with pytest.raises(PartMissing, match="rounded in another program's way"):
        open_model(str(path), _settings(model_folder("flux").parent))


def test_a_gguf_is_refused_as_one(tmp_path: Path) -> None:
    (tmp_path / "film.gguf").write_bytes(b"GGUF" + bytes(60))
    with pytest.raises(PartMissing, match="is a GGUF file"):
        open_model(str(tmp_path / "film.gguf"), _settings())
