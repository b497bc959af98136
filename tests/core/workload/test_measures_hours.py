"""Hours against hours: hand tables, loops that say the same the long way, and what must not matter."""

import doctest
import importlib
import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.workload import measures
from core.workload.measures import (
    available_hours,
    contract_load,
    fully_free,
    overtime,
    person_then_unit_mean,
    utilisation,
    working_time_average,
)

VIVA = Path(__file__).parents[2] / "data" / "viva" / "pq_data.csv.gz"
NAN = float("nan")
quarter_hours = st.integers(0, 320).map(lambda quarters: quarters / 4)
cells = st.one_of(st.just(NAN), quarter_hours)
pairs = st.lists(st.tuples(cells, cells), max_size=8)


def naive_utilisation(worked: list[float], available: list[float]) -> float:
    """Two sums, pair by pair."""
    top = down = 0.0
    for h, a in zip(worked, available, strict=True):
        if not math.isnan(h) and not math.isnan(a) and a > 0:
            top, down = top + h, down + a
    return top / down if down else NAN


def naive_available(contracted: float, leave: float, holiday: float, sickness: float) -> float:
    """What is left of the contract, if it is a fifth of it at least."""
    left = contracted - leave - holiday - sickness
    return NAN if math.isnan(left) or contracted <= 0 or left < 0.2 * contracted else left


def same(found: float, expected: float) -> bool:
    """Equal to nine digits; NaN equals NaN."""
    return (math.isnan(found) and math.isnan(expected)) or math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9)


@pytest.mark.parametrize("module", ["hours", "limits", "rest", "sustained"])
def test_the_examples_in_the_docstrings_hold(module: str) -> None:
    """Every example prints what it says, and every module has one."""
    outcome = doctest.testmod(importlib.import_module(f"core.workload.measures.{module}"))
    assert outcome.failed == 0
    assert outcome.attempted >= 1


def test_the_public_names_of_the_formulas_are_those_that_exist() -> None:
    """`core.workload.measures` promises what it has, each with a docstring."""
    assert list(measures.__all__) == sorted(measures.__all__)
    for name in measures.__all__:
        assert getattr(measures, name).__doc__, name


# --- available hours, utilisation, contract load -------------------------------------------------------------------


def test_w1_a_week_with_a_day_of_leave_is_fuller_than_its_contract_says() -> None:
    """W1: c = 40, leave 8, h = 38 gives U = 1.1875 and L = 0.95."""
    available = available_hours(40, 8, 0, 0)
    assert available == 32.0
    assert utilisation([38], available.reshape(1)) == 1.1875
    assert contract_load([38], [40]) == 0.95


def test_w2_a_group_is_a_sum_over_a_sum_and_not_a_mean_of_ratios() -> None:
    """W2: 1.108696; the mean of the ratios would be 1.106597."""
    worked, available = [38, 44, 30, 0, 41], [32, 40, 30, 0, 36]
    assert round(utilisation(worked, available), 6) == 1.108696
    ratios = [h / a for h, a in zip(worked, available, strict=True) if a]
    assert round(sum(ratios) / len(ratios), 6) == 1.106597


@pytest.mark.parametrize(
    ("contracted", "leave", "holiday", "sickness", "expected"),
    [
        (40, 0, 0, 0, 40.0),
        (40, 8, 8, 8, 16.0),
        (40, 32, 0, 0, 8.0),  # exactly a fifth is left
        (40, 32.01, 0, 0, NAN),  # less than a fifth says nothing about load
        (40, 40, 0, 0, NAN),
        (40, 48, 0, 0, NAN),  # more leave than hours is no negative availability
        (0, 0, 0, 0, NAN),  # no contract, no availability
        (40, NAN, 0, 0, NAN),  # leave that is not known is not no leave
        (NAN, 0, 0, 0, NAN),
    ],
)
def test_available_hours_by_hand(
    contracted: float, leave: float, holiday: float, sickness: float, expected: float
) -> None:
    """Contract minus absences; missing below a fifth of the contract and where anything is missing."""
    assert same(float(available_hours(contracted, leave, holiday, sickness)), expected)


@given(st.lists(st.tuples(cells, cells, cells, cells), max_size=5))
def test_available_hours_agree_with_a_loop_and_keep_the_shape(rows: list[tuple[float, ...]]) -> None:
    """Element by element the same as the plain rule, for any number of people, none included."""
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[], [], [], []]
    found = available_hours(*columns)
    assert found.shape == (len(rows),)
    assert all(same(float(a), naive_available(*row)) for a, row in zip(found, rows, strict=True))


@given(pairs)
def test_utilisation_agrees_with_a_loop(rows: list[tuple[float, float]]) -> None:
    """Pairs without hours, without availability or with none left count on neither side."""
    worked, available = [h for h, _ in rows], [a for _, a in rows]
    assert same(utilisation(worked, available), naive_utilisation(worked, available))
    assert same(contract_load(worked, available), naive_utilisation(worked, available))


