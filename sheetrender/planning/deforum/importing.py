"""A settings file of Deforum as the cells of a sheet; what is no cell is listed, none is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sheetrender.planning.columns import CHANNEL_NAMES, CHANNELS, Column
from sheetrender.planning.deforum.channels import channel_cells
from sheetrender.planning.deforum.defaults import DEFAULTS
from sheetrender.planning.deforum.extra import twins
from sheetrender.planning.deforum.file_text import FileText
from sheetrender.planning.deforum.finishing import finishing_cells
from sheetrender.planning.deforum.fitting import Unused, fitted
from sheetrender.planning.deforum.keys import (
    NAME_KEYS,
    SEED_KEYS,
    SETTING_KEYS,
    Cell,
    SettingKey,
    channel_key,
    is_on,
    number,
    why_not_moved,
)
from sheetrender.planning.deforum.names import names_by_frame
from sheetrender.planning.deforum.prompts import (
    PromptRow,
    Unreadable,
    prompt_rows,
    without_gaps,
)
from sheetrender.planning.deforum.reading import Reading
from sheetrender.planning.deforum.reasons import is_seen, why_not_used
from sheetrender.planning.deforum.seeds import SeedCells, said_by
from sheetrender.planning.settings_table import SETTINGS
from sheetrender.planning.syntax import FormulaError

USUAL_FRAMES = 120
_PROMPT_KEYS = ("prompts", "positive_prompts", "negative_prompts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A settings file as cells.

    Attributes:
        rows: cells of the Keyframes tab by heading, in the order of their frames.
        settings: cells of the Settings tab by name.
        unused: what is no cell; what differs from Deforum's own default first.
        prompts: how many were taken.
        schedules: how many channels were taken.
        notices: what a person should know.
    """

    rows: tuple[Mapping[str, Cell], ...]
    settings: Mapping[str, Cell]
    unused: tuple[Unused, ...]
    prompts: int
    schedules: int
    notices: tuple[str, ...]

    @property
    def missed(self) -> list[str]:
        """Names of what is not used and differs both from Deforum's default and from ours."""
        found = (entry.name for entry in self.unused if entry.is_missed and not _is_usual(entry))
        return list(dict.fromkeys(found))

    @property
    def others(self) -> int:
        """How many settings were taken that are no channels."""
        return sum(name not in CHANNEL_NAMES for name in self.settings)


def imported(text: FileText) -> Imported:
    """Return a settings file as the cells of a sheet."""
    reading = _Reading(text)
    reading.read_settings()
    reading.read_seeds()
    schedules = reading.read_channels()
    prompts = reading.read_prompts()
    reading.read_rest(text)
    said = reading.unused, reading.notices
    settings = fitted(reading.settings, "in the settings", *said)
    rows = {at: fitted(row, f"at frame {at}", *said) for at, row in sorted(reading.rows.items())}
    return Imported(
        rows=tuple({"frame": frame, **cells} for frame, cells in rows.items()),
        settings=settings,
        unused=tuple(sorted(reading.unused, key=_is_usual)),
        prompts=prompts,
        schedules=schedules,
        notices=tuple(reading.notices),
    )


def _is_usual(entry: Unused) -> bool:
    return entry.name in DEFAULTS and DEFAULTS[entry.name] == entry.value


