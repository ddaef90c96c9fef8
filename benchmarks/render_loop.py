"""Measure the diffusion engine against the loop that a user would write on diffusers.

All in one process, with the same random weights and the same schedule: Deforum's strength 0.65 of
20 steps, so 7 calls of the UNet with guidance for each frame behind the first, which takes 20. Both
move the picture, match its colours in LAB, add noise and write a PNG. Rounds are interleaved and
turned round each time; a ratio is that of two times of one round.

    python benchmarks/render_loop.py                     a tiny model on the processor, 128×72
    python benchmarks/render_loop.py --device cuda       Stable Diffusion 1.5's size, 768×432
    python benchmarks/render_loop.py --endless 4346      memory over that many frames
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil
from measuring import report
from random_models import Scale, saved_model

from sheetrender.engines.engine import EngineSettings, Image, open_engine
from sheetrender.model.frames import Segment, Size
from sheetrender.model.plan import PlannedRow, RenderPlan
from sheetrender.model.timing import FrameRate
from sheetrender.planning.columns import CHANNELS
from sheetrender.rendering.folder import OutputFolder
from sheetrender.rendering.keys import frame_keys
from sheetrender.rendering.render import find_work, render

STEPS, STRENGTH, SCALE, NOISE, ZOOM, ANGLE = 20, 0.65, 7.5, 0.02, 1.02, 0.5
PROMPT, NEGATIVE = "a lone astronaut on a red desert", "blurry"
RATE = FrameRate.parse("30")


@dataclass
class Peer:
    """One that renders.

    Attributes:
        name: as the table shows it.
        render: renders that many segments of that many frames into a folder.
        segments: how many of them in a round.
        seconds: per frame, one for each round.
        busy: likewise, but what the process was busy; neighbours on the machine do not count.
        pictures: how many pictures went through the UNet, guidance's two counting as one.
        spread: standard deviation of the last picture's levels.
    """

    name: str
    render: Callable[[Path], None]
    segments: int
    seconds: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    pictures: int = 0
    spread: float = 0.0


def naive(model: Path, size: Size, frames: int, device: str) -> tuple[Callable[[Path], None], Any]:
    """Return the loop that a user would write: a pipeline for each frame, PIL in and out."""
    import torch
    from PIL import Image as Pil

    diffusers: Any = importlib.import_module("diffusers")
    numbers = torch.float32 if device == "cpu" else torch.bfloat16
    first = diffusers.StableDiffusionPipeline.from_pretrained(
        model, dtype=numbers, safety_checker=None
    ).to(device)
    later = diffusers.StableDiffusionImg2ImgPipeline(
        **first.components, requires_safety_checker=False
    )
    for pipeline in (first, later):
        pipeline.set_progress_bar_config(disable=True)
    words = {"prompt": PROMPT, "negative_prompt": NEGATIVE, "guidance_scale": SCALE}

    def rendered(folder: Path) -> None:
        picture: Image | None = None
        reference: Image | None = None
        for index in range(frames):
            generator = torch.Generator("cpu").manual_seed(7)
            kind = {**words, "num_inference_steps": STEPS, "generator": generator}
            if picture is None:
                drawn = first(width=size.width, height=size.height, **kind).images[0]
            else:
                before = with_noise(matched(warped(picture), reference), index)
                pil = Pil.fromarray(cv2.cvtColor(before, cv2.COLOR_BGR2RGB))
                # Diffusers counts strength the other way round.
                drawn = later(image=pil, strength=1 - STRENGTH, **kind).images[0]
            picture = np.asarray(drawn, dtype=np.uint8)[..., ::-1].copy()
            reference = picture if reference is None else reference
            drawn.save(folder / f"{index:06}.png")

    return rendered, first.unet


def warped(picture: Image) -> Image:
    """Zoom and turn a picture about its centre."""
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), ANGLE, ZOOM)
    moved = cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, dtype=np.uint8)


def matched(picture: Image, reference: Image | None) -> Image:
    """Match histograms in LAB, as scikit-image does it."""
    assert reference is not None
    own, wanted = (cv2.cvtColor(one, cv2.COLOR_BGR2LAB) for one in (picture, reference))
    for channel in range(3):
        _, places, counts = np.unique(own[..., channel], return_inverse=True, return_counts=True)
        levels, others = np.unique(wanted[..., channel], return_counts=True)
        shares, there = np.cumsum(counts) / own[..., 0].size, np.cumsum(others) / others.sum()
        own[..., channel] = np.interp(shares, there, levels)[places.reshape(own.shape[:2])]
    return np.asarray(cv2.cvtColor(own, cv2.COLOR_LAB2BGR), dtype=np.uint8)


def with_noise(picture: Image, index: int) -> Image:
    """Mix a little noise in."""
    grain = np.random.default_rng(index).normal(0.5, 0.5, picture.shape)
    mixed = picture * (1 - NOISE) + NOISE * 255 * np.clip(grain, 0, 1)
    return mixed.astype(np.uint8)


def ours(model: Path, size: Size, frames: int, segments: int) -> tuple[Callable[[Path], None], Any]:
    """Return the program's own rendering: plan, engine, loop, journal and files."""
    settings = EngineSettings(size=size, rate=RATE, model=str(model), in_step=segments)
    engine: Any = open_engine("diffusion", settings)
    plan = plan_of(size, frames, segments)

    def rendered(folder: Path) -> None:
        output = OutputFolder(folder)
        with output.opened("benchmark") as journal:
            keys = frame_keys(plan, engine, settings)
            work = find_work(output.frames, journal, keys)
            events = render(
                plan, engine, keys=keys, journal=journal, folder=output.frames, work=work,
                width=segments,
            )  # fmt: skip
            for _ in events:
                pass

    # The model is opened at the first picture, which is no part of the measuring.
    with tempfile.TemporaryDirectory() as folder:
        rendered(Path(folder))
    (painter,) = engine._painters.values()
    return rendered, painter.parts


