"""Control limits and the swing of people's own weeks: oracles, loops, and what must not matter."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.workload.measures import p_chart_limits, within_person_swing, xmr_limits

NAN = float("nan")
numbers = st.integers(-400, 400).map(lambda tenths: tenths / 4)
series = st.lists(st.one_of(st.just(NAN), numbers), max_size=8)


def close(found: float, expected: float) -> bool:
    """Equal to nine digits; NaN equals NaN."""
    return (math.isnan(found) and math.isnan(expected)) or math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9)


def naive_xmr(values: list[float]) -> tuple[float, float]:
    """Centre and mean moving range; a range needs two known neighbours."""
    known = [x for x in values if not math.isnan(x)]
    ranges = []
    for place in range(1, len(values)):
        step = abs(values[place] - values[place - 1])
        if not math.isnan(step):
            ranges.append(step)
    return (
        sum(known) / len(known) if known else NAN,
        sum(ranges) / len(ranges) if ranges else NAN,
    )


def test_w6_limits_of_a_share_of_fifty() -> None:
    """W6: p = 0.08, n = 50: upper limit 0.195100, lower limit 0."""
    limits = p_chart_limits(0.08, 50)
    assert (round(limits.upper, 6), limits.lower, limits.centre) == (0.1951, 0.0, 0.08)
    assert math.isnan(limits.moving_range)


@given(st.integers(0, 100), st.integers(1, 400))
def test_limits_of_a_share_are_three_binomial_deviations_within_nought_and_one(percent: int, n: int) -> None:
    """The same from the variance of a count; turning the share round turns the limits round."""
    share = percent / 100
    deviation = math.sqrt(n * share * (1 - share)) / n
    limits, turned = p_chart_limits(share, n), p_chart_limits(1 - share, n)
    assert close(limits.upper, min(1.0, share + 3 * deviation))
    assert close(limits.lower, max(0.0, share - 3 * deviation))
    assert close(turned.lower, 1 - limits.upper)
    assert close(turned.upper, 1 - limits.lower)


def test_a_share_of_nobody_has_no_limits() -> None:
    """n = 0: NaN, not a division by zero."""
    limits = p_chart_limits(0.5, 0)
    assert math.isnan(limits.lower)
    assert math.isnan(limits.upper)


def test_w7_limits_of_a_short_series() -> None:
    """W7: 50, 52, 49, 51, 53, 50: mean 50.8333, moving range 2.4, limits 44.4493 and 57.2173."""
    limits = xmr_limits([50, 52, 49, 51, 53, 50])
    assert round(limits.centre, 4) == 50.8333
    assert round(limits.moving_range, 4) == 2.4
    assert (round(limits.lower, 4), round(limits.upper, 4)) == (44.4493, 57.2173)


@given(series)
def test_limits_of_a_series_agree_with_loops(values: list[float]) -> None:
    """Mean and moving range by loops; 2.66 of the latter on either side."""
    centre, moving = naive_xmr(values)
    limits = xmr_limits(values)
    assert close(limits.centre, centre)
    assert close(limits.moving_range, moving)
    assert close(limits.lower, centre - 2.66 * moving)
    assert close(limits.upper, centre + 2.66 * moving)


@given(series, numbers)
def test_limits_move_with_the_series_and_do_not_care_for_its_direction(values: list[float], by: float) -> None:
    """Shifting shifts, doubling doubles, reversing changes nothing; NaN at the ends changes nothing."""
    limits = xmr_limits(values)
    assert close(xmr_limits([x + by for x in values]).upper, limits.upper + by)
    assert close(xmr_limits([x + by for x in values]).moving_range, limits.moving_range)
    assert close(xmr_limits([2 * x for x in values]).lower, 2 * limits.lower)
    assert close(xmr_limits(values[::-1]).upper, limits.upper)
    assert close(xmr_limits([NAN, *values, NAN]).lower, limits.lower)


def test_a_hidden_week_breaks_the_line() -> None:
    """No moving range is taken across a gap: 10, 11, nothing, 30, 31 has steps of 1 only."""
    assert xmr_limits([10, 11, NAN, 30, 31]).moving_range == 1.0
    assert math.isnan(xmr_limits([10, NAN, 11]).upper)


@pytest.mark.parametrize("values", [[], [NAN], [NAN, NAN]])
def test_a_series_without_values_has_nothing(values: list[float]) -> None:
    """Centre and limits are NaN."""
    limits = xmr_limits(values)
    assert all(math.isnan(x) for x in (limits.centre, limits.lower, limits.upper, limits.moving_range))


def test_a_single_value_has_a_centre_and_no_limits() -> None:
    """One week is no swing."""
    limits = xmr_limits([7.0])
    assert limits.centre == 7.0
    assert math.isnan(limits.upper)


# --- the swing of people's own weeks -------------------------------------------------------------------------------


def naive_swing(people: list[list[float]]) -> tuple[float, int]:
    """Squared steps of each person, pooled."""
    squares, counted = [], 0
    for weeks in people:
        own = []
        for place in range(1, len(weeks)):
            step = weeks[place] - weeks[place - 1]
            if not math.isnan(step):
                own.append(step * step)
        squares += own
        counted += bool(own)
    return (math.sqrt(sum(squares) / len(squares) / 2) if squares else NAN), counted


panels = st.integers(0, 6).flatmap(
    lambda weeks: st.lists(
        st.lists(st.one_of(st.just(NAN), numbers), min_size=weeks, max_size=weeks), min_size=1, max_size=5
    )
)


def test_swing_by_hand() -> None:
    """Steps of 3 and 4 of one person, none of another: the root of (9 + 16) / 2 / 2, resting on one person."""
    swing, people = within_person_swing([[0.0, 3.0, 7.0], [5.0, NAN, 5.0]])
    assert swing == pytest.approx(2.5)
    assert people == 1


@given(panels)
def test_swing_agrees_with_loops(people: list[list[float]]) -> None:
    """The same numbers, person by person and week by week."""
    found, counted = within_person_swing(people)
    expected, of = naive_swing(people)
    assert close(found, expected)
    assert counted == of


@given(panels, numbers)
def test_what_people_differ_by_is_not_their_own_swing(people: list[list[float]], by: float) -> None:
    """Adding a constant to one person, or putting people into another order, changes nothing."""
    found, counted = within_person_swing(people)
    moved = [[x + by for x in people[0]], *people[1:]]
    for other in (moved, people[::-1]):
        again, of = within_person_swing(other)
        assert close(again, found)
        assert of == counted


def test_the_swing_of_independent_weeks_is_their_deviation() -> None:
    """Weeks drawn with deviation 3 round people's own levels have a swing of about 3."""
    rng = np.random.default_rng(5)
    levels = rng.uniform(10, 60, size=(300, 1))
    swing, people = within_person_swing(levels + 3 * rng.standard_normal((300, 26)))
    assert swing == pytest.approx(3.0, rel=0.03)
    assert people == 300


def test_nobody_has_no_swing() -> None:
    """No people, or nobody with two neighbouring weeks: (NaN, 0)."""
    for panel in np.empty((0, 4)), [[1.0]], [[1.0, NAN, 2.0]]:
        swing, people = within_person_swing(panel)
        assert math.isnan(swing)
        assert people == 0
