"""A unit beside its siblings: who is told apart from it, proved by hand, by loops, by published examples and by invariants."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from math import isnan, sqrt
from statistics import NormalDist

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.workload.comparison import COLUMNS, compare, kept

LAST = date(2026, 3, 2)
Z = 1.959964
NAN = float("nan")
FLIPPED = {"higher": "lower", "lower": "higher"}


def week(ago: int) -> date:
    """The Monday so many weeks before the last one."""
    return LAST - timedelta(weeks=ago)


def unit(
    name: str, values: Sequence[float | str], *, error: float = 0.01, key: str = ""
) -> list[tuple[str, str, date, str, float, float, float]]:
    """Cells of one unit, oldest week first: a number with its interval, 'some' for a class, else a status."""
    rows = []
    for ago, value in zip(reversed(range(len(values))), values, strict=True):
        number = float(value) if isinstance(value, int | float) else NAN
        status = str(value) if value in ("hidden", "missing") else "shown"
        rows.append((key or name, name, week(ago), status, number, number - Z * error, number + Z * error))
    return rows


def cells(*units: list[tuple[str, str, date, str, float, float, float]]) -> pd.DataFrame:
    """Units as one frame."""
    rows = [row for each in units for row in each]
    return pd.DataFrame(rows, columns=["key", "name", "week", "status", "value", "low", "high"])


def relations(frame: pd.DataFrame, selected: str) -> dict[str, str]:
    """Key -> how it stands to the selected one."""
    found = compare(frame, selected)
    return dict(zip(found["key"], found["relation"], strict=True))


def of_numbers(values: Mapping[str, tuple[float, float]]) -> pd.DataFrame:
    """Name -> (value, standard error), the same in each of four weeks."""
    return cells(*(unit(name, [value] * 4, error=error) for name, (value, error) in values.items()))


# --- by hand -------------------------------------------------------------------------------------------------------


def test_means_intervals_and_bars_by_hand() -> None:
    """Weeks 1.0, 1.1, 1.2, 1.1: mean 1.1; the same people each week, so four weeks of error 0.02 have an error of 0.02."""
    found = compare(cells(unit("One", [1.0, 1.1, 1.2, 1.1], error=0.02)), "One")
    assert list(found.columns) == COLUMNS
    (row,) = found.to_dict("records")
    assert [round(row[name], 6) for name in ("value", "low", "high", "bar_low", "bar_high")] == [
        1.1,
        round(1.1 - Z * 0.02, 6),
        round(1.1 + Z * 0.02, 6),
        1.0722,
        1.1278,
    ]
    assert row["relation"] == "selected"


def test_the_error_of_a_mean_is_the_mean_of_the_weekly_errors() -> None:
    """Half-widths of 0.02 and 0.06 standard errors: 0.04, neither less for two weeks nor the root of squares."""
    wide = cells(unit("One", [1.0], error=0.06)).assign(week=week(1))
    found = compare(pd.concat([wide, cells(unit("One", [1.0], error=0.02))]), "One")
    assert found["high"][0] == pytest.approx(1.0 + Z * 0.04)


def test_higher_lower_and_cannot_tell_apart_by_hand() -> None:
    """Errors of 0.01 each, so 0.01414 of a difference: 0.05 is 3.5 of them, 0.02 is 1.4."""
    frame = of_numbers({"Mid": (1.0, 0.01), "Up": (1.05, 0.01), "Down": (0.95, 0.01), "Near": (1.02, 0.01)})
    assert relations(frame, "Mid") == {
        "Mid": "selected",
        "Up": "higher",
        "Down": "lower",
        "Near": "cannot tell apart",
    }


def test_a_difference_that_one_test_would_find_is_not_told_among_many() -> None:
    """2.1 standard errors: p = 0.036. Alone it is told; among five that do not differ it would need p <= 0.1 / 6."""
    apart = 2.1 * sqrt(2) * 0.01
    alone = of_numbers({"Mid": (1.0, 0.01), "Up": (1.0 + apart, 0.01)})
    among = {"Mid": (1.0, 0.01), "Up": (1.0 + apart, 0.01)} | {f"S{i}": (1.0, 0.01) for i in range(5)}
    assert relations(alone, "Mid")["Up"] == "higher"
    assert relations(of_numbers(among), "Mid")["Up"] == "cannot tell apart"


def test_an_interval_that_contains_nought_is_never_told_even_when_the_procedure_keeps_it() -> None:
    """1.8 standard errors: p = 0.072 passes q = 0.10 alone, but the 95 % interval of the difference contains 0."""
    apart = 1.8 * sqrt(2) * 0.01
    assert kept([2 * (1 - NormalDist().cdf(1.8))]) == [True]
    assert relations(of_numbers({"Mid": (1.0, 0.01), "Up": (1.0 + apart, 0.01)}), "Mid")["Up"] == "cannot tell apart"


def test_only_the_last_weeks_count() -> None:
    """Four weeks back from the newest of the frame, by the calendar; older ones do not."""
    frame = cells(unit("One", [9.0, 1.0, 1.0, 1.0, 1.0]), unit("Two", [9.0, "hidden", 1.0, "hidden", 1.2]))
    found = compare(frame, "One").set_index("key")
    assert found.loc["One", "value"] == pytest.approx(1.0)
    assert found.loc["Two", "value"] == pytest.approx(1.1)
    assert compare(frame, "One", weeks=1).set_index("key").loc["Two", "value"] == pytest.approx(1.2)
    old = compare(cells(unit("One", [1.0] * 5), unit("Two", [1.0, *["hidden"] * 4])), "One").set_index("key")
    assert old.loc["Two", "relation"] == "not shown"


def test_what_has_no_number_says_why() -> None:
    """Hidden, not received, a class: no number and no verdict; each has its own word."""
    frame = cells(
        unit("Mid", [1.0] * 4),
        unit("Gone", ["missing"] * 4),
        unit("Small", ["missing", "hidden", "hidden", "missing"]),
        unit("Words", ["hidden", "some", "some", "some"]),
    )
    found = compare(frame, "Mid")
    assert relations(frame, "Mid") == {"Mid": "selected", "Gone": "no data", "Small": "not shown", "Words": ""}
    assert found[found["key"] != "Mid"][["value", "low", "high", "bar_low", "bar_high"]].isna().all(axis=None)


def test_a_measure_of_classes_only_has_no_number_anywhere() -> None:
    """None in place of numbers, as a database gives them: words for all, no verdict."""
    frame = cells(unit("Mid", ["some"] * 4), unit("A", ["many"] * 4)).astype({"value": object})
    for name in ("value", "low", "high"):
        frame[name] = pd.Series([None] * len(frame), dtype=object)
    assert relations(frame, "Mid") == {"A": "", "Mid": "selected"}


@pytest.mark.parametrize(("weeks", "own"), [("hidden", "not shown"), ("missing", "no data"), ("some", "selected")])
def test_nothing_is_compared_with_a_selected_one_without_a_number(weeks: str, own: str) -> None:
    """Siblings keep their numbers and get no word; none is said to be like something that nobody sees."""
    frame = cells(unit("Mid", [weeks] * 4), unit("A", [1.0] * 4), unit("B", [1.5] * 4), unit("C", ["hidden"] * 4))
    assert relations(frame, "Mid") == {"A": "", "B": "", "C": "not shown", "Mid": own}
    assert compare(frame, "Mid").set_index("key").loc["A", "value"] == pytest.approx(1.0)


def test_siblings_stand_by_name_and_not_by_rank() -> None:
    """Names in order, then keys where two have the same name."""
    frame = cells(unit("North", [1.0], key="b"), unit("North", [1.4], key="a"), unit("Data", [1.2], key="z"))
    assert list(compare(frame, "b")["key"]) == ["z", "a", "b"]


def test_nothing_to_compare_is_no_error() -> None:
    """No cells: no rows; a selected one that is not among them: no verdicts."""
    assert list(compare(cells(), "x").columns) == COLUMNS
    assert compare(cells(), "x").empty
    assert relations(of_numbers({"A": (1.0, 0.01), "B": (2.0, 0.01)}), "x") == {"A": "", "B": ""}


def test_intervals_without_width_are_told_apart_unless_equal() -> None:
    """An error of 0 on both sides: any difference is one, none is none."""
    frame = of_numbers({"A": (1.0, 0.0), "B": (1.0, 0.0), "C": (1.01, 0.0)})
    assert relations(frame, "A") == {"A": "selected", "B": "cannot tell apart", "C": "higher"}


# --- Benjamini and Hochberg ----------------------------------------------------------------------------------------

# The example of the paper itself (15 comparisons), which keeps four at 0.05.
PAPER = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0,
]  # fmt: skip
# p values -> adjusted ones, as scipy.stats.false_discovery_control of scipy 1.17.1 gives them
SCIPY = [
    ([0.02, 0.04, 0.09, 0.2], [0.08, 0.08, 0.12, 0.2]),
    ([0.3, 0.01, 0.06], [0.3, 0.03, 0.09]),
    ([0.05, 0.05, 0.05], [0.05, 0.05, 0.05]),
    ([0.11, 0.5], [0.22, 0.5]),
    ([0.099, 0.12, 0.0999, 0.08], [0.12, 0.12, 0.12, 0.12]),
    ([0.04, 0.0501, 0.06, 0.07, 0.9], [0.0875, 0.0875, 0.0875, 0.0875, 0.9]),
    (
        PAPER,
        [
            0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.063857, 0.063857, 0.0645, 0.0765, 0.486, 0.581182, 0.714875,
            0.753231, 0.813214, 1.0,
        ],
    ),
]  # fmt: skip


def test_the_example_of_the_paper_keeps_four() -> None:
    """Benjamini and Hochberg 1995, section 4: at 0.05 the four smallest, where Bonferroni keeps three."""
    assert kept(PAPER, 0.05) == [True] * 4 + [False] * 11


@pytest.mark.parametrize(("p_values", "adjusted"), SCIPY)
@pytest.mark.parametrize("rate", [0.05, 0.10, 0.5])
def test_what_is_kept_is_what_the_adjusted_p_values_of_scipy_keep(
    p_values: list[float], adjusted: list[float], rate: float
) -> None:
    """Kept where the adjusted value is at most the rate."""
    assert kept(p_values, rate) == [value <= rate for value in adjusted]


def adjusted_by_loops(p_values: Sequence[float]) -> list[float]:
    """The other road: each p value times m over its rank, made monotone from the largest down."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    found, least = [0.0] * len(p_values), 1.0
    for rank in range(len(order), 0, -1):
        place = order[rank - 1]
        least = min(least, p_values[place] * len(p_values) / rank)
        found[place] = least
    return found


