"""Any goal in any situation, near the thresholds more often than by chance."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from core.goals.goal import CheckIn, Goal, Kind, Measure, Milestone, Owner, Pace, Status, Visibility
from core.goals.reasons import Situation

START = date(2026, 1, 1)
_near = st.integers(-5, 240).map(lambda days: START + timedelta(days=days))
_number = st.one_of(st.none(), st.integers(-4, 24).map(lambda tenth: tenth * 5.0), st.floats(-200, 200))


@st.composite
def cases(draw: Any) -> tuple[Goal, list[CheckIn], Situation, date]:
    """(goal, check-ins in order, situation, today)."""
    maybe_day = st.one_of(st.none(), _near)
    milestones = draw(
        st.lists(
            st.builds(
                Milestone, title=st.just("Step"), due=maybe_day, done_on=maybe_day, weight=st.sampled_from([0.5, 1.0, 2.0])
            ),
            max_size=4,
        )
    )  # fmt: skip
    goal = Goal(
        id=draw(st.integers(1, 9)),
        title="Any goal",
        kind=draw(st.sampled_from(Kind)),
        measure=draw(st.sampled_from(Measure)),
        owner=Owner("P1", "", "Ada"),
        parent_id=draw(st.one_of(st.none(), st.just(3))),
        standalone=draw(st.booleans()),
        metric="recovered",
        unit=draw(st.sampled_from(["", "incidents"])),
        baseline=draw(_number),
        target=draw(_number),
        low=draw(_number),
        high=draw(_number),
        start=draw(st.one_of(st.none(), st.just(START), _near)),
        due=draw(st.one_of(st.none(), st.just(START + timedelta(days=100)), _near)),
        cadence_days=draw(st.sampled_from([1, 7, 14, 30])),
        pace=draw(st.sampled_from(Pace)),
        acceptance=draw(st.sampled_from(["", "It is shown."])),
        visibility=draw(st.sampled_from(Visibility)),
        status=draw(st.sampled_from([Status.ACTIVE, Status.ACTIVE, Status.ACTIVE, *Status])),
        milestones=tuple(milestones),
        active_since=draw(maybe_day),
    )
    confidence = st.one_of(st.none(), st.integers(0, 10))
    ins = draw(st.lists(st.builds(CheckIn, on=_near, value=_number, confidence=confidence), max_size=6))
    situation = Situation(
        parent_status=draw(st.sampled_from(Status)) if goal.parent_id else None,
        key_results=draw(st.integers(0, 3)),
        owner_active=draw(st.booleans()),
        on_leave_since=draw(maybe_day),
        delegate_active=draw(st.booleans()),
        objectives=draw(st.integers(0, 5)),
        key_results_of_owner=draw(st.integers(0, 15)),
        utilisation=draw(st.one_of(st.none(), st.lists(st.sampled_from([1.0, 1.1, 1.11, 1.3]), max_size=3).map(tuple))),
        changed=draw(st.sampled_from([(), ("its team",)])),
        opposite=draw(st.sampled_from([(), (7,)])),
    )
    return goal, sorted(ins, key=lambda each: each.on), situation, draw(_near)
