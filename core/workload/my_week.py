"""A person's own week beside their own weeks before: one frozen result, and the arithmetic behind it. Nobody else is in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite, nan

import numpy as np
import pandas as pd

from core.calendar import WEEK, is_closed
from core.workload.measures.hours import available_hours, fully_free
from core.workload.measures.limits import xmr_limits
from core.workload.swing import beyond

SHOWN_WEEKS = (
    12  # the newest and the eleven before it are drawn; the twelve before the newest are what it is set beside
)
LEAST_KNOWN = 6  # of the twelve, or there is no "usual"
HOURS = ("worked", "contracted", "leave", "public_holiday", "sickness", "meeting", "focus", "after_hours", "rest_day")
OWN_HOURS = ("load", "meeting", "focus", "after_hours", "rest_day")


@dataclass(frozen=True)
class Compared:
    """The newest value beside the person's own twelve weeks before.

    verdict: 'higher', 'lower', 'as usual', 'too little history', 'no data' (nothing for the newest week), 'away' (less than
    a fifth of the contracted hours was available, so the week says nothing) or 'running' (the week is not over).
    low, high: the own usual range, NaN when there is too little history. known: how many of the twelve weeks have a value.
    """

    verdict: str
    low: float
    high: float
    known: int


@dataclass(frozen=True)
class OwnNumber:
    """One number of the newest week. name, text, usual: words to show ('' without a usual range). value: NaN without one.

    values: the shown weeks, oldest first, NaN where there is nothing or the person was away; in hours, for `load` as a share
        of available hours.
    """

    id: str
    name: str
    text: str
    usual: str
    value: float
    compared: Compared
    values: tuple[float, ...]


@dataclass(frozen=True)
class MyWeek:
    """What the person reads about the own weeks.

    state: '' or why there is nothing: 'no person' (the account is linked to nobody), 'no rows' (nothing received yet).
    kind: 'hours' (hours as delivered by the employer) or 'collaboration' (Viva hours, where there is nothing else).
    newest: Monday of the newest week on record, closed or open; status: 'closed' or 'open'.
    weeks: the last twelve weeks to the newest, oldest first, one row each also where nothing was received. Columns: week
        (date), status ('closed', 'open', 'missing'); for hours the columns of HOURS and available (float, hours, NaN is
        missing, never zero); for collaboration the delivered columns. Both: away (bool, a week that says nothing).
    numbers: the numbers of the newest week. since_off: whole weeks since the last week off, 0 in such a week, None when
        none is on record. on_record: weeks with leave delivered, which is how far back a week off could have been seen.
    unit, unit_slug: the own unit, '' when unknown. unit_open: whether the person may see its protected numbers.
    sentence, support, period, alt: words of the page; reason: words for `state`. recovery, recovery_note: since_off in
        words, '' when leave was never delivered.
    """

    state: str
    kind: str
    newest: date | None
    status: str
    weeks: pd.DataFrame
    numbers: tuple[OwnNumber, ...]
    since_off: int | None
    on_record: int
    unit: str
    unit_slug: str
    unit_open: bool
    sentence: str
    support: str
    period: str
    alt: str
    recovery: str
    recovery_note: str
    reason: str = ""


def against_own(before: Sequence[float], newest: float) -> Compared:
    """`newest` beside `mean ± 2.66 x mean moving range` of the weeks `before` (oldest first, NaN breaks the line).

    At least six of them must be known, with two known ones next to each other.
    """
    known = sum(isfinite(value) for value in before)
    limits = xmr_limits(before) if known >= LEAST_KNOWN else None
    if limits is None or not isfinite(limits.upper):
        return Compared("too little history" if isfinite(newest) else "no data", nan, nan, known)
    if not isfinite(newest):
        return Compared("no data", limits.lower, limits.upper, known)
    verdict = {1: "higher", -1: "lower", 0: "as usual"}[beyond(newest, limits)]
    return Compared(verdict, limits.lower, limits.upper, known)


def line(rows: pd.DataFrame, newest: date, count: int) -> pd.DataFrame:
    """`count` weeks up to `newest`, indexed by Monday (`week`, date), with a row of NaN where nothing was received.

    rows: column `week` (date, unique) and float columns.
    """
    mondays = pd.Index([newest - i * WEEK for i in range(count - 1, -1, -1)], name="week")
    return rows.set_index("week").reindex(mondays)


def with_own_hours(weeks: pd.DataFrame) -> pd.DataFrame:
    """Columns `available`, `load` and `away` (bool) added to hours as delivered.

    available: `contracted - leave - public holiday - sickness`, never below 0, NaN where any is missing. load: worked over
    available, NaN where less than a fifth of the contracted hours is left; where absence was never delivered, worked over
    contracted. away: less than that fifth is left (without leave on record: no hours at all), so that no number of the week
    says how it went.
    """
    x = {name: weeks[name].to_numpy(dtype=float, na_value=nan) for name in HOURS}
    raw = x["contracted"] - x["leave"] - x["public_holiday"] - x["sickness"]
    counts = available_hours(x["contracted"], x["leave"], x["public_holiday"], x["sickness"])
    with np.errstate(invalid="ignore", divide="ignore"):
        against_contract = x["worked"] / np.where(x["contracted"] > 0, x["contracted"], nan)
        load = x["worked"] / counts if np.isfinite(raw).any() else against_contract
        # where leave was not delivered, a week without hours is all there is to tell absence by
        away = (np.isfinite(raw) & ~np.isfinite(counts)) | (np.isnan(raw) & (x["worked"] == 0))
    return weeks.assign(available=np.maximum(raw, 0.0), load=load, away=away)


def status_of(weeks: pd.DataFrame, as_of: date, close_after_days: int, columns: Sequence[str]) -> list[str]:
    """'closed', 'open' or 'missing' (none of `columns` has a value) for every week of the index."""
    received = weeks[list(columns)].notna().any(axis=1)
    return [
        ("closed" if is_closed(monday, as_of, close_after_days) else "open") if there else "missing"
        for monday, there in zip(weeks.index, received, strict=True)
    ]


def weeks_since_off(rows: pd.DataFrame, newest: date) -> tuple[int | None, int]:
    """Whole weeks since the last week off up to `newest` (0 when it is one), None without any; and the weeks that could tell.

    A week off: leave and public holidays reach the contracted hours. rows: as `line` takes them, all weeks on record.
    """
    known = rows.dropna(subset=["contracted", "leave", "public_holiday"])
    known = known[known["week"] <= newest]
    free = known[fully_free(known["contracted"], known["leave"], known["public_holiday"])]
    last = max(free["week"], default=None)
    return (None if last is None else (newest - last) // WEEK), len(known)
