"""A small workload board with one of everything: shown in every band, hidden, missing, a join, others."""

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import pandas as pd

from core.metrics.catalogue import catalogue
from core.metrics.definition import Metric
from core.metrics.wording import value_text
from core.policy import Policy
from core.workload.board import UnitRef, WorkloadBoard
from core.workload.teams import Teams

LAST = date(2026, 3, 2)
JOIN_NAME = "Billing and Checkout together"
LONG_NAME = "Returns & <b>refunds</b> for everything that comes back"
# key, kind, name, slug, heading, opens, joined_with
ROWS = (
    ("unit:1", "unit", "Products", "northwind-products", True, True, ""),
    ("unit:2", "unit", "Design", "northwind-products-design", False, True, ""),
    ("unit:3", "unit", "Billing", "northwind-products-billing", False, False, "join:9"),
    ("unit:4", "unit", "Checkout", "northwind-products-checkout", False, False, "join:9"),
    ("join:9", "join", JOIN_NAME, "", False, False, ""),
    ("unit:5", "unit", LONG_NAME, "northwind-products-returns", False, False, ""),
    ("others:1", "others", "Others in Products", "", False, False, ""),
)
LEVELS = {"unit:1": 0.98, "unit:2": 0.76, "join:9": 1.06, "unit:5": 1.31, "others:1": 1.15}
COLUMNS = ["key", "week", "status", "value", "text", "digits", "tone", "band", "low", "high", "n_band", "coverage"]


def metric_called(name: str) -> Metric:
    """A metric of the catalogue under the default policy."""
    return catalogue(Policy())[name]


def cell(metric: Metric, key: str, week: date, value: float | None, status: str, shown_with: str) -> dict[str, object]:
    """One row of the cells frame."""
    band = metric.band(value)
    names = {row[0]: row[2] for row in ROWS}
    text = {"shown": value_text(metric, value), "hidden": "hidden", "missing": "no data"}[status]
    return {
        "key": key,
        "week": week,
        "status": status,
        "value": np.nan if value is None else value,
        "text": text,
        "digits": f"{value * 100:.0f}" if value is not None else "",
        "tone": band.tone if band else "",
        "band": band.name if band else "",
        "low": np.nan if value is None else value - 0.03,
        "high": np.nan if value is None else value + 0.03,
        "n_band": "10–19" if value is not None else "",
        "coverage": "95–100 %" if value is not None else "",
        "shown_with": shown_with,
        "shown_with_name": names.get(shown_with, ""),
    }


def fabricated_teams(weeks: tuple[date, ...], series: Mapping[str, list[float]]) -> Teams:
    """Teams with these values by week; each is called by its key."""
    keys = tuple(series)
    values = np.array([series[key] for key in keys], dtype=float).reshape(len(keys), len(weeks))
    return Teams(keys, weeks, values, {key: key for key in keys}, dict.fromkeys(keys, 1))


def fabricated_board(
    *, weeks: int = 8, trail: bool = True, metric: str = "utilisation", everything_hidden: bool = False
) -> WorkloadBoard:
    """Billing and Checkout are joined, except in the first week; Design is hidden in the last week and missing before it."""
    chosen = metric_called(metric)
    mondays = [LAST - timedelta(weeks=back) for back in range(weeks - 1, -1, -1)]
    cells = []
    for key, *_, joined_with in ROWS:
        for week in mondays:
            alone = week == mondays[0]
            if everything_hidden:
                cells.append(cell(chosen, key, week, None, "hidden", ""))
            elif joined_with:
                value = 0.9 if alone else None
                cells.append(cell(chosen, key, week, value, *(("shown", "") if alone else ("hidden", joined_with))))
            elif key == "join:9" and alone:
                cells.append(cell(chosen, key, week, None, "missing", ""))
            elif key == "unit:2" and week == mondays[-1]:
                cells.append(cell(chosen, key, week, None, "hidden", "unit:1"))
            elif key == "unit:2" and week == mondays[-2]:
                cells.append(cell(chosen, key, week, None, "missing", ""))
            else:
                cells.append(cell(chosen, key, week, LEVELS[key], "shown", ""))
    rows = pd.DataFrame(ROWS, columns=["key", "kind", "name", "slug", "heading", "opens", "joined_with"])
    return WorkloadBoard(
        unit=UnitRef("Northwind/Products", "northwind-products", "Products"),
        trail=(UnitRef("Northwind", "northwind", "Northwind"),) if trail else (),
        metric=chosen,
        metrics=(metric_called("utilisation"), metric_called("meeting_hours")),
        weeks=tuple(mondays),
        rows=rows,
        cells=pd.DataFrame(cells, columns=[*COLUMNS, "shown_with", "shown_with_name"]),
        sentence="One of four teams has run above 110 % for four weeks or more.",
        support="Products as a whole: 98 % in the week of 2 Mar.",
        period=f"{weeks} weeks to 8 March 2026",
        notice="The week of 9 Mar is still open; it is shown from 22 Mar on.",
        alt="Heatmap of load for Products.",
        release=7,
    )
