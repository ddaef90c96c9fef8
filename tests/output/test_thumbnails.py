from __future__ import annotations

import io
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sheetrender.model.frames import Size
from sheetrender.output.thumbnails import COLUMNS, chosen_frames, thumbnails

SETS = st.sets(st.integers(0, 300), max_size=60)


@given(wanted=SETS, there=SETS, most=st.integers(1, 50))
def test_wanted_frames_come_first_and_only_pictures_that_are_there(
    wanted: set[int], there: set[int], most: int
) -> None:
    chosen = chosen_frames(sorted(wanted), there, most)
    assert len(chosen) <= most
    assert chosen == sorted(set(chosen) & there)
    first = wanted & there
    assert first <= set(chosen) or set(chosen) <= first


def test_the_rest_stands_evenly_between() -> None:
    assert chosen_frames([0], range(100), 5) == [0, 12, 37, 62, 87]


def test_each_small_picture_stands_at_its_place(tmp_path: Path) -> None:
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255)] * 6
    paths = []
    for number, colour in enumerate(colours):
        path = tmp_path / f"{number}.png"
        Image.new("RGB", (64, 32), colour).save(path)
        paths.append((10 * number, path))
    small = thumbnails(paths, Size(64, 32))
    sheet = Image.open(io.BytesIO(small.jpeg))
    for number, colour in enumerate(colours):
        line, column = divmod(number, COLUMNS)
        middle = ((column + 0.5) * small.size.width, (line + 0.5) * small.size.height)
        pixel = sheet.getpixel((int(middle[0]), int(middle[1])))
        assert isinstance(pixel, tuple)
        assert max(abs(a - b) for a, b in zip(pixel, colour, strict=True)) < 12
    assert small.frames == tuple(range(0, 180, 10))


def test_a_picture_that_is_cut_short_is_left_out(tmp_path: Path) -> None:
    Image.new("RGB", (64, 32)).save(tmp_path / "0.png")
    (tmp_path / "1.png").write_bytes((tmp_path / "0.png").read_bytes()[:50])
    paths = [(n, tmp_path / f"{n}.png") for n in range(3)]
    assert thumbnails(paths, Size(64, 32)).frames == (0,)
    assert thumbnails([], Size(64, 32)).jpeg == b""
