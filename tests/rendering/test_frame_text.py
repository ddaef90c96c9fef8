from __future__ import annotations

import io
import re
from pathlib import Path

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pictures

from sheetrender.rendering.frame_files import frame_path, read_frame, with_text, write_frame
from sheetrender.rendering.frame_text import FrameText, model_name, storable
from tests.rendering.plans import BlendEngine, plan
from tests.rendering.workshop import SETTINGS

A_PLAN = plan("a fox", "a whale")
PICTURE = np.arange(24 * 32 * 3, dtype=np.uint32).reshape(24, 32, 3).astype(np.uint8)


def text_in(path: Path | io.BytesIO) -> str:
    with Pictures.open(path) as picture:
        picture.load()
        return str(picture.text["parameters"])  # type: ignore[attr-defined]


def test_a_frame_says_how_it_was_made_and_shows_the_same_picture(tmp_path: Path) -> None:
    write_frame(tmp_path, 0, PICTURE, "a fox\nSteps: 20")
    assert text_in(frame_path(tmp_path, 0)) == "a fox\nSteps: 20"
    shown = read_frame(tmp_path, 0)
    assert shown is not None
    assert (shown == PICTURE).all()


def test_without_a_text_the_bytes_are_as_ever(tmp_path: Path) -> None:
    write_frame(tmp_path, 0, PICTURE)
    write_frame(tmp_path, 1, PICTURE, "words")
    plain, telling = (frame_path(tmp_path, n).read_bytes() for n in (0, 1))
    assert b"parameters" not in plain
    assert b"".join(with_text(plain, "words")) == telling
    assert with_text(plain, "") == [plain]


@given(st.text(st.characters(exclude_categories=())))
def test_every_text_comes_back_from_the_file(text: str) -> None:
    said = storable(text)
    ok, encoded = cv2.imencode(".png", PICTURE)
    assert ok
    made = b"".join(with_text(encoded.data, said))
    if said:
        assert text_in(io.BytesIO(made)) == said


def test_the_words_are_those_that_viewers_know() -> None:
    text = FrameText(A_PLAN, BlendEngine(), SETTINGS).of(1)
    *_, facts = text.split("\n")
    assert text.startswith(A_PLAN.frame(1).prompt)
    # How the web UI and most viewers find names and values.
    found = dict(re.findall(r'\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)', facts))
    assert found["Seed"] == str(A_PLAN.frame(1).seed)
    assert found["Size"] == f"{A_PLAN.size.width}x{A_PLAN.size.height}"
    assert list(found)[:6] == ["Steps", "Sampler", "CFG scale", "Seed", "Size", "Model"]
    assert found["Version"].startswith("sheetrender ")


def test_only_the_name_of_a_model_file_is_told() -> None:
    assert model_name("/home/anna/models/foxes.safetensors") == "foxes"
    assert model_name(r"C:\Users\anna\foxes.ckpt") == "foxes"
    assert model_name("models/foxes.safetensors") == "foxes"
    assert model_name("stabilityai/sdxl-turbo") == "stabilityai/sdxl-turbo"
    assert model_name("sd15") == "sd15"
    assert model_name("./sd-v1.5") == "sd-v1.5"
