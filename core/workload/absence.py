"""Who has been away for whole weeks. Tells since when and nothing of why, how long it was planned, or what was worked."""

from collections import defaultdict
from datetime import date

from sqlalchemy import Connection, Select, func, select

from core.calendar import WEEK, monday_of
from core.workload.tables import PersonWeek

FRESH = 2 * WEEK  # hours that came in longer ago say nothing about today
LOOKBACK = 12 * WEEK  # how far back a stretch is followed; whoever has been away longer has been away long enough


def away_since(connection: Connection, persons: Select[int], on: date) -> dict[int, date]:
    """The Monday since which somebody has been away in every week up to the newest on record, by person.

    Away: contracted, with leave, holidays and sickness for all of it, and nothing worked. Nobody appears of whom no week as
    fresh as two weeks is on record, and nobody who has worked in the newest of them. For conclusions, never to be shown.
    """
    newest = monday_of(on)
    absent = (
        func.coalesce(PersonWeek.leave, 0.0)
        + func.coalesce(PersonWeek.public_holiday, 0.0)
        + func.coalesce(PersonWeek.sickness, 0.0)
    )
    gone = (
        (PersonWeek.contracted > 0) & (absent >= PersonWeek.contracted) & (func.coalesce(PersonWeek.worked, 0.0) == 0)
    )
    lately = select(PersonWeek.person_id).where(
        PersonWeek.week >= newest - FRESH, PersonWeek.week <= newest, PersonWeek.person_id.in_(persons), gone
    )
    weeks: dict[int, dict[date, bool]] = defaultdict(dict)
    rows = connection.execute(
        select(PersonWeek.person_id, PersonWeek.week, gone).where(
            PersonWeek.person_id.in_(lately), PersonWeek.week >= newest - LOOKBACK, PersonWeek.week <= newest
        )
    )
    for person, week, away in rows:
        weeks[person][week] = bool(away)
    found: dict[int, date] = {}
    for person, on_record in weeks.items():
        week = max(on_record)
        while on_record.get(week):
            found[person] = week
            week -= WEEK
    return found
