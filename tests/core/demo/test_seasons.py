"""The demonstration organisation: the year, the seed and the last week."""

import time
from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from core.demo import Knobs, Organisation, generate
from core.demo.seasons import easter_sunday, public_holidays

PLATFORM = "Northwind/Engineering/Infrastructure/Platform"


# --- seasons -----------------------------------------------------------------------------------------------------


def test_leave_peaks_in_summer_and_at_christmas(weeks: pd.DataFrame) -> None:
    """July and August see twice the leave of autumn, the week of Christmas more than any other of its year."""
    totals = weeks.groupby("week")[["leave", "contracted"]].sum()
    share = totals["leave"] / totals["contracted"]
    months = pd.Series([(week + timedelta(days=3)).month for week in share.index], index=share.index)
    assert share[months.isin([7, 8])].mean() > 2 * share[months.isin([9, 10])].mean()
    assert share[months.isin([7, 8])].min() > share[months.isin([9, 10])].max()
    # Most of this week's working days are public holidays or leave.
    assert share.idxmax() == date(2024, 12, 23)


def test_public_holidays_fall_on_their_days(weeks: pd.DataFrame) -> None:
    """Nobody works two days of the Christmas week, and a week without any holiday has no holiday hours."""
    christmas = weeks[weeks["week"] == date(2024, 12, 23)]
    assert np.allclose((christmas["public_holiday"] / christmas["contracted"]).min(), 0.2)
    assert np.allclose((christmas["public_holiday"] / christmas["contracted"]).max(), 0.4)
    assert (weeks.loc[weeks["week"] == date(2025, 9, 8), "public_holiday"] == 0).all()


@pytest.mark.parametrize(
    ("year", "day"),
    [(1961, (4, 2)), (2000, (4, 23)), (2024, (3, 31)), (2025, (4, 20)), (2026, (4, 5)), (2038, (4, 25))],
)
def test_easter_is_where_the_almanac_has_it(year: int, day: tuple[int, int]) -> None:
    """Easter Sunday agrees with published tables, the earliest and latest years of interest among them."""
    assert easter_sunday(year) == date(year, *day)


def test_bank_holidays_are_the_mondays_of_may_and_august() -> None:
    """The movable Mondays of 2025 in Leeds are 5 May, 26 May and 25 August."""
    assert {date(2025, 5, 5), date(2025, 5, 26), date(2025, 8, 25)} <= public_holidays("Leeds", {2025})


# --- seed, date, time --------------------------------------------------------------------------------------------


def test_the_same_seed_and_week_give_identical_frames(plain: SimpleNamespace, northwind: Organisation) -> None:
    """Nothing but the knobs and the week decides."""
    again = generate(Knobs(), plain.last_week)
    pd.testing.assert_frame_equal(again.people, northwind.people)
    pd.testing.assert_frame_equal(again.person_weeks, northwind.person_weeks)
    assert again.stories == northwind.stories


def test_another_seed_gives_other_people_in_the_same_units(plain: SimpleNamespace, northwind: Organisation) -> None:
    """Names and hours differ; the tree of units does not."""
    other = generate(Knobs(seed=8), plain.last_week)
    assert set(other.people["unit"]) == set(northwind.people["unit"])
    assert list(other.people["name"][:50]) != list(northwind.people["name"][:50])
    assert other.person_weeks["worked"].sum() != northwind.person_weeks["worked"].sum()


@pytest.mark.parametrize("later", [1, 9, 60, -200])
def test_another_last_week_moves_everything_by_whole_weeks(
    plain: SimpleNamespace, northwind: Organisation, later: int
) -> None:
    """Same people, units, careers, missing weeks and blanks; only the seasons follow the calendar."""
    shift = timedelta(weeks=later)
    moved = generate(Knobs(), plain.last_week + shift)
    dates = ["hired", "left", "from"]
    pd.testing.assert_frame_equal(moved.people.drop(columns=dates), northwind.people.drop(columns=dates))
    for name in dates:
        expected = [None if day is None else day + shift for day in northwind.people[name]]
        assert list(moved.people[name]) == expected, name
    assert list(moved.person_weeks["person_id"]) == list(northwind.person_weeks["person_id"])
    assert list(moved.person_weeks["week"]) == [week + shift for week in northwind.person_weeks["week"]]
    assert (moved.person_weeks["worked"].isna() == northwind.person_weeks["worked"].isna()).all()
    assert moved.person_weeks["leave"].sum() != northwind.person_weeks["leave"].sum()


@pytest.mark.parametrize("last_week", [date(2024, 12, 30), date(2026, 3, 2), date(2026, 8, 10), date(2027, 1, 4)])
def test_the_way_to_platform_is_found_in_any_season(plain: SimpleNamespace, last_week: date) -> None:
    """At the turn of the year, in spring and in August the warmest rows still lead there."""
    weeks = plain.with_units(generate(Knobs(), last_week))
    last = weeks[weeks["week"] >= plain.monday(3, last_week)]
    assert plain.load_by(last, 1).idxmax() == "Northwind/Engineering"
    assert plain.load_by(last, 2).idxmax() == "Northwind/Engineering/Infrastructure"
    assert plain.load_by(last, 3).idxmax() == PLATFORM
    assert plain.load_by(last, 1).max() > 1.0


@pytest.mark.parametrize("day", [date(2025, 11, 4), date(2025, 11, 9)])
def test_a_last_week_that_is_not_a_monday_is_refused(day: date) -> None:
    """A week is named by its Monday and by no other day."""
    with pytest.raises(ValueError, match="not a Monday"):
        generate(Knobs(), day)


def test_the_whole_organisation_takes_less_than_four_seconds(plain: SimpleNamespace) -> None:
    """Generation is vectorised: the default organisation is there in well under four seconds."""
    begun = time.perf_counter()
    generate(Knobs(seed=11), plain.last_week)
    assert time.perf_counter() - begun < 4
