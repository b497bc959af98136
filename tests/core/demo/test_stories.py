"""The demonstration organisation: what can be found in it, by plain formulas."""

from datetime import timedelta
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from core.demo import Knobs, Organisation, generate

PLATFORM = "Northwind/Engineering/Infrastructure/Platform"
SUPPORT = "Northwind/Customer/Support/Support North"
PAYMENTS = "Northwind/Products/Payments"


# --- stories -----------------------------------------------------------------------------------------------------


def test_the_stories_say_where_and_when(plain: SimpleNamespace, northwind: Organisation) -> None:
    """Each story names a unit that exists and a window of Mondays inside the period."""
    assert [story.unit for story in northwind.stories][:3] == [PLATFORM, SUPPORT, PAYMENTS]
    paths = set(plain.active_in_last_week(northwind)["unit"])
    for story in northwind.stories:
        assert story.unit in paths
        assert plain.monday(77) < story.from_week < story.to_week <= plain.last_week + timedelta(weeks=1)
        assert story.from_week.weekday() == story.to_week.weekday() == 0
        assert story.sentence.endswith(".")


@pytest.mark.parametrize("seed", [7, 1, 2, 3])
def test_the_warmest_row_at_each_level_leads_to_platform(plain: SimpleNamespace, seed: int) -> None:
    """Company, division, department, team: the highest utilisation of the last four weeks is Platform's, each time."""
    weeks = plain.with_units(generate(Knobs(seed=seed), plain.last_week))
    last = weeks[weeks["week"] >= plain.monday(3)]
    divisions, departments, teams = (plain.load_by(last, level).sort_values() for level in (1, 2, 3))
    assert divisions.index[-1] == "Northwind/Engineering"
    assert divisions.iloc[-1] > 1.0 > divisions.iloc[-2]
    assert departments.index[-1] == "Northwind/Engineering/Infrastructure"
    assert departments.iloc[-1] > 1.08
    assert departments.iloc[-1] - departments.iloc[-2] > 0.07
    assert teams.index[-1] == PLATFORM
    assert teams.iloc[-1] - teams.iloc[-2] > 0.12
    siblings = teams[teams.index.str.startswith("Northwind/Engineering/Infrastructure/")].drop(PLATFORM)
    assert siblings.max() < 1.05


def test_platform_rises_over_fourteen_weeks_to_a_critical_level(
    plain: SimpleNamespace, northwind: Organisation, weeks: pd.DataFrame
) -> None:
    """From about 0.97 to about 1.22; Engineering and Infrastructure are above 1.00 in each of the last four weeks."""
    story = northwind.stories[0]
    assert abs(plain.load_of(weeks, PLATFORM, plain.monday(77), story.from_week).mean() - 0.97) < 0.02
    rise = plain.load_of(weeks, PLATFORM, story.from_week, story.to_week)
    assert len(rise) == 14
    assert abs(rise.iloc[-4:].mean() - 1.22) < 0.03
    assert np.polyfit(range(14), rise, 1)[0] > 0.015
    assert plain.load_of(weeks, "Northwind/Engineering", plain.monday(3), story.to_week).min() > 1.0
    assert plain.load_of(weeks, "Northwind/Engineering/Infrastructure", plain.monday(3), story.to_week).min() > 1.08
    assert (plain.roster(northwind, plain.last_week)["unit"] == PLATFORM).sum() >= 10


def test_platform_works_later_on_rest_days_too_and_with_less_focus(plain: SimpleNamespace, weeks: pd.DataFrame) -> None:
    """Beside its earlier weeks: three times the after-hours, five times the rest-day hours, half the focus."""
    own = weeks[weeks["unit"] == PLATFORM]
    before, after = own[own["week"] < plain.monday(14)], own[own["week"] >= plain.monday(3)]
    assert after["after_hours"].mean() > 3 * before["after_hours"].mean()
    assert after["rest_day"].mean() > 5 * before["rest_day"].mean()
    assert after["focus"].mean() < 0.5 * before["focus"].mean()


