"""Weeks worth a look, at the company as a whole: a measure that jumps, empties or vanishes, coverage that drops, a short file.

Computed from published cells of the company and from numbers of rows of whole deliveries. Nothing here names a person or a
small unit, and no value is told: the way on leads to the screen where those who may see it see it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import nan
from statistics import median

import pandas as pd
from sqlalchemy import Connection, select

from core.calendar import WEEK, label
from core.intake.coverage import HIDDEN, IN, Group
from core.intake.kinds import title_of
from core.intake.tables import Delivery
from core.metrics.definition import Metric
from core.privacy.trends import TrendCell, published_trends
from core.workload.swing import BASELINE_WEEKS, read, usual_swing

BEFORE = 8  # weeks that "as usual" looks back on
SEEN_IN = 4  # of them with a number, before its absence means anything
DROP = 0.2  # of the reporting groups
SHORT, LONG = 0.7, 1.5  # times the usual number of rows a week
LEAST_ROWS, LEAST_FILES = 100, 3


@dataclass(frozen=True)
class Outlier:
    """Something that may be a fault of a file. what: 'jump', 'zero', 'vanished', 'coverage' or 'rows'. metric: id or ''."""

    what: str
    week: date | None
    metric: str
    sentence: str
    step: str


def measure_outliers(
    connection: Connection, area: str, company: str, metrics: Mapping[str, Metric], newest: date
) -> list[Outlier]:
    """Measures of the company cell in the newest released week against their own 26 weeks before.

    company: id of the company's cell. Shares of people with a rule of their own (SL1 and so on) are left to their parents.
    """
    first = newest - (BASELINE_WEEKS + 1) * WEEK
    wanted = [name for name, metric in metrics.items() if not metric.whole_population_only]
    cells = [
        cell
        for cell in published_trends(connection, area, wanted, (company,), first, newest + WEEK)
        if cell.cell_id == company
    ]
    by_measure: dict[str, dict[date, TrendCell]] = {}
    for cell in cells:
        by_measure.setdefault(cell.measure, {})[cell.period] = cell
    found = []
    for name in wanted:
        told = by_measure.get(name, {})
        one = _outlier(metrics[name], told, newest)
        if one is not None:
            found.append(one)
    return found


def _outlier(metric: Metric, told: Mapping[date, TrendCell], newest: date) -> Outlier | None:
    lately = [told[week] for week in (newest - i * WEEK for i in range(1, BEFORE + 1)) if week in told]
    now = told.get(newest)
    name, week = metric.name, f"the week of {label(newest)}"
    if now is None:
        if len(lately) < SEEN_IN:
            return None
        return Outlier(
            "vanished",
            newest,
            metric.id,
            f"{name}: nothing came in for {week}, and it did in the weeks before.",
            "See whether a column has been left out of the newest file, or renamed.",
        )
    above = [cell for cell in lately if cell.qualifier == "" and cell.value is not None]
    if now.qualifier == "at most" and len(above) >= SEEN_IN and len(above) == len(lately):
        return Outlier(
            "zero",
            newest,
            metric.id,
            f"{name}: zero or nearly zero in {week}, and not in the weeks before.",
            "See whether zeros stand where the cell should be blank: blank is missing, 0 is zero.",
        )
    values = {week: cell.value if cell.value is not None else nan for week, cell in told.items()}
    series = pd.Series(list(values.values()), index=list(values), dtype=float)
    reading = read([float(values[newest])], usual_swing(series, newest), metric.direction)
    if reading.tone not in ("over", "beyond", "improved"):
        return None
    where = "above" if reading.direction == "up" else "below"
    return Outlier(
        "jump",
        newest,
        metric.id,
        f"{name}: {where} its usual swing in {week}, for the company as a whole.",
        "It may be real. If nobody can say why, check the unit of hours and the weeks in the file.",
    )


def coverage_outlier(by_week: Mapping[date, Sequence[Group]], newest: date) -> Outlier | None:
    """Fewer reporting groups have come in than usual in the weeks before; told in groups, never in people."""
    shares = {week: _share(groups) for week, groups in by_week.items()}
    now = shares.get(newest)
    lately = [
        share for week in (newest - i * WEEK for i in range(1, BEFORE + 1)) if (share := shares.get(week)) is not None
    ]
    if now is None or len(lately) < SEEN_IN or median(lately) - now <= DROP:
        return None
    told = [group for group in by_week[newest] if group.state != HIDDEN]
    arrived = sum(group.state == IN for group in told)
    return Outlier(
        "coverage",
        newest,
        "",
        f"{arrived} of {len(told)} groups have come in for the week of {label(newest)}; usually it is more.",
        "See in the table which units are missing, and ask for their file.",
    )


def _share(groups: Sequence[Group]) -> float | None:
    told = [group for group in groups if group.state != HIDDEN]
    return sum(group.state == IN for group in told) / len(told) if told else None


def row_outliers(connection: Connection, kinds: Sequence[str], since: datetime) -> list[Outlier]:
    """The newest delivery of each kind beside those before it, by rows a week; only files of a hundred rows and more."""
    found = []
    for kind in kinds:
        rows = connection.execute(
            select(Delivery.rows, Delivery.first_week, Delivery.last_week, Delivery.file, Delivery.at)
            .where(Delivery.kind == kind, Delivery.undone_at.is_(None), Delivery.first_week.is_not(None))
            .order_by(Delivery.id.desc())
            .limit(1 + BEFORE)
        ).all()
        if len(rows) <= LEAST_FILES or rows[0].at < since:
            continue
        now, *before = [row.rows / ((row.last_week - row.first_week) // WEEK + 1) for row in rows]
        usual = median(before)
        if usual < LEAST_ROWS or now < LEAST_ROWS or SHORT <= now / usual <= LONG:
            continue
        than = "fewer" if now < usual else "more"
        found.append(
            Outlier(
                "rows",
                None,
                "",
                f"{rows[0].file}: clearly {than} rows a week than files of this kind ({title_of(kind)}) usually have.",
                "See whether the file is whole, and whether it holds one row a person and week.",
            )
        )
    return found
