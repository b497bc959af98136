"""The one way out of protection: published cells, for the units that the caller has found to be in the viewer's scope."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd
from sqlalchemy import CTE, Connection, exists, func, select

from core.privacy.ledger import waiting_corrections
from core.privacy.reading import CurrentCells
from core.privacy.tables import EVERYTHING, AuditResult, PublishedCell, Release

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
_DTYPES: dict[str, type] = {name: float if name in ("value", "low", "high") else object for name in COLUMNS}
_FIRST_ASKED = 50
_PERIOD, _CELL = COLUMNS.index("period"), COLUMNS.index("cell_id")


@dataclass(frozen=True)
class LastAudit:
    """The newest proof of everything ever released, by the method that did not decide it.

    cells_shown, cells_hidden: cells looked at, all releases together. recoverable: what follows from them and must not.
    releases, cells_hidden: None for a result that does not say so.
    """

    at: datetime
    passed: bool
    releases: int | None
    cells_shown: int
    cells_hidden: int | None
    recoverable: int
    method: str


@dataclass(frozen=True)
class ReleaseProofs:
    """The checks that every release passes before it is written: how many there are, and how many passed.

    tests: names of the checks on record for the newest release, in order (D2: nothing isolates too few people; D7: a
    correction replaces only what enough people changed). at: when the newest was made, None without any.
    """

    releases: int
    passed: int
    tests: tuple[str, ...]
    at: datetime | None


def published(
    connection: Connection, area: str, measure: str, units: Collection[int], first: date, end: date
) -> pd.DataFrame:
    """Current published cells of `measure` in `[first, end)` that belong to `units` (ids), columns COLUMNS.

    value, low, high are float; everything else is kept as it came (dtype object, None where there is nothing): rows are walked
    far more often than columns, and texts of any other dtype are made anew each time that they are looked at.
    A join comes along when one of its parts is in `units`, and only then: joined siblings outside the scope stay outside.
    """
    found = CurrentCells(connection, COLUMNS, area, (measure,), first, end).of_units(units)
    rows = sorted(found, key=lambda row: (row[_CELL], row[_PERIOD]))
    columns = zip(*rows, strict=True) if rows else ([] for _ in COLUMNS)
    kept: dict[str, pd.Series] = {
        name: pd.Series(values, dtype=_DTYPES[name]) for name, values in zip(COLUMNS, columns, strict=True)
    }
    return pd.DataFrame(kept, copy=False)


def measures_with_data(connection: Connection, area: str, units: Collection[int]) -> set[str]:
    """Measures that have at least one published cell (shown or hidden) among `units`.

    Stops at the first cell of each measure. Units that came first, the higher ones as a rule, are asked alone: they nearly
    always answer for all, and a long list takes longer to send than to look up.
    """
    ordered = sorted(units)
    rest = ordered[_FIRST_ASKED:]
    found = _measures_among(connection, area, ordered[:_FIRST_ASKED], without=())
    if rest and not found.issuperset(measures_known(connection, area)):
        found |= _measures_among(connection, area, rest, without=found)
    return found


def _measures_among(connection: Connection, area: str, units: list[int], *, without: Collection[str]) -> set[str]:
    if not units:
        return set()
    known = _measures(area)
    there = exists().where(
        PublishedCell.area == area,
        PublishedCell.measure == known.c.measure,
        PublishedCell.unit_id.in_(units),
        PublishedCell.current,
    )
    wanted = (known.c.measure.is_not(None), known.c.measure.not_in(sorted(without)), there)
    return set(connection.scalars(select(known.c.measure).where(*wanted)))


def measures_known(connection: Connection, area: str) -> tuple[str, ...]:
    """Measures of which anything was ever published, in order of their ids."""
    known = _measures(area)
    return tuple(connection.scalars(select(known.c.measure).where(known.c.measure.is_not(None))))


def _measures(area: str) -> CTE:
    """Steps through the index from one measure to the next: a plain `DISTINCT` reads every cell that was ever published."""
    first = select(func.min(PublishedCell.measure)).where(PublishedCell.area == area).scalar_subquery()
    known = select(first.label("measure")).cte("known", recursive=True)
    following = (
        select(func.min(PublishedCell.measure))
        .where(PublishedCell.area == area, PublishedCell.measure > known.c.measure)
        .scalar_subquery()
    )
    return known.union_all(select(following).where(known.c.measure.is_not(None)))


def measures_of(connection: Connection, area: str, period: date) -> set[str]:
    """Measures of which anything was ever published for a period, replaced cells included."""
    return set(
        connection.scalars(
            select(PublishedCell.measure).where(PublishedCell.area == area, PublishedCell.period == period).distinct()
        )
    )


def newest_period(connection: Connection, area: str) -> date | None:
    """The newest period of an area that has published cells; None when nothing is released. Reads two rows."""
    return connection.scalar(
        select(Release.period)
        .where(Release.area == area, exists().where(PublishedCell.release_id == Release.id))
        .order_by(Release.period.desc())
        .limit(1)
    )


def first_period(connection: Connection, area: str) -> date | None:
    """The first period of an area that was ever released; None when nothing is."""
    return connection.scalar(select(func.min(Release.period)).where(Release.area == area))


def corrections_waiting(connection: Connection, area: str) -> str:
    """'' or how many weeks have corrections waiting, as words."""
    return waiting_corrections(connection, area)


def last_audit(connection: Connection) -> LastAudit | None:
    """The newest result of proving everything again; None when that has not been done here yet."""
    row = connection.execute(
        select(AuditResult.at, AuditResult.passed, AuditResult.checked, AuditResult.certificate)
        .where(AuditResult.test == EVERYTHING)
        .order_by(AuditResult.at.desc(), AuditResult.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    said = row.certificate
    return LastAudit(
        at=row.at,
        passed=row.passed,
        releases=said.get("releases"),
        cells_shown=row.checked,
        cells_hidden=said.get("cells_hidden"),
        recoverable=int(said["recoverable"]),
        method=str(said["method"]),
    )


def release_proofs(connection: Connection, area: str) -> ReleaseProofs:
    """What the releases of an area were checked for when they were made. One failed check of a release fails it."""
    failed = select(AuditResult.release_id).where(~AuditResult.passed, AuditResult.release_id.is_not(None))
    of_area = select(func.count()).select_from(Release).where(Release.area == area)
    good = of_area.where(Release.audit_status == "passed", Release.id.not_in(failed))
    newest = connection.execute(
        select(Release.id, Release.closed_at).where(Release.area == area).order_by(Release.id.desc()).limit(1)
    ).first()
    tests: tuple[str, ...] = ()
    if newest is not None:
        tests = tuple(
            connection.scalars(
                select(AuditResult.test)
                .where(AuditResult.release_id == newest.id)
                .distinct()
                .order_by(AuditResult.test)
            )
        )
    return ReleaseProofs(
        connection.scalar(of_area) or 0, connection.scalar(good) or 0, tests, newest.closed_at if newest else None
    )


def released_periods(connection: Connection, area: str) -> tuple[date, ...]:
    """The periods of an area that have published cells, newest first. For areas of few periods (quarters)."""
    return tuple(
        connection.scalars(
            select(Release.period)
            .where(Release.area == area, exists().where(PublishedCell.release_id == Release.id))
            .distinct()
            .order_by(Release.period.desc())
        )
    )
