"""Who sees what, for one viewer: the sentence, the rules in words, what the manager sees, and nothing of anybody else."""

from collections.abc import Iterator
from datetime import date

import pandas as pd
import pytest
from sqlalchemy import Connection, Engine, insert, select, update

from core.access.refusals import NoPermission
from core.access.rules import RULES
from core.access.viewer import Viewer
from core.openness.who_sees_what import line, manager_preview, only_heading, own_reach, who_sees_what
from core.people.tables import Assignment, OrgUnit, Person
from core.people.views import own_manager
from core.policy import Policy
from core.workload.board import WorkloadFilters
from core.workload.views import workload_board
from tests.databases import CopyOf
from tests.organisations import AS_OF, WEEK, codes, deliver, employ, hours, people_in, release

OPEN, CLOSED = Policy(), Policy(unit_means_for_everyone=False)
TEAMS = {"Co/A/One": 9, "Co/B/Small": 4, "Co/B/Other": 5}  # One stands alone, the others are joined


def build(engine: Engine) -> None:
    """An organisation with a team that is shown and two that are joined; one week."""
    people = people_in(TEAMS)
    employ(engine, people)
    deliver(engine, people, hours(people))
    release(engine)


@pytest.fixture
def company(copy_of: CopyOf) -> Iterator[Connection]:
    """A connection to it; nothing stays."""
    from core.database.engine import make_engine

    engine = make_engine(copy_of("openness", build))
    with engine.connect() as connection:
        yield connection
        connection.rollback()
    engine.dispose()


def somebody(unit: str, *roles: str, units: tuple[str, ...] = (), code: str = "P") -> Viewer:
    """A viewer at home in `unit`."""
    return Viewer(1, "v", "V", roles or ("employee",), units, unit, code)


def test_the_sentence_says_who_sees_the_own_hours(company: Connection) -> None:
    """With a unit, without one, and for an account that belongs to nobody."""
    told = [
        who_sees_what(company, viewer, policy=OPEN, as_of=AS_OF)
        for viewer in (somebody("Co/A/One"), somebody(""), somebody("", "admin", code=""))
    ]
    assert [each.sentence for each in told] == [
        "Your hours are seen by you alone. Your manager sees your team as a group.",
        "Your hours are seen by you alone.",
        "This account holds no hours. What it shows follows from its roles.",
    ]
    assert told[0].support.startswith("Your unit is One. The roster names no manager for you.")
    assert all("Whoever runs the server can read its database." in each.support for each in told)
    assert told[0].own_looks == told[0].unit_looks == ()


def test_an_account_without_a_role_is_refused(company: Connection) -> None:
    """Nothing is shown to nobody."""
    with pytest.raises(NoPermission):
        who_sees_what(company, Viewer(1, "v", "V", (), ("Co",), "Co/A/One", "Co/A/One#0"), policy=OPEN, as_of=AS_OF)


def test_the_manager_is_the_one_of_the_home_assignment_today(company: Connection) -> None:
    """By name when the roster has one; not the manager of somebody else, of another day, or of a second assignment."""
    ids, me = codes(company), "Co/A/One#0"
    company.execute(insert(Person), [{"code": code, "name": name} for code, name in (("M1", "Mara"), ("M2", None))])
    ids = codes(company)
    second = company.scalar(select(OrgUnit.id).where(OrgUnit.path == "Co/B/Small"))
    mine = Assignment.person_id == ids[me]
    company.execute(update(Assignment).where(mine).values(manager_id=ids["M1"], valid_to=date(2026, 6, 1)))
    company.execute(update(Assignment).where(~mine).values(manager_id=ids["M2"]))
    company.execute(
        insert(Assignment).values(
            person_id=ids[me],
            unit_id=second,
            manager_id=ids["M2"],
            valid_from=date(2020, 1, 6),
            contracted_hours=10.0,
            source="people",
        )
    )
    viewer = somebody("Co/A/One", code=me)
    assert own_manager(company, viewer, AS_OF) == "Mara"
    assert own_manager(company, viewer, date(2026, 6, 1)) == ""  # the other assignment's manager has no name
    assert own_manager(company, viewer, date(2019, 1, 1)) == ""
    assert own_manager(company, somebody("Co/A/One", code=""), AS_OF) == ""
    told = who_sees_what(company, viewer, policy=OPEN, as_of=AS_OF)
    assert "Your manager is Mara." in told.support


def test_every_rule_is_listed_once_held_or_for_later(company: Connection) -> None:
    """All rows of the table, in its order."""
    told = who_sees_what(company, somebody("Co/A/One"), policy=OPEN, as_of=AS_OF)
    assert [each.data for each in told.lines] == [rule.data for rule in RULES if rule.held]
    assert [each.data for each in told.later] == [rule.data for rule in RULES if not rule.held]


def test_the_words_of_a_rule_name_who_finds_anything_of_it() -> None:
    """Only the person; everybody; those who lead when the own line is closed; nobody finds an own answer again."""
    by_id = {rule.id: rule for rule in RULES}
    assert line(by_id["own_hours"], OPEN).who == "Only you"
    assert line(by_id["own_hours"], OPEN).how.endswith(
        "Your manager, leaders above, HR and everyone else: never by row."
    )
    assert line(by_id["how_it_works"], OPEN).who == "Everyone"
    assert line(by_id["group_numbers"], OPEN).who == "Everyone, each within their reach"
    assert line(by_id["group_numbers"], CLOSED).who == "Your manager, leaders above and HR"
    assert "You and everyone else: switched off here." in line(by_id["group_numbers"], CLOSED).how
    assert line(by_id["pulse"], OPEN).who == "Leaders above, HR and everyone else"
    assert line(by_id["concerns"], OPEN).who == "You and HR"


