"""`init --google`: an empty Google Sheet, made and shared by a person, becomes a new workbook."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sheetrender.model.errors import UsageError
from sheetrender.planning.deforum.importing import Imported
from sheetrender.sheets.google_address import is_address, is_key, key_of
from sheetrender.sheets.google_auth import find_access
from sheetrender.sheets.google_new import fill_empty
from sheetrender.workflow.from_deforum import read_deforum, workbook_of
from sheetrender.workflow.init import USUAL, template_text
from sheetrender.workflow.template import described


@dataclass(frozen=True, slots=True)
class Filled:
    """A Google Sheet that was filled.

    Attributes:
        title: its name.
        address: where it is.
        imported: what was taken from a settings file, where there was one.
    """

    title: str
    address: str
    imported: Imported | None = None


def init_google(
    sheet: str,
    *,
    template: str = USUAL,
    source: Path | None = None,
    credentials: Path | None = None,
) -> Filled:
    """Fill an empty Google Sheet.

    Args:
        sheet: its address or key.
        template: one of `template_names`.
        source: a settings file of Deforum to fill it from.
        credentials: a file for Google that the person named; else it is looked for.

    Raises:
        UsageError: it is no address of a Google Sheet, or something stands in it; or there is no
            such template or settings file. Nothing was changed.
        SheetUnavailable: it cannot be reached or written. Nothing was changed.
        PartMissing: there are no credentials.
    """
    key = _key(sheet)
    address = f"https://docs.google.com/spreadsheets/d/{key}"
    text = template_text(template)
    imported = read_deforum(source) if source else None
    if source and imported:
        new = workbook_of(imported, text, source.name, address)
    else:
        new = described(text, address)
    return Filled(fill_empty(key, find_access(credentials), new), address, imported)


def how_to_share(credentials: Path | None = None) -> tuple[str, str, str]:
    """Return the steps that lead to an empty sheet which sheetrender can fill.

    Raises:
        PartMissing: there are no credentials.
        UsageError: they cannot be used.
    """
    identity = find_access(credentials).identity
    share = (
        f"Choose Share, and add {identity.email} as Editor: a service account cannot make sheets "
        "of its own, so the sheet stays yours."
        if identity.has_email
        else "Nothing is to be shared if that is the account that sheetrender is signed in with; "
        "else choose Share, and add that account as Editor."
    )
    return (
        "Open https://sheets.new in the browser, and give the empty sheet a name.",
        share,
        "Copy its address from the browser, then: sheetrender init --google ADDRESS",
    )


def _key(sheet: str) -> str:
    if is_address(sheet):
        return key_of(sheet)
    if is_key(sheet):
        return sheet
    raise UsageError(
        f"{sheet} is no address of a Google Sheet. Copy the address from the browser; without one, "
        "`sheetrender init --google` says how to make a sheet."
    )
