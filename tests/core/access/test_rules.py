"""Who sees what, both sides of every rule: for each row of the table and each relation, what is reached and what is not.

Expectations are read off the table; what is found comes from the functions that are said to enforce it. A new row without such
a check fails, and so does a row that says something else than the code does.
"""

import ast
import inspect
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, insert, select, update

from core.access.accounts import account_id, add_user, list_users
from core.access.documentation import access_page
from core.access.grants import LABELS, RELATIONS_OF, Reach, Relation, Rule
from core.access.reads import looks_at_own, looks_at_unit, record_read
from core.access.refusals import NoPermission
from core.access.rules import GROUP_NUMBERS, RULES, reaches, roles_reaching
from core.access.sessions import Limits, end_own, exchange, issue_code, sessions_of
from core.access.viewer import (
    GROUP_ROLES,
    ROLES,
    SCREENS,
    Viewer,
    only_own,
    sees_open_goals,
    units_delivering,
    units_for_rhythm,
    units_in_scope,
    units_led,
)
from core.database.base import Base
from core.database.engine import make_engine
from core.goals.commands import check_in
from core.goals.decisions import Decision, decide
from core.goals.goal import Kind, Visibility
from core.goals.mine_views import my_goals
from core.goals.queue_views import QueueFilters, queue
from core.goals.room_views import team_room
from core.goals.tables import GoalRow
from core.goals.tree_board import tree_board
from core.goals.tree_views import TreeFilters
from core.goals.unit_shares import unit_shares
from core.goals.views import GoalPage, goal_page
from core.goals.visibility import among_goals_led, among_reasons_seen, sees, sees_reasons
from core.intake.deliveries import actor_of, history, may_import
from core.intake.quality import data_quality
from core.metrics.catalogue import catalogue
from core.people.scope import led_unit, own_person, readable_unit
from core.people.tables import Assignment, OrgUnit, Person
from core.people.views import load_viewer, own_manager, units_seen
from core.policy import Policy, read_policy
from core.privacy.views import published
from core.rhythm.cadence import Kind as ConversationKind
from core.rhythm.commands import plan, write_note
from core.rhythm.feedback import feedback_of, give_feedback
from core.rhythm.health import own_team
from core.rhythm.pairs import renew_pairs
from core.rhythm.preparing import own_preparation, prepare, read_shared, share, take_back
from core.rhythm.sealing import Seals
from core.rhythm.shares_views import rhythm_shares
from core.rhythm.steps import agree_step
from core.rhythm.tables import Conversation, Feedback, Pair, Preparation
from core.rhythm.views import conversation_page, conversations, past_conversations, steps_of
from core.rhythm.visibility import own_conversations, own_feedback, own_pairs
from core.workload.board import WorkloadFilters
from core.workload.commands import add_note, edit_note, withdraw_note
from core.workload.my_week_views import my_week
from core.workload.notes_views import may_write, notes_of
from core.workload.own_events import own_events
from core.workload.tables import ActivityHour, UnitNote
from core.workload.views import workload_board
from tests.databases import CopyOf
from tests.organisations import AS_OF, WEEK, codes, deliver, employ, hours, people_in, release

ROOT = Path(__file__).parents[3]
SEALS = Seals(["a" * 43 + "="])
OPEN, CLOSED = Policy(), Policy(unit_means_for_everyone=False)
AT = datetime(2026, 2, 20, 9, 0, tzinfo=UTC)
LIMITS = Limits("a key for the hashes of this test, long enough", timedelta(hours=8), timedelta(hours=1))
# `Co/Aa` and `Co/A/Oneself` begin like units that are reached, and are not
TEAMS = {"Co/A/One": 8, "Co/A/Two": 8, "Co/A/Oneself": 8, "Co/Aa/Three": 9}
PATHS = ("Co", "Co/A", "Co/A/One", "Co/A/Two", "Co/A/Oneself", "Co/Aa", "Co/Aa/Three")
ME, MY_UNIT = "Co/A/One#0", "Co/A/One"
MANAGER_OF = {ME: "Co/A/One#1", "Co/A/One#1": "Co/A/Two#1", "Co/Aa/Three#0": "Co/Aa/Three#1"}
# name -> relation that it stands for, roles, units, person
ACCOUNTS: dict[str, tuple[Relation, tuple[str, ...], tuple[str, ...], str | None]] = {
    "me": (Relation.PERSON, ("employee",), (), ME),
    "manager": (Relation.MANAGER, ("manager",), ("Co/A/One",), "Co/A/One#1"),
    "leader": (Relation.LEADER, ("leader",), ("Co/A",), None),
    "hr": (Relation.HR, ("hr",), (), None),
    "colleague": (
        Relation.EVERYONE,
        ("employee",),
        ("Co/A",),
        "Co/Aa/Three#0",
    ),  # a unit that no role of theirs reaches
    "admin": (Relation.ADMINISTRATOR, ("admin",), ("Co",), None),
}
LOOKS = {  # what was noted -> about whom; the codes differ by a letter, the units by an ending
    "my record": ME,
    "my record in another case": ME.lower(),
    "a record that begins alike": f"{ME}0",
    "the manager's record": "Co/A/One#1",
    "my unit": f"unit {MY_UNIT}",
    "a unit that begins alike": f"unit {MY_UNIT}self",
    "the unit of a colleague": "unit Co/Aa/Three",
}
GOALS_OF_ME = {  # name -> visibility and kind; all of them are the person's
    "open": (Visibility.OPEN, Kind.KEY_RESULT),
    "team": (Visibility.TEAM, Kind.KEY_RESULT),
    "private": (Visibility.PRIVATE, Kind.DEVELOPMENT),
    "wellbeing": (Visibility.PRIVATE, Kind.WELLBEING),
}


