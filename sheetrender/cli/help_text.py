"""What `sheetrender --help` lists: commands in the groups and order in which people need them."""

from __future__ import annotations

from collections.abc import Mapping

import click

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "Begin": {
        "init": "Make a new workbook with example rows and drop-downs.",
        "login": "Sign in to Google with your own account.",
        "doctor": "Say what is installed, and whether a sheet can be worked on.",
    },
    "Look before you wait": {
        "check": "Name every cell that needs attention, and what to write instead.",
        "plan": "Say how many frames, how long it takes; draw the curves.",
        "moodboard": "Draw one picture for each row onto a labelled page.",
        "preview": "Draw an animatic straight into a video.",
    },
    "Render": {
        "run": "Render the video with its song; run again to go on.",
        "watch": "Stay, and render whatever people change in the sheet.",
        "finish": "Make the video anew: size, colours, grain, codec, a section.",
        "report": "Show video, curves, rows and settings on one page.",
        "serve": "Show that page live while a run goes on.",
    },
    "From and to other programs": {
        "markers": "Turn the markers of an editor or a lyric file into rows.",
        "export": "Hand the sheet over to Deforum or to an editor.",
        "curve": "Turn what a sound does at each frame into a schedule.",
        "stems": "Write the drums, bass, vocals and the rest of a song.",
        "timecode": "Turn timecode, frame and seconds into each other.",
    },
    "This terminal": {
        "completion": "Let the Tab key complete commands, options and names.",
    },
}
"""By title, the short help of each command. A command that is not there stands at the end."""


def write_commands(group: click.Group, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """Write the commands of a group in their sections."""
    rest = dict.fromkeys(group.list_commands(ctx))
    width = max(map(len, rest), default=0)
    for title, commands in SECTIONS.items():
        there = [(name, text) for name, text in commands.items() if name in rest]
        _write(formatter, title, there, width)
        for name, _ in there:
            del rest[name]
    others = [(name, group.commands[name].get_short_help_str(60)) for name in rest]
    _write(formatter, "More", others, width)


def _write(
    formatter: click.HelpFormatter, title: str, rows: list[tuple[str, str]], width: int
) -> None:
    if rows:
        with formatter.section(title):
            formatter.write_dl([(name.ljust(width), text) for name, text in rows])
