"""Functions that decide: conditions, choices, questions about a value, and LET.

A branch that is not taken is not evaluated: a circle or a function that we lack in it is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from sheetrender.planning.cell_areas import area_of
from sheetrender.planning.cell_functions.calling import (
    MANY,
    WHOLE_COLUMNS,
    Function,
    Surroundings,
    items,
    mapped,
    scalar,
)
from sheetrender.planning.cell_values import (
    ErrorShown,
    ErrorValue,
    Operand,
    Range,
    Scalar,
    order,
    single,
    truth,
    whole,
)
from sheetrender.planning.syntax import Call, FormulaError, Name, Node

_LET_NAME = re.compile(r"[^\W\d][\w.]*")


def _branch(node: Node | None, here: Surroundings) -> Operand:
    """Return a branch's value; one that is left empty counts as 0, a blank cell stays blank."""
    return 0.0 if node is None else here.value(node)


def _if(call: Call, here: Surroundings) -> Operand:
    condition = here.value(call.arguments[0])
    if isinstance(condition, Range):
        return _if_by_cell(condition, call, here)
    if truth(condition):
        return _branch(call.arguments[1], here)
    return _branch(call.arguments[2], here) if len(call.arguments) > 2 else False


def _if_by_cell(condition: Range, call: Call, here: Surroundings) -> Operand:
    branches = [_held(_branch(branch, here)) for branch in call.arguments[1:]]

    def choose(condition: Scalar, then: Scalar, otherwise: Scalar = "F") -> Scalar:
        return _unheld(then if truth(condition) else otherwise)

    if len(branches) == 1:
        branches.append(_held(False))
    return mapped(choose, [condition, *branches], here)


# Errors of a branch that is not taken must not travel: they pass as texts that no cell can hold.
_HELD = "\0"


def _held(value: Operand) -> Operand:
    if isinstance(value, Range):
        held = tuple(_held_one(v) for v in value.values)
        return Range(held, value.height, value.width, value.is_array)
    return _held_one(value)


def _held_one(value: Scalar) -> Scalar:
    return _HELD + value.code if isinstance(value, ErrorValue) else value


def _unheld(value: Scalar) -> Scalar:
    is_held = isinstance(value, str) and value.startswith(_HELD)
    return ErrorValue(value[1:]) if is_held and isinstance(value, str) else value


def _ifs(call: Call, here: Surroundings) -> Operand:
    if len(call.arguments) % 2:
        raise ErrorShown("#N/A")
    for condition, then in zip(call.arguments[::2], call.arguments[1::2], strict=True):
        if truth(here.value(condition)):
            return _branch(then, here)
    raise ErrorShown("#N/A")


def _switch(call: Call, here: Surroundings) -> Operand:
    value = single(here.value(call.arguments[0]))
    cases = call.arguments[1:]
    for case, then in zip(cases[::2], cases[1::2], strict=False):
        if order(value, single(here.value(case))) == 0:
            return _branch(then, here)
    if len(cases) % 2:
        return _branch(cases[-1], here)
    raise ErrorShown("#N/A")


def _choose(call: Call, here: Surroundings) -> Operand:
    place = whole(here.value(call.arguments[0]))
    if not 1 <= place < len(call.arguments):
        raise ErrorShown("#VALUE!")
    return _branch(call.arguments[place], here)


def _if_error(is_caught: Callable[[str], bool]) -> Callable[[Call, Surroundings], Operand]:
    def apply(call: Call, here: Surroundings) -> Operand:
        value = here.value(call.arguments[0])
        if isinstance(value, Range):
            value = _single_or_error(value)
        if isinstance(value, ErrorValue) and is_caught(value.code):
            return _branch(call.arguments[1], here)
        return value

    return apply


def _single_or_error(value: Range) -> Scalar:
    try:
        return single(value)
    except ErrorShown as shown:
        return shown.value


