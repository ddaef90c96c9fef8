"""What finishing does to synthetic pictures, measured in the videos that come out."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from sheetrender.engines.upscaling import Upscaler
from sheetrender.model.errors import EncodingFailed, FramesMissing, UsageError
from sheetrender.model.frames import Size
from sheetrender.model.programs import find_ffmpeg
from sheetrender.model.timing import FrameRate
from sheetrender.output.encode import Song
from sheetrender.output.finish import Finish
from sheetrender.output.tracks import picture_track, sound_track
from sheetrender.output.video import HigherRate, encode_frames
from tests.engines.enlarging import Enlarging

TEN = FrameRate(Fraction(10))
THIRTY = FrameRate(Fraction(30))
_EXACT = ["-sws_flags", "accurate_rnd+full_chroma_int+full_chroma_inp"]
FORMS = [("h264", "video.mp4"), ("prores", "video.mov"), ("png", "pictures")]


def still(folder: Path, picture: np.ndarray, count: int = 1) -> Path:
    """Make a folder of frames that are all this picture, BGR."""
    folder.mkdir(exist_ok=True)
    for number in range(count):
        cv2.imwrite(str(folder / f"{number:06d}.png"), picture)
    return folder


def grey(level: int, size: tuple[int, int] = (128, 192)) -> np.ndarray:
    return np.full((*size, 3), level, np.uint8)


def seen(video: Path, size: Size, codec: str = "h264") -> np.ndarray:
    """Decode as players do, to floats of 0..255, shape (frames, height, width, 3), RGB."""
    source = str(video / "%06d.png") if video.is_dir() else str(video)
    command = [find_ffmpeg(), "-v", "error", "-i", source, "-fps_mode", "passthrough"]
    done = subprocess.run(
        [*command, *_EXACT, "-pix_fmt", "rgb48le", "-f", "rawvideo", "-"],
        capture_output=True,
        check=True,
    )
    pixels = np.frombuffer(done.stdout, "<u2").reshape(-1, size.height, size.width, 3)
    return pixels.astype(np.float64) / 257


def made(folder: Path, target: Path, finish: Finish | None = None, **more: object) -> Path:
    count = len(list(folder.glob("*.png")))
    more = {"rate": TEN, **more}
    list(encode_frames(folder, count, target=target, finish=finish, **more))  # type: ignore[arg-type]
    return target


def cube(path: Path, colour: Callable[[np.ndarray], np.ndarray], size: int = 17) -> Path:
    """Write a colour table of a function of RGB, shape (n, 3), 0..1."""
    steps = np.linspace(0, 1, size)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    rgb = np.stack([red.ravel(), green.ravel(), blue.ravel()], axis=1)
    rows = "\n".join(f"{r:.6f} {g:.6f} {b:.6f}" for r, g, b in colour(rgb))
    path.write_text(f'TITLE "test"\n# a comment\nLUT_3D_SIZE {size}\n\n{rows}\n')
    return path


@pytest.mark.parametrize(("codec", "name"), FORMS)
@pytest.mark.parametrize("percent", [1.0, 3.0])
def test_grain_has_just_the_deviation_that_was_asked_for(
    tmp_path: Path, codec: str, name: str, percent: float
) -> None:
    frames = still(tmp_path / "frames", grey(128), 4)
    video = made(frames, tmp_path / name, Finish(grain=percent), codec=codec)
    pixels = seen(video, Size(192, 128))
    apart = {"png": 0.03, "h264": 0.08, "prores": 0.1}[codec]  # codecs smooth a little
    assert pixels.std(axis=(1, 2)).mean() / 255 * 100 == pytest.approx(percent, rel=apart)
    assert pixels.mean() == pytest.approx(128, abs=0.7)


def test_grain_is_grey_changes_with_each_frame_and_comes_again_with_its_seed(
    tmp_path: Path,
) -> None:
    frames = still(tmp_path / "frames", grey(128), 4)
    first, again, other = (
        seen(made(frames, tmp_path / name, Finish(grain=4, seed=seed), codec="png"), Size(192, 128))
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert (first[..., 0] == first[..., 2]).all()
    pairs = [(a, b) for a in range(4) for b in range(a)]
    for a, b in pairs:
        assert abs(np.corrcoef(first[a, ..., 0].ravel(), first[b, ..., 0].ravel())[0, 1]) < 0.03


def test_no_grain_is_none(tmp_path: Path) -> None:
    video = made(still(tmp_path / "frames", grey(128)), tmp_path / "v.mp4")
    assert seen(video, Size(192, 128)).std() < 1e-9


@pytest.mark.parametrize(("codec", "name"), FORMS)
def test_scaling_is_lanczos(tmp_path: Path, codec: str, name: str) -> None:
    picture = np.zeros((32, 64, 3), np.uint8)
    picture[:, 32:] = 200
    video = made(
        still(tmp_path / "frames", picture),
        tmp_path / name,
        Finish(size=Size(256, 128)),
        codec=codec,
    )
    row = seen(video, Size(256, 128))[0, 64, :, 1]
    # Lanczos overshoots beside an edge, by some 8 % on the bright side; bicubic by 5, linear by 0.
    assert row[200:].mean() == pytest.approx(200, abs=2)
    assert 0.05 < (row.max() - 200) / 200 < 0.12
    assert row[124] < 100 < row[131]


@pytest.mark.parametrize(("codec", "name"), FORMS)
def test_a_table_for_pictures_as_seen_gives_its_own_colours(
    tmp_path: Path, codec: str, name: str
) -> None:
    picture = np.zeros((32, 96, 3), np.uint8)
    colours = [(200, 100, 50), (20, 40, 60), (128, 128, 128)]
    for place, colour in enumerate(colours):
        picture[:, place * 32 : place * 32 + 32] = colour[::-1]
    table = cube(tmp_path / "it's a [look]:100%,.cube", lambda rgb: 0.8 * rgb[:, [2, 0, 1]] + 0.1)
    video = made(
        still(tmp_path / "frames", picture), tmp_path / name, Finish(lut=table), codec=codec
    )
    pixels = seen(video, Size(96, 32))
    for place, (red, green, blue) in enumerate(colours):
        wanted = np.array([blue, red, green]) * 0.8 + 25.5
        assert pixels[0, 16, place * 32 + 16] == pytest.approx(wanted, abs=3), place


def test_between_its_points_a_table_is_read_along_tetrahedra(tmp_path: Path) -> None:
    """At (¾, ½, ¼) of a cell the tetrahedron's four corners count ¼ each; trilinear differs."""
    table = cube(
        tmp_path / "corner.cube",
        lambda rgb: (
            np.repeat((rgb[:, :1] == 1) * (rgb[:, 1:2] == 1) * (rgb[:, 2:] == 0), 3, axis=1) * 1.0
        ),
        size=2,
    )
    picture = np.full((16, 16, 3), (64, 128, 191), np.uint8)
    pixels = seen(
        made(still(tmp_path / "f", picture), tmp_path / "p", Finish(lut=table), codec="png"),
        Size(16, 16),
    )
    assert pixels[0, 8, 8, 0] == pytest.approx(255 * 0.25, abs=2)  # trilinear: 255 * 0.28