def a_goal(owner: int, visibility: Visibility, kind: Kind) -> dict[str, object]:
    """The row of an active goal, named for what it is; it is to be revisited, as it has no unit of measure."""
    nothing = dict.fromkeys(column.name for column in GoalRow.__table__.columns if column.name != "id")
    title = next(name for name, each in GOALS_OF_ME.items() if each == (visibility, kind))
    return {
        **nothing, "kind": kind, "title": title, "owner_id": owner, "standalone": True, "measure": "increase", "metric": "",
        "metric_key": "", "direction": 1, "unit": "", "weight": 1.0, "cadence_days": 14, "pace": "linear",
        "ambition": "aspirational", "acceptance": "", "visibility": visibility, "status": "active", "version": 1,
        "created_at": AT, "same_values": 0,
    }  # fmt: skip


def build(engine: Engine) -> None:
    """An organisation of four teams with hours, one released week, a note about each unit, accounts, sessions, looks."""
    people = people_in(TEAMS)
    employ(engine, people)
    facts = hours(people)
    for place, key in enumerate(facts):
        facts[key]["worked"] = 30 + place / 8  # nobody has the hours of anybody else
    deliver(engine, people, facts)
    release(engine)
    with engine.begin() as connection:
        ids = codes(connection)
        assigned = connection.execute(select(Assignment.person_id, Assignment.unit_id))
        home = {row.person_id: row.unit_id for row in assigned}
        for code in people:  # nobody has as many events as anybody else
            person = {"person_id": ids[code], "week": WEEK, "source": "commits", "weekday": 2, "hour": 20}
            count = {
                "unit_id": home[ids[code]],
                "unit_given": False,
                "events": 100 + ids[code],
                "outside": 3,
                "rest_day": 0,
            }
            connection.execute(insert(ActivityHour).values(person | count))
        for person, manager in MANAGER_OF.items():
            connection.execute(
                update(Assignment).where(Assignment.person_id == ids[person]).values(manager_id=ids[manager])
            )
        connection.execute(insert(Person).values(code=ME.lower(), name="Somebody whose code differs by its case"))
        for name, (_, roles, units, person) in ACCOUNTS.items():
            add_user(
                connection, name=name, password_hash="x", roles=roles, units=units, person_code=person, at=AT, actor="t"
            )
        hr = load_viewer(connection, account_id(connection, "hr"), AS_OF)
        assert hr is not None
        for path in PATHS:
            add_note(connection, hr, unit=path, week=WEEK, text=f"The story of {path}", at=AT, policy=OPEN)
            gone = add_note(connection, hr, unit=path, week=WEEK, text=f"Withdrawn about {path}", at=AT, policy=OPEN)
            withdraw_note(connection, hr, gone, at=AT)
        for name in ACCOUNTS:
            code = issue_code(connection, account_id(connection, name), name, LIMITS, AT)
            assert exchange(connection, code, name, LIMITS, AT, browser=name)
        for visibility, kind in GOALS_OF_ME.values():
            connection.execute(insert(GoalRow).values(**a_goal(ids[ME], visibility, kind)))
        talk(connection)
        for what, subject in LOOKS.items():
            record_read(connection, viewer="hr", subjects=[subject], what=what, day=AT.date())


def talk(connection: Connection) -> None:
    """One text of each kind between `me` and the manager."""
    renew_pairs(connection, at=AT, actor="test")
    mine = load_viewer(connection, account_id(connection, "me"), AS_OF)
    assert mine is not None
    ids = codes(connection)
    pair = connection.scalars(select(Pair.id).where(Pair.member_id == ids[ME])).one()
    number = plan(connection, mine, pair, kind=ConversationKind.CHECK_IN, at=AT, rules=OPEN.rhythm)
    prepare(connection, mine, number, {"progress": "shared"}, based_on=0, at=AT, seals=SEALS)
    share(connection, mine, number, with_weeks=False, at=AT, seals=SEALS, policy=OPEN)
    prepare(connection, mine, number, {"progress": "written afterwards"}, based_on=1, at=AT, seals=SEALS)
    write_note(connection, mine, number, based_on=0, text="a shared note", at=AT, seals=SEALS)
    agree_step(connection, mine, number, text="a step", mine=True, due=AT.date(), at=AT, seals=SEALS)
    give_feedback(
        connection, mine, MANAGER_OF[ME], notice="feedback", impact="", options="", about=AT.date(), recognition=False, at=AT,
        seals=SEALS,
    )  # fmt: skip


@pytest.fixture
def world(copy_of: CopyOf) -> Iterator[Connection]:
    """A connection to the organisation, once on SQLite and once on PostgreSQL; nothing that is tried in it stays."""
    engine = make_engine(copy_of("rules", build))
    with engine.connect() as connection:
        yield connection
        connection.rollback()
    engine.dispose()


@dataclass(frozen=True)
class Asks:
    """One relation that asks, under a policy."""

    relation: Relation | None
    viewer: Viewer
    policy: Policy


def askers(connection: Connection, policy: Policy) -> list[Asks]:
    """Everybody of ACCOUNTS, and an account whose roles mean nothing although it has a unit and a home."""
    found = []
    for name, (relation, *_) in ACCOUNTS.items():
        viewer = load_viewer(connection, account_id(connection, name), AS_OF)
        assert viewer is not None
        found.append(Asks(relation, viewer, policy))
    nobody = Viewer(99, "nobody", "Nobody", ("guest", ""), ("Co",), MY_UNIT)
    return [*found, Asks(None, nobody, policy)]


# --- what the table says is reached --------------------------------------------------------------------------------


