"""Progress: published oracles, hand tables, a naive implementation, and what holds for any goal."""

import math
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.goals.goal import Ambition, CheckIn, Goal, Kind, Measure, Milestone, Pace, direction_of
from core.goals.progress import (
    Band,
    Standing,
    band,
    elapsed,
    expected,
    gap,
    healthy,
    latest_of,
    milestones_done,
    milestones_expected,
    okr_score,
    progress,
    run_rate,
    standing,
    value_progress,
    weakest,
    weighted_mean,
)
from core.policy import GoalRules

RULES = GoalRules()
GOAL = Goal(
    1,
    "Bring more teams on",
    Kind.KEY_RESULT,
    Measure.INCREASE,
    unit="teams",
    baseline=20.0,
    target=50.0,
    start=date(2026, 1, 1),
    due=date(2026, 3, 31),
)
NUMBER = st.floats(-1e9, 1e9)
DAY = st.dates(date(2020, 1, 1), date(2030, 12, 31))


# --- the published cases -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "current", "expects", "has", "behind"),
    [
        (date(2026, 2, 15), 26.0, 0.505618, 0.2, 0.305618),
        (date(2026, 3, 20), 38.0, 0.876404, 0.6, 0.276404),
    ],
)
def test_expected_progress_and_gap_are_those_of_the_oracle(
    today: date, current: float, expects: float, has: float, behind: float
) -> None:
    """January to March, from 20 to 50: to six digits."""
    e, p = expected(GOAL, today), progress(GOAL, current)
    assert e is not None and p is not None
    assert (round(e, 6), round(p, 6), round(gap(e, p) or 0, 6)) == (expects, has, behind)


def test_the_ratio_of_progress_to_time_is_that_of_the_oracle() -> None:
    """0.6 of the way when 0.876404 of the time has passed."""
    e, p = expected(GOAL, date(2026, 3, 20)), progress(GOAL, 38.0)
    assert e and p
    assert round(p / e, 6) == 0.684615


def test_the_needed_pace_is_that_of_the_oracle() -> None:
    """0.545455 a day against 0.133333 so far."""
    today = date(2026, 2, 15)
    assert GOAL.start and GOAL.due
    needed, so_far = (50 - 26) / (GOAL.due - today).days, (26 - 20) / (today - GOAL.start).days
    assert (round(needed, 6), round(so_far, 6)) == (0.545455, 0.133333)
    assert round(run_rate(GOAL, progress(GOAL, 26.0), today) or 0, 4) == 4.0909 == round(needed / so_far, 4)


def test_a_decreasing_goal_comes_along_as_the_oracle_says() -> None:
    """From 40 down to 10, at 31."""
    assert value_progress(Measure.DECREASE, 40, 10, 31) == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("scores", "published"),
    [
        ([0.0, 0.0, 0.0, 0.5, 1.0], 0.30),
        ([0.24, 0.40, 0.05, 0.95, None], 0.41),  # the fifth was never graded
        ([1.0, 0.75, 0.5], 0.75),
        ([1.0, 0.66, 1.0, 0.14, 0.5], 0.66),
    ],
)
def test_scores_of_real_objectives_are_the_published_totals(scores: list[float | None], published: float) -> None:
    """Four objectives of 2019, graded by the company itself: the mean over what was graded."""
    assert round(okr_score(scores) or 0, 2) == published


# --- tables by hand ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "linear", "back_loaded"),
    [
        (date(2025, 12, 31), 0.0, 0.0),
        (date(2026, 1, 1), 0.0, 0.0),
        (date(2026, 1, 11), 0.1, 0.01),
        (date(2026, 2, 20), 0.5, 0.25),
        (date(2026, 4, 11), 1.0, 1.0),
        (date(2026, 6, 1), 1.0, 1.0),
    ],
)
def test_pace_profiles(today: date, linear: float, back_loaded: float) -> None:
    """A hundred days: evenly, or the square of it."""
    goal = replace(GOAL, due=date(2026, 4, 11))
    assert expected(goal, today) == pytest.approx(linear)
    assert expected(replace(goal, pace=Pace.BACK_LOADED), today) == pytest.approx(back_loaded)


