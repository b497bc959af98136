"""The week closes: roll up, protect, release once. Corrections go through the ledger. One transaction a week."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, func, insert, select

from core.access.changes import record
from core.calendar import WEEK, is_closed, quarter_start
from core.database.bulk import write_rows
from core.delivery import Affected
from core.metrics.catalogue import catalogue
from core.metrics.definition import Metric, Shape, Speed
from core.people.roster import Rosters, WeekRoster
from core.policy import Policy
from core.privacy import ledger
from core.privacy.candidates import PeriodInput
from core.privacy.corrections import correct
from core.privacy.lattice import Plan, Unit
from core.privacy.publish import Draft, Frame, draft_release, frame_of, seal_of, store_release
from core.privacy.reporting import make_plan, plan_before, settled, store_plan, stored_plan
from core.privacy.rounding import is_fast
from core.privacy.tables import MetricSwing
from core.privacy.views import measures_of
from core.workload.activity_release import finish_cards
from core.workload.activity_rollup import activity_families
from core.workload.area import AREA
from core.workload.counting import count_teams, reopen
from core.workload.rollup import RollUp, quarter_swings
from core.workload.tables import WorkloadRollup

QUARTER = 13 * WEEK
_QUARTER_LOCK = 7_251_007  # PostgreSQL advisory lock: a quarter is decided once
SWING_FROM = 100  # people; below, the catalogue's own mark decides


@dataclass(frozen=True)
class ReleaseSummary:
    """What a run of `finish_pending` did. Weeks in calendar order."""

    released: tuple[date, ...] = ()
    corrected: tuple[date, ...] = ()
    waiting: tuple[date, ...] = ()
    still_open: tuple[date, ...] = ()


def note_delivery(connection: Connection, weeks: Affected | Iterable[date], *, held: bool, as_of: date) -> None:
    """Write "release pending" for the weeks of a delivery; belongs in the transaction that loads them.

    weeks: what `core.intake.imports.run_import` tells, or simply weeks that were named and changed.
    """
    of = weeks if isinstance(weeks, Affected) else Affected(frozenset(weeks))
    ledger.mark_pending(
        connection,
        AREA,
        of.changed,
        released=ledger.released_weeks(connection, AREA),
        held=held,
        since=as_of,
        named=of.named if isinstance(weeks, Affected) else None,
        next_try=_next_quarter(as_of),
    )


def _next_quarter(day: date) -> date:
    return quarter_start(quarter_start(day) + QUARTER + WEEK)


def finish_pending(
    engine: Engine,
    *,
    policy: Policy,
    as_of: date,
    at: datetime,
    actor: str,
    include_held: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> ReleaseSummary:
    """Release every closed week that awaits it, in calendar order; a kill leaves weeks pending, never half.

    Open weeks stay pending. `include_held`: also those that an import was told to hold. Then teams are counted, and punch cards
    of quarters that are complete by then are released as well.
    """
    done = _finish_weeks(
        engine, policy=policy, as_of=as_of, at=at, actor=actor, include_held=include_held, progress=progress
    )
    count_teams(engine, policy)
    finish_cards(engine, weeks_area=AREA, policy=policy, as_of=as_of, at=at, actor=actor)
    return done


def _finish_weeks(
    engine: Engine,
    *,
    policy: Policy,
    as_of: date,
    at: datetime,
    actor: str,
    include_held: bool,
    progress: Callable[[int, int], None] | None,
) -> ReleaseSummary:
    with engine.connect() as connection:
        waiting = ledger.pending(connection, AREA, include_held=include_held, as_of=as_of)
        due = [week for week in waiting if is_closed(week.period, as_of, policy.close_after_days)]
        still_open = tuple(w.period for w in waiting if not is_closed(w.period, as_of, policy.close_after_days))
        if not due:
            return ReleaseSummary(still_open=still_open)
        rosters = Rosters(connection)
    rollup = RollUp(week.period for week in due)
    metrics = catalogue(policy)
    outcome: dict[str, list[date]] = {"released": [], "corrected": [], "waiting": [], "empty": []}
    frame: Frame | None = None
    for done, week in enumerate(due):
        if progress:
            progress(done, len(due))
        result = ""
        while not result:
            # everything that takes long happens before the transaction, so that others can write meanwhile
            with engine.connect() as connection:
                quarter = _decide_quarter(connection, rosters, metrics, quarter_start(week.period), policy)
                period = _period(connection, rosters, rollup, week.period)
                made = ledger.tokens(connection)
                connection.commit()  # a key that was made just now
            frame = frame_of(period.units, quarter.plan, policy.k_prime, frame)
            draft = draft_release(period, quarter.plan, metrics, quarter.fast, policy, made, frame)
            draft.seal()
            with engine.begin() as connection:
                if not ledger.claim(connection, AREA, week):
                    break
                if not _keep(connection, quarter):
                    connection.rollback()
                    continue  # another process has decided the quarter meanwhile: by its decision, then
                result, seal = _release_week(connection, draft, metrics, week, policy, as_of, at)
                outcome[result].append(week.period)
                if seal or result == "corrected":
                    record(
                        connection,
                        at=at,
                        actor=actor,
                        action=f"week {result}",
                        subject=week.period.isoformat(),
                        detail=seal,
                    )
    if progress:
        progress(len(due), len(due))
    return ReleaseSummary(
        tuple(outcome["released"]), tuple(outcome["corrected"]), tuple(outcome["waiting"]), still_open
    )


def _period(connection: Connection, rosters: Rosters, rollup: RollUp, week: date) -> PeriodInput:
    """Everything that the decision about a week needs."""
    rollup.read(connection, week)
    roster = rosters.week(week)
    contributions = rollup.contributions(week, contract=_told_against_contract(connection, week))
    contributions += tuple(activity_families(connection, week))
    return PeriodInput(AREA, week, _units(roster), roster.headcount, contributions)


def _release_week(
    connection: Connection,
    draft: Draft,
    metrics: dict[str, Metric],
    pending: ledger.Pending,
    policy: Policy,
    as_of: date,
    at: datetime,
) -> tuple[str, dict[str, object]]:
    """What came of the week ('released', 'corrected', 'waiting' or 'empty'), and the seal of what was published."""
    week = pending.period
    if week not in ledger.released_weeks(connection, AREA):
        if not draft.cells:
            return "empty", {}  # rows without a single value: nothing to publish, nothing to prove
        release = store_release(connection, draft, area=AREA, kind="first", period=week, policy=policy, at=at)
        _write_rollup(connection, release, week, draft)
        reopen(connection, week)
        return "released", seal_of(connection, release)
    outcome = correct(connection, draft, metrics, area=AREA, period=week, policy=policy, at=at)
    if outcome.release is not None or outcome.retired:
        reopen(connection, week)
    if outcome.release is not None:
        _write_rollup(connection, outcome.release, week, outcome.draft)
    seal = seal_of(connection, outcome.release) if outcome.release is not None else {}
    nothing = outcome.release is None and not outcome.retired
    # a week that a file has named waits whatever came of it: whether anything changed is not to be seen
    waits = bool(outcome.refused) or not pending.tried_before
    if waits:
        ledger.postpone(connection, AREA, pending, since=as_of, not_before=_next_quarter(as_of))
    if outcome.refused or nothing:
        return "waiting" if waits else "empty", seal
    return "corrected", seal


def _told_against_contract(connection: Connection, week: date) -> bool | None:
    """How load was told when the week was first released; None when it was not."""
    told = measures_of(connection, AREA, week) & {"utilisation", "contract_load"}
    return "contract_load" in told if told else None


@dataclass(frozen=True)
class _Quarter:
    """What is decided once a quarter. decided_on: the Monday of the roster, None when the plan was stored already.

    swings: rows to be kept, none when the speeds were stored already. fast: measure -> whether it is fast.
    """

    start: date
    plan: Plan
    decided_on: date | None
    fast: dict[str, bool]
    swings: list[dict[str, Any]]


def _decide_quarter(
    connection: Connection, rosters: Rosters, metrics: dict[str, Metric], quarter: date, policy: Policy
) -> _Quarter:
    plan, decided_on = _plan(connection, rosters, quarter, policy)
    fast, swings = _speeds(connection, metrics, quarter, policy)
    return _Quarter(quarter, plan, decided_on, fast, swings)


def _keep(connection: Connection, quarter: _Quarter) -> bool:
    """Store what was decided, in the transaction that releases; False when somebody else has decided it since."""
    if quarter.decided_on is None and not quarter.swings:
        return True
    if connection.dialect.name == "postgresql":  # on SQLite the transaction has the writer's lock by now
        connection.execute(select(func.pg_advisory_xact_lock(_QUARTER_LOCK)))
    speeds = connection.scalar(select(func.count()).where(MetricSwing.quarter == quarter.start))
    if (quarter.swings and speeds) or (quarter.decided_on and stored_plan(connection, quarter.start) is not None):
        return False
    if quarter.decided_on is not None:
        store_plan(connection, quarter.start, quarter.decided_on, quarter.plan)
    if quarter.swings:
        connection.execute(insert(MetricSwing), quarter.swings)
    return True


def _plan(connection: Connection, rosters: Rosters, quarter: date, policy: Policy) -> tuple[Plan, date | None]:
    """The quarter's reporting units: stored, or decided now from the roster of its first Monday, which comes along then.

    Where nobody is on the roster yet on that Monday (the first delivery begins within the quarter), the first Monday with
    anybody decides.
    """
    known = stored_plan(connection, quarter)
    if known is not None:
        return known, None
    end = quarter + (14 if quarter.isocalendar().week == 40 else 13) * WEEK
    monday = quarter if rosters.on(quarter).headcount else rosters.first_day_with_people(quarter, end) or quarter
    roster = rosters.on(monday) if monday == quarter else rosters.week(monday)
    new = make_plan(_units(roster), roster.headcount, policy)
    below = {f"unit:{unit}": people for unit, people in new.roster.items()}
    below |= {f"direct:{unit}": roster.headcount[unit] for unit in new.direct}
    return settled(new, plan_before(connection, quarter), below, policy.k_prime), monday


def _speeds(
    connection: Connection, metrics: dict[str, Metric], quarter: date, policy: Policy
) -> tuple[dict[str, bool], list[dict[str, Any]]]:
    """Fast or slow, by measure, for a quarter: by the swing of the quarter before it; and the rows to keep when it is new."""
    rows = connection.execute(select(MetricSwing.measure, MetricSwing.fast).where(MetricSwing.quarter == quarter)).all()
    if rows:
        known_then = {row.measure: row.fast for row in rows}
        return {metric.id: known_then.get(metric.id, metric.speed is Speed.FAST) for metric in metrics.values()}, []
    swings = quarter_swings(connection, quarter_start(quarter - WEEK), quarter)
    speeds: dict[str, bool] = {}
    known: dict[str, float | None] = {}
    for metric in metrics.values():
        swing, people = swings.get(metric.id, (float("nan"), 0))
        known[metric.id] = round(swing, 3) if people >= SWING_FROM and metric.shape is not Shape.SHARE else None
        own = known[metric.id]
        speeds[metric.id] = is_fast(own, metric.unit, policy) if own is not None else metric.speed is Speed.FAST
    kept = [{"quarter": quarter, "measure": name, "swing": known[name], "fast": fast} for name, fast in speeds.items()]
    return speeds, kept


def _units(roster: WeekRoster) -> tuple[Unit, ...]:
    frame = roster.units
    return tuple(
        Unit(int(unit), None if pd.isna(parent) else int(parent), str(path), str(name))
        for unit, parent, path, name in zip(frame["id"], frame["parent_id"], frame["path"], frame["name"], strict=True)
    )


def _write_rollup(connection: Connection, release: int, week: date, draft: Draft) -> None:
    rows = [
        {
            "release_id": release,
            "cell_id": cell,
            "measure": measure,
            "week": week,
            "n": sums.n,
            "numerator": sums.numerator,
            "denominator": sums.denominator,
            "first": sums.first,
            "second": sums.second,
        }
        for measure, cells in draft.sums.items()
        for cell, sums in cells.items()
        if sums.n
    ]
    write_rows(connection, insert(WorkloadRollup), rows)