def units_of(rule: Rule, asks: Asks) -> set[str]:
    """The unit paths that a rule about units lets the asker reach: plain path arithmetic over the table's reaches."""
    relations = {each for role in asks.viewer.roles for each in RELATIONS_OF.get(role, ())}
    grants = [rule.grant(each).under(asks.policy).reach for each in relations]
    found: set[str] = set()
    for reach in grants:
        if reach is Reach.COMPANY:
            found |= set(PATHS)
        elif reach is Reach.UNITS:
            found |= {p for p in PATHS for unit in asks.viewer.units if p == unit or p.startswith(unit + "/")}
        elif reach is Reach.OWN_LINE:
            own = asks.viewer.own_unit
            found |= {p for p in PATHS if own == p or own.startswith(p + "/")}
        else:
            assert reach is Reach.NONE, f"{rule.id}: a rule about units cannot grant {reach}"
    return found


def own(rule: Rule, asks: Asks, mine: set[str]) -> set[str]:
    """What a rule about rows of persons lets the asker reach of the rows of `me`."""
    if asks.relation is None:
        return set()
    reach = rule.grant(asks.relation).under(asks.policy).reach
    assert reach in (Reach.OWN_ROWS, Reach.NONE, Reach.ADMINISTERED)
    return mine if reach is Reach.OWN_ROWS else set()


# --- what is found -------------------------------------------------------------------------------------------------


def own_hours(connection: Connection, asks: Asks) -> tuple[set[str], set[str]]:
    """Whose hours are found by the screen, by the sub-select and by the condition itself; the asker's own apart."""
    viewer = asks.viewer
    by_hours = {30 + place / 8: code for place, code in enumerate(people_in(TEAMS))}  # in the order of `build`
    try:
        weeks = my_week(connection, viewer, as_of=AS_OF, policy=asks.policy).weeks
        by_screen = {by_hours[value] for value in weeks.get("worked", []) if value in by_hours}
    except NoPermission:
        by_screen = set()
    narrowed = set(connection.scalars(select(Person.code).where(only_own(viewer, Person.code))))
    selected = set(connection.scalars(select(Person.code).where(Person.id.in_(own_person(viewer)))))
    assert narrowed == selected
    assert by_screen <= narrowed
    found = by_screen if asks.relation is Relation.PERSON else (by_screen | narrowed) - {viewer.person_code}
    return found, own(rule_of("own_hours"), asks, {ME})


def events(connection: Connection, asks: Asks) -> tuple[set[str], set[str]]:
    """Whose events are found by the screen and by the sub-select; the asker's own apart."""
    ids = codes(connection)
    by_events = {100 + ids[code]: code for code in people_in(TEAMS)}  # in the order of `build`
    try:
        found = {by_events[count] for count in own_events(connection, asks.viewer, as_of=AS_OF)["events"].tolist()}
    except NoPermission:
        found = set()
    selected = set(connection.scalars(select(Person.code).where(Person.id.in_(own_person(asks.viewer)))))
    assert found <= selected
    kept = found if asks.relation is Relation.PERSON else (found | selected) - {asks.viewer.person_code}
    return kept, own(rule_of("own_events"), asks, {ME})


def roster_entry(connection: Connection, asks: Asks) -> tuple[set[str], set[str]]:
    """Whose manager is named; the asker's own apart."""
    named = own_manager(connection, asks.viewer, AS_OF)
    accounts = {person: name for name, (_, _, _, person) in ACCOUNTS.items() if person}
    found = {person for person, manager in MANAGER_OF.items() if named in (manager, accounts.get(manager))}
    assert len(found) == bool(named)
    kept = found if asks.relation is Relation.PERSON else found - {asks.viewer.person_code}
    return kept, own(rule_of("roster_entry"), asks, {ME})


def group_numbers(connection: Connection, asks: Asks) -> tuple[set[str], set[str]]:
    """Which units open as a board, which are in scope, and that cells come for exactly those."""
    viewer, open_line = asks.viewer, asks.policy.unit_means_for_everyone
    opened = set()
    for path in PATHS:
        try:
            board = workload_board(connection, viewer, WorkloadFilters(unit=path), policy=asks.policy, as_of=AS_OF)
        except NoPermission:
            continue
        opened.add(board.unit.path)
    seen = units_seen(connection, viewer, own_line_open=open_line)
    condition = units_in_scope(viewer, OrgUnit.path, own_line_open=open_line)
    assert set(connection.scalars(select(OrgUnit.path).where(condition))) == {unit["path"] for unit in seen}
    ids = {unit["id"]: unit["path"] for unit in seen}
    cells = published(connection, "workload", "utilisation", ids, WEEK, WEEK + timedelta(weeks=1))
    assert {ids[unit] for unit in cells.loc[cells["kind"] == "unit", "unit_id"]} == opened
    return opened | {unit["path"] for unit in seen}, units_of(rule_of("group_numbers"), asks)


def notes(connection: Connection, asks: Asks) -> tuple[set[str], set[str]]:
    """Whose unit's notes are read; no withdrawn one among them, no note of another unit."""
    found = set()
    for path in PATHS:
        readable = readable_unit(asks.viewer, path, own_line_open=asks.policy.unit_means_for_everyone)
        try:
            read = notes_of(connection, asks.viewer, path, asks.policy)
        except NoPermission:
            assert connection.scalar(readable) is None
            continue
        assert [note.text for note in read] == [f"The story of {path}"]
        found.add(path)
    return found, units_of(rule_of("notes"), asks)


