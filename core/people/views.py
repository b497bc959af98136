"""What screens ask about people and units. Person-grain reads take a `Viewer`; `load_viewer` makes one from an account."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select
from sqlalchemy.orm import aliased

from core.access.accounts import account
from core.access.tables import User
from core.access.viewer import Viewer, only_own, units_in_scope
from core.people.tables import Assignment, OrgUnit, Person

_UNIT = ("id", "parent_id", "path", "slug", "name", "depth", "first_day", "last_day")
# of several assignments the one with the most contracted hours makes the home unit; of equal ones the first by path
_HOME_FIRST = (func.coalesce(Assignment.contracted_hours, 0.0).desc(), OrgUnit.path)


def _there(on: date) -> tuple[ColumnElement[bool], ...]:
    """SQL: the assignment is valid on that day."""
    return Assignment.valid_from <= on, or_(Assignment.valid_to.is_(None), Assignment.valid_to > on)


def load_viewer(connection: Connection, user_id: int, on: date) -> Viewer | None:
    """The viewer behind an account on a day: roles and units from the account, own unit and reports from the roster.

    None when the account is gone or deactivated. A person who has left keeps no unit and no reports.
    """
    row = account(connection, user_id)
    if row is None:
        return None
    own_unit = ""
    reports: tuple[str, ...] = ()
    if row.person_code:
        there = _there(on)
        person = connection.scalar(select(Person.id).where(Person.code == row.person_code))
        if person is not None:
            own_unit = (
                connection.scalar(
                    select(OrgUnit.path)
                    .join(Assignment, Assignment.unit_id == OrgUnit.id)
                    .where(Assignment.person_id == person, *there)
                    .order_by(*_HOME_FIRST)
                    .limit(1)
                )
                or ""
            )
            reports = tuple(
                connection.scalars(
                    select(Person.code)
                    .join(Assignment, Assignment.person_id == Person.id)
                    .where(Assignment.manager_id == person, *there)
                    .distinct()
                    .order_by(Person.code)
                )
            )
    return Viewer(
        id=row.id,
        name=row.name,
        display_name=row.display_name,
        roles=row.roles,
        units=row.units,
        own_unit=own_unit,
        person_code=row.person_code,
        reports=reports,
        sessions_from=row.sessions_from,
    )


def any_unit(connection: Connection) -> bool:
    """Whether anything has been brought in: some unit is on record."""
    return connection.execute(select(OrgUnit.id).limit(1)).first() is not None


def units_seen(connection: Connection, viewer: Viewer, *, own_line_open: bool) -> list[Mapping[str, Any]]:
    """Units whose group cells the viewer may see, by path: id, parent_id, path, slug, name, depth, first_day, last_day."""
    statement = (
        select(*(getattr(OrgUnit, name) for name in _UNIT))
        .where(units_in_scope(viewer, OrgUnit.path, own_line_open=own_line_open))
        .order_by(OrgUnit.path)
    )
    return [dict(zip(_UNIT, row, strict=True)) for row in connection.execute(statement)]


def parents_of_units(connection: Connection) -> dict[int, int | None]:
    """Every unit (id) with the unit above it, None at the top. To count and undo by; no screen reads units without a scope."""
    return {row.id: row.parent_id for row in connection.execute(select(OrgUnit.id, OrgUnit.parent_id))}


def own_manager(connection: Connection, viewer: Viewer, on: date) -> str:
    """The name of the viewer's own manager on a day, from the assignment that makes the own unit; '' when there is none.

    The name that the manager's account shows, else that of the roster, which may have none.
    """
    manager = aliased(Person)
    found = connection.execute(
        select(manager.name, User.display_name)
        .select_from(Assignment)
        .join(Person, Person.id == Assignment.person_id)
        .join(OrgUnit, OrgUnit.id == Assignment.unit_id)
        .outerjoin(manager, manager.id == Assignment.manager_id)
        .outerjoin(User, and_(User.person_code == manager.code, User.active))
        .where(only_own(viewer, Person.code), *_there(on))
        .order_by(*_HOME_FIRST)
        .limit(1)
    ).first()
    return (found.display_name or found.name or "") if found else ""
