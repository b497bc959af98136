"""What the workload screen shows: one frozen result, made by `views` and drawn by `figures`, pages and the command line."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from core.metrics.definition import Metric


@dataclass(frozen=True)
class UnitRef:
    """A unit as a link: `slug` goes into addresses, `name` onto the screen, `path` onto the command line."""

    path: str
    slug: str
    name: str


@dataclass(frozen=True)
class WorkloadFilters:
    """What the viewer asked for. None means: the default for this viewer and the data there is.

    unit: slug or path. metric: catalogue id. weeks: how many closed weeks (8, 26 or 52). until: last week (a Monday).
    """

    unit: str | None = None
    metric: str | None = None
    weeks: int = 26
    until: date | None = None


@dataclass(frozen=True)
class WorkloadBoard:
    """The heatmap of one level of the tree, with everything said beside it. All values come from published cells.

    unit: the unit looked at; trail: its ancestors in scope, top first.
    metric: the one shown; metrics: those that have data in scope, in catalogue order; weeks: Mondays, oldest first.
    rows: one per line of the picture, in order. Columns: key (str, unique), kind ('unit', 'direct', 'join', 'others'),
        name (str), slug (str, '' unless kind is unit), heading (bool: the unit looked at), opens (bool: has sub-units to
        drill into), joined_with (str: key of the join row drawn across it, or '').
        The parts of a join stand directly under each other; the join's own row (kind 'join') follows them.
    cells: one per row and week. Columns: key, week (date), status ('shown', 'hidden', 'missing'), value (float, NaN unless
        a number is shown), text (what to print: '118 %', 'some', 'at most 5 %', 'hidden', 'no data'), digits (short text for
        the cell: '118', '4.5', '' ), tone ('low', 'within', 'watch', 'over', 'critical', '' ), band (band name or ''),
        low, high (float), n_band (str), coverage (str), shown_with (str: key of the row that includes these people, or ''),
        shown_with_name (str).
    sentence, support: the answer on top and the line under it. period: words such as '26 weeks to 15 November'.
    notice: '' or a line about open weeks, waiting corrections or old data. alt: one sentence for a screen reader.
    release: id of the newest release among the cells (None when nothing is released). empty: '' or why there is nothing.
    """

    unit: UnitRef
    trail: tuple[UnitRef, ...]
    metric: Metric
    metrics: tuple[Metric, ...]
    weeks: tuple[date, ...]
    rows: pd.DataFrame
    cells: pd.DataFrame
    sentence: str
    support: str
    period: str
    notice: str
    alt: str
    release: int | None
    empty: str = ""


def existing_cells(board: WorkloadBoard) -> pd.DataFrame:
    """The cells without those of joins and others in weeks in which there was no such cell (which is not missing data)."""
    passing = board.rows.loc[board.rows["kind"].isin(["join", "others"]), "key"]
    return board.cells[~(board.cells["key"].isin(passing) & (board.cells["status"] == "missing"))]


def export_frame(board: WorkloadBoard) -> pd.DataFrame:
    """The board as a flat table for CSV and for screen readers: the same protected values, in words where hidden.

    Columns: unit, week (ISO date), measure, status, text (as shown), value (the number, if one is shown),
    low, high, n_band, covers, shown_with, release.
    Text that a spreadsheet would read as a formula is neutralised with a leading apostrophe.
    """
    frame = existing_cells(board).merge(board.rows[["key", "name"]], on="key", how="left")
    return pd.DataFrame(
        {
            "unit": frame["name"].map(neutralise),
            "week": [week.isoformat() for week in frame["week"]],
            "measure": board.metric.id,
            "status": frame["status"],
            "text": frame["text"].map(neutralise),
            "value": frame["value"],
            "low": frame["low"],
            "high": frame["high"],
            "n_band": frame["n_band"],
            "covers": frame["coverage"],
            "shown_with": frame["shown_with_name"].map(neutralise),
            "release": board.release,
        }
    )


def neutralise(text: str) -> str:
    """`text` made safe for spreadsheets: a leading = + - @ tab or return gets an apostrophe in front."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
