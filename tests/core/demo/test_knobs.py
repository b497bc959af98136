"""The demonstration organisation: what each knob means, and that turning it does so."""

from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta
from types import SimpleNamespace

import pandas as pd
import pytest

from core.demo import KNOB_MEANINGS, Knobs, Organisation, generate

PLATFORM = "Northwind/Engineering/Infrastructure/Platform"
SUPPORT = "Northwind/Customer/Support/Support North"
PAYMENTS = "Northwind/Products/Payments"

Measure = Callable[[SimpleNamespace, Organisation], float]


def spells(organisation: Organisation) -> pd.DataFrame:
    """One row for each employment."""
    return organisation.people.drop_duplicates(["id", "hired"])


def team_changes(organisation: Organisation) -> tuple[pd.Series, pd.Series]:
    """For each assignment: did the name of the unit, did its path change inside the employment?"""
    units = organisation.people["unit"]
    before = units.groupby([organisation.people["id"], organisation.people["hired"]]).shift()
    renamed = before.notna() & (units.str.rsplit("/").str[-1] != before.str.rsplit("/").str[-1])
    return renamed, before.notna() & (units != before)


def moves(plain: SimpleNamespace, organisation: Organisation) -> float:
    """How often somebody changed to a team of another name."""
    return float(team_changes(organisation)[0].sum())


def moved_with_their_team(plain: SimpleNamespace, organisation: Organisation) -> float:
    """How often somebody's team kept its name and changed its path."""
    renamed, elsewhere = team_changes(organisation)
    return float((elsewhere & ~renamed).sum())


def leave_in(*months: int) -> Measure:
    """Share of contracted hours taken as leave in the weeks whose Thursday is in these months."""

    def measure(plain: SimpleNamespace, organisation: Organisation) -> float:
        rows = organisation.person_weeks
        inside = rows[[(week + timedelta(days=3)).month in months for week in rows["week"]]]
        return float(inside["leave"].sum() / inside["contracted"].sum())

    return measure


def loaded(unit: str, first_ago: int, last_ago: int) -> Measure:
    """Mean utilisation of a unit between two distances from the end."""

    def measure(plain: SimpleNamespace, organisation: Organisation) -> float:
        weeks = plain.with_units(organisation)
        return float(plain.load_of(weeks, unit, plain.monday(first_ago), plain.monday(last_ago - 1)).mean())

    return measure


def active(plain: SimpleNamespace, organisation: Organisation) -> float:
    """People employed in the last week."""
    return float(len(plain.roster(organisation, plain.last_week)))


def part_timers(plain: SimpleNamespace, organisation: Organisation) -> float:
    """People with less than full-time hours in the last week."""
    return float((plain.roster(organisation, plain.last_week)["contracted_hours"] < 37).sum())


def joined_inside(plain: SimpleNamespace, organisation: Organisation) -> float:
    """Employments that begin inside the period."""
    return float((spells(organisation)["hired"] >= plain.monday(77)).sum())


def changes_of_hours(plain: SimpleNamespace, organisation: Organisation) -> float:
    """Employments in which the contracted hours change."""
    return float(organisation.people.groupby(["id", "hired"])["contracted_hours"].nunique().gt(1).sum())


def missing_team_weeks(plain: SimpleNamespace, organisation: Organisation) -> float:
    """Team-weeks before the last week for which nothing was delivered."""
    rows = plain.with_units(organisation)
    rows = rows[plain.below(rows["unit"], 3) & (rows["week"] < plain.last_week)]
    return 120.0 * 77 - len(rows.drop_duplicates(["unit", "week"]))


def late_teams(plain: SimpleNamespace, organisation: Organisation) -> float:
    """Teams without hours in the last week."""
    rows = plain.with_units(organisation)
    return 120.0 - rows[plain.below(rows["unit"], 3) & (rows["week"] == plain.last_week)]["unit"].nunique()


def teams_without_calendar(plain: SimpleNamespace, organisation: Organisation) -> float:
    """Units that never have meeting or focus hours."""
    rows = plain.with_units(organisation)
    return float((rows.groupby("unit")[["meeting", "focus"]].count().max(axis=1) == 0).sum())


