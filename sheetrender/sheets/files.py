"""Files that other programs may open at the same time: read them whole, replace them whole."""

from __future__ import annotations

import contextlib
import difflib
import os
import stat
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from sheetrender.model.errors import SheetChanged, SheetLocked, SheetUnavailable

_READ_ATTEMPTS = 3
_TEMPORARY = ".sheetrender.tmp"
_LEFTOVER_SECONDS = 60.0
_HELD_OPEN = (
    "It would overwrite what is written now. Close the sheet there and run again; "
    "if it is not open anywhere, delete {lock}."
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A file as it stood at one moment.

    Attributes:
        content: all its bytes.
        version: the version that belongs to exactly these bytes.
    """

    content: bytes
    version: str


def read_snapshot(path: Path) -> Snapshot:
    """Return the bytes of a file together with their version.

    Raises:
        SheetUnavailable: it is missing, no file, not readable, or being saved all the time.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise SheetUnavailable(f"{path} is a folder and no file. Name the sheet inside it.")
        for _ in range(_READ_ATTEMPTS):
            with path.open("rb") as file:
                before = _version(os.fstat(file.fileno()))
                content = file.read()
                after = _version(os.fstat(file.fileno()))
            if before == after:
                return Snapshot(content, after)
    except OSError as error:
        raise _unreachable(path, error) from error
    raise SheetUnavailable(f"{path} is being saved just now. Try again in a moment.")


def read_unchanged(path: Path, version: str) -> bytes:
    """Return the bytes of a file that is about to be written.

    Raises:
        SheetLocked: a program holds it open.
        SheetChanged: its version is not `version`.
        SheetUnavailable: it cannot be read.
    """
    refuse_locked(path)
    snapshot = read_snapshot(path)
    if snapshot.version != version:
        raise _changed(path)
    return snapshot.content


def refuse_locked(path: Path) -> None:
    """Raise where the lock file of a spreadsheet program lies beside the file.

    Raises:
        SheetLocked: it does; nothing was changed.
    """
    locks = {"Excel": f"~${path.name}", "LibreOffice": f".~lock.{path.name}#"}
    for program, lock in locks.items():
        if os.path.lexists(path.with_name(lock)):
            raise SheetLocked(f"{program} has {path} open. {_HELD_OPEN.format(lock=lock)}")


def replace_file(
    path: Path,
    chunks: Iterable[bytes | memoryview],
    *,
    version: str,
    check: Callable[[Path], None] | None = None,
) -> str:
    """Put new bytes in the place of a file, whole or not at all, and keep its mode.

    Args:
        path: the file itself, with symbolic links resolved: a link would be replaced by a file.
        chunks: the new bytes in their order.
        version: what the file's version must still be at the last moment.
        check: looks at the finished temporary file and raises where it is not good.

    Returns:
        The version of the new file.

    Raises:
        SheetLocked: a program holds it open.
        SheetChanged: its version is not `version` any more.
        SheetUnavailable: the folder or the disk does not take it. In all cases nothing was changed.
    """
    _refuse_protected(path)
    temporary = _write_beside(path, chunks)
    try:
        if check:
            check(temporary)
        refuse_locked(path)
        if _version(path.stat()) != version:
            raise _changed(path)
        # Taken before the replacement: afterwards it might be somebody else's newer file.
        new_version = _version(temporary.stat())
        temporary.replace(path)
    except PermissionError as error:
        # On Windows a file that another program holds open cannot be replaced.
        raise SheetLocked(
            f"Excel or another program holds {path} open. Close it there, and run again."
        ) from error
    except OSError as error:
        raise _unreachable(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)
    return new_version


def refuse_unwritable(path: Path) -> None:
    """Raise where a file could not be replaced, as far as that shows without writing.

    Raises:
        SheetLocked: a program holds it open.
        SheetUnavailable: it or its folder does not take it.
    """
    refuse_locked(path)
    _refuse_protected(path)
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise _closed_folder(path, "write-protected")


def _refuse_protected(path: Path) -> None:
    if not os.access(path, os.W_OK):
        raise SheetUnavailable(f"{path} is write-protected. Allow writing to it, and run again.")


def _closed_folder(path: Path, reason: str) -> SheetUnavailable:
    return SheetUnavailable(
        f"{path} cannot be saved: its folder takes no new file ({reason}). "
        "Allow writing to the folder, or move the sheet to another one."
    )


def _write_beside(path: Path, chunks: Iterable[bytes | memoryview]) -> Path:
    prefix = f".{path.name}."
    _remove_leftovers(path.parent, prefix)
    try:
        handle, name = tempfile.mkstemp(prefix=prefix, suffix=_TEMPORARY, dir=path.parent)
    except OSError as error:
        raise _closed_folder(path, str(error.strerror)) from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        _keep_owner_and_mode(path, temporary)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise _unreachable(path, error) from error
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _remove_leftovers(folder: Path, prefix: str) -> None:
    """Remove what a writer that was killed left behind; one that is alive needs seconds."""
    for leftover in folder.iterdir():
        if leftover.name.startswith(prefix) and leftover.name.endswith(_TEMPORARY):
            with contextlib.suppress(OSError):
                if time.time() - leftover.stat().st_mtime > _LEFTOVER_SECONDS:
                    leftover.unlink()


def _keep_owner_and_mode(path: Path, temporary: Path) -> None:
    old = path.stat()
    new = temporary.stat()
    if hasattr(os, "chown") and (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
        # Only a privileged user may give a file away; for the others the copy stays their own.
        with contextlib.suppress(PermissionError):
            os.chown(temporary, old.st_uid, old.st_gid)
    temporary.chmod(stat.S_IMODE(old.st_mode))


def _sync_folder(folder: Path) -> None:
    """Make the replacement survive a power cut, where the system can."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _version(status: os.stat_result) -> str:
    return f"{status.st_mtime_ns}-{status.st_size}-{status.st_ino}"


def _changed(path: Path) -> SheetChanged:
    return SheetChanged(f"{path} was changed by another program since it was read. Read it again.")


def _unreachable(path: Path, error: OSError) -> SheetUnavailable:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        close = _nearest_file(path)
        hint = f": did you mean {close}?" if close else "."
        return SheetUnavailable(f"{path} does not exist. Check its name and its folder{hint}")
    if isinstance(error, PermissionError):
        return SheetUnavailable(
            f"{path} may not be opened. Allow reading it and its folder, or close it in the "
            "program that holds it."
        )
    return SheetUnavailable(f"{path} cannot be used: {error.strerror or error}. Mend that first.")


def _nearest_file(path: Path) -> str | None:
    """Return the name of the file beside it that a person probably means."""
    try:
        stems = [one.stem for one in path.parent.iterdir() if one.suffix == path.suffix]
    except OSError:
        return None
    close = difflib.get_close_matches(path.stem, stems, n=1, cutoff=0.75)
    return f"{close[0]}{path.suffix}" if close else None


def file_state(path: Path) -> str:
    """Return what tells one state of a file from another."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return "-"
    return f"{status.st_mtime_ns} {status.st_size} {status.st_ino}"