def plan_of(size: Size, frames: int, segments: int, strength: float = STRENGTH) -> RenderPlan:
    """Return a plan of segments that are alike but for their seeds."""
    whole = frames * segments
    starts = range(0, whole, frames)
    values = {column.heading: column.default for column in CHANNELS}
    values |= {
        "zoom": ZOOM, "angle": ANGLE, "strength": strength, "steps": STEPS, "scale": SCALE,
        "noise": NOISE, "cadence": 1, "blend": 0, "lora_weight": 1,
    }  # fmt: skip
    return RenderPlan(
        rate=RATE,
        size=size,
        rows=tuple(
            PlannedRow(
                first=first, last=first + frames - 1, key=f"{first}", row=2, prompt=PROMPT,
                negative=NEGATIVE, caption="",
            )
            for first in starts
        ),
        row_of=np.repeat(np.arange(segments, dtype=np.int32), frames),
        channels={
            name: np.full(whole, np.float64(value)) for name, value in values.items()
        },
        seeds=np.repeat(np.arange(7, 7 + segments, dtype=np.uint32), frames),
        seed_shares=np.zeros(whole),
        segments=tuple(Segment(first, first + frames - 1) for first in starts),
        color_coherence="lab",
        border="replicate",
    )  # fmt: skip


def measured(
    peers: Sequence[Peer], frames: int, rounds: int, synchronise: Callable[[], None]
) -> None:
    """Let the peers render in turn, the order turned round each time."""
    for turn in range(rounds):
        for peer in peers if turn % 2 == 0 else peers[::-1]:
            with tempfile.TemporaryDirectory() as folder:
                started, idle = time.perf_counter(), time.process_time()
                peer.render(Path(folder))
                synchronise()
                seconds, busy = time.perf_counter() - started, time.process_time() - idle
                last = max(Path(folder).rglob("*.png"))
                peer.spread = float(np.std(cv2.imread(str(last))))  # type: ignore[arg-type]
            peer.seconds.append(seconds / (frames * peer.segments))
            peer.busy.append(busy / (frames * peer.segments))


def counting_theirs(peer: Peer, unet: Any) -> None:
    """Count what goes through a UNet."""

    def count(_: Any, given: tuple[Any, ...]) -> None:
        peer.pictures += len(given[0]) // 2

    unet.register_forward_pre_hook(count)


def counting_ours(peer: Peer, parts: Any) -> None:
    """Count what goes through the engine's UNet; a hook would not see what a graph replays."""
    predicted = parts.predicted

    def counted(latents: Any, *given: Any, **more: Any) -> Any:
        peer.pictures += len(latents)
        return predicted(latents, *given, **more)

    parts.predicted = counted


