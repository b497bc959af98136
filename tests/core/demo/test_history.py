"""Two years of goals and conversations: stories that the product finds, on a roster that they fit."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, Row, and_, delete, func, or_, select

from core.access.accounts import account_id
from core.access.viewer import Viewer
from core.calendar import last_closed_week
from core.database.engine import make_engine
from core.delivery import ImportOptions
from core.demo import Knobs, generate
from core.demo.accounts import add_demo_accounts
from core.demo.goal_own import CHECK_IN_DUE, PRIVATE, SHARED, UNSHARED, WAITS_FOR_EMPLOYEE, WAITS_FOR_MANAGER
from core.demo.goal_stories import LATE, STORIES, GoalStory
from core.demo.goal_words import COMPANY, DIVISIONS, FIELDS
from core.demo.history import add_history
from core.demo.roster import read_roster
from core.goals import tables as goals
from core.goals.progress import latest_of
from core.goals.queue_views import Queue, QueueFilters, queue
from core.goals.reading import check_ins_of
from core.goals.tables import GoalChange, GoalCheckIn, GoalRow
from core.goals.views import goal_page, own_goals
from core.intake.imports import run_import
from core.people.tables import Assignment
from core.people.views import load_viewer
from core.policy import Policy
from core.rhythm.board import Conversations
from core.rhythm.feedback import feedback_of
from core.rhythm.pairs import Renewed, renew_pairs
from core.rhythm.preparing import own_preparation, read_shared
from core.rhythm.tables import Conversation, Feedback, NextStep, Pair, Preparation, SharedNote
from core.rhythm.views import conversation_page, conversations, steps_of
from tests.conftest import AS_OF, NOW
from tests.core.rhythm.talk import SEALS

POLICY = Policy()
GOAL_TABLES = (
    goals.GoalAgreement, goals.GoalSnooze, goals.GoalDecision, GoalChange, goals.GoalEvidence, GoalCheckIn,
    goals.GoalMilestone, goals.GoalShare, goals.GoalCoOwner,
)  # fmt: skip


@pytest.fixture(scope="module")
def told(demo_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The demonstration, its goals and conversations taken away and told again, with a key for texts."""
    path = tmp_path_factory.mktemp("told") / "demo.db"
    shutil.copy(demo_template, path)
    engine = make_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        for table in GOAL_TABLES:
            connection.execute(delete(table))
        connection.execute(GoalRow.__table__.update().values(parent_id=None, guardrail_id=None))
        connection.execute(delete(GoalRow))
        connection.execute(delete(Conversation))
        connection.execute(delete(Pair))
        add_history(connection, seed=Knobs().seed, today=AS_OF, at=NOW, actor="test", seals=SEALS)
    yield engine
    engine.dispose()


def viewer_of(engine: Engine, name: str) -> Viewer:
    """The viewer behind a demonstration account."""
    with engine.connect() as connection:
        found = load_viewer(connection, account_id(connection, name), AS_OF)
    assert found is not None
    return found


def queue_of(engine: Engine, name: str) -> Queue:
    """What an account finds on its queue."""
    with engine.connect() as connection:
        return queue(connection, viewer_of(engine, name), QueueFilters(limit=200), policy=POLICY, as_of=AS_OF)


def talks_of(engine: Engine, name: str) -> Conversations:
    """What an account finds among its conversations."""
    with engine.connect() as connection:
        return conversations(connection, viewer_of(engine, name), rules=POLICY.rhythm, as_of=AS_OF)


@pytest.fixture(scope="module")
def leaders_queue(demo_readonly: Engine) -> Queue:
    """What the leader finds."""
    return queue_of(demo_readonly, "leader")


# --- goals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("story", STORIES, ids=lambda story: "-".join(story.reasons))
def test_each_story_is_found_by_the_reasons_that_tell_it(leaders_queue: Queue, story: GoalStory) -> None:
    """The queue of a leader names the goal of the story, with at least these reasons."""
    (found,) = [item for item in leaders_queue.items if item.goal.title == story.title]

    assert set(story.reasons) <= {reason.code for reason in found.reasons}


def test_the_manager_finds_a_handful_of_goals_each_for_another_reason(demo_readonly: Engine) -> None:
    """Three to six, the late one in the worn-down team first, with the advice to re-scope; one is snoozed."""
    found = queue_of(demo_readonly, "manager")

    assert 3 <= found.found <= 6
    assert found.items[0].goal.title == LATE.title
    assert "re-scoping" in found.items[0].suggestion
    assert found.snoozed == 1
    telling = [frozenset(reason.code for reason in item.reasons) - {"capacity_conflict"} for item in found.items]
    assert all(telling)
    assert len(set(telling)) == len(telling)


