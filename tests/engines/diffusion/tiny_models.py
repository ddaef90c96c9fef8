"""Models of every family, built from their configuration with random weights, a second each.

They paint nothing that anyone would hang up, but all that loads, schedules and paints with the real
ones works with them. As a script it writes the SD 1.5-like one::

    python tests/engines/diffusion/tiny_models.py FOLDER
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKL,
    AutoencoderKLQwenImage,
    AutoencoderTiny,
    DDIMScheduler,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
    FluxPipeline,
    FluxTransformer2DModel,
    QwenImagePipeline,
    QwenImageTransformer2DModel,
    SD3Transformer2DModel,
    StableDiffusion3Pipeline,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
    ZImagePipeline,
    ZImageTransformer2DModel,
)
from tokenizers import Tokenizer
from tokenizers.models import Unigram
from tokenizers.pre_tokenizers import Metaspace
from tokenizers.processors import TemplateProcessing
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    DepthAnythingConfig,
    DepthAnythingForDepthEstimation,
    Dinov2Config,
    DPTImageProcessor,
    PreTrainedTokenizerFast,
    Qwen2_5_VLConfig,
    Qwen2_5_VLForConditionalGeneration,
    Qwen2Tokenizer,
    Qwen3Config,
    Qwen3Model,
    T5Config,
    T5EncoderModel,
)

_NOISE = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "clip_sample": False,
    "set_alpha_to_one": False,
    "steps_offset": 1,
    "prediction_type": "epsilon",
}


def byte_letters() -> list[str]:
    """Return the letter that stands for each byte in byte-level vocabularies, in their order."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    letters = {byte: chr(byte) for byte in plain}
    letters.update({byte: chr(256 + number) for number, byte in enumerate(others)})
    return [letters[byte] for byte in [*plain, *others]]


def clip_tokenizer(*, pad: str = "<|endoftext|>") -> CLIPTokenizer:
    """Return a tokenizer that spells every word, with CLIP's start, end and length."""
    letters = byte_letters()
    words = [*letters, *(f"{letter}</w>" for letter in letters)]
    vocabulary = {word: number for number, word in enumerate(words)}
    vocabulary["<|startoftext|>"] = len(vocabulary)
    vocabulary["<|endoftext|>"] = len(vocabulary)
    tokenizer = CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=77, pad_token=pad)
    assert len(tokenizer) > 500
    return tokenizer


def _qwen_tokenizer() -> Qwen2Tokenizer:
    vocabulary = {letter: number for number, letter in enumerate(byte_letters())}
    marks = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    vocabulary |= {mark: len(vocabulary) + number for number, mark in enumerate(marks)}
    tokenizer = Qwen2Tokenizer(vocab=vocabulary, merges=[], model_max_length=1024)
    tokenizer.add_special_tokens({"additional_special_tokens": marks[1:]})
    tokenizer.chat_template = (
        "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}"
        "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    )
    return tokenizer


def _t5_tokenizer() -> PreTrainedTokenizerFast:
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0)]
    pieces += [(chr(code), -3.0) for code in range(33, 127)]
    inner = Tokenizer(Unigram(pieces, unk_id=2, byte_fallback=False))
    inner.pre_tokenizer = Metaspace()
    inner.post_processor = TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    return PreTrainedTokenizerFast(
        tokenizer_object=inner,
        pad_token="<pad>",
        eos_token="</s>",
        unk_token="<unk>",
        model_max_length=512,
    )


def _clip_config(tokenizer: CLIPTokenizer, width: int, **more: Any) -> CLIPTextConfig:
    return CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=width,
        intermediate_size=2 * width,
        num_hidden_layers=2,
        num_attention_heads=1,
        max_position_embeddings=77,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        projection_dim=width,
        **more,
    )


def vae(*, latent_channels: int = 4, quant: bool = True, **more: Any) -> AutoencoderKL:
    """Return a decoder with the real factor of 8 and hardly any width."""
    return AutoencoderKL(
        block_out_channels=(4, 4, 8, 8),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=1,
        latent_channels=latent_channels,
        norm_num_groups=4,
        mid_block_add_attention=False,
        use_quant_conv=quant,
        use_post_quant_conv=quant,
        **more,
    ).eval()


def taesd() -> AutoencoderTiny:
    """Return a small decoder of the form of TAESD."""
    return AutoencoderTiny(
        encoder_block_out_channels=(4, 4, 4, 4),
        decoder_block_out_channels=(4, 4, 4, 4),
        num_encoder_blocks=(1, 1, 1, 1),
        num_decoder_blocks=(1, 1, 1, 1),
    ).eval()


