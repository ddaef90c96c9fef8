"""Recordings of what a card does: their keys, and what is done where there is none."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from sheetrender.engines.diffusion import graphs as graphs_module
from sheetrender.engines.diffusion.graphs import Graphs, graph_key


def test_a_recording_is_good_for_other_numbers_in_tensors_of_the_same_form() -> None:
    first = graph_key("predict", (torch.zeros(2, 4), torch.tensor([981.0]), None))
    assert first == graph_key("predict", (torch.ones(2, 4), torch.tensor([1.0]), None))


def test_another_size_batch_type_or_guidance_asks_for_another_recording() -> None:
    given = (torch.zeros(2, 4, 9, 16), torch.zeros(2), torch.zeros(2, 1, 1, 1))
    keys = {
        graph_key("predict", given),
        graph_key("decode", given),
        graph_key("predict", (torch.zeros(1, 4, 9, 16), *given[1:])),
        graph_key("predict", (torch.zeros(2, 4, 10, 16), *given[1:])),
        graph_key("predict", (given[0].half(), *given[1:])),
        graph_key("predict", (*given[:2], None)),
    }
    assert len(keys) == 6


def test_without_a_card_calls_are_simply_made() -> None:
    def doubled(one: Tensor, other: Tensor | None) -> tuple[Tensor]:
        assert other is None
        return (2 * one,)

    graphs = Graphs(on=False)
    (made,) = graphs.made("double", doubled, torch.ones(3), None)
    assert made.tolist() == [2.0, 2.0, 2.0]
    assert len(graphs) == 0


def _doubled(one: Tensor) -> tuple[Tensor]:
    return (2 * one,)


def test_what_cannot_be_recorded_is_done_all_the_same_and_told_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refused(*_: object) -> None:
        raise RuntimeError("operation not permitted when stream is capturing\nand more")

    monkeypatch.setattr(graphs_module, "_recorded", refused)
    graphs = Graphs(on=True)
    for _ in range(3):
        (made,) = graphs.made("double", _doubled, torch.ones(3))
        assert made.tolist() == [2.0, 2.0, 2.0]
    graphs.on = True
    graphs.made("double", _doubled, torch.ones(3))
    (told,) = caplog.messages
    assert told.endswith("longer: operation not permitted when stream is capturing")


@pytest.mark.parametrize("hidden", [False, True])
def test_no_memory_for_a_recording_is_told_as_no_memory(
    hidden: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        try:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        finally:
            if hidden:
                # Leaving the recording half done fails as well.
                raise RuntimeError("capture was invalidated")

    monkeypatch.setattr(graphs_module, "_recorded", refused)
    graphs = Graphs(on=True)
    with pytest.raises(torch.OutOfMemoryError):
        graphs.made("double", _doubled, torch.ones(3))
    assert graphs.on
