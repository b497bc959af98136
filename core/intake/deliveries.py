"""The history of deliveries: what came in, who brought it, what it did. For HR and administrators.

A delivery tells about a file, never about a person: numbers of rows below the smallest group are told as such, and how many
people a file names is not told at all. Only who brings a file sees its rows, while they check it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from core.access.grants import Reach
from core.access.refusals import NoPermission
from core.access.rules import DELIVERIES, reaches
from core.access.viewer import Viewer
from core.calendar import WEEK
from core.delivery import Counts
from core.intake.tables import Delivery
from core.policy import HARD_FLOOR


@dataclass(frozen=True)
class DeliveryLine:
    """One delivery as history shows it.

    rows: exact from the smallest group on, None below it (then `rows_text` says so). first_week, last_week: Mondays of the
    file's first and last week, None for files without weeks. undone_at, undone_by: when and by whom it was taken back.
    """

    id: int
    at: datetime
    actor: str
    kind: str
    file: str
    rows: int | None
    first_week: date | None
    last_week: date | None
    held: bool
    undone_at: datetime | None
    undone_by: str | None

    @property
    def rows_text(self) -> str:
        """The number of rows as it may be told."""
        return f"fewer than {HARD_FLOOR}" if self.rows is None else f"{self.rows:,}"

    @property
    def weeks(self) -> int:
        """How many weeks lie between the first and the last, both included; 0 for files without weeks."""
        if self.first_week is None or self.last_week is None:
            return 0
        return (self.last_week - self.first_week) // WEEK + 1

    def as_json(self) -> dict[str, Any]:
        """The shape in which the command line prints it."""
        return {
            "id": self.id,
            "at": self.at.isoformat(),
            "by": self.actor,
            "kind": self.kind,
            "file": self.file,
            "rows": self.rows,
            "weeks": {
                "from": self.first_week.isoformat() if self.first_week else None,
                "to": self.last_week.isoformat() if self.last_week else None,
            },
            "held": self.held,
            "undone_at": self.undone_at.isoformat() if self.undone_at else None,
            "undone_by": self.undone_by,
        }


def may_import(viewer: Viewer) -> bool:
    """Whether the viewer may bring files in and take them back: a file concerns the whole company, so its reach must too.

    Administrators, and HR unless the account is narrowed to units.
    """
    reach = reaches(DELIVERIES, viewer.roles)
    return Reach.ADMINISTERED in reach or (Reach.COMPANY in reach and not viewer.units)


def actor_of(viewer: Viewer) -> str:
    """Who the history names for what the viewer does: the account.

    Raises:
        NoPermission: the viewer may not bring files in.
    """
    if not may_import(viewer):
        raise NoPermission(
            "Files are brought in by administrators, and by HR for the whole company. This account is neither."
        )
    return viewer.name


def history(connection: Connection, viewer: Viewer, *, limit: int = 50) -> tuple[DeliveryLine, ...]:
    """The newest deliveries, newest first, for a viewer who may see them.

    Raises:
        NoPermission: the viewer is neither HR nor an administrator.
    """
    if not reaches(DELIVERIES, viewer.roles):
        raise NoPermission("The history of deliveries is for HR and administrators.")
    return every_delivery(connection, limit=limit)


def every_delivery(connection: Connection, *, limit: int = 50) -> tuple[DeliveryLine, ...]:
    """The newest deliveries, newest first, for the operator at the command line."""
    rows = connection.execute(select(Delivery).order_by(Delivery.id.desc()).limit(limit)).mappings()
    names = DeliveryLine.__dataclass_fields__.keys() - {"rows"}
    return tuple(
        DeliveryLine(**{name: row[name] for name in names}, rows=row["rows"] if row["rows"] >= HARD_FLOOR else None)
        for row in rows
    )


def add_delivery(
    connection: Connection,
    *,
    at: datetime,
    actor: str,
    kind: str,
    file: str,
    sha256: str,
    rows: int,
    counts: Counts,
    held: bool,
) -> int:
    """Write down a delivery in the transaction that loads it; returns its id."""
    weeks: Sequence[date] = counts.weeks
    row = connection.execute(
        insert(Delivery).values(
            at=at,
            actor=actor[:200],
            kind=kind,
            file=file[:300],
            sha256=sha256,
            rows=rows,
            loaded=counts.loaded,
            replaced=counts.replaced,
            unchanged=counts.unchanged,
            removed=counts.removed,
            people=counts.people,
            units=counts.units,
            first_week=weeks[0] if weeks else None,
            last_week=weeks[-1] if weeks else None,
            held=held,
            undone_at=None,
            undone_by=None,
        )
    ).inserted_primary_key
    assert row is not None
    return int(row[0])


def mark_undone(connection: Connection, delivery: int, *, at: datetime, by: str) -> None:
    """Note that the effect of a delivery was taken back."""
    connection.execute(update(Delivery).where(Delivery.id == delivery).values(undone_at=at, undone_by=by[:200]))
