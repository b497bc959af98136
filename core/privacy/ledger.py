"""The ledger: who stood behind every row ever published, as tokens, and what is still to be released."""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from core.access.refusals import Refused
from core.privacy.tables import PendingRelease, Release, ReleaseRow, TenantKey

TOKEN = 10  # hexadecimal digits of a person's token
VERSION = 6  # and of the version of that person's values


@dataclass(frozen=True)
class LedgerRow:
    """One candidate cell of one family in one release, with the members of every cell, inner ones too.

    variables: the unknowns of the family. members: (person token, versions), where `versions` has VERSION digits for each
    variable, in order. `of` gives the members as unknowns of one variable.
    """

    release: int
    period: date
    family: str
    cell: str
    parent: str | None
    shown: bool
    members: frozenset[tuple[str, str]]
    variables: tuple[str, ...] = ("",)

    def of(self, variable: str) -> frozenset[tuple[str, str]]:
        """The members as unknowns (person token, version of that variable)."""
        at = self.variables.index(variable) * VERSION
        return frozenset((person, versions[at : at + VERSION]) for person, versions in self.members)


class Tokens:
    """Turns person ids and their values into ledger tokens with the key of this installation."""

    def __init__(self, key: str) -> None:
        self._key = bytes.fromhex(key)
        self._people: dict[int, str] = {}

    def person(self, person_id: int) -> str:
        """The same person has the same token in every release."""
        if person_id not in self._people:
            self._people[person_id] = hmac.new(self._key, f"p{person_id}".encode(), hashlib.sha256).hexdigest()[:TOKEN]
        return self._people[person_id]

    def version(self, variable: str, person_id: int, period: date, value: float) -> str:
        """A changed value is a new unknown: the version of a person's variable in a period differs when its value does."""
        return self.versions(variable, [person_id], period, [value])[0]

    def versions(self, variable: str, people: list[int], period: date, values: list[float]) -> list[str]:
        """The versions of many people's values of one variable."""
        start, middle = f"{variable}|", f"|{period.isoformat()}|"
        blake, key, size = hashlib.blake2b, self._key, VERSION // 2
        return [
            blake(f"{start}{person}{middle}{float(value)!r}".encode(), key=key, digest_size=size).hexdigest()
            for person, value in zip(people, values, strict=True)
        ]


def tokens(connection: Connection) -> Tokens:
    """The tokens of this installation; the key is made at first use, once, whoever else makes one at the same time.

    Raises:
        Refused: there are releases and no key: with a new one nobody in them would be recognised, and corrections unprotected.
    """
    stored = select(TenantKey.key).where(TenantKey.id == 1)
    key = connection.scalar(stored)
    if key is None:
        released = connection.scalar(select(Release.id).limit(1)) is not None
        key = connection.scalar(stored)  # another process may have made it, and released, since the first look
        if key is None and released:
            raise Refused(
                "The key of the ledger is missing, and weeks have been released with it. Nothing was released. "
                "Restore a backup that holds it: python -m core restore FILE --replace"
            )
    if key is None:
        made = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        row = {"id": 1, "key": secrets.token_hex(32)}
        connection.execute(made(TenantKey).values(row).on_conflict_do_nothing(index_elements=["id"]))
        key = connection.scalars(stored).one()
    return Tokens(key)


def pack(members: Iterable[tuple[str, str]]) -> str:
    """Members as stored: `token:versions`, sorted, one blank between."""
    return " ".join(sorted(f"{person}:{version}" for person, version in members))


def unpack(text: str) -> frozenset[tuple[str, str]]:
    """The inverse of `pack`."""
    return frozenset((item[:TOKEN], item[TOKEN + 1 :]) for item in text.split())


def rows_of(connection: Connection, area: str, period: date | None = None) -> list[LedgerRow]:
    """Every candidate cell ever decided in `area` (for one `period`, or all), with full members.

    Members of inner cells are put together from their leaves; those of an `others` cell from its parts.
    """
    statement = (
        select(ReleaseRow, Release.period, Release.variables)
        .join(Release, Release.id == ReleaseRow.release_id)
        .where(Release.area == area)
        .order_by(Release.period, ReleaseRow.release_id, ReleaseRow.family, ReleaseRow.cell_id)
    )
    if period is not None:
        statement = statement.where(Release.period == period)
    groups: dict[tuple[int, date, str], list[Any]] = {}
    for row in connection.execute(statement).mappings():
        groups.setdefault((row["release_id"], row["period"], row["family"]), []).append(row)
    return [row for key, rows in groups.items() for row in _with_members(*key, rows)]


def _with_members(release: int, period: date, family: str, rows: list[Any]) -> list[LedgerRow]:
    own = {row["cell_id"]: unpack(row["members"]) for row in rows}
    below: dict[str, list[str]] = {}
    for row in rows:
        if row["parent_cell"]:
            below.setdefault(row["parent_cell"], []).append(row["cell_id"])
    full: dict[str, frozenset[tuple[str, str]]] = {}

    def gather(cell: str) -> frozenset[tuple[str, str]]:
        if cell not in full:
            full[cell] = own[cell].union(*(gather(child) for child in below.get(cell, [])))
        return full[cell]

    found = []
    for row in rows:
        parts = row["parts"].split()
        members = frozenset[tuple[str, str]]().union(*map(gather, parts)) if parts else gather(row["cell_id"])
        shown = row["status"] == "shown"
        variables = tuple(row["variables"][family])
        found.append(LedgerRow(release, period, family, row["cell_id"], row["parent_cell"], shown, members, variables))
    return found


