"""Who stands where on a day, as sub-selects and look-ups by number, for areas that keep things of people and of units.

None of them shows anybody anything: the area that asks puts its own rule for the viewer into the statement.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from core.access.viewer import Viewer, below, only_own
from core.people.tables import Assignment, OrgUnit, Person

_BATCH = 10_000  # ids in one statement
_Later: Any = aliased(Assignment)


@dataclass(frozen=True)
class Home:
    """Where somebody belongs. since: the first day in a row in that unit; moved: there was another unit before."""

    unit_id: int
    since: date
    moved: bool


@lru_cache(maxsize=64)  # a condition of many parts, asked for several times in most statements about goals
def _newest(on: date) -> ColumnElement[bool]:
    """SQL: the assignment holds on that day or, for somebody who has none any more, is one of those that ended last."""
    longer = and_(
        _Later.person_id == Assignment.person_id,
        _Later.valid_from <= on,
        or_(_Later.valid_to.is_(None), _Later.valid_to > Assignment.valid_to),
    )
    return and_(
        Assignment.valid_from <= on,
        or_(Assignment.valid_to.is_(None), Assignment.valid_to > on, ~select(_Later.id).where(longer).exists()),
    )


def employed(on: date) -> Select[int]:
    """SQL: ids of persons with an assignment on that day."""
    return select(Assignment.person_id).where(
        Assignment.valid_from <= on, or_(Assignment.valid_to.is_(None), Assignment.valid_to > on)
    )


def members_of(units: Select[int], on: date) -> Select[int]:
    """SQL: ids of persons assigned to one of the units on that day, and of those who left from there."""
    return select(Assignment.person_id).where(Assignment.unit_id.in_(units), _newest(on))


def managed_by(viewer: Viewer, on: date) -> Select[int]:
    """SQL: ids of persons whose manager the viewer is on that day, or was when they left."""
    me = select(Person.id).where(only_own(viewer, Person.code))
    return select(Assignment.person_id).where(Assignment.manager_id.in_(me), _newest(on))


def these(persons: Collection[int]) -> Select[int]:
    """SQL: ids of these persons, for look-ups that take a sub-select; of everybody when they are more than ten thousand.

    The ids stand in the statement as they are: a placeholder for each of thousands takes longer than to look them up.
    """
    everybody = select(Person.id)
    if len(persons) > _BATCH:
        return everybody
    listed = bindparam("these", sorted(persons), expanding=True, literal_execute=True, type_=Integer)
    return everybody.where(Person.id.in_(listed))


def own_unit(viewer: Viewer) -> Select[int]:
    """SQL: the id of the viewer's own unit; no row without one."""
    return select(OrgUnit.id).where(OrgUnit.path == viewer.own_unit, OrgUnit.path != "")


def units_under(path: str) -> Select[int]:
    """SQL: ids of the unit at `path` and of all below it."""
    return select(OrgUnit.id).where(below(OrgUnit.path, path))


def standing_units(on: date) -> Select[int]:
    """SQL: ids of units that have people on that day or later; a reorganised unit has none."""
    return select(OrgUnit.id).where(or_(OrgUnit.last_day.is_(None), OrgUnit.last_day >= on))


def homes(connection: Connection, persons: Select[int], on: date) -> dict[int, Home]:
    """The home unit of persons on that day (most contracted hours, then by path), or the last one of those who left."""
    rows = connection.execute(
        select(Assignment.person_id, Assignment.unit_id, Assignment.valid_from)
        .join(OrgUnit, OrgUnit.id == Assignment.unit_id)
        .where(Assignment.person_id.in_(persons), _newest(on))
        .order_by(Assignment.person_id, func.coalesce(Assignment.contracted_hours, 0.0).desc(), OrgUnit.path)
    ).all()
    found: dict[int, tuple[int, date]] = {}
    for person, unit, start in rows:
        found.setdefault(person, (unit, start))
    earlier: dict[int, list[tuple[date, date | None, int]]] = {}
    before = select(Assignment.person_id, Assignment.unit_id, Assignment.valid_from, Assignment.valid_to).where(
        Assignment.person_id.in_(persons), Assignment.valid_from < on, Assignment.valid_to.is_not(None)
    )
    for person, unit, start, end in connection.execute(before):
        earlier.setdefault(person, []).append((start, end, unit))
    return {person: _home(unit, start, earlier.get(person, ())) for person, (unit, start) in found.items()}


