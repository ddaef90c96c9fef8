"""THE table of headings: what every column of the Keyframes tab is called, holds and means.

A new channel is one line in `CHANNELS` (and an attribute of `FrameSpec`): validation, schedules,
templates, documentation and export read it from here.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypedDict

Kind = Literal["frame", "text", "seed", "flag", "channel", "ours"]


class Limits(TypedDict):
    """The smallest and the largest number that a channel takes."""

    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One heading and what stands under it.

    Attributes:
        heading: as we write it.
        kind: which reader its cells go to.
        help: one line for a person.
        unit: of its numbers; empty for none.
        low: smallest number allowed, None for no limit.
        high: largest number allowed, None for no limit.
        above_low: `low` itself is not allowed either.
        default: value of a channel that no cell names.
        whole: numbers are used without their fraction.
        deforum: the key in Deforum's settings file, where it differs from nothing.
    """

    heading: str
    kind: Kind
    help: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    above_low: bool = False
    default: float = 0.0
    whole: bool = False
    deforum: str = ""

    def allows(self, number: float) -> bool:
        """Say whether a number lies within the column's limits."""
        if self.low is not None and (number < self.low or (self.above_low and number == self.low)):
            return False
        return self.high is None or number <= self.high

    @property
    def limits(self) -> str:
        """The limits in words, such as ``from 0 to 1``; empty where there are none."""
        low, high = _shown(self.low), _shown(self.high)
        if self.low is None:
            return "" if self.high is None else f"up to {high}"
        if self.high is None:
            return f"above {low}" if self.above_low else f"{low} or more"
        return f"above {low}, up to {high}" if self.above_low else f"from {low} to {high}"


def _shown(number: float | None) -> str:
    """Return a limit as people write it: 4294967295, not 4.29e+09."""
    return "" if number is None else f"{number:.15g}"


def _channel(
    heading: str,
    default: float,
    help_text: str,
    *,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    above_low: bool = False,
    whole: bool = False,
    deforum: str | None = None,
) -> Column:
    return Column(
        heading=heading, kind="channel", help=help_text, unit=unit, low=low, high=high,
        above_low=above_low, default=default, whole=whole,
        deforum=heading if deforum is None else deforum,
    )  # fmt: skip


TEXTS = (
    Column(
        heading="frame",
        kind="frame",
        help="Where the row begins: 122, 00:00:04:02, 4.07s, 1:23.5, @marker, b16 or bar 4.",
    ),
    Column(heading="subject", kind="text", help="What is to be seen."),
    Column(heading="style", kind="text", help="How it looks; follows the subject in the prompt."),
    Column(heading="prompt", kind="text", help="The whole prompt; beats subject and style."),
    Column(heading="negative", kind="text", help="What is not to be seen."),
    Column(
        heading="seed",
        kind="seed",
        help="Whole number that picks one picture of many; -1 draws one and keeps it, "
        "1000.25 is a quarter of the way to 1001, and a formula travels.",
        low=-1,
        high=2**32 - 1,
        whole=True,
    ),
    Column(heading="model", kind="text", help="Diffusion: the model from this row on."),
    Column(heading="sampler", kind="text", help="Diffusion: the sampler from this row on."),
    Column(
        heading="lora",
        kind="text",
        help="Diffusion: LoRAs from this row on, commas between them; none for none.",
    ),
    Column(
        heading="init_image",
        kind="text",
        help="A picture beside the sheet that the first row, or a cut, begins from.",
    ),
    Column(heading="cut", kind="flag", help="yes for a hard cut: nothing before it is kept."),
    Column(
        heading="approved",
        kind="flag",
        help="yes, or a tick: the row keeps its picture of the mood board, and that one's seed.",
    ),
)

# Far beyond what anybody means, and near enough that all arithmetic stays finite.
_TURN: Limits = {"low": -36_000, "high": 36_000}
_WAY: Limits = {"low": -100_000, "high": 100_000}
_PLACE: Limits = {"low": -1_000, "high": 1_000}

