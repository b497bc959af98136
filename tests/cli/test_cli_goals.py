"""`show goals`, `show conversations` and `show rhythm`: the rules of the screens, every look on record, and never a text."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert, select

from core import calendar
from core.access.tables import AccessLog
from core.database.engine import make_engine
from core.goals.goal import Visibility
from core.rhythm.tables import Pair
from tests.cli.conftest import CommandLine
from tests.core.goals.desk import ACCOUNTS, ONE, Desk
from tests.core.rhythm.talk import Talk, code_of
from tests.organisations import codes

DAY = ("--as-of", "2026-02-20")


@pytest.fixture
def desk(database_url: str, command_line: Callable[[str], CommandLine]) -> CommandLine:
    """Four goals of one person and one of another, on both databases."""
    made = Desk(make_engine(database_url))
    made.active(code="OPEN", title="=An open goal", unit="", owner="emp")
    made.active(code="TEAM", title="A goal of the team", unit="", owner="emp", visibility=Visibility.TEAM)
    made.active(code="PRIVATE", title="A private goal", unit="", owner="emp", visibility=Visibility.PRIVATE)
    made.active(code="FINE", title="A goal that goes well", owner="emp", last_on=date(2026, 2, 19), last_value=30.0)
    made.active(code="FAR", title="Somebody else's", unit="", owner="other")
    return command_line(database_url)


def listed(desk: CommandLine, who: str, *more: str) -> dict[str, dict[str, object]]:
    """Code -> document, as the account is told."""
    return {goal["code"]: goal for goal in desk.document("show", "goals", "--as", who, "--json", *DAY, *more)["goals"]}


def test_each_account_is_told_what_the_screens_tell_it(desk: CommandLine) -> None:
    """Goal and progress of open goals for everybody who works here; reasons for owner, manager and unit leader alone."""
    sees = {
        "emp": {"OPEN", "TEAM", "PRIVATE", "FINE", "FAR"},
        "boss": {"OPEN", "TEAM", "PRIVATE", "FINE", "FAR"},
        "chief": {"OPEN", "TEAM", "FINE", "FAR"},
        "peer": {"OPEN", "TEAM", "FINE", "FAR"},
        "hr": {"OPEN", "FINE", "FAR"},
        "otherboss": {"OPEN", "FINE", "FAR"},
        "admin": set(),
    }
    reasons = {"emp": "emp", "boss": "emp", "chief": "emp", "otherboss": "other"}
    for who, seen in sees.items():
        found = listed(desk, who)
        assert set(found) == seen, who
        told = {code for code, goal in found.items() if goal["reasons"] is not None}
        own = {"FAR"} if reasons.get(who) == "other" else seen - {"FAR"} if who in reasons else set()
        assert told == own, who
        assert all((found[code]["revisit"] is None) == (code not in told) for code in found)
    assert set(ACCOUNTS) >= set(sees)
    goal = listed(desk, "boss")["OPEN"]
    assert "not_measurable" in {each["code"] for each in goal["reasons"]} and goal["revisit"] is True
    assert {"id", "title", "owner", "progress", "expected", "status", "reasons", "revisit"} <= set(goal)
    assert listed(desk, "hr")["FINE"]["progress"] == pytest.approx(0.3)


def test_one_goal_a_unit_a_reason_and_those_that_need_revisiting(desk: CommandLine) -> None:
    """A goal that may not be seen reads like one that does not exist; a reason that there is not is refused by name."""
    assert set(listed(desk, "boss", "--goal", "PRIVATE")) == {"PRIVATE"}
    hidden, unknown = (
        desk.refused("show", "goals", "--as", "hr", "--goal", code, *DAY) for code in ("PRIVATE", "NONE")
    )
    assert hidden == unknown
    assert set(listed(desk, "boss", "--unit", ONE, "--reason", "not_measurable")) == {"OPEN", "TEAM", "PRIVATE"}
    assert "FINE" not in listed(desk, "boss", "--needs-revisiting")
    assert listed(desk, "hr", "--reason", "not_measurable") == {}
    assert "Reasons: stale" in desk.refused("show", "goals", "--as", "boss", "--reason", "lazy", *DAY)
    assert set(listed(desk, "emp", "--limit", "1")) == {"OPEN"}


def test_table_and_file_say_the_same_and_formulas_are_made_safe(desk: CommandLine) -> None:
    """Reasons as words in the table and as codes in the file; a title that begins like a formula gets an apostrophe."""
    told = desk.done("show", "goals", "--as", "boss", *DAY)
    rows = desk.done("show", "goals", "--as", "boss", "--format", "csv", *DAY).splitlines()
    assert "Not" in told and "measurable" in told
    assert "not told" in desk.done("show", "goals", "--as", "hr", *DAY)
    assert rows[0].startswith("id,code,title,kind,owner") and len(rows) == 6
    assert any(",'=An open goal," in row and "not_measurable" in row for row in rows)
    assert desk.done("show", "goals", "--as", "admin", *DAY) == "No goal here.\n"


def test_every_look_at_what_is_not_open_is_on_record_for_the_person(desk: CommandLine) -> None:
    """Of the account, and of whoever's reasons or private goals were read; plain progress of open goals names nobody else."""

    def looked() -> dict[tuple[str, str], int]:
        with desk.engine().connect() as connection:
            rows = connection.execute(select(AccessLog.viewer, AccessLog.subject, AccessLog.reads))
            return {(row.viewer.rsplit(" as ", 1)[-1], row.subject): row.reads for row in rows}

    listed(desk, "hr")
    assert looked() == {("hr", "hrp"): 1}
    listed(desk, "boss")
    assert looked() == {("hr", "hrp"): 1, ("boss", "boss"): 1, ("boss", "emp"): 1}
    listed(desk, "peer", "--goal", "OPEN")
    assert ("peer", "emp") not in looked()
    desk.refused("show", "goals", "--as", "peer", "--goal", "PRIVATE", *DAY)
    assert looked()["peer", "peer"] == 2


