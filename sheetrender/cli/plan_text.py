"""A plan in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sheetrender.workflow.plan import Planned


def plan_text(planned: Planned) -> str:
    """Return the plan as lines for a terminal."""
    plan = planned.plan
    longest = planned.longest
    lines = [
        f"Frames     {plan.frames} at {plan.rate.label} fps, {plan.size}",
        f"Length     {duration(planned.seconds)}",
        f"Rows       {len(plan.rows)}",
        f"Segments   {len(plan.segments)} between cuts; the longest is frames "
        f"{longest.first}–{longest.last} ({len(longest)})",
        *_sound(planned),
        f"Done       {planned.done} of {plan.frames} in {planned.folder}",
    ]
    if planned.done < plan.frames:
        basis = "as fast as the last run" if planned.is_measured else "a rough guess"
        lines.append(f"Time left  about {duration(planned.seconds_left)} ({basis})")
    return "\n".join(lines)


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
