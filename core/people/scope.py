"""Scope as sub-selects: units and persons that a viewer reaches, for areas that keep their own tables and not these."""

from sqlalchemy import Connection, Select, select

from core.access.viewer import Viewer, narrowed, only_own, units_for_rhythm, units_in_scope, units_led
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


def units_of_role(viewer: Viewer) -> Select[int]:
    """SQL: ids of the units that the viewer leads or manages by the account, with all below; none for HR."""
    return select(OrgUnit.id).where(units_led(viewer, OrgUnit.path))


def units_told_rhythm(viewer: Viewer) -> Select[int]:
    """SQL: ids of the units of which the viewer is told whether conversations keep their rhythm."""
    return select(OrgUnit.id).where(units_for_rhythm(viewer, OrgUnit.path))


def unit_of_role(viewer: Viewer, unit_id: int) -> Select[int]:
    """SQL: the unit of that id when the viewer leads or manages it by the account; no row otherwise."""
    return units_of_role(viewer).where(OrgUnit.id == unit_id)


def readable_units(viewer: Viewer, *, own_line_open: bool) -> Select[int]:
    """SQL: ids of all units whose group cells the viewer may see."""
    return select(OrgUnit.id).where(units_in_scope(viewer, OrgUnit.path, own_line_open=own_line_open))


def path_of(connection: Connection, unit_id: int) -> str:
    """The path of a unit, '' when there is none of that id."""
    return connection.scalar(select(OrgUnit.path).where(OrgUnit.id == unit_id)) or ""


def name_and_slug(connection: Connection, path: str) -> tuple[str, str]:
    """Name and slug of the unit at `path`; two empty texts when there is none."""
    row = connection.execute(select(OrgUnit.name, OrgUnit.slug).where(OrgUnit.path == path)).first()
    return (row.name, row.slug) if row else ("", "")