def writing_notes(connection: Connection, asks: Asks) -> tuple[set[str], set[str]]:
    """About which units a note can be written; one that somebody else wrote is changed and withdrawn by nobody."""
    found = set()
    of_hr = connection.scalars(select(UnitNote.id).where(UnitNote.withdrawn_at.is_(None))).all()
    assert len(of_hr) == len(PATHS)
    for path in PATHS:
        allowed = may_write(connection, asks.viewer, path)
        assert allowed == (connection.scalar(led_unit(asks.viewer, path)) is not None)
        attempt = connection.begin_nested()
        try:
            add_note(connection, asks.viewer, unit=path, week=WEEK, text="A story", at=AT, policy=asks.policy)
            found.add(path)
        except NoPermission:
            assert not allowed
        attempt.rollback()
    if asks.relation is not Relation.HR:
        for note in of_hr:
            with pytest.raises(NoPermission):
                edit_note(connection, asks.viewer, note, based_on=1, text="Other words", at=AT, policy=asks.policy)
            with pytest.raises(NoPermission):
                withdraw_note(connection, asks.viewer, note, at=AT)
    return found, units_of(rule_of("writing_notes"), asks)


def account(connection: Connection, asks: Asks) -> tuple[set[str], set[str]]:
    """Whose sessions are listed and can be ended; the asker's own apart. Administrators read accounts without a hash."""
    mine = sessions_of(connection, account_id(connection, "me"), LIMITS, AT)
    assert [one.browser for one in mine] == ["me"]
    listed = {one.browser for one in sessions_of(connection, asks.viewer.id, LIMITS, AT)}
    attempt = connection.begin_nested()
    ended = end_own(connection, asks.viewer.id, AT, only=mine[0].id_hash)
    assert bool(ended) == (asks.relation is Relation.PERSON)
    attempt.rollback()
    for user in list_users(connection):
        assert set(user) == {"name", "display_name", "roles", "units", "active"}
    found = listed if asks.relation is Relation.PERSON else listed - {asks.viewer.name}
    return found, own(rule_of("account"), asks, {"me"})


def access_log(connection: Connection, asks: Asks) -> tuple[set[str], set[str]]:
    """Which looks are read; those at the asker's own record and own unit apart."""
    found = {look.what for look in looks_at_own(connection, asks.viewer)}
    found |= {look.what for look in looks_at_unit(connection, asks.viewer)}
    own_subjects = {asks.viewer.person_code, f"unit {asks.viewer.own_unit}"}
    if asks.relation is not Relation.PERSON:
        found = {what for what in found if LOOKS[what] not in own_subjects}
    return found, own(rule_of("access_log"), asks, {"my record", "my unit"})


def how_it_works(_: Connection, asks: Asks) -> tuple[set[str], set[str]]:
    """Whether both screens open that say how everything works; formulas and policy know no viewer."""
    open_ones = {name for name in ("how_it_works", "who_sees_what") if asks.viewer.may_open(name)}
    assert catalogue(read_policy()).keys() == catalogue(OPEN).keys()
    everything = asks.relation and rule_of("how_it_works").grant(asks.relation).reach is Reach.ALL
    return open_ones, {"how_it_works", "who_sees_what"} if everything else set()


def deliveries(connection: Connection, asks: Asks) -> tuple[set[str], set[str]]:
    """Who reads the history, and who may bring files in; an HR account narrowed to a unit reads and brings nothing in."""
    found = set()
    try:
        assert history(connection, asks.viewer) == ()
        found.add("history")
        assert actor_of(asks.viewer) == asks.viewer.name
        found.add("import")
    except NoPermission:
        pass
    assert may_import(asks.viewer) == ("import" in found)
    narrowed = replace(asks.viewer, units=("Co/A",))
    assert may_import(narrowed) == (asks.relation is Relation.ADMINISTRATOR)
    reach = asks.relation and rule_of("deliveries").grant(asks.relation).reach
    return found, {"history", "import"} if reach in (Reach.COMPANY, Reach.ADMINISTERED) else set()


def quality(connection: Connection, asks: Asks) -> tuple[set[str], set[str]]:
    """About which units coverage is told, by the condition and by the screen."""
    found = set(connection.scalars(select(OrgUnit.path).where(units_delivering(asks.viewer, OrgUnit.path))))
    opened = set()
    for path in PATHS:
        try:
            shown = data_quality(connection, asks.viewer, unit=path, policy=asks.policy, as_of=AS_OF, at=AT)
            opened.add(shown.unit.path)
        except NoPermission:
            continue
    assert opened == found
    reach = asks.relation and rule_of("data_quality").grant(asks.relation).reach
    return found, set(PATHS) if reach in (Reach.COMPANY, Reach.ADMINISTERED) else set()


def opened_goals(connection: Connection, asks: Asks, page: Callable[[int], GoalPage]) -> set[str]:
    """Titles of the goals whose page opens; exactly those that the condition selects."""
    found = set()
    for row in connection.execute(select(GoalRow.id, GoalRow.title)).all():
        try:
            found.add(page(row.id).goal.title)
        except NoPermission:
            continue
    assert found == set(connection.scalars(select(GoalRow.title).where(sees(asks.viewer, AS_OF))))
    return found


def reach_of(rule_id: str, asks: Asks) -> Reach:
    """What the table grants the relation that asks."""
    rule = rule_of(rule_id)
    return rule.grant(asks.relation).under(asks.policy).reach if asks.relation else Reach.NONE


def open_goals(connection: Connection, asks: Asks) -> tuple[set[str], set[str]]:
    """Whether goals marked open are opened; a page and the condition agree."""
    assert sees(asks.viewer, AS_OF) is not None
    found = opened_goals(
        connection, asks, lambda goal: goal_page(connection, asks.viewer, goal, policy=asks.policy, as_of=AS_OF)
    ) & {"open"}
    shown = tree_board(connection, asks.viewer, TreeFilters(), policy=asks.policy, as_of=AS_OF).branches
    assert {each.line.goal.title for each in shown} & {"open"} == found
    assert sees_open_goals(asks.viewer) == bool(found)
    return found, {"open"} if reach_of("open_goals", asks) is Reach.ALL else set()


