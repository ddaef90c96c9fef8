"""Files appear whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sheetrender.model.errors import EncodingFailed


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yield a temporary path beside `target`, which takes its place when the block ends well.

    The folder is made where it is missing. When the block fails, the temporary file is removed
    and an older `target` is left as it was.

    Raises:
        EncodingFailed: another program keeps `target` from being replaced.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    # One fixed name, so that what a killed run left behind is overwritten by the next.
    part = target.with_name(f".{target.name}.part")
    try:
        yield part
        part.replace(target)
    except (PermissionError, IsADirectoryError) as error:
        raise EncodingFailed(
            f"{target} cannot be replaced: {error.strerror}. Close the program that shows it."
        ) from error
    finally:
        part.unlink(missing_ok=True)