@given(st.lists(st.integers(0, 400).map(lambda x: x / 1013), max_size=12))
def test_stepping_up_and_adjusting_agree(p_values: list[float]) -> None:
    """The two ways of writing the procedure keep the same tests."""
    assert kept(p_values) == [value <= 0.10 for value in adjusted_by_loops(p_values)]


# --- a second implementation, and what must not matter -------------------------------------------------------------

numbers = st.tuples(st.integers(70, 130).map(lambda x: x / 100), st.integers(1, 8).map(lambda x: x / 200))
groups = st.lists(numbers, min_size=2, max_size=7).map(lambda each: {f"U{i}": value for i, value in enumerate(each)})


def by_loops(values: Mapping[str, tuple[float, float]], selected: str) -> dict[str, str]:
    """Relations by the normal distribution of the standard library and adjusted p values."""
    own, own_error = values[selected]
    others = [name for name in values if name != selected]
    scores = [(values[name][0] - own) / sqrt(values[name][1] ** 2 + own_error**2) for name in others]
    adjusted = adjusted_by_loops([2 * NormalDist().cdf(-abs(score)) for score in scores])
    found = {selected: "selected"}
    for name, score, p in zip(others, scores, adjusted, strict=True):
        told = abs(score) > Z and p <= 0.10
        found[name] = ("higher" if score > 0 else "lower") if told else "cannot tell apart"
    return found