def team_goals(connection: Connection, asks: Asks) -> tuple[set[str], set[str]]:
    """Whether goals of the team are opened, and which units the asker leads."""
    assert sees(asks.viewer, AS_OF) is not None
    found = opened_goals(
        connection, asks, lambda goal: goal_page(connection, asks.viewer, goal, policy=asks.policy, as_of=AS_OF)
    ) & {"team"}
    shown = tree_board(connection, asks.viewer, TreeFilters(), policy=asks.policy, as_of=AS_OF).branches
    assert {each.line.goal.title for each in shown} & {"team"} == found
    led = set(connection.scalars(select(OrgUnit.path).where(units_led(asks.viewer, OrgUnit.path))))
    reach = reach_of("team_goals", asks)
    assert led == (
        {p for p in PATHS for unit in asks.viewer.units if p == unit or p.startswith(unit + "/")}
        if reach is Reach.UNITS
        else set()
    )
    return found, {"team"} if reach in (Reach.OWN_ROWS, Reach.UNITS) else set()


def own_goals(connection: Connection, asks: Asks) -> tuple[set[str], set[str]]:
    """Whose private goals are opened: the person's all, for the manager those between the two, nobody else's."""
    assert sees(asks.viewer, AS_OF) is not None
    found = opened_goals(
        connection, asks, lambda goal: goal_page(connection, asks.viewer, goal, policy=asks.policy, as_of=AS_OF)
    ) & {"private", "wellbeing"}
    shown = tree_board(connection, asks.viewer, TreeFilters(), policy=asks.policy, as_of=AS_OF).branches
    assert {each.line.goal.title for each in shown} & {"private", "wellbeing"} == found
    own = {each.line.goal.title for each in my_goals(connection, asks.viewer, policy=asks.policy, as_of=AS_OF).goals}
    assert own == (set(GOALS_OF_ME) if asks.relation is Relation.PERSON else set())
    of = {Reach.OWN_ROWS: {"private", "wellbeing"}, Reach.SHARED: {"private"}}
    return found, of.get(reach_of("own_goals", asks), set())


def goal_reasons(connection: Connection, asks: Asks) -> tuple[set[str], set[str]]:
    """Whose goals' reasons are told by page and queue, and who may check in and decide."""
    viewer, policy = asks.viewer, asks.policy
    judged = set(connection.scalars(select(GoalRow.title).where(sees_reasons(viewer, AS_OF))))
    assert set(connection.scalars(select(GoalRow.title).where(among_reasons_seen(viewer, AS_OF)))) == judged
    try:
        listed = queue(connection, viewer, QueueFilters(), policy=policy, as_of=AS_OF).items
        assert {item.goal.title for item in listed} == judged
    except NoPermission:
        assert not judged
    for row in connection.execute(select(GoalRow.id, GoalRow.title)).all():
        try:
            page = goal_page(connection, viewer, row.id, policy=policy, as_of=AS_OF)
            assert (page.reasons is not None) == (row.title in judged)
        except NoPermission:
            assert row.title not in judged
        for act in (
            lambda goal: check_in(connection, viewer, goal, value=1.0, at=AT),
            lambda goal: decide(connection, viewer, goal, Decision.KEEP, reason="r", based_on=1, at=AT, policy=policy),
        ):
            attempt = connection.begin_nested()
            try:
                act(row.id)
                assert row.title in judged
            except NoPermission:
                assert row.title not in judged
            attempt.rollback()
    led = set(connection.scalars(select(OrgUnit.path).where(units_led(viewer, OrgUnit.path))))
    try:
        asking = team_room(connection, viewer, policy=policy, as_of=AS_OF).asking
        assert led
        assert {each.goal.title for each in asking} == judged & {"open"}
    except NoPermission:
        assert not led
    assert bool(led) == (reach_of("goal_reasons", asks) is Reach.UNITS)
    return judged, {
        Relation.PERSON: set(GOALS_OF_ME), Relation.MANAGER: {"open", "team", "private"}, Relation.LEADER: {"open", "team"},
    }.get(asks.relation, set()) if asks.relation else set()  # fmt: skip


def goal_shares(connection: Connection, asks: Asks) -> tuple[set[str], set[str]]:
    """Of which units goals are counted: the units led, with all below, and never a goal that the asker may not read."""
    viewer = asks.viewer
    counted = set(connection.scalars(select(GoalRow.id).where(among_goals_led(viewer, AS_OF))))
    assert counted <= set(connection.scalars(select(GoalRow.id).where(sees_reasons(viewer, AS_OF))))
    units: set[str] = set()
    for path in PATHS:
        with suppress(NoPermission):
            units |= {
                line.path for line in unit_shares(connection, viewer, path, policy=asks.policy, as_of=AS_OF).lines
            }
    if not units:
        assert not counted
        with pytest.raises(NoPermission):
            unit_shares(connection, viewer, policy=asks.policy, as_of=AS_OF)
    return units, units_expected("goal_shares", asks)


def rhythm_by_unit(connection: Connection, asks: Asks) -> tuple[set[str], set[str]]:
    """Of which units the rhythm of conversations is told: by the condition, and by the view that stands on it."""
    viewer = asks.viewer
    reached = set(connection.scalars(select(OrgUnit.path).where(units_for_rhythm(viewer, OrgUnit.path))))
    opened: set[str] = set()
    for path in PATHS:
        with suppress(NoPermission):
            found = rhythm_shares(connection, viewer, path, policy=asks.policy, as_of=AS_OF)
            assert found.lines == ()  # no quarter has been released
            opened.add(path)
    assert opened == reached
    return reached, units_expected("rhythm_shares", asks)


