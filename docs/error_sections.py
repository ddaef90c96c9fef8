"""What a person was doing when an error came: the sections of the page of troubleshooting."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """One thing that people do.

    Attributes:
        title: of the section.
        means: what its errors have in common.
        modules: beginnings of the names of modules whose errors belong here.
        remedy: what to do where an error cannot say more than that something is wrong.
    """

    title: str
    means: str
    modules: tuple[str, ...]
    remedy: str = "The message goes on to say it."


SECTIONS = (
    Section(
        "Typing a command",
        "The command was not understood, and nothing was done. `sheetrender COMMAND --help` lists "
        "its options.",
        ("cli/", "dashboard/", "workflow/serve", "workflow/timecode", "workflow/plan",
         "workflow/preview", "workflow/report", "workflow/moodboard"),
        "The sentence says it.",
    ),
    Section(
        "Making a new sheet",
        "No file was made or changed.",
        ("workflow/init", "sheets/google_new", "sheets/added_tab"),
    ),
    Section(
        "Opening and writing a file",
        "The workbook or `.csv` could not be read, or not be written. What stood in it is "
        "untouched. A workbook that is *unusual* or *damaged* becomes usual when a spreadsheet "
        "program opens and saves it once.",
        ("sheets/xlsx", "sheets/xml_scan", "sheets/zip", "sheets/csv", "sheets/files",
         "sheets/store", "sheets/safekeeping", "sheets/recalculated", "sheets/a1"),
        "Open the file in a spreadsheet program, and save it once.",
    ),
    Section(
        "Opening a Google Sheet",
        "`sheetrender doctor \"ADDRESS\"` names what is missing, and whom to share the sheet with.",
        ("sheets/google", "workflow/previews"),
    ),
    Section(
        "Statuses in the sheet",
        "They tell what is done. The render itself goes on, or is kept.",
        ("reporting/", "workflow/lease"),
        "Nothing: it is tried again.",
    ),
    Section(
        "Headings and tabs",
        "What the tabs and columns are called.",
        ("planning/table", "planning/rows", "planning/settings.", "planning/markers_tab",
         "planning/audio_tab", "workflow/not_drawn"),
        "Did you mean another name? The message suggests it.",
    ),
    Section(
        "Frames, numbers, seeds and settings",
        "One cell holds what cannot be used; the message begins with its address. `…` at the "
        "beginning is what stands there.",
        ("planning/readers", "planning/settings_table", "planning/settings", "planning/seeds",
         "planning/channels", "planning/crosschecks", "model/timing", "planning/song_tempo"),
        "Write what the message offers.",
    ),
    Section(
        "Formulas and schedules",
        "A formula could not be read, or has no value at some frame. "
        "[functions.md](functions.md) has all functions, [language.md](language.md) the rest.",
        ("planning/expressions", "planning/formula", "planning/faults", "planning/frame_names",
         "planning/schedule", "planning/syntax", "planning/curve_function"),
        "The message names the part, and what to write.",
    ),
    Section(
        "Prompts",
        "What stands between braces or backticks could not be filled in.",
        ("planning/prompts", "planning/cell_warnings"),
    ),
    Section(
        "Spreadsheet formulas",
        "A cell's formula has no saved value, and could not be computed here. The cure for all of "
        "them: open the file in a spreadsheet program and save it once, or `--recalc libreoffice`.",
        ("planning/cell_", "planning/spreadsheet", "planning/reach"),
        "Open the file in a spreadsheet program and save it once, or use `--recalc libreoffice`.",
    ),
    Section(
        "The song and its stems",
        "A sound file could not be found or heard.",
        ("audio/", "workflow/sound", "workflow/curve", "workflow/stems", "workflow/song_length",
         "planning/web_generator"),
        "Give the song as .wav or .flac.",
    ),
    Section(
        "Markers of an editor",
        "A marker file says too little, or contradicts the rate or the start. The message begins "
        "with the file and the line. [cues.md](cues.md) says how to export from each program.",
        ("cues/", "workflow/markers"),
        "Export it again, or remove the line that is named.",
    ),
    Section(
        "Settings of Deforum or Parseq",
        "One key of the file is left out, with the reason; everything else is taken. "
        "[deforum.md](deforum.md) lists what is taken.",
        ("planning/deforum", "workflow/from_deforum", "planning/parseq"),
        "Nothing has to be done: write the cell yourself if you miss it.",
    ),
    Section(
        "Pictures and files that the sheet names",
        "Cells may name files in the sheet's folder or below it, since anybody may write into a "
        "sheet.",
        ("workflow/sheet_paths", "workflow/source_files", "workflow/project",
         "workflow/named_files", "rendering/sources"),
    ),
    Section(
        "Models",
        "What Stable Diffusion needs is not there or does not fit. The animatic needs none of it.",
        ("engines/",),
    ),
    Section(
        "Rendering",
        "The work stopped. Finished frames are kept: the same line goes on from there.",
        ("rendering/", "workflow/", "workflow/plan_store"),
        "Give the same line again.",
    ),
    Section(
        "The video, and handing over to an editor",
        "Frames are kept; only the video or the file for the editor is missing.",
        ("output/", "model/programs", "workflow/finish", "workflow/export", "workflow/timeline"),
    ),
)  # fmt: skip


def section_of(module: str) -> Section | None:
    """Return the section of a module's errors: the one that names the longest beginning of it."""
    found = [
        (len(start), section)
        for section in SECTIONS
        for start in section.modules
        if module.startswith(start) or f"{module}." == start
    ]
    return max(found, key=lambda pair: pair[0])[1] if found else None
