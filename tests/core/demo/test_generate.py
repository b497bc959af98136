"""The demonstration organisation: its shape and its facts."""

from datetime import date, timedelta
from itertools import pairwise
from types import SimpleNamespace

import pandas as pd
import pytest

from core.demo import Organisation
from core.demo.activity import EVENT_COLUMNS
from core.demo.hours import WEEK_COLUMNS
from core.demo.people import PEOPLE_COLUMNS
from core.schedule import is_schedule, is_zone

MEASURED = ["worked", "after_hours", "rest_day", "meeting", "focus"]


# --- shape -------------------------------------------------------------------------------------------------------


def test_the_frames_have_the_columns_of_the_import(northwind: Organisation) -> None:
    """All frames carry the columns that the import reads, in its order."""
    assert (
        tuple(northwind.people.columns)
        == PEOPLE_COLUMNS
        == (
            *("id", "name", "email", "unit", "manager_id", "contracted_hours", "hired", "left", "leaving_reason"),
            *("role", "location", "grade", "from", "to", "schedule", "zone"),
        )
    )
    assert (
        tuple(northwind.person_weeks.columns)
        == WEEK_COLUMNS
        == (
            *("person_id", "week", "contracted", "leave", "public_holiday", "sickness"),
            *MEASURED,
        )
    )
    assert tuple(northwind.events.columns) == EVENT_COLUMNS == ("actor", "time", "source")
    for name in ("hired", "left", "from", "to"):
        assert all(value is None or type(value) is date for value in northwind.people[name]), name
    assert all(type(value) is date for value in northwind.person_weeks["week"])


def test_there_are_seventy_eight_weeks_and_the_last_is_the_one_asked_for(
    plain: SimpleNamespace, northwind: Organisation
) -> None:
    """Every Monday of the period occurs, none outside it."""
    assert sorted(set(northwind.person_weeks["week"])) == [plain.monday(ago) for ago in range(77, -1, -1)]


def test_about_twelve_hundred_people_work_in_a_hundred_and_twenty_teams(
    plain: SimpleNamespace, northwind: Organisation
) -> None:
    """The staff of the last week is within 3 % of the knob; teams average more than nine people."""
    active = plain.active_in_last_week(northwind)
    assert active["id"].is_unique
    assert abs(len(active) - 1200) <= 36
    sizes = active[plain.below(active["unit"], 3)].groupby("unit").size()
    assert len(sizes) == 120
    assert 9.2 <= sizes.mean() <= 10.0
    assert sizes.std() > 2


@pytest.mark.parametrize("ago", [77, 60, 45, 31, 30, 15, 5, 0])
def test_every_team_has_four_to_fourteen_people_in_every_season(
    plain: SimpleNamespace, northwind: Organisation, ago: int
) -> None:
    """A team is never smaller than four or larger than fourteen, before and after the reorganisation."""
    staff = plain.roster(northwind, plain.monday(ago))
    sizes = staff[plain.below(staff["unit"], 3)].groupby("unit").size()
    assert len(sizes) == 120
    assert sizes.min() >= 4
    assert sizes.max() <= 14


def test_there_are_four_levels_and_each_inner_unit_has_one_head(
    plain: SimpleNamespace, northwind: Organisation
) -> None:
    """One company, 5 divisions, 23 departments: in each exactly one person, and everybody else is in a team."""
    staff = plain.active_in_last_week(northwind)
    depth = staff["unit"].str.count("/")
    assert depth.value_counts().sort_index().loc[:2].to_dict() == {0: 1, 1: 5, 2: 23}
    assert depth.max() == 3
    assert staff[depth < 3]["unit"].is_unique
    inner = {path for level in (0, 1, 2) for path in plain.path_to(staff["unit"], level)}
    assert set(staff[depth < 3]["unit"]) == inner


def test_each_person_has_one_name_and_one_address(northwind: Organisation) -> None:
    """Names, addresses and ids stand for one person each; addresses are plain letters at the example domain."""
    named = northwind.people.drop_duplicates(["id", "name", "email"])
    for name in ("id", "name", "email"):
        assert named[name].is_unique, name
    assert named["email"].str.fullmatch(r"[a-z]+\.[a-z]+\d*@northwind\.example").all()
    assert named["id"].str.fullmatch(r"P\d{4}").all()


