"""The roster as a delivery finds it and leaves it, so that the delivery can be taken back."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Table, select

from core.database.before import Changes, Part
from core.people.tables import Assignment, EmploymentSpell, OrgUnit, Person


def roster_parts() -> tuple[Part, ...]:
    """The tables of the roster; units and persons before what refers to them."""
    return (
        Part(_table(OrgUnit), in_place=True),
        Part(_table(Person), in_place=True),
        Part(_table(EmploymentSpell)),
        Part(_table(Assignment)),
    )


def with_units_above(connection: Connection, units: Collection[int]) -> set[int]:
    """The units (ids) and every unit above them."""
    above = {row.id: row.parent_id for row in connection.execute(select(OrgUnit.id, OrgUnit.parent_id))}
    found: set[int] = set()
    for unit in units:
        at: int | None = unit
        while at is not None and at not in found:
            found.add(at)
            at = above.get(at)
    return found


def new_people(changes: Changes) -> set[int]:
    """Ids of the persons whom a delivery brought."""
    return {int(row[0]) for row in changes[Person.__tablename__]["new"]}


def _table(model: Any) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table