def units_expected(rule_id: str, asks: Asks) -> set[str]:
    """The units of the account with all below, where the rule reaches units; the company for HR that is not narrowed."""
    reach, units = reach_of(rule_id, asks), asks.viewer.units
    if reach is Reach.COMPANY and not units:
        return set(PATHS)
    within = {p for p in PATHS for unit in units if p == unit or p.startswith(unit + "/")}
    return within if reach in (Reach.UNITS, Reach.COMPANY) else set()


def conversations_of_two(connection: Connection, asks: Asks) -> tuple[set[str], set[str]]:
    """Which texts between `me` and the manager are read, by every view and by the conditions; own ones of others apart."""
    viewer, found = asks.viewer, set()
    (number,) = connection.scalars(select(Conversation.id))
    (pair,) = connection.scalars(select(Conversation.pair_id))
    cards = conversations(connection, viewer, rules=asks.policy.rhythm, as_of=AS_OF)
    listed = pair in {card.id for card in cards.pairs}
    assert listed == (pair in set(connection.scalars(select(Pair.id).where(own_pairs(viewer)))))
    assert listed == (number in set(connection.scalars(select(Conversation.id).where(own_conversations(viewer)))))
    try:
        page = conversation_page(connection, viewer, number, seals=SEALS, as_of=AS_OF)
        assert page.note is not None
        found |= {page.note.words.text, *(step.words.text for step in page.steps)}
        found |= {step.words.text for step in steps_of(connection, viewer, pair, seals=SEALS, as_of=AS_OF)}
        assert past_conversations(connection, viewer, pair) == ()
    except NoPermission:
        assert not listed
    try:
        shown = read_shared(connection, viewer, number, day=AT.date(), seals=SEALS)
        found |= {shown.answers["progress"]} if shown else set()
    except NoPermission:
        assert not listed
    found |= {item.notice for item in feedback_of(connection, viewer, SEALS)}
    assert bool(connection.scalars(select(Feedback.id).where(own_feedback(viewer))).all()) == listed
    reach = asks.relation and rule_of("conversations").grant(asks.relation).reach
    between = {"a shared note", "a step", "feedback"}
    expected = {Reach.OWN_ROWS: between, Reach.SHARED: between | {"shared"}}
    return found, expected.get(reach, set()) if reach else set()


def preparation_until_shared(connection: Connection, asks: Asks) -> tuple[set[str], set[str]]:
    """Who reads what `me` prepared and has not shared; nobody else can take back what was."""
    (number,) = connection.scalars(select(Conversation.id))
    found = set()
    try:
        prepared = own_preparation(connection, asks.viewer, number, SEALS)
        found = {text for text in prepared.answers.values() if text}
    except NoPermission:
        pass
    attempt = connection.begin_nested()
    with suppress(NoPermission):
        take_back(connection, asks.viewer, number, at=AT)
    still = connection.scalar(select(Preparation.shared_sealed).where(Preparation.shared_sealed.is_not(None)))
    attempt.rollback()
    assert (still is None) == (asks.relation is Relation.PERSON)
    mine = set(connection.scalars(select(Person.code).where(Person.id.in_(own_person(asks.viewer)))))
    assert (ME in mine) == (asks.relation is Relation.PERSON)
    return found, own(rule_of("preparation"), asks, {"written afterwards"})


def own_rhythm(connection: Connection, asks: Asks) -> tuple[set[str], set[str]]:
    """Whose pairs as a manager are counted: those of `me`, who manages one person here; the asker's own apart."""
    ids = codes(connection)
    connection.execute(update(Assignment).where(Assignment.person_id == ids["Co/A/Two#0"]).values(manager_id=ids[ME]))
    renew_pairs(connection, at=AT, actor="test")
    found = own_team(connection, asks.viewer, rules=asks.policy.rhythm, as_of=AS_OF).pairs
    manages = {ME: 1, **dict.fromkeys(MANAGER_OF.values(), 1)}
    assert found == manages.get(asks.viewer.person_code, 0)
    mine = {ME} if found and asks.relation is Relation.PERSON else set()
    return mine, own(rule_of("own_rhythm"), asks, {ME})


CHECKS: dict[str, Callable[[Connection, Asks], tuple[set[str], set[str]]]] = {
    "own_hours": own_hours,
    "own_events": events,
    "roster_entry": roster_entry,
    "group_numbers": group_numbers,
    "notes": notes,
    "writing_notes": writing_notes,
    "account": account,
    "access_log": access_log,
    "how_it_works": how_it_works,
    "deliveries": deliveries,
    "data_quality": quality,
    "open_goals": open_goals,
    "team_goals": team_goals,
    "own_goals": own_goals,
    "goal_reasons": goal_reasons,
    "goal_shares": goal_shares,
    "rhythm_shares": rhythm_by_unit,
    "conversations": conversations_of_two,
    "preparation": preparation_until_shared,
    "own_rhythm": own_rhythm,
}


def rule_of(rule_id: str) -> Rule:
    """The rule of that id."""
    return next(rule for rule in RULES if rule.id == rule_id)


