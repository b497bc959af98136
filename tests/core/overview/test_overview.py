"""What the overview says, to whom: numbers with verdicts, what changed, what needs somebody, and nothing beyond the scope."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from math import isnan

import pytest
from sqlalchemy import Engine, event, insert, select, update

from core.access.accounts import add_user
from core.access.changes import record
from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.database.engine import make_engine
from core.overview.board import KeyNumber, Overview
from core.overview.views import overview
from core.people.views import units_seen
from core.policy import Policy
from core.privacy.tables import PendingRelease, PublishedCell, Release
from core.workload.board import WorkloadFilters
from core.workload.tables import UnitNote, UnitNoteVersion
from core.workload.views import workload_board
from tests import conftest
from tests.core.overview.cells import AS_OF, COMPANY, HIDDEN, JOIN, JOINS, LAST, MISSING, PEOPLE, QUIET, publish, rising
from tests.databases import CopyOf
from tests.organisations import POLICY, employ, who

NBSP = "\u00a0"
AT = datetime(2026, 3, 16, 8, 0, tzinfo=UTC)


LEADER, HR = who("leader", units=("Co",)), who("hr")
MANAGER = who("manager", "employee", units=("Co/A/One",), own="Co/A")
EMPLOYEE, ADMIN = who("employee", own="Co/A/One"), who("admin")
EVERYONE = (LEADER, HR, MANAGER, EMPLOYEE, ADMIN)


@pytest.fixture
def company(copy_of: CopyOf) -> Iterator[Engine]:
    """A year of published cells, on SQLite and on PostgreSQL; the last delivery was two days ago."""
    engine = make_engine(copy_of("overview", _company))
    yield engine
    engine.dispose()


def _company(engine: Engine) -> None:
    publish(engine, COMPANY, joins=JOINS)
    with engine.begin() as connection:
        record(connection, at=AT, actor="test", action="import", subject="person-weeks")


def ask(engine: Engine, viewer: Viewer = LEADER, *, policy: Policy = POLICY, as_of: date = AS_OF) -> Overview:
    """The overview of a viewer."""
    with engine.connect() as connection:
        return overview(connection, viewer, policy=policy, as_of=as_of)


def number(found: Overview, id: str) -> KeyNumber:
    """The number with that id."""
    return next(each for each in found.numbers if each.id == id)


def everything_said(found: Overview) -> str:
    """All of an overview as one text."""
    return str(asdict(found))


# --- numbers -----------------------------------------------------------------------------------------------------------


def test_a_leader_reads_the_sentence_of_the_workload_screen(company: Engine) -> None:
    """Both screens say the same, word for word; the support line adds the whole, the swings and what is not shown."""
    found = ask(company)
    with company.connect() as connection:
        board = workload_board(connection, LEADER, WorkloadFilters(), policy=POLICY, as_of=AS_OF)

    assert found.sentence == board.sentence
    assert found.sentence == f"One of 4 teams has run above 110{NBSP}% for four weeks or more: One (nine weeks)."
    assert found.support == (
        f"Co as a whole is at 96{NBSP}%, within its usual swing. Two teams are beyond their own usual swing. "
        "Two of 5 teams are not shown on their own in the newest week, to protect people."
    )
    assert (found.kind, found.unit, found.where) == ("leader", "Co", "Overview · Co · week of 2 March 2026")


def test_a_quiet_number_has_a_quiet_verdict(company: Engine) -> None:
    """0.94 and 0.96 in turn: limits 0.8968 and 1.0032, the newest within, two points above four weeks before: none."""
    load = number(ask(company), "utilisation")

    assert (load.status, load.value, load.text) == ("shown", 0.96, f"96{NBSP}%")
    assert (load.delta, load.beside) == (f"±0{NBSP}points", "over 4 weeks · no clear change")
    assert (load.verdict, load.tone, load.weeks_beyond) == ("no clear change", "usual", 0)
    assert (load.lower, load.upper) == (pytest.approx(0.8968), pytest.approx(1.0032))
    assert load.sentence == f"Within its usual swing of 90–100{NBSP}%."
    assert dict(load.way.address) == {"unit": "co", "metric": "utilisation", "weeks": "26"}


def test_teams_above_capacity_are_counted_week_by_week_by_the_same_rule(company: Engine) -> None:
    """One from its fourth high week on; Two in its fourth to sixth; nobody else. By hand, newest last."""
    teams = number(ask(company), "teams_above")

    assert (teams.text, teams.value, teams.sentence) == ("1 of 4", 1.0, "One. Usually none.")
    two, one = [1.0] * 3, [1.0] * 6  # Two is high in weeks 41 to 46 of 52, One from week 44 on; 27 to 43 is nobody
    assert list(teams.series) == [0.0] * 17 + two + one
    assert set(teams.texts) == {"0 of 4", "1 of 4"}
    assert (teams.verdict, teams.tone) == ("beyond usual swing", "over")


def test_a_share_below_twenty_people_is_a_word_without_a_line(company: Engine) -> None:
    """A class has no number, no verdict and no swing; the word of four weeks before stands beside it."""
    share = number(ask(company, MANAGER), "sustained_load")

    assert (share.status, share.text, share.delta, share.beside) == ("shown", "many", "few or none", "four weeks ago")
    assert isnan(share.value) and all(isnan(value) for value in share.series)
    assert share.verdict == ""


def test_a_number_that_is_not_shown_says_so_and_has_no_value(company: Engine) -> None:
    """Hidden in the newest week: no value, no verdict, no difference; the line ends before it."""
    with company.begin() as connection:
        company_now = (PublishedCell.name == "Co", PublishedCell.period == LAST)
        connection.execute(
            update(PublishedCell)
            .where(*company_now, PublishedCell.measure == "meeting_hours")
            .values(status="hidden", value=None)
        )
    meetings = number(ask(company), "meeting_hours")

    assert (meetings.status, meetings.text, meetings.verdict, meetings.delta) == ("hidden", "Not shown", "", "")
    assert meetings.sentence == "Not shown, to protect people."
    assert isnan(meetings.value) and isnan(meetings.series[-1]) and not isnan(meetings.series[-2])


def test_people_of_a_small_team_are_found_in_the_row_they_share(company: Engine) -> None:
    """Four is hidden; its manager reads the join that it is part of, by name."""
    found = ask(company, who("manager", units=("Co/B/Four",)))

    assert found.numbers[0].label == f"Load against available hours ({JOIN})"
    assert found.numbers[0].text == f"120{NBSP}%"
    assert "Three" not in everything_said(found)


def test_too_little_history_is_a_verdict_of_its_own(engine: Engine) -> None:
    """Eleven weeks before the shown ones are not enough for limits; twelve are."""
    few = [MISSING] * 15 + QUIET[:37]
    publish(engine, {("Co", "utilisation"): few, ("Co/A", "utilisation"): [MISSING] * 14 + QUIET[:38]})

    top, below = (ask(engine, who("leader", units=(unit,))).numbers[0] for unit in ("Co", "Co/A"))
    assert (top.verdict, top.sentence) == ("too little history", "Too little history for a usual swing.")
    assert isnan(top.lower)
    assert below.verdict == "no clear change"


def test_collaboration_hours_stand_in_where_there_are_no_timesheets(engine: Engine) -> None:
    """With a Viva export alone the overview shows what there is, and counts no teams above a line that does not exist."""
    quiet = [18.0, 18.4] * 26
    publish(
        engine,
        {
            ("Co", "viva_collaboration"): quiet,
            ("Co", "viva_email"): quiet,
            ("Co/A/One", "viva_collaboration"): [*quiet[:48], 22.0, 22.0, 22.0, 22.0],
            ("Co/A/Two", "viva_collaboration"): quiet,
        },
    )
    found = ask(engine)

    assert [each.id for each in found.numbers] == ["viva_collaboration", "viva_email"]
    assert found.sentence == f"Collaboration hours: 18.4{NBSP}h per person and week across Co in the week of 2 Mar."
    assert [each.unit for each in found.changed] == ["One"]
    assert found.needs == ()


# --- what changed ------------------------------------------------------------------------------------------------------


def test_what_changed_is_each_team_against_itself_longest_first(company: Engine) -> None:
    """Nine weeks above before one week; then what has improved. Quiet teams are not named."""
    found = ask(company)

    assert [(each.unit, each.word, each.weeks) for each in found.changed] == [
        ("One", "beyond usual swing", 9),
        (JOIN, "beyond usual swing", 1),
        ("Two", "improved", 0),
    ]
    one, join, two = found.changed
    assert one.sentence == f"Above its usual range of 90–100{NBSP}% for nine weeks running, now at 120{NBSP}%."
    assert join.sentence == f"At 120{NBSP}%, above its usual range of 90–100{NBSP}%. One week, which can be chance."
    assert two.sentence == f"Back within its usual range of 90–100{NBSP}% for six weeks, after six weeks above it."
    assert (one.trail, join.trail) == ("A", "B")
    assert dict(join.way.address)["unit"] == "co.b"  # a join has no page of its own
    assert (found.compares, found.more_changed) == (True, 0)


def test_more_than_six_changes_are_counted_and_led_to(engine: Engine) -> None:
    """Eight teams beyond their swing: six cards, two more."""
    teams = {f"Co/T{i}": rising(i + 1) for i in range(8)}
    employ(engine, {f"{path}#0": path for path in teams})
    cells = {("Co", "utilisation"): QUIET, **{(path, "utilisation"): series for path, series in teams.items()}}
    publish(engine, cells)
    found = ask(engine)

    assert [each.unit for each in found.changed] == ["T7", "T6", "T5", "T4", "T3", "T2"]
    assert found.more_changed == 2
    assert found.all_changes is not None and dict(found.all_changes.address)["unit"] == "co"
    assert [need.title for need in found.needs] == ["T7", "T6", "T5", "Two more teams under lasting load"]


# --- what needs somebody -----------------------------------------------------------------------------------------------


def note(engine: Engine, unit: int, at: datetime) -> None:
    """A note about a unit, written at an instant."""
    with engine.begin() as connection:
        author = add_user(
            connection, name="author", password_hash="x", roles=("leader",), units=("Co",), at=at, actor="test"
        )
        connection.execute(insert(UnitNote).values(id=1, unit_id=unit, week=LAST, author_id=author, created_at=at))
        connection.execute(
            insert(UnitNoteVersion).values(note_id=1, version=1, text="A launch.", author="Author", at=at)
        )


def test_lasting_load_needs_a_word_until_somebody_has_written_one(company: Engine) -> None:
    """Whoever leads the team is asked to write down why; a note of the last eight weeks answers it, an older one does not."""
    before = ask(company).needs
    assert [(each.id, each.title) for each in before] == [("lasting_load", "One")]
    assert before[0].sentence == f"Above 110{NBSP}% for nine weeks, now at 120{NBSP}%."
    assert before[0].way is not None and before[0].way.label == "Write down why"
    assert dict(before[0].way.address)["unit"] == "co.a.one"

    with company.connect() as connection:
        unit = next(
            row["id"] for row in units_seen(connection, LEADER, own_line_open=False) if row["path"] == "Co/A/One"
        )
    note(company, unit, datetime(2026, 1, 21, 9, 0, tzinfo=UTC))  # exactly eight weeks before the day

    after = ask(company).needs
    assert [(each.id, each.title, each.way and each.way.label) for each in after] == [
        ("explained_load", "One", "Read why")
    ]
    assert after[0].sentence.endswith("Somebody has written down why.")
    assert [each.id for each in ask(company, as_of=AS_OF + timedelta(days=1)).needs] == ["lasting_load"]


def test_teams_that_wait_for_a_word_come_before_those_that_have_one(engine: Engine) -> None:
    """However long the others have lasted."""
    publish(
        engine,
        {
            ("Co", "utilisation"): QUIET,
            ("Co/A/One", "utilisation"): rising(20),
            ("Co/A/Two", "utilisation"): rising(5),
        },
    )
    with engine.connect() as connection:
        unit = next(
            row["id"] for row in units_seen(connection, LEADER, own_line_open=False) if row["path"] == "Co/A/One"
        )
    note(engine, unit, AT)

    assert [(each.id, each.title) for each in ask(engine).needs] == [("lasting_load", "Two"), ("explained_load", "One")]


def test_hr_reads_what_the_data_needs(company: Engine) -> None:
    """Age of the data, waiting corrections (in words), open weeks, teams that are not shown."""
    with company.begin() as connection:
        connection.execute(
            insert(PendingRelease).values(
                area="workload", period=LAST, kind="waiting", held=False, since=AS_OF, not_before=date(2027, 1, 1), stamp="s"
            )
        )  # fmt: skip
    assert [each.id for each in ask(company, HR).needs] == ["lasting_load", "corrections", "open_weeks", "hidden"]
    needs = {each.id: each for each in ask(company, HR, as_of=date(2026, 3, 27)).needs}

    assert needs["old_data"].title == "Data is 11 days old"
    assert needs["corrections"].sentence == (
        "Files have named fewer than five released weeks again; changes are shown where enough people changed."
    )
    assert needs["open_weeks"].title == "Two weeks are still open"
    assert needs["hidden"].title == "Two of 5 teams are not shown on their own"
    assert {"old_data", "corrections", "open_weeks", "hidden"}.isdisjoint(each.id for each in ask(company).needs)


def test_an_administrator_reads_the_installation_and_no_group_number(company: Engine) -> None:
    """Deliveries, waiting weeks, accounts that reach nothing; other cells would change nothing of it."""
    with company.begin() as connection:
        for name, roles, units in (("lost", ("manager",), ("Co/Gone",)), ("found", ("manager",), ("Co/A",))):
            add_user(connection, name=name, password_hash="x", roles=roles, units=units, at=AT, actor="test")
        connection.execute(
            insert(PendingRelease).values(
                area="workload", period=LAST, kind="first", held=True, since=AS_OF, not_before=None, stamp="s"
            )
        )
    found = ask(company, ADMIN)

    assert found.sentence == "Data is up to date: the newest week shown is that of 2 March 2026."
    assert (found.kind, found.numbers, found.changed, found.unit) == ("admin", (), (), "")
    assert [(each.id, each.title) for each in found.needs] == [
        ("releases", "One closed week waits for release"),
        ("accounts", "Accounts without a unit in scope"),
    ]
    assert found.needs[1].sentence == "They reach no unit yet: lost."
    assert dict(found.facts)["Last delivery of person-weeks"] == "16 March 2026"
    with company.begin() as connection:
        connection.execute(update(PublishedCell).values(value=9.0, name="Another"))
    assert ask(company, ADMIN) == found


def test_who_also_administers_reads_both(company: Engine) -> None:
    """The role adds what the installation needs and no number."""
    both = who("leader", "admin", units=("Co",))
    with company.begin() as connection:
        add_user(connection, name="lost", password_hash="x", roles=("manager",), units=("Gone",), at=AT, actor="test")

    assert ask(company, both).numbers == ask(company).numbers
    assert [each.id for each in ask(company, both).needs] == ["lasting_load", "accounts"]


# --- scope -------------------------------------------------------------------------------------------------------------


def test_a_manager_reads_about_the_own_team_and_names_no_other(company: Engine) -> None:
    """Neither siblings nor their joins; the leader reads them all."""
    found, leader = ask(company, MANAGER), ask(company)

    assert (found.kind, found.unit, found.compares, found.changed) == ("manager", "Co/A/One", False, ())
    assert found.sentence == f"One has run above 110{NBSP}% for nine weeks, now at 120{NBSP}%."
    assert found.support == "That is beyond its usual swing. Beyond usual swing as well: meeting hours."
    for other in ("Two", "Three", JOIN):
        assert other not in everything_said(found)
    assert "Two" in everything_said(leader) and JOIN in everything_said(leader)


def test_a_manager_of_two_units_reads_changes_and_needs_of_both(company: Engine) -> None:
    """Numbers are about the first; the other is named, and nothing outside the two."""
    found = ask(company, who("manager", units=("Co/A", "Co/B/Three")))

    assert found.unit == "Co/A"
    assert found.support.endswith("You lead Three as well.")
    assert [each.unit for each in found.changed] == ["One", "Two"]
    assert JOIN not in everything_said(found)


def test_an_employee_reads_the_own_line_and_nothing_about_others(company: Engine) -> None:
    """Own unit first, then those above; ways to the own week, who sees what and the own unit; no other team by name."""
    found = ask(company, EMPLOYEE)

    assert [each.label for each in found.numbers] == ["One, your unit", "A", "Co"]
    assert found.measure == "Load against available hours"
    assert found.sentence == f"One has run above 110{NBSP}% for nine weeks, now at 120{NBSP}%."
    assert [(each.id, each.way and each.way.screen) for each in found.needs] == [
        ("my_week", "my_week"),
        ("who_sees_what", "who_sees_what"),
        ("own_unit", "workload"),
    ]
    assert (found.changed, found.compares) == ((), False)
    for other in ("Two", "Three", "Four", "Five"):
        assert other not in everything_said(found)


def test_where_units_are_not_open_to_everyone_an_employee_reads_no_number(company: Engine) -> None:
    """The policy closes the own line; the own week stays open."""
    closed = POLICY.model_copy(update={"unit_means_for_everyone": False})
    found = ask(company, EMPLOYEE, policy=closed)

    assert (found.kind, found.numbers, found.unit) == ("employee", (), "")
    assert found.sentence.startswith("Your own week is open to you.")
    assert [each.id for each in found.needs] == ["my_week", "who_sees_what"]


@pytest.mark.parametrize("viewer", [who("leader", units=("Nowhere",)), who("employee"), who("manager", units=("co",))])
def test_without_a_unit_in_scope_the_overview_says_so(viewer: Viewer, company: Engine) -> None:
    """No number, no name; letters of a path count as written."""
    found = ask(company, viewer)

    assert (found.kind, found.numbers, found.changed) == ("nobody", (), ())
    assert found.sentence == "No unit is in your scope yet. Ask your administrator to set the unit of your account."


def test_without_a_role_there_is_no_overview(company: Engine) -> None:
    """A role that does not exist opens nothing."""
    with pytest.raises(NoPermission):
        ask(company, who("guest"))


# --- states ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("viewer", EVERYONE)
def test_before_the_first_release_everybody_is_told(viewer: Viewer, engine: Engine) -> None:
    """By role: no number for anybody, links for those on the roster."""
    employ(engine, PEOPLE)
    found = ask(engine, viewer)

    assert found.sentence == found.empty == "No week has been released yet."
    assert (found.numbers, found.changed, found.release) == ((), (), None)
    assert [each.id for each in found.needs] == (["my_week", "who_sees_what"] if viewer.own_unit else [])


def test_when_everything_is_hidden_nothing_is_said_but_that(engine: Engine) -> None:
    """Cards say that they are not shown; no verdict, no change, no need."""
    publish(engine, {("Co", "utilisation"): [HIDDEN] * 52, ("Co/A/One", "utilisation"): [HIDDEN] * 52})
    found = ask(engine)

    assert {(each.text, each.verdict) for each in found.numbers} == {("Not shown", "")}
    assert found.sentence.startswith("Co is not shown in the week of 2 Mar, to protect people.")
    assert (found.changed, found.needs) == ((), ())


def test_old_data_is_said_to_be_old(company: Engine) -> None:
    """The week after the newest is closed and was not delivered; the line is the one of the workload screen."""
    assert ask(company, as_of=date(2026, 3, 25)).notice == (
        "Data is 17 days old. What you see is right for the weeks up to 8 March 2026."
    )
    assert ask(company, ADMIN, as_of=date(2026, 3, 30)).sentence == "No hours have come in for 14 days."


# --- protection --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("viewer", EVERYONE)
def test_what_is_hidden_or_replaced_could_hold_anything_and_change_nothing(viewer: Viewer, company: Engine) -> None:
    """Cells that are not shown are written full of numbers, and shown ones get a past; every overview stays as it was."""
    before = ask(company, viewer)
    with company.begin() as connection:
        poison = {"value": 7.77, "low": 7.0, "high": 8.0, "share_class": "many", "n_band": "5–9"}
        connection.execute(update(PublishedCell).where(PublishedCell.status == "hidden").values(**poison))
        releases = [dict(row) for row in connection.execute(select(Release.__table__)).mappings()]
        cells = [dict(row) for row in connection.execute(select(PublishedCell.__table__)).mappings()]
        connection.execute(insert(Release), [{**row, "id": row["id"] + 52} for row in releases])
        past = {"value": 3.0, "status": "shown", "current": False}
        connection.execute(
            insert(PublishedCell),
            [{**row, "id": row["id"] + 10_000, "release_id": row["release_id"] + 52, **past} for row in cells],
        )

    assert ask(company, viewer) == before


# --- the demonstration -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "unit", ["Northwind", "Northwind/Engineering", "Northwind/Customer/Support", "Northwind/Products"]
)
def test_in_the_demonstration_both_screens_say_the_same(unit: str, demo_readonly: Engine) -> None:
    """At every level: the sentence, and each team's verdict, from the same cells."""
    leader = who("leader", units=(unit,))
    found = ask(demo_readonly, leader, as_of=conftest.AS_OF)
    with demo_readonly.connect() as connection:
        board = workload_board(connection, leader, WorkloadFilters(unit=unit), policy=POLICY, as_of=conftest.AS_OF)
    load = board.cells[board.cells["key"] == board.rows.iloc[0]["key"]]

    assert found.sentence == board.sentence
    assert [value for value in found.numbers[0].series if not isnan(value)] == list(load["value"].dropna())
    assert found.release == board.release


