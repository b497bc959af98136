"""What-ifs: where a goal arrives at the pace so far, the cone, and the terms that would be on pace."""

import math
from dataclasses import replace
from datetime import date, timedelta
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.goals.forecast import EIGHTY, ORIGIN, forecast
from core.goals.goal import CheckIn, Goal, Kind, Measure

GOAL = Goal(
    1, "t", Kind.KEY_RESULT, Measure.INCREASE, unit="u", baseline=20, target=50, start=date(2026, 1, 1), due=date(2026, 3, 31)
)  # fmt: skip


def test_a_pace_is_carried_on_to_the_due_date() -> None:
    """Six in 45 days: 31.87 by the end of March, 40 % of the way; the target on day 225."""
    found = forecast(GOAL, [CheckIn(date(2026, 2, 15), 26.0)])
    assert found is not None
    assert found.pace == pytest.approx(6 / 45)
    assert found.value == found.target_on_pace == pytest.approx(31.866667)
    assert found.words == "At this pace: 40 % by the due date."
    assert found.arrives == found.due_on_pace == date(2026, 1, 1) + timedelta(days=225)
    assert found.low is found.high is None  # one step says nothing about how steps differ


def test_sixty_two_per_cent() -> None:
    """A hundred days, 31 % after fifty."""
    goal = replace(GOAL, baseline=0, target=100, due=date(2026, 4, 11))
    found = forecast(goal, [CheckIn(date(2026, 2, 20), 31.0)])
    assert found is not None
    assert found.words == "At this pace: 62 % by the due date."


def test_a_decreasing_goal_arrives_from_above() -> None:
    """From 40 to 10, 31 after thirty days: 0.3 a day, seventy more."""
    goal = replace(GOAL, measure=Measure.DECREASE, baseline=40, target=10)
    found = forecast(goal, [CheckIn(date(2026, 1, 31), 31.0)])
    assert found is not None
    assert found.arrives == date(2026, 4, 11)
    assert found.value == pytest.approx(31 - 0.3 * 59)


def test_the_cone_is_the_published_interval_for_a_random_walk_with_drift() -> None:
    """Steps of equal length, against the textbook's formula: s * sqrt(h (1 + h / T)), in units of a step."""
    values = [23.0, 25.0, 30.0, 31.0]
    ins = [CheckIn(date(2026, 1, 1) + timedelta(days=10 * (place + 1)), each) for place, each in enumerate(values)]
    goal = replace(GOAL, due=date(2026, 1, 1) + timedelta(days=70))
    steps = np.diff([20.0, *values])
    spread = np.sqrt(np.sum((steps - steps.mean()) ** 2) / (len(steps) - 1))
    half = NormalDist().inv_cdf(0.9) * spread * math.sqrt(3 * (1 + 3 / 4))
    found = forecast(goal, ins)
    assert found is not None and found.low is not None and found.high is not None
    assert found.value == pytest.approx(31 + 3 * steps.mean())
    assert (found.low, found.high) == (pytest.approx(found.value - half), pytest.approx(found.value + half))
    assert pytest.approx(NormalDist().inv_cdf(0.9)) == EIGHTY
    assert "random walk with drift" in ORIGIN


def test_even_steps_have_a_cone_without_width() -> None:
    """However the days between them differ."""
    days = (7, 21, 28, 50)
    ins = [CheckIn(date(2026, 1, 1) + timedelta(days=each), 20 + each / 10) for each in days]
    found = forecast(GOAL, ins)
    assert found is not None and found.low is not None and found.high is not None
    assert found.high - found.low == pytest.approx(0, abs=1e-9)


def test_what_does_not_come_nearer_never_arrives() -> None:
    """Standing still, going away, or so slow that nobody would wait for it."""
    for value in (20.0, 18.0, 20.0001):
        found = forecast(GOAL, [CheckIn(date(2026, 2, 15), value)])
        assert found is not None
        assert found.arrives is found.due_on_pace is None
    assert "no progress" in (forecast(GOAL, [CheckIn(date(2026, 2, 15), 18.0)]) or found).words


def test_what_is_reached_has_arrived() -> None:
    """On the day of the value that reached it."""
    found = forecast(GOAL, [CheckIn(date(2026, 2, 15), 51.0)])
    assert found is not None
    assert found.arrives == date(2026, 2, 15)


def test_nothing_is_forecast_from_nothing() -> None:
    """No numbers, no days, a zero range, nothing that moves, no value after the start, or none before the end."""
    ins = [CheckIn(date(2026, 2, 15), 26.0)]
    for goal in (
        replace(GOAL, baseline=None),
        replace(GOAL, target=None),
        replace(GOAL, target=20),
        replace(GOAL, start=None),
        replace(GOAL, due=None),
        replace(GOAL, due=date(2026, 1, 1)),
        replace(GOAL, measure=Measure.STAY_ABOVE),
        replace(GOAL, measure=Measure.RANGE),
    ):
        assert forecast(goal, ins) is None
    assert forecast(GOAL, []) is None
    assert forecast(GOAL, [CheckIn(date(2026, 2, 15), None, 5)]) is None
    assert forecast(GOAL, [CheckIn(date(2026, 1, 1), 26.0)]) is None
    assert forecast(GOAL, [CheckIn(date(2026, 3, 31), 26.0)]) is None


@given(
    values=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=8),
    target=st.floats(-1e6, 1e6),
    span=st.integers(70, 400),
)
def test_terms_on_pace_are_on_pace(values: list[float], target: float, span: int) -> None:
    """With the target or the date that is proposed, the same pace arrives on the due day; the cone holds the value."""
    goal = replace(GOAL, target=target, due=date(2026, 1, 1) + timedelta(days=span))
    ins = [CheckIn(date(2026, 1, 1) + timedelta(days=7 * (place + 1)), each) for place, each in enumerate(values)]
    found = forecast(goal, ins)
    if target == 20:
        assert found is None
        return
    assert found is not None
    if found.low is not None and found.high is not None:
        assert found.low <= found.value <= found.high
    if found.value != 20:
        again = forecast(replace(goal, target=found.target_on_pace), ins)
        assert again is not None
        assert again.share == pytest.approx(1.0)
    if found.due_on_pace is not None and found.due_on_pace > found.since:
        longer = forecast(replace(goal, due=found.due_on_pace), ins)
        assert longer is not None
        assert longer.share >= 1 - 1e-6
