"""Who is managed by whom, as numbers, for areas that keep what two people share; and the names of people found that way.

Internal: callers show a name only to somebody who shares a pair or a message with that person.
"""

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from core.access.tables import User
from core.people.tables import Assignment, OrgUnit, Person


def _there(on: date) -> ColumnElement[bool]:
    return and_(Assignment.valid_from <= on, or_(Assignment.valid_to.is_(None), Assignment.valid_to > on))


def reporting_lines(connection: Connection, on: date, *, about: int | None = None) -> frozenset[tuple[int, int]]:
    """(person, direct manager) of everybody who has one on a day, as ids; `about`: only the lines that this person is in.

    The manager is that of the home unit: of several assignments the one with the most contracted hours, then the first by path.
    A manager who is no longer there, and somebody who would manage themselves, is none.
    """
    statement = (
        select(Assignment.person_id, Assignment.manager_id)
        .join(OrgUnit, OrgUnit.id == Assignment.unit_id)
        .where(_there(on))
        .order_by(Assignment.person_id, func.coalesce(Assignment.contracted_hours, 0.0).desc(), OrgUnit.path)
    )
    if about is not None:
        managed = select(Assignment.person_id).where(Assignment.manager_id == about, _there(on))
        statement = statement.where(or_(Assignment.person_id == about, Assignment.person_id.in_(managed)))
    manager_of: dict[int, int | None] = {}
    for person, manager in connection.execute(statement):
        manager_of.setdefault(person, manager)
    found = {(person, manager) for person, manager in manager_of.items() if manager not in (None, person)}
    there = here(connection, {manager for _, manager in found if manager is not None}, on)
    return frozenset(
        (person, manager)
        for person, manager in found
        if manager in there and (about is None or about in (person, manager))
    )


def here(connection: Connection, people: Collection[int], on: date) -> frozenset[int]:
    """Those of `people` (ids) who have an assignment on the day."""
    found: set[int] = set()
    wanted = sorted(people)
    for start in range(0, len(wanted), 5_000):
        some = wanted[start : start + 5_000]
        found |= set(connection.scalars(select(Assignment.person_id).where(Assignment.person_id.in_(some), _there(on))))
    return frozenset(found)


def person_here(connection: Connection, code: str, on: date) -> int | None:
    """The id of the person with this code, when they have an assignment on the day; None for anybody else, or nobody."""
    there = exists().where(Assignment.person_id == Person.id, _there(on))
    return connection.scalar(select(Person.id).where(Person.code == code, there))


def code_named(connection: Connection, typed: str, on: date) -> str | None:
    """The code of the one person who is here on the day and goes by what was typed: id, account or whole name; None: nobody,
    or more than one.

    Letters of the name may differ in case. Whoever types it knows the person already: there is no list to choose from.
    """
    if person_here(connection, typed, on) is not None:
        return typed
    wanted = func.lower(typed)
    there = exists().where(Assignment.person_id == Person.id, _there(on))
    called = or_(func.lower(Person.name) == wanted, func.lower(User.display_name) == wanted, User.name == typed)
    found = connection.scalars(
        select(Person.code)
        .distinct()
        .outerjoin(User, and_(User.person_code == Person.code, User.active))
        .where(called, there)
        .limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def names_of(connection: Connection, people: Collection[int]) -> dict[int, str]:
    """The name of each of `people` (ids): as their account shows it, else as on the roster, else their code."""
    found: dict[int, str] = {}
    for number, code, name, shown in connection.execute(
        select(Person.id, Person.code, Person.name, User.display_name)
        .outerjoin(User, and_(User.person_code == Person.code, User.active))
        .where(Person.id.in_(sorted(people)))
        .order_by(Person.id, User.id)
    ):
        found.setdefault(number, shown or name or code)
    return found


def codes_of(connection: Connection, people: Collection[int]) -> dict[int, str]:
    """The code of each of `people` (ids), under which looks at them are logged."""
    rows = connection.execute(select(Person.id, Person.code).where(Person.id.in_(sorted(people))))
    return {row.id: row.code for row in rows}
