"""The one way out of protection: published cells, for the units that the caller has found to be in the viewer's scope."""

from collections.abc import Collection
from datetime import date

import pandas as pd
from sqlalchemy import Connection, and_, func, or_, select

from core.privacy.ledger import waiting_corrections
from core.privacy.tables import PublishedCell

COLUMNS = (
    "release_id",
    "period",
    "cell_id",
    "kind",
    "unit_id",
    "name",
    "status",
    "value",
    "qualifier",
    "share_class",
    "low",
    "high",
    "n_band",
    "coverage",
    "shown_with",
)


def published(
    connection: Connection, area: str, measure: str, units: Collection[int], first: date, end: date
) -> pd.DataFrame:
    """Current published cells of `measure` in `[first, end)` that belong to `units` (ids), columns COLUMNS.

    A join comes along when one of its parts is in `units`, and only then: joined siblings outside the scope stay outside.
    """
    base = [
        PublishedCell.area == area,
        PublishedCell.measure == measure,
        PublishedCell.current,
        PublishedCell.period >= first,
        PublishedCell.period < end,
    ]
    columns = [getattr(PublishedCell, name) for name in COLUMNS]
    wanted = list(units)
    joined = (
        select(PublishedCell.shown_with)
        .where(*base, PublishedCell.unit_id.in_(wanted), PublishedCell.kind.in_(("unit", "direct")))
        .where(PublishedCell.shown_with.like("join:%"))
    )
    own = and_(PublishedCell.unit_id.in_(wanted), PublishedCell.kind != "join")
    statement = (
        select(*columns)
        .where(*base, or_(own, PublishedCell.cell_id.in_(joined)))
        .order_by(PublishedCell.cell_id, PublishedCell.period)
    )
    return pd.DataFrame(connection.execute(statement).all(), columns=list(COLUMNS))


def measures_with_data(connection: Connection, area: str, units: Collection[int]) -> set[str]:
    """Measures that have at least one published cell (shown or hidden) among `units`."""
    return set(
        connection.scalars(
            select(PublishedCell.measure)
            .where(PublishedCell.area == area, PublishedCell.unit_id.in_(list(units)), PublishedCell.current)
            .distinct()
        )
    )


def measures_of(connection: Connection, area: str, period: date) -> set[str]:
    """Measures of which anything was ever published for a period, replaced cells included."""
    return set(
        connection.scalars(
            select(PublishedCell.measure).where(PublishedCell.area == area, PublishedCell.period == period).distinct()
        )
    )


def newest_period(connection: Connection, area: str) -> date | None:
    """The newest released period of an area; None when nothing is released."""
    return connection.scalar(select(func.max(PublishedCell.period)).where(PublishedCell.area == area))


def corrections_waiting(connection: Connection, area: str) -> str:
    """'' or how many weeks have corrections waiting, as words."""
    return waiting_corrections(connection, area)
