from __future__ import annotations

from sheetrender.engines.diffusion.fetching import wanted


def test_of_several_forms_of_the_same_weights_one_is_fetched() -> None:
    whole = [
        "model_index.json",
        "scheduler/scheduler_config.json",
        "text_encoder/config.json",
        "text_encoder/pytorch_model.bin",
        "tokenizer/merges.txt",
        "transformer/diffusion_pytorch_model-00001-of-00002.safetensors",
        "transformer/diffusion_pytorch_model-00002-of-00002.safetensors",
        "transformer/diffusion_pytorch_model.safetensors.index.json",
        "vae/diffusion_pytorch_model.safetensors",
    ]
    besides = [
        ".gitattributes",
        "README.md",
        "film.safetensors",
        "safety_checker/model.safetensors",
        "text_encoder/flax_model.msgpack",
        "text_encoder/model.onnx",
        "text_encoder/openvino_model.bin",
        "transformer/diffusion_pytorch_model.fp16.safetensors",
        "vae/diffusion_pytorch_model.bin",
        "vae/diffusion_pytorch_model.fp16.bin",
        "vae/sub/diffusion_pytorch_model.safetensors",
    ]
    assert wanted([*besides, *whole]) == sorted(whole)


def test_of_a_part_that_a_file_stands_in_for_only_the_description_is_fetched() -> None:
    paths = ["model_index.json", "vae/config.json", "vae/diffusion_pytorch_model.safetensors"]
    paths += ["transformer/config.json", "transformer/diffusion_pytorch_model.safetensors"]
    assert wanted(paths, ["transformer"]) == sorted(paths[:4])
