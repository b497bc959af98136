"""What the rules of sustained load and recovery say about each person in one week, found where the facts are: in SQL.

One statement, the same on both databases, reduces 31 weeks of everybody to one row for each person who is there in the week.
Its answers equal those of `core.workload.measures`, which say the rules in their own words: `sl1` to `sl4`, `long_gap`.
Nothing of it needs the weeks of two people at once, so it runs wherever a person's weeks lie.

Two rules look back over weeks that count and not over all weeks; both need these numbered, the newest first (`seen`).
*SL1* asks for the first four. *SL4*, the moving average that starts with its first week: with a = 0.7 and m weeks that count in
half a year, EWMA = sum of 0.3 a^(seen-1) load + a^m times the load of the oldest. A sum in another order differs in the last
bits, so both ways compare with 1.10 + 1e-9.
"""

from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Date, Select, SQLColumnExpression, and_, bindparam, case, func, select

from core.calendar import WEEK
from core.workload.measures.hours import COMPLETE, LEAST_AVAILABLE
from core.workload.measures.sustained import HORIZON, OVER, TOLERANCE, WEIGHT
from core.workload.tables import PersonWeek

HISTORY = 31  # weeks before the first one: what the longest rule (half a year without a break) looks back on
HOURS = ("contracted", "leave", "public_holiday", "sickness", "worked", "after_hours", "rest_day", "meeting", "focus")
SIGNALS = ("sl1", "sl2", "sl3", "sl4", "gap")
_FADING = {n: WEIGHT * (1 - WEIGHT) ** (n - 1) for n in range(1, HORIZON + 1)}
_REST = {n: (1 - WEIGHT) ** n for n in range(1, HORIZON + 1)}
Number = SQLColumnExpression[Any]


def person_weeks(week: date) -> tuple[Select[Any], dict[str, date]]:
    """One row for each person with a row in the week `week` (a Monday): the statement, and its parameters.

    Columns: person_id, unit_id, HOURS, then `sl1` to `sl4` (1 or 0) and `gap` (1 longer than half a year, 0 not, NULL not
    known).
    """
    return _statement(), {f"back{weeks}": week - weeks * WEEK for weeks in (0, 4, 6, HORIZON, HISTORY)}


def _back(weeks: int) -> Any:
    """The Monday so many weeks before the week that is asked for."""
    return bindparam(f"back{weeks}", type_=Date())


@cache
def _statement() -> Select[Any]:
    found = _found()
    c, p = found.c, PersonWeek
    gap = case(
        (c.free26 == 1, 0),
        (and_(c.known26 >= 20, c.known_before == 1, c.known_now == 1), 1),
    )
    return (
        select(
            p.person_id,
            p.unit_id,
            *(getattr(p, name) for name in HOURS),
            _flag(c.over4 >= 3).label("sl1"),
            _flag(c.long6 >= 4).label("sl2"),
            c.very_long4.label("sl3"),
            _flag(c.faded + c.oldest * case(_REST, value=c.counted) > OVER + TOLERANCE).label("sl4"),
            gap.label("gap"),
        )
        .join(found, c.person_id == p.person_id)
        .where(p.week == _back(0))
    )


def _flag(condition: Any) -> Number:
    return case((condition, 1), else_=0)


def _signs() -> Any:
    """What the rules ask of each single week: is it known, free, long, does it count, with which load."""
    p = PersonWeek
    left = p.contracted - p.leave - p.public_holiday - p.sickness
    available = case((and_(p.contracted > 0, left >= LEAST_AVAILABLE * p.contracted), left))
    known = and_(p.contracted.is_not(None), p.leave.is_not(None), p.public_holiday.is_not(None))
    return (
        select(
            p.person_id,
            p.week,
            case((available >= COMPLETE * p.contracted, p.worked / available)).label("load"),
            _flag(p.worked >= 48).label("long"),
            _flag(p.worked >= 55).label("very_long"),
            _flag(known).label("known"),
            _flag(and_(p.contracted > 0, p.leave + p.public_holiday >= p.contracted - 1e-9)).label("free"),
        )
        .where(p.week > _back(HISTORY), p.week <= _back(0))
        .cte("signs")
    )


def _numbered() -> Any:
    """Weeks that count within the horizon, numbered from the newest (`seen`) and with how many are older (`older`)."""
    c = (signs := _signs()).c
    counts = _flag(and_(c.load.is_not(None), c.week > _back(HORIZON)))
    order: dict[str, Any] = {"partition_by": c.person_id, "order_by": c.week.desc()}
    return select(
        *signs.c,
        counts.label("counts"),
        func.sum(counts).over(**order, rows=(None, 0)).label("seen"),
        func.coalesce(func.sum(counts).over(**order, rows=(1, None)), 0).label("older"),
    ).cte("numbered")


def _found() -> Any:
    """One row for each person with what the rules add up."""
    c = _numbered().c

    def within(weeks: int) -> Any:
        return c.week > _back(weeks)

    def some(condition: Any) -> Number:
        return func.max(_flag(condition))

    def times(condition: Any) -> Number:
        return func.sum(_flag(condition))

    return (
        select(
            c.person_id,
            times(and_(c.counts == 1, c.seen <= 4, c.load > OVER)).label("over4"),
            times(and_(c.long == 1, within(6))).label("long6"),
            some(and_(c.very_long == 1, within(4))).label("very_long4"),
            func.sum(case((c.counts == 1, c.load * case(_FADING, value=c.seen)))).label("faded"),
            func.max(case((and_(c.counts == 1, c.older == 0), c.load))).label("oldest"),
            func.sum(c.counts).label("counted"),
            some(and_(c.free == 1, c.known == 1, within(HORIZON))).label("free26"),
            times(and_(c.known == 1, within(HORIZON))).label("known26"),
            some(and_(c.known == 1, c.week <= _back(HORIZON))).label("known_before"),
            some(and_(c.known == 1, c.week == _back(0))).label("known_now"),
        )
        .group_by(c.person_id)
        .cte("found")
    )
