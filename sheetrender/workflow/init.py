"""`init`: a new workbook from a template, with drop-downs, colours, examples and explanations."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

from sheetrender.model.errors import UsageError
from sheetrender.output.whole_files import replacing
from sheetrender.planning.columns import nearest
from sheetrender.planning.deforum.importing import Imported
from sheetrender.sheets.new_workbook import workbook_bytes
from sheetrender.workflow.from_deforum import read_deforum, workbook_of
from sheetrender.workflow.template import LAYOUT, described

USUAL = "minimal"
"""The template of those who name none: the only one that needs neither a song nor a purpose."""

_RENAMED = {"song": "music-video"}


def init(target: Path, template: str = USUAL) -> Path:
    """Make a new workbook.

    Args:
        target: where it shall be; ends in ``.xlsx``.
        template: one of `template_names`.

    Returns:
        Where it is.

    Raises:
        UsageError: the file exists, its folder does not, or it cannot be called so; or there is
            no such template. Nothing was written.
        RenderFailed: the folder does not take it. Nothing was written.
    """
    _refuse_unusable(target)
    content = workbook_bytes(described(template_text(template)))
    with replacing(target) as temporary:
        temporary.write_bytes(content)
    return target


def init_from_deforum(target: Path, source: Path) -> Imported:
    """Make a new workbook from a settings file of Deforum, or a file of Parseq.

    Args:
        target: where it shall be; ends in ``.xlsx``.
        source: the file; what stands in it says whose it is.

    Returns:
        What was taken from the file, and what was not.

    Raises:
        UsageError: as for `init`; or the file cannot be read, or is no settings file. Nothing was
            written.
        RenderFailed: the folder does not take it. Nothing was written.
    """
    _refuse_unusable(target)
    found = read_deforum(source)
    content = workbook_bytes(workbook_of(found, template_text(USUAL), source.name))
    with replacing(target) as temporary:
        temporary.write_bytes(content)
    return found


def template_names() -> list[str]:
    """Return what `init` can start from, in the order of the alphabet."""
    found = (Path(entry.name) for entry in files("sheetrender.templates").iterdir())
    return sorted(p.stem for p in found if p.suffix == ".toml" and p.name != LAYOUT)


def about_templates() -> dict[str, str]:
    """Return one line about each template, by its name."""
    return {name: str(tomllib.loads(template_text(name))["about"]) for name in template_names()}


def first_step(template: str = USUAL) -> str:
    """Return what a new workbook of that template asks for, and the command that follows.

    Raises:
        UsageError: there is no template of that name.
    """
    written = tomllib.loads(template_text(template))
    step, command = written.get("first_step", "Fill in its rows"), written.get("then", "run")
    return f"{step}, then: sheetrender {command}"


def _refuse_unusable(target: Path) -> None:
    if target.suffix.lower() != ".xlsx":
        raise UsageError(
            f"{target} cannot be made: init makes Excel workbooks. "
            f"Give a name that ends in .xlsx, such as {target.stem or 'video'}.xlsx."
        )
    if target.exists():
        raise UsageError(
            f"{target} exists already and is left as it is. Give another name, or delete it first."
        )
    if not target.parent.is_dir():
        raise UsageError(
            f"{target} cannot be made: there is no folder {target.parent}. "
            "Make the folder first, or give another one."
        )


def template_text(name: str) -> str:
    """Return the text of a template.

    Raises:
        UsageError: there is none of that name.
    """
    names = template_names()
    name = _RENAMED.get(name, name)
    if name not in names:
        close = nearest(name, names)
        hint = f" Did you mean {close}?" if close else ""
        raise UsageError(f"There is no template {name!r}.{hint} Templates:\n{_listed()}")
    return files("sheetrender.templates").joinpath(f"{name}.toml").read_text(encoding="utf-8")


def _listed() -> str:
    about = about_templates()
    width = max(map(len, about))
    return "\n".join(f"  {name:{width}}  {says}." for name, says in about.items())
