"""What stands in a database, without ids and instants, so that two databases can be compared."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine, func, inspect, select, text

from core.access.changes import verify
from core.people.tables import OrgUnit, Person
from core.privacy.tables import PendingRelease, PublishedCell, Release, ReleaseRow
from core.workload.tables import PersonWeek, WorkloadRollup
from tests.organisations import everything

HOURS = ("contracted", "leave", "public_holiday", "sickness", "worked", "after_hours", "rest_day", "meeting", "focus")


@dataclass(frozen=True)
class Standing:
    """How many person-weeks, which weeks wait, which are released, how many ledger rows, cells and roll-ups each has."""

    facts: int
    pending: frozenset[date]
    released: dict[date, tuple[int, int, int]]


def standing(engine: Engine) -> Standing:
    """How far an import and its releases have come."""
    with engine.connect() as connection:
        facts = connection.scalar(select(func.count()).select_from(PersonWeek)) or 0
        waits = PendingRelease.kind.in_(
            ("first", "correction")
        )  # the others tell that a file has named a released week
        pending = frozenset(connection.scalars(select(PendingRelease.period).where(waits)))
        sizes = {}
        for release, period in connection.execute(select(Release.id, Release.period)).all():
            sizes[period] = tuple(
                connection.scalar(select(func.count()).select_from(table).where(table.release_id == release)) or 0
                for table in (ReleaseRow, PublishedCell, WorkloadRollup)
            )
        assert verify(connection).broken_at is None
    return Standing(facts, pending, sizes)  # type: ignore[arg-type]


def content(engine: Engine) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """All facts and all current published cells."""
    with engine.connect() as connection:
        rows = connection.execute(
            select(Person.code, OrgUnit.path, PersonWeek.week, *(getattr(PersonWeek, name) for name in HOURS))
            .join(Person, Person.id == PersonWeek.person_id)
            .join(OrgUnit, OrgUnit.id == PersonWeek.unit_id)
            .order_by(Person.code, PersonWeek.week)
        ).all()
    return [tuple(row) for row in rows], everything(engine)


def shape(engine: Engine) -> dict[str, object]:
    """Tables with their columns, indexes and revision: what a migration changes."""
    with engine.connect() as connection:
        seen = inspect(connection)
        names = seen.get_table_names()
        found: dict[str, object] = {
            name: (
                sorted((each["name"], str(each["type"]), each["nullable"]) for each in seen.get_columns(name)),
                sorted(str(each["name"]) for each in seen.get_indexes(name)),
            )
            for name in names
        }
        if "alembic_version" in names:
            found["revision"] = connection.scalars(text("SELECT version_num FROM alembic_version")).all()
    return found
