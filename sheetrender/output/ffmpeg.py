"""Run ffmpeg: build its commands, start it, and say what went wrong in its own words."""

from __future__ import annotations

import importlib
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sheetrender.model.errors import (
    DiskFull,
    EncodingFailed,
    PartMissing,
    SheetrenderError,
)
from sheetrender.model.programs import find_ffmpeg

_USED = ("input", "output", "filter", "get_args")
_QUOTED_LINES = 4
_PIPE_BYTES = 1 << 20


def load_builder() -> Any:
    """Return the module ``ffmpeg`` of ffmpeg-python, which builds command lines.

    Raises:
        PartMissing: it is not installed, or another package of that module name hides it.
    """
    try:
        module = importlib.import_module("ffmpeg")
    except ImportError as error:
        raise PartMissing(
            "The package ffmpeg-python is not installed. Run `pip install ffmpeg-python`."
        ) from error
    if not all(callable(getattr(module, name, None)) for name in _USED):
        raise PartMissing(
            f"The module `ffmpeg` at {getattr(module, '__file__', None)} is not ffmpeg-python's: "
            "another package of the same module name hides it. "
            "Run `pip install --force-reinstall ffmpeg-python`."
        )
    return module


def command_of(output: Any) -> list[str]:
    """Return the argument list that makes `output`, a node of ffmpeg-python.

    Raises:
        PartMissing: there is no ffmpeg.
    """
    arguments = [str(argument) for argument in load_builder().get_args(output)]
    return [find_ffmpeg(), "-hide_banner", "-nostdin", "-loglevel", "error", "-y", *arguments]


@dataclass(frozen=True, slots=True)
class Child:
    """A running ffmpeg.

    Attributes:
        process: its standard output is a pipe of text.
        said: what it wrote to standard error so far.
    """

    process: subprocess.Popen[bytes]
    said: IO[bytes]

    def lines(self) -> Iterator[str]:
        """Yield the lines of its standard output as they come."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            yield line.decode(errors="replace").strip()

    def complaint(self) -> str:
        """Return the last lines of its standard error; empty where it said nothing."""
        self.said.seek(0)
        lines = self.said.read().decode(errors="replace").split("\n")
        return "\n".join([line.strip() for line in lines if line.strip()][-_QUOTED_LINES:])

    def finish(self, work: str) -> None:
        """Wait for its end.

        Args:
            work: what it was to do, as in "make video.mp4".

        Raises:
            DiskFull: it ran out of room.
            EncodingFailed: it ended with an error.
            PartMissing: it lacks a codec.
        """
        if self.process.wait() != 0:
            raise self.failure(work)

    def failure(self, work: str) -> SheetrenderError:
        """Wait for its end and return the error that tells of it."""
        status = self.process.wait()
        said = self.complaint()
        quoted = f" It said:\n{said}" if said else " It did not say why."
        program = self.process.args[0] if isinstance(self.process.args, list) else "ffmpeg"
        if "No space left on device" in said or "Disk quota exceeded" in said:
            return DiskFull(f"The disk is full: ffmpeg could not {work}. Make room and run again.")
        if "Unknown encoder" in said:
            return PartMissing(
                f"{program} lacks an encoder, and cannot {work}. Install a complete one with "
                f"`pip install imageio-ffmpeg` and name it in SHEETRENDER_FFMPEG.{quoted}"
            )
        return EncodingFailed(
            f"{program} could not {work} (exit status {status}). "
            f"SHEETRENDER_FFMPEG can name another ffmpeg.{quoted}"
        )

    def kill(self) -> None:
        """End it at once; does nothing where it has ended."""
        self.process.kill()
        self.process.wait()


@contextmanager
def started(
    command: list[str], *, folder: Path | None = None, fed: bool = False
) -> Iterator[Child]:
    """Run a command for as long as the block lasts; leaving the block early kills it.

    Args:
        command: program and arguments; no shell reads them.
        folder: where it runs; None for the current one.
        fed: whether it reads from us (``process.stdin``) rather than from nothing.

    Raises:
        PartMissing: the program cannot be started.
    """
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(
                command,
                cwd=folder,
                stdin=subprocess.PIPE if fed else subprocess.DEVNULL,
                # Nobody listens to a program that is fed: a full pipe would stop it for ever.
                stdout=subprocess.DEVNULL if fed else subprocess.PIPE,
                stderr=said,
                pipesize=_PIPE_BYTES if fed else -1,
            )
        except OSError as error:
            raise PartMissing(
                f"{command[0]} cannot be started: {error.strerror}. "
                "Name another ffmpeg in SHEETRENDER_FFMPEG."
            ) from error
        child = Child(process, said)
        try:
            yield child
        finally:
            child.kill()
            _close_pipes(process)


def _close_pipes(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None and not pipe.closed:
            try:
                pipe.close()
            except BrokenPipeError:  # bytes were left that nobody reads any more
                continue
