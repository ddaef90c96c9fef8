"""Every sentence that an error of sheetrender can say, collected from the places that say it.

A sentence is found where an error is made with its text: ``UsageError(f"No engine is called …")``,
or where a problem of a cell is: ``FormulaError("is not a number", "Write a number.")``. What is
known only when it happens stands as ``…``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "sheetrender"
GAP = "…"
_SENTENCE = re.compile(r"(?<=[\w…`'\")\]!?][.?!]) (?=[A-Z`\"'…-])|(?<=…) (?=[A-Z][a-z])")

_STATUS: Mapping[str, int] = {
    "RenderFailed": 1, "DiskFull": 1, "FramesMissing": 1, "EncodingFailed": 1,
    "UsageError": 2, "SheetInvalid": 2, "FolderRefused": 2, "SheetTaken": 2, "SongUnreadable": 2,
    "SheetUnavailable": 3, "SheetLocked": 3, "SheetChanged": 3, "PartMissing": 4,
    "CueError": 2, "NoSettingsFile": 2, "UnusualFileError": 3, "TimecodeError": 2,
    "FormulaError": 2, "MathsError": 2, "Problem": 2, "_RootedError": 2, "BadParameter": 2,
}  # fmt: skip
"""By what is made, the exit status that it leads to."""

_IN_FILES = frozenset({"CueError", "NoSettingsFile", "UnusualFileError", "TimecodeError"})
"""Their texts come behind the name of a file, or what stands in it."""
_TWO_PARTS = frozenset({"FormulaError", "MathsError", "_RootedError"})


@dataclass(frozen=True, slots=True, order=True)
class Said:
    """One error as a person meets it.

    Attributes:
        module: that says it, such as ``sheets/xlsx_read``.
        says: what happened; ``…`` for what is known only then.
        remedy: what to do; empty where that is known only then, too.
        status: the exit status.
        goes_on: it continues what stands before it, such as a cell: ``'abc' is not a number``.
    """

    module: str
    says: str
    remedy: str
    status: int
    goes_on: bool = False


def register() -> list[Said]:
    """Return all errors, by module and in their order in it, each once."""
    found: dict[Said, None] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        module = path.relative_to(PACKAGE).with_suffix("").as_posix()
        found |= dict.fromkeys(_of_module(module, ast.parse(path.read_text("utf-8"))))
    return list(found)


def _of_module(module: str, tree: ast.Module) -> Iterator[Said]:
    texts = named_texts(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _of_call(module, node, texts)


def named_texts(tree: ast.Module) -> dict[str, ast.expr]:
    """Return texts that a name stands for; a name that stands for several is left out."""
    named: dict[str, ast.expr] = {}
    often: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            often |= {name} & named.keys()
            named[name] = node.value
    return {name: value for name, value in named.items() if name not in often}


def _of_call(module: str, call: ast.Call, texts: Mapping[str, ast.expr]) -> Iterator[Said]:
    kind = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if kind not in _STATUS:
        return
    named = {word.arg: word.value for word in call.keywords}
    if kind == "Problem":
        parts = [named.get("wrong"), named.get("remedy")]
    elif kind in _TWO_PARTS:
        parts = [*call.args[:2], None, None][:2]
    else:
        parts = [call.args[0] if call.args else None, None]
    says, remedy = (text_of(part, texts) if part is not None else "" for part in parts)
    if kind in _TWO_PARTS or kind == "Problem":
        if says.strip(GAP + " "):
            yield Said(module, says, remedy, _STATUS[kind], goes_on=True)
    elif len(re.findall(r"[a-z]{2,}", says)) > 1:
        first, rest = split_sentence(says)
        yield Said(module, first, rest, _STATUS[kind], kind in _IN_FILES)


def split_sentence(says: str) -> tuple[str, str]:
    """Return the first sentence of a message, and the rest of it; empty where there is none."""
    first, *rest = _SENTENCE.split(says, maxsplit=1)
    if len(re.findall(r"[a-z]{2,}", first)) < 2:
        return says, ""
    return first, rest[0] if rest else ""


def text_of(node: ast.expr, texts: Mapping[str, ast.expr], depth: int = 0) -> str:
    """Return what an expression says; a gap for what is known only when it happens."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _one_line(node.value)
    if isinstance(node, ast.JoinedStr):
        pieces = [
            part.value if isinstance(part, ast.Constant) else _of_hole(part, texts, depth)
            for part in node.values
        ]
        return _one_line("".join(map(str, pieces)))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _one_line(text_of(node.left, texts, depth) + text_of(node.right, texts, depth))
    if isinstance(node, ast.Name) and node.id in texts and depth < 3:
        return text_of(texts[node.id], texts, depth + 1)
    return GAP


def _of_hole(part: ast.expr, texts: Mapping[str, ast.expr], depth: int) -> str:
    """Return a constant's text, or a gap: what a variable holds differs from time to time."""
    value = part.value if isinstance(part, ast.FormattedValue) else part
    is_constant = isinstance(value, ast.Name) and value.id.lstrip("_").isupper()
    return text_of(value, texts, depth) if is_constant else GAP


def _one_line(text: str) -> str:
    text = re.sub(r"['\"]?…['\"]?s?\b(?=\W|$)", GAP, text)
    return re.sub(r"(… ?)+(?= |$)", GAP, re.sub(r"\s+", " ", text))
