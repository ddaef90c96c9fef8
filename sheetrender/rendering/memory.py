"""Memory for pictures, kept from frame to frame.

Every frame makes a dozen arrays of a megabyte and drops them again. The C library of Linux gives
blocks of that size back to the system at once and asks for them anew, and the system clears each
page again: at 768×432 that takes as long as the drawing (`benchmarks/full_length.py`).
"""

from __future__ import annotations

import ctypes
import sys

_TRIM_THRESHOLD = -1
_MMAP_THRESHOLD = -3
_KEPT_BYTES = 256 * 1024 * 1024


def keep_freed_memory() -> bool:
    """Ask the C library to keep what is freed for the next picture; say whether it does.

    Source: mallopt(3) of glibc; other systems have nothing of the kind, and do not need it.
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    return bool(mallopt(_MMAP_THRESHOLD, _KEPT_BYTES) and mallopt(_TRIM_THRESHOLD, _KEPT_BYTES))
