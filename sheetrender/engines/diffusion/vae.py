"""Another picture decoder than the model's own: by name or file, or the small fast TAESD."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sheetrender.engines.diffusion.located import Located, is_offline, located
from sheetrender.model.errors import PartMissing

_TAESD = {
    ("sd", 4): "madebyollin/taesd",
    ("sdxl", 4): "madebyollin/taesdxl",
    ("sd3", 16): "madebyollin/taesd3",
    ("flux", 16): "madebyollin/taef1",
}
"""Where the small decoders live on the hub, by the latents that they decode."""

_SHIFTS = {0.0609: "sd3", 0.1159: "flux"}


def open_vae(name: str, folders: Sequence[Path], own: Any, dtype: Any) -> Any:
    """Return the decoder that a setting names, fit for the latents of the model's own.

    Args:
        name: of a file, a folder or a place on the hub; ``taesd`` for the small one.
        folders: where files are looked for.
        own: the model's decoder.
        dtype: of its numbers.

    Raises:
        PartMissing: it is not to be found, broken, or made for other latents.
    """
    found = _taesd(name, folders, own) if name.casefold() == "taesd" else None
    found = found or located(name, folders, os.environ, what="VAE")
    try:
        vae = _single(found.path, own, dtype) if found.is_file else _folder(found, dtype)
    except (OSError, ValueError, RuntimeError, KeyError, NotImplementedError) as error:
        reason = str(error).strip().splitlines()[0][:200] if str(error).strip() else repr(error)
        raise PartMissing(
            f"VAE {name!r} cannot be loaded; it is broken or made for another family. Leave the "
            f"setting vae empty, or use the one that belongs to the model. ({reason})"
        ) from error
    if vae.config.latent_channels != own.config.latent_channels:
        raise PartMissing(
            f"VAE {name!r} is made for another family: it reads {vae.config.latent_channels} "
            f"channels, the model writes {own.config.latent_channels}. Leave the setting vae "
            "empty, or use the one that belongs to the model."
        )
    return vae.eval()


def _taesd(name: str, folders: Sequence[Path], own: Any) -> Located:
    """Return the small decoder for these latents, in the folders or on the hub."""
    config = own.config
    shift = _SHIFTS.get(getattr(config, "shift_factor", None) or 0.0)
    kind = shift or ("sdxl" if abs(config.scaling_factor - 0.13025) < 1e-4 else "sd")
    hub = _TAESD.get((kind, config.latent_channels))
    for there in filter(None, (hub and hub.split("/")[1], name)):
        try:
            return located(there, folders, os.environ, what="VAE")
        except PartMissing:
            continue
    if hub is None:
        raise PartMissing("There is no TAESD for this model. Leave the setting vae empty.")
    try:
        return located(hub, folders, os.environ, what="VAE")
    except PartMissing as error:
        assert is_offline(os.environ)
        raise PartMissing(
            f"TAESD for this model ({hub}) is not on this machine, and the network is switched off "
            "by HF_HUB_OFFLINE. Fetch it once with a network, or leave the setting vae empty."
        ) from error


def _folder(found: Located, dtype: Any) -> Any:
    """Return the decoder of a folder, or of the hub; of a whole model's folder its part."""
    import diffusers

    source = str(found.path) if found.path is not None else found.name
    here = found.path is not None
    part = "vae" if found.path is not None and (found.path / "vae").is_dir() else None
    where = {"subfolder": part} if part else {}
    config, _ = diffusers.AutoencoderKL.load_config(
        source, local_files_only=here, return_unused_kwargs=True, **where
    )
    kind = getattr(diffusers, str(config.get("_class_name", "AutoencoderKL")))
    return kind.from_pretrained(source, torch_dtype=dtype, local_files_only=here, **where)


def _single(path: Path | None, own: Any, dtype: Any) -> Any:
    """Return a decoder of the model's own form with the weights of a file."""
    from sheetrender.engines.diffusion.single_file import load_weights

    assert path is not None
    weights = load_weights(path)
    if any(".down_blocks." in key for key in weights):
        vae = type(own)(**own.config)
        vae.load_state_dict(weights)
        return vae.to(dtype)
    return _from_first_release(weights, own, dtype)


def _from_first_release(weights: dict[str, Any], own: Any, dtype: Any) -> Any:
    import tempfile

    bare = {key.removeprefix("first_stage_model."): value for key, value in weights.items()}
    bare = {key: value for key, value in bare.items() if not key.startswith(("loss.", "model_ema"))}
    with tempfile.TemporaryDirectory(prefix="sheetrender-") as folder:
        own.save_config(folder)
        return type(own).from_single_file(
            bare, config=folder, local_files_only=True, torch_dtype=dtype
        )
