"""Conversations of a pair: planned, moved, held, prepared in private, noted together; and nobody loses a word."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from core.access.changes import verify
from core.access.reads import looks_at_own
from core.access.refusals import NoPermission, Refused
from core.access.tables import ChangeLog
from core.rhythm.cadence import Kind, State
from core.rhythm.commands import move
from core.rhythm.guides import PROMPTS
from core.rhythm.preparing import LOOK, as_text, take_back
from core.rhythm.sealing import KeyRefused, Seals
from core.rhythm.tables import Conversation, Preparation, SharedNote
from core.rhythm.views import past_conversations
from core.rhythm.words import LONGEST_ANSWER, LONGEST_NOTE, ChangedMeanwhile
from core.workload.tables import PersonWeek
from tests.core.rhythm.talk import AT, DAY, KEY, NEWER, SEALS, TODAY, Talk, code_of, manages
from tests.organisations import codes

TEXT = "The release moves by two weeks; we look again after it."


# --- when -------------------------------------------------------------------------------------------------------------


def test_the_next_conversation_is_planned_once_for_both(talk: Talk) -> None:
    """On the day that the cadence gives; whoever asks again, of the two, gets the same one."""
    first = talk.plan("ann")
    assert talk.plan("max") == first
    review = talk.plan("max", kind=Kind.REVIEW)
    assert review != first

    (planned, later) = talk.card("max", "ann").planned
    assert (planned.id, planned.kind, planned.due, planned.moved) == (first, "check_in", TODAY + 30 * DAY, False)
    assert (later.id, later.kind, later.due) == (review, "review", TODAY + 91 * DAY)
    assert talk.card("bo", "max").planned == ()


def test_two_who_plan_at_the_same_moment_plan_one(talk: Talk) -> None:
    """One row, whose number both get."""
    together = Barrier(2)

    def planned(who: str) -> int:
        together.wait(timeout=20)
        return talk.plan(who)

    with ThreadPoolExecutor(2) as threads:
        numbers = set(threads.map(planned, ("ann", "max")))
    assert len(numbers) == 1


def test_an_overdue_one_is_planned_for_today_and_an_informal_one_for_any_day(small: Talk) -> None:
    """A day in the past helps nobody; an informal one has no cadence."""
    assert small.page("ann", small.plan("ann", at=AT + 60 * DAY)).due == TODAY + 60 * DAY
    assert small.page("ann", small.plan("ann", kind=Kind.INFORMAL)).due == TODAY
    assert small.page("bo", small.plan("bo", small.pair("max", "bo"), Kind.INFORMAL, due=TODAY + 3 * DAY)).due == (
        TODAY + 3 * DAY
    )
    for due, why in ((TODAY - DAY, "has passed"), (TODAY + 400 * DAY, "a year ahead")):
        with pytest.raises(Refused, match=why):
            small.plan("max", small.pair("lea", "max"), due=due)


def test_holding_it_sets_the_clock_and_lists_it(talk: Talk) -> None:
    """The next one is counted from the day it was held; a review counts as a check-in; the day can be corrected."""
    conversation = talk.plan()
    talk.hold(conversation, TODAY + 20 * DAY, "max")
    card = talk.card("ann", "max", TODAY + 21 * DAY)
    assert card.check_in is not None and card.review is not None
    assert (card.check_in.due, card.review.due) == (TODAY + 50 * DAY, TODAY + 91 * DAY)
    assert (card.planned, card.last) == ((), TODAY + 20 * DAY)

    talk.hold(conversation, TODAY + 18 * DAY, "ann", at=AT + 21 * DAY)
    assert talk.card("ann", "max", TODAY + 21 * DAY).last == TODAY + 18 * DAY
    review = talk.plan(kind=Kind.REVIEW, at=AT + 25 * DAY)
    talk.hold(review, TODAY + 30 * DAY)
    after = talk.card("max", "ann", TODAY + 30 * DAY)
    assert after.check_in is not None and after.check_in.due == TODAY + 60 * DAY
    with talk.engine.connect() as connection:
        found = past_conversations(connection, talk.viewer("max"), talk.pair())
    assert [(each.id, each.kind, each.noted) for each in found] == [
        (review, "review", False),
        (conversation, "check_in", False),
    ]


def test_a_conversation_is_held_on_a_day_of_the_pair(small: Talk) -> None:
    """Not tomorrow, and not before the two were a pair."""
    conversation = small.plan()
    for on, at, why in ((TODAY + DAY, AT, "has not come"), (TODAY - DAY, AT, "as this pair since")):
        with pytest.raises(Refused, match=why):
            small.hold(conversation, on, at=at)


def test_moving_is_seen_and_does_not_make_it_on_time(talk: Talk) -> None:
    """The planned day moves; what the cadence asks for does not."""
    conversation = talk.plan()
    with talk.engine.begin() as connection:
        move(connection, talk.viewer("max"), conversation, due=TODAY + 60 * DAY, at=AT)
    card = talk.card("ann", "max", TODAY + 40 * DAY)
    assert (card.planned[0].due, card.planned[0].moved) == (TODAY + 60 * DAY, True)
    assert card.check_in is not None
    assert card.check_in.state is State.OVERDUE
    assert talk.home("max", TODAY + 40 * DAY).owed[0].other == "Ann"
    assert talk.home("ann", TODAY + 40 * DAY).owed == ()  # employees owe nobody
    talk.hold(conversation, TODAY + 41 * DAY)
    with talk.engine.begin() as connection, pytest.raises(Refused, match="held already"):
        move(connection, talk.viewer("max"), conversation, due=TODAY + 70 * DAY, at=AT + 42 * DAY)


def test_overdue_pairs_come_first_then_the_nearest(small: Talk) -> None:
    """Max talks with Bo in time, and with Ann and Lea not at all."""
    small.hold(small.plan("bo", small.pair("max", "bo")), TODAY + 35 * DAY, "bo")
    found = small.home("max", TODAY + 60 * DAY).pairs
    assert [(card.other, card.overdue) for card in found] == [("Ann", True), ("Lea", True), ("Bo", False)]


# --- preparing --------------------------------------------------------------------------------------------------------


def test_a_preparation_is_private_until_it_is_shared(talk: Talk) -> None:
    """Then the other sees what stood there at that moment; what is written later stays private until it is shared again."""
    conversation = talk.plan()
    assert talk.prepared(conversation).answers == dict.fromkeys(PROMPTS, "")
    talk.prepare(conversation, progress="The first half is done.", workload=" Too many evenings. ")
    assert talk.shown(conversation) is None
    assert (talk.card("ann", "max").planned[0].prepared, talk.card("max", "ann").planned[0].prepared) == (True, False)
    assert talk.page("max", conversation).shown_at is None

    talk.share(conversation, at=AT + DAY)
    shown = talk.shown(conversation)
    assert shown is not None
    assert (shown.answers["progress"], shown.answers["workload"]) == ("The first half is done.", "Too many evenings.")
    assert (shown.shared_at, shown.weeks, shown.why) == (AT + DAY, (), "")
    assert talk.page("max", conversation).shown_at == AT + DAY
    assert talk.card("max", "ann").planned[0].shown

    talk.prepare(conversation, based_on=1, progress="Between us: I am looking around.")
    again = talk.shown(conversation)
    assert again is not None and again.answers == shown.answers
    own = talk.prepared(conversation)
    assert (own.version, own.changed_since, own.answers["progress"]) == (2, True, "Between us: I am looking around.")


def test_what_was_shared_can_be_taken_back(talk: Talk) -> None:
    """The other sees nothing of it any more; the text is still the author's."""
    conversation = talk.plan()
    talk.prepare(conversation, support="A second reader.")
    talk.share(conversation)
    for who in ("max", "bo"):  # the other cannot take it back, and it is not theirs to know of
        with talk.engine.begin() as connection:
            if who == "max":
                take_back(connection, talk.viewer(who), conversation, at=AT)
            else:
                with pytest.raises(NoPermission):
                    take_back(connection, talk.viewer(who), conversation, at=AT)
    assert talk.shown(conversation) is not None
    talk.manager_becomes("mia")  # also after the pair has ended
    with talk.engine.begin() as connection:
        take_back(connection, talk.viewer("ann"), conversation, at=AT)

    assert talk.shown(conversation) is None
    assert talk.prepared(conversation).answers["support"] == "A second reader."
    with talk.engine.connect() as connection:
        assert connection.scalars(select(Preparation.shared_sealed)).all() == [None]


