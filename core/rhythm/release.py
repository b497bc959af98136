"""The quarter closes: which share of conversations was on time, by unit, protected, released once and never corrected."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, func, select

from core.access.changes import record
from core.calendar import WEEK, monday_of, quarter_start
from core.metrics.catalogue import catalogue
from core.people.roster import Rosters
from core.policy import Policy
from core.privacy import ledger
from core.privacy.candidates import PeriodInput
from core.privacy.lattice import Unit
from core.privacy.proof import QUARTER_RELEASED
from core.privacy.publish import Draft, UnsafeRelease, draft_release, seal_of, store_release
from core.privacy.reporting import stored_plan
from core.rhythm.quarter import FEWEST_MANAGERS, MEASURE, QuarterRhythm, known_from, quarter_rhythm
from core.rhythm.tables import Pair
from core.workload.activity_rollup import quarter_end

AREA = "rhythm"


def finish_quarters(engine: Engine, *, policy: Policy, as_of: date, at: datetime, actor: str) -> tuple[date, ...]:
    """Release every quarter that is over and was not released; returns those released now.

    A quarter waits for its reporting units, which the release of its hours decides, and until its last conversation is no longer
    within its days of grace. One transaction a quarter. What is written down later changes nothing.

    Raises:
        core.privacy.publish.UnsafeRelease: the choice of cells fails its own check (a defect, never a matter of the data).
    """
    with engine.connect() as connection:
        due = _due(connection, policy, as_of)
        rosters = Rosters(connection) if due else None
    released = []
    for quarter in due if rosters is not None else ():
        with engine.begin() as connection:
            if rosters is not None and _release(connection, rosters, quarter, policy=policy, at=at, actor=actor):
                released.append(quarter)
    return tuple(released)


def _due(connection: Connection, policy: Policy, as_of: date) -> list[date]:
    first = connection.scalar(select(func.min(Pair.since)).where(Pair.kind == "manager"))
    if first is None:
        return []
    done, found = ledger.released_weeks(connection, AREA), []
    quarter = quarter_start(monday_of(first))
    while known_from(end := quarter_end(quarter), policy) <= as_of:
        if quarter not in done and stored_plan(connection, quarter) is not None:
            found.append(quarter)
        quarter = end
    return found


def _release(
    connection: Connection, rosters: Rosters, quarter: date, *, policy: Policy, at: datetime, actor: str
) -> bool:
    # writing first: of two processes that release the quarter at once, the second waits here and then finds it done
    ledger.mark_pending(connection, AREA, {quarter}, released=(), held=False, since=at.date())
    note = next(
        each for each in ledger.pending(connection, AREA, include_held=True, as_of=at.date()) if each.period == quarter
    )
    ledger.claim(connection, AREA, note)
    plan = stored_plan(connection, quarter)
    if plan is None or quarter in ledger.released_weeks(connection, AREA):
        return False
    end = quarter_end(quarter)
    found = quarter_rhythm(connection, quarter, end, policy)
    if found is None:
        return False
    period = PeriodInput(AREA, quarter, _units(rosters, end - WEEK), found.roster, (found.contribution,))
    metric = catalogue(policy)[MEASURE]
    draft = draft_release(period, plan, {MEASURE: metric}, {MEASURE: False}, policy, ledger.tokens(connection))
    if not draft.cells:
        return False
    _three_managers(draft, found, ledger.tokens(connection))
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


def _units(rosters: Rosters, week: date) -> tuple[Unit, ...]:
    frame = rosters.week(week).units
    return tuple(
        Unit(int(unit), None if pd.isna(parent) else int(parent), str(path), str(name))
        for unit, parent, path, name in zip(frame["id"], frame["parent_id"], frame["path"], frame["name"], strict=True)
    )


def _three_managers(draft: Draft, found: QuarterRhythm, tokens: ledger.Tokens) -> None:
    """The second condition, checked by itself: every remainder of the shown cells concerns three managers or more.

    Raises:
        UnsafeRelease: one does not.
    """
    managers = {tokens.person(person): manager for person, manager in found.manager_of.items()}
    fewest = fewest_in_a_remainder(draft.rows, managers)
    if fewest is not None and fewest < FEWEST_MANAGERS:
        raise UnsafeRelease(f"{AREA}: a remainder of {fewest} managers")
    shown = sum(row["status"] == "shown" for row in draft.rows)
    draft.audits.append(("managers", shown, {"family": MEASURE, "at_least": FEWEST_MANAGERS}))


def fewest_in_a_remainder(rows: Iterable[Mapping[str, Any]], managers: Mapping[str, int]) -> int | None:
    """The fewest managers behind anything that adding and subtracting shown cells can reach; None when nothing is shown.

    rows: of the ledger. managers: token of a stand-in -> manager. What can be reached is made of remainders: the people under a
    shown cell who are under no shown cell below it.
    """
    cells = {row["cell_id"]: row for row in rows if not row["parts"]}
    behind: dict[str, set[int]] = {cell: set() for cell, row in cells.items() if row["status"] == "shown"}
    for row in cells.values():
        people = {managers[item.split(":")[0]] for item in row["members"].split()}
        above = row["cell_id"]
        while above is not None and above not in behind:
            above = cells[above]["parent_cell"]
        if above is not None:
            behind[above] |= people
    return min((len(people) for people in behind.values() if people), default=None)
