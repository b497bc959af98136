"""All goals that a condition selects, judged at once: severities of every reason, and the few that are told in full."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from core.access.viewer import Viewer
from core.goals.goal import CheckIn, Goal, Kind, Measure, Pace
from core.goals.progress import Standing, expected, latest_of, progress, standing
from core.goals.reading import batches, check_ins_of, goals_by_id
from core.goals.reasons import Reason, reasons_of, suggestion
from core.goals.sieve import MEASURES, PACES, Columns, ordinal, severities
from core.goals.surroundings import NAMES, Surroundings, of_goals, opposites, surroundings
from core.goals.tables import GoalMilestone
from core.policy import Policy

_STEPS = MEASURES.index(Measure.MILESTONES)
_BY_STEPS = PACES.index(Pace.MILESTONES)
_FAR_FUTURE = date.max.toordinal()
_NO_STEPS = (np.nan, np.nan)


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
    columns: dict[str, Sequence[Any]] = dict.fromkeys(NAMES, ())
    if rows:
        columns = dict(zip(NAMES, zip(*rows, strict=True), strict=True))
    around = surroundings(
        connection,
        viewer,
        which,
        _numbers(columns["owner_id"]),
        _numbers(columns["delegate_id"]),
        _numbers(columns["owner_unit_id"]),
        policy=policy,
        on=on,
    )
    by_steps = [
        goal
        for goal, measure, pace in zip(columns["id"], columns["measure"], columns["pace"], strict=True)
        if measure == _STEPS or pace == _BY_STEPS
    ]
    return Judged(
        rows, severities(_columns(rows, columns, _steps(connection, by_steps, on), around), policy.goals, on), around
    )


def _numbers(column: Sequence[int | None]) -> set[int]:
    return {number for number in set(column) if number is not None}


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


def _steps(connection: Connection, ids: Collection[int], on: date) -> dict[int, tuple[float, float]]:
    """Shares of milestones done, and due by `on` (NaN when one has no day), by goal."""
    found: dict[int, tuple[float, float]] = {}
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
            found[goal] = (done / weight, np.nan if without else due / weight)
    return found


def _columns(
    rows: Sequence[Any],
    of: dict[str, Sequence[Any]],
    steps: dict[int, tuple[float, float]],
    around: Surroundings,
) -> Columns:
    """The arrays of the sieve from columns of `of_goals`; what surrounds an owner is worked out once for each owner."""
    keys = list(zip(of["owner_id"], of["owner_unit_id"], strict=True))
    first = {key: place for place, key in reversed(list(enumerate(keys)))}
    owned = {key: _owner(rows[place], around) for key, place in first.items()}
    owner = np.array([owned[key] for key in keys], dtype=np.float64).reshape(len(keys), 6)
    stands_in = {each: around.delegate_active(each) for each in set(of["delegate_id"])}
    done = np.array([steps.get(goal, _NO_STEPS) for goal in of["id"]] if steps else [], dtype=np.float64)
    done = done.reshape(-1, 2) if steps else np.full((len(keys), 2), np.nan)
    start = _days(of["start"])
    return Columns(
        active=_flags(of["active"]),
        measure=np.array(of["measure"], dtype=np.int64),
        pace=np.array(of["pace"], dtype=np.int64),
        parent=np.array(of["parent"], dtype=np.int64),
        standalone=_flags(of["standalone"]),
        has_unit=_flags(of["has_unit"]),
        has_acceptance=_flags(of["has_acceptance"]),
        has_key_results=_flags(of["has_key_results"]),
        baseline=_floats(of["baseline"]),
        target=_floats(of["target"]),
        low=_floats(of["low"]),
        high=_floats(of["high"]),
        start=start,
        due=_days(of["due"]),
        begun=np.fmax(start, _days(of["active_since"])),
        cadence=_floats(of["cadence_days"]),
        last_on=_days(of["last_on"]),
        value=_floats(of["last_value"]),
        confidence=_floats(of["last_confidence"]),
        before=_floats(of["before_confidence"]),
        same=np.array(of["same_values"], dtype=np.int64),
        steps_done=done[:, 0],
        steps_due=done[:, 1],
        owner_active=owner[:, 0] > 0,
        delegate_active=_flags([stands_in[each] for each in of["delegate_id"]]),
        away_since=owner[:, 1],
        objectives=owner[:, 2].astype(np.int64),
        key_results=owner[:, 3].astype(np.int64),
        over_capacity=owner[:, 4] > 0,
        changed=_flags(of["parent_changed"]) | _flags(of["context_changed"]) | (owner[:, 5] > _days(of["reviewed"])),
        opposite=_flags(of["opposite"]),
    )


def _owner(row: Any, around: Surroundings) -> tuple[float, ...]:
    holds = around.owner_holds(row)
    return (
        float(around.owner_active(row)),
        ordinal(around.away.get(row.owner_id)),
        float(holds[Kind.OBJECTIVE]),
        float(holds[Kind.KEY_RESULT]),
        float(around.over_capacity(row)),
        ordinal(around.came(row)),
    )


def _days(values: Sequence[date | None]) -> NDArray[np.float64]:
    known = {day: ordinal(day) for day in set(values)}
    return np.array([known[day] for day in values], dtype=np.float64)


def _floats(values: Sequence[Any]) -> NDArray[np.float64]:
    return np.array(values, dtype=np.float64)  # None becomes NaN


def _flags(values: Sequence[Any]) -> NDArray[np.bool_]:
    return np.array(values, dtype=bool)  # None becomes False
