"""A plan in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sheetrender.workflow.plan import Planned

_CURRENCY = r"([^\d\s.,/]{0,4})"
_PRICE = re.compile(rf"{_CURRENCY}\s*(\d+(?:[.,]\d+)?)\s*{_CURRENCY}\s*(?:/\s*h(?:our)?)?")


@dataclass(frozen=True, slots=True)
class Price:
    """What a machine costs for an hour, and the currency as written, before or after."""

    hourly: float
    before: str = ""
    after: str = ""

    def of(self, seconds: float) -> str:
        """Return what so long a time costs, as people write it."""
        behind = f" {self.after}" if self.after else ""
        return f"{self.before}{max(0.01, self.hourly * seconds / 3600):.2f}{behind}"


class PriceType(click.ParamType[Price]):
    """A price such as ``1.20/h``, ``$1.20`` or ``1,20 €/h``."""

    name = "price"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Price:
        """Read what was typed."""
        if isinstance(value, Price):
            return value
        match = _PRICE.fullmatch(str(value).strip())
        if match is None:
            self.fail(f"{value!r} is not a price; write 1.20/h or $1.20/h.", param, ctx)
        return Price(float(match[2].replace(",", ".")), match[1], match[3])


def plan_text(planned: Planned, price: Price | None = None) -> str:
    """Return the plan as lines for a terminal."""
    plan = planned.plan
    longest = planned.longest
    lines = [
        f"Frames     {plan.frames} at {plan.rate.label} fps, {plan.size}",
        f"Length     {duration(planned.seconds)}",
        f"Rows       {len(plan.rows)}",
        f"Segments   {len(plan.segments)} between cuts; the longest is frames "
        f"{longest.first}–{longest.last} ({len(longest)})",
        *_drawn(planned),
        *_sound(planned),
        f"Done       {planned.done} of {plan.frames} in {planned.folder}",
    ]
    seconds = planned.seconds_left
    if planned.left and planned.speed is not None and seconds is not None:
        measured = planned.speed.is_measured_now
        basis = "measured on a few frames" if measured else "as fast as the last run"
        each = seconds / len(planned.left)
        shown = f"{each:.1f} s a frame" if each >= 1 else f"{1 / each:.1f} frames/s"
        lines.append(f"Time left  about {duration(seconds)} ({shown}, {basis})")
        if price is not None:
            lines.append(f"Cost       about {price.of(seconds)} at {price.of(3600)} an hour")
    return "\n".join(lines)


def _drawn(planned: Planned) -> list[str]:
    """Return what a cadence leaves to be drawn, where it leaves any out."""
    frames, drawn = planned.plan.frames, planned.drawn
    if drawn == frames:
        return []
    return [
        f"Drawn      {drawn} of {frames} by the model; cadence makes the {frames - drawn} between"
    ]


def _sound(planned: Planned) -> list[str]:
    lines = []
    if planned.beats is not None:
        bpm = f"{planned.beats.bpm:.2f}".rstrip("0").rstrip(".")
        drift = ", drifting" if planned.beats.moments else ""
        first = planned.beats.first_beat
        lines.append(f"Tempo      {bpm} beats a minute{drift}, beat 0 at {first:.2f} s")
    names = [f"{name} ({curve.source})" for name, curve in planned.plan.curves.items()]
    if names:
        lines.append(f"Curves     {', '.join(names)}")
    return lines


def duration(seconds: float) -> str:
    """Return a length of time as people say it: ``2 min 25.0 s``."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(seconds, 60)
    if minutes < 60:
        return f"{int(minutes)} min {rest:.0f} s"
    return f"{int(minutes // 60)} h {int(minutes % 60)} min"
