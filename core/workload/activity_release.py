"""The quarter closes: its punch cards are decided, protected and released once, and never corrected."""

from datetime import date, datetime

import pandas as pd
from sqlalchemy import Connection, Engine

from core.access.changes import record
from core.calendar import WEEK, is_closed
from core.metrics.catalogue import catalogue
from core.people.roster import Rosters
from core.policy import Policy
from core.privacy import ledger
from core.privacy.candidates import PeriodInput
from core.privacy.cards import draft_cards
from core.privacy.lattice import Unit
from core.privacy.proof import QUARTER_RELEASED
from core.privacy.publish import seal_of, store_release
from core.privacy.reporting import stored_plan
from core.workload.activity_loading import AREA
from core.workload.activity_rollup import CARD, quarter_card, quarter_end


def finish_cards(
    engine: Engine, *, weeks_area: str, policy: Policy, as_of: date, at: datetime, actor: str
) -> tuple[date, ...]:
    """Release the cards of every quarter that awaits it, once its last week is closed; returns the quarters released.

    A quarter waits while a week of it awaits its own release in `weeks_area` (held deliveries, weeks that another process is
    at): then its reporting units are decided, and deliveries that belong together are complete. What comes in later changes
    no card. One transaction a quarter; whoever takes its note releases it.
    """
    with engine.connect() as connection:
        waiting = ledger.pending(connection, AREA, include_held=True, as_of=as_of)
        unfinished = [week.period for week in ledger.pending(connection, weeks_area, include_held=True, as_of=as_of)]
        due = [
            quarter
            for quarter in waiting
            if is_closed(quarter_end(quarter.period) - WEEK, as_of, policy.close_after_days)
            and not any(quarter.period <= week < quarter_end(quarter.period) for week in unfinished)
        ]
        if not due:
            return ()
        rosters = Rosters(connection)
    released: list[date] = []
    for quarter in due:
        with engine.begin() as connection:
            if ledger.claim(connection, AREA, quarter) and _release(
                connection, rosters, quarter.period, policy=policy, at=at, actor=actor
            ):
                released.append(quarter.period)
    return tuple(released)


def _release(
    connection: Connection, rosters: Rosters, quarter: date, *, policy: Policy, at: datetime, actor: str
) -> bool:
    plan = stored_plan(connection, quarter)
    found = quarter_card(connection, quarter)
    if plan is None or found is None or quarter in ledger.released_weeks(connection, AREA):
        return False
    units, headcount = _of_quarter(rosters, quarter)
    period = PeriodInput(AREA, quarter, units, headcount, (found.contribution,))
    metric = catalogue(policy)[CARD]
    draft = draft_cards(period, plan, metric, found.counts, policy, ledger.tokens(connection))
    if not draft.cells:
        return False
    release = store_release(connection, draft, area=AREA, kind="first", period=quarter, policy=policy, at=at)
    record(
        connection,
        at=at,
        actor=actor,
        action=QUARTER_RELEASED,
        subject=quarter.isoformat(),
        detail=seal_of(connection, release),
    )
    return True


def _of_quarter(rosters: Rosters, quarter: date) -> tuple[tuple[Unit, ...], dict[int, int]]:
    """Every unit that had people in the quarter, and the most people that each had in a week of it."""
    weeks = [rosters.week(quarter + i * WEEK) for i in range((quarter_end(quarter) - quarter) // WEEK)]
    frame = pd.concat([week.units for week in weeks]).drop_duplicates("id").sort_values("path")
    headcount: dict[int, int] = {}
    for week in weeks:
        for unit, people in week.headcount.items():
            headcount[unit] = max(people, headcount.get(unit, 0))
    units = tuple(
        Unit(int(unit), None if pd.isna(parent) else int(parent), str(path), str(name))
        for unit, parent, path, name in zip(frame["id"], frame["parent_id"], frame["path"], frame["name"], strict=True)
    )
    return units, headcount
