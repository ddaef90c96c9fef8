"""The program in a terminal of its own, as a person has it before them."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
_CONTROLS = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


def in_a_terminal(
    *words: str | Path,
    folder: Path,
    columns: int = 80,
    settings: Mapping[str, str] | None = None,
) -> tuple[int, str]:
    """Return the exit status of a command, and all that the terminal got, controls included."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    hidden = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE")
    clean = {name: value for name, value in os.environ.items() if name not in hidden}
    environment = {**clean, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT), **(settings or {})}
    command = [sys.executable, "-m", "sheetrender", *map(str, words)]
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        said = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:
                break
            if not piece:
                break
            said += piece
    os.close(ours)
    return process.returncode, said.decode().replace("\r\n", "\n")


def without_controls(said: str) -> str:
    """Return what a terminal got without colours and movements."""
    return _CONTROLS.sub("", said)
