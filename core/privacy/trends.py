"""The way out for trends: the same published cells as `core.privacy.views`, several measures at once, as plain rows.

A year of a company is about eight thousand cells of each measure; frames of that many texts would cost more than reading them.
"""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, select

from core.privacy.tables import PublishedCell, Release


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
    asked = {cell for cell in cells if cell.startswith(("unit:", "direct:"))}
    found = _read(connection, area, measures, asked, first, end)
    joins = {cell.shown_with for cell in found if cell.shown_with and cell.shown_with.startswith("join:")}
    found += _read(connection, area, measures, joins, first, end)
    return sorted(found, key=lambda cell: (cell.cell_id, cell.period))


def _read(
    connection: Connection, area: str, measures: Collection[str], cells: Collection[str], first: date, end: date
) -> list[TrendCell]:
    """Cells by their releases, so that each is found by its key, however many others were published with it."""
    if not cells:
        return []
    releases = select(Release.id).where(Release.area == area, Release.period >= first, Release.period < end)
    rows = connection.execute(
        select(*(getattr(PublishedCell, name) for name in TrendCell._fields)).where(
            PublishedCell.release_id.in_(releases),
            PublishedCell.measure.in_(sorted(measures)),
            PublishedCell.cell_id.in_(sorted(cells)),
            PublishedCell.current,
        )
    )
    return [TrendCell._make(row) for row in rows.all()]