@given(pairs, st.randoms(use_true_random=False))
def test_the_order_of_people_does_not_matter_to_a_group(rows: list[tuple[float, float]], random: object) -> None:
    """A shuffled group has the same utilisation."""
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert same(
        utilisation([h for h, _ in rows], [a for _, a in rows]),
        utilisation([h for h, _ in shuffled], [a for _, a in shuffled]),
    )


@given(pairs, st.integers(0, 12))
def test_a_group_split_in_two_adds_up_to_the_whole(rows: list[tuple[float, float]], at: int) -> None:
    """Utilisation weighted by available hours is additive: no split of the people changes the whole."""
    hours = weight = 0.0
    for part in (rows[:at], rows[at:]):
        usable = [(h, a) for h, a in part if not math.isnan(h) and not math.isnan(a) and a > 0]
        if usable:
            down = sum(a for _, a in usable)
            hours += utilisation([h for h, _ in part], [a for _, a in part]) * down
            weight += down
    whole = utilisation([h for h, _ in rows], [a for _, a in rows])
    assert same(whole, hours / weight if weight else NAN)


def test_nobody_has_no_utilisation() -> None:
    """An empty group, one without availability and one without hours are NaN, not zero."""
    for worked, available in ([], []), ([5], [0]), ([NAN], [40]), ([5], [NAN]):
        assert math.isnan(utilisation(worked, available))
    assert utilisation([0], [40]) == 0.0


# --- overtime, weeks off -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("worked", "available", "expected"), [(45, 40, 5), (38, 40, 0), (40, 40, 0), (NAN, 40, NAN), (45, NAN, NAN)]
)
def test_overtime_by_hand(worked: float, available: float, expected: float) -> None:
    """Hours beyond what was available; never negative, missing where either is."""
    assert same(float(overtime(worked, available)), expected)


@given(pairs)
def test_overtime_agrees_with_a_loop_and_is_never_undone_by_others(rows: list[tuple[float, float]]) -> None:
    """Element by element; the sum is at least what the group as a whole lies above its availability."""
    known = [(h, a) for h, a in rows if not math.isnan(h) and not math.isnan(a)]
    found = overtime([h for h, _ in known], [a for _, a in known])
    assert list(found) == [h - a if h > a else 0.0 for h, a in known]
    assert found.sum() >= sum(h for h, _ in known) - sum(a for _, a in known) - 1e-9


@pytest.mark.parametrize(
    ("contracted", "leave", "holiday", "free"),
    [
        (40, 40, 0, True),
        (40, 32, 8, True),
        (40, 0, 40, True),
        (40, 39.9, 0, False),
        (0, 0, 0, False),
        (NAN, 40, 0, False),
        (40, NAN, 40, False),
    ],
)
def test_a_week_off_has_leave_and_holidays_of_the_whole_contract(
    contracted: float, leave: float, holiday: float, free: bool
) -> None:
    """Sickness is no rest, four days of five are no week off, and what is not known is no week off either."""
    assert bool(fully_free(contracted, leave, holiday)) is free


@given(st.lists(st.tuples(cells, cells, cells), max_size=8))
def test_weeks_off_agree_with_a_loop(rows: list[tuple[float, ...]]) -> None:
    """Element by element the same as the plain rule."""
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[], [], []]
    assert [bool(flag) for flag in fully_free(*columns)] == [c > 0 and leave + day >= c for c, leave, day in rows]


# --- the 48-hour average -------------------------------------------------------------------------------------------


def test_w3_leave_does_not_hide_a_breach_of_the_working_time_directive() -> None:
    """W3: 15 weeks of 50 h and 2 of leave are 50.0 under both laws; a plain mean would say 44.1176."""
    worked, away = [50.0] * 15 + [0.0] * 2, [False] * 15 + [True] * 2
    assert working_time_average(worked, away) == 50.0
    assert working_time_average(worked, away, method="uk", following=[50.0, 50.0, 10.0]) == 50.0
    assert round(sum(worked) / 17, 4) == 44.1176


weeks_of_work = st.lists(st.tuples(quarter_hours, st.booleans()), min_size=1, max_size=8)


@given(weeks_of_work, st.lists(quarter_hours, min_size=8, max_size=8))
def test_the_average_agrees_with_a_loop(weeks: list[tuple[float, bool]], after: list[float]) -> None:
    """The Directive leaves weeks of absence out of both sums; the UK puts as many later weeks in their place."""
    total, counted, borrowed = 0.0, 0, 0.0
    later = iter(after)
    for hours, away in weeks:
        if away:
            borrowed += next(later)
        else:
            total, counted = total + hours, counted + 1
    worked, away_weeks = [h for h, _ in weeks], [away for _, away in weeks]
    assert same(working_time_average(worked, away_weeks), total / counted if counted else NAN)
    assert same(working_time_average(worked, away_weeks, method="uk", following=after), (total + borrowed) / len(weeks))


@given(weeks_of_work, st.integers(0, 7))
def test_the_neutral_average_does_not_depend_on_where_the_weeks_of_leave_lie(
    weeks: list[tuple[float, bool]], by: int
) -> None:
    """Turning the period round, or doubling it, changes nothing."""
    turned = weeks[by % len(weeks) :] + weeks[: by % len(weeks)]
    first = working_time_average([h for h, _ in weeks], [away for _, away in weeks])
    for other in (turned, weeks + weeks):
        assert same(working_time_average([h for h, _ in other], [away for _, away in other]), first)


