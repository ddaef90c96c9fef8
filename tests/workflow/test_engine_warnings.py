"""`check` tells which cells a model cannot heed, before torch is loaded or anything painted."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from sheetrender.workflow.project import read_project
from tests.workflow.sheets import HEAD, ROWS, make_sheet, request

_DIFFUSION = {"width": 64, "height": 32, "frames": 24, "engine": "diffusion"}


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.delenv("SHEETRENDER_MODELS", raising=False)


def _model(folder: Path, name: str, pipeline: str, **transformer: object) -> None:
    """Lay down what tells a model's family; the weights are of no concern to `check`."""
    (folder / name).mkdir()
    index = {"_class_name": pipeline}
    (folder / name / "model_index.json").write_text(json.dumps(index), encoding="utf-8")
    part = folder / name / ("transformer" if transformer else "unet")
    part.mkdir()
    config = transformer or {"cross_attention_dim": 768}
    (part / "config.json").write_text(json.dumps(config), encoding="utf-8")


def _weights(path: Path, shapes: dict[str, list[int]]) -> None:
    """Write a safetensors file with nothing behind its table."""
    table = {key: {"dtype": "F32", "shape": s, "data_offsets": [0, 0]} for key, s in shapes.items()}
    header = json.dumps(table).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header)


def _told(path: Path, **overrides: str) -> list[str]:
    return [str(warning) for warning in read_project(request(path, **overrides)).findings.warnings]


def _sheet(folder: Path, head: tuple[str, ...] = HEAD, rows: object = ROWS, **more: object) -> Path:
    return make_sheet(folder / "sheet.xlsx", rows, _DIFFUSION | more, head)  # type: ignore[arg-type]


def test_no_model_is_told_with_the_ways_to_get_one(tmp_path: Path) -> None:
    (told,) = _told(_sheet(tmp_path))
    assert "cannot be used, so `run` will stop" in told
    assert "Three ways to get a model" in told


def test_a_typo_in_the_models_name_is_told_at_its_cell(tmp_path: Path) -> None:
    _model(tmp_path, "dreamlike", "StableDiffusionPipeline")
    (told,) = _told(_sheet(tmp_path, model="dreamlik"))
    assert told.startswith("Settings!B6 (model): 'dreamlik' cannot be used")
    assert "Did you mean 'dreamlike'?" in told


def test_a_model_that_can_all_is_told_nothing(tmp_path: Path) -> None:
    _model(tmp_path, "dream", "StableDiffusionPipeline")
    head, rows = (*HEAD, "negative", "scale"), [(*row, "blurry", 7) for row in ROWS]
    assert _told(_sheet(tmp_path, head, rows, model="dream", sampler="dpm++ 2m karras")) == []


_FLUX = (
    "double_blocks.0.img_mod.lin.weight",
    "single_blocks.0.linear1.weight",
    "vector_in.in_layer.weight",
    "guidance_in.in_layer.weight",
)


def test_a_single_file_that_nothing_completes_is_told_with_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    _weights(tmp_path / "flux.safetensors", {name: [1] for name in _FLUX})
    (told,) = _told(_sheet(tmp_path, model="flux"))
    assert "'flux' cannot be used, so `run` will stop" in told
    assert "Put the folder of black-forest-labs/FLUX.1-dev beside the file" in told
    _model(tmp_path, "dev", "FluxPipeline", guidance_embeds=True)
    assert _told(_sheet(tmp_path, model="flux")) == []


def test_a_single_file_that_another_program_rounded_is_told(tmp_path: Path) -> None:
    shapes = {name: [1] for name in (*_FLUX, "double_blocks.0.img_mod.lin.scale_weight")}
    _weights(tmp_path / "flux.safetensors", shapes)
    (told,) = _told(_sheet(tmp_path, model="flux"))
    assert "rounded in another program's way" in told


def test_a_single_file_of_sd2_without_a_yaml_is_told(tmp_path: Path) -> None:
    shapes = {"model.diffusion_model.input_blocks.0.0.weight": [1], "cond_stage_model.model.a": [1]}
    _weights(tmp_path / "two.safetensors", shapes)
    (told,) = _told(_sheet(tmp_path, model="two"))
    assert "is of Stable Diffusion 2 and says nowhere how it was trained" in told
    assert "put the model's .yaml beside it" in told
    (tmp_path / "two.yaml").write_text("parameterization: v", encoding="utf-8")
    assert _told(_sheet(tmp_path, model="two")) == []


def test_a_family_that_takes_a_picture_only_as_a_reference_is_refused(tmp_path: Path) -> None:
    _model(tmp_path, "klein", "Flux2KleinPipeline")
    (told,) = _told(_sheet(tmp_path, model="klein"))
    assert "cannot be told how much of it to keep" in told


