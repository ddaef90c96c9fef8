"""Whether cells that people type into still hold what they held when the sheet was read.

Google cannot be told to write only if nothing has changed. What can be done is to ask again right
before a write goes out, wherever the look that it was made for is no longer new: after a wait for
the quota, after a refusal, or where reading the sheet itself took long.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from sheetrender.model.cells import Address, Value
from sheetrender.sheets.google_columns import HeldColumn, parts_of
from sheetrender.sheets.google_http import PatientClient
from sheetrender.sheets.google_snapshot import FIELDS, Snapshot, snapshot_of

FRESH_SECONDS = 1.0
"""How long a look counts as one of this moment."""


def is_unchanged(
    client: PatientClient,
    key: str,
    snapshot: Snapshot,
    held: Sequence[HeldColumn],
    cells: Collection[Address],
) -> bool:
    """Say whether cells hold what they held in a snapshot; one request.

    Args:
        client: the connection.
        key: of the sheet.
        snapshot: of the sheet, when it was read.
        held: what is held by names; where it does not hold all of the cells, everything is read.
        cells: to be looked at.
    """
    parts = parts_of(held, (), cells)
    if sum(len(part.cells) for part in parts) < len(set(cells)):
        answer = client.fetch_sheet_metadata(key, params={"fields": FIELDS})
        return snapshot_of(answer).version == snapshot.version
    found = client.values_batch_get(
        key,
        [part.range for part in parts],
        params={"valueRenderOption": "UNFORMATTED_VALUE"},
    )
    return all(
        _is_same(_value(snapshot, place), value)
        for part, values in zip(parts, found.get("valueRanges", ()), strict=True)
        for place, value in part.landed({"updatedData": values})
    )


def _value(snapshot: Snapshot, place: Address) -> Value:
    tab = snapshot.tab(place.tab)
    cell = tab.cells.get((place.row, place.column)) if tab else None
    return cell.value if cell else None


def _is_same(before: Value, now: Value) -> bool:
    # A date or a time of day comes back as a number, which says nothing.
    if isinstance(before, dt.date | dt.time | dt.timedelta):
        return isinstance(now, int | float)
    return (before or "") == (now or "")