def test_milestones_are_expected_as_they_fall_due_and_counted_by_weight() -> None:
    """Weights 1, 1, 2: due days count the day itself; what is done counts whenever it was."""
    steps = (
        Milestone("Draft", date(2026, 1, 31), date(2026, 1, 20)),
        Milestone("Trial", date(2026, 2, 28)),
        Milestone("Launch", date(2026, 3, 31), weight=2.0),
    )
    goal = replace(GOAL, measure=Measure.MILESTONES, pace=Pace.MILESTONES, milestones=steps)
    days = [date(2026, 1, 30), date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 30), date(2026, 3, 31)]
    assert [expected(goal, day) for day in days] == [0.0, 0.25, 0.5, 0.5, 1.0]
    assert progress(goal, None) == 0.25
    assert run_rate(goal, 0.25, date(2026, 2, 15)) == pytest.approx((0.75 / 44) / (0.25 / 45))


@pytest.mark.parametrize(
    ("measure", "baseline", "target", "current", "has"),
    [
        (Measure.INCREASE, 20, 50, 20, 0.0),
        (Measure.INCREASE, 20, 50, 65, 1.5),
        (Measure.INCREASE, 20, 50, 14, -0.2),
        (Measure.DECREASE, 40, 10, 46, -0.2),
        (Measure.REACH, -10, 10, 5, 0.75),
        (Measure.REACH, 10, -10, 5, 0.25),
        (Measure.REACH, 0, 1e-9, 5e-10, 0.5),
        (Measure.STAY_ABOVE, None, 99.5, 99.5, 1.0),
        (Measure.STAY_ABOVE, None, 99.5, 99.4, 0.0),
        (Measure.STAY_BELOW, 8, 5, 5, 1.0),
        (Measure.STAY_BELOW, 8, 5, 5.1, 0.0),
    ],
)
def test_progress_by_measure(
    measure: Measure, baseline: float | None, target: float, current: float, has: float
) -> None:
    """Not clipped; a line counts as held on the line."""
    assert value_progress(measure, baseline, target, current) == pytest.approx(has)


@pytest.mark.parametrize(
    ("measure", "baseline", "target", "current"),
    [
        (Measure.INCREASE, None, 50, 26),
        (Measure.INCREASE, 20, None, 26),
        (Measure.INCREASE, 20, 50, None),
        (Measure.INCREASE, 20, 20, 20),  # target equal to baseline
        (Measure.REACH, 5, 5, 7),
        (Measure.STAY_ABOVE, None, None, 3),
        (Measure.STAY_BELOW, None, 5, None),
        (Measure.RANGE, 1, 2, 1.5),
        (Measure.NONE, 1, 2, 1.5),
        (Measure.INCREASE, -1e308, 1e308, 1e308),  # a range beyond what numbers hold
    ],
)
def test_what_cannot_be_known_is_nothing_and_never_zero(
    measure: Measure, baseline: float | None, target: float | None, current: float | None
) -> None:
    """Missing numbers, a zero range, measures without progress."""
    assert value_progress(measure, baseline, target, current) is None


def test_without_a_span_of_days_nothing_is_expected() -> None:
    """Days missing, due on or before the first day, milestones without a day, a KPI."""
    day = date(2026, 2, 1)
    assert GOAL.start
    for goal in (
        replace(GOAL, start=None),
        replace(GOAL, due=None),
        replace(GOAL, due=GOAL.start),
        replace(GOAL, due=GOAL.start - timedelta(days=1)),
        replace(GOAL, pace=Pace.MILESTONES),
        replace(GOAL, pace=Pace.MILESTONES, milestones=(Milestone("One"),)),
        replace(GOAL, measure=Measure.RANGE),
    ):
        assert expected(goal, day) is None
        assert standing(expected(goal, day), 0.0, RULES) is None
        assert gap(expected(goal, day), 0.0) is None
    assert gap(0.5, None) is None


def test_no_multiple_is_told_where_there_is_none() -> None:
    """No progress, progress the wrong way, nothing known, no days left, none elapsed, nothing that moves."""
    day = date(2026, 2, 15)
    assert GOAL.start and GOAL.due
    assert run_rate(GOAL, 0.0, day) is run_rate(GOAL, -0.1, day) is run_rate(GOAL, None, day) is None
    assert run_rate(GOAL, 0.2, GOAL.due) is run_rate(GOAL, 0.2, GOAL.start) is None
    assert run_rate(replace(GOAL, due=None), 0.2, day) is None
    assert run_rate(replace(GOAL, measure=Measure.STAY_ABOVE), 1.0, day) is None
    assert (run_rate(GOAL, 1.2, day) or 0) < 0


