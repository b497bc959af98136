"""Small organisations for tests, written straight into the tables: units by path, people, assignments, person-weeks."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from sqlalchemy import Connection, Engine, bindparam, delete, insert, select

from core.access.viewer import Viewer
from core.metrics.catalogue import catalogue
from core.people.tables import Assignment, OrgUnit, Person
from core.policy import Policy
from core.privacy.proof import AuditReport, audit
from core.privacy.tables import PublishedCell
from core.workload.release import ReleaseSummary, finish_pending, note_delivery
from core.workload.tables import PersonWeek

POLICY = Policy()
WEEK = date(2026, 1, 12)  # in the quarter that begins on 29 December 2025
AS_OF = date(2026, 2, 20)
NOW = datetime(2026, 2, 20, 8, 0, tzinfo=UTC)
FULL_WEEK = {"contracted": 40.0, "leave": 0.0, "public_holiday": 0.0, "sickness": 0.0}
Facts = Mapping[tuple[str, date], Mapping[str, float | None]]


def who(*roles: str, units: tuple[str, ...] = (), own: str = "") -> Viewer:
    """A viewer with these roles and units; `own` is the unit of their own, for somebody on the roster."""
    return Viewer(1, "v", "V", roles, units, own, "P1" if own else "")


def people_in(teams: Mapping[str, int]) -> dict[str, str]:
    """Person code -> unit path, with so many people in each unit: `{"C/A": 2}` -> `{"C/A#0": "C/A", "C/A#1": "C/A"}`."""
    return {f"{path}#{i}": path for path, size in teams.items() for i in range(size)}


def hours(
    people: Mapping[str, str], week: date = WEEK, *, worked: float = 38.0
) -> dict[tuple[str, date], dict[str, float | None]]:
    """A plain full week for everybody, each person a little different."""
    return {(code, week): {**FULL_WEEK, "worked": worked + (i % 7)} for i, code in enumerate(people)}


def employ(engine: Engine, people: Mapping[str, str], *, since: date = date(2020, 1, 6)) -> None:
    """Make units, persons and open-ended assignments of 40 hours."""
    with engine.begin() as connection:
        for path in dict.fromkeys(people.values()):
            _unit(connection, path)
        units = {row.path: row.id for row in connection.execute(select(OrgUnit.path, OrgUnit.id))}
        known = set(connection.scalars(select(Person.code)))
        new = [code for code in people if code not in known]
        if new:
            connection.execute(insert(Person), [{"code": code, "name": code, "email": None} for code in new])
        ids = codes(connection)
        connection.execute(
            insert(Assignment),
            [
                {
                    "person_id": ids[code],
                    "unit_id": units[people[code]],
                    "manager_id": None,
                    "valid_from": since,
                    "valid_to": None,
                    "contracted_hours": 40.0,
                    "role": None,
                    "location": None,
                    "grade": None,
                    "source": "people",
                }
                for code in new
            ],
        )


def deliver(
    engine: Engine, people: Mapping[str, str], facts: Facts, *, held: bool = False, as_of: date = AS_OF
) -> None:
    """Write person-weeks (replacing those on record) and note them as pending, in one transaction."""
    with engine.begin() as connection:
        ids = codes(connection)
        units = {row.path: row.id for row in connection.execute(select(OrgUnit.path, OrgUnit.id))}
        replaced = delete(PersonWeek).where(
            PersonWeek.person_id == bindparam("of_person"), PersonWeek.week == bindparam("of_week")
        )
        connection.execute(replaced, [{"of_person": ids[code], "of_week": week} for code, week in facts])
        empty = dict.fromkeys(
            (
                "contracted",
                "leave",
                "public_holiday",
                "sickness",
                "worked",
                "after_hours",
                "rest_day",
                "meeting",
                "focus",
            )
        )
        connection.execute(
            insert(PersonWeek),
            [
                {**empty, **values, "person_id": ids[code], "week": week, "unit_id": units[people[code]]}
                for (code, week), values in facts.items()
            ],
        )
        note_delivery(connection, {week for _, week in facts}, held=held, as_of=as_of)


def release(
    engine: Engine, *, as_of: date = AS_OF, policy: Policy = POLICY, include_held: bool = False
) -> ReleaseSummary:
    """Finish whatever is pending."""
    return finish_pending(engine, policy=policy, as_of=as_of, at=NOW, actor="test", include_held=include_held)


def audited(engine: Engine, policy: Policy = POLICY) -> AuditReport:
    """Prove everything released again, by the second method."""
    with engine.connect() as connection:
        return audit(connection, catalogue(policy), policy)


def codes(connection: Connection) -> dict[str, int]:
    """Person code -> id."""
    return {row.code: row.id for row in connection.execute(select(Person.code, Person.id))}


def cells(
    engine: Engine, measure: str = "utilisation", *, week: date | None = None
) -> dict[tuple[str, date], tuple[str, float | None]]:
    """Current published cells of a measure: (name with its kind, week) -> (status, value)."""
    with engine.connect() as connection:
        paths = {row.id: row.path for row in connection.execute(select(OrgUnit.id, OrgUnit.path))}
        statement = select(PublishedCell).where(PublishedCell.measure == measure, PublishedCell.current)
        if week is not None:
            statement = statement.where(PublishedCell.period == week)
        found = {}
        for row in connection.execute(statement).mappings():
            name = paths[row["unit_id"]] if row["kind"] == "unit" else f"{row['kind']}: {row['name']}"
            found[name, row["period"]] = (row["status"], row["value"])
    return found


def everything(engine: Engine) -> list[tuple[object, ...]]:
    """Every current published cell, without the numbers that only count rows, sorted: for comparing two databases."""
    columns = (
        "area",
        "period",
        "cell_id",
        "kind",
        "name",
        "measure",
        "status",
        "value",
        "qualifier",
        "share_class",
        "low",
        "high",
        "n_band",
        "coverage",
    )
    with engine.connect() as connection:
        rows = connection.execute(
            select(*(getattr(PublishedCell, name) for name in columns)).where(PublishedCell.current)
        ).all()
    return sorted((tuple(row) for row in rows), key=repr)


def _unit(connection: Connection, path: str) -> int:
    known = connection.scalar(select(OrgUnit.id).where(OrgUnit.path == path))
    if known is not None:
        return known
    parent = _unit(connection, path.rsplit("/", 1)[0]) if "/" in path else None
    row = connection.execute(
        insert(OrgUnit),
        {
            "path": path,
            "slug": path.lower().replace("/", ".").replace(" ", "-"),
            "name": path.rsplit("/", 1)[-1],
            "parent_id": parent,
            "depth": path.count("/"),
            "first_day": date(2020, 1, 6),
            "last_day": None,
        },
    ).inserted_primary_key
    assert row is not None
    return int(row[0])
