"""What stands beside the heatmap: one row of it with its trend, its own usual swing, its other measures and its siblings."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from core.metrics.definition import Metric
from core.workload.swing import Reading, Swing


@dataclass(frozen=True)
class Companion:
    """Another measure of the same unit over the same weeks.

    values: as published, oldest first, NaN where nothing is shown. texts: the same weeks in words ('7.2 h', 'some', 'hidden',
    'no data'). text: the newest shown one, '' when none is. said: one line, such as 'Within its usual swing of 5.7-8.5 h.'
    """

    metric: Metric
    values: tuple[float, ...]
    texts: tuple[str, ...]
    text: str
    swing: Swing
    reading: Reading
    said: str


@dataclass(frozen=True)
class UnitDetail:
    """One row of the picture, read against its own history. All values are published cells or follow from them.

    key, name, kind: the row; path, slug: '' unless it is a unit. metric: that of the picture. weeks: Mondays, oldest first.
    trend: one row a week. Columns: week (date), status ('shown', 'hidden', 'missing'), value, low, high (float, NaN unless
        a number is shown), text, side (int: 1 above, -1 below the limits, else 0).
    swing, reading: the own usual swing from the 26 weeks before the weeks shown, and the verdict. swing_text: '92-104 %', ''
        when there is too little history.
    badge: the verdict as words for a badge, '' when there is none. said: one or two sentences.
    companions: other measures that have data. siblings: as `core.workload.comparison.compare` gives them; empty when there
        are none in scope, and siblings_said tells why, or what the picture shows.
    trend_alt, siblings_alt: one sentence each for a screen reader.
    """

    key: str
    name: str
    kind: str
    path: str
    slug: str
    metric: Metric
    weeks: tuple[date, ...]
    trend: pd.DataFrame
    swing: Swing
    reading: Reading
    swing_text: str
    badge: str
    said: str
    companions: tuple[Companion, ...]
    siblings: pd.DataFrame
    siblings_said: str
    trend_alt: str
    siblings_alt: str


def trend_table(detail: UnitDetail) -> pd.DataFrame:
    """The trend as text, newest week first: Week, the measure, Interval, Against the own usual swing."""
    beside = {1: "above usual swing", -1: "below usual swing", 0: "usual swing"}
    known = detail.swing.limits is not None
    rows = [
        {
            "Week": f"{row.week.day} {row.week:%b %Y}",
            detail.metric.name: row.text,
            "Somewhere between": row.interval,
            "Against its own swing": beside[int(row.side)] if known and row.value == row.value else "",
        }
        for row in detail.trend.iloc[::-1].itertuples()
    ]
    return pd.DataFrame(rows)


def companions_table(detail: UnitDetail) -> pd.DataFrame:
    """The companions as text, newest week first: Week, then a column for each measure."""
    weeks = [f"{week.day} {week:%b %Y}" for week in reversed(detail.weeks)]
    return pd.DataFrame({"Week": weeks, **{one.metric.name: one.texts[::-1] for one in detail.companions}})


def siblings_table(detail: UnitDetail) -> pd.DataFrame:
    """The siblings as text: Unit, Last four weeks, Against the one selected."""
    return detail.siblings[["name", "text", "words"]].set_axis(["Unit", "Last four weeks", "Beside it"], axis=1)