def test_flux_tells_of_negative_prompts_samplers_and_sizes_but_reads_weights(
    tmp_path: Path,
) -> None:
    _model(tmp_path, "flux", "FluxPipeline", guidance_embeds=True)
    head = (*HEAD, "negative", "scale", "sampler")
    rows = [(*row, "blurry", 7, "euler a") for row in ROWS]
    rows[1] = (8, "a (blue:1.3) whale", *rows[1][2:])
    told = _told(_sheet(tmp_path, head, rows, model="flux", height=40, embeddings="mystyle"))
    assert len(told) == 4
    text = "\n".join(told)
    assert "Keyframes!G2 (negative): 'blurry' changes nothing: FLUX.1 has no negative" in text
    assert "'40' cannot be painted by FLUX.1, so `run` will stop. Write a multiple of 16" in text
    assert "'euler a' changes nothing: FLUX.1 has a sampler of its own" in text
    assert "weights in brackets" not in text
    assert "FLUX.1 takes no textual inversions" in text


def test_a_family_that_reads_no_weights_tells_of_them(tmp_path: Path) -> None:
    _model(tmp_path, "sd3", "StableDiffusion3Pipeline")
    rows = [(*ROWS[0],), (8, "a (blue:1.3) whale", *ROWS[1][2:]), *ROWS[2:]]
    told = "\n".join(_told(_sheet(tmp_path, HEAD, rows, model="sd3")))
    assert "has weights in brackets, which Stable Diffusion 3 does not read" in told


def test_schnell_tells_that_it_has_no_scale(tmp_path: Path) -> None:
    _model(tmp_path, "schnell", "FluxPipeline", guidance_embeds=False)
    rows = [(*row, 3.5) for row in ROWS]
    (told,) = _told(_sheet(tmp_path, (*HEAD, "scale"), rows, model="schnell"))
    assert told.startswith("Keyframes!G2 (scale): '3.5' changes nothing")


def test_a_row_with_its_own_model_is_told_at_its_own_cell(tmp_path: Path) -> None:
    _model(tmp_path, "dream", "StableDiffusionPipeline")
    _model(tmp_path, "flux", "FluxPipeline", guidance_embeds=True)
    rows = [(*row, "blurry", model) for row, model in zip(ROWS, ("", "flux", ""), strict=True)]
    told = _told(_sheet(tmp_path, (*HEAD, "negative", "model"), rows, model="dream"))
    assert len(told) == 1
    assert told[0].startswith("Keyframes!G3 (negative)")


def test_a_lora_of_another_family_and_one_that_is_nowhere_are_told(tmp_path: Path) -> None:
    _model(tmp_path, "dream", "StableDiffusionPipeline")
    key = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.lora_down.weight"
    _weights(tmp_path / "xl.safetensors", {key: [4, 2048]})
    _weights(tmp_path / "good.safetensors", {key: [4, 768]})
    rows = [(*r, n) for r, n in zip(ROWS, ("good", "xl", "gone"), strict=True)]
    wrong, gone = _told(_sheet(tmp_path, (*HEAD, "lora"), rows, model="dream"))
    assert wrong.startswith("Keyframes!G3 (lora): 'xl' is made for another family: Stable")
    assert "Stable Diffusion XL, and the model is Stable Diffusion 1" in wrong
    assert gone.startswith("Keyframes!G4 (lora): 'gone' cannot be used")


def test_an_unknown_sampler_is_told_with_the_nearest(tmp_path: Path) -> None:
    _model(tmp_path, "dream", "StableDiffusionPipeline")
    (told,) = _told(_sheet(tmp_path, model="dream", sampler="dppm++ 2m"))
    assert told.startswith("Settings!B7 (sampler): 'dppm++ 2m' is no sampler")
    assert "Did you mean 'dpm++ 2m'?" in told


def test_nothing_is_told_where_the_animatic_draws(tmp_path: Path) -> None:
    assert _told(_sheet(tmp_path, model="nowhere"), engine="animatic") == []


def test_checking_loads_neither_torch_nor_diffusers(tmp_path: Path) -> None:
    _model(tmp_path, "dream", "StableDiffusionPipeline")
    path = _sheet(tmp_path, model="dream", lora="x")
    code = (
        "import sys\n"
        "from sheetrender.workflow.project import Request, read_project\n"
        f"read_project(Request(sheet={str(path)!r}, overrides={{}}))\n"
        "sys.exit(any(name in sys.modules for name in ('torch', 'diffusers', 'transformers')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