def test_everybody_reports_to_somebody_and_no_line_returns_to_its_beginning(
    plain: SimpleNamespace, northwind: Organisation
) -> None:
    """Each manager exists and is employed; going up from anybody ends at the one person without a manager."""
    known = set(northwind.people["id"])
    assert set(northwind.people["manager_id"].dropna()) <= known
    for ago in (77, 40, 30, 12, 0):
        staff = plain.roster(northwind, plain.monday(ago)).set_index("id")
        above = staff["manager_id"]
        assert list(staff.index[above.isna()]) == list(staff.index[staff["unit"] == "Northwind"])
        assert set(above.dropna()) <= set(staff.index)
        for person in staff.index:
            steps = 0
            while pd.notna(above[person]):
                person, steps = above[person], steps + 1  # noqa: PLW2901  (walking up is the test)
                assert steps <= 4


def test_members_report_to_their_lead_and_leads_to_the_head_of_the_unit_above(
    plain: SimpleNamespace, northwind: Organisation
) -> None:
    """The manager of a member is in the same team; the manager of a lead or head is the head of the parent."""
    staff = plain.active_in_last_week(northwind).set_index("id")
    for _, row in staff[staff["manager_id"].notna()].iterrows():
        heads = plain.below(pd.Series([row["unit"]]), 3)[0] and row["role"] != "Team lead"
        expected = row["unit"] if heads else row["unit"].rpartition("/")[0]
        assert staff.loc[row["manager_id"], "unit"] == expected


# --- facts -------------------------------------------------------------------------------------------------------


def test_no_row_breaks_the_rules_of_hours(weeks: pd.DataFrame) -> None:
    """Hours lie in a week, nobody works over 100, and nothing is worked where nothing was available."""
    numbers = weeks[["contracted", "leave", "public_holiday", "sickness", *MEASURED]]
    assert numbers.min().min() >= 0
    assert numbers.max().max() <= 168
    assert weeks["worked"].max() <= 100
    assert weeks["available"].min() > -1e-9
    away = weeks[weeks["available"] < 1e-9]
    assert len(away) > 1000
    assert away[MEASURED].fillna(0).to_numpy().max() == 0
    assert (weeks["after_hours"] + weeks["rest_day"] > weeks["worked"]).sum() == 0
    assert not numbers[["contracted", "leave", "public_holiday", "sickness"]].isna().any().any()


def test_a_full_week_of_leave_takes_all_contracted_hours(weeks: pd.DataFrame) -> None:
    """Where the week has no public holiday, leave is contracted hours and worked is 0."""
    full = weeks[(weeks["leave"] == weeks["contracted"]) & weeks["worked"].notna()]
    assert len(full) > 1000
    assert (full["worked"] == 0).all()
    assert (full["public_holiday"] == 0).all()


def test_every_week_of_an_employment_is_there_unless_the_whole_team_is_missing(
    plain: SimpleNamespace, northwind: Organisation, weeks: pd.DataFrame
) -> None:
    """Person-weeks are exactly the employed ones; what lacks, lacks for everybody in the team."""
    assert weeks["unit"].notna().all()
    assert not weeks.duplicated(["person_id", "week"]).any()
    assert all(left is None or week <= left for week, left in zip(weeks["week"], weeks["left"], strict=True))
    gaps = 0
    for ago in range(0, 78, 7):
        staff = plain.roster(northwind, plain.monday(ago))
        present = set(weeks.loc[weeks["week"] == plain.monday(ago), "person_id"])
        absent = staff[~staff["id"].isin(present)]
        gaps += len(absent)
        assert not staff[staff["id"].isin(present)]["unit"].isin(absent["unit"]).any()
        assert plain.below(absent["unit"], 3).all()
    assert gaps > 0


def test_contracted_hours_follow_the_assignment(plain: SimpleNamespace, northwind: Organisation) -> None:
    """In each sampled week everybody's contracted hours are those of the assignment that holds."""
    for ago in (77, 33, 0):
        agreed = plain.roster(northwind, plain.monday(ago)).set_index("id")["contracted_hours"]
        rows = northwind.person_weeks[northwind.person_weeks["week"] == plain.monday(ago)].set_index("person_id")
        assert (rows["contracted"] == agreed.reindex(rows.index)).all()


def test_some_hours_are_late_missing_or_blank(
    plain: SimpleNamespace, northwind: Organisation, weeks: pd.DataFrame
) -> None:
    """About 1 % of team-weeks lack, three teams are late with the last week, five never have meeting or focus hours."""
    in_teams = weeks[plain.below(weeks["unit"], 3)]
    delivered = in_teams.groupby("week")["unit"].nunique()
    assert 0.006 <= 1 - delivered.iloc[:-1].sum() / (77 * 120) <= 0.02
    assert delivered.iloc[-1] == 117
    for name in MEASURED[:3]:
        assert 0.002 < northwind.person_weeks[name].isna().mean() < 0.006, name
    measured = in_teams.groupby("unit")[["meeting", "focus"]].count().max(axis=1)
    assert (measured == 0).sum() == 5


