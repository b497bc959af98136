"""All goals that a condition selects, judged at once: severities of every reason, and the few that are told in full."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from core.access.viewer import Viewer
from core.goals.goal import CheckIn, Goal, Measure, Pace
from core.goals.progress import Standing, expected, latest_of, progress, standing
from core.goals.reading import batches, check_ins_of, goals_by_id
from core.goals.reasons import Reason, reasons_of, suggestion
from core.goals.sieve import MEASURES, PACES, Columns, severities
from core.goals.surroundings import Surroundings, of_goals, opposites, surroundings
from core.goals.tables import GoalMilestone
from core.policy import Policy

_STEPS = MEASURES.index(Measure.MILESTONES)
_BY_STEPS = PACES.index(Pace.MILESTONES)
_FAR_FUTURE = date.max.toordinal()


@dataclass(frozen=True)
class Judged:
    """Goals (rows of `of_goals`) with their severities, shape (n, 14), and what surrounds them."""

    rows: Sequence[Any]
    table: NDArray[np.int8]
    around: Surroundings

    def in_order(self, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
        """Places of goals in the order of the queue: the greatest sum, then the earliest due date, then the id."""
        total = self.table[chosen].sum(axis=1, dtype=np.int64)
        due = np.array(
            [_FAR_FUTURE if (day := self.rows[at].due) is None else day.toordinal() for at in chosen.tolist()]
        )
        ids = np.array([self.rows[at].id for at in chosen.tolist()], dtype=np.int64)
        found: NDArray[np.int64] = chosen[np.lexsort((ids, due, -total))]
        return found


@dataclass(frozen=True)
class ToldGoal:
    """A goal with how it goes and why it needs revisiting. check_ins: by day. suggestion: what may help, or ''."""

    goal: Goal
    check_ins: tuple[CheckIn, ...]
    expected: float | None
    progress: float | None
    standing: Standing | None
    reasons: tuple[Reason, ...]
    suggestion: str


def judged(connection: Connection, viewer: Viewer, which: ColumnElement[bool], *, policy: Policy, on: date) -> Judged:
    """Every active or paused goal that `which` selects, judged. `which` holds the rule for the viewer."""
    rows = connection.execute(of_goals(which)).all()
    around = surroundings(connection, viewer, rows, policy=policy, on=on)
    steps = _steps(connection, [row.id for row in rows if row.measure == _STEPS or row.pace == _BY_STEPS], on)
    return Judged(rows, severities(_columns(rows, steps, around), policy.goals, on), around)


def told(
    connection: Connection, found: Judged, places: Sequence[int], *, policy: Policy, on: date
) -> tuple[ToldGoal, ...]:
    """The goals at these places, in full."""
    rows = [found.rows[at] for at in places]
    ids = [row.id for row in rows]
    goals, ins = goals_by_id(connection, ids), check_ins_of(connection, ids)
    against = opposites(connection, ids)
    return tuple(
        _told(goals[row.id], ins.get(row.id, []), row, found.around, against.get(row.id, ()), policy, on)
        for row in rows
    )


def _told(
    goal: Goal, ins: list[CheckIn], row: Any, around: Surroundings, against: tuple[int, ...], policy: Policy, on: date
) -> ToldGoal:
    situation = around.situation(row, against, int(bool(row.has_key_results)))
    reasons = reasons_of(goal, ins, situation, policy.goals, on)
    expects, has = expected(goal, on), progress(goal, latest_of(ins).value)
    return ToldGoal(goal, tuple(ins), expects, has, standing(expects, has, policy.goals), reasons, suggestion(reasons))


def _steps(connection: Connection, ids: Collection[int], on: date) -> dict[int, tuple[float, float | None]]:
    """Shares of milestones done, and due by `on` (None when one has no day), by goal."""
    found: dict[int, tuple[float, float | None]] = {}
    for some in batches(ids):
        rows = connection.execute(
            select(
                GoalMilestone.goal_id,
                func.sum(GoalMilestone.weight),
                func.sum(case((GoalMilestone.done_on.is_not(None), GoalMilestone.weight), else_=0.0)),
                func.sum(case((and_(GoalMilestone.due <= on), GoalMilestone.weight), else_=0.0)),
                func.sum(case((GoalMilestone.due.is_(None), 1), else_=0)),
            )
            .where(GoalMilestone.goal_id.in_(some))
            .group_by(GoalMilestone.goal_id)
        )
        for goal, weight, done, due, without in rows:
            found[goal] = (done / weight, None if without else due / weight)
    return found


def _columns(rows: Sequence[Any], steps: dict[int, tuple[float, float | None]], around: Surroundings) -> Columns:
    def days(values: list[date | None]) -> NDArray[np.float64]:
        return np.array([np.nan if day is None else day.toordinal() for day in values], dtype=np.float64)

    def numbers(values: list[Any]) -> NDArray[np.float64]:
        return np.array(values, dtype=np.float64)  # None becomes NaN

    def flags(values: list[Any]) -> NDArray[np.bool_]:
        return np.array(values, dtype=bool)  # None becomes False

    start = days([row.start for row in rows])
    done = [steps.get(row.id, (None, None)) for row in rows]
    holds = [around.owner_holds(row) for row in rows]
    return Columns(
        active=flags([row.active for row in rows]),
        measure=np.array([row.measure for row in rows], dtype=np.int64),
        pace=np.array([row.pace for row in rows], dtype=np.int64),
        parent=np.array([row.parent for row in rows], dtype=np.int64),
        standalone=flags([row.standalone for row in rows]),
        has_unit=flags([row.has_unit for row in rows]),
        has_acceptance=flags([row.has_acceptance for row in rows]),
        has_key_results=flags([row.has_key_results for row in rows]),
        baseline=numbers([row.baseline for row in rows]),
        target=numbers([row.target for row in rows]),
        low=numbers([row.low for row in rows]),
        high=numbers([row.high for row in rows]),
        start=start,
        due=days([row.due for row in rows]),
        begun=np.fmax(start, days([row.active_since for row in rows])),
        cadence=numbers([row.cadence_days for row in rows]),
        last_on=days([row.last_on for row in rows]),
        value=numbers([row.last_value for row in rows]),
        confidence=numbers([row.last_confidence for row in rows]),
        before=numbers([row.before_confidence for row in rows]),
        same=np.array([row.same_values for row in rows], dtype=np.int64),
        steps_done=numbers([each[0] for each in done]),
        steps_due=numbers([each[1] for each in done]),
        owner_active=flags([around.owner_active(row) for row in rows]),
        delegate_active=flags([around.delegate_active(row) for row in rows]),
        away_since=days([around.away.get(row.owner_id) for row in rows]),
        objectives=np.array([each["objective"] for each in holds], dtype=np.int64),
        key_results=np.array([each["key_result"] for each in holds], dtype=np.int64),
        over_capacity=flags([around.over_capacity(row) for row in rows]),
        changed=flags([row.parent_changed or row.context_changed or around.team_changed(row) for row in rows]),
        opposite=flags([row.opposite for row in rows]),
    )
