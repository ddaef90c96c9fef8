"""Make the sample song: 20 seconds, 120 beats a minute, so that at 30 fps a beat is 15 frames.

    python sample_sheets/make_song.py [FOLDER]

writes song.flac (stereo) and stems/{drums,bass,vocals,other}.flac (mono, together the song's two
channels mixed) beside this file or into FOLDER, the same bytes each time::

    seconds  0      4        10      11.5   12      18     20
             intro  verse    build   gap    drop    outro
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import soundfile

Sound: TypeAlias = npt.NDArray[np.float64]

RATE = 44100
BEAT, LENGTH = RATE // 2, 20 * RATE
CEILING = 0.89  # 1 dB below full scale


class Bar(NamedTuple):
    """One bar of the score, sixteen steps in each line; ``x`` is struck, ``o`` rings longer."""

    chord: str
    kick: str = ""
    snare: str = ""
    hat: str = ""
    bass: str = ""


SCORE = (
    Bar("Am"),
    Bar("F", hat="..x...x...x...x."),
    Bar("Am", "x.......x.x.....", "....x.......x...", "x.x.x.x.x.x.x.o.", "o.......o...x..."),
    Bar("F", "x.......x.x.....", "....x.......x...", "x.x.x.x.x.x.x.o.", "o.......o...x..."),
    Bar("C", "x.......x.x...x.", "....x.......x.xx", "x.x.x.x.x.xxx.o.", "o.......o...x.x."),
    Bar("G", "x...x...x.......", "x.x.x.x.xxxx....", "x.x.x.x.xxxx....", "xxxxxxxxxxxx...."),
    Bar("Am", "x...x...x...x...", "....x.......x...", "..o...o...o...o.", "..xx..xx..xx..xx"),
    Bar("F", "x...x...x...x...", "....x.......x..x", "..o...o...o...o.", "..xx..xx..xx..xx"),
    Bar("CG", "x...x...x...x.x.", "....x.......x.xx", "..o...o...o...o.", "..xx..xx..xx..xx"),
    Bar("Am", "x...............", bass="o..............."),
)
BUILD, DROP = 5, (6, 7, 8)
BRIGHTNESS = (0.05, 0.2, 0.3, 0.3, 0.3, 0.25, 0.9, 0.9, 0.9, 0.5, 0.05)  # where bars begin
GAP = slice(23 * BEAT, 24 * BEAT)
LOUDNESS = 0.42
CHORDS = {"Am": (57, 60, 64), "F": (53, 57, 60), "C": (55, 60, 64), "G": (55, 59, 62)}
ROOTS = {"Am": 33, "F": 29, "C": 36, "G": 31}
MELODY = (  # beat, length in beats, MIDI note, vowel
    (8, 1, 64, "u"), (9, 0.5, 67, "o"), (9.5, 1.5, 69, "a"), (12, 1, 69, "a"), (13, 0.5, 72, "e"),
    (13.5, 1, 69, "o"), (15, 0.75, 67, "u"), (16, 1, 67, "o"), (17, 1, 64, "u"), (18, 1.5, 67, "a"),
    (20, 1, 71, "o"), (21, 2, 74, "a"), (24, 0.5, 69, "a"), (24.5, 0.5, 72, "e"),
    (25, 1.5, 76, "a"), (27, 0.5, 74, "e"), (27.5, 0.5, 72, "o"), (28, 1, 72, "a"),
    (29, 0.5, 69, "o"), (29.5, 1, 72, "e"), (31, 0.75, 74, "a"), (32, 1, 76, "e"), (33, 1, 79, "a"),
    (34, 1, 74, "o"), (35, 0.75, 71, "u"), (36, 3, 69, "o"),
)  # fmt: skip
FORMANTS = {  # Hz, and how strong
    "a": ((800, 1.0), (1150, 0.8), (2900, 0.4)),
    "e": ((400, 1.0), (1900, 0.6), (2700, 0.5)),
    "o": ((450, 1.0), (800, 0.7), (2830, 0.2)),
    "u": ((330, 1.0), (700, 0.4), (2700, 0.1)),
}


def hertz(note: float) -> float:
    """Return the pitch of a MIDI note."""
    return float(440 * 2 ** ((note - 69) / 12))


def clock(seconds: float) -> Sound:
    """Return the moments of the samples of a sound, in seconds."""
    return np.arange(round(seconds * RATE)) / RATE


def add(track: Sound, sound: Sound, beat: float, gain: float = 1.0) -> None:
    """Add a sound to a track at a beat; what reaches past the end is lost."""
    start = round(beat * BEAT)
    part = sound[: len(track) - start]
    track[start : start + len(part)] += gain * part


def hits(line: str) -> Iterator[tuple[int, float, bool]]:
    """Yield where a line of the score is struck: bar, beat in the song, whether it rings longer."""
    for number, bar in enumerate(SCORE):
        for step, mark in enumerate(getattr(bar, line)):
            if mark != ".":
                yield number, number * 4 + step / 4, mark == "o"


def chord_at(beat: float) -> str:
    """Return the chord at a beat of the song; a bar of ``CG`` changes in its middle."""
    chord = SCORE[int(beat // 4)].chord
    return chord[int(beat % 4 // 2)] if chord == "CG" else chord


def kick() -> Sound:
    """A falling sine with a click."""
    t = clock(0.35)
    pitch = 48 + 130 * np.exp(-t / 0.025)
    body = np.sin(2 * np.pi * np.cumsum(pitch) / RATE) * np.exp(-t / 0.11)
    return np.asarray(np.tanh(1.6 * body) + 0.3 * np.exp(-t / 0.002))


def snare(noise: np.random.Generator) -> Sound:
    """A short tone under a burst of noise."""
    t = clock(0.25)
    hiss = np.convolve(noise.normal(0, 0.7, len(t) + 2), (0.5, 0.2, -0.6), "valid")
    tone = np.sin(2 * np.pi * (185 * t + 2 * (1 - np.exp(-t / 0.01))))
    return np.asarray(0.5 * hiss * np.exp(-t / 0.07) + 0.6 * tone * np.exp(-t / 0.05))


def hat(noise: np.random.Generator, *, rings: bool) -> Sound:
    """Noise without its low half."""
    t = clock(0.2)
    hiss = np.convolve(noise.normal(0, 0.6, len(t) + 2), (0.4, -0.8, 0.4), "valid")
    return np.asarray(hiss * np.exp(-t / (0.06 if rings else 0.018)))


def drums() -> Sound:
    """The drums of the whole song."""
    track, noise = np.zeros(LENGTH), np.random.default_rng(120)
    for number, beat, _ in hits("kick"):
        add(track, kick(), beat, 1.15 if number in DROP else 0.8)
    for number, beat, _ in hits("snare"):
        add(track, snare(noise), beat, 0.35 + 0.12 * (beat % 4) if number == BUILD else 0.8)
    for _, beat, rings in hits("hat"):
        add(track, hat(noise, rings=rings), beat, 0.2 if beat % 1 else 0.26)
    return track


def bass_note(note: int, seconds: float) -> Sound:
    """A plucked saw of few harmonics, which darkens as it fades."""
    t, k = clock(seconds), np.arange(1, 13)[:, None]
    sound = np.sum(np.sin(2 * np.pi * k * hertz(note) * t) / k * np.exp(-t * k * 1.8), axis=0)
    return np.asarray(sound * np.minimum(1, t / 0.004) * np.minimum(1, (seconds - t) / 0.02))


def bass() -> Sound:
    """The bass of the whole song."""
    track = np.zeros(LENGTH)
    for number, beat, rings in hits("bass"):
        octave = 12 if beat % 1 == 0.75 and number in DROP else 0
        sound = bass_note(ROOTS[chord_at(beat)] + octave, 0.9 if rings else 0.13)
        add(track, sound, beat, 0.65 if number in DROP else 0.35)
    return track


def vowel_gain(pitches: Sound, vowel: str) -> Sound:
    """Return how strongly a mouth that forms a vowel lets each pitch (Hz) through."""
    peaks = [gain / (1 + ((pitches - at) / 90) ** 2) for at, gain in FORMANTS[vowel]]
    return np.asarray(np.add.reduce(peaks)) + 0.02


def sung(note: int, seconds: float, vowel: str, before: int) -> Sound:
    """A note of a voice: harmonics through the formants of a vowel, with vibrato, from a note."""
    t = clock(seconds)
    glide = (before - note) * np.exp(-t / 0.03)
    vibrato = 0.25 * np.minimum(1, t / 0.4) * np.sin(2 * np.pi * 5.5 * t)
    pitch = hertz(note) * 2 ** ((glide + vibrato) / 12)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    sound = np.zeros_like(t)
    for k in range(1, int(7000 / hertz(note)) + 1):
        sound += np.sin(k * phase) * vowel_gain(k * pitch, vowel) / k**0.3
    return np.asarray(sound * np.minimum(1, t / 0.03) * np.minimum(1, (seconds - t) / 0.08))


def vocals() -> Sound:
    """The singing voice of the whole song."""
    track = np.zeros(LENGTH)
    for (_, _, before, _), (beat, beats, note, vowel) in pairwise((MELODY[0], *MELODY)):
        sound = sung(note, beats * 0.5, vowel, before)
        add(track, sound, beat, 0.5 if beat // 4 in DROP else 0.32)
    return track


def pad_note(note: int, openness: Sound, detune: float) -> Sound:
    """A soft saw, whose high harmonics come and go with its openness, 0 to 1."""
    t = clock(len(openness) / RATE)
    pitch = hertz(note + detune)
    sound = np.zeros_like(t)
    for k in range(1, int(6000 / pitch) + 1):
        gain = 1 / (1 + (k * pitch / (250 + 4000 * openness)) ** 2)
        sound += gain * np.sin(2 * np.pi * k * (pitch * t + detune)) / k
    return np.asarray(sound * np.minimum(1, t / 0.03) * np.minimum(1, (t[-1] - t) / 0.05))


def arpeggio() -> Sound:
    """The chords as plucked sixteenths two octaves up, in the second bar and in the drop."""
    track, t = np.zeros(LENGTH), clock(0.22)
    for number, gain in ((1, 0.1), *((bar, 0.16) for bar in DROP)):
        for step in range(16):
            beat = number * 4 + step / 4
            pitch = hertz(CHORDS[chord_at(beat)][(0, 1, 2, 1)[step % 4]] + 24)
            tone = np.sin(2 * np.pi * pitch * t) + 0.4 * np.sin(4 * np.pi * pitch * t)
            add(track, tone * np.minimum(t / 0.003, np.exp(-t / 0.07)), beat, gain)
    return track


def pads() -> tuple[Sound, Sound]:
    """The chords and their arpeggio: what both ears hear, and what sets them apart."""
    middle, side = arpeggio(), np.zeros(LENGTH)
    openness = np.interp(np.arange(LENGTH), np.arange(len(BRIGHTNESS)) * 4 * BEAT, BRIGHTNESS)
    for number, bar in enumerate(SCORE):
        beats = 2 if bar.chord == "CG" else 4
        loud = 0.14 if number in DROP else 0.08
        for beat in range(number * 4, number * 4 + 4, beats):
            over = openness[beat * BEAT : (beat + beats) * BEAT]
            for note in CHORDS[chord_at(beat)]:
                low, high = (pad_note(note, over, detune) for detune in (-0.06, 0.06))
                add(middle, low + high, beat, loud)
                add(side, low - high, beat, loud / 2)
    return middle, side


def ducking() -> Sound:
    """The gain that makes room for each kick."""
    since = np.full(LENGTH, np.inf)
    for _, beat, _ in hits("kick"):
        start = round(beat * BEAT)
        since[start:] = np.arange(LENGTH - start) / RATE
    return np.asarray(1 - 0.75 * np.exp(-((since / 0.16) ** 2)))


def room(sound: Sound, seed: int) -> Sound:
    """The same sound as a hall of noise gives it back, without the sound itself."""
    t = clock(1.4)
    echo = np.random.default_rng(seed).normal(0, 1, len(t)) * np.exp(-t / 0.35)
    echo = np.convolve(echo, np.hanning(24) / 12, mode="same") * np.minimum(1, t / 0.02)
    echo /= np.sqrt(np.sum(echo**2))
    size = 1 << 20  # longer than song and echo together
    return np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(echo, size), size)[:LENGTH]


def riser() -> Sound:
    """Noise that swells through the build."""
    noise = np.convolve(np.random.default_rng(7).normal(0, 0.2, LENGTH), np.hanning(9) / 5, "same")
    beat = np.arange(LENGTH) / BEAT
    return np.asarray(noise * np.clip((beat - 20) / 3, 0, 1) ** 3 * (beat < 23))


def shape() -> Sound:
    """The gain of the whole song: silence before the drop, and a fade at the end."""
    gain = np.ones(LENGTH)
    gain[GAP] = 0
    gain[GAP.start - 441 : GAP.start] = np.linspace(1, 0, 441)
    gain[-BEAT:] = np.linspace(1, 0, BEAT) ** 2
    return gain


def limiter(loudest: Sound) -> Sound:
    """The smooth gain that keeps what is `loudest` in the song below the ceiling."""
    block, reach = 63, 12
    wanted = np.minimum(1, CEILING / np.maximum(loudest.reshape(-1, block).max(axis=1), 1e-9))
    around = np.pad(wanted, 2 * reach - 1, mode="edge")
    lowest = np.lib.stride_tricks.sliding_window_view(around, 2 * reach + 1).min(axis=1)
    window = np.hanning(2 * reach + 1)[1:-1]
    smooth = np.convolve(lowest, window / window.sum(), mode="valid")
    middles = (np.arange(len(smooth)) + 0.5) * block
    return np.asarray(np.interp(np.arange(len(loudest)), middles, smooth))


def compose() -> tuple[Sound, dict[str, Sound]]:
    """Return the song, shape (LENGTH, 2), and its stems, mono; nothing is above the ceiling."""
    beat, voice, duck = drums(), vocals(), ducking()
    pad, side = pads()
    stems = {
        "drums": beat + 0.06 * room(beat, 1),
        "bass": bass() * (0.3 + 0.7 * duck),
        "vocals": voice + 0.28 * room(voice, 2),
        "other": (pad + 0.3 * room(pad, 3)) * duck + riser(),
    }
    width = (side + 0.3 * room(pad, 4)) * duck + 0.2 * room(voice, 5)
    middle = np.add.reduce(list(stems.values()))
    song = np.column_stack([middle + width, middle - width])
    gain = LOUDNESS * shape()
    gain *= limiter(np.abs(song).max(axis=1) * gain)
    return song * gain[:, None], {name: stem * gain for name, stem in stems.items()}


def main(folder: Path) -> None:
    """Write the song and its stems into a folder, as FLAC of 16 bits."""
    (folder / "stems").mkdir(parents=True, exist_ok=True)
    song, stems = compose()
    for name, sound in {"song": song, **{f"stems/{name}": stems[name] for name in stems}}.items():
        samples = np.round(sound * 32767).astype(np.int16)
        soundfile.write(folder / f"{name}.flac", samples, RATE, subtype="PCM_16")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
