"""A model's name leads to a file, a folder or the hub, and says so where it leads nowhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from sheetrender.engines.diffusion.located import (
    class_of,
    family_at,
    hub_folder,
    located,
)
from sheetrender.model.errors import PartMissing
from tests.engines.diffusion.tiny_files import save_checkpoint, single_file

_OFFLINE = {"HF_HUB_OFFLINE": "1", "HF_HUB_CACHE": "/nowhere"}


class _Trap:
    """Makes a file as soon as its pickle is run."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self._path,)


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder of models as people have it."""
    (tmp_path / "sd" / "sub").mkdir(parents=True)
    for name in ("Dream.safetensors", "old.ckpt", "old.yaml", "sd/anime.safetensors"):
        (tmp_path / name).write_bytes(b"x")
    for name in ("both.ckpt", "both.safetensors", "sd/sub/Deep.ckpt"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "turbo").mkdir()
    (tmp_path / "turbo" / "model_index.json").write_text(
        '{"_class_name": "StableDiffusionXLPipeline"}'
    )
    return tmp_path


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("Dream.safetensors", "Dream.safetensors"),
        ("Dream", "Dream.safetensors"),
        ("dream", "Dream.safetensors"),
        ("DREAM.SAFETENSORS", "Dream.safetensors"),
        (" Dream ", "Dream.safetensors"),
        ("both", "both.safetensors"),
        ("both.ckpt", "both.ckpt"),
        ("sd/anime", "sd/anime.safetensors"),
        ("sd\\anime", "sd/anime.safetensors"),
        ("anime", "sd/anime.safetensors"),
        ("deep", "sd/sub/Deep.ckpt"),
        ("turbo", "turbo"),
        ("Turbo", "turbo"),
    ],
)
def test_a_name_leads_to_its_file_with_or_without_folder_case_and_ending(
    written: str, path: str, shelf: Path
) -> None:
    assert located(written, [shelf], _OFFLINE).path == shelf / path


def test_the_yaml_beside_a_checkpoint_belongs_to_it(shelf: Path) -> None:
    assert located("old", [shelf], _OFFLINE).description == shelf / "old.yaml"
    assert located("Dream", [shelf], _OFFLINE).description is None


def test_a_path_is_taken_as_it_is(shelf: Path) -> None:
    path = shelf / "sd" / "anime.safetensors"
    assert located(str(path), [], _OFFLINE).path == path


def test_the_first_folder_comes_first(shelf: Path, tmp_path: Path) -> None:
    first = tmp_path / "first"
    first.mkdir()
    (first / "Dream.ckpt").write_bytes(b"x")
    assert located("Dream", [first, shelf], _OFFLINE).path == first / "Dream.ckpt"


def test_a_typo_is_asked_back_and_the_folders_and_three_ways_are_named(shelf: Path) -> None:
    with pytest.raises(PartMissing) as caught:
        located("Draem", [shelf], _OFFLINE)
    told = str(caught.value)
    assert "Did you mean 'Dream.safetensors'?" in told
    assert str(shelf) in told
    assert "Three ways to get a model" in told
    assert caught.value.exit_code == 4


def test_no_model_set_is_told_with_the_three_ways(shelf: Path) -> None:
    with pytest.raises(PartMissing, match=r"needs a model, and none is set\. Three ways"):
        located("", [shelf], _OFFLINE)


def test_a_name_of_the_hub_is_fetched_only_with_a_network(shelf: Path) -> None:
    name = "stable-diffusion-v1-5/stable-diffusion-v1-5"
    assert located(name, [shelf], {"HF_HUB_CACHE": "/nowhere"}).path is None
    with pytest.raises(PartMissing, match="switched off by HF_HUB_OFFLINE"):
        located(name, [shelf], _OFFLINE)


def test_what_was_fetched_before_is_found_without_a_network(tmp_path: Path) -> None:
    folder = tmp_path / "hub" / "models--someone--film"
    snapshot = folder / "snapshots" / "abc123"
    snapshot.mkdir(parents=True)
    (snapshot / "model_index.json").write_text('{"_class_name": "FluxPipeline"}')
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text("abc123")
    found = located("someone/film", [], {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)})
    assert found.path == snapshot
    family = family_at(found)
    assert family is not None
    assert family.name == "FLUX.1"


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"HF_HUB_CACHE": "/a"}, "/a"),
        ({"HF_HOME": "/b"}, "/b/hub"),
        ({"XDG_CACHE_HOME": "/c"}, "/c/huggingface/hub"),
    ],
)
def test_the_hubs_folder_is_where_huggingface_has_it(
    environment: dict[str, str], folder: str
) -> None:
    assert hub_folder(environment) == Path(folder)


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000, "~nobody-of-that-name/x"])
def test_names_that_no_file_can_have_lead_nowhere(name: str, shelf: Path) -> None:
    with pytest.raises(PartMissing):
        located(name, [shelf], _OFFLINE)


def test_the_family_of_a_folder_is_told_from_its_index(shelf: Path) -> None:
    found = located("turbo", [shelf], _OFFLINE)
    assert class_of(found) == "StableDiffusionXLPipeline"
    family = family_at(found)
    assert family is not None
    assert family.key == "sdxl"


@pytest.mark.parametrize(("name", "key"), [("sd15", "sd"), ("sd2v", "sd"), ("sdxl", "sdxl")])
@pytest.mark.parametrize("ending", [".safetensors", ".ckpt"])
def test_the_family_of_a_single_file_is_told_from_its_weights_names(
    name: str, key: str, ending: str, tiny_model: Callable[[str], Any], tmp_path: Path
) -> None:
    path = save_checkpoint(tiny_model(name), tmp_path / f"m{ending}", tokenizer=False)
    family = family_at(located(str(path), [], _OFFLINE))
    assert family is not None
    assert family.key == key


@pytest.mark.parametrize(("name", "key"), [("sd15", "sd"), ("sd2v", "sd"), ("sdxl", "sdxl")])
def test_the_family_of_a_ckpt_from_before_zips_is_told_without_running_its_pickle(
    name: str, key: str, tiny_model: Callable[[str], Any], tmp_path: Path
) -> None:
    path = tmp_path / "old.ckpt"
    weights = {"state_dict": single_file(tiny_model(name)), "trap": _Trap(tmp_path / "ran")}
    torch.save(weights, path, _use_new_zipfile_serialization=False)
    family = family_at(located(str(path), [], _OFFLINE))
    assert family is not None
    assert family.key == key
    assert not (tmp_path / "ran").exists()


def test_a_pickle_that_breaks_off_has_no_family(tmp_path: Path) -> None:
    (tmp_path / "cut.ckpt").write_bytes(b"\x80\x02}q\x00(X\x40")
    assert family_at(located(str(tmp_path / "cut.ckpt"), [], _OFFLINE)) is None


def test_a_part_of_a_model_is_called_so(model_folder: Callable[[str], Path]) -> None:
    unet = model_folder("sd15") / "unet"
    with pytest.raises(PartMissing, match="a part of a model at most"):
        class_of(located(str(unet), [], _OFFLINE))
