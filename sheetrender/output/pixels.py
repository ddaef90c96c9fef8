"""How pixels lie in the pictures that ffmpeg works on: what grain has to be drawn to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetrender.model.frames import Size


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelForm:
    """One of ffmpeg's pixel formats with three planes.

    Attributes:
        bits: of each value.
        across: pixels that share one value of colour, from left to right.
        down: from top to bottom.
        is_rgb: planes are green, blue, red; else brightness and two of colour, in video range.
    """

    bits: int
    across: int
    down: int
    is_rgb: bool

    @property
    def dtype(self) -> type[np.unsignedinteger[Any]]:
        """How a value is stored."""
        return np.uint8 if self.bits == 8 else np.uint16

    @property
    def scale(self) -> int:
        """Steps from black to white."""
        return (255 if self.is_rgb else 219) << (self.bits - 8)

    def other_planes(self, size: Size) -> list[tuple[int, int]]:
        """Return the shapes (height, width) of the second and third plane."""
        return [(-(-size.height // self.down), -(-size.width // self.across))] * 2

    def fits(self, size: Size) -> bool:
        """Say whether both sides can be shared out."""
        return size.width % self.across == 0 and size.height % self.down == 0


FORMS = {
    "yuv420p": PixelForm(bits=8, across=2, down=2, is_rgb=False),
    "yuv422p10le": PixelForm(bits=10, across=2, down=1, is_rgb=False),
    "gbrp": PixelForm(bits=8, across=1, down=1, is_rgb=True),
}
"""The formats that videos are made in, by their name in ffmpeg."""