def test_both_prepare_and_see_what_the_other_shares(talk: Talk) -> None:
    """The manager prepares as well; each reads the other's, never the own one in its place."""
    conversation = talk.plan()
    talk.prepare(conversation, progress="Ann's")
    talk.prepare(conversation, who="max", progress="Max's")
    talk.share(conversation)
    assert talk.shown(conversation, "ann") is None
    talk.share(conversation, "max")
    by_ann, by_max = talk.shown(conversation, "ann"), talk.shown(conversation, "max")
    assert by_ann is not None and by_max is not None
    assert (by_ann.answers["progress"], by_max.answers["progress"]) == ("Max's", "Ann's")


def test_reading_what_was_shared_is_written_down_where_its_author_sees_it(talk: Talk) -> None:
    """By name and day; looking while it is private leaves no trace, as there was nothing to see."""
    conversation = talk.plan()
    talk.prepare(conversation, progress="x")
    assert talk.shown(conversation) is None
    with talk.engine.connect() as connection:
        assert looks_at_own(connection, talk.viewer("ann")) == ()
    talk.share(conversation)
    talk.shown(conversation)
    with talk.engine.connect() as connection:
        (look,) = looks_at_own(connection, talk.viewer("ann"))
        assert (look.who, look.what, look.day) == ("Max", LOOK, TODAY)
        assert looks_at_own(connection, talk.viewer("max")) == ()


