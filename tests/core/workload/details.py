"""A row of a board read against its own history, made by hand: for charts and pages."""

from datetime import timedelta
from math import isfinite, nan

import pandas as pd

from core.metrics.wording import value_text
from core.workload import unit_wording as wording
from core.workload.comparison import compare
from core.workload.swing import beyond, read, usual_swing
from core.workload.unit_detail import UnitDetail
from tests.core.workload.boards import LAST, metric_called

NAUGHTY = "Returns & <b>refunds</b> <img src=x onerror=alert(1)>"
CALM, RISEN = [0.94, 0.96] * 13, 1.2
Values = list[float | str]


def fabricated_detail(
    shown: Values, *, before: Values | None = None, metric: str = "utilisation", name: str = NAUGHTY
) -> UnitDetail:
    """A row with these weeks ('hidden', 'missing' or a number ± 0.03) after the weeks before, beside two siblings."""
    before = CALM if before is None else before
    chosen = metric_called(metric)
    values = [*before, *shown]
    weeks = [LAST - timedelta(weeks=len(values) - 1 - i) for i in range(len(values))]
    known = {week: value for week, value in zip(weeks, values, strict=True) if isinstance(value, float)}
    mondays = tuple(weeks[len(before) :])
    rows = pd.DataFrame(
        {
            "week": mondays,
            "status": ["shown" if isinstance(value, float) else value for value in shown],
            "value": [value if isinstance(value, float) else nan for value in shown],
        }
    )
    swing = usual_swing(pd.Series(known, dtype=float), mondays[0])
    rows = rows.assign(
        low=rows["value"] - 0.03,
        high=rows["value"] + 0.03,
        text=[value_text(chosen, value) if isfinite(value) else "hidden" for value in rows["value"]],
        interval="",
        tone="",
        side=[beyond(value, swing.limits) if swing.limits else 0 for value in rows["value"]],
    )
    reading = read(list(rows["value"]), swing, chosen.direction)
    beside = [
        {
            "key": key,
            "name": told,
            "week": week,
            "status": status,
            "value": value,
            "low": value - 0.03,
            "high": value + 0.03,
        }
        for key, told, status, value in (
            ("unit:1", name, "shown", 1.2),
            ("unit:2", "Calm", "shown", 0.95),
            ("unit:3", "Small", "hidden", nan),
        )
        for week in mondays[-4:]
    ]
    compared = compare(pd.DataFrame(beside), "unit:1")
    texts = [wording.value_words(chosen, value) for value in compared["value"]]
    compared = compared.assign(text=texts, words=compared["relation"])
    return UnitDetail(
        key="unit:1",
        name=name,
        kind="unit",
        path="Northwind/Returns",
        slug="northwind.returns",
        metric=chosen,
        weeks=mondays,
        trend=rows,
        swing=swing,
        reading=reading,
        swing_text=wording.swing_text(chosen, swing),
        badge=wording.BADGES[reading.tone],
        said=wording.against(chosen, list(rows["value"]), swing, reading),
        companions=(),
        siblings=compared,
        siblings_said=wording.siblings_said(name, compared),
        trend_alt=wording.trend_alt(chosen, name, rows, wording.swing_text(chosen, swing)),
        siblings_alt=wording.siblings_alt(chosen, name, compared),
    )
