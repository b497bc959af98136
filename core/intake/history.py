"""Taking the last delivery back while its weeks are open: what it replaced is put aside, and nothing longer than needed.

Facts of people are kept for no other purpose: a later delivery, or the first of its weeks that closes, drops what was put
aside. What was put aside is compressed JSON; no screen, command or export reads it.
"""

import json
import secrets
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select

from core.access.changes import record
from core.access.refusals import Refused
from core.calendar import WEEK, label, last_closed_week, monday_of
from core.database.before import Before, Changes, OtherwiseNow, Part, put_back
from core.goals.undo import people_in_goals, units_in_goals
from core.intake.deliveries import mark_undone
from core.intake.kinds import KINDS
from core.intake.queue import one_at_a_time
from core.intake.tables import Delivery, DeliveryBefore
from core.people.loading import refresh_unit_days
from core.people.tables import OrgUnit
from core.people.undo import first_day_reassigned, new_people, roster_parts, with_units_above
from core.policy import Policy
from core.privacy.tables import PendingRelease
from core.rhythm.pairs import let_go, renew_pairs
from core.workload.undo import any_released, fact_parts, released_since, units_in_notes

LARGEST = 64 * 1024**2  # bytes, compressed; a larger delivery is not put aside
_FORM = 1


def first_open_week(policy: Policy, as_of: date) -> date:
    """The Monday of the earliest week that is not closed on `as_of`."""
    return last_closed_week(as_of, policy.close_after_days) + WEEK


class Aside:
    """What a delivery is about to replace. Make it before the load, `keep` it after everything was written.

    weeks: those that the file names, as far as that is known before; nothing is put aside when one of them is closed.
    """

    def __init__(self, connection: Connection, weeks: Iterable[date], *, policy: Policy, as_of: date) -> None:
        self._connection = connection
        weeks = tuple(weeks)
        self._without_weeks = not weeks
        self._first = first_open_week(policy, as_of)
        self._before = None if any(week < self._first for week in weeks) else Before(connection, self._parts())

    def _parts(self) -> tuple[Part, ...]:
        return (*roster_parts(), *fact_parts(self._first))

    def keep(self, delivery: int, touched: Iterable[date], named: Iterable[date]) -> bool:
        """Put the difference aside under the delivery; False when the delivery cannot be taken back later.

        touched: weeks whose facts changed. One closed week among them, and nothing is kept. named: those of the file; the
        first of both that closes ends undo, so that it tells nothing about which of them changed. A file without weeks names
        those from the first day on which somebody's assignments are others: whether that person has facts in a closed week
        makes no difference.
        """
        if self._before is None:
            return False
        changes = self._before.changes()
        if self._without_weeks:
            began = first_day_reassigned(self._connection, changes)
            named = () if began is None else (monday_of(began),)
        if any(week < self._first for week in (*touched, *named)):
            return False
        document = {
            "form": _FORM,
            "first": self._first.isoformat(),
            "weeks": _texts(touched),
            "named": _texts(named),
            "changes": changes,
        }
        content = zlib.compress(json.dumps(document, separators=(",", ":"), allow_nan=False).encode(), 6)
        if len(content) > LARGEST:
            return False
        self._connection.execute(insert(DeliveryBefore).values(delivery_id=delivery, content=content))
        return True


def drop_aside(connection: Connection) -> None:
    """Let go of everything that was put aside: a later delivery has come in."""
    connection.execute(delete(DeliveryBefore))


def drop_outdated(connection: Connection, *, policy: Policy, as_of: date) -> int:
    """Let go of what can no longer be used because a week of the delivery has closed; returns how many were dropped."""
    stale = [found.delivery for found in _kept(connection) if _closed(connection, found, policy, as_of)]
    if stale:
        connection.execute(delete(DeliveryBefore).where(DeliveryBefore.delivery_id.in_(stale)))
    return len(stale)


@dataclass(frozen=True)
class Undoable:
    """Whether the last delivery can be taken back. delivery: its id, None without any. reason: why not, '' when it can."""

    delivery: int | None
    reason: str

    @property
    def possible(self) -> bool:
        """Whether undo would be done."""
        return self.delivery is not None and not self.reason


def undoable(connection: Connection, *, policy: Policy, as_of: date) -> Undoable:
    """The last delivery, and in plain words why it cannot be taken back, if it cannot."""
    last = connection.execute(
        select(Delivery.id, Delivery.kind, Delivery.file, Delivery.undone_at, Delivery.undone_by)
        .order_by(Delivery.id.desc())
        .limit(1)
    ).first()
    if last is None:
        return Undoable(None, "Nothing has been delivered yet.")
    if last.undone_at is not None:
        return Undoable(last.id, f"The last delivery, {last.file}, was undone already, by {last.undone_by}.")
    if last.kind in KINDS and not KINDS[last.kind].undoable:
        return Undoable(
            last.id, "The last delivery keeps its own history, so it stands. Deliver a corrected file instead."
        )
    found = _aside(connection, last.id)
    if found is None:
        return Undoable(
            last.id,
            "The last delivery cannot be undone: it reaches into a week that is closed, or one has closed since. "
            "Deliver a corrected file instead.",
        )
    closed = _closed(connection, found, policy, as_of)
    if closed:
        return Undoable(
            last.id,
            f"The week of {label(closed)} has closed since this delivery, so it stands. Deliver a corrected file instead.",
        )
    return Undoable(last.id, "")


