"""A document or manifest of Parseq as the cells of a sheet; what is no cell is listed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sheetrender.planning.columns import Column, channel
from sheetrender.planning.deforum.file_text import FileText
from sheetrender.planning.deforum.fitting import MAX_TEXT, Unused, fitted
from sheetrender.planning.deforum.importing import Imported, imported
from sheetrender.planning.deforum.keys import Cell
from sheetrender.planning.deforum.prompts import Unreadable, prompt_rows, without_gaps
from sheetrender.planning.deforum.travelling import seed_cells
from sheetrender.planning.functions.function import Numbers
from sheetrender.planning.parseq.clock import Clock, FieldNames
from sheetrender.planning.parseq.curves import (
    FieldCurve,
    Piece,
    bookended,
    cells,
    field_curve,
    number_cells,
    schedule,
)
from sheetrender.planning.parseq.document import Document, Keyframes, document
from sheetrender.planning.parseq.fields import DEEP, POSITIONS, column_of, reason
from sheetrender.planning.parseq.kept import Kept, kept
from sheetrender.planning.parseq.leftovers import left_over
from sheetrender.planning.parseq.prompts import PromptTexts, few_texts
from sheetrender.planning.parseq.remarks import Remark, told
from sheetrender.planning.syntax import FormulaError

USUAL_FPS, USUAL_BPM = 20.0, 140.0
"""What Parseq begins a document with."""
_NO_KEYFRAMES = Keyframes(values={}, formulas={})


def imported_parseq(text: FileText) -> Imported:
    """Return a file of Parseq as the cells of a sheet.

    Raises:
        NoSettingsFile: it holds nothing to import, or something of another kind than it should.
    """
    found = kept(text.file)
    if found.counts:
        # What it does not use are Deforum's own defaults, which nobody wrote.
        return replace(imported(FileText(found.settings, ())), unused=())
    reading = _Reading(document(text.file), found)
    reading.read_options()
    reading.read_fields()
    reading.read_seeds()
    prompts = reading.read_prompts()
    schedules = reading.place_channels()
    reading.read_rest()
    return reading.result(prompts, schedules)


class _Reading:
    def __init__(self, read: Document, own: Kept) -> None:
        self._file = read
        self._own = own
        self._curves: dict[str, FieldCurve] = {}
        self._channels: dict[str, dict[int, Cell]] = {}
        self._remarks: list[Remark] = []
        self.rows: dict[int, dict[str, Cell]] = {at: {} for at in read.labels}
        self.settings: dict[str, Cell] = {}
        self.unused: list[Unused] = []
        self.notices: list[str] = []
        self._clock = Clock(
            frames=read.frames,
            fps=read.fps or USUAL_FPS,
            bpm=read.bpm or USUAL_BPM,
            cadence=read.cadence or 1.0,
            labels=read.labels,
            series=read.series,
        )

    def read_options(self) -> None:
        self.settings.update(self._own.other_settings())
        self.settings |= {"fps": _whole(self._clock.fps), "frames": self._file.frames}
        self.settings["bpm"] = _whole(self._clock.bpm)
        if self._file.cadence and self._file.cadence != 1:
            self.settings["cadence"] = _whole(self._file.cadence)
        if self._file.fps is None:
            self.notices.append(f"output_fps is missing, so fps is {USUAL_FPS:g}, as usual.")

    def read_fields(self) -> None:
        """Compute every field, and make the cells of those that are channels."""
        for field in self._field_names():
            keyframes = self._file.fields.get(field, _NO_KEYFRAMES)
            at = bookended(field, keyframes, self._ends)
            names = FieldNames(self._clock, list(at), list(at.values()))
            rendered = self._file.rendered.get(field)
            curve = self._curves[field] = field_curve(field, keyframes, names, rendered)
            column = column_of(field)
            if column is None:
                if field != "seed":
                    self._leave_field(field, keyframes)
                continue
            self._remarks.extend(curve.remarks)
            if field in POSITIONS:
                self._take(column, number_cells(self._steps(field, curve.values)), field)
            else:
                found, as_numbers = cells(curve, at, self._clock)
                if self._take(column, found, field):
                    self._remarks.extend(_untranslated(field, piece) for piece in as_numbers)

    @property
    def _ends(self) -> tuple[int, int]:
        first = min(self._file.labels, default=0)
        return first, max([*self._file.labels, self._file.frames - 1])

    def _field_names(self) -> list[str]:
        rendered = [
            name.removesuffix("_delta") if name.removesuffix("_delta") in POSITIONS else name
            for name in self._file.rendered
            if name not in ("subseed", "subseed_strength")
        ]
        names = dict.fromkeys([*self._file.fields, *rendered])
        return [name for name in names if not name.endswith("_delta")]

    def _steps(self, field: str, values: Numbers) -> Numbers:
        """Return how far a position goes from each frame to the next."""
        rendered = self._file.rendered.get(f"{field}_delta")
        if rendered is not None:
            return rendered
        still = 1.0 if field == "zoom" else 0.0
        # What is left of differences beyond is no more than rounding.
        return np.round(np.concatenate([values[:1], np.diff(values) + still]), 12)

    def _take(self, column: Column, found: dict[int, Cell], field: str) -> bool:
        """Keep the cells of a channel, unless the channel does not take its numbers."""
        numbers = self._curves[field].values
        if field in POSITIONS:
            numbers = self._steps(field, numbers)
        bad = [n for n, value in enumerate(numbers.tolist()) if not column.allows(value)]
        if bad == [0] and field in POSITIONS:
            # Nothing is moved before there is a picture.
            found = number_cells(np.concatenate([numbers[1:2], numbers[1:]]))
        elif bad and column.heading != "strength":
            why = f"is {numbers[bad[0]]:g} at frame {bad[0]}; it has to be {column.limits}"
            self._leave_field(field, self._file.fields.get(field, _NO_KEYFRAMES), f"it {why}")
            self.notices.append(f"{field} is not used: it {why}.")
            return False
        self._channels[column.heading] = found
        return True

    def _leave_field(self, field: str, keyframes: Keyframes, why: str = "") -> None:
        said: dict[str, object] = {
            str(at): {
                key: value
                for key, value in (
                    ("value", keyframes.values.get(at)), ("formula", keyframes.formulas.get(at))
                )
                if value is not None
            }
            for at in sorted({*keyframes.values, *keyframes.formulas})
        }  # fmt: skip
        if not said and field in self._file.rendered:
            said = {"rendered": schedule(number_cells(self._file.rendered[field]))}
        if said:
            self.unused.append(Unused(field, said, why or reason(field)))

    def read_seeds(self) -> None:
        curve = self._curves.get("seed")
        if curve is None:
            return
        self._remarks.extend(curve.remarks)
        seeds = curve.values.copy()
        if np.all(seeds < 0):
            self.settings["seed"] = -1
            self.notices.append("The seed is -1: one is drawn and kept, not one for every frame.")
            return
        share = self._file.rendered.get("subseed_strength")
        if share is not None and np.all((share >= 0) & (share < 1)):
            seeds = np.floor(seeds) + np.where(np.floor(seeds) == seeds, share, seeds % 1)
        try:
            found = seed_cells(seeds)
        except FormulaError as error:
            keyframes = self._file.fields.get("seed", _NO_KEYFRAMES)
            self._leave_field("seed", keyframes, f"it {error}")
            self.notices.append(f"seed is not used: it {error}.")
            return
        self.settings["seed_behavior"] = "fixed"
        for at, cell in found.items():
            self._row(at)["seed"] = cell

    def _row(self, frame: int) -> dict[str, Cell]:
        return self.rows.setdefault(frame, {})

    def read_prompts(self) -> int:
        """Make rows of the prompts, and return how many."""
        texts = self._file.texts or self._computed_prompts()
        if not texts:
            self._row(0)
            self.notices.append("It has no prompts: Deforum has them. Write them into the rows.")
            return 0
        by_frame = {str(at): text for at, text in few_texts(texts).items()}
        found = {
            row.frame: (row.prompt, row.negative)
            for row in prompt_rows(by_frame, None, "", "", self._file.frames)
            if not isinstance(row, Unreadable)
        }
        for frame, (prompt, negative) in without_gaps(found).items():
            row = self._row(frame)
            row |= {k: v for k, v in (("prompt", prompt), ("negative", negative)) if v}
        if any(" AND " in prompt for prompt, _ in found.values()):
            self.notices.append(
                "Prompts that overlap are joined by AND, as Parseq renders them; the engines here "
                "read that as a word. For a fade, leave the later prompt and write the frames that "
                "it takes at blend."
            )
        if len(found) > len(self._file.prompts) + self._file.frames // 10:
            self.notices.append(f"The prompt changes {len(found)} times, and has a row each time.")
        return len(found)

    def _computed_prompts(self) -> list[str]:
        values = {name: curve.values for name, curve in self._curves.items()}
        at = [frame for frame in self._file.labels if frame < self._file.frames] or [0]
        prompts = PromptTexts(self._file, FieldNames(self._clock, at, [0.0] * len(at), values))
        texts = prompts.all()
        self.notices.extend(prompts.notices)
        return texts

    def place_channels(self) -> int:
        """Put each channel beside its keyframes, or into the Settings tab, and count them."""
        for name, found in self._channels.items():
            cell = schedule(found)
            if cell == channel(name).default:
                continue
            is_lone = not isinstance(cell, str)
            beside_rows = set(found) <= set(self.rows)
            if is_lone or (not beside_rows and len(str(cell)) <= MAX_TEXT):
                self.settings[name] = _whole(cell) if isinstance(cell, float) else cell
                continue
            for at, value in found.items():
                self._row(at)[name] = _whole(value) if isinstance(value, float) else value
            if not beside_rows:
                self.notices.append(
                    f"{name} is longer than a cell can be: it stands in {len(found)} rows."
                )
        self._choose_motion()
        return len(self._channels)

    def _choose_motion(self) -> None:
        used = [
            name
            for name in DEEP
            if name in self._channels and set(self._channels[name].values()) != {0.0}
        ]
        if used and "motion" not in self.settings:
            self.settings["motion"] = "3d"
            self.notices.append(
                f"{', '.join(used)} move a camera, so motion is 3d: zoom and angle do nothing "
                "there. Set motion to 2d if Deforum was."
            )
        if POSITIONS & set(self._channels):
            self.notices.append(
                "Parseq says where the picture is, the sheet how far it goes from frame to frame, "
                "as Deforum does with parseq_use_deltas on."
            )

    def read_rest(self) -> None:
        """List what is no cell."""
        self.unused.extend(left_over(self._file))
        if self._file.series:
            self.notices.append(
                f"Time series ({', '.join(self._file.series)}) count in the numbers that they "
                "make. To hear the song itself, give it a row in the Audio tab."
            )

    def result(self, prompts: int, schedules: int) -> Imported:
        """Return all that was read."""
        said = self.unused, self.notices
        settings = fitted(self.settings, "in the settings", *said)
        self.rows.setdefault(0, {})
        rows = {
            at: fitted(row, f"at frame {at}", *said)
            for at, row in sorted(self.rows.items())
            if at == 0 or row
        }
        return Imported(
            rows=tuple({"frame": at, **row} for at, row in rows.items()),
            settings=settings,
            unused=tuple(self.unused),
            prompts=prompts,
            schedules=schedules,
            notices=tuple(dict.fromkeys([*told(self._remarks), *self.notices])),
        )


def _untranslated(field: str, piece: Piece) -> Remark:
    says = "has nothing that means the same here. Its numbers stand in its place."
    return Remark(field, piece.formula, piece.at or 0, says)


def _whole(value: float | Cell) -> Cell:
    return int(value) if isinstance(value, float) and value.is_integer() else value
