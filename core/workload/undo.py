"""Facts of weeks as a delivery finds them and leaves them, so that the delivery can be taken back while weeks are open."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, exists, select

from core.database.base import table_of
from core.database.before import Part
from core.privacy.tables import PendingRelease, Release
from core.workload.tables import ActivityHour, CollaborationWeek, PersonWeek, UnitNote

FACTS: tuple[Any, ...] = (PersonWeek, CollaborationWeek, ActivityHour)


def fact_parts(first: date) -> tuple[Part, ...]:
    """The facts of the week `first` and of every week after it, and the notes of everything that awaits its release."""
    facts = tuple(Part(table_of(model), model.week >= first) for model in FACTS)
    return (*facts, Part(table_of(PendingRelease)))


def units_in_notes(connection: Connection) -> set[int]:
    """Ids of units that somebody has written a note about, withdrawn or not."""
    return set(connection.scalars(select(UnitNote.unit_id).distinct()))


def released_since(connection: Connection, at: datetime) -> bool:
    """Whether anything has been released after `at`: a release speaks of the units that there were then."""
    return bool(connection.scalar(select(exists().where(Release.closed_at >= at))))


def any_released(connection: Connection, first: date) -> bool:
    """Whether the week `first` or a later one has been released."""
    return bool(connection.scalar(select(exists().where(Release.period >= first))))
