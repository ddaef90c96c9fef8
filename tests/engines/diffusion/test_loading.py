"""Models load without a network from every form in which people have them."""

from __future__ import annotations

import json
import pickle
import struct
import sys
import types
import zipfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import LatentConsistencyModelPipeline, LCMScheduler, UNet2DConditionModel

from sheetrender.engines.diffusion.loading import open_model
from sheetrender.engines.diffusion.words.clip import clip_tokenizer
from sheetrender.engines.engine import EngineSettings
from sheetrender.model.errors import PartMissing, UsageError
from sheetrender.model.frames import Size
from sheetrender.model.timing import FrameRate
from tests.engines.diffusion.painting import drawn_over_grey
from tests.engines.diffusion.tiny_files import save_checkpoint, save_embedding, save_yaml
from tests.engines.diffusion.tiny_models import BUILDERS, taesd

Model = Callable[[str], Any]
_RATE = FrameRate(Fraction(24))
_SIZE = Size(128, 64)


def _settings(*folders: Path, size: Size = _SIZE, **more: Any) -> EngineSettings:
    return EngineSettings(size=size, rate=_RATE, folders=folders, **more)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sd15", "sd2v", "sdxl"])
@pytest.mark.parametrize("ending", [".safetensors", ".ckpt"])
def test_a_single_file_paints_what_its_folder_paints(
    name: str, ending: str, tiny_model: Model, model_folder: Callable[[str], Path], tmp_path: Path
) -> None:
    path = save_checkpoint(tiny_model(name), tmp_path / f"model{ending}")
    single = open_model(str(path), _settings())
    folder = open_model(str(model_folder(name)), _settings())
    assert single.is_unet
    assert torch.equal(drawn_over_grey(single.pipeline), drawn_over_grey(folder.pipeline))


@pytest.mark.parametrize("velocities", [True, False])
def test_a_yaml_beside_a_ckpt_is_heeded(
    velocities: bool, tiny_model: Model, tmp_path: Path
) -> None:
    save_checkpoint(tiny_model("sd15"), tmp_path / "old.ckpt")
    save_yaml(tmp_path / "old.yaml", velocities=velocities, heads=4)
    pipeline = open_model("old", _settings(tmp_path)).pipeline
    said = "v_prediction" if velocities else "epsilon"
    assert pipeline.scheduler.config.prediction_type == said
    assert pipeline.unet.config.attention_head_dim == 4


@pytest.mark.parametrize("name", BUILDERS)
def test_every_family_opens_from_its_folder_as_painting_over_pictures(
    name: str, model_folder: Callable[[str], Path]
) -> None:
    opened = open_model(name, _settings(model_folder(name).parent))
    assert type(opened.pipeline).__name__ == opened.family.to_image
    assert opened.is_unet == (name in {"sd15", "sd2v", "sdxl"})


def test_a_latent_consistency_model_opens_as_the_stable_diffusion_that_it_is(
    tmp_path: Path,
) -> None:
    base = BUILDERS["sd15"]()
    parts = base.components | {
        "unet": UNet2DConditionModel.from_config(base.unet.config, time_cond_proj_dim=8),
        "scheduler": LCMScheduler(),
    }
    LatentConsistencyModelPipeline(**parts, requires_safety_checker=False).save_pretrained(
        tmp_path / "lcm"
    )
    opened = open_model("lcm", _settings(tmp_path))
    assert opened.is_unet
    assert type(opened.pipeline).__name__ == "StableDiffusionImg2ImgPipeline"
    assert opened.pipeline.unet.config.time_cond_proj_dim == 8
    assert len(drawn_over_grey(opened.pipeline).unique()) > 10


def test_a_checkpoint_of_2022_that_names_its_trainer_loads(
    tiny_model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["pytorch_lightning", "pytorch_lightning.callbacks"]
    names.append("pytorch_lightning.callbacks.model_checkpoint")
    trainer = type("ModelCheckpoint", (), {"__module__": names[-1]})
    modules = {name: types.ModuleType(name) for name in names}
    vars(modules[names[-1]])["ModelCheckpoint"] = trainer
    path = save_checkpoint(tiny_model("sd15"), tmp_path / "sd-v1-4.ckpt")
    weights = torch.load(path, weights_only=True)
    with monkeypatch.context() as patch:
        for name, module in modules.items():
            patch.setitem(sys.modules, name, module)
        torch.save({**weights, "callbacks": {trainer: {"best": None}}}, path)
    assert open_model(str(path), _settings()).family.key == "sd"


class _Trap:
    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path("/tmp/sheetrender-trap-was-sprung"),)


