"""What a function of the formula language is: what it takes, and how its values are found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Numbers: TypeAlias = npt.NDArray[np.float64]
MOST_VALUES = 50
"""Values that a function with any number of them takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One function, computed for many frames at once.

    Attributes:
        compute: given the values in the order of `parameters`, and those of `reads` by name; the
            arrays are of shape (frames,) or scalars, and so is the result.
        parameters: what its values are called, in their order.
        defaults: of the last parameters; those before must be given.
        any_number: it takes any number of values from `parameters` on.
        reads: names of the formula that it looks at by itself, such as ``t``.
        cost: about how many times the work of a multiplication it is.
    """

    compute: Callable[..., Numbers]
    parameters: tuple[str, ...]
    defaults: tuple[float, ...] = ()
    any_number: bool = False
    reads: tuple[str, ...] = ()
    cost: int = 5

    @property
    def fewest(self) -> int:
        """How many values have to be given."""
        return len(self.parameters) - len(self.defaults)

    @property
    def most(self) -> int:
        """How many values can be given."""
        return MOST_VALUES if self.any_number else len(self.parameters)

    @property
    def takes(self) -> str:
        """The number of values in words: ``2 to 4``."""
        if self.any_number:
            return f"{self.fewest} or more"
        return str(self.most) if self.fewest == self.most else f"{self.fewest} to {self.most}"


def plain(
    compute: Callable[..., Numbers], parameters: str = "x", *defaults: float, cost: int = 5
) -> Function:
    """Return a function of named values; the last of them have defaults."""
    return Function(
        compute=compute, parameters=tuple(parameters.split()), defaults=defaults, cost=cost
    )
