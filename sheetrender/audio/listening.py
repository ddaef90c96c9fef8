"""What a person wants to hear, found in a song or a stem: decoded, aligned and kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from sheetrender.audio.alignment import Alignment, align
from sheetrender.audio.analysis import Analysis, analyse
from sheetrender.audio.cache import digest_of, keep, kept, key_of
from sheetrender.audio.demucs_stems import MODEL, separate, why_not
from sheetrender.audio.features import (
    HIT_SECONDS,
    LEVELS,
    OF_TEMPO,
    heard_feature,
    level_feature,
    tempo_feature,
)
from sheetrender.audio.levels import Curve, levels
from sheetrender.audio.playing import Playable, later, played
from sheetrender.audio.recording import Recording, held, mixed
from sheetrender.audio.separation import rough_stem
from sheetrender.audio.shaping import shaped
from sheetrender.audio.song import open_song
from sheetrender.audio.tempo import find_beats
from sheetrender.audio.windows import Edges, frame_edges
from sheetrender.model.beats import Beats
from sheetrender.model.curves import FeatureName, Shape, StemName
from sheetrender.model.timing import FrameRate

_TOLD_SECONDS = 0.02
"""A stem that lies elsewhere by less than this is moved without a word."""
_LENGTH_SECONDS = 0.5
_LONGEST_SECONDS = 15 * 60
"""Of a longer song the beginning says the tempo, and where a stem lies in it."""
_HELD_SECONDS = 10 * 60
"""A longer song is played anew for every row of the Audio tab that needs it."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that a person should know about a file with sound.

    Attributes:
        heading: of the cell that it is about.
        wrong: a verb phrase that follows what stands there.
        remedy: one sentence.
    """

    heading: str
    wrong: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Source:
    """Something to listen to, on the song's own time.

    Attributes:
        identity: the same for the same sound, whatever file it lies in.
        label: what outputs call it.
        sample_rate: samples per second.
        seconds: from the song's beginning to the end of the sound.
        play: plays it, for so many seconds of the song.
        remarks: what is to be known about it.
    """

    identity: str
    label: str
    sample_rate: int
    seconds: Fraction
    play: Callable[[Fraction], Playable]
    remarks: tuple[Remark, ...] = ()

    def from_second(self, begin: Fraction) -> Source:
        """Return the same sound for a video that begins so many seconds into the song."""
        if not begin:
            return self
        samples = round(begin * self.sample_rate)

        def play(seconds: Fraction) -> Playable:
            return later(self.play(max(Fraction(0), seconds + begin)), -samples)

        left = max(Fraction(0), self.seconds - begin)
        identity = f"{self.identity} from {begin}"
        return replace(self, identity=identity, seconds=left, play=play)


def open_source(file: Path, stem: StemName | None, song: Path | None) -> Source:
    """Return what is to be listened to.

    Args:
        file: the song, a stem of it, or any other sound.
        stem: the part of `file` that counts; None for all of it.
        song: that a file of its own is aligned with; None where there is none.

    Raises:
        PartMissing: only ffmpeg could read it, and there is none.
        SongUnreadable: it is not there, is empty or holds no sound.
        RenderFailed: demucs broke off.
    """
    if stem is not None:
        return _separated(file, stem)
    found = open_song(file)
    remedy = "Save or download it again; what is missing counts as silence."
    remarks = tuple(Remark("file", complaint, remedy) for complaint in found.complaints)
    digest = digest_of(file)
    if song is None or digest_of(song) == digest:
        return Source(
            digest,
            file.name,
            found.sample_rate,
            found.seconds,
            lambda seconds: played(file, found.sample_rate, seconds),
            remarks,
        )
    where = _aligned(file, song)
    begins = round(where.seconds * found.sample_rate)
    ends = float(found.seconds) + where.seconds - float(open_song(song).seconds)
    return Source(
        f"{digest} {begins}",
        file.name,
        found.sample_rate,
        found.seconds + Fraction(begins, found.sample_rate),
        lambda seconds: played(file, found.sample_rate, seconds, begins),
        (*remarks, *_said_of_place(where, ends)),
    )


def _said_of_place(where: Alignment, ends: float) -> tuple[Remark, ...]:
    said = []
    if not where.is_clear:
        wrong = "has nothing in common with the song, so it is taken from its own beginning"
        said.append(Remark("file", wrong, "Check that it belongs to this song."))
    elif abs(where.seconds) >= _TOLD_SECONDS:
        side = "after" if where.seconds > 0 else "before"
        wrong = f"begins {abs(where.seconds):.2f} s {side} the song, and was moved into its place"
        said.append(Remark("file", wrong, "Nothing has to be done."))
    if ends < -_LENGTH_SECONDS:
        wrong = f"ends {-ends:.2f} s before the song; from there on its curve is silent"
        said.append(Remark("file", wrong, "Export the stem at full length if that is not meant."))
    elif ends > _LENGTH_SECONDS:
        wrong = f"goes on {ends:.2f} s after the song, where it is not heard"
        said.append(Remark("file", wrong, "Nothing has to be done, if it is the right file."))
    return tuple(said)


def _aligned(file: Path, song: Path) -> Alignment:
    key = key_of("alignment", digest_of(file), digest_of(song))
    known = kept(key)
    if known is not None and {"seconds", "is_clear"}.issubset(known):
        return Alignment(float(known["seconds"]), is_clear=bool(known["is_clear"]))
    found = align(_beginning(file), _beginning(song))
    keep(key, {"seconds": np.array(found.seconds), "is_clear": np.array(found.is_clear)})
    return found


def _beginning(file: Path) -> Recording:
    rate = open_song(file).sample_rate
    return mixed(played(file, rate, Fraction(_LONGEST_SECONDS)))


def _separated(song: Path, stem: StemName) -> Source:
    found = open_song(song)
    reason = why_not()
    if not reason:
        first = separate(song)[stem]
        return Source(
            f"{digest_of(song)} {MODEL} {stem}",
            f"{stem} of {song.name}",
            first.sample_rate,
            found.seconds,
            lambda _: first,
        )
    wrong, _, cure = reason.partition(". ")
    remark = Remark(
        "stem",
        f"is a rough stand-in, named ~{stem}: {wrong}",
        f"{cure}, or give the stem's own file under file.",
    )
    return Source(
        f"{digest_of(song)} ~{stem}",
        f"~{stem} of {song.name}",
        found.sample_rate,
        found.seconds,
        lambda seconds: rough_stem(played(song, found.sample_rate, seconds), stem),
        (remark,),
    )


class Listener:
    """Hears sources at every frame of a video; what was heard once is kept."""

    def __init__(self, rate: FrameRate, frames: int) -> None:
        """Prepare to listen for a video of so many frames."""
        self._rate = rate
        self._frames = frames
        self._seconds = rate.seconds_at(frames)
        self._held: tuple[str, Recording] | None = None

    def hear(
        self, source: Source, feature: FeatureName, shape: Shape, beats: Beats | None
    ) -> Curve:
        """Return a shaped feature, shape (frames,), 0.0 to 1.0.

        Raises:
            ValueError: the feature counts beats, and `beats` is None.
            SongUnreadable: the source cannot be read any more.
        """
        if feature in OF_TEMPO:
            if beats is None:
                raise ValueError(feature)
            return shaped(
                tempo_feature(feature, beats, self._rate, self._frames), self._rate, shape
            )
        edges = frame_edges(source.sample_rate, self._rate, self._frames)
        if feature in LEVELS:
            return shaped(level_feature(feature, self._levels(source, edges)), self._rate, shape)
        fade = shape.release / 1000 or HIT_SECONDS
        curve = heard_feature(feature, self._analysis(source), edges, self._rate, fade)
        if feature == "hits":
            # Its release is how it fades.
            shape = Shape(
                gate=shape.gate, smooth=shape.smooth, look_ahead=shape.look_ahead,
                attack=shape.attack,
            )  # fmt: skip
        return shaped(curve, self._rate, shape)

    def _levels(self, source: Source, edges: Edges) -> Mapping[str, Curve]:
        key = key_of("levels", source.identity, self._rate, self._frames)
        return _remembered(key, LEVELS, lambda: levels(self._sound(source), edges))

    def _analysis(self, source: Source) -> Analysis:
        return analysed(source, self._seconds, lambda: self._sound(source))

    def _sound(self, source: Source) -> Playable:
        """Return a source's sound; a song of usual length is decoded only once."""
        if self._held is None or self._held[0] != source.identity:
            sound = source.play(self._seconds)
            if self._seconds > _HELD_SECONDS:
                return sound
            self._held = (source.identity, held(sound))
        return self._held[1]


