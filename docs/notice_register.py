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


def _is_list(called: ast.expr) -> bool:
    """Say whether notices are gathered in what a method is called of."""
    owner = called.value if isinstance(called, ast.Attribute) else called
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return name in _LISTS


def _of_finding(module: str, call: ast.Call, texts: Mapping[str, ast.expr]) -> Iterator[Noticed]:
    named = {word.arg: text_of(word.value, texts) for word in call.keywords}
    says = named.get("says", "")
    if named.get("state") != "ok" and any(letter.isalpha() for letter in says):
        yield Noticed(module, named.get("topic", ""), says, named.get("cure", "").strip(GAP))


def _of_text(
    module: str, topic: str, node: ast.expr, texts: Mapping[str, ast.expr]
) -> Iterator[Noticed]:
    text = text_of(node, texts)
    if sum(word.isalpha() for word in text.split()) > 1:
        # A finding is parted where `from_error` parts it.
        says, _, rest = text.partition(". ")
        says, remedy = (says.rstrip("."), rest) if topic else split_sentence(text)
        yield Noticed(module, topic, says, remedy)
