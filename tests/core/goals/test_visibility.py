"""Who sees a goal and who sees its reasons: every role against every kind of goal, through every function that reads them."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, insert, select, update

from core.access.refusals import NoPermission, Refused
from core.goals.commands import add_evidence, agree, check_in, edit, finish_milestone, propose, share, unshare
from core.goals.decisions import Decision, archive, decide, snooze, withdraw
from core.goals.goal import Kind, Measure, Status, Visibility
from core.goals.tables import GoalCoOwner, GoalRow
from core.goals.tree_views import TreeFilters, goal_tree
from core.goals.visibility import among_reasons_seen, checks_in, sees, sees_reasons
from core.people.tables import Assignment
from tests.core.goals.desk import ACCOUNTS, NOW, ONE, POLICY, TERMS, TODAY, Desk
from tests.databases import EngineOf
from tests.organisations import codes

EVERYBODY = set(ACCOUNTS)
WORKS_HERE = EVERYBODY - {"admin"}
# what it is -> (who sees it, who sees its reasons), for a goal of `emp` in Co/A/One, whose manager is `boss`
OF_A_PERSON = {
    "open": (WORKS_HERE, {"emp", "boss", "chief"}),
    "team": ({"emp", "peer", "boss", "chief"}, {"emp", "boss", "chief"}),
    "private": ({"emp", "boss"}, {"emp", "boss"}),
    "wellbeing": ({"emp"}, {"emp"}),
    "draft": ({"emp"}, set()),
    "proposed": ({"emp", "boss"}, set()),
    "closed": (WORKS_HERE, {"emp", "boss", "chief"}),
    "shared wellbeing": ({"emp", "boss"}, {"emp"}),
    "unit, open": (WORKS_HERE, {"boss", "chief"}),
    "unit, team": ({"emp", "peer", "boss", "chief"}, {"boss", "chief"}),
    "co-owned, private": ({"emp", "boss", "far"}, {"emp", "boss", "far"}),
    "with a delegate, private": ({"emp", "boss", "far"}, {"emp", "boss"}),
}


def build(engine: Engine) -> None:
    """One goal of each sort, with its name as title; `Desk` makes the people."""
    desk = Desk(engine)
    for name in ("open", "team", "private"):
        desk.settled(Visibility(name), title=name)
    draft = desk.draft(title="draft")
    assert draft.version == 1
    desk.propose(desk.draft(title="proposed").goal_id)
    wellbeing = {"kind": Kind.WELLBEING, "visibility": Visibility.PRIVATE}
    for name in ("wellbeing", "shared wellbeing"):
        goal = desk.draft(title=name, **wellbeing).goal_id
        assert desk.propose(goal) is Status.ACTIVE  # nobody else has to agree to it
    with engine.begin() as connection:
        share(connection, desk.viewer("emp"), goal, at=NOW)
    desk.active(title="closed", status=Status.STOPPED)
    desk.active(title="unit, open", owner=ONE)
    desk.active(title="unit, team", owner=ONE, visibility=Visibility.TEAM)
    shared = desk.active(title="co-owned, private", visibility=Visibility.PRIVATE)
    with engine.begin() as connection:
        far = codes(connection)["far"]
        connection.execute(insert(GoalCoOwner).values(goal_id=shared, person_id=far))
    desk.active(title="with a delegate, private", visibility=Visibility.PRIVATE, delegate_id=far)


@pytest.fixture
def desk(engine_of: EngineOf) -> Desk:
    """The organisation with one goal of each sort, on both databases."""
    return Desk.on(engine_of("goals-of-each-sort", build))


def ids(desk: Desk) -> dict[str, int]:
    with desk.engine.connect() as connection:
        return {row.title: row.id for row in connection.execute(select(GoalRow.title, GoalRow.id))}


def test_everybody_sees_exactly_what_the_table_says(desk: Desk) -> None:
    """By the conditions themselves, for every account and every sort of goal."""
    with desk.engine.connect() as connection:
        for who in ACCOUNTS:
            viewer = desk.viewer(who)
            seen = set(connection.scalars(select(GoalRow.title).where(sees(viewer, TODAY))))
            judged = set(connection.scalars(select(GoalRow.title).where(sees_reasons(viewer, TODAY))))
            assert seen == {name for name, (allowed, _) in OF_A_PERSON.items() if who in allowed}, who
            assert judged == {name for name, (_, allowed) in OF_A_PERSON.items() if who in allowed}, who
            assert judged <= seen or who == "emp"
            every = connection.scalars(select(GoalRow.title).where(among_reasons_seen(viewer, TODAY)))
            assert set(every) == judged, who


def test_a_page_opens_for_whom_the_table_says_and_tells_reasons_to_no_more(desk: Desk) -> None:
    """Through the address of the goal: refused in the words that a goal that does not exist is refused in."""
    with pytest.raises(NoPermission) as unknown:
        desk.page(10_000)
    for name, goal in ids(desk).items():
        allowed, judged = OF_A_PERSON[name]
        for who in EVERYBODY:
            if who not in allowed:
                with pytest.raises(NoPermission, match=str(unknown.value)):
                    desk.page(goal, who)
                continue
            page = desk.page(goal, who)
            assert (page.reasons is not None) == (who in judged), (name, who)
            unsettled = name in ("draft", "proposed")
            assert (page.history is not None) == (who in judged or unsettled), (name, who)
            assert (page.decisions is not None) == (who in judged)
            assert page.may_decide == (who in judged and name != "closed")


def test_queues_and_trees_and_lists_hold_what_the_conditions_allow(desk: Desk) -> None:
    """Nothing comes along by another way: queue, tree, own goals."""
    with desk.engine.connect() as connection:
        for who in EVERYBODY - {"admin"}:
            viewer = desk.viewer(who)
            agreed = {name for name in OF_A_PERSON if name not in ("draft", "proposed")}
            queued = desk.queue(who, on=TODAY + timedelta(days=300), limit=200)
            assert {item.goal.title for item in queued.items} == {
                name for name in agreed - {"closed"} if who in OF_A_PERSON[name][1]
            }
            tree = goal_tree(connection, viewer, TreeFilters(closed=True), policy=POLICY, as_of=TODAY)
            assert {line.goal.title for line in tree.lines} == {name for name in agreed if who in OF_A_PERSON[name][0]}
            own = desk.own(who)
            assert {line.goal.title for line in own.goals} <= {name for name in agreed if who in OF_A_PERSON[name][0]}
    assert {goal.title for goal in desk.own("emp").drafts} == {"draft"}
    assert desk.own("boss").waiting == {ids(desk)["proposed"]}
    assert desk.own("emp").waiting == frozenset()


def test_an_administrator_has_no_queue(desk: Desk) -> None:
    """The role opens none, whatever units stand on the account."""
    with pytest.raises(NoPermission, match="administrator"):
        desk.queue("admin")


def test_hr_sees_goal_and_progress_of_open_goals_and_nothing_else(desk: Desk) -> None:
    """No reasons, no history, no notes, no confidence; the queue is empty of other people's goals."""
    goal = ids(desk)["open"]
    desk.check_in(goal, value=50.0, confidence=3, note="Told in confidence")
    page = desk.page(goal, "hr")
    assert page.going.progress == pytest.approx(0.25)
    assert [(each.value, each.confidence, each.note, each.by) for each in page.check_ins] == [(50.0, None, "", "")]
    assert page.reasons is page.history is page.decisions is None
    assert desk.queue("hr").looked_at == 0
    told = desk.page(goal, "boss").check_ins
    assert [(each.confidence, each.note) for each in told] == [(3, "Told in confidence")]


