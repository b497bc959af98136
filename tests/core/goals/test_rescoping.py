"""Re-scoping: which target and which day would be on pace, and what other terms would come to."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.goals.forecast import forecast
from core.goals.goal import CheckIn, Goal, Kind, Measure
from core.goals.rescoping import OnPace, grain, on_pace, to_grain, what_if

START = date(2026, 7, 6)
TODAY = date(2026, 11, 15)
GOAL = Goal(
    1, "Recover", Kind.KEY_RESULT, Measure.DECREASE, unit="minutes", baseline=50.0, target=20.0, start=START,
    due=date(2026, 12, 31),
)  # fmt: skip
SLOW = [CheckIn(date(2026, 9, 1), 43.0), CheckIn(date(2026, 11, 12), 37.2)]


def test_the_target_on_pace_is_rounded_to_the_easier_side() -> None:
    """12.8 minutes in 129 days come to 32.3 on day 178: 33 is met, 32 would be missed; 20 is met on day 303."""
    assert on_pace(GOAL, SLOW, TODAY) == OnPace(33.0, START + timedelta(days=303))


def test_an_increasing_goal_is_rounded_down() -> None:
    """The same way upwards: from 0 to 30 at 12.8 of it comes to 17.7, so 17."""
    goal = replace(GOAL, measure=Measure.INCREASE, baseline=0.0, target=30.0)
    found = on_pace(goal, [CheckIn(date(2026, 11, 12), 12.8)], TODAY)
    assert found.target == 17.0


def test_a_goal_that_is_on_time_has_nothing_to_suggest() -> None:
    """What meets its target by the due date stays as it is."""
    assert on_pace(GOAL, [CheckIn(date(2026, 11, 12), 25.0)], TODAY) == OnPace()


def test_a_pace_that_leads_away_suggests_nothing() -> None:
    """A value that got worse has neither a target nor a day of arrival."""
    assert on_pace(GOAL, [CheckIn(date(2026, 11, 12), 55.0)], TODAY) == OnPace()


def test_an_overdue_goal_is_offered_another_day_and_no_target() -> None:
    """The due day has passed: only the day on which the target would be met can be said."""
    found = on_pace(replace(GOAL, due=date(2026, 11, 1)), SLOW, TODAY)
    assert found == OnPace(None, START + timedelta(days=303))


def test_a_goal_without_a_number_suggests_nothing() -> None:
    """Milestones, a missing target, no value yet: nothing can be said."""
    assert on_pace(replace(GOAL, measure=Measure.MILESTONES), SLOW, TODAY) == OnPace()
    assert on_pace(replace(GOAL, target=None), SLOW, TODAY) == OnPace()
    assert on_pace(GOAL, [], TODAY) == OnPace()


@pytest.mark.parametrize(
    ("baseline", "target", "step"),
    [(50.0, 20.0, 1.0), (18.0, 6.0, 1.0), (0.0, 1000.0, 10.0), (0.2, 0.8, 0.01), (1.0, 3.0, 0.1), (0.0, 4.5, 0.1)],
)
def test_values_are_told_no_finer_than_they_mean(baseline: float, target: float, step: float) -> None:
    """A twentieth of the way or finer, in powers of ten; whole numbers where it goes from one to another."""
    assert grain(replace(GOAL, baseline=baseline, target=target)) == pytest.approx(step)


def test_a_value_is_told_in_its_grain() -> None:
    """33.17 minutes of thirty are 33."""
    assert to_grain(GOAL, 33.17) == 33.0


def test_what_if_says_how_far_other_terms_would_come() -> None:
    """A target of 33 is on time; 20 by the end of February is not; a day that has passed says nothing."""
    assert what_if(GOAL, SLOW, target=33.0, due=GOAL.due, today=TODAY) == "At this pace it would be on time."
    assert what_if(GOAL, SLOW, target=20.0, due=date(2027, 2, 28), today=TODAY) == "At this pace: 78 % by the due date."
    assert what_if(GOAL, SLOW, target=20.0, due=TODAY, today=TODAY) == ""
    assert what_if(GOAL, SLOW, target=50.0, due=GOAL.due, today=TODAY) == ""
    assert what_if(GOAL, SLOW, target=33.0, due=None, today=TODAY) == ""


@given(st.floats(-1000, 1000), st.floats(-1000, 1000), st.floats(0.01, 1.4), st.integers(8, 300), st.integers(1, 300))
def test_what_is_suggested_is_met_at_the_pace_so_far(
    baseline: float, target: float, done: float, gone: int, left: int
) -> None:
    """Whatever the goal: with the suggested target, or the suggested day, the same pace arrives in time."""
    if abs(target - baseline) < 0.5:
        return
    today = START + timedelta(days=gone)
    goal = replace(
        GOAL, measure=Measure.REACH, baseline=baseline, target=target, due=START + timedelta(days=gone + left)
    )
    ins = [CheckIn(today, baseline + done * (target - baseline))]
    found = on_pace(goal, ins, today)
    if found.target is not None:
        easier = forecast(replace(goal, target=found.target), ins)
        assert easier is not None and easier.share >= 1 - 1e-6
        assert min(baseline, target) < found.target < max(baseline, target)
    if found.due is not None:
        later = forecast(replace(goal, due=found.due), ins)
        assert later is not None and later.share >= 1 - 1e-6
        assert found.due > today
