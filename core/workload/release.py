"""The week closes: roll up, protect, release once. Corrections go through the ledger. One transaction a week."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd
from sqlalchemy import Connection, Engine, insert, select

from core.access.changes import record
from core.calendar import WEEK, is_closed, quarter_start
from core.metrics.catalogue import catalogue
from core.metrics.definition import Metric, Shape, Speed
from core.people.roster import Rosters, WeekRoster
from core.policy import Policy
from core.privacy import ledger
from core.privacy.candidates import PeriodInput
from core.privacy.corrections import correct
from core.privacy.lattice import Plan, Unit
from core.privacy.publish import Draft, draft_release, seal_of, store_release
from core.privacy.reporting import make_plan, plan_before, settled, store_plan, stored_plan
from core.privacy.rounding import is_fast
from core.privacy.tables import MetricSwing
from core.privacy.views import measures_of
from core.workload.rollup import RollUp, quarter_swings
from core.workload.tables import WorkloadRollup

AREA = "workload"
QUARTER = 13 * WEEK
SWING_FROM = 100  # people; below, the catalogue's own mark decides


@dataclass(frozen=True)
class ReleaseSummary:
    """What a run of `finish_pending` did. Weeks in calendar order."""

    released: tuple[date, ...] = ()
    corrected: tuple[date, ...] = ()
    waiting: tuple[date, ...] = ()
    still_open: tuple[date, ...] = ()


def note_delivery(connection: Connection, weeks: Iterable[date], *, held: bool, as_of: date) -> None:
    """Write "release pending" for weeks whose facts changed; belongs in the transaction that loads them."""
    ledger.mark_pending(
        connection, AREA, weeks, released=ledger.released_weeks(connection, AREA), held=held, since=as_of
    )


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

    Open weeks stay pending. `include_held`: also those that an import was told to hold.
    """
    with engine.connect() as connection:
        waiting = ledger.pending(connection, AREA, include_held=include_held, as_of=as_of)
        due = [week for week in waiting if is_closed(week.period, as_of, policy.close_after_days)]
        still_open = tuple(w.period for w in waiting if not is_closed(w.period, as_of, policy.close_after_days))
        if not due:
            return ReleaseSummary(still_open=still_open)
        rosters = Rosters(connection)
        rollup = RollUp(connection, [week.period for week in due])
    metrics = catalogue(policy)
    outcome: dict[str, list[date]] = {"released": [], "corrected": [], "waiting": [], "empty": []}
    for done, week in enumerate(due):
        if progress:
            progress(done, len(due))
        with engine.begin() as connection:
            if not ledger.claim(connection, AREA, week):
                continue
            result, seal = _release_week(connection, rosters, rollup, metrics, week, policy, as_of, at)
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


def _release_week(
    connection: Connection,
    rosters: Rosters,
    rollup: RollUp,
    metrics: dict[str, Metric],
    pending: ledger.Pending,
    policy: Policy,
    as_of: date,
    at: datetime,
) -> tuple[str, dict[str, object]]:
    """What came of the week ('released', 'corrected', 'waiting' or 'empty'), and the seal of what was published."""
    week = pending.period
    plan = _plan(connection, rosters, quarter_start(week), policy)
    fast = _speeds(connection, metrics, quarter_start(week), policy)
    roster = rosters.week(week)
    contributions = rollup.contributions(week, contract=_told_against_contract(connection, week))
    period = PeriodInput(AREA, week, _units(roster), roster.headcount, contributions)
    draft = draft_release(period, plan, metrics, fast, policy, ledger.tokens(connection))
    if week not in ledger.released_weeks(connection, AREA):
        if not draft.cells:
            return "empty", {}  # rows without a single value: nothing to publish, nothing to prove
        release = store_release(connection, draft, area=AREA, kind="first", period=week, policy=policy, at=at)
        _write_rollup(connection, release, week, draft)
        return "released", seal_of(connection, release)
    outcome = correct(connection, draft, metrics, area=AREA, period=week, policy=policy, at=at)
    if outcome.release is not None:
        _write_rollup(connection, outcome.release, week, outcome.draft)
    seal = seal_of(connection, outcome.release) if outcome.release is not None else {}
    if outcome.refused:
        next_quarter = quarter_start(quarter_start(as_of) + QUARTER + WEEK)
        ledger.postpone(connection, AREA, pending, since=as_of, not_before=next_quarter)
        return "waiting", seal
    return "corrected", seal


def _told_against_contract(connection: Connection, week: date) -> bool | None:
    """How load was told when the week was first released; None when it was not."""
    told = measures_of(connection, AREA, week) & {"utilisation", "contract_load"}
    return "contract_load" in told if told else None


def _plan(connection: Connection, rosters: Rosters, quarter: date, policy: Policy) -> Plan:
    """The quarter's reporting units: stored, or decided now from the roster of its first Monday.

    Where nobody is on the roster yet on that Monday (the first delivery begins within the quarter), the first Monday with
    anybody decides.
    """
    known = stored_plan(connection, quarter)
    if known is not None:
        return known
    end = quarter + (14 if quarter.isocalendar().week == 40 else 13) * WEEK
    monday = quarter if rosters.on(quarter).headcount else rosters.first_day_with_people(quarter, end) or quarter
    roster = rosters.on(monday) if monday == quarter else rosters.week(monday)
    new = make_plan(_units(roster), roster.headcount, policy)
    below = {f"unit:{unit}": people for unit, people in new.roster.items()}
    below |= {f"direct:{unit}": roster.headcount[unit] for unit in new.direct}
    plan = settled(new, plan_before(connection, quarter), below, policy.k_prime)
    store_plan(connection, quarter, monday, plan)
    return plan


def _speeds(connection: Connection, metrics: dict[str, Metric], quarter: date, policy: Policy) -> dict[str, bool]:
    """Fast or slow, by measure, for a quarter: by the swing of the quarter before it, computed once and kept."""
    rows = connection.execute(select(MetricSwing.measure, MetricSwing.fast).where(MetricSwing.quarter == quarter)).all()
    if rows:
        return {row.measure: row.fast for row in rows}
    swings = quarter_swings(connection, quarter_start(quarter - WEEK), quarter)
    speeds: dict[str, bool] = {}
    known: dict[str, float | None] = {}
    for metric in metrics.values():
        swing, people = swings.get(metric.id, (float("nan"), 0))
        known[metric.id] = round(swing, 3) if people >= SWING_FROM and metric.shape is not Shape.SHARE else None
        own = known[metric.id]
        speeds[metric.id] = is_fast(own, metric.unit, policy) if own is not None else metric.speed is Speed.FAST
    connection.execute(
        insert(MetricSwing),
        [{"quarter": quarter, "measure": name, "swing": known[name], "fast": fast} for name, fast in speeds.items()],
    )
    return speeds


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
    if rows:
        connection.execute(insert(WorkloadRollup), rows)