def test_nobody_changes_a_goal_whose_reasons_they_do_not_see(desk: Desk) -> None:
    """Every command, as every account, on every sort of goal: refused, and nothing is written."""
    viewers = {who: desk.viewer(who) for who in EVERYBODY}
    for name, goal in ids(desk).items():
        _, judged = OF_A_PERSON[name]
        for who in EVERYBODY - judged - {"emp", "far", "boss"}:
            viewer = viewers[who]
            with desk.engine.connect() as connection:
                for attempt in (
                    lambda c, v, g: edit(c, v, g, TERMS, based_on=1, reason="x", at=NOW, policy=POLICY),
                    lambda c, v, g: propose(c, v, g, based_on=1, at=NOW),
                    lambda c, v, g: agree(c, v, g, based_on=1, at=NOW),
                    lambda c, v, g: check_in(c, v, g, value=1.0, at=NOW),
                    lambda c, v, g: finish_milestone(c, v, g, 1, done_on=None, at=NOW),
                    lambda c, v, g: add_evidence(c, v, g, label="x", link="https://x", at=NOW),
                    lambda c, v, g: share(c, v, g, at=NOW),
                    lambda c, v, g: unshare(c, v, g, at=NOW),
                    lambda c, v, g: decide(c, v, g, Decision.STOP, reason="x", based_on=1, at=NOW, policy=POLICY),
                    lambda c, v, g: snooze(c, v, g, reason="x", at=NOW),
                    lambda c, v, g: archive(c, v, g, reason="x", at=NOW),
                    lambda c, v, g: withdraw(c, v, g, at=NOW),
                ):
                    with pytest.raises(NoPermission):
                        attempt(connection, viewer, goal)
                connection.rollback()
            assert desk.goal(goal).version == 1


