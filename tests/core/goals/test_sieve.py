"""Many goals at once get the reasons that each of them gets alone."""

from datetime import date
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.goals.goal import CLOSED, CheckIn, Goal, Kind, Status
from core.goals.progress import latest_of, milestones_done, milestones_expected
from core.goals.reasons import CODES, Situation, reasons_of, revisit, total
from core.goals.sieve import (
    CLOSED_PARENT,
    MEASURES,
    NO_PARENT,
    OPEN_PARENT,
    PACES,
    Columns,
    needs_revisiting,
    ordinal,
    severities,
)
from core.policy import GoalRules
from tests.core.goals.cases import cases

Case = tuple[Goal, list[CheckIn], Situation, date]


def number(value: float | int | None) -> float:
    """A number, NaN for none."""
    return np.nan if value is None else float(value)


def columns(every: list[Case], today: date, rules: GoalRules) -> Columns:
    """The arrays of cases, put together one by one."""
    rows: list[dict[str, Any]] = []
    for goal, ins, around, _ in every:
        at = latest_of(ins)
        begun = [day for day in (goal.start, goal.active_since) if day]
        weeks = rules.capacity_weeks
        shown = (around.utilisation or ())[-weeks:]
        parent = OPEN_PARENT if goal.parent_id else NO_PARENT
        rows.append(
            {
                "active": goal.status is Status.ACTIVE,
                "measure": MEASURES.index(goal.measure),
                "pace": PACES.index(goal.pace),
                "parent": CLOSED_PARENT if parent and around.parent_status in CLOSED else parent,
                "standalone": goal.standalone,
                "has_unit": bool(goal.unit),
                "has_acceptance": bool(goal.acceptance),
                "has_key_results": goal.kind is Kind.OBJECTIVE and around.key_results > 0,
                "has_range": goal.low is not None or goal.high is not None,
                **{name: number(getattr(goal, name)) for name in ("baseline", "target")},
                "start": ordinal(goal.start),
                "due": ordinal(goal.due),
                "begun": ordinal(max(begun) if begun else None),
                "cadence": float(goal.cadence_days),
                "last_on": ordinal(at.on),
                "value": number(at.value),
                "confidence": number(at.confidence),
                "before": number(at.before),
                "same": at.same,
                "steps_done": number(milestones_done(goal.milestones)),
                "steps_due": number(milestones_expected(goal.milestones, today)),
                "owner_active": around.owner_active,
                "delegate_active": around.delegate_active,
                "away_since": ordinal(around.on_leave_since),
                "objectives": around.objectives,
                "key_results": around.key_results_of_owner,
                "over_capacity": len(shown) == weeks and all(each > around.stretched for each in shown),
                "changed": bool(around.changed),
                "opposite": bool(around.opposite),
            }
        )
    return Columns(**{name: np.array([row[name] for row in rows]) for name in Columns.__dataclass_fields__})


@given(
    st.lists(cases(), min_size=1, max_size=5), st.sampled_from([GoalRules(), GoalRules(revisit_from=3, run_rate=2.0)])
)
def test_arrays_and_single_goals_agree_on_every_reason(every: list[Case], rules: GoalRules) -> None:
    """The same codes with the same severities, the same goals to be revisited, the same sums."""
    today = every[0][3]
    every = [case for case in every if case[0].status in (Status.ACTIVE, Status.PAUSED)]
    if not every:
        return
    table = severities(columns(every, today, rules), rules, today)
    for case, row, revisits in zip(every, table, needs_revisiting(table, rules), strict=True):
        goal, ins, around, _ = case
        alone = reasons_of(goal, ins, around, rules, today)
        assert {code: int(each) for code, each in zip(CODES, row, strict=True) if each} == {
            each.code: each.severity for each in alone
        }
        assert bool(revisits) == revisit(alone, rules)
        assert int(row.sum()) == total(alone)
