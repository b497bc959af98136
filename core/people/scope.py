"""Scope as sub-selects: units and persons that a viewer reaches, for areas that keep their own tables and not these."""

from sqlalchemy import Connection, Select, select

from core.access.viewer import Viewer, narrowed, only_own, units_in_scope
from core.people.tables import OrgUnit, Person


def own_person(viewer: Viewer) -> Select[int]:
    """SQL: the id of the viewer's own person; no row for an account that is linked to nobody."""
    return select(Person.id).where(only_own(viewer, Person.code))


def readable_unit(viewer: Viewer, path: str, *, own_line_open: bool) -> Select[int]:
    """SQL: the id of the unit at `path` when the viewer may see its group cells; no row otherwise."""
    inside = units_in_scope(viewer, OrgUnit.path, own_line_open=own_line_open)
    return narrowed(select(OrgUnit.id), OrgUnit.path == path, inside)


def led_units(viewer: Viewer) -> Select[int]:
    """SQL: ids of the units that a group role (leader, HR, manager) of the viewer covers. An own line does not count."""
    return select(OrgUnit.id).where(units_in_scope(viewer, OrgUnit.path, own_line_open=False))


def led_unit(viewer: Viewer, path: str) -> Select[int]:
    """SQL: the id of the unit at `path` when a group role of the viewer covers it; no row otherwise."""
    return readable_unit(viewer, path, own_line_open=False)


def path_of(connection: Connection, unit_id: int) -> str:
    """The path of a unit, '' when there is none of that id."""
    return connection.scalar(select(OrgUnit.path).where(OrgUnit.id == unit_id)) or ""


def name_and_slug(connection: Connection, path: str) -> tuple[str, str]:
    """Name and slug of the unit at `path`; two empty texts when there is none."""
    row = connection.execute(select(OrgUnit.name, OrgUnit.slug).where(OrgUnit.path == path)).first()
    return (row.name, row.slug) if row else ("", "")