def test_a_table_for_log_is_given_log(tmp_path: Path) -> None:
    """An unchanged table shows what it was given: Cineon's codes of black, grey and white."""
    table = cube(tmp_path / "same.cube", lambda rgb: rgb)
    for level, code in ((0, 95), (118, 470), (255, 685)):  # sRGB 118 is 18 % of light
        folder = still(tmp_path / f"{level}", grey(level, (16, 16)))
        finish = Finish(lut=table, lut_input="log")
        pixels = seen(made(folder, tmp_path / f"p{level}", finish, codec="png"), Size(16, 16))
        assert pixels.mean() == pytest.approx(code / 1023 * 255, abs=1.0), level


@pytest.mark.parametrize(("codec", "name"), FORMS)
def test_sharpening_raises_an_edge_and_leaves_a_plane(
    codec: str, name: str, tmp_path: Path
) -> None:
    picture = np.full((32, 64, 3), 80, np.uint8)
    picture[:, 32:] = 160
    folder = still(tmp_path / "f", picture)
    plain, sharp = (
        seen(made(folder, tmp_path / f"{sharpen}{name}", f, codec=codec), Size(64, 32))
        for sharpen, f in ((0, None), (1, Finish(sharpen=1.0)))
    )
    assert plain[0, 16, 33, 1] == pytest.approx(160, abs=6)
    assert sharp[0, 16, 32, 1] > 180
    assert sharp[0, 16, 31, 1] < 60
    assert sharp[0, 16, 55, 1] == pytest.approx(160, abs=2)


@pytest.mark.parametrize(("codec", "name"), FORMS)
def test_fades_begin_and_end_in_black(tmp_path: Path, codec: str, name: str) -> None:
    frames = still(tmp_path / "frames", grey(200, (32, 32)), 20)
    finish = Finish(fade_in=0.5, fade_out=0.5, grain=2)
    levels = seen(made(frames, tmp_path / name, finish, codec=codec), Size(32, 32)).mean((1, 2, 3))
    assert levels[0] == pytest.approx(0, abs=1)
    assert levels[-1] == pytest.approx(0, abs=1)
    assert levels[5:15] == pytest.approx(200, abs=2.5)
    assert levels[:6] == pytest.approx(np.linspace(0, 200, 6), abs=4)
    assert levels[15:] == pytest.approx(np.linspace(200, 0, 5), abs=4)