@pytest.mark.parametrize("protocol", ["zip", "old"])
def test_a_pickle_with_code_is_refused_and_its_code_never_runs(
    protocol: str, tmp_path: Path
) -> None:
    trap = Path("/tmp/sheetrender-trap-was-sprung")
    trap.unlink(missing_ok=True)
    path = tmp_path / "evil.ckpt"
    if protocol == "zip":
        torch.save({"state_dict": _Trap()}, path)
    else:
        path.write_bytes(pickle.dumps({"state_dict": _Trap()}))
    with pytest.raises(PartMissing, match=r"would run code|is broken"):
        open_model(str(path), _settings())
    assert not trap.exists()


def _cut(model: Any, folder: Path, ending: str) -> Path:
    path = save_checkpoint(model, folder / f"model{ending}")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


@pytest.mark.parametrize("ending", [".safetensors", ".ckpt"])
def test_a_download_that_broke_off_is_told(ending: str, tiny_model: Model, tmp_path: Path) -> None:
    with pytest.raises(PartMissing, match=r"is cut off.*Download it again"):
        open_model(str(_cut(tiny_model("sd15"), tmp_path, ending)), _settings())


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1", "git lfs pull"),
        (b"<!DOCTYPE html><html>404</html>", "is a web page"),
        (b"{not json", "broken"),
        (struct.pack("<Q", 9) + b"not json!", "broken"),
    ],
)
@pytest.mark.parametrize("ending", [".safetensors", ".ckpt"])
def test_what_is_no_model_is_called_what_it_is(
    content: bytes, told: str, ending: str, tmp_path: Path
) -> None:
    path = tmp_path / f"model{ending}"
    path.write_bytes(content)
    with pytest.raises(PartMissing) as caught:
        open_model(str(path), _settings())
    if ending == ".safetensors" or "broken" not in told:
        assert told in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_file_under_the_wrong_ending_is_told_the_right_one(
    tiny_model: Model, tmp_path: Path
) -> None:
    made = save_checkpoint(tiny_model("sd15"), tmp_path / "a.ckpt")
    made.rename(tmp_path / "a.safetensors")
    with pytest.raises(PartMissing, match=r"Rename it to a\.ckpt"):
        open_model("a", _settings(tmp_path))


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (["lora_unet_down_blocks_0.lora_down.weight"], "is a LoRA"),
        (["emb_params"], "textual inversion"),
        (["decoder.conv_in.weight"], "only a decoder"),
        (["double_blocks.0.img_attn.qkv.weight"], "none that can be completed"),
        (["double_blocks.0.img_mod.lin.scale_weight"], "rounded in another program's way"),
        (["model.diffusion_model.input_blocks.0.0.weight"], "only a part"),
        (["something"], "no Stable Diffusion checkpoint"),
    ],
)
def test_files_of_another_kind_are_called_what_they_are(
    keys: list[str], told: str, tmp_path: Path
) -> None:
    table = {key: {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]} for key in keys}
    header = json.dumps(table).encode()
    path = tmp_path / "other.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(4))
    with pytest.raises(PartMissing, match=told):
        open_model(str(path), _settings())


def test_a_checkpoint_without_some_of_its_weights_is_told(
    tiny_model: Model, tmp_path: Path
) -> None:
    path = save_checkpoint(tiny_model("sd15"), tmp_path / "model.ckpt")
    weights = torch.load(path, weights_only=True)
    del weights["state_dict"]["model.diffusion_model.time_embed.0.weight"]
    torch.save(weights, path)
    with pytest.raises(PartMissing, match=r"lacks some of its weights|cannot be loaded"):
        open_model(str(path), _settings())


def test_families_that_take_a_picture_only_as_a_reference_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text('{"_class_name": "Flux2Pipeline"}')
    with pytest.raises(PartMissing, match=r"FLUX\.2, which looks at a picture but cannot be told"):
        open_model(str(tmp_path), _settings())


