"""Every notice that sheetrender can say beside its errors, and what `doctor` finds.

Both are collected from the places that make them, as the errors are.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import error_register
from error_register import GAP, named_texts, split_sentence, text_of

_LISTS = frozenset({"notices", "notes"})
"""Names of what notices are gathered in."""


@dataclass(frozen=True, slots=True, order=True)
class Noticed:
    """One notice as a person meets it.

    Attributes:
        module: that says it, such as ``workflow/run``.
        topic: of a finding of `doctor`; empty for other notices.
        says: what it is; ``…`` for what is known only then.
        remedy: what to do; empty where nothing has to be done.
    """

    module: str
    topic: str
    says: str
    remedy: str


def notices() -> list[Noticed]:
    """Return all of them, by module and in their order in it, each once."""
    found: dict[Noticed, None] = {}
    for path in sorted(error_register.PACKAGE.rglob("*.py")):
        module = path.relative_to(error_register.PACKAGE).with_suffix("").as_posix()
        tree = ast.parse(path.read_text("utf-8"))
        found |= dict.fromkeys(_of_module(module, tree))
    return list(found)


def _of_module(module: str, tree: ast.Module) -> Iterator[Noticed]:
    texts = named_texts(tree)
    for node in ast.walk(tree):
        for said in _listed(node):
            yield from _of_text(module, "", said, texts)
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = name or getattr(node.func, "id", "")
        if name == "Finding":
            yield from _of_finding(module, node, texts)
        elif name == "from_error" and len(node.args) > 1:
            yield from _of_text(module, text_of(node.args[0], texts), node.args[1], texts)
        elif node.args and (name == "Notice" or (name == "append" and _is_list(node.func))):
            yield from _of_text(module, "", node.args[0], texts)


def _listed(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the texts of a list of notices that is written out, or yielded one by one."""
    if isinstance(node, ast.FunctionDef) and node.name.strip("_") in _LISTS:
        yields = (inner for inner in ast.walk(node) if isinstance(inner, ast.Yield))
        yield from (inner.value for inner in yields if inner.value is not None)
    given: ast.expr | None = None
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        given = node.value if any(_name(target) in _LISTS for target in targets) else None
    elif isinstance(node, ast.keyword) and node.arg in _LISTS:
        given = node.value
    elif isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Attribute):
        is_more = node.func.attr == "extend" and _name(node.func.value) in _LISTS
        given = node.args[0] if is_more else None
    if isinstance(given, ast.List | ast.Tuple):
        yield from given.elts
    elif isinstance(given, ast.ListComp | ast.GeneratorExp):
        yield given.elt


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_list(called: ast.expr) -> bool:
    """Say whether notices are gathered in what a method is called of."""
    return _name(called.value if isinstance(called, ast.Attribute) else called) in _LISTS


def _of_finding(module: str, call: ast.Call, texts: Mapping[str, ast.expr]) -> Iterator[Noticed]:
    words = {word.arg: word.value for word in call.keywords}
    named = {name: text_of(value, texts) for name, value in words.items() if name != "says"}
    if named.get("state") == "ok" or "says" not in words:
        return
    for one in _turns(words["says"]):
        says = text_of(one, texts)
        if any(letter.isalpha() for letter in says):
            yield Noticed(module, named.get("topic", ""), says, named.get("cure", "").strip(GAP))


def _turns(node: ast.expr) -> Iterator[ast.expr]:
    """Yield what an expression may say, where a condition chooses."""
    if isinstance(node, ast.IfExp):
        yield from (*_turns(node.body), *_turns(node.orelse))
    else:
        yield node


def _of_text(
    module: str, topic: str, node: ast.expr, texts: Mapping[str, ast.expr]
) -> Iterator[Noticed]:
    for one in _turns(node):
        text = text_of(one, texts)
        if sum(word.isalpha() for word in text.split()) > 1:
            # A finding is parted where `from_error` parts it.
            says, _, rest = text.partition(". ")
            says, remedy = (says.rstrip("."), rest) if topic else split_sentence(text)
            yield Noticed(module, topic, says, remedy)
