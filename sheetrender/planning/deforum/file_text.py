"""The text of a Deforum settings file: JSON, with nothing of it lost."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sheetrender.planning.deforum.keys import File


@dataclass(frozen=True, slots=True)
class FileText:
    """What a settings file says.

    Attributes:
        file: value by key.
        repeated: keys that stand in it twice, with the value that does not count.
    """

    file: File
    repeated: tuple[tuple[str, object], ...]


class NoSettingsFile(ValueError):
    """A text that is none; its message says why, and in which line where that is known."""


def parsed(text: str) -> FileText:
    """Return what the text of a settings file says.

    Raises:
        NoSettingsFile: it is no JSON, or no object.
    """
    repeated: list[tuple[str, object]] = []

    def collected(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found: dict[str, object] = {}
        for key, value in pairs:
            if key in found:
                repeated.append((key, found[key]))
            found[key] = value
        return found

    try:
        file = json.loads(text, object_pairs_hook=collected)
    except json.JSONDecodeError as error:
        raise NoSettingsFile(
            f"line {error.lineno}, column {error.colno}: {error.msg}. Mend that line"
        ) from error
    except (ValueError, RecursionError) as error:
        raise NoSettingsFile(f"{error}. Save the settings in Deforum again") from error
    if not isinstance(file, dict):
        raise NoSettingsFile("it holds no settings. Give the file that Deforum saves")
    return FileText(file, tuple(repeated))
