"""Which published cells rest on how much of a unit: status and classes only, for telling where files are missing.

The same cells as `core.privacy.views`, without their values.
"""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, select

from core.privacy.tables import PublishedCell


class CoverageCell(NamedTuple):
    """One published cell without its number; fields as in `core.privacy.tables.PublishedCell`."""

    measure: str
    period: date
    cell_id: str
    kind: str
    unit_id: int
    status: str
    n_band: str | None
    coverage: str | None
    shown_with: str | None


def covered_cells(
    connection: Connection, area: str, measures: Collection[str], first: date, end: date
) -> list[CoverageCell]:
    """Current published cells of units, joins and people attached directly, in `[first, end)`, by week and cell."""
    columns = [getattr(PublishedCell, name) for name in CoverageCell._fields]
    rows = connection.execute(
        select(*columns)
        .where(
            PublishedCell.area == area,
            PublishedCell.measure.in_(sorted(measures)),
            PublishedCell.current,
            PublishedCell.period >= first,
            PublishedCell.period < end,
            PublishedCell.kind.in_(("unit", "direct", "join")),
        )
        .order_by(PublishedCell.period, PublishedCell.cell_id)
    )
    return [CoverageCell._make(row) for row in rows]
