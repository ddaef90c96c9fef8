"""Workbooks computed anew by LibreOffice, on a copy: the person's own file is only read."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from sheetrender.model.errors import PartMissing, RenderFailed

TIMEOUT_SECONDS = 180.0

_PROGRAMS = ("soffice", "libreoffice")
_NAME = "workbook.xlsx"
# Always compute anew, and never fetch what a cell links to: the cells are other people's.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
 xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>1</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
</oor:items>
"""


def find_libreoffice() -> str:
    """Return the absolute path of LibreOffice.

    Looks at ``SHEETRENDER_SOFFICE`` (a path or a name), then for soffice and for libreoffice.

    Raises:
        PartMissing: there is none, or ``SHEETRENDER_SOFFICE`` names no program.
    """
    wanted = os.environ.get("SHEETRENDER_SOFFICE", "")
    for program in (wanted,) if wanted else _PROGRAMS:
        found = shutil.which(program)
        if found is not None:
            return str(Path(found).absolute())
    if wanted:
        raise PartMissing(
            f"SHEETRENDER_SOFFICE is {wanted!r}, which is no program that can be started. "
            "Set it to the path of soffice, or unset it to have LibreOffice found."
        )
    raise PartMissing(
        "LibreOffice, which --recalc needs, is not installed. Install it, or open the file in a "
        "spreadsheet program, save it once, and run again without --recalc."
    )


def recalculated(content: bytes, path: Path) -> bytes:
    """Return a workbook with all its formulas computed anew.

    Args:
        content: the bytes of the workbook.
        path: where they come from, for messages alone.

    Raises:
        PartMissing: LibreOffice is not installed.
        RenderFailed: it does not open the workbook, or not within three minutes.
    """
    program = find_libreoffice()
    with tempfile.TemporaryDirectory(prefix="sheetrender-recalc-") as name:
        folder = Path(name)
        copy, results = folder / _NAME, folder / "results"
        copy.write_bytes(content)
        profile = folder / "profile"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, "utf-8")
        # A profile of its own: beside a LibreOffice that is open, a second one does nothing.
        complaint = _run(
            [
                *(program, f"-env:UserInstallation={profile.as_uri()}", "--headless"),
                *("--norestore", "--convert-to", "xlsx", "--outdir", str(results), str(copy)),
            ],
            path,
        )
        try:
            return (results / _NAME).read_bytes()
        except OSError as error:
            raise _failed(path, complaint or "it gave no file") from error


def _run(command: list[str], path: Path) -> str:
    """Run LibreOffice to its end, and return what it complains of."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise _failed(path, f"it cannot be started ({error.strerror})") from error
    try:
        _, complaint = process.communicate(timeout=TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise _failed(path, f"it took more than {TIMEOUT_SECONDS:.0f} seconds") from error
    finally:
        _end(process)
    text = complaint.decode("utf-8", "replace").strip()
    if process.returncode:
        raise _failed(path, text or f"it ended with status {process.returncode}")
    return text


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program that is still at work, with those that it started: soffice is but a script."""
    if process.poll() is None:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.communicate()


def _failed(path: Path, reason: str) -> RenderFailed:
    last = reason.splitlines()[-1]
    return RenderFailed(
        f"LibreOffice could not compute {path}: {last}. Open the file in a spreadsheet program, "
        "save it once, and run again without --recalc."
    )