def analysed(
    source: Source, seconds: Fraction, play: Callable[[], Playable] | None = None
) -> Analysis:
    """Return what is heard in the beginning of a source."""
    key = key_of("analysis", source.identity, min(seconds, source.seconds))
    names = tuple(Analysis.__dataclass_fields__)
    found = _remembered(
        key, names, lambda: analyse(play() if play else source.play(seconds)).arrays()
    )
    return Analysis.of(found)


def song_beats(song: Path) -> Beats | None:
    """Return where the beats of a song fall, or None where nothing pulses.

    Raises:
        PartMissing: only ffmpeg could read it, and there is none.
        SongUnreadable: it is not there, is empty or holds no sound.
    """
    key = key_of("beats", digest_of(song))
    known = _remembered(key, ("numbers", "moments"), lambda: _found_beats(song))
    bpm, first_beat, first_known, certainty = known["numbers"].tolist()
    if not bpm:
        return None
    return Beats(
        bpm=bpm,
        first_beat=first_beat,
        moments=tuple(known["moments"].tolist()),
        first_known=int(first_known),
        certainty=certainty,
    )


def _found_beats(song: Path) -> dict[str, Any]:
    seconds = min(open_song(song).seconds, Fraction(_LONGEST_SECONDS))
    heard = analysed(open_source(song, None, None), seconds)
    onset, low, change = (
        series.astype(np.float64) for series in (heard.onset, heard.low_onset, heard.change)
    )
    beats = find_beats(onset, low, change, heard.step_seconds)
    if beats is None:
        return {"numbers": np.zeros(4), "moments": np.zeros(0)}
    numbers = (beats.bpm, beats.first_beat, beats.first_known, beats.certainty)
    return {"numbers": np.array(numbers, np.float64), "moments": np.array(beats.moments)}


def _remembered(
    key: str, names: tuple[str, ...], compute: Callable[[], Mapping[str, Any]]
) -> Mapping[str, Any]:
    known = kept(key)
    if known is not None and set(names).issubset(known):
        return known
    found = compute()
    keep(key, found)
    return found