def _unet(text: int, **more: Any) -> UNet2DConditionModel:
    return UNet2DConditionModel(
        sample_size=64,
        block_out_channels=(8, 8, 16),
        down_block_types=("DownBlock2D", "DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D", "UpBlock2D"),
        layers_per_block=1,
        attention_head_dim=more.pop("attention_head_dim", 8),
        norm_num_groups=8,
        cross_attention_dim=text,
        **more,
    ).eval()


def sd15(seed: int = 0) -> StableDiffusionPipeline:
    """Return a model like SD 1.5, below 500 kB."""
    torch.manual_seed(seed)
    tokenizer = clip_tokenizer()
    return StableDiffusionPipeline(
        unet=_unet(16),
        vae=vae(),
        text_encoder=CLIPTextModel(_clip_config(tokenizer, 16)).eval(),
        tokenizer=tokenizer,
        scheduler=DDIMScheduler(**_NOISE),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def sd2v(seed: int = 0) -> StableDiffusionPipeline:
    """Return a model like SD 2.1, which predicts velocities."""
    torch.manual_seed(seed)
    tokenizer = clip_tokenizer(pad="!")
    return StableDiffusionPipeline(
        unet=_unet(24, use_linear_projection=True, attention_head_dim=(1, 1, 1)),
        vae=vae(),
        text_encoder=CLIPTextModel(_clip_config(tokenizer, 24, hidden_act="gelu")).eval(),
        tokenizer=tokenizer,
        scheduler=DDIMScheduler(**{**_NOISE, "prediction_type": "v_prediction"}),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def sdxl(seed: int = 0) -> StableDiffusionXLPipeline:
    """Return a model like SDXL, with its two text encoders."""
    torch.manual_seed(seed)
    first, second = clip_tokenizer(), clip_tokenizer(pad="!")
    with_projection = _clip_config(second, 24, hidden_act="gelu")
    return StableDiffusionXLPipeline(
        unet=_unet(
            40,
            use_linear_projection=True,
            attention_head_dim=(1, 1, 1),
            addition_embed_type="text_time",
            addition_time_embed_dim=4,
            projection_class_embeddings_input_dim=6 * 4 + 24,
            transformer_layers_per_block=(1, 1, 2),
        ),
        vae=vae(scaling_factor=0.13025, force_upcast=True),
        text_encoder=CLIPTextModel(_clip_config(first, 16)).eval(),
        text_encoder_2=CLIPTextModelWithProjection(with_projection).eval(),
        tokenizer=first,
        tokenizer_2=second,
        scheduler=EulerDiscreteScheduler(
            beta_start=0.00085,
            beta_end=0.012,
            beta_schedule="scaled_linear",
            timestep_spacing="leading",
            steps_offset=1,
        ),
        force_zeros_for_empty_prompt=True,
        add_watermarker=False,
    )


def _t5(tokenizer: PreTrainedTokenizerFast) -> T5EncoderModel:
    config = T5Config(
        vocab_size=len(tokenizer), d_model=32, d_kv=8, d_ff=32, num_layers=1, num_heads=2
    )
    return T5EncoderModel(config).eval()


def sd3(seed: int = 0) -> StableDiffusion3Pipeline:
    """Return a model like SD 3.5, with its three text encoders."""
    torch.manual_seed(seed)
    first, second, third = clip_tokenizer(), clip_tokenizer(pad="!"), _t5_tokenizer()
    encoder_2 = CLIPTextModelWithProjection(_clip_config(second, 16))
    return StableDiffusion3Pipeline(
        transformer=SD3Transformer2DModel(
            sample_size=32,
            patch_size=2,
            in_channels=16,
            num_layers=1,
            attention_head_dim=8,
            num_attention_heads=4,
            joint_attention_dim=32,
            caption_projection_dim=32,
            pooled_projection_dim=32,
            out_channels=16,
            pos_embed_max_size=32,
        ).eval(),
        vae=vae(latent_channels=16, quant=False, scaling_factor=1.5305, shift_factor=0.0609),
        text_encoder=CLIPTextModelWithProjection(_clip_config(first, 16)).eval(),
        text_encoder_2=encoder_2.eval(),
        text_encoder_3=_t5(third),
        tokenizer=first,
        tokenizer_2=second,
        tokenizer_3=third,
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0),
    )


def flux(seed: int = 0, *, guided: bool = True) -> FluxPipeline:
    """Return a model like FLUX.1 dev, or schnell where it is not guided."""
    torch.manual_seed(seed)
    first, second = clip_tokenizer(), _t5_tokenizer()
    return FluxPipeline(
        transformer=FluxTransformer2DModel(
            patch_size=1,
            in_channels=64,
            num_layers=1,
            num_single_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=32,
            pooled_projection_dim=16,
            guidance_embeds=guided,
            axes_dims_rope=[4, 4, 8],
        ).eval(),
        vae=vae(latent_channels=16, quant=False, scaling_factor=0.3611, shift_factor=0.1159),
        text_encoder=CLIPTextModel(_clip_config(first, 16)).eval(),
        text_encoder_2=_t5(second),
        tokenizer=first,
        tokenizer_2=second,
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0, use_dynamic_shifting=guided),
    )