def test_people_join_leave_come_back_and_change_their_hours(plain: SimpleNamespace, northwind: Organisation) -> None:
    """Reasons are given for leavers only; some return after weeks away; part-timers exist and hours change."""
    people = northwind.people
    spells = people.drop_duplicates(["id", "hired"])
    gone = spells[[left is not None for left in spells["left"]]]
    yearly = len(gone) / 1.5 / 1200
    assert 0.11 <= yearly <= 0.17
    assert set(gone["leaving_reason"]) == {"voluntary", "involuntary", "other"}
    assert (gone["leaving_reason"] == "voluntary").mean() > 0.5
    assert spells.loc[[left is None for left in spells["left"]], "leaving_reason"].isna().all()
    assert (spells["hired"] >= plain.monday(77)).sum() > 200

    again = spells[spells["id"].duplicated(keep=False)].sort_values(["id", "hired"])
    assert again["id"].nunique() == 6
    for _, own in again.groupby("id"):
        first, second = own.to_dict("records")
        assert second["hired"] - first["left"] >= timedelta(weeks=12)

    active = plain.active_in_last_week(northwind)
    assert 0.12 <= (active["contracted_hours"] < 37).mean() <= 0.21
    assert people.groupby(["id", "hired"])["contracted_hours"].nunique().gt(1).sum() >= 20


def test_assignments_of_a_spell_follow_each_other(northwind: Organisation) -> None:
    """The first row of a spell begins when it was hired, later rows later; spells of a person do not overlap."""
    for _, spell in northwind.people.groupby(["id", "hired"]):
        starts = list(spell["from"])
        assert starts[0] == spell["hired"].iloc[0]
        assert all(one < other for one, other in pairwise(starts))
        assert spell["left"].nunique(dropna=False) == 1
        left = spell["left"].iloc[0]
        assert left is None or starts[-1] <= left
    assert northwind.people["to"].isna().all()


def test_one_reorganisation_moves_five_teams_to_other_departments(
    plain: SimpleNamespace, northwind: Organisation
) -> None:
    """From one Monday thirty weeks before the end about fifty people have another path with the same team name."""
    before, after = (
        plain.roster(northwind, day).set_index("id")["unit"] for day in (plain.monday(31), plain.monday(30))
    )
    both = before.index.intersection(after.index)
    moved = both[
        (before[both] != after[both]) & (before[both].str.rsplit("/").str[-1] == after[both].str.rsplit("/").str[-1])
    ]
    assert after[moved].nunique() == 5
    assert 35 <= len(moved) <= 65
    rows = northwind.people[(northwind.people["from"] == plain.monday(30)) & northwind.people["id"].isin(moved)]
    assert set(rows["id"]) == set(moved)
    assert len(set(before) | {"Northwind"}) == len(set(after) | {"Northwind"}) == 149


# --- events ------------------------------------------------------------------------------------------------------


def test_events_come_from_people_who_worked_in_that_week_and_in_the_two_places_that_deliver_them(
    northwind: Organisation,
) -> None:
    """Commits from Engineering with their offset, tickets from Support in UTC, none from anybody else, 39 weeks."""
    homes = northwind.people.groupby("id")["unit"].agg(set)
    for source, unit in (("commits", "Northwind/Engineering"), ("tickets", "Northwind/Customer/Support")):
        own = northwind.events[northwind.events["source"] == source]
        assert len(own) > 10_000
        assert all(any(path.startswith(unit) for path in homes[actor]) for actor in own["actor"].unique())
        assert own["time"].str.endswith("Z").all() == (source == "tickets")
    days = pd.to_datetime(northwind.events["time"], utc=True, format="ISO8601")
    assert 38 * 7 < (days.max() - days.min()).days < 40 * 7


def test_schedules_and_zones_are_ones_that_the_import_reads(northwind: Organisation) -> None:
    """Several of each, one with rest days on working days, one of evenings."""
    assert all(is_schedule(text) for text in northwind.people["schedule"].unique())
    assert all(is_zone(text) for text in northwind.people["zone"].unique())
    assert northwind.people["zone"].nunique() >= 2
    assert {"Mo-Th 08:30-17:00", "Mo-Fr 12:00-20:30"} <= set(northwind.people["schedule"])