def test_the_picture_of_own_weeks_is_the_author_s_own_and_stays_as_shared(talk: Talk) -> None:
    """Hours as My week shows them to the author, without kinds of absence; nothing newer, and nothing of anybody else."""
    conversation = talk.plan()
    with talk.engine.begin() as connection:
        ids = codes(connection)
        for person, worked in (("ann", 44.0), ("max", 31.0)):
            for back in range(1, 4):
                connection.execute(
                    insert(PersonWeek).values(
                        person_id=ids[code_of(person)], week=TODAY - back * timedelta(weeks=1), unit_id=1, worked=worked + back,
                        contracted=40.0, leave=0.0, public_holiday=0.0, sickness=8.0 if back == 2 else 0.0,
                    )
                )  # fmt: skip
    talk.share(conversation, with_weeks=True)  # without a word beside it
    shown = talk.shown(conversation)
    assert shown is not None
    worked = [week["worked"] for week in shown.weeks if week["worked"] is not None]
    assert worked == [47.0, 46.0, 45.0]
    assert shown.weeks[-1]["week"] == (TODAY - timedelta(weeks=1)).isoformat()
    assert not {name for week in shown.weeks for name in week} & {"sickness", "leave", "public_holiday"}

    with talk.engine.begin() as connection:
        connection.execute(
            insert(PersonWeek).values(
                person_id=codes(connection)[code_of("ann")], week=TODAY, unit_id=1, worked=60.0, contracted=40.0
            )
        )
    again = talk.shown(conversation)
    assert again is not None and again.weeks == shown.weeks


def test_there_has_to_be_something_to_share(small: Talk) -> None:
    """No words, and no weeks on record."""
    conversation = small.plan()
    for with_weeks in (False, True):
        with pytest.raises(Refused, match="nothing to share"):
            small.share(conversation, with_weeks=with_weeks)
    assert small.page("max", conversation).shown_at is None


def test_a_preparation_saved_in_another_tab_is_not_overwritten(talk: Talk) -> None:
    """The second tab is told, with both texts; saving on what it now saw works; the same words again are no new version."""
    conversation = talk.plan()
    assert talk.prepare(conversation, progress="one") == 1
    assert talk.prepare(conversation, 1, progress="two") == 2
    with pytest.raises(ChangedMeanwhile) as refused:
        talk.prepare(conversation, 1, progress="three", growth="more")
    assert refused.value.version == 2
    assert "two" in refused.value.theirs
    assert "three" in refused.value.yours and "more" in refused.value.yours
    assert talk.prepared(conversation).answers["progress"] == "two"
    assert talk.prepare(conversation, 2, progress="two ") == 2
    assert talk.prepare(conversation, 2, progress="three") == 3


def test_answers_have_prompts_and_a_length(small: Talk) -> None:
    """An unknown prompt and an answer of 4,001 characters are refused, and nothing is kept of the others."""
    conversation = small.plan()
    with pytest.raises(Refused, match="no prompt 'mood'"):
        small.prepare(conversation, mood="fine")
    with pytest.raises(Refused, match="4,001"):
        small.prepare(conversation, progress="y", growth="x" * (LONGEST_ANSWER + 1))
    assert small.prepared(conversation).version == 0
    assert small.prepare(conversation, growth="x" * LONGEST_ANSWER) == 1
    assert as_text({"progress": "", "growth": "More."}) == f"{PROMPTS['growth']}\nMore."


