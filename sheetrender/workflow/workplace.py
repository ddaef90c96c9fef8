"""The output folder and the engine of a sheet whose settings may change while it is watched."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sheetrender.engines.engine import Engine, EngineSettings, open_engine
from sheetrender.rendering.folder import OutputFolder
from sheetrender.rendering.journal import Journal
from sheetrender.workflow.project import Project, Request, output_folder


@dataclass(frozen=True, slots=True)
class Needs:
    """What the settings of a sheet ask for."""

    output: OutputFolder
    engine: str
    settings: EngineSettings


def needs_of(project: Project, folder: Path | None, request: Request) -> Needs:
    """Return what a sheet asks for.

    Raises:
        UsageError: its output folder leads out of the sheet's.
    """
    output = OutputFolder(output_folder(project, folder, request))
    return Needs(output, project.settings.engine, project.engine_settings)


@dataclass(frozen=True, slots=True)
class Workplace:
    """An open folder and who draws into it."""

    output: OutputFolder
    journal: Journal
    engine: Engine


class Workplaces:
    """Opens what is needed, and keeps it open as long as it is needed."""

    def __init__(self, location: str) -> None:
        """Begin with nothing open.

        Args:
            location: of the sheet.
        """
        self._location = location
        self._room = ExitStack()
        self._needs: Needs | None = None
        self._here: Workplace | None = None

    def suits(self, needs: Needs) -> bool:
        """Say whether just that is open."""
        return self._here is not None and self._needs == needs

    def enter(self, needs: Needs) -> Workplace:
        """Return what is needed, opened where it is not open.

        Raises:
            UsageError: the folder is another sheet's or in use, or the engine is unknown; nothing
                is open then.
            PartMissing: the engine is not installed; nothing is open then.
            RenderFailed: the folder cannot be made.
        """
        if self._here is not None and self._needs == needs:
            return self._here
        old = self._needs
        is_same = old is not None and (old.engine, old.settings) == (needs.engine, needs.settings)
        engine = self._here.engine if self._here is not None and is_same else None
        self.close()
        engine = engine or open_engine(needs.engine, needs.settings)
        journal = self._room.enter_context(needs.output.opened(self._location))
        self._needs = needs
        self._here = Workplace(needs.output, journal, engine)
        return self._here

    @property
    def has_undelivered(self) -> bool:
        """Whether statuses lie there that the sheet did not take."""
        return self._here is not None and self._here.output.undelivered.exists()

    def close(self) -> None:
        """Leave the folder."""
        self._here = None
        self._room.close()
