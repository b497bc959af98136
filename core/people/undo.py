"""The roster as a delivery finds it and leaves it, so that the delivery can be taken back."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from core.database.base import table_of
from core.database.before import Changes, Part
from core.people.loading import batches
from core.people.tables import Assignment, EmploymentSpell, OrgUnit, Person
from core.people.views import parents_of_units


def roster_parts() -> tuple[Part, ...]:
    """The tables of the roster; units and persons before what refers to them."""
    return (
        Part(table_of(OrgUnit), in_place=True),
        Part(table_of(Person), in_place=True),
        Part(table_of(EmploymentSpell)),
        Part(table_of(Assignment)),
    )


def first_day_reassigned(connection: Connection, changes: Changes) -> date | None:
    """The first day on which somebody's assignments are others than before `changes`; None when there is no such day.

    People who are new with these changes do not count: nothing can be on record about them.
    """
    table = table_of(Assignment)
    told, people = changes[table.name], {int(key[0]) for key in changes[table_of(Person).name]["new"]}
    names = [column.name for column in table.columns]
    before = [dict(zip(names, row, strict=True)) for row in (*told["gone"], *told["changed"])]
    for row in before:
        row["valid_from"] = date.fromisoformat(row["valid_from"])
        row["valid_to"] = row["valid_to"] and date.fromisoformat(row["valid_to"])
    keys = [int(key[0]) for key in told["new"]] + [int(row["id"]) for row in before]
    after: list[dict[str, Any]] = []
    for some in batches(keys):
        after += [dict(row) for row in connection.execute(select(table).where(table.c.id.in_(some))).mappings()]
    spans: dict[int, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {}
    for which, rows in enumerate((before, after)):
        for row in rows:
            if row["person_id"] not in people:
                spans.setdefault(row["person_id"], ([], []))[which].append(row)
    days = (_first_difference(*both) for both in spans.values())
    return min((day for day in days if day is not None), default=None)


def _first_difference(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> date | None:
    rows = (*before, *after)
    days = {row["valid_from"] for row in rows} | {row["valid_to"] for row in rows if row["valid_to"] is not None}
    return next((day for day in sorted(days) if _on(before, day) != _on(after, day)), None)


def _on(rows: list[dict[str, Any]], day: date) -> list[str]:
    """What is said of a person on a day, without the days from which and until which it is said."""
    there = [row for row in rows if row["valid_from"] <= day and (row["valid_to"] is None or day < row["valid_to"])]
    return sorted(repr([row[name] for name in row if name not in ("id", "valid_from", "valid_to")]) for row in there)


def with_units_above(connection: Connection, units: Collection[int]) -> set[int]:
    """The units (ids) and every unit above them."""
    above = parents_of_units(connection)
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
