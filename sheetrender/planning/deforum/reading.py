"""The accounts of an import from Deforum: what became of every key of the file."""

from __future__ import annotations

from sheetrender.planning.deforum.extra import Extra, read_extra, twins
from sheetrender.planning.deforum.file_text import FileText
from sheetrender.planning.deforum.fitting import Unused
from sheetrender.planning.deforum.keys import EXTRA, OLD_NAMES, Cell
from sheetrender.planning.syntax import FormulaError


class Reading:
    """A settings file, and where each of its keys went.

    Attributes:
        rows: cells of the Keyframes tab by frame.
        settings: cells of the Settings tab by name.
        unused: what is no cell.
        notices: what a person should know.
    """

    def __init__(self, text: FileText) -> None:
        self._file = {**text.file}
        self.unused: list[Unused] = []
        if "animation_prompts" in self._file and isinstance(self._file.get("prompts"), list):
            stills = self._file.pop("prompts")
            self.unused.append(Unused("prompts", stills, "is for single pictures"))
        self._original = {new: old for old, new in OLD_NAMES.items() if new not in self._file}
        for new, old in self._original.items():
            if old in self._file:
                self._file[new] = self._file.pop(old)
        self._extra: Extra = read_extra(self._file)
        self._taken = {EXTRA} if self._extra.exported else set()
        self.rows: dict[int, dict[str, Cell]] = {}
        self.settings: dict[str, Cell] = {}
        self.notices: list[str] = []

    def _leave(self, key: str, why: str, *, is_missed: bool = True) -> None:
        """List a key as not used, once."""
        if key in self._file and key not in self._taken:
            self._taken.add(key)
            name, value = self._original_name(key), self._file[key]
            self.unused.append(Unused(name, value, why, is_missed))

    def _original_name(self, key: str) -> str:
        return self._original.get(key, key)

    def _refuse(self, key: str, error: FormulaError) -> None:
        self._leave(key, f"it {error}")
        self.notices.append(f"{key} is not used: it {error}. {error.remedy}".strip())

    def _is_kept(self, name: str) -> bool:
        """Say whether what an earlier export kept counts for one of our names."""
        keys = twins(name)
        if not self._extra.counts(self._file, keys):
            return False
        self._taken.update(keys)
        if name in self._extra.settings:
            self.settings[name] = self._extra.settings[name]
        return True

    @property
    def frames(self) -> int:
        """Of the video."""
        return int(self.settings["frames"])

    @property
    def seed(self) -> float:
        """Of the file; -1 where one is drawn."""
        seed = self.settings.get("seed", -1)
        return float(seed) if isinstance(seed, (int, float)) else -1.0

    def _row(self, frame: int) -> dict[str, Cell]:
        return self.rows.setdefault(frame, {})

    def _keep_cells(self, name: str) -> None:
        for frame, cells in self._extra.rows.items():
            if name in cells:
                self._row(frame)[name] = cells[name]