def test_shares_by_unit_are_for_whoever_leads_it(desk: CommandLine) -> None:
    """Few owners: no number. HR is refused; filters of single goals do not go with shares."""
    found = desk.document("show", "goals", "--by-unit", "--as", "chief", "--json", *DAY)
    assert found["unit"] == "Co/A" and found["units"][0] == {
        "unit": "Co/A", "directly": False, "few_owners": True, "goals": None, "revisit": None, "reasons": None, "kept": None,
    }  # fmt: skip
    assert "Fewer than five people own" in desk.done("show", "goals", "--by-unit", "--as", "chief", *DAY)
    assert "leads or manages the unit" in desk.refused("show", "goals", "--by-unit", "--as", "hr", *DAY)
    assert desk("show", "goals", "--by-unit", "--reason", "stale", "--as", "chief").exit_code == 2
    with desk.engine().connect() as connection:
        assert "unit Co/A" in set(connection.scalars(select(AccessLog.subject)))


def test_conversations_are_told_by_their_days_and_never_by_what_was_written(
    database_url: str, command_line: Callable[[str], CommandLine]
) -> None:
    """Own pairs of the account, with where texts are read; no text, sealed or open, is anywhere in what is printed."""
    talk = Talk(make_engine(database_url))
    conversation = talk.plan("ann")
    talk.write(conversation, "A word between two")
    line = command_line(database_url)
    for who in ("ann", "max", "hr", "admin", "root"):
        told = line.done("show", "conversations", "--as", who, "--format", "json", "--as-of", "2026-03-10")
        table = line.done("show", "conversations", "--as", who, "--as-of", "2026-03-10")
        assert "A word between two" not in told + table
        pairs = json.loads(told)["pairs"]
        assert all(set(pair) == FIELDS for pair in pairs)
        assert "read in the app" in table and "read in the app" in json.loads(told)["texts"]
        assert bool(pairs) == (who in ("ann", "max", "hr"))
    with talk.engine.connect() as connection:
        looked = select(AccessLog.subject).where(AccessLog.what == "dates of conversations")
        seen = set(connection.scalars(looked.where(AccessLog.viewer.endswith(" as ann"))))
    assert {code_of("ann"), code_of("max")} <= seen  # both people of a pair find the look


FIELDS = {
    "with", "kind", "leading", "since", "until", "check_in_due", "review_due", "overdue", "last", "planned",
}  # fmt: skip


def test_rhythm_is_told_by_unit_to_leaders_and_hr(co: CommandLine) -> None:
    """Before a quarter is released there is the day from which it is; a manager is told about the own team in the app."""
    found = co.document("show", "rhythm", "--as", "hr", "--format", "json")
    assert found["units"] == [] and found["sentence"].startswith("Shown once a quarter, when it is over")
    for who in ("manager", "employee", "admin"):
        assert "told by unit to leaders and HR" in co.refused("show", "rhythm", "--as", who)


def test_a_quarter_that_is_over_is_released_at_the_first_look_and_told_in_words(
    co: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three managers in Co/A whose conversations did not take place: the unit in words, its teams not shown; logged."""
    with co.engine().begin() as connection:
        ids = codes(connection)
        days = {"since": date(2025, 12, 1), "clock_from": date(2025, 12, 1), "until": None}
        for team, first in (("Co/A/One", 0), ("Co/A/One", 3), ("Co/A/Two", 0)):
            for member in (first + 1, first + 2):
                row = {"kind": "manager", "lead_id": ids[f"{team}#{first}"], "member_id": ids[f"{team}#{member}"]}
                connection.execute(insert(Pair).values(**row, **days, proposed_by_id=None, accepted_on=None))
    monkeypatch.setattr(calendar, "now", lambda: datetime(2026, 4, 15, 9, 0, tzinfo=UTC))
    found = co.document("show", "rhythm", "--as", "leader", "--unit", "Co/A", "--format", "json")
    words = {unit["unit"]: (unit["status"], unit["words"], unit["on_time"]) for unit in found["units"]}
    assert words["Co/A"] == ("shown", "many late or missed", None)
    assert words["Co/A/One"] == words["Co/A/Two"] == ("hidden", None, None)
    assert found["quarter"] == {"from": "2025-12-29", "to": "2026-03-29"}
    told = co.done("show", "rhythm", "--as", "leader", "--unit", "Co/A")
    assert told.startswith("Many conversations in A were late, or did not take place.")
    rows = co.done("show", "rhythm", "--as", "leader", "--unit", "Co/A", "--format", "csv").splitlines()
    assert rows[0] == "unit,path,quarter,status,on_time,words,shown_with,release" and len(rows) == 4
    with co.engine().connect() as connection:
        assert "unit Co/A" in set(connection.scalars(select(AccessLog.subject)))