@given(groups)
def test_relations_agree_with_loops(values: dict[str, tuple[float, float]]) -> None:
    """Sibling by sibling."""
    assert relations(of_numbers(values), "U0") == by_loops(values, "U0")


@given(groups, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(values: dict[str, tuple[float, float]], random: object) -> None:
    """Cells in any order give the same frame."""
    frame = of_numbers(values)
    mixed = frame.sample(frac=1, random_state=random.randrange(10**6))  # type: ignore[attr-defined]
    pd.testing.assert_frame_equal(compare(mixed, "U0"), compare(frame, "U0"))


@given(groups)
def test_of_two_each_sees_the_other_on_the_opposite_side(values: dict[str, tuple[float, float]]) -> None:
    """Swapping roles flips higher and lower; among more, two never both call each other higher."""
    pair = {name: values[name] for name in ("U0", "U1")}
    there, back = relations(of_numbers(pair), "U0")["U1"], relations(of_numbers(pair), "U1")["U0"]
    assert back == FLIPPED.get(there, there)
    frame = of_numbers(values)
    told = {relations(frame, "U0")["U1"], relations(frame, "U1")["U0"]}
    assert told not in ({"higher"}, {"lower"})


@given(groups)
def test_a_twin_stands_where_its_original_stands(values: dict[str, tuple[float, float]]) -> None:
    """A copy of a sibling has its relation; a copy of one that is told apart undoes nothing; a copy of oneself is no other."""
    before = relations(of_numbers(values), "U0")
    after = relations(of_numbers(values | {"Twin": values["U1"]}), "U0")
    assert after["Twin"] == after["U1"]
    if before["U1"] in FLIPPED:
        assert all(after[name] == word for name, word in before.items() if word in FLIPPED)
    assert relations(of_numbers(values | {"Twin": values["U0"]}), "U0")["Twin"] == "cannot tell apart"


@given(groups, st.sampled_from([0.25, 2.0, 64.0]))
def test_another_unit_of_measure_changes_no_relation(values: dict[str, tuple[float, float]], factor: float) -> None:
    """Values and intervals times a number: the same words."""
    frame = of_numbers(values)
    scaled = frame.assign(**{name: frame[name] * factor for name in ("value", "low", "high")})
    assert relations(scaled, "U0") == relations(frame, "U0")


@given(groups)
def test_a_mean_lies_within_its_bar_and_its_bar_within_its_interval(values: dict[str, tuple[float, float]]) -> None:
    """low < bar_low < value < bar_high < high, for every sibling that has a number."""
    for row in compare(of_numbers(values), "U0").to_dict("records"):
        ends = [row[name] for name in ("low", "bar_low", "value", "bar_high", "high")]
        assert not any(map(isnan, ends))
        assert ends == sorted(ends)