# --- the shared note --------------------------------------------------------------------------------------------------


def test_a_shared_note_is_written_by_both_and_keeps_every_version(talk: Talk) -> None:
    """The newest in front, the older ones behind it with author and time."""
    conversation = talk.plan()
    assert talk.page("max", conversation).note is None
    assert talk.write(conversation, f"  {TEXT}\n") == 1
    assert talk.write(conversation, f"{TEXT} Agreed.", 1, "max", AT + DAY) == 2
    assert talk.write(conversation, f"{TEXT} Agreed. ", 2, "ann", AT + 2 * DAY) == 2  # the same words

    for who in ("ann", "max"):
        page = talk.page(who, conversation)
        assert page.note is not None
        assert (page.note.version, page.note.words.text, page.note.author, page.note.at) == (
            2,
            f"{TEXT} Agreed.",
            "Max",
            AT + DAY,
        )
        assert [(each.version, each.words.text, each.author) for each in page.earlier] == [(1, TEXT, "Ann")]


def test_of_two_who_write_at_once_the_second_is_told_and_loses_no_word(talk: Talk) -> None:
    """One is saved; the other is refused with both texts, and can save what they make of them."""
    conversation = talk.plan()
    talk.write(conversation, TEXT)
    together = Barrier(2)

    def write(who: str) -> object:
        together.wait(timeout=20)
        try:
            return talk.write(conversation, f"{TEXT} Said by {who}.", 1, who)
        except ChangedMeanwhile as conflict:
            return (who, conflict)

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(write, ("ann", "max")))

    assert done.count(2) == 1
    ((who, conflict),) = (each for each in done if isinstance(each, tuple))
    other = {"ann": "max", "max": "ann"}[who]
    assert (conflict.theirs, conflict.yours) == (f"{TEXT} Said by {other}.", f"{TEXT} Said by {who}.")
    assert "Your text is kept" in str(conflict)
    assert talk.write(conversation, f"{conflict.theirs} {conflict.yours}", conflict.version, who) == 3
    assert [each.words.text for each in talk.page("ann", conversation).earlier] == [conflict.theirs, TEXT]


def test_two_first_notes_at_once_are_a_conflict_too(talk: Talk) -> None:
    """Both began on an empty page."""
    conversation = talk.plan()
    together = Barrier(2)

    def write(who: str) -> object:
        together.wait(timeout=20)
        try:
            return talk.write(conversation, f"By {who}.", 0, who)
        except ChangedMeanwhile as conflict:
            return conflict.theirs

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(write, ("ann", "max")))
    assert done.count(1) == 1
    note = talk.page("ann", conversation).note
    assert note is not None and note.words.text in done


@pytest.mark.parametrize(("text", "why"), [(" \n", "needs words"), ("x" * (LONGEST_NOTE + 1), "20,001")])
def test_a_note_has_words_and_a_length(small: Talk, text: str, why: str) -> None:
    """Refused, and nothing is left behind."""
    conversation = small.plan()
    with pytest.raises(Refused, match=why):
        small.write(conversation, text)
    assert small.page("ann", conversation).note is None


def test_a_note_on_a_later_version_than_there_is_is_refused(small: Talk) -> None:
    """A number that nobody was shown."""
    with pytest.raises(ChangedMeanwhile):
        small.write(small.plan(), TEXT, based_on=4)


# --- the end of a pair, the key, the log ------------------------------------------------------------------------------


