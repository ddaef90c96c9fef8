"""Google Sheets, live."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from gspread.exceptions import APIError

from sheetrender.model.cells import Address, CellPicture, CellWrite, Value, Workbook
from sheetrender.model.errors import CellsRefused, SheetChanged, SheetUnavailable
from sheetrender.sheets.changes import refuse_unusable
from sheetrender.sheets.google_auth import Access, Identity
from sheetrender.sheets.google_columns import HeldColumn, held, naming, parts_of
from sheetrender.sheets.google_errors import FAILURES, unavailable
from sheetrender.sheets.google_fresh import FRESH_SECONDS, is_unchanged
from sheetrender.sheets.google_glance import DriveGlance
from sheetrender.sheets.google_http import PatientClient
from sheetrender.sheets.google_snapshot import FIELDS, Snapshot, snapshot_of
from sheetrender.sheets.google_title import folder_name
from sheetrender.sheets.google_write import bodies, growth, of_kind, pieces_of, unheld

_LOOKS = 3
_LOOK_SECONDS = 2.0
_KEPT_SNAPSHOTS = 4
_REFUSED = (400, 403)


class GoogleStore:
    """One Google Sheet. Not for two threads at once.

    Attributes:
        key: what Google knows it by.
        identity: as whom it is opened.
        client: the connection; it counts its requests.
        location: ``google:`` and the key.
        folder: the current folder, since the sheet lies in none.
        landed: what stood, once the last write was done, in every cell that it wrote or was asked
            to echo, by address under the tab's own title; an empty cell is None. It comes with
            the answer to the write itself, so nothing can have moved in between. Where a column
            that is held by its name moved up or down, cells to be echoed elsewhere are left out.
            It is empty before the first write, and after one that failed holds what had been done.
    """

    def __init__(self, key: str, client: PatientClient, identity: Identity) -> None:
        self.key = key
        self.identity = identity
        self.client = client
        self.location = f"google:{key}"
        self.folder = Path.cwd()
        self.landed: Mapping[Address, Value] = {}
        self._title: str | None = None
        self._name = ""
        self._snapshots: dict[str, Snapshot] = {}
        self._never_computed: frozenset[Address] = frozenset()
        self._looked = ("", 0.0)
        self._has_no_names = False
        self._drive = DriveGlance(client, key)

    @property
    def name(self) -> str:
        """The title that the sheet had when it was first read, made fit for a folder.

        Raises:
            SheetUnavailable: it was not read yet, and cannot be.
        """
        if not self._name:
            self._look()
        return self._name

    def read(self) -> Workbook:
        """Return the sheet as it stands now; values, formulas and errors are of one moment.

        Formulas that Google is still computing are waited for, a few seconds; those that then have
        no value come without, and are not waited for again.

        Raises:
            SheetUnavailable: it cannot be reached or read.
        """
        snapshot = self._look()
        for look in range(1, _LOOKS + 1):
            if snapshot.loading <= self._never_computed:
                break
            if look == _LOOKS:
                self._never_computed |= snapshot.loading
                break
            self.client.pause(_LOOK_SECONDS)
            snapshot = self._look()
        return snapshot.workbook()

    def write(
        self,
        changes: Sequence[CellWrite],
        *,
        version: str,
        echo: Collection[Address] = (),
        anchors: Mapping[str, Address] | None = None,
        pins: Mapping[str, Address] | None = None,
        unchanged: Collection[Address] = (),
    ) -> str:
        """Set the named cells; whatever else stands in the sheet stays.

        Google cannot be told to write only if nothing has changed. So this never fails because
        the sheet is another one by now: when somebody inserts, moves or sorts rows between the
        read and the write, the values land in other rows. `landed` shows it, where the cell that
        names the row is echoed. With `anchors` they always land below the heading of the column
        that they are meant for: its cells have a name (Data > Named ranges shows it), and names
        go with their cells inside of Google.

        Pictures become formulas, in a request of their own after the texts.

        All changes land together up to 1.5 MB, which is more than a thousand rows; beyond, a
        failure leaves the first part written.

        Args:
            changes: at most one for each cell. Text over 50,000 characters is cut.
            version: of the sheet that the changes were made for; formulas and protected cells of
                that moment are refused. It is read anew where it is no version of the last few.
            echo: cells that are not touched, but come back in `landed`.
            anchors: headings of our columns, by a lasting name each.
            pins: single cells of ours, likewise.
            unchanged: cells that people type into. Where the last look is older than a second,
                also because Google was busy, they are looked at once more before anything is
                written over them.

        Returns:
            The version that is read next, if nobody changes the sheet and no formula computes
            with what was written.

        Raises:
            CellsRefused: some cells hold formulas, or are protected; nothing was written.
            SheetChanged: a tab, a row or a column to be written is gone, it changed while a
                column got its name, or one of `unchanged` did: read it again.
            SheetUnavailable: it cannot be reached or written.
        """
        refuse_unusable(changes)
        self.landed = {}
        if not changes and not echo:
            return version
        snapshot = self.snapshot(version)
        self._refuse(snapshot, changes)
        with self._failures_said():
            parts = parts_of(held(anchors or {}, pins or {}), changes, echo)
            snapshot, names = self._prepared(snapshot, changes, parts)
            kinds = {isinstance(change.value, CellPicture) for change in changes} or {False}
            # Pictures come last: what people may change has been written by then.
            for pictures in sorted(kinds):
                asked = () if pictures else unchanged
                with self.client.asking_first(partial(self._refuse_old, snapshot, names, asked)):
                    self._send(snapshot, of_kind(changes, pictures), echo, names, pictures)
        return self._remember(snapshot.with_changes(changes)).version

    def snapshot(self, version: str) -> Snapshot:
        """Return the sheet as it stood at a version; as it stands now, where that is long ago.

        Raises:
            SheetUnavailable: it cannot be reached or read.
        """
        return self._snapshots.get(version) or self._look()

    def glance(self) -> str:
        """Return what Drive says of the sheet's last change, which costs no read of the sheet.

        Only some credentials may ask for it. Where these may not, it is not asked again.
        """
        return self._drive.ask()

    def close(self) -> None:
        """Close the connection; a later request opens another."""
        self.client.session.close()

    def _look(self) -> Snapshot:
        with self._failures_said():
            answer = self.client.fetch_sheet_metadata(self.key, params={"fields": FIELDS})
        when = self.client.now()
        snapshot = snapshot_of(answer)
        self._looked = snapshot.version, when
        self._title = snapshot.title
        self._name = self._name or folder_name(snapshot.title) or self.key
        return self._remember(snapshot)

    def _remember(self, snapshot: Snapshot) -> Snapshot:
        self._snapshots.pop(snapshot.version, None)
        self._snapshots[snapshot.version] = snapshot
        while len(self._snapshots) > _KEPT_SNAPSHOTS:
            del self._snapshots[next(iter(self._snapshots))]
        return snapshot

    def _refuse(self, snapshot: Snapshot, changes: Sequence[CellWrite]) -> None:
        reasons = {}
        who = self.identity.email
        for change in changes:
            address = change.address
            tab = snapshot.tab(address.tab)
            if tab is None:
                raise SheetUnavailable(
                    f"{self._called} has no tab called {address.tab}. Add one, and run again."
                )
            if reason := tab.refusal((address.row, address.column), who):
                reasons[address] = reason
        if reasons:
            raise CellsRefused(reasons)

    def _prepared(
        self, snapshot: Snapshot, changes: Sequence[CellWrite], parts: Sequence[HeldColumn]
    ) -> tuple[Snapshot, Sequence[HeldColumn]]:
        """Make room and names; return the sheet as it is then, and what is held by names."""
        if not self._has_no_names and naming(snapshot, parts):
            snapshot = self._named(snapshot, changes, parts)
        else:
            self._make_room(snapshot, changes)
        return snapshot, () if self._has_no_names else parts

    def _refuse_old(
        self, snapshot: Snapshot, names: Sequence[HeldColumn], cells: Collection[Address]
    ) -> None:
        """Look once more at cells that people type into, where the last look is not new."""
        version, when = self._looked
        is_new = version == snapshot.version and self.client.now() - when < FRESH_SECONDS
        if not cells or is_new:
            return
        if not is_unchanged(self.client, self.key, snapshot, names, cells):
            raise self._changed()
        self._looked = snapshot.version, self.client.now()

    def _make_room(self, snapshot: Snapshot, changes: Sequence[CellWrite]) -> None:
        if requests := growth(snapshot, changes):
            # What is known of the grid no longer holds, even where the write then fails.
            self._snapshots.clear()
            self.client.batch_update(self.key, {"requests": requests})

    def _named(
        self, snapshot: Snapshot, changes: Sequence[CellWrite], held: Sequence[HeldColumn]
    ) -> Snapshot:
        """Give columns their names; return the sheet with them.

        Raises:
            SheetChanged: somebody was faster, so that the names may stand elsewhere.
        """
        requests = growth(snapshot, changes) + naming(snapshot, held)
        self._snapshots.clear()
        try:
            self.client.batch_update(self.key, {"requests": requests})
        except APIError as error:
            if error.response.status_code not in _REFUSED:
                raise
            now = self._look()
            if growth(now, changes) + naming(now, held) != requests:
                raise self._changed() from error
            # Some sheets let us write cells and no names: then our look has to be quick enough.
            self._has_no_names = True
            self._make_room(snapshot, changes)
            return snapshot
        named = self._look()
        if named.version != snapshot.version or naming(named, held):
            raise self._changed()
        return named

    def _changed(self) -> SheetChanged:
        return SheetChanged(f"{self._called} was changed in this moment. Read it again.")

    def _send(
        self,
        snapshot: Snapshot,
        changes: Sequence[CellWrite],
        echo: Collection[Address],
        names: Sequence[HeldColumn],
        pictures: bool,
    ) -> None:
        """Write changes of one kind, and take note of what landed."""
        pieces = pieces_of(snapshot, names, changes, echo)
        landed: dict[Address, Value] = {**self.landed}
        self.landed = landed
        has_moved = False
        for part, body in bodies(pieces, formulas=pictures):
            answer = self.client.values_batch_update(self.key, body)
            # One response for each range, in their order.
            for piece, response in zip(part, answer.get("responses", ()), strict=False):
                landed.update(piece.landed(response))
                has_moved |= isinstance(piece, HeldColumn) and piece.has_moved(response)
        if has_moved:
            # Cells that were looked at by their address do not stand beside those any more.
            for place in unheld(echo, names):
                landed.pop(place, None)

    @contextmanager
    def _failures_said(self) -> Iterator[None]:
        try:
            yield
        except FAILURES as error:
            raise unavailable(error, self._called, self.identity) from error

    @property
    def _called(self) -> str:
        if self._title:
            return f"The Google Sheet {self._title} ({self.key})"
        return f"The Google Sheet {self.key}"


def google_store(key: str, access: Access) -> GoogleStore:
    """Return the Google Sheet of that key; nothing is asked over the network yet."""
    client = PatientClient(access.session(), base=access.base)
    return GoogleStore(key, client, access.identity)