def test_a_folder_with_a_part_missing_is_told(
    model_folder: Callable[[str], Path], tmp_path: Path
) -> None:
    import shutil

    folder = shutil.copytree(model_folder("sd15"), tmp_path / "half")
    (folder / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    with pytest.raises(PartMissing, match=r"half cannot be loaded; a part of it is missing"):
        open_model(str(folder), _settings())


def test_a_size_that_the_family_cannot_paint_is_refused_with_the_nearest(
    model_folder: Callable[[str], Path],
) -> None:
    with pytest.raises(UsageError, match=r"multiples of 16. Write width 128 and height 64"):
        open_model(str(model_folder("flux")), _settings(size=Size(128, 72 - 4)))


def test_the_words_of_clip_are_those_that_openai_published() -> None:
    words = clip_tokenizer()("a photo of an astronaut riding a horse on mars").input_ids
    assert words == [49406, 320, 1125, 539, 550, 18376, 6765, 320, 4558, 525, 7496, 49407]
    assert len(clip_tokenizer()) == 49408


def test_a_vae_by_file_replaces_the_models(
    model_folder: Callable[[str], Path], tiny_model: Model, tmp_path: Path
) -> None:
    other = BUILDERS["sd15"](seed=5).vae  # type: ignore[call-arg]
    other.save_pretrained(tmp_path / "decoder")
    opened = open_model(str(model_folder("sd15")), _settings(tmp_path, vae="decoder"))
    name = "decoder.conv_in.weight"
    assert torch.equal(opened.pipeline.vae.state_dict()[name], other.state_dict()[name])
    checkpoint = save_checkpoint(BUILDERS["sd15"](seed=5), tmp_path / "w.safetensors")  # type: ignore[call-arg]
    again = open_model(str(model_folder("sd15")), _settings(vae=str(checkpoint)))
    assert torch.equal(again.pipeline.vae.state_dict()[name], other.state_dict()[name])


def test_taesd_is_found_in_the_models_folder(
    model_folder: Callable[[str], Path], tmp_path: Path
) -> None:
    taesd().save_pretrained(tmp_path / "taesd")
    opened = open_model(str(model_folder("sd15")), _settings(tmp_path, vae="taesd"))
    assert type(opened.pipeline.vae).__name__ == "AutoencoderTiny"


def test_taesd_that_is_nowhere_is_told(model_folder: Callable[[str], Path]) -> None:
    with pytest.raises(PartMissing, match=r"TAESD for this model.*is not on this machine"):
        open_model(str(model_folder("sd15")), _settings(vae="taesd"))


def test_a_vae_for_other_latents_is_refused(
    model_folder: Callable[[str], Path], tiny_model: Model, tmp_path: Path
) -> None:
    tiny_model("flux").vae.save_pretrained(tmp_path / "flux-vae")
    with pytest.raises(PartMissing, match="made for another family"):
        open_model(str(model_folder("sd15")), _settings(tmp_path, vae="flux-vae"))


@pytest.mark.parametrize("ending", [".pt", ".safetensors"])
def test_a_textual_inversion_becomes_a_word(
    ending: str, model_folder: Callable[[str], Path], tmp_path: Path
) -> None:
    save_embedding(tmp_path / f"mystyle{ending}", 16)
    opened = open_model(str(model_folder("sd15")), _settings(tmp_path, embeddings=("mystyle",)))
    pipeline = opened.pipeline
    assert pipeline.maybe_convert_prompt("a fox, mystyle", pipeline.tokenizer) == (
        "a fox, mystyle mystyle_1"
    )
    places = pipeline.tokenizer.convert_tokens_to_ids(["mystyle", "mystyle_1"])
    vectors = pipeline.text_encoder.get_input_embeddings().weight[places]
    torch.manual_seed(1)
    assert torch.equal(vectors, torch.randn(2, 16))


def test_a_textual_inversion_of_another_family_is_refused(
    model_folder: Callable[[str], Path], tmp_path: Path
) -> None:
    save_embedding(tmp_path / "wide.pt", 48)
    settings = _settings(tmp_path, embeddings=("wide",))
    with pytest.raises(PartMissing, match="made for another family: its words are 48"):
        open_model(str(model_folder("sd15")), settings)


def test_nothing_is_said_while_a_model_loads(
    model_folder: Callable[[str], Path], capfd: pytest.CaptureFixture[str]
) -> None:
    open_model(str(model_folder("sdxl")), _settings())
    assert capfd.readouterr() == ("", "")


def test_a_zip_that_is_no_checkpoint_is_told(tmp_path: Path) -> None:
    path = tmp_path / "model.ckpt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(PartMissing, match=r"model\.ckpt"):
        open_model(str(path), _settings())