def qwen_image(seed: int = 0) -> QwenImagePipeline:
    """Return a model like Qwen-Image."""
    torch.manual_seed(seed)
    tokenizer = _qwen_tokenizer()
    config = Qwen2_5_VLConfig(
        text_config={
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "num_key_value_heads": 2,
            "vocab_size": len(tokenizer),
            "rope_scaling": {"mrope_section": [1, 1, 2], "rope_type": "default", "type": "default"},
            "rope_theta": 1000000.0,
        },
        vision_config={
            "depth": 1,
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_heads": 2,
            "out_hidden_size": 16,
        },
    )
    return QwenImagePipeline(
        transformer=QwenImageTransformer2DModel(
            patch_size=2,
            in_channels=16,
            out_channels=4,
            num_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=16,
            axes_dims_rope=(8, 4, 4),
        ).eval(),
        vae=AutoencoderKLQwenImage(
            base_dim=8,
            z_dim=4,
            dim_mult=[1, 1, 1, 1],
            num_res_blocks=1,
            temperal_downsample=[False, True, True],
            latents_mean=[0.0] * 4,
            latents_std=[1.0] * 4,
        ).eval(),
        text_encoder=Qwen2_5_VLForConditionalGeneration(config).eval(),
        tokenizer=tokenizer,
        scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True),
    )


def z_image(seed: int = 0) -> ZImagePipeline:
    """Return a model like Z-Image."""
    torch.manual_seed(seed)
    tokenizer = _qwen_tokenizer()
    config = Qwen3Config(
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        head_dim=8,
        vocab_size=len(tokenizer),
        max_position_embeddings=512,
    )
    return ZImagePipeline(
        transformer=ZImageTransformer2DModel(
            in_channels=16,
            dim=32,
            n_layers=1,
            n_refiner_layers=1,
            n_heads=2,
            n_kv_heads=2,
            cap_feat_dim=16,
            axes_dims=[8, 4, 4],
            axes_lens=[1024, 64, 64],
        ).eval(),
        vae=vae(latent_channels=16, quant=False, scaling_factor=0.3611, shift_factor=0.1159),
        text_encoder=Qwen3Model(config).eval(),
        tokenizer=tokenizer,
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0),
    )


BUILDERS: dict[str, Callable[[], Any]] = {
    "sd15": sd15,
    "sd2v": sd2v,
    "sdxl": sdxl,
    "sd3": sd3,
    "flux": flux,
    "qwen_image": qwen_image,
    "z_image": z_image,
}


def saved(name: str, folder: Path) -> Path:
    """Build the model of that name and save it as a diffusers folder."""
    target = folder / name
    BUILDERS[name]().save_pretrained(target, safe_serialization=True)
    return target


def depth_anything(target: Path) -> Path:
    """Build a model of the form of Depth Anything and save it."""
    torch.manual_seed(0)
    backbone = Dinov2Config(
        hidden_size=16, num_hidden_layers=4, num_attention_heads=2, image_size=28, patch_size=14,
        out_features=["stage1", "stage2", "stage3", "stage4"], reshape_hidden_states=False,
        apply_layernorm=True,
    )  # fmt: skip
    config = DepthAnythingConfig(
        backbone_config=backbone, patch_size=14, reassemble_hidden_size=16,
        neck_hidden_sizes=[8, 8, 8, 8], fusion_hidden_size=8, head_hidden_size=8,
    )  # fmt: skip
    model = DepthAnythingForDepthEstimation(config)
    with torch.no_grad():
        # Random weights say next to nothing, and below zero the model cuts off.
        for each in (model.neck, model.head):
            for weights in each.parameters():
                weights.mul_(4.0)
        model.head.conv3.bias.fill_(5.0)
    model.save_pretrained(target)
    DPTImageProcessor(
        size={"height": 70, "width": 126}, keep_aspect_ratio=True, ensure_multiple_of=14
    ).save_pretrained(target)
    return target


if __name__ == "__main__":
    sys.stdout.write(f"{saved('sd15', Path(sys.argv[1]))}\n")
