"""Cells that the chosen model cannot heed, told by `check` before anything heavy is loaded."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sheetrender.engines.diffusion.companions import companion_of, lone_in
from sheetrender.engines.diffusion.families import (
    Family,
    family_of,
    refusal,
    size_that_fits,
)
from sheetrender.engines.diffusion.located import (
    Located,
    class_of,
    family_at,
    is_untold,
    located,
)
from sheetrender.engines.diffusion.lora_kinds import lora_shapes, misfit, text_width_of
from sheetrender.engines.diffusion.samplers import sampler_named
from sheetrender.model.cells import Address, Problem
from sheetrender.model.errors import PartMissing, UsageError
from sheetrender.model.keyframes import Keyframe, Settings
from sheetrender.model.prompts import plain_words


def engine_warnings(
    settings: Settings, rows: Sequence[Keyframe], folders: Sequence[Path]
) -> Iterator[Problem]:
    """Yield a warning for the first cell of each kind that a model cannot heed.

    Args:
        settings: of the sheet.
        rows: of the sheet.
        folders: where models are looked for.
    """
    if settings.engine != "diffusion":
        return
    yield from _samplers(settings, rows)
    by_model: dict[str, list[Keyframe]] = {}
    for row in rows:
        by_model.setdefault(row.model or settings.model, []).append(row)
    for name, its_rows in by_model.items():
        yield from _Model(name, settings, its_rows, tuple(folders)).warnings()


def _samplers(settings: Settings, rows: Sequence[Keyframe]) -> Iterator[Problem]:
    told: set[str] = set()
    wanted = [(settings.sampler, settings.places.get("sampler"))]
    wanted += [(row.sampler, row.place) for row in rows if row.sampler]
    for name, place in wanted:
        if name in told:
            continue
        told.add(name)
        try:
            sampler_named(name)
        except UsageError as error:
            yield _warning("sampler", name, place, "is no sampler", str(error))


@dataclass(frozen=True, slots=True)
class _Model:
    """One model with the rows that it paints."""

    name: str
    settings: Settings
    rows: Sequence[Keyframe]
    folders: tuple[Path, ...]

    def warnings(self) -> Iterator[Problem]:
        try:
            found = _located(self.name, self.folders)
            family = _family(found)
            _refuse_incomplete(found, self.folders)
        except PartMissing as error:
            yield self._about_model("cannot be used, so `run` will stop", str(error))
            return
        if family is None:
            return
        yield from self._prediction(found)
        yield from self._size(family)
        yield from self._negative(family)
        yield from self._scale(found, family)
        yield from self._sampler(family)
        yield from self._weights(family)
        yield from self._embeddings(family)
        yield from self._loras(found, family)

    def _about_model(self, wrong: str, remedy: str) -> Problem:
        cells = (row.files["model"] for row in self.rows if "model" in row.files)
        own = next((cell.place for cell in cells), None) if self._is_own else None
        place = own or self.settings.places.get("model")
        return _warning("model", self.name, place, wrong, remedy)

    @property
    def _is_own(self) -> bool:
        return bool(self.rows[0].model)

    def _prediction(self, found: Located) -> Iterator[Problem]:
        if is_untold(found):
            yield self._about_model(
                "is of Stable Diffusion 2 and says nowhere how it was trained: a trial tells when "
                "it is loaded",
                "If its pictures look wrong, put the model's .yaml beside it, of the same name.",
            )

    def _size(self, family: Family) -> Iterator[Problem]:
        size = self.settings.size
        width, height = size_that_fits(size.width, size.height, family)
        for name, written, fits in (
            ("width", size.width, width),
            ("height", size.height, height),
        ):
            if written != fits:
                yield _warning(
                    name,
                    str(written),
                    self.settings.places.get(name),
                    f"cannot be painted by {family.name}, so `run` will stop",
                    f"Write a multiple of {family.multiple}, such as {fits}.",
                )

    def _negative(self, family: Family) -> Iterator[Problem]:
        row = next((row for row in self.rows if row.negative.strip()), None)
        if family.negative or row is None:
            return
        cells = (text.place for text in row.texts if text.heading.casefold() == "negative")
        place = next(cells, None) or self.settings.places.get("negative")
        yield _warning(
            "negative",
            row.negative,
            place,
            f"changes nothing: {family.name} has no negative prompt",
            "Say in the prompt what is to be seen instead.",
        )

    def _scale(self, found: Located, family: Family) -> Iterator[Problem]:
        if family.key != "flux" or _is_guided(found):
            return
        keys = [
            (row.keys["scale"].value, row.keys["scale"].place)
            for row in self.rows
            if "scale" in row.keys
        ]
        if "scale" in self.settings.channels:
            schedule = self.settings.channels["scale"]
            keys.append((schedule.written, schedule.place))
        for value, place in keys[:1]:
            yield _warning(
                "scale",
                str(value),
                place,
                "changes nothing: this model of FLUX.1 (schnell) has no guidance",
                "Leave the cell blank, or use FLUX.1 dev.",
            )

    def _sampler(self, family: Family) -> Iterator[Problem]:
        if family.is_unet:
            return
        own = ((row.sampler, row.place) for row in self.rows if row.sampler)
        place = self.settings.places.get("sampler")
        for name, where in [*own, *([(self.settings.sampler, place)] if place else [])][:1]:
            yield _warning(
                "sampler",
                name,
                where,
                f"changes nothing: {family.name} has a sampler of its own",
                "Leave the cell blank.",
            )

    def _weights(self, family: Family) -> Iterator[Problem]:
        if family.weights:
            return
        for row in self.rows:
            if "(" in row.prompt and ":" in row.prompt and plain_words(row.prompt) != row.prompt:
                yield _warning(
                    row.texts[0].heading if row.texts else "prompt",
                    row.prompt,
                    row.texts[0].place if row.texts else row.place,
                    f"has weights in brackets, which {family.name} does not read",
                    "They are left out; say it in words.",
                )
                return

    def _embeddings(self, family: Family) -> Iterator[Problem]:
        if self.settings.embeddings and not family.embeddings:
            yield _warning(
                "embeddings",
                self.settings.embeddings,
                self.settings.places.get("embeddings"),
                f"cannot be used: {family.name} takes no textual inversions",
                "Leave the cell blank.",
            )

    def _loras(self, found: Located, family: Family) -> Iterator[Problem]:
        told: set[str] = set()
        for row in self.rows:
            for name in row.loras:
                if name in told:
                    continue
                told.add(name)
                wrong, remedy = _lora_fault(name, found, family, self.folders)
                if wrong:
                    own = row.files.get("lora")
                    place = own.place if own else self.settings.places.get("lora")
                    yield _warning("lora", name, place, wrong, remedy)


def _lora_fault(
    name: str, model: Located, family: Family, folders: tuple[Path, ...]
) -> tuple[str, str]:
    """Return what is wrong with a LoRA and what helps; both empty where nothing is."""
    try:
        found = located(name, folders, os.environ, what="LoRA")
        if not found.is_file or found.path is None:
            return "", ""
        shapes = lora_shapes(found.path)
    except PartMissing as error:
        return "cannot be used, so `run` will stop", str(error)
    wrong = misfit(shapes, text_width_of(model), unet=family.is_unet)
    return wrong, "Use a LoRA that was made for this model." if wrong else ""


def _located(name: str, folders: tuple[Path, ...]) -> Located:
    return located(name, folders, os.environ)


def _family(found: Located) -> Family | None:
    """Return the family; None where it cannot be told before the model is fetched.

    Raises:
        PartMissing: it is no model that can be used.
    """
    if found.path is None:
        return None
    name = class_of(found)
    if name is not None and family_of(name) is None:
        raise PartMissing(refusal(name))
    if not found.is_file:
        return family_at(found)
    about = found.path.stat()
    return _family_of_file(found, about.st_mtime_ns, about.st_size)


# A sheet that is watched is understood every few seconds; its model seldom changes.
@lru_cache(maxsize=64)
def _family_of_file(found: Located, changed: int, size: int) -> Family | None:
    return family_at(found)


def _refuse_incomplete(found: Located, folders: tuple[Path, ...]) -> None:
    """Stop where a file lacks what no other model lends it.

    Raises:
        PartMissing: it does.
    """
    lone = lone_in(found)
    if lone is not None and found.path is not None:
        companion_of(found.path, lone, folders, os.environ)


def _is_guided(found: Located) -> bool:
    """Return whether a model of FLUX heeds a scale; where nothing is said, it does."""
    if found.path is None:
        return True
    lone = lone_in(found)
    if lone is not None:
        return bool(lone.facts.get("guidance_embeds", True))
    try:
        text = (found.path / "transformer" / "config.json").read_text(encoding="utf-8")
        return bool(json.loads(text)["guidance_embeds"])
    except (OSError, ValueError, KeyError, TypeError):
        return True


def _warning(heading: str, written: str, place: Address | None, wrong: str, remedy: str) -> Problem:
    return Problem(
        place=place, tab="--set", heading=heading, written=written, wrong=wrong, remedy=remedy
    )
