"""All goals that a condition selects, judged at once: severities of every reason, and the few that are told in full."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from core.access.viewer import Viewer
from core.goals.goal import CheckIn, Goal, Measure, Pace
from core.goals.progress import Standing, expected, latest_of, progress, standing
from core.goals.reading import batches, check_ins_of, goals_by_id
from core.goals.reasons import Reason, Situation, reasons_of, suggestion
from core.goals.scan import Mark, Scan, scan
from core.goals.sieve import (
    CLOSED_PARENT,
    MEASURES,
    NO_PARENT,
    OPEN_PARENT,
    PACES,
    Columns,
    Ints,
    ordinal,
    severities,
)
from core.goals.surroundings import Owner, Surroundings, opposites, parent_statuses, surroundings
from core.goals.tables import GoalMilestone
from core.policy import Policy

_STEPS = MEASURES.index(Measure.MILESTONES)
_BY_STEPS = PACES.index(Pace.MILESTONES)


@dataclass(frozen=True)
class Judged:
    """Goals with their severities, shape (n, 14), and what surrounds them."""

    goals: Scan
    table: NDArray[np.int8]
    around: Surroundings

    def __len__(self) -> int:
        return len(self.goals)

    def in_order(self, chosen: Ints, *, by_due: bool = False) -> Ints:
        """Places of goals in the order of the queue: the greatest sum, then the earliest due date (none is last), then the id.

        by_due: the date first, then the sum.
        """
        heavy, due = -self.table[chosen].sum(axis=1, dtype=np.int64), self.goals.due[chosen]  # NaN sorts last
        keys = (self.goals.id[chosen], heavy, due) if by_due else (self.goals.id[chosen], due, heavy)
        found: Ints = chosen[np.lexsort(keys)]
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
    goals = scan(connection, which)
    around = surroundings(
        connection, viewer, _ids(goals.person), _ids(goals.delegate), _ids(goals.unit), policy=policy, on=on
    )
    by_steps = goals.id[(goals.measure == _STEPS) | (goals.pace == _BY_STEPS)].tolist()
    columns = _columns(goals, _steps(connection, by_steps, on), around)
    return Judged(goals, severities(columns, policy.goals, on), around)


def told(
    connection: Connection, found: Judged, places: Sequence[int], *, policy: Policy, on: date
) -> tuple[ToldGoal, ...]:
    """The goals at these places, in full."""
    ids = [int(found.goals.id[at]) for at in places]
    goals, ins = goals_by_id(connection, ids), check_ins_of(connection, ids)
    against = opposites(connection, ids)
    above = parent_statuses(connection, {goal.parent_id for goal in goals.values() if goal.parent_id is not None})
    every = []
    for at, number in zip(places, ids, strict=True):
        goal = goals[number]
        situation = found.around.situation(
            Owner(int(found.goals.person[at]), int(found.goals.unit[at])),
            int(found.goals.delegate[at]),
            int(found.goals.marks[at]),
            float(found.goals.reviewed[at]),
            above.get(goal.parent_id or 0),
            against.get(number, ()),
        )
        every.append(_told(goal, ins.get(number, []), situation, policy, on))
    return tuple(every)


def _told(goal: Goal, ins: list[CheckIn], situation: Situation, policy: Policy, on: date) -> ToldGoal:
    reasons = reasons_of(goal, ins, situation, policy.goals, on)
    expects, has = expected(goal, on), progress(goal, latest_of(ins).value)
    return ToldGoal(goal, tuple(ins), expects, has, standing(expects, has, policy.goals), reasons, suggestion(reasons))


def _ids(column: Ints) -> set[int]:
    return set(column.tolist()) - {0}


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


def _columns(goals: Scan, steps: dict[int, tuple[float, float]], around: Surroundings) -> Columns:
    """The arrays of the sieve; what surrounds an owner is worked out once for each owner."""
    owners, of_owner = np.unique(goals.person - goals.unit, return_inverse=True)  # one of them is 0
    told_of = [_owner(Owner(max(each, 0), max(-each, 0)), around) for each in owners.tolist()]
    owner = np.array(told_of, dtype=np.float64).reshape(-1, 6)[of_owner]
    delegates, of_delegate = np.unique(goals.delegate, return_inverse=True)
    stands_in = np.array([around.delegate_active(each) for each in delegates.tolist()], dtype=bool)
    done = np.full((len(goals), 2), np.nan)
    if steps:
        known = np.isin(goals.id, list(steps))
        done[known] = [steps[each] for each in goals.id[known].tolist()]
    parent = np.where(goals.has(Mark.PARENT_CLOSED), CLOSED_PARENT, OPEN_PARENT)
    changed = goals.has(Mark.PARENT_CHANGED | Mark.CONTEXT_CHANGED)
    return Columns(
        active=goals.has(Mark.ACTIVE),
        measure=goals.measure,
        pace=goals.pace,
        parent=np.where(goals.has(Mark.HAS_PARENT), parent, NO_PARENT),
        standalone=goals.has(Mark.STANDALONE),
        has_unit=goals.has(Mark.HAS_UNIT),
        has_acceptance=goals.has(Mark.HAS_ACCEPTANCE),
        has_key_results=goals.has(Mark.HAS_KEY_RESULTS),
        has_range=goals.has(Mark.HAS_RANGE),
        baseline=goals.baseline,
        target=goals.target,
        start=goals.start,
        due=goals.due,
        begun=np.fmax(goals.start, goals.agreed),
        cadence=goals.cadence,
        last_on=goals.last_on,
        value=goals.value,
        confidence=goals.confidence,
        before=goals.before,
        same=goals.same,
        steps_done=done[:, 0],
        steps_due=done[:, 1],
        owner_active=owner[:, 0] > 0,
        delegate_active=stands_in[of_delegate],
        away_since=owner[:, 1],
        objectives=owner[:, 2].astype(np.int64),
        key_results=owner[:, 3].astype(np.int64),
        over_capacity=owner[:, 4] > 0,
        changed=changed | (owner[:, 5] > goals.reviewed),
        opposite=goals.has(Mark.OPPOSITE),
    )


def _owner(owner: Owner, around: Surroundings) -> tuple[float, ...]:
    return (
        float(around.owner_active(owner)),
        ordinal(around.away.get(owner.person)),
        *around.owner_holds(owner),
        float(around.over_capacity(owner)),
        ordinal(around.came(owner)),
    )