def _over(decide: Callable[[Sequence[bool]], bool]) -> Callable[[Call, Surroundings], Operand]:
    def apply(call: Call, here: Surroundings) -> Operand:
        conditions: list[bool] = []
        for item in items(call.arguments, here):
            if isinstance(item, Range):
                conditions += _conditions(item)
            elif item is not None:
                conditions.append(truth(item))
        if not conditions:
            raise ErrorShown("#VALUE!")
        return decide(conditions)

    return apply


def _conditions(cells: Range) -> list[bool]:
    """Return the truth values of a range; its texts and blanks do not count."""
    found = []
    for value in cells.values:
        if isinstance(value, ErrorValue):
            raise ErrorShown(value)
        if isinstance(value, bool | float):
            found.append(value != 0)
    return found


def _asks(question: Callable[[Scalar], bool]) -> Function:
    """Return a function that looks at a value, errors included."""

    def apply(call: Call, here: Surroundings) -> Operand:
        value = here.value(call.arguments[0])
        if isinstance(value, Range):
            # Errors would travel through `mapped`: here they are what is asked about.
            answers = tuple(question(v) for v in value.values)
            same_shape = Range(answers, value.height, value.width, value.is_array)
            if value.stored_rows < value.height and here.over_arrays:
                raise FormulaError("looks at whole columns", WHOLE_COLUMNS)
            return mapped(lambda answer: answer, [same_shape], here)
        return question(value)

    return Function(apply, 1, 1)


def _n(value: Scalar) -> Scalar:
    return float(value) if isinstance(value, float | bool) else 0.0


def _error_shown(code: str) -> Callable[[Call, Surroundings], Operand]:
    return lambda call, here: ErrorValue(code)


def _let(call: Call, here: Surroundings) -> Operand:
    *bindings, body = call.arguments
    if len(bindings) % 2:
        raise FormulaError("has a LET that ends with a name", "Add what it shall compute.")
    for name, value in zip(bindings[::2], bindings[1::2], strict=True):
        here = here.bound({_let_name(name): here.value(value)})
    return here.value(body)


def _let_name(node: Node | None) -> str:
    name = plain_name(node.text) if isinstance(node, Name) else ""
    if not _LET_NAME.fullmatch(name) or name in {"r", "c"} or area_of(name, ""):
        raise FormulaError(
            f"has a LET that calls something {name or 'nothing'}, which is no name",
            "Choose a word that looks like no cell, such as base.",
        )
    return name


def plain_name(written: str) -> str:
    """Return a name without the prefix that files put before the names of LET, folded."""
    return written.casefold().removeprefix("_xlpm.")


LOGIC: Mapping[str, Function] = {
    "IF": Function(_if, 2, 3),
    "IFS": Function(_ifs, 2, MANY),
    "SWITCH": Function(_switch, 3, MANY),
    "CHOOSE": Function(_choose, 2, MANY),
    "IFERROR": Function(_if_error(lambda code: True), 2, 2),
    "IFNA": Function(_if_error(lambda code: code == "#N/A"), 2, 2),
    "AND": Function(_over(all), 1, MANY),
    "OR": Function(_over(any), 1, MANY),
    "XOR": Function(_over(lambda conditions: sum(conditions) % 2 == 1), 1, MANY),
    "NOT": scalar(lambda value: not truth(value), 1),
    "TRUE": Function(lambda call, here: True, 0, 0),
    "FALSE": Function(lambda call, here: False, 0, 0),
    "NA": Function(_error_shown("#N/A"), 0, 0),
    "N": scalar(_n, 1),
    "ISNUMBER": _asks(lambda value: type(value) is float),
    "ISTEXT": _asks(lambda value: isinstance(value, str)),
    "ISNONTEXT": _asks(lambda value: not isinstance(value, str)),
    "ISLOGICAL": _asks(lambda value: isinstance(value, bool)),
    "ISBLANK": _asks(lambda value: value is None),
    "ISERROR": _asks(lambda value: isinstance(value, ErrorValue)),
    "ISERR": _asks(lambda value: isinstance(value, ErrorValue) and value.code != "#N/A"),
    "ISNA": _asks(lambda value: isinstance(value, ErrorValue) and value.code == "#N/A"),
    "LET": Function(_let, 3, MANY),
}