@pytest.mark.parametrize(
    ("expects", "has", "found"),
    [
        (0.5, 0.5, Standing.ON_TRACK),
        (0.5, 0.336, Standing.ON_TRACK),
        (0.5, 0.335, Standing.BEHIND),
        (0.5, 0.171, Standing.BEHIND),
        (0.5, 0.17, Standing.AT_RISK),
        (0.19, 0.0, Standing.ON_TRACK),  # too early to judge
        (0.20, 0.0, Standing.BEHIND),
        (None, 0.0, None),
        (0.5, None, None),
    ],
)
def test_standing_at_and_around_its_thresholds(
    expects: float | None, has: float | None, found: Standing | None
) -> None:
    """A gap of 0.165 is behind, of 0.33 at risk, from expected progress of 0.2 on."""
    assert standing(expects, has, RULES) is found


def test_an_objective_is_as_well_as_its_weakest_key_result() -> None:
    """Blank ones say nothing."""
    assert weakest([Standing.ON_TRACK, Standing.AT_RISK, None, Standing.BEHIND]) is Standing.AT_RISK
    assert weakest([None, Standing.ON_TRACK]) is Standing.ON_TRACK
    assert weakest([None]) is weakest([]) is None


def test_a_blank_key_result_is_not_zero() -> None:
    """It is left out with its weight; what went beyond counts as all of it, what went back as nothing of it."""
    assert weighted_mean([(0.5, 1.0), (None, 5.0), (1.0, 1.0)]) == 0.75
    assert weighted_mean([(0.4, 3.0), (0.8, 1.0)]) == pytest.approx(0.5)
    assert weighted_mean([(1.7, 1.0), (-0.5, 1.0)]) == 0.5
    assert weighted_mean([(None, 1.0)]) is weighted_mean([]) is None
    assert weighted_mean([(0.5, 0.0)]) is None  # nothing weighs anything


@pytest.mark.parametrize(
    ("score", "aspirational", "committed"),
    [
        (1.0, Band.GREEN, Band.GREEN),
        (0.99, Band.GREEN, Band.YELLOW),
        (0.7, Band.GREEN, Band.YELLOW),
        (0.69, Band.YELLOW, Band.RED),
        (0.4, Band.YELLOW, Band.RED),
        (0.39, Band.RED, Band.RED),
        (0.0, Band.RED, Band.RED),
        (None, None, None),
    ],
)
def test_colours_of_scores(score: float | None, aspirational: Band | None, committed: Band | None) -> None:
    """A stretch is well met at 0.7; a promise is kept in full or it is not."""
    assert band(score, Ambition.ASPIRATIONAL, RULES) is aspirational
    assert band(score, Ambition.COMMITTED, RULES) is committed


def test_a_kpi_is_healthy_or_outside() -> None:
    """Ends belong to the range; one end may be open; no value and no range say nothing."""
    assert [healthy(each, 2, 4) for each in (1.99, 2, 3, 4, 4.01)] == [False, True, True, True, False]
    assert healthy(5, 2, None) is healthy(-5, None, 2) is True
    assert healthy(None, 2, 4) is healthy(3, None, None) is None


def test_the_newest_value_is_the_newest_that_was_given() -> None:
    """A check-in without a value leaves the one before in force; one that says nothing at all says that there is none."""
    ins = [CheckIn(date(2026, 1, 5), 21.0), CheckIn(date(2026, 1, 12), 23.0), CheckIn(date(2026, 1, 19), None, 7)]
    assert latest_of(ins).value == latest_of([*ins, CheckIn(date(2026, 1, 26), note="On its way")]).value == 23.0
    assert latest_of([*ins, CheckIn(date(2026, 1, 26))]).value is None
    assert latest_of([*ins, CheckIn(date(2026, 1, 26)), CheckIn(date(2026, 2, 2), 22.0)]).value == 22.0
    assert latest_of(ins[2:]).value is latest_of([]).value is None


def test_directions() -> None:
    """More is better, less is, or neither can be said."""
    assert direction_of(Measure.INCREASE, None, None) == direction_of(Measure.STAY_ABOVE, None, 3) == 1
    assert direction_of(Measure.DECREASE, None, None) == direction_of(Measure.STAY_BELOW, None, 3) == -1
    assert direction_of(Measure.REACH, 1, 3) == 1
    assert direction_of(Measure.REACH, 3, 1) == -1
    for ends in ((None, 1), (1, None), (2, 2)):
        assert direction_of(Measure.REACH, *ends) == 0
    assert direction_of(Measure.RANGE, 1, 2) == direction_of(Measure.MILESTONES, None, None) == 0


# --- what holds for any goal ---------------------------------------------------------------------------------------