@pytest.mark.parametrize("codec", ["h264", "hevc", "prores"])
def test_every_codec_says_how_its_colours_are_meant(
    pictures: Path, tmp_path: Path, codec: str
) -> None:
    target = tmp_path / ("v.mov" if codec == "prores" else "v.mp4")
    list(encode_frames(pictures, 3, THIRTY, target, codec=codec, finish=Finish(grain=1)))  # type: ignore[arg-type]
    asked = [find_ffmpeg(), "-hide_banner", "-i", str(target)]
    said = subprocess.run(asked, capture_output=True, check=False).stderr.decode()
    kind = {"h264": "yuv420p", "hevc": "yuv420p", "prores": "yuv422p10le"}[codec]
    assert f"{kind}(tv, bt709" in said
    assert {"h264": "h264 (", "hevc": "hevc (", "prores": "prores (HQ)"}[codec] in said


def test_prores_keeps_ten_bits_through_grain_sharpness_and_fades(tmp_path: Path) -> None:
    ramp = np.linspace(0, 255, 256).astype(np.uint8)
    picture = np.repeat(np.repeat(ramp[None, :, None], 32, axis=0), 3, axis=2)
    table = cube(tmp_path / "half.cube", lambda rgb: rgb / 2)
    finish = Finish(lut=table, fade_in=0.1, sharpen=0.001)
    frames = still(tmp_path / "frames", picture, 3)
    pixels = seen(made(frames, tmp_path / "v.mov", finish, codec="prores"), Size(256, 32))
    assert len(np.unique(np.round(pixels[2, 16, :, 1], 1))) > 180  # 8 bits would leave 110


def test_the_timecode_of_the_first_frame_stands_in_a_mov(pictures: Path, tmp_path: Path) -> None:
    target = tmp_path / "v.mov"
    list(
        encode_frames(
            pictures, 3, FrameRate.parse("29.97"), target, codec="prores", timecode="01:00:00;02"
        )
    )
    asked = [find_ffmpeg(), "-hide_banner", "-i", str(target)]
    said = subprocess.run(asked, capture_output=True, check=False).stderr.decode()
    assert "timecode        : 01:00:00;02" in said


def test_a_sequence_of_pictures_is_theirs_to_the_last_bit(pictures: Path, tmp_path: Path) -> None:
    made(pictures, tmp_path / "out", codec="png")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        f"{n:06d}.png" for n in range(30)
    ]
    for number in (0, 29):
        name = f"{number:06d}.png"
        assert np.array_equal(
            cv2.imread(str(tmp_path / "out" / name)), cv2.imread(str(pictures / name))
        )


def test_a_section_begins_with_its_first_frame_and_the_song_there(
    pictures: Path, tmp_path: Path, song_of: Callable[[float], Path]
) -> None:
    target = tmp_path / "v.mp4"
    song = Song(song_of(0.9), Fraction(1, 2))
    encoding = encode_frames(pictures, 10, THIRTY, target, first=15, song=song)
    list(encoding)
    assert picture_track(target).packets == 10
    assert sound_track(target).seconds == pytest.approx(1 / 3, abs=0.03)
    first = seen(target, Size(64, 48))[0]
    source = cv2.imread(str(pictures / "000015.png"))[..., ::-1]
    assert np.abs(first - source)[:, 30:36].mean() < 20
    assert encoding.report.unheard == pytest.approx(0.4 - 1 / 3)


@pytest.mark.parametrize(("begins", "loud_at"), [(0.0, 0.3), (0.2, 0.1), (-0.25, 0.55)])
def test_an_offset_moves_the_song_against_the_picture(
    pictures: Path,
    tmp_path: Path,
    song_of: Callable[[float], Path],
    begins: float,
    loud_at: float,
) -> None:
    song = tmp_path / "song.mp3"
    delayed = ["-i", str(song_of(0.5)), "-af", "adelay=300|300"]
    subprocess.run([find_ffmpeg(), "-v", "error", *delayed, str(song)], check=True)
    exact = Fraction(begins).limit_denominator(1000)
    list(encode_frames(pictures, 30, THIRTY, tmp_path / "v.mp4", song=Song(song, exact)))
    decoded = [find_ffmpeg(), "-v", "error", "-i", str(tmp_path / "v.mp4"), "-ac", "1"]
    done = subprocess.run(
        [*decoded, "-f", "f32le", "-ar", "44100", "-"], capture_output=True, check=True
    )
    loud = np.abs(np.frombuffer(done.stdout, np.float32)) > 0.1
    assert np.argmax(loud) / 44100 == pytest.approx(loud_at, abs=0.01)


