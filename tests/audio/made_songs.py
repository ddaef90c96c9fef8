"""Songs of which everything is known: where each stroke falls, and what sounds on."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sheetrender.audio.recording import Recording
from sheetrender.model.programs import find_ffmpeg

RATE = 44100


@dataclass(frozen=True)
class MadeSong:
    """A song and its truth, in seconds."""

    recording: Recording
    beats: np.ndarray
    strokes: np.ndarray


def steady(bpm: float, first: float, seconds: float) -> np.ndarray:
    return first + np.arange(int((seconds - first) * bpm / 60)) * 60 / bpm


def drifting(share: float, seconds: float) -> np.ndarray:
    beats = [0.3]
    while beats[-1] < seconds:
        beats.append(beats[-1] + 0.5 * (1 + share * np.sin(2 * np.pi * beats[-1] / 90)))
    return np.array(beats[:-1])


def made_song(
    beats: np.ndarray, seconds: float, breaks: Sequence[tuple[float, float]] = ()
) -> MadeSong:
    """Bass drum and snare on the beats, hi-hats between them, a pad under all of it.

    In the breaks there are no drums, and only some of the hi-hats.
    """
    noise = np.random.default_rng(7)
    track = np.zeros(int(seconds * RATE))
    sounds = _drums(noise)
    strokes = []
    for number, beat in enumerate(beats):
        following = beats[number + 1] if number + 1 < len(beats) else beat + 0.5
        is_break = any(start <= beat < end for start, end in breaks)
        if not is_break:
            strokes.append(_add(track, sounds["kick" if number % 2 == 0 else "snare"], beat, 0.8))
        if not is_break or number % 3:
            strokes.append(_add(track, sounds["hat"], (beat + following) / 2, 0.25))
    clock = np.arange(len(track)) / RATE
    for number, pitch in enumerate((220, 277.2, 329.6)):
        sway = 0.8 * np.sin(2 * np.pi * 0.13 * (number + 1) * clock)
        track += 0.05 * np.sin(2 * np.pi * pitch * clock + sway)
    samples = track.astype(np.float32)[:, None]
    heard = np.array(sorted(s for s in strokes if s < seconds - 0.1))
    return MadeSong(Recording(samples, RATE), beats, heard)


STYLES = ("off-beat", "rock", "house", "sixteenths", "no hi-hats")
"""What strikes beside the bass drum and the snare, and when."""


def styled_song(bpm: float, style: str, seconds: int) -> MadeSong:
    """A song whose hi-hats may be as many as its beats and more; its first beat is at 0.2 s."""
    truth = steady(bpm, 0.2, seconds)
    sounds, period = _drums(np.random.default_rng(3)), 60 / bpm
    track = np.zeros(seconds * RATE)
    hats = {"off-beat": (2,), "rock": (0, 2), "house": (2,), "sixteenths": (0, 1, 2, 3)}
    for number, beat in enumerate(truth):
        is_low = style == "house" or number % 2 == 0
        _add(track, sounds["kick" if is_low else "snare"], beat, 0.8)
        if style == "house" and number % 2:
            _add(track, sounds["snare"], beat, 0.5)
        for quarter in hats.get(style, ()):
            _add(track, sounds["hat"], beat + quarter * period / 4, 0.25)
    # A chord for each bar.
    bar = np.floor((np.arange(len(track)) / RATE - 0.2) / (4 * period)).astype(int)
    for share in (1, 1.25, 1.5):
        pitch = np.array([220, 261.6, 196, 174.6])[bar % 4] * share
        track += 0.05 * np.sin(2 * np.pi * np.cumsum(pitch) / RATE)
    return MadeSong(Recording(track.astype(np.float32)[:, None], RATE), truth, truth)


def _drums(noise: np.random.Generator) -> dict[str, np.ndarray]:
    t = np.arange(int(0.3 * RATE)) / RATE
    short, tiny = t[: int(0.2 * RATE)], t[: int(0.06 * RATE)]
    hiss = noise.normal(0, 0.5, len(short))
    return {
        "kick": np.sin(2 * np.pi * np.cumsum(50 + 120 * np.exp(-t / 0.025)) / RATE)
        * np.exp(-t / 0.1),
        "snare": hiss * np.exp(-short / 0.06)
        + 0.5 * np.sin(2 * np.pi * 190 * short) * np.exp(-short / 0.05),
        "hat": np.diff(noise.normal(0, 0.5, len(tiny) + 1)) * np.exp(-tiny / 0.015),
    }


def _add(track: np.ndarray, sound: np.ndarray, moment: float, gain: float) -> float:
    start = round(moment * RATE)
    part = sound[: max(0, len(track) - start)]
    track[start : start + len(part)] += gain * part
    return moment


def converted(song: Path, ending: str) -> Path:
    """Return the song as another kind of file beside it."""
    target = song.with_suffix(ending)
    subprocess.run([find_ffmpeg(), "-v", "error", "-i", str(song), str(target)], check=True)
    return target
