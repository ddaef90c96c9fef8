"""What every engine promises; each engine's test module runs all of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sheetrender.engines.engine import DrawRequest, Engine, EngineSettings
from sheetrender.model.frames import FrameSpec

from .requests import SPEC, drawn, settings, some_picture, spec


class EngineContract:
    """Subclasses override `open`: settings in, an engine out."""

    def open(self, given: EngineSettings) -> Engine:
        raise NotImplementedError

    @pytest.fixture
    def engine(self) -> Engine:
        return self.open(settings())

    def requests(self) -> list[DrawRequest]:
        picture = some_picture()
        return [
            DrawRequest(spec("a red desert"), None),
            DrawRequest(spec("a blue sea", index=7, zoom=1.03), picture),
            DrawRequest(spec("a green forest", index=3, angle=2.0), picture[::-1].copy()),
        ]

    def test_it_says_what_it_is_called_and_which_channels_it_reads(self, engine: Engine) -> None:
        assert engine.name
        assert engine.version
        assert engine.reads <= set(FrameSpec.__dataclass_fields__)

    def test_every_picture_has_the_size_that_was_asked_for(self, engine: Engine) -> None:
        for picture in engine.draw(self.requests()):
            assert picture.shape == (144, 256, 3)
            assert picture.dtype == np.uint8
            assert picture.flags.c_contiguous

    def test_the_prepared_picture_is_left_as_it_is(self, engine: Engine) -> None:
        for strength in (0.0, 0.65, 1.0):
            prepared = some_picture()
            engine.draw([DrawRequest(spec(index=4, strength=strength), prepared)])
            assert np.array_equal(prepared, some_picture())

    def test_what_is_returned_is_nobody_elses(self, engine: Engine) -> None:
        prepared = some_picture()
        for request in (DrawRequest(spec(strength=1.0), prepared), DrawRequest(spec(), None)):
            first = engine.draw([request])[0]
            wanted = first.copy()
            first[:] = 0
            assert np.array_equal(prepared, some_picture())
            assert np.array_equal(engine.draw([request])[0], wanted)

    def test_the_same_request_gives_the_same_bytes(self, engine: Engine) -> None:
        again = self.open(settings())
        for request in self.requests():
            assert np.array_equal(engine.draw([request])[0], again.draw([request])[0])

    def test_a_batch_gives_what_its_requests_give_alone_in_their_order(
        self, engine: Engine
    ) -> None:
        requests = self.requests()
        alone = [engine.draw([request])[0] for request in requests]
        assert len({picture.tobytes() for picture in alone}) == len(alone)
        for batch in (requests, requests[::-1], [*requests, *requests]):
            pictures = self.open(settings()).draw(batch)
            wanted = [alone[requests.index(request)] for request in batch]
            assert [picture.tobytes() for picture in pictures] == [
                picture.tobytes() for picture in wanted
            ]

    def test_an_empty_batch_gives_nothing(self, engine: Engine) -> None:
        assert engine.draw([]) == []

    def test_what_was_drawn_before_leaves_no_trace(self, engine: Engine) -> None:
        picture = some_picture()
        fresh = drawn(engine, spec(index=9), picture)
        used = self.open(settings())
        for index in range(12):
            drawn(used, spec(f"something else {index}", index=index, seed=index), picture)
        assert np.array_equal(drawn(used, spec(index=9), picture), fresh)

    def test_channels_that_it_does_not_read_change_nothing(self, engine: Engine) -> None:
        given = spec(index=9)
        before = drawn(engine, given, some_picture())
        unread = {
            name: getattr(SPEC, name) + 1
            for name in FrameSpec.__dataclass_fields__
            if isinstance(getattr(SPEC, name), float | int)
            and name not in engine.reads
            and name not in ("index", "starts_segment", "seed", "seed_share", "prompt_weight")
        }
        changed = replace(given, **unread)
        assert np.array_equal(drawn(engine, changed, some_picture()), before)