# --- both sides of every rule --------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.held], ids=lambda rule: rule.id)
def test_every_relation_reaches_what_the_table_says_and_nothing_else(
    rule: Rule, world: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under an open and a closed policy, for every relation and for nobody: found is exactly what is expected."""
    monkeypatch.delenv("EVENKEEL_POLICY_FILE", raising=False)
    reached = set()
    for policy in (OPEN, CLOSED):
        for asks in askers(world, policy):
            found, expected = CHECKS[rule.id](world, asks)
            assert found == expected, (rule.id, asks.relation, policy.unit_means_for_everyone)
            reached.add(bool(expected))
    assert reached == {True, False}  # somebody is let in, and somebody is not


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_role_of_an_administrator_grants_no_people_data(rule: Rule) -> None:
    """Accounts are administered; what everybody may read is open to them as well; hours, groups, words never."""
    reach = rule.administrator.reach
    if reach is Reach.ALL:
        assert all(rule.grant(relation).reach is Reach.ALL for relation in Relation)
    elif reach is Reach.ADMINISTERED:
        assert rule.id in ("account", "deliveries", "data_quality")
    else:
        assert reach is Reach.NONE
        assert reaches(rule, ("admin",)) == frozenset()


def test_a_second_role_adds_what_that_role_reaches_and_no_more(world: Connection) -> None:
    """An administrator who also works here has the own line; one with a unit on the account reaches it by no role."""
    both = Viewer(1, "b", "B", ("admin", "employee"), ("Co",), MY_UNIT)
    seen = {unit["path"] for unit in units_seen(world, both, own_line_open=True)}
    assert seen == {"Co", "Co/A", "Co/A/One"}


# --- the table is whole --------------------------------------------------------------------------------------------


def test_every_rule_that_is_held_has_a_check_that_calls_what_enforces_it() -> None:
    """A new row fails here until it names its functions and this file calls each of them."""
    assert set(CHECKS) == {rule.id for rule in RULES if rule.held}
    for rule in RULES:
        assert bool(rule.enforced_by) == rule.held, rule.id
        for name in rule.enforced_by:
            assert callable(named(name)), name
            assert called_by(CHECKS[rule.id], name.rpartition(".")[2]), f"{rule.id}: {name} is not called"


def named(dotted: str) -> object:
    """The function or method of that dotted name."""
    owner, _, last = dotted.rpartition(".")
    try:
        return getattr(import_module(owner), last)
    except ModuleNotFoundError:
        return getattr(named(owner), last)


def called_by(check: Callable[..., object], name: str) -> bool:
    """Whether a check calls a function of that name."""
    tree = ast.parse(inspect.getsource(check))
    return any(
        isinstance(node, ast.Call) and name in (getattr(node.func, "id", ""), getattr(node.func, "attr", ""))
        for node in ast.walk(tree)
    )


# The decided table, by hand. A all, O own rows, U units, C company, L own line, S shared, # counts, W write only,
# N named channel, D administered, - nothing. Person, manager, leader, HR, everyone, administrators.
DECIDED = {
    "own_hours": "O-----",
    "own_events": "O-----",
    "roster_entry": "O-----",
    "group_numbers": "LUUCL-",
    "notes": "LUUCL-",
    "writing_notes": "-UUC--",
    "account": "O----D",
    "access_log": "O-----",
    "how_it_works": "AAAAAA",
    "deliveries": "---C-D",
    "data_quality": "---C-D",
    "open_goals": "AAAAA-",
    "team_goals": "OUU---",
    "own_goals": "OS----",
    "goal_reasons": "OUU---",
    "goal_shares": "-UU---",
    "rhythm_shares": "--UC--",
    "conversations": "OS----",
    "preparation": "O-----",
    "own_rhythm": "O-----",
    "pulse": "W-UCL-",
    "exits": "-#UC--",
    "concerns": "O--N--",
    "published_results": "AAAAAA",
}
LETTERS = {
    Reach.ALL: "A", Reach.OWN_ROWS: "O", Reach.UNITS: "U", Reach.COMPANY: "C", Reach.OWN_LINE: "L", Reach.SHARED: "S",
    Reach.COUNTS: "#", Reach.WRITE_ONLY: "W", Reach.CHANNEL: "N", Reach.ADMINISTERED: "D", Reach.NONE: "-",
}  # fmt: skip


def test_the_table_says_what_was_decided() -> None:
    """Every row and every relation, against a table written by hand."""
    told = {rule.id: "".join(LETTERS[rule.grant(each).reach] for each in Relation) for rule in RULES}
    assert told == DECIDED


def test_roles_and_screens_follow_the_table() -> None:
    """The roles that lead are those that reach units; Workload is open to whoever reaches any group number."""
    assert ROLES == ("leader", "hr", "manager", "employee", "admin")
    assert GROUP_ROLES == ("leader", "hr", "manager")
    staff = roles_reaching(GROUP_NUMBERS, Reach.UNITS, Reach.COMPANY, Reach.OWN_LINE)
    assert set(SCREENS["workload"]) == set(SCREENS["my_week"]) == set(staff)
    for screen in ("how_it_works", "who_sees_what", "account", "conversations", "conversation"):
        assert set(SCREENS[screen]) == set(ROLES)
    for screen in ("data_import", "data_quality"):
        assert set(SCREENS[screen]) == {"hr", "admin"}


def test_only_the_own_line_depends_on_the_policy() -> None:
    """With the switch off it reaches nothing and says so; every other grant stays as it is."""
    for rule in RULES:
        for relation in Relation:
            grant, closed = rule.grant(relation), rule.grant(relation).under(CLOSED)
            if rule.held and grant.reach is Reach.OWN_LINE:
                assert (closed.reach, closed.words) == (Reach.NONE, "switched off here")
            else:
                assert closed == grant == grant.under(OPEN)


def test_what_is_not_held_has_nowhere_to_be_stored_or_is_read_by_nobody() -> None:
    """No table for answers, concerns or results; reasons of leaving are taken in and read by no view or screen."""
    tables = set(Base.metadata.tables)
    for word in ("pulse", "answer", "wave", "exit", "concern", "published_result"):
        assert not [name for name in tables if word in name]
    readers = {
        path.relative_to(ROOT).as_posix()
        for folder in ("core", "pages", "server")
        for path in (ROOT / folder).rglob("*.py")
        if "leaving_reason" in path.read_text(encoding="utf-8") and "migrations" not in path.parts
    }
    taken_in = {f"core/people/{name}.py" for name in ("tables", "columns", "employments", "imports", "loading")}
    assert "core/people/loading.py" in readers  # the walk sees one
    taken_in.add("core/intake/words.py")  # how other languages call the column
    assert {name for name in readers if not name.startswith("core/demo/")} <= taken_in


def test_every_relation_has_a_label_and_every_grant_has_words() -> None:
    """Nothing on the screen is blank."""
    assert set(LABELS) == set(Relation)
    assert all(rule.grant(each).words.strip() and rule.data for rule in RULES for each in Relation)
    assert len({rule.id for rule in RULES}) == len(RULES)


def test_the_page_about_access_is_up_to_date() -> None:
    """`make docs` would change nothing in docs/access.md."""
    assert (ROOT / "docs" / "access.md").read_text(encoding="utf-8") == access_page()


# --- whoever reads somebody else goes through the log --------------------------------------------------------------

ROWS_OF_PERSONS = {
    "Person",
    "PersonWeek",
    "CollaborationWeek",
    "ActivityHour",
    "Assignment",
    "EmploymentSpell",
    "AccessLog",
}
OWN_DOORS = {"only_own", "own_person"}
# Functions that select rows of persons and show them to nobody: they load, add up, or answer yes or no.
SHOW_NOBODY = {
    "core.people.views.load_viewer",  # makes the viewer from the account's own person, and codes of reports
    "core.people.undo.first_day_reassigned",  # a day, for the undo of a file of people; never of whom
    "core.people.mentions.mentions_somebody",  # whether a text speaks of somebody; never of whom
    "core.access.reads.reads_about",  # of a subject that the caller has found to be the viewer's own
    "core.access.reads._looks",  # under the condition of its two callers, both narrowed to the viewer
}
TAKES_IN = ("core.people.", "core.workload.", "core.demo.", "core.intake.", "core.privacy.")
DOES_NOT_SHOW = (
    "loading",
    "imports",
    "viva_imports",
    "rollup",
    "release",
    "roster",
    "load",
    "accounts",
    "notes",
    "headcount",
    "open_weeks",
    "schedules",
    "lookback",
    "activity_loading",
    "activity_rollup",
    "places",
    "absence",
    "lines",  # who is managed by whom, as numbers, and names for the one other person of a pair or message
)


def functions(path: Path) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every function of a module of the product, with its dotted name."""
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            yield f"{module}.{node.name}", node


def called_in(node: ast.AST) -> set[str]:
    """The names of everything that is called in a piece of code."""
    calls = [each.func for each in ast.walk(node) if isinstance(each, ast.Call)]
    return {getattr(call, "id", getattr(call, "attr", "")) for call in calls}


def selects_rows_of_persons(node: ast.FunctionDef) -> bool:
    """Whether a function makes a statement and speaks of a table with rows of persons."""
    spoken = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return "select" in called_in(node) and bool(spoken & ROWS_OF_PERSONS)


def test_rows_of_persons_are_shown_to_the_person_or_through_the_log() -> None:
    """Every function that selects such rows narrows them to the viewer, or writes the look down, or shows them to nobody."""
    found = []
    for path in sorted([*(ROOT / "core").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]):
        for name, node in functions(path):
            module, _, _ = name.rpartition(".")
            takes_in = module.startswith(TAKES_IN) and module.rpartition(".")[2] in DOES_NOT_SHOW
            if not selects_rows_of_persons(node) or takes_in or "migrations" in path.parts:
                continue
            found.append(name)
            assert called_in(node) & (OWN_DOORS | {"record_read"}) or name in SHOW_NOBODY, name
    assert {"core.people.views.own_manager", "core.people.scope.own_person"} <= set(found)
    assert set(found) >= SHOW_NOBODY


def test_every_command_that_takes_somebody_s_view_writes_it_down() -> None:
    """One module of the command line loads viewers, and its ways in call `record_read`; pages show people their own alone."""
    looks = ROOT / "core" / "cli" / "looks.py"
    ways = dict(functions(looks))
    assert "record_read" in called_in(ways["core.cli.looks.on_record"])
    recorded = {"on_record", "at_person", "at_units"}
    assert all("on_record" in called_in(ways[f"core.cli.looks.{name}"]) for name in recorded - {"on_record"})
    with_view = []
    for path in sorted(set((ROOT / "core" / "cli").glob("*.py")) - {looks}):
        text = path.read_text(encoding="utf-8")
        assert "load_viewer" not in text and "record_read" not in text, path
        readers = [node for _, node in functions(path) if "as_user" in {a.arg for a in node.args.args}]
        views = [node for node in readers if called_in(node) & (recorded | {"viewer_of"})]
        if views:
            with_view.append(path.stem)
            assert all(called_in(node) & recorded for node in views), path
        elif readers:
            assert path.stem == "show", path  # hands its account to `workload`
    of_units = {"workload", "notes", "rules", "overview", "activity", "deliveries", "goal_shares"}
    assert of_units | {"my_week", "goals", "conversations"} == set(with_view)
    for path in (ROOT / "pages").rglob("*.py"):
        if "load_viewer" in path.read_text(encoding="utf-8"):
            assert path.name == "loaders.py", path


def test_the_walk_over_the_source_sees_a_read_that_nobody_wrote_down() -> None:
    """Proved on a function that would fail."""
    source = "def leak(connection):\n    return connection.execute(select(PersonWeek.worked)).all()\n"
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef)
    assert selects_rows_of_persons(node) and not called_in(node) & (OWN_DOORS | {"record_read"})
