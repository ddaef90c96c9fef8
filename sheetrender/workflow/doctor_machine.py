"""What this machine has of the things that sheetrender can use."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

import sheetrender
from sheetrender.audio.demucs_stems import why_not
from sheetrender.model.errors import PartMissing
from sheetrender.model.programs import find_ffmpeg
from sheetrender.output.ffmpeg import load_builder
from sheetrender.sheets.recalculated import find_libreoffice

INSTALL = 'pip install "sheetrender[diffusion]"'
"""What brings the packages of the engine diffusion."""

_DIFFUSION_PACKAGES = ("torch", "diffusers", "transformers", "accelerate", "safetensors")
_SECONDS = 20
_LITTLE = 100 * 2**20
"""Bytes below which a disk is as good as full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of what `doctor` says.

    Attributes:
        topic: what it is about, in a word or two.
        state: ``note`` where something is missing that is not needed.
        says: what was found.
        cure: what to do; empty where nothing has to be done.
        exit_code: what the command ends with because of it; 0 where it is not wrong.
    """

    topic: str
    state: Literal["ok", "note", "wrong"]
    says: str
    cure: str = ""
    exit_code: int = 0

    def as_json(self) -> dict[str, str]:
        """Return the form of ``doctor --json``."""
        return {
            "topic": self.topic,
            "state": self.state,
            "says": self.says,
            "cure": self.cure,
        }


def from_error(topic: str, error: Exception | str, exit_code: int) -> Finding:
    """Return a finding from an error, whose text ends with the cure; a note where the code is 0."""
    says, _, cure = str(error).partition(". ")
    return Finding(
        topic=topic,
        state="wrong" if exit_code else "note",
        says=says.rstrip("."),
        cure=cure,
        exit_code=exit_code,
    )


def machine(*, needs_libreoffice: bool = False) -> Iterator[Finding]:
    """Yield what is installed; programs are asked for their version, packages are not loaded."""
    python = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    yield Finding(
        topic="sheetrender", state="ok", says=f"{sheetrender.__version__}, Python {python}"
    )
    yield _ffmpeg()
    yield _libreoffice(is_needed=needs_libreoffice)
    yield _stems()
    yield _graphics_card()
    yield _diffusion()
    yield _models()


def _ffmpeg() -> Finding:
    try:
        program = find_ffmpeg()
        load_builder()
    except PartMissing as error:
        return from_error("ffmpeg", error, error.exit_code)
    first = _first_line([program, "-version"])
    if not first.startswith("ffmpeg version"):
        return Finding(
            topic="ffmpeg",
            state="wrong",
            says=f"{program} does not say its version",
            cure="Set SHEETRENDER_FFMPEG to the path of an ffmpeg that works.",
            exit_code=PartMissing.exit_code,
        )
    return Finding(topic="ffmpeg", state="ok", says=f"{first.split()[2]}, {program}")


def _libreoffice(*, is_needed: bool) -> Finding:
    try:
        program = find_libreoffice()
    except PartMissing as error:
        if is_needed or os.environ.get("SHEETRENDER_SOFFICE"):
            return from_error("LibreOffice", error, error.exit_code if is_needed else 0)
        return Finding(
            topic="LibreOffice", state="note", says="not installed; only --recalc needs it"
        )
    return Finding(topic="LibreOffice", state="ok", says=program)


def _stems() -> Finding:
    reason = why_not()
    if not reason:
        return Finding(topic="stems", state="ok", says=f"demucs {_version('demucs')} with a model")
    wrong, _, cure = reason.partition(". ")
    says = f"{wrong}; without it stems are rough stand-ins"
    return Finding(topic="stems", state="note", says=says, cure=f"{cure}.")


def _graphics_card() -> Finding:
    program = shutil.which("nvidia-smi")
    query = "--query-gpu=name,memory.total"
    name = _first_line([program, query, "--format=csv,noheader"]) if program else ""
    none = "none of NVIDIA found; the animatic needs none, Stable Diffusion is slow without"
    return Finding(topic="graphics card", state="ok" if name else "note", says=name or none)


def _diffusion() -> Finding:
    if missing := missing_packages():
        return Finding(
            topic="diffusion",
            state="note",
            says=f"{', '.join(missing)} not installed; only the engine diffusion needs them",
            cure=INSTALL,
        )
    there = ", ".join(f"{name} {_version(name)}" for name in _DIFFUSION_PACKAGES)
    return Finding(topic="diffusion", state="ok", says=there)


def missing_packages() -> list[str]:
    """Return what the engine diffusion needs and this installation has not got."""
    return [name for name in _DIFFUSION_PACKAGES if not _version(name)]


def _models() -> Finding:
    written = os.environ.get("SHEETRENDER_MODELS", "")
    folders = [Path(part) for part in written.split(os.pathsep) if part]
    lost = [str(folder) for folder in folders if not folder.is_dir()]
    if lost:
        return Finding(
            topic="models",
            state="note",
            says=f"SHEETRENDER_MODELS names {lost[0]}, which is no folder",
            cure="Set it to the folder that your models are in, or unset it.",
        )
    says = f"looked for in {written}" if folders else "looked for beside the sheet"
    cure = "" if folders else "Set SHEETRENDER_MODELS to a folder that keeps them for all sheets."
    return Finding(topic="models", state="ok" if folders else "note", says=says, cure=cure)


def _version(package: str) -> str:
    if importlib.util.find_spec(package) is None:
        return ""
    try:
        return version(package)
    except PackageNotFoundError:
        return "(without a version)"


def _first_line(command: list[str]) -> str:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return next(iter(done.stdout.splitlines()), "").strip()


def disk(folder: Path, *, needed: int = 0) -> Finding:
    """Say how much room there is for the output folder, which need not exist yet.

    Args:
        folder: where the video is made.
        needed: bytes that it will still take, about.
    """
    there = next((parent for parent in (folder, *folder.parents) if parent.exists()), folder)
    try:
        free = shutil.disk_usage(there).free
    except OSError as error:
        return from_error(
            "output folder", f"{there} cannot be used: {error.strerror}. Use -o DIR.", 1
        )
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return from_error(
            "output folder", f"{there} takes no files. Allow writing to it, or use -o DIR.", 1
        )
    says = f"{folder}: {_size(free)} free" + (f", about {_size(needed)} needed" if needed else "")
    if free < max(needed, _LITTLE):
        return from_error(
            "output folder", f"{says}. Make room, or use -o DIR for a folder on another disk.", 1
        )
    return Finding(topic="output folder", state="ok", says=says)


def _size(size: int) -> str:
    if size < 2**30:
        return f"{size / 2**20:.0f} MB"
    return f"{size / 2**30:.1f} GB"