def test_a_delegate_checks_in_and_decides_nothing(desk: Desk) -> None:
    """Whoever stands in says how it goes; reasons and decisions stay with the owner and those above."""
    goal = ids(desk)["with a delegate, private"]
    desk.check_in(goal, "far", value=30.0)
    page = desk.page(goal, "far")
    assert page.may_check_in and not page.may_decide and page.reasons is None
    with pytest.raises(NoPermission):
        desk.decide(goal, Decision.STOP, "far")
    with desk.engine.connect() as connection:
        reach = set(connection.scalars(select(GoalRow.title).where(checks_in(desk.viewer("far"), TODAY))))
    assert reach == {"with a delegate, private", "co-owned, private"}


def test_sharing_a_wellbeing_goal_is_the_persons_and_ends_when_they_say(desk: Desk) -> None:
    """With the manager, who then sees goal and progress and no reasons; afterwards nothing."""
    goal = ids(desk)["shared wellbeing"]
    assert desk.page(goal, "boss").reasons is None
    with desk.engine.begin() as connection:
        unshare(connection, desk.viewer("emp"), goal, at=NOW)
    with pytest.raises(NoPermission):
        desk.page(goal, "boss")


def test_a_manager_sees_private_goals_only_while_they_manage(desk: Desk) -> None:
    """After a change of manager the new one does, and the old one does not."""
    goal = ids(desk)["private"]
    after = date(2026, 3, 2)
    with desk.engine.begin() as connection:
        people = codes(connection)
        old = select(Assignment).where(Assignment.person_id == people["emp"])
        row = dict(connection.execute(old).mappings().one())
        connection.execute(update(Assignment).where(Assignment.id == row["id"]).values(valid_to=after))
        del row["id"]
        row |= {"valid_from": after, "manager_id": people["chief"]}
        connection.execute(insert(Assignment).values(**row))
    assert desk.page(goal, "boss", date(2026, 3, 1)).reasons is not None
    with pytest.raises(NoPermission):
        desk.page(goal, "chief", date(2026, 3, 1))
    assert desk.page(goal, "chief", after).reasons is not None
    with pytest.raises(NoPermission):
        desk.page(goal, "boss", after)


def test_goals_of_somebody_who_left_stay_with_their_manager_and_unit(desk: Desk) -> None:
    """So that somebody is asked about a goal that nobody owns any more; the evidence says no more than that."""
    with desk.engine.begin() as connection:
        leaver = codes(connection)["emp"]
        connection.execute(update(Assignment).where(Assignment.person_id == leaver).values(valid_to=date(2026, 2, 16)))
    queued = desk.queue("boss", reason="no_active_owner")
    assert {item.goal.title for item in queued.items} == {
        "open",
        "team",
        "private",
        "co-owned, private",
        "with a delegate, private",
    }
    told = [each for item in queued.items for each in item.reasons if each.code == "no_active_owner"]
    assert {str(each.evidence) for each in told} == {"{'owner': 'no active owner'}"}
    assert {"open", "team"} == {item.goal.title for item in desk.queue("chief", reason="no_active_owner").items}


def test_a_look_at_what_is_not_open_names_the_person_for_the_log(desk: Desk) -> None:
    """The page and the queue say of whom something was read; of one's own and of plain open progress nobody is named."""
    of = ids(desk)
    assert desk.page(of["private"], "boss").about == "emp"
    assert desk.page(of["private"], "emp").about == ""
    assert desk.page(of["open"], "other").about == ""
    assert desk.page(of["open"], "boss").about == "emp"  # with its reasons
    assert desk.queue("boss", on=TODAY + timedelta(days=300)).about == ("emp",)


def test_a_personal_wellbeing_goal_is_set_by_the_person_alone(desk: Desk) -> None:
    """Not by a manager, not open, not with others."""
    for who, terms in (
        ("boss", {}),
        ("emp", {"visibility": Visibility.OPEN}),
        ("emp", {"co_owners": ("peer",)}),
        ("emp", {"delegate": "peer"}),
    ):
        with pytest.raises(Refused):
            desk.draft(
                who, kind=Kind.WELLBEING, measure=Measure.DECREASE, **{"visibility": Visibility.PRIVATE, **terms}
            )