def test_in_the_demonstration_platform_is_what_changed_most(demo_readonly: Engine) -> None:
    """Its nine weeks and more stand first; Support North has improved; the manager and the employee read of Platform."""
    platform = "Northwind/Engineering/Infrastructure/Platform"
    found = ask(demo_readonly, who("leader", units=("Northwind",)), as_of=conftest.AS_OF)

    assert (found.changed[0].unit, found.changed[0].trail) == ("Platform", "Engineering · Infrastructure")
    assert found.changed[0].weeks >= 9
    assert ("Support North", "improved") in {(each.unit, each.word) for each in found.changed}
    for viewer in (who("manager", units=(platform,)), who("employee", own=platform)):
        own = ask(demo_readonly, viewer, as_of=conftest.AS_OF)
        assert own.sentence.startswith("Platform has run above")
        assert "Support" not in everything_said(own)


def test_an_overview_asks_few_questions_of_the_database(demo_readonly: Engine) -> None:
    """However many teams there are; the rest is arithmetic over what has been read."""
    asked: list[str] = []
    with demo_readonly.connect() as connection:
        event.listen(connection, "before_cursor_execute", lambda *call: asked.append(call[2]))
        overview(connection, who("leader", units=("Northwind",)), policy=POLICY, as_of=conftest.AS_OF)

    assert 0 < len(asked) <= 20
