"""Files beside the sheet that pictures are made from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A picture or a video that a sheet names.

    Attributes:
        path: where it is.
        digest: of its bytes, so that another file of the same name makes other frames.
    """

    path: Path
    digest: bytes