@pytest.mark.parametrize(
    ("viewer", "policy", "expected"),
    [
        (somebody("", "hr"), OPEN, {"HR": "Group numbers of the whole company"}),
        (somebody("", "hr", units=("Co/B",)), OPEN, {"HR": "Group numbers of Co › B, with all below"}),
        (somebody("", "manager"), OPEN, {"Manager": "No unit is set on the account"}),
        (somebody("", "admin", units=("Co",)), OPEN, {"Administrator": "Accounts and imports. No people data"}),
        (somebody("Co/A/One"), OPEN, {"Your own unit": "Group numbers of Co › A › One, and of the units above"}),
        (somebody("Co/A/One"), CLOSED, {"Your own unit": "Co › A › One. Its numbers are for those who lead only"}),
    ],
)
def test_what_the_own_roles_reach_is_said_in_words(viewer: Viewer, policy: Policy, expected: dict[str, str]) -> None:
    """From the rule that makes the scope."""
    told = own_reach(viewer, policy)
    for name, text in expected.items():
        assert told[name].startswith(text)
    assert ("Your own unit" in told) == ("admin" not in viewer.roles)


# --- what your manager sees ----------------------------------------------------------------------------------------


def test_the_preview_is_what_the_manager_s_own_screen_shows(company: Connection) -> None:
    """The cells of the unit's row equal those of a manager of exactly that unit, and those that the person may open."""
    me = somebody("Co/A/One")
    shown = manager_preview(company, me, policy=OPEN, as_of=AS_OF)
    filters = WorkloadFilters(unit="Co/A/One", weeks=8)
    boss = workload_board(company, somebody("", "manager", units=("Co/A/One",)), filters, policy=OPEN, as_of=AS_OF)
    own = workload_board(company, me, filters, policy=OPEN, as_of=AS_OF)
    assert shown.board is not None
    assert len(shown.board.weeks) == 8
    for board in (boss, own):
        pd.testing.assert_frame_equal(shown.board.cells, only_heading(board).cells)
    text = shown.board.cells.iloc[-1]["text"]
    assert shown.sentence == f"Your manager sees One at {text} in the week of 12 Jan."


def test_a_joined_unit_is_shown_as_its_manager_sees_it(company: Connection) -> None:
    """Not by itself; the number that is told is that of the join."""
    shown = manager_preview(company, somebody("Co/B/Small"), policy=OPEN, as_of=AS_OF)
    assert shown.board is not None
    own, joined = shown.board.rows["key"]
    newest = shown.board.cells[shown.board.cells["week"] == WEEK].set_index("key")
    assert newest.loc[own, "status"] == "hidden" and newest.loc[joined, "status"] == "shown"
    assert pd.isna(newest.loc[own, "value"]) and newest.loc[own, "digits"] == ""
    assert shown.sentence.startswith("Small is not shown by itself, to protect people. Your manager sees ")
    assert shown.sentence.endswith(f"{newest.loc[joined, 'text']}.")


def test_a_hidden_unit_is_hidden_from_its_manager_too(engine: Engine) -> None:
    """The sentence says so, and no number is there."""
    people = people_in({"Co/A": 4})
    employ(engine, people)
    deliver(engine, people, hours(people))
    release(engine)
    with engine.connect() as connection:
        shown = manager_preview(connection, somebody("Co/A"), policy=OPEN, as_of=AS_OF)
    assert shown.board is not None
    assert shown.board.cells["value"].isna().all()
    assert (
        shown.sentence
        == "A is not shown in the week of 12 Jan, to protect people. Your manager does not see it either."
    )


def test_what_lies_below_the_own_unit_is_not_in_the_preview(company: Connection) -> None:
    """The manager of Co/B sees its teams; whoever is at home directly in Co/B does not."""
    filters = WorkloadFilters(unit="Co/B", weeks=8)
    boss = workload_board(company, somebody("", "manager", units=("Co/B",)), filters, policy=OPEN, as_of=AS_OF)
    assert len(boss.rows) > 1
    shown = manager_preview(company, somebody("Co/B"), policy=OPEN, as_of=AS_OF)
    assert shown.board is not None
    assert list(shown.board.rows["name"]) == ["B"]
    assert set(shown.board.cells["key"]) == set(shown.board.rows["key"])
    assert not any(name in shown.sentence + shown.board.alt for name in ("Small", "Other"))


def test_a_closed_policy_shows_words_and_no_number(company: Connection) -> None:
    """An employee reads that the manager sees it; a leader whose role reaches the unit reads the number."""
    closed = manager_preview(company, somebody("Co/A/One"), policy=CLOSED, as_of=AS_OF)
    assert closed.board is None
    assert closed.sentence == "Your manager sees protected numbers of One. They are for those who lead only."
    leader = somebody("Co/A/One", "leader", units=("Co/A",))
    assert manager_preview(company, leader, policy=CLOSED, as_of=AS_OF).board is not None


def test_without_a_unit_or_a_release_the_preview_says_why(company: Connection, engine: Engine) -> None:
    """No home on the roster, a home that is no unit, and a unit about which nothing is released."""
    for unit in ("", "Nowhere"):
        assert manager_preview(company, somebody(unit), policy=OPEN, as_of=AS_OF).board is None
    employ(engine, people_in({"Co/A": 8}))
    with engine.connect() as connection:
        early = manager_preview(connection, somebody("Co/A"), policy=OPEN, as_of=AS_OF)
    assert early.sentence == "Nothing is released about A yet, so your manager sees nothing either."
