"""A simulated card in place of the processor; only for a process of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch import nn
from torch.utils import swap_tensors

from sheetrender.engines.diffusion import residence
from tests.engines.diffusion.simulated_card.card import plugged_in


@pytest.fixture(scope="session")
def card(tmp_path_factory: pytest.TempPathFactory) -> Iterator[torch.device]:
    """Return a device that is told from the processor and refuses to work beside it."""
    with pytest.MonkeyPatch.context() as patch:
        # torch exchanges memory within one tensor for the cards it knows; here tensors change
        # places.
        patch.setattr(residence._Loan, "lay", _lay)
        patch.setattr(residence._Loan, "lift", _lift)
        yield plugged_in(tmp_path_factory.mktemp("card"))


def _lay(self: residence._Loan, part: nn.Module) -> None:
    for tensor in (*part.parameters(), *part.buffers()):
        there = tensor.detach().to(self._device)
        if isinstance(tensor, nn.Parameter):
            there = nn.Parameter(there, requires_grad=tensor.requires_grad)
        swap_tensors(tensor, there)
        self._lent.append((tensor, there))


def _lift(self: residence._Loan) -> None:
    for tensor, own in self._lent:
        swap_tensors(tensor, own)
    self._lent.clear()