DIRECTIONS: list[tuple[str, object, object, Measure]] = [
    ("people", 1000, 1350, active),
    ("weeks", 60, 90, lambda _, each: float(each.person_weeks["week"].nunique())),
    ("turnover", 0.05, 0.25, lambda _, each: float(spells(each)["leaving_reason"].notna().sum())),
    ("growth", 0.0, 0.15, joined_inside),
    ("internal_moves", 0.0, 0.4, moves),
    ("rehires", 0, 12, lambda _, each: float(spells(each)["id"].duplicated().sum())),
    ("part_time", 0.05, 0.4, part_timers),
    ("hours_changes", 0.0, 0.2, changes_of_hours),
    ("swing", 0.03, 0.12, lambda plain, each: plain.swing(plain.with_units(each))),
    ("summer_leave", 1.0, 6.0, leave_in(7, 8)),
    ("christmas_leave", 0.1, 0.8, leave_in(12)),
    ("sickness", 0.01, 0.06, lambda _, each: float(each.person_weeks["sickness"].sum())),
    ("missing", 0.0, 0.05, missing_team_weeks),
    ("late_teams", 0, 8, late_teams),
    ("blanks", 0.0, 0.03, lambda _, each: float(each.person_weeks["worked"].isna().sum())),
    ("no_calendar_teams", 0, 8, teams_without_calendar),
    ("activity_weeks", 20, 40, lambda _, each: float(pd.to_datetime(each.events["time"], utc=True).dt.date.nunique())),
    ("events", 3.0, 6.0, lambda _, each: float(len(each.events))),
    ("platform_level", 1.05, 1.3, loaded(PLATFORM, 3, 0)),
    ("support_level", 1.05, 1.3, loaded(SUPPORT, 50, 39)),
    ("crunch_level", 1.05, 1.3, loaded(PAYMENTS, 22, 18)),
    ("reorganisation", False, True, moved_with_their_team),
]


def test_every_knob_has_a_meaning_of_one_line() -> None:
    """Each field of the knobs is explained by one sentence, and nothing else is."""
    assert list(KNOB_MEANINGS) == [knob.name for knob in fields(Knobs)]
    for name, meaning in KNOB_MEANINGS.items():
        assert meaning.endswith("."), name
        assert "\n" not in meaning, name
        assert len(meaning) <= 100, name


@pytest.mark.parametrize(("name", "low", "high", "measure"), DIRECTIONS, ids=[row[0] for row in DIRECTIONS])
def test_turning_a_knob_up_turns_up_what_it_names(
    plain: SimpleNamespace, name: str, low: object, high: object, measure: Measure
) -> None:
    """The quantity that the knob's meaning names is clearly larger at the higher setting."""
    less, more = (measure(plain, generate(Knobs(**{name: value}), plain.last_week)) for value in (low, high))  # type: ignore[arg-type]
    assert more > less * 1.1


def test_each_knob_but_the_seed_has_a_direction() -> None:
    """No knob is without a test of what it does."""
    assert {row[0] for row in DIRECTIONS} | {"seed"} == set(KNOB_MEANINGS)


def test_sickness_comes_near_the_share_that_its_knob_names(weeks: pd.DataFrame) -> None:
    """Over the period 2.5 to 3.5 % of contracted hours are lost to sickness at the default of 3 %."""
    assert 0.025 <= weeks["sickness"].sum() / weeks["contracted"].sum() <= 0.035


@pytest.mark.parametrize(
    ("name", "value"),
    [("weeks", 10), ("people", 50), ("people", 5000), ("turnover", 1.2), ("swing", -0.1), ("missing", -0.01)],
)
def test_a_value_that_cannot_be_served_is_refused_by_name(name: str, value: float) -> None:
    """The message names the knob and its limits."""
    with pytest.raises(ValueError, match=f"{name} must be"):
        Knobs(**{name: value})  # type: ignore[arg-type]


def test_a_short_period_tells_only_the_stories_that_fit_into_it(plain: SimpleNamespace) -> None:
    """With 40 weeks the year-old story is left out, and the rest is as it was."""
    short = generate(Knobs(weeks=40), plain.last_week)
    assert [story.unit for story in short.stories][:2] == [PLATFORM, PAYMENTS]
    assert short.person_weeks["week"].nunique() == 40


@pytest.mark.parametrize("people", [800, 1500])
def test_the_smallest_and_the_largest_organisation_keep_the_limits_of_a_team(
    plain: SimpleNamespace, people: int
) -> None:
    """At either end of the knob teams have four to fourteen people and the staff is about what was asked for."""
    staff = plain.roster(generate(Knobs(people=people), plain.last_week), plain.last_week)
    sizes = staff[plain.below(staff["unit"], 3)].groupby("unit").size()
    assert sizes.min() >= 4
    assert sizes.max() <= 14
    assert abs(len(staff) - people) <= 0.04 * people
