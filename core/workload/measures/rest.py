"""Rest between work, and what a working day is made of: gaps, meetings, time to focus."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

Interval = tuple[datetime, datetime]
DAILY_REST = timedelta(hours=11)
WEEKLY_REST = timedelta(hours=35)


@dataclass(frozen=True)
class RestBreaches:
    """gaps: hours between consecutive work blocks. daily: how many nights had under 11 hours of rest.
    weekly_rest: the longest rest of the week in hours. weekly: True when that is under 35 hours (24 + 11)."""

    gaps: tuple[float, ...]
    daily: int
    weekly_rest: float
    weekly: bool


def rest_breaches(blocks: Sequence[Interval]) -> RestBreaches:
    """Rest in one ISO week, that of the first block (Directive 2003/88/EC, Art 3 and 5).

    blocks: work blocks (start, end) in any order; overlapping ones count as one. Breaks within a day (gaps between blocks that
    start on the same date) are not nightly rest. Weekly rest also counts before the first block and after the last one, up
    to the midnights in which the week begins and ends; a rest that goes on into the next week counts in full when the block
    that ends it is given, too. No blocks: no gap, 168 hours of rest, no breach.

    >>> days = [datetime(2026, 3, day) for day in range(9, 14)]
    >>> rest_breaches([(day + timedelta(hours=9), day + timedelta(hours=17)) for day in days])
    RestBreaches(gaps=(16.0, 16.0, 16.0, 16.0), daily=0, weekly_rest=55.0, weekly=False)
    """
    merged = _union(blocks)
    gaps = [(later[0] - earlier[1]) for earlier, later in pairwise(merged) if later[0].date() != earlier[0].date()]
    longest = timedelta(days=7)
    if merged:
        first, last = merged[0][0], merged[-1][1]
        begins = first.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=first.weekday())
        longest = max(first - begins, begins + timedelta(days=7) - last, *gaps)
    return RestBreaches(
        tuple(gap / timedelta(hours=1) for gap in gaps),
        sum(gap < DAILY_REST for gap in gaps),
        longest / timedelta(hours=1),
        longest < WEEKLY_REST,
    )


def meeting_hours(meetings: Sequence[Interval]) -> float:
    """Length of the union of meeting intervals in hours: overlapping meetings count once."""
    return sum(((end - start) / timedelta(hours=1) for start, end in _union(meetings)), 0.0)


def focus_hours(schedule: Interval, meetings: Sequence[Interval], *, least: timedelta = timedelta(hours=1)) -> float:
    """Hours of the day's schedule in gaps of at least `least` between meetings."""
    start, end = schedule
    at, total = start, timedelta()
    for begin, finish in [*_union(meetings), (end, end)]:
        gap = min(max(begin, start), end) - at
        if gap >= least:
            total += gap
        at = max(at, min(finish, end))
    return total / timedelta(hours=1)


def _union(intervals: Sequence[Interval]) -> list[Interval]:
    merged: list[Interval] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