def test_an_average_of_nothing_is_not_a_number() -> None:
    """No weeks, or only weeks of leave: NaN."""
    assert math.isnan(working_time_average([], []))
    assert math.isnan(working_time_average([], [], method="uk"))
    assert math.isnan(working_time_average([10.0], [True]))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"worked": [40.0], "on_leave": []}, "same length"),
        ({"worked": [40.0], "on_leave": [False], "method": "us"}, "'neutral' or 'uk'"),
        ({"worked": [40.0, 0.0], "on_leave": [False, True], "method": "uk"}, "1 weeks were excluded"),
    ],
)
def test_an_average_that_cannot_be_formed_is_refused_with_the_reason(arguments: dict[str, object], told: str) -> None:
    """Unequal lengths, an unknown law, and too few weeks after the period."""
    with pytest.raises(ValueError, match=told):
        working_time_average(**arguments)  # type: ignore[arg-type]


# --- person first, then unit ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def viva() -> pd.DataFrame:
    """Microsoft's demonstration query: 300 people, 35 weeks."""
    return pd.read_csv(VIVA)


def test_unit_means_are_those_that_microsoft_publishes(viva: pd.DataFrame) -> None:
    """Sent e-mails by organisation, person mean first, then the mean of people, and two measures of Finance."""
    found = person_then_unit_mean(viva, "Organization", "PersonId", "Emails_sent")
    assert {unit: (row["n"], round(row["mean"], 6)) for unit, row in found.iterrows()} == {
        "Finance": (68, 44.213445),
        "HR": (33, 44.423377),
        "IT": (68, 43.871867),
        "Legal": (44, 43.328571),
        "Operations": (22, 44.345455),
        "Research": (52, 44.364859),
        "Sales": (13, 43.723077),
    }
    for column, mean in ("Collaboration_hours", 23.100312), ("After_hours_collaboration_hours", 6.917373):
        by_unit = person_then_unit_mean(viva, "Organization", "PersonId", column)["mean"]
        assert round(by_unit["Finance"], 6) == mean


def naive_unit_means(rows: list[tuple[str, str, float]]) -> dict[str, tuple[int, float]]:
    """Unit -> (people, mean), by nested loops."""
    found = {}
    for unit in sorted({u for u, _, value in rows if not math.isnan(value)}):
        means = []
        for person in sorted({p for u, p, _ in rows if u == unit}):
            own = [value for u, p, value in rows if (u, p) == (unit, person) and not math.isnan(value)]
            if own:
                means.append(sum(own) / len(own))
        found[unit] = (len(means), sum(means) / len(means))
    return found


person_weeks = st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from("pqr"), cells), max_size=15)


def as_frame(rows: list[tuple[str, str, float]]) -> pd.DataFrame:
    """Rows with the columns unit, person, hours."""
    return pd.DataFrame(rows, columns=["unit", "person", "hours"]).astype({"hours": float})


@settings(max_examples=20)  # frames are slow to make
@given(person_weeks)
def test_unit_means_agree_with_loops(rows: list[tuple[str, str, float]]) -> None:
    """Weeks without a value count for nothing; a person in two units counts in each with the weeks there."""
    found = person_then_unit_mean(as_frame(rows), "unit", "person", "hours")
    expected = naive_unit_means(rows)
    assert list(found.index) == list(expected)
    for unit, (people, mean) in expected.items():
        assert found.loc[unit, "n"] == people
        assert same(float(found.loc[unit, "mean"]), mean)


@settings(max_examples=20)  # frames are slow to make
@given(person_weeks, st.sampled_from("pqr"))
def test_nobody_weighs_more_for_having_more_weeks(rows: list[tuple[str, str, float]], person: str) -> None:
    """Every week of one person twice: the same means, and the caller's frame is untouched."""
    frame = as_frame(rows)
    before = frame.copy()
    doubled = as_frame(rows + [row for row in rows if row[1] == person])
    once, twice = (person_then_unit_mean(each, "unit", "person", "hours") for each in (frame, doubled))
    pd.testing.assert_frame_equal(once, twice, check_exact=False, rtol=1e-9)
    pd.testing.assert_frame_equal(frame, before)


def test_the_mean_of_person_weeks_would_be_another_number() -> None:
    """One person with 10 once, one with 20 three times: 15, not 17.5."""
    frame = as_frame([("A", "p", 10.0), *[("A", "q", 20.0)] * 3])
    assert person_then_unit_mean(frame, "unit", "person", "hours").loc["A", "mean"] == 15.0
    assert frame["hours"].mean() == 17.5


def test_hours_rise_and_utilisation_rises() -> None:
    """More hours on the same availability never lower the figure."""
    figures = [utilisation(np.array([30, 40, 35]) + more, [40, 40, 40]) for more in range(6)]
    assert all(later > earlier for earlier, later in pairwise(figures))