@given(baseline=NUMBER, target=NUMBER, current=NUMBER)
def test_progress_is_what_exact_arithmetic_says(baseline: float, target: float, current: float) -> None:
    """Against fractions; nothing exactly when the range is zero."""
    found = value_progress(Measure.REACH, baseline, target, current)
    if baseline == target:
        assert found is None
        return
    exact = (Fraction(current) - Fraction(baseline)) / (Fraction(target) - Fraction(baseline))
    if found is None:
        assert abs(exact) > Fraction(10) ** 300
    else:
        assert math.isclose(found, float(exact), rel_tol=1e-9, abs_tol=1e-9)


@given(baseline=NUMBER, target=NUMBER, current=NUMBER)
def test_a_decreasing_goal_is_an_increasing_one_in_the_mirror(baseline: float, target: float, current: float) -> None:
    """Turning all signs round changes nothing."""
    assert value_progress(Measure.DECREASE, baseline, target, current) == value_progress(
        Measure.INCREASE, -baseline, -target, -current
    )


@given(baseline=st.integers(-1000, 1000), way=st.integers(1, 1000), shift=st.integers(-1000, 1000))
def test_progress_is_nothing_at_the_baseline_and_all_at_the_target(baseline: int, way: int, shift: int) -> None:
    """Both ways, wherever zero lies."""
    for target in (baseline + way, baseline - way):
        assert value_progress(Measure.REACH, baseline, target, baseline) == 0
        assert value_progress(Measure.REACH, baseline, target, target) == 1
        moved = value_progress(Measure.REACH, baseline + shift, target + shift, baseline + shift + 3)
        assert moved == value_progress(Measure.REACH, baseline, target, baseline + 3)


@given(
    missing=st.sampled_from(["baseline", "target", "current"]),
    numbers=st.tuples(NUMBER, NUMBER, NUMBER),
    measure=st.sampled_from([Measure.REACH, Measure.INCREASE, Measure.DECREASE]),
)
def test_a_missing_number_is_never_zero(missing: str, numbers: tuple[float, float, float], measure: Measure) -> None:
    """Whatever the others are."""
    given_ones: dict[str, float | None] = dict(zip(("baseline", "target", "current"), numbers, strict=True))
    given_ones[missing] = None
    assert value_progress(measure, given_ones["baseline"], given_ones["target"], given_ones["current"]) is None


@given(start=DAY, span=st.integers(1, 2000), days=st.lists(st.integers(-100, 2500), min_size=2, max_size=2))
def test_expectations_only_rise(start: date, span: int, days: list[int]) -> None:
    """Within [0, 1], never falling, back-loaded never ahead of linear."""
    due = start + timedelta(days=span)
    early, late = (start + timedelta(days=each) for each in sorted(days))
    before, after = elapsed(start, due, early), elapsed(start, due, late)
    assert before is not None and after is not None
    assert 0 <= before <= after <= 1
    goal = replace(GOAL, start=start, due=due, pace=Pace.BACK_LOADED)
    assert (expected(goal, early) or 0) <= before


@given(st.lists(st.tuples(st.one_of(st.none(), st.floats(-2, 3)), st.floats(0.1, 9)), max_size=8))
def test_the_mean_of_an_objective_is_that_of_a_loop(parts: list[tuple[float | None, float]]) -> None:
    """Against counting by hand; a blank one more changes nothing; the order does not matter."""
    above = below = 0.0
    for value, weight in parts:
        if value is not None:
            above += (0.0 if value < 0 else 1.0 if value > 1 else value) * weight
            below += weight
    found = weighted_mean(parts)
    if below == 0:
        assert found is None
    else:
        assert found == pytest.approx(above / below)
        assert found == weighted_mean([*parts, (None, 3.0)])
        assert found == pytest.approx(weighted_mean(parts[::-1]))


@given(
    st.lists(
        st.builds(
            Milestone,
            title=st.just("m"),
            due=st.one_of(st.none(), DAY),
            done_on=st.one_of(st.none(), DAY),
            weight=st.floats(0.1, 10),
        ),
        max_size=6,
    ),
    DAY,
)
def test_shares_of_milestones_stay_shares(steps: list[Milestone], today: date) -> None:
    """Between nothing and all; nothing to say without any, or (for what is expected) without every day."""
    done, due = milestones_done(steps), milestones_expected(steps, today)
    assert (done is None) == (not steps)
    assert (due is None) == (not steps or any(each.due is None for each in steps))
    for share in (done, due):
        assert share is None or -1e-9 <= share <= 1 + 1e-9
