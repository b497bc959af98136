"""The way out for trends: the same published cells as `core.privacy.views`, several measures at once, as plain rows.

A year of a company is about eight thousand cells of each measure; frames of that many texts would cost more than reading them.
"""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, exists, select

from core.privacy.reading import CurrentCells, Rows
from core.privacy.tables import PublishedCell


class TrendCell(NamedTuple):
    """One published cell; fields as in `core.privacy.tables.PublishedCell`."""

    measure: str
    period: date
    cell_id: str
    kind: str
    unit_id: int
    name: str
    status: str
    value: float | None
    qualifier: str
    share_class: str | None
    shown_with: str | None
    release_id: int


def published_trends(
    connection: Connection, area: str, measures: Collection[str], cells: Collection[str], first: date, end: date
) -> list[TrendCell]:
    """Current published cells of `[first, end)`: those named, and the joins that they are hidden in; by cell and week.

    cells: ids `unit:N` and `direct:N` of units that the caller has found to be in the viewer's scope. As in
    `core.privacy.views.published` a join comes along when one of its parts is among them, and only then.
    """
    return _trends(_current(connection, area, measures, first, end).with_joins(cells))


def trends_of_units(
    connection: Connection, area: str, measure: str, units: Collection[int], first: date, end: date
) -> list[TrendCell]:
    """The cells that `core.privacy.views.published` gives for these units (ids), as rows, by cell and week."""
    return _trends(_current(connection, area, [measure], first, end).of_units(units))


class WeekCell(NamedTuple):
    """One published cell of a week, as much of it as counting needs."""

    cell_id: str
    kind: str
    unit_id: int
    name: str
    status: str
    value: float | None
    shown_with: str | None
    release_id: int


# asked for every measure and week that is counted: putting it together takes longer than a week of a small company
_CELLS_OF_WEEK = select(*(getattr(PublishedCell, name) for name in WeekCell._fields)).where(
    PublishedCell.area == bindparam("of_area"),
    PublishedCell.measure == bindparam("of_measure"),
    PublishedCell.period == bindparam("of_week"),
    PublishedCell.current,
)


def cells_of_week(connection: Connection, area: str, measure: str, week: date) -> list[WeekCell]:
    """Every current cell of a measure and week. For counting at release: no screen reads cells without a scope."""
    rows = connection.execute(_CELLS_OF_WEEK, {"of_area": area, "of_measure": measure, "of_week": week})
    return [WeekCell._make(row) for row in rows.all()]


def named_trends(
    connection: Connection, area: str, measure: str, cells: Collection[str], first: date, end: date
) -> list[TrendCell]:
    """Current published cells of `[first, end)`, joins too, that the caller has found counted below a unit in scope."""
    return _trends(_current(connection, area, [measure], first, end).named(cells))


def any_cells(connection: Connection, area: str, measures: Collection[str], units: Collection[int], end: date) -> bool:
    """Whether anything was ever published of these units before `end`, in one of the measures."""
    found = exists().where(
        PublishedCell.area == area,
        PublishedCell.measure.in_(sorted(measures)),
        PublishedCell.unit_id.in_(sorted(units)),
        PublishedCell.period < end,
    )
    return bool(units) and bool(connection.scalar(select(found)))


def _current(connection: Connection, area: str, measures: Collection[str], first: date, end: date) -> CurrentCells:
    return CurrentCells(connection, TrendCell._fields, area, measures, first, end)


def _trends(rows: Rows) -> list[TrendCell]:
    return sorted(map(TrendCell._make, rows), key=lambda cell: (cell.cell_id, cell.period))