def _home(unit: int, start: date, earlier: Collection[tuple[date, date | None, int]]) -> Home:
    """Assignments to the same unit that follow each other without a gap are one stay."""
    since = start
    for begun, ended, where in sorted(earlier, reverse=True):
        if where == unit and begun < since and ended is not None and ended >= since:
            since = begun
    return Home(unit, since, any(where != unit and begun < since for begun, _, where in earlier))


def people_named(connection: Connection, persons: Collection[int]) -> dict[int, tuple[str, str]]:
    """Code and name (the code where there is none) of persons, by number; for texts that the caller may show."""
    found: dict[int, tuple[str, str]] = {}
    for some in _batches(persons):
        rows = connection.execute(select(Person.id, Person.code, Person.name).where(Person.id.in_(some)))
        found.update((row.id, (row.code, row.name or row.code)) for row in rows)
    return found


def units_named(connection: Connection, units: Collection[int]) -> dict[int, tuple[str, str]]:
    """Path and name of units, by number."""
    found: dict[int, tuple[str, str]] = {}
    for some in _batches(units):
        rows = connection.execute(select(OrgUnit.id, OrgUnit.path, OrgUnit.name).where(OrgUnit.id.in_(some)))
        found.update((row.id, (row.path, row.name)) for row in rows)
    return found


def names_of(connection: Connection, keys: Collection[str]) -> dict[str, str]:
    """Names of persons by code and of units by path, for texts that the caller may show; the key where there is no name."""
    found: dict[str, str] = {}
    wanted = sorted(set(keys))
    for some in (wanted[at : at + _BATCH] for at in range(0, len(wanted), _BATCH)):
        people = connection.execute(select(Person.code, Person.name).where(Person.code.in_(some)))
        found.update((row.code, row.name or row.code) for row in people)
        units = connection.execute(select(OrgUnit.path, OrgUnit.name).where(OrgUnit.path.in_(some)))
        found.update((row.path, row.name) for row in units)
    return found


def person_of(connection: Connection, code: str, on: date) -> int | None:
    """The number of somebody with this code who is employed on that day; None for anybody else."""
    return connection.scalar(select(Person.id).where(Person.code == code, Person.id.in_(employed(on))))


def unit_of(connection: Connection, path: str, on: date) -> int | None:
    """The number of the unit at `path` while it has people; None for any other."""
    return connection.scalar(select(OrgUnit.id).where(OrgUnit.path == path, OrgUnit.id.in_(standing_units(on))))


def manager_of(connection: Connection, person: int, on: date) -> int | None:
    """The number of somebody's manager on that day, by the home assignment; None when the roster names none."""
    return connection.scalar(
        select(Assignment.manager_id)
        .join(OrgUnit, OrgUnit.id == Assignment.unit_id)
        .where(Assignment.person_id == person, Assignment.person_id.in_(employed(on)), _newest(on))
        .order_by(func.coalesce(Assignment.contracted_hours, 0.0).desc(), OrgUnit.path)
        .limit(1)
    )


def code_of(connection: Connection, person: int) -> str:
    """The code of a person, '' when there is none of that number."""
    return connection.scalar(select(Person.code).where(Person.id == person)) or ""


def _batches(numbers: Collection[int]) -> list[list[int]]:
    every = sorted(set(numbers))
    return [every[at : at + _BATCH] for at in range(0, len(every), _BATCH)]