class _Reading(Reading):
    def read_settings(self) -> None:
        for setting in SETTINGS:
            if not twins(setting.name):
                self._is_kept(setting.name)
        for entry in SETTING_KEYS:
            own = entry.name in ("width", "height", "frames")
            if entry.key in self._file and (own or not self._is_kept(entry.name)):
                self._read_setting(entry)
        if "frames" not in self.settings:
            self.settings["frames"] = USUAL_FRAMES
            self.notices.append(f"max_frames is missing, so frames is {USUAL_FRAMES}, as usual.")
        if "init_image" in self.settings and "strength" in self._file and not self._extra.exported:
            self.notices.append(
                f"strength {self._file['strength']} of the first picture is not used: here "
                "strength at frame 0 says how much of it is kept."
            )
        self._read_finishing()
        for switch, name in NAME_KEYS:
            self._read_names(switch, name)

    def _read_finishing(self) -> None:
        found = finishing_cells(self._file, self.settings)
        for name in ("fps_to", "between", "scale_to"):
            if not self._is_kept(name) and name in found.cells:
                self.settings[name] = found.cells[name]
                self._taken.update(found.keys[name])

    def _read_names(self, switch: str, name: str) -> None:
        """Read a schedule of names: the first is the setting, the others stand in rows."""
        key = f"{switch}_schedule"
        if self._extra.counts(self._file, twins(name)):
            self._keep_cells(name)
            self._taken.update(k for k in twins(name) if k in self._file)
            return
        if key not in self._file or not is_on(self._file.get(f"enable_{switch}_scheduling")):
            return
        try:
            found = names_by_frame(self._file[key], self.frames)
        except FormulaError as error:
            self._refuse(key, error)
            return
        first, *others = found.items()
        self.settings[name] = first[1]
        for frame, named in others:
            self._row(frame)[name] = named
        self._taken.add(key)

    def _read_setting(self, entry: SettingKey) -> None:
        value = self._file[entry.key]
        if why := entry.when(self._file):
            self._leave(entry.key, why)
            return
        try:
            cell = entry.read(value)
        except FormulaError as error:
            if value not in ("", None):
                self._refuse(entry.key, error)
            return
        self.settings[entry.name] = cell
        if isinstance(cell, (int, float)) and cell != number(value):
            self._leave(entry.key, f"is taken as {cell}")
            self.notices.append(f"{entry.key} {value} is taken as {cell}.")
        self._taken.add(entry.key)

    def read_seeds(self) -> None:
        if self._extra.counts(self._file, SEED_KEYS):
            for name in ("seed", "seed_behavior"):
                self._is_kept(name)
            self._keep_cells("seed")
            return
        cells = said_by(self._file, self.frames)
        self.settings.update(cells.settings)
        for frame, cell in cells.rows.items():
            self._row(frame)["seed"] = cell
        self._take_seeds(cells)

    def _take_seeds(self, cells: SeedCells) -> None:
        for key, why in cells.unused.items():
            self._leave(key, why)
        self.notices.extend(cells.notices)
        self._taken.update(key for key in ("seed", "seed_behavior") if key in self._file)
        self._taken.update(cells.taken)
        if cells.rows:
            used = str(self._file.get("seed_behavior", "")).strip().casefold() == "schedule"
            self._taken.add("seed_schedule" if used else "seed_iter_N")

    def read_channels(self) -> int:
        """Read every channel, and return how many have cells."""
        count = 0
        is_straight = self._extra.settings.get("interpolation", "linear") == "linear"
        as_exported = all(self._extra.counts(self._file, twins(c.heading)) for c in CHANNELS)
        if not (is_straight or as_exported):
            self.settings.pop("interpolation", None)
        for column in CHANNELS:
            if (is_straight or as_exported) and self._is_kept(column.heading):
                self._keep_cells(column.heading)
                count += column.heading in self.settings or any(
                    column.heading in cells for cells in self._extra.rows.values()
                )
            elif channel_key(column, self._file) in self._file:
                count += self._read_channel(column, channel_key(column, self._file))
        return count

    def _read_channel(self, column: Column, key: str) -> bool:
        """Read one channel, and say whether it became cells."""
        if why := why_not_moved(column.heading, self._file):
            self._leave(key, why, is_missed=False)
            return False
        has_seeds = any("seed" in cells for cells in self.rows.values())
        try:
            cells = channel_cells(
                column, self._file[key], frames=self.frames, seed=self.seed, seeds_change=has_seeds
            )
        except FormulaError as error:
            self._refuse(key, error)
            return False
        self.notices.extend(cells.notices)
        if cells.is_default:
            why = f"is {column.default:g} here too where nothing is written"
            self._leave(key, why, is_missed=False)
            return False
        if cells.setting is not None:
            self.settings[column.heading] = cells.setting
        for frame, cell in cells.rows.items():
            self._row(frame)[column.heading] = cell
        self._taken.add(key)
        return True

    def read_prompts(self) -> int:
        """Read the prompts, and return how many became rows."""
        found = self._prompts_by_frame()
        for frame, (prompt, negative) in without_gaps(found or {0: self._around()}).items():
            row = self._row(frame)
            if prompt:
                row.update(self._prompt_cells(frame, prompt))
            if negative:
                row["negative"] = negative
        for frame, kept in self._extra.rows.items():
            row = self._row(frame)
            row |= {name: kept[name] for name in ("cut", "lora", "init_image")
                    if name in kept}  # fmt: skip
        return len(found)

    def _around(self) -> tuple[str, str]:
        """Return what stands in every prompt: before it, and as what shall not be seen."""
        before, behind = (self._file.get(key) for key in _PROMPT_KEYS[1:])
        return (
            before if isinstance(before, str) else "",
            behind if isinstance(behind, str) else "",
        )

    def _prompts_by_frame(self) -> dict[int, tuple[str, str]]:
        prompts, negatives = self._file.get("prompts"), self._file.get("negative_prompts")
        before, behind = self._around()
        own = None if isinstance(negatives, str) else negatives
        found: dict[int, PromptRow] = {}
        for row in prompt_rows(prompts, own, before, behind, self.frames):
            if isinstance(row, Unreadable):
                self.unused.append(Unused(f"prompts[{row.key}]", row.text, row.why))
                self.notices.append(f"The prompt at {row.key!r} is not used: {row.why}.")
            else:
                if earlier := found.get(row.frame):
                    why = f"the prompt at {row.key} has the same frame and counts"
                    self.unused.append(Unused(f"prompts[{earlier.key}]", earlier.prompt, why))
                found[row.frame] = row
        if isinstance(prompts, list) and len(prompts) > 1:
            self.notices.append("The prompts name no frames, so they are spread over the video.")
        self._taken.update(key for key in _PROMPT_KEYS if key in self._file)
        return {frame: (row.prompt, row.negative) for frame, row in found.items()}

    def _prompt_cells(self, frame: int, prompt: str) -> dict[str, Cell]:
        """Return the cells of a prompt: in two where an earlier export knows what it is about."""
        kept = self._extra.rows.get(frame, {})
        # Here LoRAs have a column; what an earlier export made of it goes.
        prompt = prompt.removesuffix(str(kept.get("tags", "")))
        subject = str(kept.get("caption", ""))
        style = prompt.removeprefix(f"{subject}, ")
        if subject and style and style != prompt and "{" not in prompt:
            return {"subject": subject, "style": style}
        return {"prompt": prompt}

    def read_rest(self, text: FileText) -> None:
        """List every key that is still to be accounted for."""
        if self._file.get("parseq_manifest"):
            self.notices.append(
                "parseq_manifest is not used here, and counts in Deforum. Save it as a file, and "
                "take it with init --from."
            )
        for key in list(self._file):
            why = why_not_used(key)
            is_usual = key in DEFAULTS and DEFAULTS[key] == self._file[key]
            said = f"{why}; Deforum's default" if is_usual else why
            self._leave(key, said, is_missed=is_seen(key))
        for key, value in text.repeated:
            self.unused.append(
                Unused(key, value, "stands twice in its place; the later one counts")
            )