def test_about_one_in_eight_open_goals_needs_revisiting(leaders_queue: Queue) -> None:
    """Ten to fifteen of a hundred; most reasons occur somewhere, and no manager drowns in them."""
    assert 0.10 <= leaders_queue.found / leaders_queue.looked_at <= 0.15
    assert len(leaders_queue.counts) >= 11


def test_the_employee_has_a_proposal_to_answer_and_a_check_in_due(demo_readonly: Engine) -> None:
    """And the manager has one to answer, too; both see drafts of their own only."""
    employee, manager = viewer_of(demo_readonly, "employee"), viewer_of(demo_readonly, "manager")
    with demo_readonly.connect() as connection:
        mine = own_goals(connection, employee, policy=POLICY, as_of=AS_OF)
        theirs = own_goals(connection, manager, policy=POLICY, as_of=AS_OF)
        (due,) = [line.goal for line in mine.goals if line.goal.title == CHECK_IN_DUE]
        page = goal_page(connection, employee, due.id, policy=POLICY, as_of=AS_OF)

    assert [goal.title for goal in mine.proposals if goal.id in mine.waiting] == [WAITS_FOR_EMPLOYEE]
    assert [goal.title for goal in theirs.proposals if goal.id in theirs.waiting] == [WAITS_FOR_MANAGER]
    assert not {goal.id for goal in mine.drafts} & {goal.id for goal in theirs.drafts}
    assert mine.drafts
    assert theirs.drafts
    assert page.next_check_in is not None
    assert page.next_check_in <= AS_OF
    assert not page.reasons or sum(reason.severity for reason in page.reasons) < 2


def test_the_manager_sees_the_wellbeing_goal_that_was_shared_and_not_the_other(demo_readonly: Engine) -> None:
    """Of the employee's own three, the private one between the two and the shared one are open to the manager."""
    with demo_readonly.connect() as connection:
        seen = {
            title
            for number, title in connection.execute(
                select(GoalRow.id, GoalRow.title).where(GoalRow.title.in_([PRIVATE, SHARED, UNSHARED]))
            )
            if _opens(demo_readonly, "manager", number)
        }
    assert seen == {PRIVATE, SHARED}


def _opens(engine: Engine, name: str, number: int) -> bool:
    from core.access.refusals import NoPermission

    with engine.connect() as connection:
        try:
            goal_page(connection, viewer_of(engine, name), number, policy=POLICY, as_of=AS_OF)
        except NoPermission:
            return False
    return True


def test_every_row_sums_up_its_check_ins_and_every_version_has_its_step(demo_readonly: Engine) -> None:
    """As the commands leave them: newest day, value, confidences; versions from one without a gap; nothing of tomorrow."""
    with demo_readonly.connect() as connection:
        rows = connection.execute(select(GoalRow)).mappings().all()
        ins = check_ins_of(connection, [row["id"] for row in rows])
        versions = connection.execute(select(GoalChange.goal_id, GoalChange.version)).all()
    steps: dict[int, set[int]] = {}
    for goal, version in versions:
        steps.setdefault(goal, set()).add(version)
    assert len(rows) > 2000
    for row in rows:
        said = ins.get(row["id"], [])
        at = latest_of(said)
        kept = ("last_on", "last_value", "last_confidence", "before_confidence", "same_values")
        assert (at.on, at.value, at.confidence, at.before, at.same) == tuple(row[name] for name in kept), row["title"]
        assert steps[row["id"]] == set(range(1, row["version"] + 1)), row["title"]
        last = row["closed_on"] or AS_OF
        assert all(row["start"] < each.on <= last <= AS_OF for each in said), row["title"]


def test_goals_hang_under_goals_that_outlive_them_and_unsettled_ones_have_authors(demo_readonly: Engine) -> None:
    """No open goal under a closed one, no circle, no level beyond five; a draft or proposal has who writes it."""
    with demo_readonly.connect() as connection:
        rows = {row.id: row for row in connection.execute(select(GoalRow.__table__))}
    for row in rows.values():
        above, depth = row, 0
        while above.parent_id is not None:
            below, above, depth = above, rows[above.parent_id], depth + 1
            assert above.closed_on is None or (below.closed_on is not None and below.closed_on <= above.closed_on)
            assert depth < 6
        assert (row.author_id is not None) == (row.status in ("draft", "proposed"))


