"""The collector of cycles is paused, and goes on afterwards."""

from __future__ import annotations

import gc

import pytest

from sheetrender.model.collector import collector_paused


@collector_paused()
def _fail_while_paused() -> None:
    assert not gc.isenabled()
    raise ValueError("damaged")


def test_the_collector_goes_on_also_after_an_error() -> None:
    with pytest.raises(ValueError, match="damaged"):
        _fail_while_paused()
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with collector_paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