def test_after_the_end_the_two_read_and_nobody_writes(talk: Talk) -> None:
    """The roster decides, also where nobody has renewed the pairs yet; the new manager sees nothing of it."""
    conversation = talk.plan()
    talk.write(conversation, TEXT)
    talk.prepare(conversation, progress="x")
    talk.share(conversation)
    with talk.engine.begin() as connection:
        manages(connection, "mia", "ann")  # the import has come in; `renew_pairs` has not run

    tries: tuple[Callable[[], Any], ...] = (
        lambda: talk.write(conversation, "More.", 1, "max"),
        lambda: talk.write(conversation, "More.", 1, "ann"),
        lambda: talk.prepare(conversation, 1, progress="y"),
        lambda: talk.share(conversation),
        lambda: talk.hold(conversation, TODAY),
        lambda: talk.plan("max", kind=Kind.REVIEW),
        lambda: talk.agree(conversation, "A step", "max"),
    )
    for each in tries:
        with pytest.raises(Refused, match="This pair has ended"):
            each()
    talk.manager_becomes("mia")
    for who in ("ann", "max"):
        page = talk.page(who, conversation)
        assert page.note is not None and page.note.words.text == TEXT
        assert not page.writable
    with pytest.raises(NoPermission):
        talk.page("mia", conversation)


def test_with_another_key_nothing_is_written_and_what_is_there_says_so(talk: Talk) -> None:
    """No second note under a second key, no lost row; with the key back everything is as it was."""
    conversation = talk.plan()
    talk.write(conversation, TEXT)
    talk.prepare(conversation, progress="x")
    wrong = Seals([NEWER])

    tries: tuple[Callable[[], Any], ...] = (
        lambda: talk.write(conversation, "Other words.", 1, seals=wrong),
        lambda: talk.prepare(conversation, 1, seals=wrong, progress="y"),
        lambda: talk.prepare(conversation, who="max", seals=wrong, progress="y"),
        lambda: talk.agree(conversation, "A step", seals=wrong),
        lambda: talk.give("ann", "max", seals=wrong),
        lambda: talk.ask("ann", "max", seals=wrong),
    )
    for each in tries:
        with pytest.raises(KeyRefused, match="EVENKEEL_NOTES_KEYS"):
            each()
    page = talk.page("ann", conversation, wrong)
    assert page.note is not None
    assert page.note.words.text == ""
    assert "EVENKEEL_NOTES_KEYS" in page.note.words.why
    note = talk.page("ann", conversation).note
    assert note is not None and note.words.text == TEXT
    assert talk.prepared(conversation).answers["progress"] == "x"
    assert talk.write(conversation, "Other words.", 1, seals=Seals([NEWER, KEY])) == 2


def test_two_servers_with_different_keys_do_not_both_begin(talk: Talk) -> None:
    """The first text decides which key is in use, also when the other is written at the same moment."""
    mine, theirs = talk.plan(), talk.plan("bo", talk.pair("max", "bo"))
    together = Barrier(2)

    def write(call: tuple[int, str, Seals]) -> object:
        conversation, who, seals = call
        together.wait(timeout=20)
        try:
            return talk.write(conversation, TEXT, who=who, seals=seals)
        except KeyRefused as refused:
            return refused

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(write, ((mine, "ann", SEALS), (theirs, "bo", Seals([NEWER])))))
    assert done.count(1) == 1
    assert sum(isinstance(each, KeyRefused) for each in done) == 1


def test_the_change_log_knows_pairs_by_number_and_no_word(talk: Talk) -> None:
    """What happened, by whom, in which pair; neither a text nor the name of the other. A private preparation is not in it."""
    conversation = talk.plan()
    talk.prepare(conversation, progress="secret words")
    talk.write(conversation, "secret words")
    talk.agree(conversation, "secret words")
    talk.give("ann", "max", "secret words")
    with talk.engine.connect() as connection:
        assert verify(connection).broken_at is None
        entries = connection.execute(select(ChangeLog).where(ChangeLog.actor == "ann").order_by(ChangeLog.id)).all()
    told = [(each.action, each.subject, each.detail) for each in entries]
    pair = f"pair {talk.pair()}"
    assert told == [
        ("conversation planned", pair, {"conversation": conversation}),
        ("shared note changed", pair, {"conversation": conversation}),
        ("step agreed", pair, {}),
        ("feedback sent", "feedback", {"kind": "given"}),
    ]


def test_a_refused_command_leaves_nothing_behind(small: Talk) -> None:
    """No row and no entry."""
    conversation = small.plan()
    with small.engine.connect() as connection:
        before = connection.scalar(select(func.count()).select_from(ChangeLog))
    for text in ("", "x" * 20_001):
        with pytest.raises(Refused):
            small.write(conversation, text)
    with small.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(ChangeLog)) == before
        assert connection.scalar(select(func.count()).select_from(SharedNote)) == 0
        assert connection.scalar(select(func.count()).select_from(Conversation)) == 1
