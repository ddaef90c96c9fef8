"""Write what the pages of docs/ list, from the tables of the program itself.

    python docs/make_reference.py [--check]

Each page holds its lists between two remarks, ``<!-- begin NAME -->`` and ``<!-- end NAME -->``;
what stands around them is written by hand. With ``--check`` nothing is written, and the exit status
is 1 where a page is not up to date.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import click
from error_register import GAP, Said, register
from error_sections import SECTIONS, section_of
from notice_register import notices

from sheetrender.cli.help_text import SECTIONS as COMMAND_SECTIONS
from sheetrender.cli.main import main
from sheetrender.planning.audio_tab import HELP as AUDIO_HELP
from sheetrender.planning.columns import CHANNELS, COLUMNS, OURS, TEXTS, Column
from sheetrender.planning.deforum.keys import SETTING_KEYS, channel_keys
from sheetrender.planning.formula_calls import FUNCTION_NAMES, TABLE
from sheetrender.planning.functions.easings import EASINGS
from sheetrender.planning.functions.function import Function
from sheetrender.planning.functions.mathematics import MATHEMATICS
from sheetrender.planning.functions.meanings import MEANINGS
from sheetrender.planning.functions.oscillators import NAMED_ONLY, PERIODIC
from sheetrender.planning.settings_table import SETTINGS
from sheetrender.workflow.init import about_templates

ITSELF = "The sentence says it."
_HAS_REMEDY = re.compile(r"[.;:,] (write|give|say|save|leave|the nearest|only)\b", re.IGNORECASE)
HERE = Path(__file__).resolve().parent
_REGION = re.compile(r"(<!-- begin (\w+) -->\n).*?(<!-- end \2 -->)", re.DOTALL)


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|").strip()


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def texts() -> str:
    """Return the columns that hold no number."""
    return table(["heading", "holds"], [(_code(c.heading), c.help) for c in TEXTS])


def channels() -> str:
    """Return the columns that hold a number or a formula."""
    return table(
        ["heading", "does", "unit", "without it", "range", "Deforum"],
        [
            (_code(c.heading), c.help, c.unit, f"{c.default:g}", _limits(c), _code(c.deforum))
            for c in CHANNELS
        ],
    )


def _limits(column: Column) -> str:
    return column.limits + (", whole" if column.whole else "")


def ours() -> str:
    """Return the columns that the program writes."""
    return table(["heading", "holds"], [(_code(c.heading), c.help) for c in OURS])


def settings() -> str:
    """Return the settings."""
    rows = [(_code(s.name), s.default, f"{s.help} {_words(s.choices)}".strip()) for s in SETTINGS]
    return table(["name", "default", ""], rows)


def _words(choices: Sequence[str]) -> str:
    return f"*{', '.join(choices)}*" if choices else ""


def audio() -> str:
    """Return the columns of the tab Audio."""
    return table(["heading", "holds"], [(_code(name), text) for name, text in AUDIO_HELP.items()])


def templates() -> str:
    """Return the templates that `init` knows."""
    rows = [(_code(name), about) for name, about in about_templates().items()]
    return table(["`--template`", "makes"], rows)


def functions(names: Iterable[str]) -> str:
    """Return functions with what they take and mean."""
    rows = []
    for name in names:
        meaning, example = MEANINGS[name]
        rows.append((_code(_call(name, TABLE[name])), meaning, _code(example)))
    return table(["function", "gives", "for example"], rows)


def _call(name: str, function: Function) -> str:
    given = ["", *function.defaults]
    first = function.fewest
    shown = [
        parameter if place < first else f"{parameter}={given[place - first + 1]:g}"
        for place, parameter in enumerate(function.parameters)
    ]
    return f"{name}({', '.join(shown)}{', …' if function.any_number else ''})"


def waves() -> str:
    """Return the waves that are given a period in frames."""
    periodic: Mapping[str, Function] = {**PERIODIC, **NAMED_ONLY}
    return table(
        ["function", "between"],
        [(_code(_call(name, f)), _reach(name)) for name, f in periodic.items()],
    )


def _reach(name: str) -> str:
    return "`c` and `c + a`" if name in ("saw", "pulse") else "`c - a` and `c + a`"


def commands() -> str:
    """Return all commands with their options."""
    order = [name for names in COMMAND_SECTIONS.values() for name in names]
    names = sorted(main.commands, key=lambda name: order.index(name) if name in order else 99)
    return "\n\n".join(_command(name, main.commands[name]) for name in names)


def _command(name: str, command: click.Command) -> str:
    ctx = click.Context(command, info_name=f"sheetrender {name}")
    help_text = re.sub(r"(?m)^\s*Example: (.*)$", r"\nExample: `\1`", command.help or "")
    rows = [
        record
        for parameter in command.params
        if isinstance(parameter, click.Option)
        and (record := parameter.get_help_record(ctx))
        and "--verbose" not in record[0]
    ]
    options = table(["option", ""], [(_code(words), text) for words, text in rows])
    arguments = [p.make_metavar(ctx) for p in command.params if isinstance(p, click.Argument)]
    usage = _code(" ".join(["sheetrender", name, *arguments]))
    return f"## {name}\n\n{usage}\n\n{_dedented(help_text)}" + (f"\n\n{options}" if rows else "")


def _dedented(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().splitlines())


def deforum() -> str:
    """Return Deforum's keys beside our names."""
    keys = {**channel_keys(), **{entry.key: entry.name for entry in SETTING_KEYS}}
    keys |= {"prompts": "rows", "seed": "seed", "seed_behavior": "seed_behavior"}
    keys |= {"seed_schedule": "seed"}
    help_of = {s.name: s.help for s in SETTINGS} | {c.heading: c.help for c in COLUMNS}
    help_of["rows"] = "Each prompt is a row: `frame`, `prompt`, and `negative` from behind --neg."
    return table(
        ["Deforum", "here", ""],
        [(_code(key), _code(name), help_of[name]) for key, name in sorted(keys.items())],
    )


