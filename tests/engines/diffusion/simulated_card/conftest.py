"""A simulated card in place of the processor; only for a process of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from diffusers.hooks.group_offloading import ModuleGroup
from torch import Tensor, nn
from torch.utils import swap_tensors

from sheetrender.engines.diffusion import residence
from tests.engines.diffusion.simulated_card.card import plugged_in


@pytest.fixture(scope="session")
def card(tmp_path_factory: pytest.TempPathFactory) -> Iterator[torch.device]:
    """Return a device that is told from the processor and refuses to work beside it."""
    with pytest.MonkeyPatch.context() as patch:
        # torch exchanges memory within one tensor for the cards it knows; here tensors change
        # places. Diffusers' piece by piece does as ours does.
        patch.setattr(residence._Loan, "lay", _lay)
        patch.setattr(residence._Loan, "lift", _lift)
        patch.setattr(ModuleGroup, "_transfer_tensor_to_device", _transfer)
        patch.setattr(ModuleGroup, "_offload_to_memory", _offload)
        yield plugged_in(tmp_path_factory.mktemp("card"))


def _moved(tensor: Tensor, device: torch.device | str) -> Tensor:
    """Move a tensor, and return what holds its weights where they were."""
    there = tensor.detach().to(device)
    if isinstance(tensor, nn.Parameter):
        there = nn.Parameter(there, requires_grad=tensor.requires_grad)
    swap_tensors(tensor, there)
    return there


def _transfer(self: ModuleGroup, tensor: Tensor, *_: object) -> None:
    _moved(tensor, self.onload_device)


def _offload(self: ModuleGroup) -> None:
    tensors = [*self.parameters, *self.buffers]
    for module in self.modules:
        tensors += [*module.parameters(), *module.buffers()]
    for tensor in tensors:
        if tensor.device.type != "cpu":
            _moved(tensor, "cpu")


def _lay(self: residence._Loan, part: nn.Module) -> None:
    for tensor in (*part.parameters(), *part.buffers()):
        self._lent.append((tensor, _moved(tensor, self._device)))


def _lift(self: residence._Loan) -> None:
    for tensor, own in self._lent:
        swap_tensors(tensor, own)
    self._lent.clear()
