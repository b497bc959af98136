"""Sustained load by person and week: oracles, the rules read aloud in loops, and what must not matter."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.workload.measures import ewma, long_gap, sl1, sl2, sl3, sl4

NAN = float("nan")
WEEKS = st.integers(0, 40)
Panel = tuple[np.ndarray, np.ndarray]


SEEDS = st.integers(0, 2**32 - 1)  # the cells come from a seeded generator: drawing forty of them one by one is slow


@st.composite
def panels(draw: st.DrawFn) -> Panel:
    """Loads round 1.10 and which weeks are complete: one to three people, up to forty weeks."""
    shape = draw(st.integers(1, 3)), draw(WEEKS)
    rng = np.random.default_rng(draw(SEEDS))
    load = rng.integers(90, 131, shape) / 100
    load[rng.random(shape) < 0.1] = NAN
    return load, rng.random(shape) < draw(st.sampled_from([0.2, 0.8, 1.0]))


@st.composite
def hours(draw: st.DrawFn) -> np.ndarray:
    """Worked hours round 48 and 55: one to three people, up to twelve weeks."""
    shape = draw(st.integers(1, 3)), draw(st.integers(0, 12))
    return np.random.default_rng(draw(SEEDS)).choice([NAN, 40.0, 47.75, 48.0, 50.0, 54.75, 55.0, 60.0], shape)


def naive_sl1(load: np.ndarray, complete: np.ndarray) -> list[list[bool]]:
    """Walk back from each week, collect up to four complete weeks of the last 26, count those above."""
    found = []
    for person in range(load.shape[0]):
        flags = []
        for week in range(load.shape[1]):
            above = counted = 0
            for back in range(week, max(-1, week - 26), -1):
                if counted < 4 and complete[person, back] and not math.isnan(load[person, back]):
                    counted += 1
                    above += load[person, back] > 1.10
            flags.append(above >= 3)
        found.append(flags)
    return found


def naive_sl4(load: np.ndarray, complete: np.ndarray) -> list[list[bool]]:
    """Smooth the complete weeks of the last 26, oldest first."""
    found = []
    for person in range(load.shape[0]):
        flags = []
        for week in range(load.shape[1]):
            state = None
            for at in range(max(0, week - 25), week + 1):
                value = load[person, at]
                if complete[person, at] and not math.isnan(value):
                    state = value if state is None else 0.3 * value + 0.7 * state
            flags.append(state is not None and state > 1.10)
        found.append(flags)
    return found


def count_back(row: np.ndarray, line: float, week: int, window: int) -> int:
    """How many of the last `window` weeks reach `line`."""
    return sum(1 for at in range(max(0, week - window + 1), week + 1) if row[at] >= line)


def test_w8_three_of_four_weeks_above_the_line() -> None:
    """W8: SL1 holds in weeks 4, 7 and 8 only."""
    load = np.array([[1.12, 1.15, 0.98, 1.13, 1.05, 1.12, 1.14, 1.16]])
    flags = sl1(load, np.ones_like(load, bool))[0]
    assert [week + 1 for week in range(8) if flags[week]] == [4, 7, 8]


def test_w9_smoothed_load() -> None:
    """W9: 1, 1.015, 1.0465, 1.07755, 1.108285, 1.1358, 1.08006; above 1.10 in weeks 5 and 6."""
    load = np.array([[1.00, 1.05, 1.12, 1.15, 1.18, 1.20, 0.95]])
    assert [round(float(x), 6) for x in ewma(load)[0]] == [1, 1.015, 1.0465, 1.07755, 1.108285, 1.1358, 1.08006]
    flags = sl4(load, np.ones_like(load, bool))[0]
    assert [week + 1 for week in range(7) if flags[week]] == [5, 6]


def test_weeks_that_are_not_complete_neither_count_nor_reset() -> None:
    """Two weeks above, a week of leave, one above: three of the complete ones. Exactly 1.10 is not above."""
    load = np.array([[1.2, 1.2, 0.1, 1.2], [1.1, 1.1, 1.1, 1.1]])
    complete = np.array([[True, True, False, True], [True] * 4])
    assert sl1(load, complete).tolist() == [[False, False, False, True], [False] * 4]


def test_what_lies_half_a_year_back_is_forgotten() -> None:
    """Three weeks above, then only incomplete ones: the flag holds for 26 weeks from the oldest and not longer."""
    load = np.full((1, 30), 1.2)
    complete = np.zeros((1, 30), bool)
    complete[0, :3] = True
    assert [week for week in range(30) if sl1(load, complete)[0, week]] == list(range(2, 26))
    assert [week for week in range(30) if sl4(load, complete)[0, week]] == list(range(28))


@given(panels())
def test_sl1_and_sl4_agree_with_loops(panel: Panel) -> None:
    """Person by person, week by week, the rules as they are written."""
    load, complete = panel
    assert sl1(load, complete).tolist() == naive_sl1(load, complete)
    assert sl4(load, complete).tolist() == naive_sl4(load, complete)


@given(panels())
def test_people_do_not_touch_each_other_and_the_future_does_not_touch_the_past(panel: Panel) -> None:
    """Reversing the order of people reverses the flags; leaving the last week out changes no earlier one."""
    load, complete = panel
    for rule in (sl1, sl4):
        whole = rule(load, complete)
        assert (rule(load[::-1], complete[::-1]) == whole[::-1]).all()
        assert (rule(load[:, :-1], complete[:, :-1]) == whole[:, :-1]).all()


@given(panels(), st.integers(1, 8))
def test_history_before_the_last_26_weeks_changes_nothing(panel: Panel, more: int) -> None:
    """However many heavy weeks are loaded in front, the flags of week 26 and later are the same."""
    load, complete = panel
    longer = np.hstack([np.full((load.shape[0], more), 1.5), load])
    counted = np.hstack([np.ones((load.shape[0], more), bool), complete])
    for rule in (sl1, sl4):
        assert (rule(longer, counted)[:, more + 25 :] == rule(load, complete)[:, 25:]).all()


@given(panels())
def test_more_load_never_takes_a_flag_away(panel: Panel) -> None:
    """Raising every load by a tenth keeps every flag."""
    load, complete = panel
    for rule in (sl1, sl4):
        assert (rule(load + 0.1, complete) >= rule(load, complete)).all()


# --- hours ---------------------------------------------------------------------------------------------------------


def test_sl2_and_sl3_by_hand() -> None:
    """48 hours in four of six weeks; 55 hours in one of four. A missing week is neither."""
    worked = np.array([[48.0, 50, NAN, 48, 40, 48, 40, 40, 40]])
    assert sl2(worked)[0].tolist() == [False] * 5 + [True] + [False] * 3
    long = np.array([[40.0, 55, 40, 40, 40, NAN, 40]])
    assert sl3(long)[0].tolist() == [False, True, True, True, True, False, False]


@given(hours())
def test_sl2_and_sl3_agree_with_loops(worked: np.ndarray) -> None:
    """Counted back from each week."""
    people, weeks = worked.shape
    assert sl2(worked).tolist() == [[count_back(worked[p], 48, w, 6) >= 4 for w in range(weeks)] for p in range(people)]
    assert sl3(worked).tolist() == [[count_back(worked[p], 55, w, 4) >= 1 for w in range(weeks)] for p in range(people)]


@given(hours())
def test_only_the_last_six_weeks_count_for_hours(worked: np.ndarray) -> None:
    """Weeks put in front change nothing from the sixth week on; people do not touch each other."""
    longer = np.hstack([np.full((worked.shape[0], 3), 60.0), worked])
    for rule in (sl2, sl3):
        assert (rule(longer)[:, 8:] == rule(worked)[:, 5:]).all()
        assert (rule(worked[::-1]) == rule(worked)[::-1]).all()


def test_no_people_and_no_weeks_have_no_flags() -> None:
    """Empty panels come back empty, in their shape."""
    for shape in (0, 5), (3, 0):
        load, complete = np.empty(shape), np.empty(shape, bool)
        for flags in (sl1(load, complete), sl2(load), sl3(load), sl4(load, complete), long_gap(complete, complete)):
            assert flags.shape == shape


# --- smoothing -----------------------------------------------------------------------------------------------------


@given(panels(), st.sampled_from([0.1, 0.3, 1.0]))
def test_smoothing_agrees_with_a_loop_and_lies_between_the_extremes(panel: Panel, weight: float) -> None:
    """NaN changes nothing; the state never leaves the range of what it has seen."""
    load, _ = panel
    found = ewma(load, weight)
    for person in range(load.shape[0]):
        state, seen = NAN, []
        for week, value in enumerate(load[person]):
            if not math.isnan(value):
                state = value if math.isnan(state) else weight * value + (1 - weight) * state
                seen.append(value)
            assert math.isclose(found[person, week], state, rel_tol=1e-9) or (math.isnan(state) and not seen)
            assert not seen or min(seen) - 1e-9 <= found[person, week] <= max(seen) + 1e-9


@given(panels(), st.integers(-5, 5))
def test_smoothing_moves_with_the_values(panel: Panel, by: int) -> None:
    """Shift the values and the smoothed ones shift."""
    load, _ = panel
    np.testing.assert_allclose(ewma(load + by), ewma(load) + by, rtol=1e-9, atol=1e-9)


# --- half a year without a week off --------------------------------------------------------------------------------


def naive_gap(free: list[bool], known: list[bool], week: int) -> float:
    """0.0 after a free week within 26, 1.0 when enough is known to say that there was none, else not known."""
    back = range(max(0, week - 25), week + 1)
    if any(free[at] for at in back):
        return 0.0
    enough = sum(known[at] for at in back) >= 20
    before = any(known[at] for at in range(max(0, week - 30), week - 25))
    return 1.0 if enough and before and known[week] else NAN


@given(st.integers(0, 80), SEEDS)
def test_half_a_year_without_a_week_off_agrees_with_a_loop(weeks: int, seed: int) -> None:
    """Week by week; a free week is a known one."""
    rng = np.random.default_rng(seed)
    known = rng.random(weeks) < 0.9
    free = (rng.random(weeks) < 0.03) & known
    found = long_gap(free[None], known[None])[0]
    for week in range(weeks):
        assert found[week] == pytest.approx(naive_gap(list(free), list(known), week), nan_ok=True)


def test_a_gap_is_longer_than_180_days_in_the_26th_week_after_the_one_off() -> None:
    """From the Sunday of a free week to that of the 25th after it are 175 days, to the 26th 182."""
    free, known = np.zeros((1, 40), bool), np.ones((1, 40), bool)
    free[0, 3] = True
    found = long_gap(free, known)[0]
    assert found[3:29].tolist() == [0.0] * 26
    assert found[29:].tolist() == [1.0] * 11
    assert 25 * 7 <= 180 < 26 * 7


def test_nobody_is_said_to_lack_rest_when_too_little_is_known() -> None:
    """Half a year of data without a week before it, a blank half, or a blank last week: not known, never 1."""
    nothing = np.zeros((1, 40), bool)
    known = np.ones((1, 40), bool)
    assert np.isnan(long_gap(nothing, known)[0, :26]).all()
    sparse = known.copy()
    sparse[0, 10:20] = False
    assert np.isnan(long_gap(nothing, sparse)[0, 30])
    blank_now = known.copy()
    blank_now[0, 39] = False
    assert math.isnan(long_gap(nothing, blank_now)[0, 39])
