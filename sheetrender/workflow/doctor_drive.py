"""What Google Drive allows beside a Google Sheet: to tell of changes, and to show previews."""

from __future__ import annotations

from pathlib import Path

from sheetrender.model.errors import SheetrenderError
from sheetrender.sheets.google_auth import find_access
from sheetrender.workflow.doctor_machine import Finding, from_error
from sheetrender.workflow.project import Project

_TOPIC = "Google Drive"
_READS = "`watch` reads the sheet at each look instead, which works as well."


def drive(project: Project, credentials: Path | None) -> Finding:
    """Return what Drive allows; nothing is put into it.

    Args:
        project: a Google Sheet that was read.
        credentials: a file for Google that the person named; else it is looked for.
    """
    tells = bool(project.store.glance())
    changes = "tells when the sheet was changed" if tells else "does not tell of changes"
    try:
        is_robot = _reached(credentials)
    except SheetrenderError as error:
        trouble = from_error(_TOPIC, error, 0)
        reason = trouble.says.removeprefix("Google Drive does not take the previews: ")
        says = f"{changes}, and takes no previews: {reason}"
        return Finding(topic=_TOPIC, state="note", says=says, cure=trouble.cure)
    wanted = project.settings.drive_previews
    if is_robot and wanted in ("", "yes"):
        return Finding(
            topic=_TOPIC,
            state="note",
            says=f"{changes}, and takes no previews of a service account, which has no room there",
            cure="Write a folder of a shared drive into drive_previews, or `sheetrender login "
            "--drive`.",
        )
    cure = "" if tells else _READS
    says = f"{changes}, and previews can be uploaded (drive_previews)"
    return Finding(topic=_TOPIC, state="ok" if tells else "note", says=says, cure=cure)


def _reached(credentials: Path | None) -> bool:
    """Ask whether uploads are allowed; say whether a service account asks.

    Raises:
        SheetUnavailable: they are not.
        PartMissing: there are no credentials.
        UsageError: they cannot be used.
    """
    # Imported here because gspread takes long, and files do not need it.
    from sheetrender.sheets.google_drive import DrivePictures

    access = find_access(credentials)
    pictures = DrivePictures(access)
    try:
        pictures.try_to_reach()
    finally:
        pictures.close()
    return access.identity.email.endswith(".gserviceaccount.com")