# Defaults that belong to 2D motion: a channel that no cell names leaves the picture in place.
CHANNELS = (
    _channel(
        "zoom",
        1.0,
        "Scale per frame; 1.02 pushes in, 0.98 pulls out.",
        unit="× per frame",
        low=0,
        high=100,
        above_low=True,
    ),
    _channel("angle", 0.0, "Rotation per frame, counter-clockwise.", unit="° per frame", **_TURN),
    _channel("translation_x", 0.0, "Shift per frame to the right.", unit="px per frame", **_WAY),
    _channel("translation_y", 0.0, "Shift per frame downwards.", unit="px per frame", **_WAY),
    _channel(
        "translation_z", 0.0, "Camera move per frame into the picture.", unit="per frame", **_WAY
    ),
    _channel("rotation_3d_x", 0.0, "Camera tilt per frame.", unit="° per frame", **_TURN),
    _channel("rotation_3d_y", 0.0, "Camera pan per frame.", unit="° per frame", **_TURN),
    _channel("rotation_3d_z", 0.0, "Camera roll per frame.", unit="° per frame", **_TURN),
    _channel("transform_center_x", 0.5, "Centre of zoom and angle.", unit="of the width", **_PLACE),
    _channel(
        "transform_center_y", 0.5, "Centre of zoom and angle.", unit="of the height", **_PLACE
    ),
    _channel(
        "perspective_flip_theta", 0.0, "Perspective turn in the plane.", unit="° per frame", **_TURN
    ),
    _channel(
        "perspective_flip_phi", 0.0, "Perspective tilt up and down.", unit="° per frame", **_TURN
    ),
    _channel(
        "perspective_flip_gamma",
        0.0,
        "Perspective turn left and right.",
        unit="° per frame",
        **_TURN,
    ),
    _channel(
        "perspective_flip_fv",
        53.0,
        "Field of view of the perspective flip.",
        unit="°",
        low=1,
        high=179,
    ),
    _channel(
        "fov",
        70.0,
        "Field of view of 3D motion.",
        unit="°",
        low=-180,
        high=180,
        deforum="fov_schedule",
    ),
    _channel(
        "strength",
        0.65,
        "How much of the last picture is kept: 0 none, 1 all.",
        unit="share",
        low=0,
        high=1,
        deforum="strength_schedule",
    ),
    _channel(
        "noise",
        0.02,
        "Noise mixed into the last picture, so that new detail grows.",
        unit="share",
        low=0,
        high=1,
        deforum="noise_schedule",
    ),
    _channel(
        "contrast",
        1.0,
        "Contrast of the last picture; 1 leaves it.",
        unit="×",
        low=0,
        high=100,
        deforum="contrast_schedule",
    ),
    _channel(
        "sharpen",
        0.0,
        "How much the last picture is sharpened, against blur that grows; 0 not at all.",
        unit="×",
        low=0,
        high=100,
        deforum="amount_schedule",
    ),
    _channel(
        "sharpen_sigma",
        1.0,
        "Width of the blur that sharpening works against.",
        unit="px",
        low=0,
        high=50,
        above_low=True,
        deforum="sigma_schedule",
    ),
    _channel(
        "scale",
        7.0,
        "Guidance scale: how closely the prompt is followed.",
        low=0,
        high=1000,
        deforum="cfg_scale_schedule",
    ),
    _channel(
        "steps",
        20.0,
        "Denoising steps of a full draw.",
        unit="steps",
        low=1,
        high=1000,
        whole=True,
        deforum="steps_schedule",
    ),
    _channel(
        "cadence",
        1.0,
        "A picture is drawn every so many frames; those between are moved.",
        unit="frames",
        low=1,
        high=50,
        whole=True,
        deforum="diffusion_cadence",
    ),
    _channel(
        "lora_weight",
        1.0,
        "How much of the LoRAs is used: 0 nothing, 1 all of them.",
        unit="×",
        low=-10,
        high=10,
        deforum="",
    ),
    _channel(
        "blend",
        0.0,
        "Frames over which this row's prompt fades in from the last.",
        unit="frames",
        low=0,
        high=100_000,
        whole=True,
        deforum="",
    ),
)

OURS = (
    Column(heading="row_id", kind="ours", help="How the row is found again; leave it alone."),
    Column(
        heading="status",
        kind="ours",
        help="queued, rendering, done, failed, invalid, stale or held; type rerender or hold.",
    ),
    Column(heading="progress", kind="ours", help="Frames done of the row's frames."),
    Column(heading="message", kind="ours", help="One sentence about the status."),
    Column(heading="preview", kind="ours", help="The row's first picture."),
    Column(heading="updated", kind="ours", help="When we last wrote here (UTC)."),
)

COLUMNS = (*TEXTS, *CHANNELS, *OURS)
CHANNEL_NAMES = tuple(column.heading for column in CHANNELS)
OUR_HEADINGS = tuple(column.heading for column in OURS)


def folded(heading: str) -> str:
    """Return a heading without case, blanks, underscores and hyphens: how headings are compared."""
    return "".join(c for c in heading.casefold() if not c.isspace() and c not in "_-")


_BY_FOLDED = {folded(column.heading): column for column in COLUMNS}
_ALSO = {"cfg": "scale", "cfgscale": "scale", "negativeprompt": "negative"}


def column_named(heading: str) -> Column | None:
    """Return the column that a heading means, or None where it is nobody's."""
    key = folded(heading)
    return _BY_FOLDED.get(folded(_ALSO.get(key, key)))


def channel(name: str) -> Column:
    """Return the channel of exactly that name.

    Raises:
        KeyError: no channel is called so.
    """
    column = _BY_FOLDED[folded(name)]
    if column.kind != "channel":
        raise KeyError(name)
    return column


def nearest(written: str, names: Iterable[str]) -> str | None:
    """Return the name that `written` is probably a typing slip of, or None."""
    by_folded = {folded(name): name for name in names}
    close = difflib.get_close_matches(folded(written), by_folded, n=1, cutoff=0.75)
    return by_folded[close[0]] if close else None
