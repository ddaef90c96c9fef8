"""What a graphics card's memory allows: how much is drawn at once, and what rests beside it.

The tiers were run on a simulated card, and on no real one; the sizes are computed from the
models' weights.
"""

from __future__ import annotations

from dataclasses import dataclass

from sheetrender.model.keyframes import Memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """One way of getting by.

    Attributes:
        gigabytes: size of the card that it is made for.
        width: how many pictures are drawn at once.
        text_stays: text encoders stay on the card between new prompts.
        one_decoded: pictures are encoded and decoded one at a time.
        tiled: and each of them in tiles.
        one_part: only one part of the model is on the card at a time; no CUDA graphs then.
        in_pieces: and of the UNet only the piece that works just now.
    """

    gigabytes: int
    width: int
    text_stays: bool = False
    one_decoded: bool = False
    tiled: bool = False
    one_part: bool = False
    in_pieces: bool = False


TIERS = (
    Tier(gigabytes=24, width=8, text_stays=True),
    Tier(gigabytes=12, width=4),
    Tier(gigabytes=8, width=2, one_decoded=True),
    Tier(gigabytes=6, width=1, one_decoded=True, tiled=True, one_part=True),
    Tier(gigabytes=4, width=1, one_decoded=True, tiled=True, one_part=True, in_pieces=True),
)

HOST = Tier(gigabytes=0, width=1, text_stays=True, one_decoded=True)
"""Without a card: wider batches are no quicker on two cores, unless the settings ask for them."""

_KEPT_FREE = 0.2
"""Share of a card that the desktop and other programs are allowed to hold."""


def tier_for(memory: Memory, free_bytes: int) -> Tier:
    """Return the tier that the settings name, or else the highest that fits into what is free."""
    if memory != "auto":
        return next(tier for tier in TIERS if str(tier.gigabytes) == memory)
    for tier in TIERS:
        if free_bytes >= tier.gigabytes * (1 - _KEPT_FREE) * 2**30:
            return tier
    return TIERS[-1]


def lower(tier: Tier) -> Tier | None:
    """Return the next tier down; None below the last."""
    smaller = [other for other in TIERS if other.gigabytes < tier.gigabytes]
    return smaller[0] if smaller else None