def test_support_north_recovers_after_people_join(
    plain: SimpleNamespace, northwind: Organisation, weeks: pd.DataFrame
) -> None:
    """Twelve weeks about 1.18, then more people, then about 0.95 to the end."""
    story = northwind.stories[1]
    high = plain.load_of(weeks, SUPPORT, story.from_week, story.to_week)
    assert len(high) == 12
    assert abs(high.mean() - 1.18) < 0.03
    assert high.min() > 1.1
    recovered = plain.load_of(weeks, SUPPORT, plain.monday(33), plain.last_week + timedelta(weeks=1))
    assert abs(recovered.mean() - 0.95) < 0.02
    sizes = [(plain.roster(northwind, day)["unit"] == SUPPORT).sum() for day in (story.from_week, plain.monday(33))]
    assert sizes[0] >= 10
    assert 2 <= sizes[1] - sizes[0] <= 3
    assert story.to_week <= plain.monday(30)
    assert story.from_week >= plain.monday(54)


def test_payments_is_above_capacity_for_the_five_weeks_of_its_launch(
    plain: SimpleNamespace, northwind: Organisation, weeks: pd.DataFrame
) -> None:
    """Above 1.12 in each of the five weeks, and in no other week of the period above 1.05."""
    story = northwind.stories[2]
    whole = plain.load_of(weeks, PAYMENTS, plain.monday(77), plain.last_week + timedelta(weeks=1))
    launch = (whole.index >= story.from_week) & (whole.index < story.to_week)
    assert launch.sum() == 5
    assert whole[launch].min() > 1.12
    assert whole[~launch].max() < 1.05
    assert plain.monday(24) <= story.from_week <= plain.monday(18)


@pytest.mark.parametrize("seed", [7, 1, 2, 3])
def test_no_other_team_has_a_story(plain: SimpleNamespace, seed: int) -> None:
    """Elsewhere team means lie within 0.88 to 1.00 and no team is above 1.10 in four consecutive weeks."""
    weeks = plain.with_units(generate(Knobs(seed=seed), plain.last_week))
    told = weeks["unit"].isin([PLATFORM, SUPPORT]) | weeks["unit"].str.startswith(PAYMENTS + "/")
    elsewhere = weeks[~told]
    means = plain.load_by(elsewhere, 3)
    assert means.min() >= 0.88
    assert means.max() <= 1.0
    table = plain.load_by(elsewhere, 3, by_week=True).unstack("week")
    runs = (table > 1.1).T.rolling(4).sum().T
    assert not (runs == 4).any().any()
    payments = plain.load_by(weeks[weeks["unit"].str.startswith(PAYMENTS + "/")], 3, by_week=True).unstack("week")
    assert not (payments[[plain.monday(ago) for ago in (3, 2, 1, 0)]] > 1.1).all(axis=1).any()


def test_a_plain_loop_over_the_rows_gives_the_same_utilisation(
    plain: SimpleNamespace, northwind: Organisation, weeks: pd.DataFrame
) -> None:
    """Platform's last week, added up person by person from the two frames, is what the grouped sums say."""
    members = {
        row["id"] for row in plain.roster(northwind, plain.last_week).to_dict("records") if row["unit"] == PLATFORM
    }
    worked = available = 0.0
    for row in northwind.person_weeks.to_dict("records"):
        if row["week"] == plain.last_week and row["person_id"] in members and not np.isnan(row["worked"]):
            worked += row["worked"]
            available += row["contracted"] - row["leave"] - row["public_holiday"] - row["sickness"]
    assert plain.load_of(weeks, PLATFORM, plain.last_week, plain.last_week + timedelta(weeks=1)).iloc[
        0
    ] == pytest.approx(worked / available)


def test_a_persons_week_swings_enough_to_count_as_fast(plain: SimpleNamespace, weeks: pd.DataFrame) -> None:
    """The pooled deviation is at least 0.085 round the person's mean and between neighbouring weeks."""
    assert 0.085 <= plain.swing(weeks) <= 0.105
    fair = weeks[weeks["worked"].notna() & (weeks["available"] >= 0.2 * weeks["contracted"])].sort_values(
        ["person_id", "week"]
    )
    steps = (fair["worked"] / fair["available"]).groupby(fair["person_id"]).diff()
    assert np.sqrt((steps**2).mean() / 2) >= 0.085
