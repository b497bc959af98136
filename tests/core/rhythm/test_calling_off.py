"""What does not take place: a conversation that is called off, a question that is declined, a pause that ends early."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.access.refusals import NoPermission, Refused
from core.access.tables import ChangeLog
from core.people.lines import code_named
from core.rhythm import commands
from core.rhythm.cadence import State
from core.rhythm.calendar_file import calendar_file
from core.rhythm.feedback import decline_feedback
from core.rhythm.pairs import end_pause, pause
from tests.core.rhythm.talk import AT, DAY, RULES, TODAY, Talk, code_of


def call_off(talk: Talk, conversation: int, who: str = "ann") -> None:
    with talk.engine.begin() as connection:
        commands.call_off(connection, talk.viewer(who), conversation, at=AT)


def decline(talk: Talk, question: str, who: str = "max") -> None:
    with talk.engine.begin() as connection:
        decline_feedback(connection, talk.viewer(who), question, at=AT)


def actions(talk: Talk) -> list[str]:
    with talk.engine.connect() as connection:
        return list(connection.scalars(select(ChangeLog.action).order_by(ChangeLog.id)))


def test_what_is_called_off_leaves_both_lists_and_calendars_and_stays_due(talk: Talk) -> None:
    """The day that the cadence asks for is the same as before, and overdue stays overdue; the log knows it by number."""
    number = talk.plan()
    late = TODAY + 60 * DAY
    before = talk.card("ann", "max", late)
    call_off(talk, number)

    for who, other in (("ann", "max"), ("max", "ann")):
        card = talk.card(who, other, late)
        assert card.planned == ()
        assert card.overdue
    after = talk.card("ann", "max", late)
    assert (after.check_in, after.review, after.last) == (before.check_in, before.review, None)
    assert talk.page("max", number).called_off_on == TODAY
    with talk.engine.connect() as connection:
        file = calendar_file(connection, talk.viewer("ann"), rules=RULES, at=AT)
    assert f"conversation-{number}@".encode() not in file
    assert actions(talk)[-1] == "conversation called off"


def test_nothing_that_was_written_for_it_is_lost_and_it_can_be_planned_again(talk: Talk) -> None:
    """Preparation, note and step are there; moving it to a day plans it again; until then it cannot be held."""
    number = talk.plan()
    talk.prepare(number, progress="kept")
    talk.write(number, "noted")
    talk.agree(number, "agreed")
    call_off(talk, number)

    with pytest.raises(Refused, match="was called off"):
        talk.hold(number, TODAY)
    page = talk.page("ann", number)
    assert page.note is not None and page.note.words.text == "noted"
    assert [step.words.text for step in page.steps] == ["agreed"]
    assert talk.prepared(number).answers["progress"] == "kept"

    with talk.engine.begin() as connection:
        commands.move(connection, talk.viewer("max"), number, due=TODAY + 3 * DAY, at=AT)
    (planned,) = talk.card("ann", "max").planned
    assert (planned.id, planned.due, planned.prepared) == (number, TODAY + 3 * DAY, True)


def test_planning_after_calling_off_makes_a_new_one(small: Talk) -> None:
    """The one that was called off does not come back by itself."""
    number = small.plan()
    call_off(small, number)
    assert small.plan("max") != number


def test_what_was_held_cannot_be_called_off_and_twice_is_once(small: Talk) -> None:
    """A sentence says so; a second click changes nothing and is not logged again."""
    held, other = small.plan(), small.plan("bo", small.pair("max", "bo"))
    small.hold(held, TODAY)
    with pytest.raises(Refused, match="held already"):
        call_off(small, held)
    call_off(small, other, "bo")
    call_off(small, other, "max")
    assert actions(small).count("conversation called off") == 1


def test_what_was_marked_as_held_by_mistake_is_planned_again_and_due_again(talk: Talk) -> None:
    """As if nobody had clicked: the same conversation on its day, the cadence from the one before, both in the log."""
    before = talk.card("ann", "max")
    number = talk.plan()
    talk.hold(number, TODAY)
    for _ in range(2):
        with talk.engine.begin() as connection:
            commands.not_held(connection, talk.viewer("max"), number, at=AT)

    after = talk.card("ann", "max")
    assert (after.check_in, after.last) == (before.check_in, None)
    assert [each.id for each in after.planned] == [number]
    assert actions(talk)[-2:] == ["conversation held", "conversation not held"]


def test_a_declined_question_is_closed_for_both_and_keeps_no_reason(talk: Talk) -> None:
    """The one who asked sees when; it cannot be answered any more, and feedback without it still goes."""
    question = talk.ask("ann", "max")
    decline(talk, question)
    decline(talk, question)

    for who in ("ann", "max"):
        (item,) = talk.inbox(who)
        assert (item.open, item.declined) == (False, AT)
    with pytest.raises(Refused, match="You have declined this question"):
        talk.give("max", "ann", answers=question)
    assert talk.give("max", "ann")
    assert actions(talk).count("feedback declined") == 1
    with talk.engine.connect() as connection:
        (detail,) = connection.scalars(select(ChangeLog.detail).where(ChangeLog.action == "feedback declined"))
    assert not detail or question not in str(detail)


def test_only_the_one_who_was_asked_declines_and_not_after_answering(small: Talk) -> None:
    """The one who asked, a colleague and a message that is no question: refused."""
    question, given = small.ask("ann", "max"), small.give("ann", "max")
    for who, number in (("ann", question), ("bo", question), ("max", given)):
        with pytest.raises(NoPermission):
            decline(small, number, who)
    small.give("max", "ann", answers=question)
    with pytest.raises(Refused, match="answered this question already"):
        decline(small, question)


def test_a_pause_that_ends_early_lets_the_days_count_from_today(talk: Talk) -> None:
    """One that runs ends today, one that is to come goes; days that have passed stay paused."""
    with talk.engine.begin() as connection:
        viewer = talk.viewer("ann")
        pause(connection, viewer, talk.pair(), starts=TODAY - 10 * DAY, ends=TODAY + 20 * DAY, at=AT)
        pause(connection, viewer, talk.pair(), starts=TODAY + 40 * DAY, ends=TODAY + 50 * DAY, at=AT)
    card = talk.card("max", "ann")
    assert card.check_in is not None and card.check_in.state is State.PAUSED
    assert [each.starts for each in card.pauses] == [TODAY - 10 * DAY, TODAY + 40 * DAY]
    with talk.engine.begin() as connection:
        for starts in (TODAY - 10 * DAY, TODAY + 40 * DAY):
            end_pause(connection, talk.viewer("max"), talk.pair(), starts=starts, at=AT)

    card = talk.card("ann", "max")
    assert card.pauses == ()
    assert card.check_in is not None and card.check_in.state is State.AHEAD
    assert card.check_in.due - TODAY == timedelta(days=30)  # the pair began today, so no day of it was paused


def test_a_person_is_found_by_id_account_or_whole_name_and_never_by_half_of_one(talk: Talk) -> None:
    """Nobody, half a name, and somebody who is not here are the same: none."""
    with talk.engine.connect() as connection:
        for typed in ("Co/A/One#2", "max", "Max", "MAX", "co/a/one#2"):
            assert code_named(connection, typed, TODAY) == code_of("max"), typed
        for typed in ("Ma", "", "%", "Nobody", "root"):
            assert code_named(connection, typed, TODAY) is None, typed
        assert code_named(connection, "max", TODAY.replace(year=2010)) is None