def test_a_song_that_is_over_before_the_picture_begins_is_refused(
    pictures: Path, tmp_path: Path, song_of: Callable[[float], Path]
) -> None:
    with pytest.raises(UsageError, match="Make song_offset smaller"):
        encode_frames(pictures, 3, THIRTY, tmp_path / "v.mp4", song=Song(song_of(0.5), Fraction(1)))


def moving_bar(folder: Path, count: int, cut_at: int) -> Path:
    """Make frames on which a bright bar moves 8 pixels each; at the cut the ground changes."""
    folder.mkdir()
    rng = np.random.default_rng(1)
    texture = rng.integers(150, 250, (64, 24, 3), np.uint8)
    texture = cv2.GaussianBlur(texture, (0, 0), 1.5)
    for number in range(count):
        picture = np.full((64, 128, 3), 20 if number < cut_at else 120, np.uint8)
        picture[:, 8 + 8 * number :][:, :24] = texture
        cv2.imwrite(str(folder / f"{number:06d}.png"), picture)
    return folder


def middle_of_bar(picture: np.ndarray) -> float:
    bright = picture[..., 1].mean(axis=0) > 140
    return float(np.flatnonzero(bright).mean()) if bright.any() else -1


@pytest.mark.parametrize("way", ["blend", "flow", "minterpolate"])
def test_frames_between_are_at_exactly_the_higher_rate(tmp_path: Path, way: str) -> None:
    frames = moving_bar(tmp_path / "frames", 8, cut_at=4)
    higher = HigherRate(rate=FrameRate(Fraction(25)), between=way, starts=frozenset({4}))  # type: ignore[arg-type]
    target = made(frames, tmp_path / "v.mov", codec="prores", higher=higher)
    track = picture_track(target)
    assert (track.packets, track.seconds) == (20, Fraction(4, 5))
    pixels = seen(target, Size(128, 64))
    sources = [cv2.imread(str(frames / f"{n:06d}.png"))[..., ::-1].astype(float) for n in range(8)]
    for number in (0, 5, 15):  # those that fall on a frame are that frame
        assert np.abs(pixels[number] - sources[number * 2 // 5]).mean() < 6, number
    assert np.abs(pixels[-1] - sources[-1]).mean() < 6


@pytest.mark.parametrize("way", ["blend", "flow"])
def test_nothing_is_mixed_over_a_cut(tmp_path: Path, way: str) -> None:
    frames = moving_bar(tmp_path / "frames", 8, cut_at=4)
    higher = HigherRate(rate=FrameRate(Fraction(40)), between=way, starts=frozenset({4}))  # type: ignore[arg-type]
    pixels = seen(made(frames, tmp_path / "p", codec="png", higher=higher), Size(128, 64))
    ground = pixels[:, 32, 120, 1]
    assert set(np.round(ground[:16])) == {20.0}
    assert set(np.round(ground[16:])) == {120.0}
    assert all(np.array_equal(pixels[n], pixels[12]) for n in (13, 14, 15))


def test_flow_moves_what_blend_shows_twice(tmp_path: Path) -> None:
    frames = moving_bar(tmp_path / "frames", 4, cut_at=9)
    at = {
        way: seen(
            made(frames, tmp_path / way, codec="png", higher=HigherRate(
                rate=FrameRate(Fraction(20)), between=way)),  # type: ignore[arg-type]
            Size(128, 64),
        )[3]
        for way in ("blend", "flow")
    }  # fmt: skip
    # Half-way between frames 1 and 2 the bar covers 20..43 as a whole, or 16..39 and 24..47 each
    # by half.
    assert middle_of_bar(at["flow"]) == pytest.approx(31.5, abs=1)
    assert at["flow"][:, 26:38, 1].mean() > 180
    assert at["blend"][:, 17:23, 1].mean() < 130
    assert at["flow"][:, 21:24, 1].mean() > at["blend"][:, 21:24, 1].mean() + 25


@pytest.mark.parametrize("per_second", [10, 20])
def test_an_upscaler_makes_each_picture_larger_before_it_is_scaled(
    tmp_path: Path, per_second: int
) -> None:
    frames = moving_bar(tmp_path / "frames", 4, cut_at=2)
    higher = HigherRate(rate=FrameRate(Fraction(per_second)), between="blend")
    upscaler = Upscaler(Enlarging(), torch.device("cpu"))
    large = made(frames, tmp_path / "p", codec="png", higher=higher, upscaler=upscaler)
    pixels = seen(large, Size(384, 192))
    step = per_second // 10
    assert len(pixels) == 4 * step
    for number in range(4):
        source = cv2.imread(str(frames / f"{number:06d}.png"))[..., ::-1]
        large_source = source.repeat(3, 0).repeat(3, 1)
        assert np.abs(pixels[number * step] - large_source).max() < 1.01
    scaled = made(frames, tmp_path / "v.mp4", Finish(size=Size(256, 128)), upscaler=upscaler)
    assert seen(scaled, Size(256, 128)).shape == (4, 128, 256, 3)


def test_a_lower_rate_is_refused(pictures: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="less than the 30 of the frames"):
        encode_frames(
            pictures, 3, THIRTY, tmp_path / "v.mp4", higher=HigherRate(rate=TEN, between="flow")
        )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "says nowhere LUT_3D_SIZE"),
        (b"\x89PNG\r\n\x1a\n\0\0", "says nowhere"),
        (b"LUT_1D_SIZE 2\n0 0 0\n1 1 1\n", "curves, not a cube"),
        (b"LUT_3D_SIZE many\n", "no size from 2 to 256 in line 1"),
        (b"LUT_3D_SIZE 2\n0 0 0\n", "has 1 colours where 2×2×2 belong"),
        (b"LUT_3D_SIZE 2\n" + b"0 0 x\n" * 8, "a colour that is no number"),
        (b"LUT_3D_SIZE 2\n" + b"0 0\n" * 8, "not of three numbers"),
        (b"LUT_3D_SIZE 2\n" + b"0 0 nan\n" * 8, "not of three numbers"),
    ],
)
def test_a_table_that_is_none_is_told_in_a_sentence_before_anything_is_made(
    pictures: Path, tmp_path: Path, content: bytes, says: str
) -> None:
    table = tmp_path / "x.cube"
    table.write_bytes(content)
    with pytest.raises(UsageError, match=says) as caught:
        encode_frames(pictures, 3, THIRTY, tmp_path / "v.mp4", finish=Finish(lut=table))
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "v.mp4").exists()


