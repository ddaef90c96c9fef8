"""Encoded prompts that are kept, and text encoders that come to the device only for new ones."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from contextlib import AbstractContextManager
from typing import Generic, TypeVar

Page = TypeVar("Page")


class Shelf(Generic[Page]):
    """The prompts that one model has read, each of them once.

    Attributes:
        encodings: how many texts were encoded so far.
    """

    def __init__(self, reading: Callable[[], AbstractContextManager[None]], *, held: int) -> None:
        """Begin without any.

        Args:
            reading: has the text encoders on the device for what is done inside.
            held: how many pages are kept; those that were not wanted for longest go.
        """
        self._reading = reading
        self._most = held
        self._held: OrderedDict[tuple[str, Hashable], Page] = OrderedDict()
        self.encodings = 0

    def pages(
        self, texts: Iterable[str], encode: Callable[[str], Page], variant: Hashable = ()
    ) -> dict[str, Page]:
        """Return several texts; new ones are encoded together, so that encoders move once.

        Args:
            texts: as the model is to read them.
            encode: makes a page of a text. Not kept: its owner could not be freed at once.
            variant: whatever else the text encoders depend on.
        """
        wanted = list(dict.fromkeys(texts))
        found = {
            text: self._held[text, variant] for text in wanted if (text, variant) in self._held
        }
        new = [text for text in wanted if text not in found]
        if new:
            with self._reading():
                found |= {text: encode(text) for text in new}
            self.encodings += len(new)
        for text in wanted:
            self._held[text, variant] = found[text]
            self._held.move_to_end((text, variant))
        while len(self._held) > self._most:
            self._held.popitem(last=False)
        return found