def undo_last(
    engine: Engine, *, actor: str, at: datetime, policy: Policy, as_of: date, expected: int | None = None
) -> "Undone":
    """Restore exactly what the last delivery found, and say so in the change log; one transaction.

    actor: for the log. expected: the delivery that the person saw; another one since is a refusal.

    Raises:
        Refused: not the last, undone already, a week closed since, nothing was put aside, or somebody whom it brought has a
            conversation by now; the reason says which.
    """
    with engine.begin() as connection:
        one_at_a_time(connection)
        found = undoable(connection, policy=policy, as_of=as_of)
        if expected is not None and found.delivery != expected:
            raise Refused("Another delivery has come in since; only the last one can be undone.")
        if not found.possible or found.delivery is None:
            raise Refused(found.reason)
        aside = _aside(connection, found.delivery)
        assert aside is not None
        brought = new_people(aside.changes)
        if brought & people_in_goals(connection):
            raise Refused(
                "Goals speak of people of this delivery by now, so it stands. Deliver a corrected file instead."
            )
        line = connection.execute(select(Delivery).where(Delivery.id == found.delivery)).mappings().one()
        let_go(connection, sorted(brought))
        stay = _units_that_stay(connection, aside, line["at"])
        try:
            put_back(connection, aside.parts, aside.changes_now(), keep={OrgUnit.__tablename__: stay})
        except OtherwiseNow as other:
            raise Refused("What this delivery brought has changed since, so it stands.") from other
        if stay:
            refresh_unit_days(connection)
        renew_pairs(connection, at=at, actor=actor, log=False)
        mark_undone(connection, found.delivery, at=at, by=actor)
        drop_aside(connection)
        weeks = sorted(aside.weeks)
        record(
            connection,
            at=at,
            actor=actor,
            action="undo import",
            subject=line["kind"],
            detail={
                "delivery": found.delivery,
                "file": line["file"],
                "sha256": line["sha256"],
                "weeks_touched": len(weeks),
            },
        )
    return Undone(found.delivery, line["kind"], line["file"], tuple(weeks))


@dataclass(frozen=True)
class Undone:
    """A delivery that was taken back. weeks: those whose facts are again as they were before it."""

    delivery: int
    kind: str
    file: str
    weeks: tuple[date, ...]


@dataclass(frozen=True)
class _Aside:
    delivery: int
    first: date
    weeks: frozenset[date]
    named: frozenset[date]
    changes: Changes

    @property
    def parts(self) -> tuple[Part, ...]:
        return (*roster_parts(), *fact_parts(self.first))

    def changes_now(self) -> Changes:
        """The changes, with a fresh stamp on each note that is put back: whoever read the facts in between has an old one."""
        table = PendingRelease.__table__
        place = list(table.columns.keys()).index("stamp")
        stamp = secrets.token_hex(16)
        notes = {
            name: [[*row[:place], stamp, *row[place + 1 :]] if name != "new" else row for row in rows]
            for name, rows in self.changes[PendingRelease.__tablename__].items()
        }
        return {**self.changes, PendingRelease.__tablename__: notes}


def _aside(connection: Connection, delivery: int) -> _Aside | None:
    return next((found for found in _kept(connection) if found.delivery == delivery), None)


def _kept(connection: Connection) -> list[_Aside]:
    rows = connection.execute(select(DeliveryBefore.delivery_id, DeliveryBefore.content)).all()
    return [_opened(row.delivery_id, row.content) for row in rows]


def _opened(delivery: int, content: bytes) -> _Aside:
    document: dict[str, Any] = json.loads(zlib.decompress(content))
    weeks = frozenset(map(date.fromisoformat, document["weeks"]))
    named = frozenset(map(date.fromisoformat, document.get("named", ())))
    return _Aside(delivery, date.fromisoformat(document["first"]), weeks, named, document["changes"])


def _closed(connection: Connection, found: _Aside, policy: Policy, as_of: date) -> date | None:
    """The first week of the delivery that is closed or released by now; None while all are open."""
    first = first_open_week(policy, as_of)
    for week in sorted(found.weeks | found.named):
        if week < first or any_released(connection, week):
            return week
    return None


def _units_that_stay(connection: Connection, found: _Aside, at: datetime) -> set[int]:
    """New units that something else speaks of by now (note, goal, release), with those above. They stay, without people."""
    new = {int(row[0]) for row in found.changes[OrgUnit.__tablename__]["new"]}
    named = new if released_since(connection, at) else new & (units_in_notes(connection) | units_in_goals(connection))
    return with_units_above(connection, named) & new


def _texts(weeks: Iterable[date]) -> list[str]:
    return [week.isoformat() for week in sorted(set(weeks))]