def test_owners_are_employed_when_a_goal_begins_and_when_it_ends(demo_readonly: Engine) -> None:
    """Except where that is the story: an open goal whose owner has left, which the queue then says."""
    with demo_readonly.connect() as connection:
        rows = connection.execute(
            select(GoalRow.id, GoalRow.owner_id, GoalRow.active_since, GoalRow.closed_on).where(
                GoalRow.owner_id.is_not(None), GoalRow.active_since.is_not(None)
            )
        ).all()
        there: dict[int, list[Row[tuple[object, ...]]]] = {}
        for row in connection.execute(select(Assignment.person_id, Assignment.valid_from, Assignment.valid_to)):
            there.setdefault(row.person_id, []).append(row)
    orphans = {
        item.goal.id
        for item in queue_of(demo_readonly, "leader").items
        if "no_active_owner" in {reason.code for reason in item.reasons}
    }
    assert orphans

    def employed(person: int, day: object) -> bool:
        return any(each[1] <= day and (each[2] is None or each[2] > day) for each in there[person])  # type: ignore[operator]

    for row in rows:
        if row.id not in orphans:
            assert employed(row.owner_id, row.active_since), row
            assert employed(row.owner_id, row.closed_on or AS_OF), row


def test_no_metric_is_to_rise_in_one_place_and_to_fall_in_another() -> None:
    """Otherwise goals would contradict each other all over the organisation; only the story does that."""
    aims = [aim for _, some in COMPANY for aim in some]
    aims += [aim for _, some in DIVISIONS.values() for aim in some]
    aims += [aim for field in FIELDS.values() for aim in field.aims]
    ways: dict[str, set[bool]] = {}
    for aim in aims:
        ways.setdefault(aim.metric.casefold(), set()).add(aim.target > aim.baseline)
    assert all(len(found) == 1 for found in ways.values())


# --- conversations -------------------------------------------------------------------------------------------------


def test_the_manager_owes_one_conversation_to_somebody_not_talked_with_for_a_quarter(demo_readonly: Engine) -> None:
    """One of the team; everybody else there is in time."""
    found = talks_of(demo_readonly, "manager")

    (owed,) = found.owed
    assert owed.last is not None
    assert owed.last <= AS_OF - timedelta(days=91)
    assert len(found.pairs) >= 10


def test_the_next_conversation_is_prepared_and_the_manager_reads_what_was_shared_alone(told: Engine) -> None:
    """The check-in was shared by the employee; what the employee began for the review stays private."""
    manager = viewer_of(told, "manager")
    (card,) = [card for card in talks_of(told, "manager").pairs if card.other == "Noor Haddad"]
    check_in, review = card.planned
    with told.begin() as connection:
        shared = read_shared(connection, manager, check_in.id, day=AS_OF, seals=SEALS)
        nothing = read_shared(connection, manager, review.id, day=AS_OF, seals=SEALS)
        own = own_preparation(connection, viewer_of(told, "employee"), review.id, SEALS)

    assert shared is not None
    assert not shared.why
    assert "rota" in shared.answers["workload"]
    assert nothing is None
    assert "date" in own.answers["workload"]


def test_every_text_of_the_two_opens_and_open_steps_are_carried_along(told: Engine) -> None:
    """Notes of conversations that were held, steps done and open, one of an earlier coach; a question that waits."""
    employee = viewer_of(told, "employee")
    cards = {card.kind: card for card in talks_of(told, "employee").pairs}
    with told.connect() as connection:
        held = connection.scalars(
            select(SharedNote.conversation_id).join(Conversation).where(Conversation.pair_id == cards["manager"].id)
        ).all()
        pages = [conversation_page(connection, employee, each, seals=SEALS, as_of=AS_OF) for each in held]
        steps = steps_of(connection, employee, cards["manager"].id, seals=SEALS, as_of=AS_OF)
        told_and_asked = feedback_of(connection, employee, SEALS)

    assert len(pages) >= 4
    assert all(page.note is not None and page.note.words.text and not page.note.words.why for page in pages)
    assert all(step.words.text for step in steps)
    assert {step.open for step in steps} == {True, False}
    assert sum(step.carried for step in steps) == 1
    assert {item.kind for item in told_and_asked} == {"asked", "given", "recognition"}
    assert [item.other for item in told_and_asked if item.open and not item.sent]
    assert set(cards) == {"manager", "coach"}
    assert not any(item.why for item in told_and_asked)