def test_a_table_that_is_not_there_is_told(pictures: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.cube cannot be read: No such file"):
        encode_frames(
            pictures, 3, THIRTY, tmp_path / "v.mp4", finish=Finish(lut=tmp_path / "none.cube")
        )


@pytest.mark.parametrize(
    ("codec", "size", "fits"),
    [
        ("h264", Size(100, 51), False),
        ("h264", Size(101, 50), False),
        ("hevc", Size(101, 50), False),
        ("prores", Size(101, 50), False),
        ("prores", Size(100, 51), True),
        ("png", Size(101, 51), True),
    ],
)
def test_an_odd_size_is_refused_where_the_codec_cannot_hold_it(
    pictures: Path, tmp_path: Path, codec: str, size: Size, fits: bool
) -> None:
    def make() -> None:
        target = tmp_path / "out"
        for _ in encode_frames(pictures, 3, THIRTY, target, codec=codec, finish=Finish(size=size)):  # type: ignore[arg-type]
            pass

    if fits:
        make()
    else:
        with pytest.raises(UsageError, match="Write 100x50 for scale_to"):
            make()


def test_pictures_of_several_sizes_are_named(pictures: Path, tmp_path: Path) -> None:
    for number in (3, 4, 5, 9):
        cv2.imwrite(str(pictures / f"{number:06d}.png"), grey(9, (50, 64)))
    with pytest.raises(FramesMissing, match=r"of 64×48, but of another size at frames 3–5, 9\."):
        encode_frames(pictures, 30, THIRTY, tmp_path / "v.mp4")


def test_a_folder_of_other_things_is_never_replaced_by_pictures(
    pictures: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("dear")
    with pytest.raises(UsageError, match=r"holds letter\.txt, which would be lost"):
        made(pictures, mine, codec="png")
    assert (mine / "letter.txt").read_text() == "dear"


def test_an_older_folder_of_pictures_stays_until_the_new_one_is_whole(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(pictures, tmp_path / "out", codec="png")
    monkeypatch.setenv("SHEETRENDER_FFMPEG", "/bin/false")
    with pytest.raises(EncodingFailed, match="/bin/false could not make"):
        made(pictures, tmp_path / "out", Finish(grain=5), codec="png")
    assert len(list((tmp_path / "out").iterdir())) == 30
    assert sorted(p.name for p in tmp_path.iterdir()) == ["frames 100%d", "out"]