def mark_pending(
    connection: Connection,
    area: str,
    weeks: Iterable[date],
    *,
    released: Iterable[date],
    held: bool,
    since: date,
    named: Collection[date] | None = None,
    next_try: date | None = None,
) -> None:
    """Note, in the transaction that loads facts, that these closed weeks await a release or a correction.

    weeks: those that changed. released: weeks that have had their first release. Held weeks stay held only while every
    delivery says so. named: those that the file names (None: the ones that changed). What is told of corrections follows the
    names alone, so that it never says whether a row agreed with what is on record: a released week that is named and has not
    changed waits until `next_try`, as if its correction had been refused; one that changed without being named is not told.
    """
    changed, done, stamp = set(weeks), set(released), secrets.token_hex(16)
    spoken = changed if named is None else set(named)
    retry = None if held else next_try
    known = _notes(connection, area)
    for week in sorted(changed | spoken):
        note = Note("first")
        if week in done:
            before = known.get(week, Note(""))
            note = note_of_released(before, changed=week in changed, named=week in spoken, since=since, retry=retry)
        values = {"kind": note.kind, "held": held, "since": since, "not_before": note.not_before, "stamp": stamp}
        # first the change: where a release takes the note at this moment, it waits for it and then finds none to change
        noted = connection.execute(
            update(PendingRelease).where(PendingRelease.area == area, PendingRelease.period == week).values(values)
        )
        if not noted.rowcount:
            connection.execute(insert(PendingRelease).values(area=area, period=week, **values))


class Note(NamedTuple):
    """What is noted of a week: `kind` and `not_before` as in `PendingRelease`; kind '' where nothing is."""

    kind: str
    not_before: date | None = None


def note_of_released(before: Note, *, changed: bool, named: bool, since: date, retry: date | None) -> Note:
    """The note of a released week that a delivery of the day `since` changes, or that its file names, or both.

    before: the note so far. retry: when a week that has only been named is tried again; None to try it with the others.
    """
    waits = before.kind == "waiting"
    over = waits and before.not_before is not None and before.not_before <= since  # tried now, whatever came in
    if before.kind == "correction":
        return Note("correction")
    if not named:  # nothing more is told of it than before: what waits is told of already
        return before if over else Note("correction" if waits else "quiet")
    if changed or over or retry is None:
        return Note("correction")
    return Note("waiting", retry)


def _notes(connection: Connection, area: str) -> dict[date, Note]:
    rows = connection.execute(
        select(PendingRelease.period, PendingRelease.kind, PendingRelease.not_before).where(PendingRelease.area == area)
    )
    return {row.period: Note(row.kind, row.not_before) for row in rows}


@dataclass(frozen=True)
class Pending:
    """A week that awaits its first release or a correction; `stamp` names the last delivery that touched it.

    kind: as in `PendingRelease`.
    """

    period: date
    stamp: str
    kind: str = "first"

    @property
    def tried_before(self) -> bool:
        """Whether nothing is told of it from the next try on: it was tried in an earlier quarter, or never was told."""
        return self.kind in ("waiting", "quiet")


def pending(connection: Connection, area: str, *, include_held: bool, as_of: date) -> list[Pending]:
    """Weeks to release now, in calendar order; waiting corrections only from their `not_before` on."""
    statement = select(PendingRelease).where(PendingRelease.area == area).order_by(PendingRelease.period)
    found = []
    for row in connection.execute(statement).mappings():
        due = row["not_before"] is None or row["not_before"] <= as_of
        if due and (include_held or not row["held"]):
            found.append(Pending(row["period"], row["stamp"], row["kind"]))
    return found


def claim(connection: Connection, area: str, week: Pending) -> bool:
    """Take the note of a week: False when another process has, or when a newer delivery has come in since.

    Run it first in the transaction: deleting takes the write lock, so that nobody else can release the week.
    """
    taken = connection.execute(
        delete(PendingRelease).where(
            PendingRelease.area == area, PendingRelease.period == week.period, PendingRelease.stamp == week.stamp
        )
    )
    return taken.rowcount == 1


def postpone(connection: Connection, area: str, week: Pending, *, since: date, not_before: date) -> None:
    """Keep the correction for `not_before`, to be tried together with others; one that was tried before is told no longer."""
    connection.execute(
        insert(PendingRelease).values(
            area=area,
            period=week.period,
            kind="quiet" if week.tried_before else "waiting",
            held=False,
            since=since,
            not_before=not_before,
            stamp=week.stamp,
        )
    )


def waiting_corrections(connection: Connection, area: str) -> str:
    """How many released weeks files have named again this quarter, as words: '', 'fewer than five', 'five or more'."""
    rows = connection.execute(
        select(PendingRelease.period).where(
            PendingRelease.area == area, PendingRelease.kind.in_(("correction", "waiting"))
        )
    ).all()
    return "" if not rows else "fewer than five" if len(rows) < 5 else "five or more"


def released_weeks(connection: Connection, area: str) -> set[date]:
    """Weeks that have had their first release."""
    return set(connection.scalars(select(Release.period).where(Release.area == area, Release.kind == "first")))