def test_without_a_key_there_are_conversations_and_no_text(demo_readonly: Engine) -> None:
    """The demonstration of the tests has no key: nobody wrote anything, and everybody talked."""
    with demo_readonly.connect() as connection:
        texts = [
            connection.scalar(select(func.count()).select_from(table))
            for table in (Preparation, SharedNote, NextStep, Feedback)
        ]
        talked = connection.scalar(select(func.count()).select_from(Conversation))
    assert texts == [0, 0, 0, 0]
    assert (talked or 0) > 15_000


def test_conversations_took_place_while_the_two_were_manager_and_employee(demo_readonly: Engine) -> None:
    """By the roster of that day, on a working day up to today, and within the pair's own days."""
    line = (
        select(Assignment.id)
        .where(
            Assignment.person_id == Pair.member_id,
            Assignment.manager_id == Pair.lead_id,
            Assignment.valid_from <= Conversation.held_on,
            or_(Assignment.valid_to.is_(None), Assignment.valid_to > Conversation.held_on),
        )
        .exists()
    )
    lead_there = (
        select(Assignment.id)
        .where(
            Assignment.person_id == Pair.lead_id,
            Assignment.valid_from <= Conversation.held_on,
            or_(Assignment.valid_to.is_(None), Assignment.valid_to > Conversation.held_on),
        )
        .exists()
    )
    inside = and_(Pair.since <= Conversation.held_on, or_(Pair.until.is_(None), Pair.until > Conversation.held_on))
    with demo_readonly.connect() as connection:
        wrong = connection.execute(
            select(Conversation.id)
            .join(Pair, Pair.id == Conversation.pair_id)
            .where(Pair.kind == "manager", Conversation.held_on.is_not(None), ~and_(line, lead_there, inside))
        ).all()
        days = connection.scalars(select(Conversation.held_on).where(Conversation.held_on.is_not(None))).all()
    assert wrong == []
    assert all(day is not None and day <= AS_OF and day.weekday() < 5 for day in days)


def test_the_pairs_are_those_of_the_roster(demo: Engine) -> None:
    """Bringing them up to the roster of the day changes nothing."""
    with demo.begin() as connection:
        assert renew_pairs(connection, at=NOW, actor="test") == Renewed(0, 0)


# --- the same again ------------------------------------------------------------------------------------------------


def test_telling_it_again_tells_the_same(told: Engine, demo_readonly: Engine) -> None:
    """Goals, check-ins, histories and days of conversations are equal, row by row."""
    for table in (GoalRow, *GOAL_TABLES):
        columns = [column for column in table.__table__.columns if column.name != "id"]
        with told.connect() as first, demo_readonly.connect() as second:
            statement = select(*columns).order_by(*table.__table__.primary_key.columns)
            assert first.execute(statement).all() == second.execute(statement).all(), table.__tablename__
    held = (
        select(Pair.lead_id, Pair.member_id, Conversation.kind, Conversation.held_on)
        .join(Pair, Pair.id == Conversation.pair_id)
        .where(Conversation.held_on.is_not(None), Pair.kind == "manager")
        .order_by(Pair.lead_id, Pair.member_id, Conversation.held_on)
    )
    with told.connect() as first, demo_readonly.connect() as second:
        assert first.execute(held).all() == second.execute(held).all()


def test_another_organisation_has_its_goals_on_both_databases(engine: Engine, tmp_path: Path) -> None:
    """Another seed, fewer people and weeks: every story is on record, with a key for what was written."""
    knobs = Knobs(seed=2, people=800, weeks=26, activity_weeks=0)
    newest = last_closed_week(AS_OF, POLICY.close_after_days)
    people = tmp_path / "people.csv"
    generate(knobs, newest).people.to_csv(people, index=False)
    run_import(engine, "people", people, actor="test", at=NOW, options=ImportOptions())
    with engine.begin() as connection:
        add_demo_accounts(connection, at=NOW, on=newest)
        number = add_history(connection, seed=2, today=AS_OF, at=NOW, actor="test", seals=SEALS)
        titles = set(connection.scalars(select(GoalRow.title)))
        roster = read_roster(connection)

    assert number > 1500
    assert {story.title for story in STORIES} <= titles
    assert {"manager", "employee"} <= set(roster.accounts)
    with engine.connect() as connection:
        items = feedback_of(connection, viewer_of(engine, "employee"), SEALS)
    assert items
    assert not any(item.why for item in items)
