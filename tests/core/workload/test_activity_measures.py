"""When work happens, as formulas: the punch card of 539 real commits equals what git itself counted."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.schedule import parse_schedule
from core.workload.measures.activity import outside_schedule, punch_card, weekday_and_hour

COMMITS = Path(__file__).parents[2] / "data" / "git_commits"
hours_of_a_week = st.lists(st.tuples(st.integers(1, 7), st.integers(0, 23)), max_size=40)


def commits() -> pd.DataFrame:
    """All commits as git recorded them."""
    return pd.read_csv(COMMITS / "vivainsights_r_commits.csv.gz", dtype=str)


def counted_by_git() -> pd.DataFrame:
    """The punch card of the commits that are no merges, as git counted it."""
    expected = pd.read_csv(COMMITS / "expected_punchcard.csv")
    table = pd.DataFrame(0, index=pd.RangeIndex(1, 8), columns=pd.RangeIndex(24))
    for weekday, hour, count in expected.itertuples(index=False):
        table.at[weekday, hour] = count
    return table


def frame(pairs: list[tuple[int, int]]) -> pd.DataFrame:
    """Events as the measure takes them."""
    return pd.DataFrame(pairs, columns=["weekday", "hour"], dtype="int64")


def test_the_card_of_real_commits_is_the_one_that_git_counted() -> None:
    """621 commits, 539 of them no merges, by the author's local time: every hour of the week agrees."""
    every = commits()
    own = every[every["is_merge"] == "0"]

    card = punch_card(weekday_and_hour(pd.to_datetime(own["author_local_time"])))

    assert (len(every), len(own)) == (621, 539)
    assert card.to_numpy().sum() == 539
    np.testing.assert_array_equal(card.to_numpy(), counted_by_git().to_numpy())


def test_the_card_of_all_commits_in_utc_is_another_one() -> None:
    """So the test above can fail: neither the merges nor the clock are without effect."""
    every = commits()
    own = every[every["is_merge"] == "0"]

    in_utc = punch_card(weekday_and_hour(pd.to_datetime(own["author_time_utc"]).dt.tz_localize(None)))
    with_merges = punch_card(weekday_and_hour(pd.to_datetime(every["author_local_time"])))

    assert (in_utc.to_numpy() != counted_by_git().to_numpy()).any()
    assert (with_merges.to_numpy() != counted_by_git().to_numpy()).any()


@given(pairs=hours_of_a_week, order=st.randoms(use_true_random=False))
def test_the_card_is_a_count_whatever_the_order_and_adds_up(pairs: list[tuple[int, int]], order: object) -> None:
    """Against a count by loops; shuffled events and counts of parts give the same."""
    expected = [[sum(pair == (day, hour) for pair in pairs) for hour in range(24)] for day in range(1, 8)]
    shuffled = list(pairs)
    order.shuffle(shuffled)  # type: ignore[attr-defined]

    card = punch_card(frame(pairs))

    assert card.to_numpy().tolist() == expected
    assert punch_card(frame(shuffled)).equals(card)
    assert (punch_card(frame(pairs[:7])) + punch_card(frame(pairs[7:]))).equals(card)
    weighted = frame(pairs).assign(events=1).groupby(["weekday", "hour"], as_index=False)["events"].sum()
    assert punch_card(weighted).equals(card)


@pytest.mark.parametrize("wrong", [(0, 5), (8, 5), (3, 24), (3, -1)])
def test_hours_that_no_week_has_are_refused(wrong: tuple[int, int]) -> None:
    """Rather than counted somewhere else."""
    with pytest.raises(ValueError, match="weekdays"):
        punch_card(frame([wrong]))


def test_outside_the_schedule_and_on_rest_days_are_two_things() -> None:
    """By hand: Mo-Th 08-17, Fr 08-13; a week of events."""
    schedule = parse_schedule("Mo-Th 08:00-17:00, Fr 08:00-13:00")
    local = pd.Series(
        pd.to_datetime(
            ["2026-03-09 07:59", "2026-03-09 08:00", "2026-03-09 16:59", "2026-03-09 17:00",
             "2026-03-13 12:59", "2026-03-13 13:00", "2026-03-14 10:00", "2026-03-15 23:59"]
        )
    )  # fmt: skip

    found = outside_schedule(local, schedule)

    assert found["outside"].tolist() == [True, False, False, True, False, True, False, False]
    assert found["rest_day"].tolist() == [False, False, False, False, False, False, True, True]


def test_a_night_shift_is_not_outside_on_the_next_morning() -> None:
    """Saturday 03:00 is still Friday's shift; Saturday 07:00 is a rest day; Tuesday noon is outside."""
    schedule = parse_schedule("Mo-Fr 22:00-06:00")
    local = pd.Series(pd.to_datetime(["2026-03-14 03:00", "2026-03-14 07:00", "2026-03-10 12:00", "2026-03-10 23:30"]))

    found = outside_schedule(local, schedule)

    assert found["outside"].tolist() == [False, False, True, False]
    assert found["rest_day"].tolist() == [False, True, False, False]
