"""Each prompt is read once, and the text encoders come only for new ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sheetrender.engines.diffusion.shelf import Shelf


class Readers:
    """Counts visits, and refuses to read outside them."""

    def __init__(self) -> None:
        self.visits = 0
        self._here = False

    @contextmanager
    def reading(self) -> Iterator[None]:
        self.visits += 1
        self._here = True
        yield
        self._here = False

    def read(self, text: str) -> str:
        assert self._here
        return text.upper()


def test_new_texts_are_read_together_and_each_once() -> None:
    readers = Readers()
    shelf = Shelf[str](readers.reading, held=10)
    assert shelf.pages(["fox", "owl", "fox"], readers.read) == {"fox": "FOX", "owl": "OWL"}
    assert (readers.visits, shelf.encodings) == (1, 2)
    assert shelf.pages(["owl"], readers.read) == {"owl": "OWL"}
    assert (readers.visits, shelf.encodings) == (1, 2)


def test_a_text_is_read_anew_where_the_encoders_are_others() -> None:
    readers = Readers()
    shelf = Shelf[str](readers.reading, held=10)
    for variant in ("", "style", "", "style"):
        shelf.pages(["fox"], readers.read, variant)
    assert shelf.encodings == 2


def test_what_was_not_wanted_for_longest_goes_first() -> None:
    readers = Readers()
    shelf = Shelf[str](readers.reading, held=2)
    for text in ("fox", "owl", "fox", "elk"):
        shelf.pages([text], readers.read)
    assert shelf.encodings == 3
    shelf.pages(["fox", "elk"], readers.read)
    assert shelf.encodings == 3
    shelf.pages(["owl"], readers.read)
    assert shelf.encodings == 4


def test_more_texts_than_are_kept_are_all_given() -> None:
    readers = Readers()
    shelf = Shelf[str](readers.reading, held=2)
    assert list(shelf.pages(["a", "b", "c"], readers.read).values()) == ["A", "B", "C"]
