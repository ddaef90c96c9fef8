"""What it takes to hear a song of 150 s (stereo, 44.1 kHz) with `sheetrender curve`, and an hour.

Nothing is compiled at the first call: the first and the second run of each line differ only in
the cache, which is emptied before each first one. Judged is the time of the processor: on a machine
that is shared, the clock measures the neighbours.

Run with: python benchmarks/sound.py
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import soundfile
from measuring import Cost, cost, report

RATE, SECONDS = 44100, 150


def main() -> None:
    """Measure, and print one line for each claim."""
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder) / "cache"
        os.environ["SHEETRENDER_CACHE"] = str(cache)
        song = Path(folder) / "song.flac"
        write_song(song)
        measure(song, cache)
        write_song(song, 3600)
        measure_hour(song, cache)


def measure_hour(song: Path, cache: Path) -> None:
    """Print what an hour at 29.97 frames a second takes in memory."""
    for feature in ("loudness", "percussive"):
        shutil.rmtree(cache, ignore_errors=True)
        found = cost("curve", song, "--fps", "29.97", "--feature", feature)
        claim = f"most memory for {feature} of an hour"
        value = f"{found.megabytes:.0f} MB, {shown(found)}"
        report(claim, value, limit="under 1 GB", holds=found.megabytes < 1000)


def measure(song: Path, cache: Path) -> None:
    """Print the claims about one song."""
    start = start_up()
    loudness = fresh(cache, "curve", song)
    limit = "under 1.5 s"
    holds = loudness.processor < 1.5
    report("loudness of a song, start-up included", shown(loudness), limit=limit, holds=holds)
    heard = fresh(cache, "curve", song, "--feature", "percussive")
    claim = "all that is heard in one stem (onsets, bands, strokes, brightness)"
    report(claim, shown(heard), limit="under 5 s", holds=heard.processor < 5)
    tempo = fresh(cache, "curve", song, "--feature", "beat")
    report("the beat of a song", shown(tempo), limit="under 5 s", holds=tempo.processor < 5)
    rough = fresh(cache, "curve", song, "--feature", "hits", "--stem", "drums")
    report("the hits of its ~drums", shown(rough), limit="under 5 s", holds=rough.processor < 5)
    peak = max(c.megabytes for c in (loudness, heard, tempo, rough))
    report("most memory of these", f"{peak:.0f} MB", limit="under 1 GB", holds=peak < 1000)
    for words in (("curve", song), ("curve", song, "--feature", "percussive")):
        cost(*words)
        again = min(cost(*words).processor for _ in range(3)) - start
        claim = f"{' '.join(map(str, words[2:])) or 'loudness'} from the cache, beyond start-up"
        report(claim, f"{again:.2f} s", limit="under 0.2 s", holds=again < 0.2)


def start_up() -> float:
    """Return what Python, numpy and our modules take to be loaded, best of five."""
    seconds = []
    for _ in range(5):
        before = os.times()
        subprocess.run([sys.executable, "-c", "import sheetrender.workflow.curve"], check=True)
        after = os.times()
        spent = after.children_user + after.children_system
        seconds.append(spent - before.children_user - before.children_system)
    return min(seconds)


def fresh(cache: Path, *words: str | Path) -> Cost:
    """Return the best of three runs, each with nothing kept from before."""
    costs = []
    for _ in range(3):
        shutil.rmtree(cache, ignore_errors=True)
        costs.append(cost(*words))
    return min(costs, key=lambda c: c.processor)


def shown(found: Cost) -> str:
    """Return what a run took."""
    return f"{found.processor:.2f} s ({found.seconds:.1f} by the clock)"


def write_song(path: Path, seconds: int = SECONDS) -> None:
    """Write a song of strokes, tones and hiss, half a minute at a time."""
    noise = np.random.default_rng(1)
    clock = np.arange(30 * RATE) / RATE
    stroke = noise.normal(0, 0.5, RATE // 8) * np.exp(-np.arange(RATE // 8) / 1000)
    with soundfile.SoundFile(path, "w", RATE, 2, "PCM_16") as file:
        for _ in range(seconds // 30):
            left = 0.2 * np.sin(2 * np.pi * 220 * clock) + noise.normal(0, 0.01, len(clock))
            for moment in np.arange(0, 29.5, 0.48):
                first = round(moment * RATE)
                left[first : first + len(stroke)] += stroke
            right = np.roll(left, 30)
            for first in range(0, len(left), 1 << 16):
                part = slice(first, first + (1 << 16))
                file.write(np.clip(np.column_stack([left[part], right[part]]), -1, 1))


if __name__ == "__main__":
    main()
