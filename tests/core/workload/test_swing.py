"""A unit against its own history: limits by hand, by loops and by the oracle; what the shown weeks say against them."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from math import isclose, isnan

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.workload.measures.limits import Limits
from core.workload.swing import BASELINE_WEEKS, LEAST_SHOWN, Swing, beyond, read, usual_swing

FIRST = date(2026, 3, 2)
NAN = float("nan")
W7 = [50.0, 52.0, 49.0, 51.0, 53.0, 50.0]
numbers = st.integers(-400, 400).map(lambda tenths: tenths / 4)
windows = st.lists(st.one_of(st.just(NAN), numbers, numbers), min_size=BASELINE_WEEKS, max_size=BASELINE_WEEKS)


def history(values: Sequence[float], first: date = FIRST) -> pd.Series:
    """Values of the weeks that end before `first`, oldest first; a week without a value is absent."""
    weeks = [first - timedelta(weeks=len(values) - i) for i in range(len(values))]
    known = {week: value for week, value in zip(weeks, values, strict=True) if not isnan(value)}
    return pd.Series(list(known.values()), index=list(known), dtype=float)


def limits(values: Sequence[float]) -> Limits | None:
    """The limits that the weeks before give."""
    return usual_swing(history(values), FIRST).limits


def by_loops(values: Sequence[float]) -> tuple[float, float] | None:
    """Lower and upper limit, step by step; None with fewer than 12 shown or no two neighbours."""
    known = [value for value in values if not isnan(value)]
    steps = []
    before = NAN
    for value in values:
        if not isnan(value) and not isnan(before):
            steps.append(abs(value - before))
        before = value
    if len(known) < 12 or not steps:
        return None
    centre, half = sum(known) / len(known), 2.66 * sum(steps) / len(steps)
    return centre - half, centre + half


# --- limits --------------------------------------------------------------------------------------------------------


def test_w7_seen_twice_with_a_gap_between_gives_its_limits() -> None:
    """W7: 50, 52, 49, 51, 53, 50 has limits 44.4493 and 57.2173; no step is taken across the hidden week."""
    found = limits([*W7, NAN, *W7])
    assert found is not None
    assert (round(found.lower, 4), round(found.upper, 4)) == (44.4493, 57.2173)


def test_limits_by_hand_over_a_gap() -> None:
    """Six weeks at 10 and 12 in turn, a gap, six at 20 and 22: mean 16, steps of 2 only, so 16 - 5.32 and 16 + 5.32."""
    found = limits([10, 12, 10, 12, 10, 12, NAN, 20, 22, 20, 22, 20, 22])
    assert found is not None
    assert (round(found.lower, 6), round(found.upper, 6)) == (10.68, 21.32)


@pytest.mark.parametrize(("shown", "has_limits"), [(0, False), (11, False), (12, True), (13, True), (26, True)])
def test_twelve_shown_weeks_are_enough_and_eleven_are_not(shown: int, has_limits: bool) -> None:
    """Of the 26 weeks before at least 12."""
    swing = usual_swing(history([1.0, 1.1] * (shown // 2) + [1.0] * (shown % 2)), FIRST)
    assert swing.shown == shown
    assert (swing.limits is not None) == has_limits
    assert LEAST_SHOWN == 12


def test_weeks_of_which_no_two_are_neighbours_have_no_swing() -> None:
    """Every other week shown: 13 weeks, and not one step between them."""
    swing = usual_swing(history([1.0, NAN] * 13), FIRST)
    assert (swing.shown, swing.limits) == (13, None)


def test_the_window_is_the_26_weeks_before_the_first_shown_one() -> None:
    """Half open: the first shown week is not in it, the one 26 weeks before is, the one before that is not."""
    swing = usual_swing(history([7.0]), FIRST)
    assert (swing.first, swing.end) == (FIRST - timedelta(weeks=26), FIRST)
    assert swing.shown == 1
    for ago, counted in ((26, 1), (27, 0), (0, 0), (-1, 0)):
        assert usual_swing(pd.Series([7.0], index=[FIRST - timedelta(weeks=ago)]), FIRST).shown == counted


def test_no_history_at_all_is_no_error() -> None:
    """An empty series has no limits."""
    assert usual_swing(pd.Series([], dtype=float), FIRST).limits is None


@given(windows)
def test_limits_agree_with_loops(values: list[float]) -> None:
    """The same limits, or none at the same places."""
    found, expected = limits(values), by_loops(values)
    assert (found is None) == (expected is None)
    if found and expected:
        assert isclose(found.lower, expected[0], abs_tol=1e-9)
        assert isclose(found.upper, expected[1], abs_tol=1e-9)


@given(windows, st.lists(numbers, max_size=8), st.lists(numbers, max_size=8), st.randoms(use_true_random=False))
def test_weeks_outside_the_window_do_not_matter(
    values: list[float], earlier: list[float], shown: list[float], luck: random.Random
) -> None:
    """Neither older weeks, in any order, nor the shown ones, however high, move the limits."""
    mixed = luck.sample(earlier, len(earlier))
    later = pd.Series(shown, index=[FIRST + timedelta(weeks=i) for i in range(len(shown))], dtype=float)
    for before in (earlier, mixed):
        whole = pd.concat([history([*before, *values]), later])
        assert usual_swing(whole, FIRST) == usual_swing(history(values), FIRST)


@given(windows, numbers)
def test_a_constant_moves_the_limits_and_doubling_doubles_them(values: list[float], by: float) -> None:
    """Shifting shifts both limits; the swing itself stays."""
    found = limits(values)
    assume(found is not None)
    assert found is not None
    moved, doubled = limits([value + by for value in values]), limits([2 * value for value in values])
    assert moved is not None
    assert doubled is not None
    assert isclose(moved.lower, found.lower + by, abs_tol=1e-9)
    assert isclose(moved.upper, found.upper + by, abs_tol=1e-9)
    assert isclose(doubled.upper, 2 * found.upper, abs_tol=1e-9)


# --- the verdict ---------------------------------------------------------------------------------------------------

SWING = Swing(Limits(1.0, 0.9, 1.1, 0.0376), 26, FIRST - timedelta(weeks=26), FIRST)


def test_a_value_on_a_limit_is_within() -> None:
    """Beyond means beyond; nothing shown is not beyond."""
    assert SWING.limits is not None
    values = [1.1, 1.1 + 1e-6, 0.9, 0.9 - 1e-6, 1.0, NAN]
    assert [beyond(value, SWING.limits) for value in values] == [0, 1, 0, -1, 0, 0]


@pytest.mark.parametrize(
    ("shown", "strain", "word", "tone", "direction", "weeks"),
    [
        ([1.0, 1.0], "higher", "usual swing", "usual", "", 0),
        ([1.2], "higher", "beyond usual swing", "over", "up", 1),
        ([1.0, 1.2, 1.3], "higher", "beyond usual swing", "over", "up", 2),
        ([1.2, NAN, 1.3, NAN], "higher", "beyond usual swing", "over", "up", 2),  # hidden neither counts nor resets
        ([1.2, 1.0, 1.3], "higher", "beyond usual swing", "over", "up", 1),
        ([1.2, 0.8], "higher", "improved", "improved", "down", 1),
        ([1.2], "lower", "improved", "improved", "up", 1),
        ([0.8, 0.8], "lower", "beyond usual swing", "over", "down", 2),
        ([1.2], "", "beyond usual swing", "beyond", "up", 1),
        ([0.8], "", "beyond usual swing", "beyond", "down", 1),
        ([1.2] * 4 + [1.0] * 4, "higher", "improved", "improved", "down", 0),
        ([1.2] * 4 + [1.0] * 3, "higher", "usual swing", "usual", "", 0),
        ([1.2] * 3 + [1.0] * 4, "higher", "usual swing", "usual", "", 0),
        ([0.8] * 4 + [1.0] * 4, "lower", "improved", "improved", "up", 0),
        ([1.2] * 4 + [1.0] * 4, "", "usual swing", "usual", "", 0),
        ([NAN, NAN], "higher", "too little history", "unknown", "", 0),
        ([], "higher", "too little history", "unknown", "", 0),
    ],
)
def test_verdicts_by_hand(shown: list[float], strain: str, word: str, tone: str, direction: str, weeks: int) -> None:
    """Limits 0.9 and 1.1: the newest shown week decides, and strain says which side is the bad one."""
    found = read(shown, SWING, strain)
    assert (found.word, found.tone, found.direction, found.weeks) == (word, tone, direction, weeks)


def test_without_limits_nothing_is_beyond() -> None:
    """Too little history, however high the weeks are."""
    assert read([9.0, 9.0], Swing(None, 11, FIRST, FIRST), "higher").word == "too little history"


@given(st.lists(st.one_of(st.just(NAN), st.sampled_from([0.8, 1.0, 1.2])), max_size=14))
def test_turning_values_and_strain_round_turns_the_verdict_round(shown: list[float]) -> None:
    """Mirrored at the centre with the other side bad: the same word and weeks, the other direction; gaps change nothing."""
    found, turned = read(shown, SWING, "higher"), read([2.0 - value for value in shown], SWING, "lower")
    assert (turned.word, turned.tone, turned.weeks) == (found.word, found.tone, found.weeks)
    assert turned.direction == {"up": "down", "down": "up", "": ""}[found.direction]
    assert read([value for value in shown if not isnan(value)], SWING, "higher") == found