def errors() -> str:
    """Return every error, by what people were doing."""
    found = register()
    return "\n\n".join(filter(None, (_errors_of(section.title, found) for section in SECTIONS)))


def _errors_of(title: str, found: Sequence[Said]) -> str:
    section = next(section for section in SECTIONS if section.title == title)
    rows: dict[tuple[str, str, str], None] = {}
    for said in found:
        if section_of(said.module) is section:
            says = f"{GAP} {said.says}" if said.goes_on else said.says
            says = says.replace(f"{GAP} {GAP} ", f"{GAP} ")
            usual = ITSELF if _HAS_REMEDY.search(said.says) else section.remedy
            remedy = said.remedy if said.remedy.strip("… .()") else usual
            rows[(_shown(says), _shown(remedy), str(said.status))] = None
    listed = table(["it says", "what to do", "exit status"], sorted(rows, key=_by_words))
    return f"## {section.title}\n\n{section.means}\n\n{listed}" if rows else ""


def findings() -> str:
    """Return what `doctor` finds that is not as it could be."""
    rows = {
        (_shown(one.topic), _shown(one.says), _shown(one.remedy)) for one in notices() if one.topic
    }
    return table(["about", "it says", "what to do"], sorted(rows))


def remarks() -> str:
    """Return what is said beside errors, by what people were doing."""
    found = [one for one in notices() if not one.topic]
    parts = []
    for section in SECTIONS:
        rows = {
            (_shown(one.says), _shown(one.remedy))
            for one in found
            if section_of(one.module) is section
        }
        if rows:
            listed = table(["it says", "what to do"], sorted(rows, key=_by_words))
            parts.append(f"### {section.title}\n\n{listed}")
    return "\n\n".join(parts)


def _by_words(row: Sequence[str]) -> list[str]:
    return list(re.findall(r"\w+", row[0].casefold()))


def _shown(text: str) -> str:
    """Return a message so that Markdown shows it as it is."""
    text = re.sub(r"([\[\]*_<>])", r"\\\1", text)
    return re.sub(r"`([^`]*)`", lambda code: f"`{code[1].replace(chr(92), '')}`", text)


REGIONS: Mapping[str, Callable[[], str]] = {
    "texts": texts,
    "channels": channels,
    "ours": ours,
    "settings": settings,
    "audio": audio,
    "shapes": lambda: functions(n for n in FUNCTION_NAMES if n not in {*EASINGS, *MATHEMATICS}),
    "mathematics": lambda: functions(MATHEMATICS),
    "easings": lambda: functions(EASINGS),
    "waves": waves,
    "templates": templates,
    "commands": commands,
    "deforum": deforum,
    "errors": errors,
    "findings": findings,
    "remarks": remarks,
}
"""By name, what makes a list."""


def made_anew(page: str) -> str:
    """Return a page with its lists as the program has them now."""
    return _REGION.sub(lambda m: f"{m[1]}\n{REGIONS[m[2]]()}\n\n{m[3]}", page)


def outdated() -> Iterator[tuple[Path, str]]:
    """Yield the pages that are not up to date, and what they should be."""
    for path in sorted(HERE.glob("*.md")):
        text = path.read_text("utf-8")
        new = made_anew(text)
        if new != text:
            yield path, new


if __name__ == "__main__":
    stale = list(outdated())
    for page_path, new_text in stale:
        if "--check" not in sys.argv:
            page_path.write_text(new_text, "utf-8")
    sys.exit(1 if stale and "--check" in sys.argv else 0)