def endless(model: Path, size: Size, frames: int) -> None:
    """Render one long segment and print what memory the process holds on its way."""
    process = psutil.Process()
    settings = EngineSettings(size=size, rate=RATE, model=str(model))
    engine = open_engine("diffusion", settings)
    # One step for each frame: memory does not care how often the same is done.
    plan = plan_of(size, frames, 1, strength=0.95)
    held: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        output = OutputFolder(Path(folder))
        with output.opened("benchmark") as journal:
            keys = frame_keys(plan, engine, settings)
            work = find_work(output.frames, journal, keys)
            events = render(
                plan, engine, keys=keys, journal=journal, folder=output.frames, work=work
            )
            for number, _ in enumerate(events):
                if number % max(frames // 8, 1) == 0:
                    held.append(process.memory_info().rss / 2**20)
                    print(f"frame {number:6}   {held[-1]:8.1f} MB{on_card()}", flush=True)
    growth = held[-1] - held[1]
    report(
        f"memory stays over {frames} frames",
        f"{growth:+.1f} MB",
        limit="< 20 MB more than after an eighth",
        holds=growth < 20,
    )


def on_card() -> str:
    """Return what lies on the graphics card, where there is one."""
    import torch

    if not torch.cuda.is_available():
        return ""
    return f"   {torch.cuda.memory_allocated() / 2**20:8.1f} MB on the card"


def table(peers: Sequence[Peer], frames: int) -> None:
    """Print what each peer took, and how much quicker than the first it was."""
    print(
        f"\n{'':24}{'ms per frame':>14}{'frames/s':>10}{'ratio (min .. max)':>24}"
        f"{'of busy time':>24}{'calls':>8}{'std':>6}"
    )
    for peer in peers:
        middle = statistics.median(peer.seconds)
        calls = peer.pictures / (frames * peer.segments * len(peer.seconds))
        print(
            f"{peer.name:24}{middle * 1000:14.1f}{1 / middle:10.1f}"
            f"{_span(peers[0].seconds, peer.seconds):>24}{_span(peers[0].busy, peer.busy):>24}"
            f"{calls:8.2f}{peer.spread:6.0f}"
        )


def _span(base: Sequence[float], own: Sequence[float]) -> str:
    ratios = [theirs / mine for theirs, mine in zip(base, own, strict=True)]
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} .. {max(ratios):.2f})"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--model", choices=["tiny", "sd15"])
    parser.add_argument("--size", help="as 768x432")
    parser.add_argument("--frames", type=int, default=24, help="of each segment")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--in-step", type=int, help="segments that advance side by side")
    parser.add_argument("--endless", type=int, metavar="FRAMES")
    chosen = parser.parse_args()
    card = chosen.device == "cuda"
    if not card:
        os.environ["CUDA_VISIBLE_DEVICES"] = ""
    import torch

    if not card:
        torch.set_num_threads(1)
        cv2.setNumThreads(1)
    scale: Scale = chosen.model or ("sd15" if card else "tiny")
    width, height = map(int, (chosen.size or ("768x432" if card else "128x72")).split("x"))
    size, many = Size(width, height), chosen.in_step or (8 if card else 4)
    with tempfile.TemporaryDirectory() as folder:
        model = saved_model(Path(folder) / "model", scale)
        if chosen.endless:
            endless(model, size, chosen.endless)
            return
        rendered, unet = naive(model, size, chosen.frames, chosen.device)
        peers = [Peer("a user's own loop", rendered, 1)]
        countings: list[tuple[Callable[[Peer, Any], None], Any]] = [(counting_theirs, unet)]
        for segments, name in ((1, "one segment"), (many, f"{many} segments in step")):
            rendered, parts = ours(model, size, chosen.frames, segments)
            peers.append(Peer(name, rendered, segments))
            countings.append((counting_ours, parts))
        synchronise = torch.cuda.synchronize if card else lambda: None
        measured(peers[:1], chosen.frames, 1, synchronise)
        for peer, (counting, counted) in zip(peers, countings, strict=True):
            peer.seconds.clear()
            peer.busy.clear()
            counting(peer, counted)
        measured(peers, chosen.frames, chosen.rounds, synchronise)
    what = (
        torch.cuda.get_device_name() if card else f"{platform.processor() or 'processor'}, 1 thread"
    )
    print(
        f"{scale} model, {size}, {STEPS} steps, strength {STRENGTH}, scale {SCALE}; {what}; "
        f"torch {torch.__version__}"
    )
    table(peers, chosen.frames)
    claims = (4.0, 6.0) if card else (1.15, 2.5)
    print()
    for peer, limit in zip(peers[1:], claims, strict=True):
        ratio = statistics.median(
            theirs / own for theirs, own in zip(peers[0].seconds, peer.seconds, strict=True)
        )
        report(
            f"{peer.name}, against a user's own loop",
            f"{ratio:.2f} times",
            limit=f">= {limit}",
            holds=ratio >= limit,
        )


if __name__ == "__main__":
    main()
