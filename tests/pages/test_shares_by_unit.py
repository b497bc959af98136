"""Shares by unit on the screens: open goals for whoever leads a unit, and the rhythm of conversations for leaders and HR."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, insert
from streamlit.testing.v1 import AppTest

from core.calendar import quarter_start, today
from core.policy import Policy
from core.privacy.lattice import Plan
from core.privacy.reporting import store_plan
from core.rhythm.release import finish_quarters
from core.rhythm.tables import Pair
from core.workload.activity_rollup import quarter_end
from tests.core.goals.desk import Desk
from tests.organisations import codes, employ, people_in
from tests.pages.conftest import Jar
from tests.pages.goal_desk import desk_on, opened_as, words

GOALS, TALK = "goals.py", "conversations.py"
IN_ONE = ("emp", "peer", "boss")


@pytest.fixture
def desk(database: Engine) -> Desk:
    """Five people of Co/A own one goal each that lacks a unit of measure; a unit of three owns too few to be counted."""
    made = desk_on(database)
    for owner in (*IN_ONE, "far", "chief"):
        made.active(
            owner=owner, title=f"Goal of {owner}", unit="", last_on=today(), reviewed_on=today(), last_value=50.0
        )
    return made


def frames(at: AppTest) -> list[list[list[str]]]:
    """The cells of every table on the page."""
    return [[list(map(str, row)) for row in frame.value.to_numpy().tolist()] for frame in at.dataframe]


def test_a_leader_reads_how_many_open_goals_have_which_reason(desk: Desk, database: Engine, jar: Jar) -> None:
    """The sentence, the unit in figures, units of few owners without; and the way to the goals themselves."""
    at = opened_as(database, jar, "chief", GOALS, view="units")
    assert at.title[0].value.startswith("Five of 5 open goals in A need revisiting.")
    reasons, kept = frames(at)
    assert reasons[0][:3] == ["A", "5", "5 of 5"]
    assert reasons[1][:3] == ["One", "few owners", ""] and reasons[2][:3] == ["Two", "few owners", ""]
    assert kept[0] == ["A", "5", "5 of 5", "5 of 5", "none", "5 of 5"]
    at.button(key="units_to_queue").click().run()
    assert at.query_params["view"] in ("revisit", ["revisit"])


def test_a_unit_of_few_owners_says_so_and_shows_no_number(desk: Desk, database: Engine, jar: Jar) -> None:
    """Its manager is told to look at the goals instead."""
    at = opened_as(database, jar, "boss", GOALS, view="units")
    assert at.title[0].value == "Fewer than five people own open goals in One, so there are no shares."
    assert not at.dataframe
    assert "The goals themselves are in the queue" in words(at)


def test_a_unit_of_others_is_refused_with_a_way_back(desk: Desk, database: Engine, jar: Jar) -> None:
    """By its address; who leads nothing has no such view and gets the first of their own."""
    at = opened_as(database, jar, "chief", GOALS, view="units", unit="co.b.three")
    assert "whoever leads or manages the unit" in words(at) and not at.dataframe
    at.button(key="way_back").click().run()
    assert at.title[0].value.startswith("Five of 5 open goals in A")
    other = opened_as(database, jar, "hr", GOALS, view="units")
    assert "Shares of goals" not in words(other) and not frames(other)


@pytest.fixture
def over(database: Engine) -> date:
    """A quarter that was over eight weeks ago, in which three managers of Co/A talked to nobody; returns its first day."""
    first = quarter_start(quarter_start(today() - timedelta(days=today().weekday())) - timedelta(days=7))
    with database.begin() as connection:
        store_plan(connection, first, first, Plan())
    people = people_in({"Co/A/Four": 6, "Co/A/Five": 6})
    employ(database, people)
    with database.begin() as connection:
        ids = codes(connection)
        begun = {"since": first - timedelta(days=40), "clock_from": first - timedelta(days=40), "until": None}
        for team, lead in (("Four", 0), ("Four", 3), ("Five", 0)):
            for member in (lead + 1, lead + 2):
                two = {"lead_id": ids[f"Co/A/{team}#{lead}"], "member_id": ids[f"Co/A/{team}#{member}"]}
                connection.execute(
                    insert(Pair).values(kind="manager", proposed_by_id=None, accepted_on=None, **two, **begun)
                )
    at = datetime.combine(today(), datetime.min.time(), tzinfo=UTC)
    on = quarter_end(first) + timedelta(days=7)
    assert finish_quarters(database, policy=Policy(), as_of=max(on, today()), at=at, actor="test") == (first,)
    return first


def test_leaders_and_hr_read_whether_conversations_of_units_are_on_time(
    desk: Desk, over: date, database: Engine, jar: Jar
) -> None:
    """In words, with the teams not shown; a manager and an employee have no such section."""
    for who in ("hr", "chief"):
        at = opened_as(database, jar, who, TALK, rhythm_unit="co.a")
        told = words(at)
        assert "Across units" in told and "Many conversations in A were late, or did not take place." in told
        table = " ".join(str(cell) for each in at.table for cell in each.value.to_numpy().ravel())
        assert "Many late or missed" in table and "Not shown, to protect people" in table
    for who in ("boss", "emp", "admin"):
        assert "Across units" not in words(opened_as(database, jar, who, TALK, rhythm_unit="co.a"))


def test_an_address_of_another_unit_falls_back_to_what_is_told(
    desk: Desk, over: date, database: Engine, jar: Jar
) -> None:
    """The leader of Co/A reads about Co/A."""
    at = opened_as(database, jar, "chief", TALK, rhythm_unit="co.b.three")
    assert "Many conversations in A were late" in words(at)


def test_before_a_quarter_is_over_the_section_says_when(desk: Desk, database: Engine, jar: Jar) -> None:
    """No table and no file."""
    at = opened_as(database, jar, "hr", TALK)
    assert "Shown once a quarter, when it is over" in words(at)
    assert not list(at.table)
