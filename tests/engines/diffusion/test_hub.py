"""Models of the hub, fetched from a server on this machine, and what is said where none comes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .hub import Hub, serving
from .tiny_files import save_transformer
from .tiny_models import flux

_NOBODY = "http://127.0.0.1:9"
_OPEN = """
import sys
from fractions import Fraction
from pathlib import Path
from sheetrender.engines.diffusion.loading import open_model
from sheetrender.engines.engine import EngineSettings
from sheetrender.model.errors import PartMissing
from sheetrender.model.frames import Size
from sheetrender.model.timing import FrameRate
where, *names = sys.argv[1:]
rate = FrameRate(Fraction(30))
settings = EngineSettings(size=Size(64, 64), rate=rate, folders=(Path(where),))
for name in names:
    try:
        print(type(open_model(name, settings).pipeline).__name__)
    except PartMissing as error:
        print(error)
"""


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serving(Hub()) as served:
        yield served


@pytest.fixture
def program(tmp_path: Path) -> Callable[..., list[str]]:
    """Run lines in a process of its own, since the hub's address is read but once."""

    def lines(address: str, text: str, *names: str) -> list[str]:
        environment = {
            **os.environ, "HF_ENDPOINT": address, "HF_HUB_CACHE": str(tmp_path / "cache"),
            "OMP_NUM_THREADS": "1", "NO_PROXY": "127.0.0.1",
        }  # fmt: skip
        environment.pop("HF_HUB_OFFLINE", None)
        (tmp_path / "models").mkdir(exist_ok=True)
        done = subprocess.run(
            [sys.executable, "-c", text, str(tmp_path / "models"), *names],
            capture_output=True, text=True, env=environment, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.splitlines()

    return lines


@pytest.fixture
def opened(program: Callable[..., list[str]]) -> Callable[..., list[str]]:
    """Open models, and return what they are or why they are none."""
    return lambda address, *names: program(address, _OPEN, *names)


@pytest.mark.slow
def test_a_model_of_the_hub_is_fetched_once_and_then_needs_no_network(
    hub: Hub, opened: Callable[..., list[str]], model_folder: Callable[[str], Path]
) -> None:
    hub.models["someone/film"] = model_folder("sd15")
    assert opened(hub.address, "someone/film") == ["StableDiffusionImg2ImgPipeline"]
    fetched = [line for line in hub.asked if line.endswith("diffusion_pytorch_model.safetensors")]
    assert len(fetched) >= 2
    assert opened(_NOBODY, "someone/film") == ["StableDiffusionImg2ImgPipeline"]


_FETCH = """
import sys
from pathlib import Path
from sheetrender.engines.diffusion.engine import DiffusionEngine
from sheetrender.engines.engine import EngineSettings
from sheetrender.model.frames import Size
from sheetrender.model.timing import FrameRate

settings = EngineSettings(
    size=Size(64, 64), rate=FrameRate.parse("30"), model=sys.argv[2], folders=(Path(sys.argv[1]),)
)
for event in DiffusionEngine(settings).fetch([""]):
    print(event.name, event.done, event.total)
"""


@pytest.mark.slow
def test_while_a_model_is_fetched_it_is_told_how_far_and_only_what_paints_comes(
    hub: Hub,
    program: Callable[..., list[str]],
    opened: Callable[..., list[str]],
    model_folder: Callable[[str], Path],
    tmp_path: Path,
) -> None:
    folder = tmp_path / "film"
    shutil.copytree(model_folder("sd15"), folder)
    index = json.loads((folder / "model_index.json").read_text())
    index["safety_checker"] = ["stable_diffusion", "StableDiffusionSafetyChecker"]
    (folder / "model_index.json").write_text(json.dumps(index))
    (folder / "safety_checker").mkdir()
    unused = ["safety_checker/model.safetensors", "unet/diffusion_pytorch_model.fp16.safetensors"]
    for path in unused:
        (folder / path).write_bytes(b"x" * 1000)
    hub.models["someone/film"] = folder
    told = [line.split() for line in program(hub.address, _FETCH, "someone/film")]
    total = sum(
        path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and path.relative_to(folder).as_posix() not in (*unused, "README.md")
    )
    done = [int(words[1]) for words in told]
    assert done == sorted(done)
    # The list of parts was there already: the hub was asked with it what the model is.
    least = total - (folder / "model_index.json").stat().st_size
    assert {(words[0], int(words[2])) for words in told} == {("someone/film", least)}
    assert done[-1] == least
    assert not [line for line in hub.asked if line.endswith(tuple(unused))]
    asked = len(hub.asked)
    assert opened(hub.address, "someone/film") == ["StableDiffusionImg2ImgPipeline"]
    assert program(hub.address, _FETCH, "someone/film") == []
    assert len(hub.asked) == asked


@pytest.mark.slow
@pytest.mark.parametrize("told", [True, False])
def test_of_what_completes_a_single_file_no_second_transformer_is_fetched(
    told: bool,
    hub: Hub,
    program: Callable[..., list[str]],
    opened: Callable[..., list[str]],
    model_folder: Callable[[str], Path],
    tmp_path: Path,
) -> None:
    (tmp_path / "models").mkdir()
    save_transformer(flux(), tmp_path / "models" / "film.safetensors")
    hub.models["black-forest-labs/FLUX.1-dev"] = model_folder("flux")
    if told:
        assert program(hub.address, _FETCH, "film")[-1].startswith("black-forest-labs/FLUX.1-dev")
    assert opened(hub.address, "film") == ["FluxImg2ImgPipeline"]
    assert not [line for line in hub.asked if "/transformer/diffusion" in line]
    assert opened(_NOBODY, "film") == ["FluxImg2ImgPipeline"]


@pytest.mark.slow
def test_a_licence_before_what_completes_a_single_file_is_told_with_the_file(
    hub: Hub, opened: Callable[..., list[str]], tmp_path: Path
) -> None:
    (tmp_path / "models").mkdir()
    path = save_transformer(flux(), tmp_path / "models" / "film.safetensors")
    hub.gated.add("black-forest-labs/FLUX.1-dev")
    (told,) = opened(hub.address, "film")
    assert told.startswith(f"{path} holds only the transformer of FLUX.1")
    assert "it stands behind a licence" in told


@pytest.mark.slow
def test_a_connection_that_breaks_off_is_told_in_a_sentence_by_whoever_loads(
    hub: Hub,
    program: Callable[..., list[str]],
    opened: Callable[..., list[str]],
    model_folder: Callable[[str], Path],
) -> None:
    hub.models["someone/film"] = model_folder("sd15")
    hub.breaks = ("unet/diffusion_pytorch_model.safetensors",)
    program(hub.address, _FETCH, "someone/film")
    (told,) = opened(hub.address, "someone/film")
    assert "'someone/film' could not be fetched whole from the Hugging Face hub" in told
    hub.breaks = ()
    assert int(program(hub.address, _FETCH, "someone/film")[-1].split()[2]) > 0
    assert opened(hub.address, "someone/film") == ["StableDiffusionImg2ImgPipeline"]


@pytest.mark.slow
def test_the_rest_of_a_model_whose_fetching_was_stopped_is_fetched(
    hub: Hub,
    opened: Callable[..., list[str]],
    model_folder: Callable[[str], Path],
    tmp_path: Path,
) -> None:
    hub.models["someone/film"] = model_folder("sd15")
    opened(hub.address, "someone/film")
    (snapshot,) = (tmp_path / "cache" / "models--someone--film" / "snapshots").iterdir()
    shutil.rmtree(snapshot / "unet")
    (told,) = opened(_NOBODY, "someone/film")
    assert "the Hugging Face hub cannot be reached" in told
    assert opened(hub.address, "someone/film") == ["StableDiffusionImg2ImgPipeline"]


@pytest.mark.slow
def test_what_the_hub_does_not_give_is_told_with_where_was_looked_and_three_ways(
    hub: Hub, opened: Callable[..., list[str]], tmp_path: Path
) -> None:
    hub.gated.add("someone/licensed")
    files = tmp_path / "files"
    files.mkdir()
    (files / "all.safetensors").write_bytes(b"x")
    hub.models["someone/files"] = files
    reference = tmp_path / "reference"
    reference.mkdir()
    (reference / "model_index.json").write_text('{"_class_name": "Flux2Pipeline"}')
    (reference / "huge.safetensors").write_bytes(b"x")
    hub.models["someone/flux2"] = reference
    names = ("someone/absent", "someone/licensed", "someone/files", "someone/flux2")
    absent, licensed, single, flux2 = opened(hub.address, *names)
    for told in (absent, licensed, single):
        assert f"Looked into {tmp_path / 'models'}; {tmp_path / 'cache'}." in told
        assert "Three ways to get a model: put a .safetensors or .ckpt file into" in told
    assert "'someone/absent' is not to be had: the Hugging Face hub has none of that name" in absent
    assert "stands behind a licence" in licensed
    assert "`hf auth login`" in licensed
    assert "single files" in single
    assert "It is FLUX.2, which looks at a picture" in flux2
    assert not any(line.startswith("GET") and "huge" in line for line in hub.asked)


@pytest.mark.slow
def test_without_a_network_it_is_said_at_once(
    opened: Callable[..., list[str]], tmp_path: Path
) -> None:
    (told,) = opened(_NOBODY, "someone/film")
    assert "the Hugging Face hub cannot be reached, and it was not fetched whole before" in told
    assert f"Looked into {tmp_path / 'models'}; {tmp_path / 'cache'}. Three ways" in told
