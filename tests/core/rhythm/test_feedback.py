"""Feedback in any direction: asked for as easily as given, read by two people, and hints that never stand in the way."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import update

from core.access.refusals import NoPermission, Refused
from core.people.tables import Assignment
from core.policy import RhythmRules
from core.rhythm.feedback import ASKED, GIVEN, RECOGNITION
from core.rhythm.guides import GROW, GUIDES, NOTICE_IMPACT_OPTIONS, PROMPTS, hints
from core.rhythm.words import LONGEST_PART
from tests.core.rhythm.talk import ACCOUNTS, AT, DAY, TODAY, Talk, code_of
from tests.organisations import codes


@pytest.mark.parametrize(
    ("giver", "taker"),
    [("ann", "max"), ("max", "ann"), ("ann", "bo"), ("bo", "lea"), ("hr", "admin"), ("admin", "ann")],
)
def test_feedback_goes_in_any_direction_and_is_read_by_two(talk: Talk, giver: str, taker: str) -> None:
    """Upwards, downwards, sideways; everybody else has an empty page."""
    number = talk.give(giver, taker, impact="Rework rises.", options="Move the release.", about=TODAY - DAY)

    for who in ACCOUNTS:
        found = talk.inbox(who)
        if who not in (giver, taker):
            assert found == ()
            continue
        (item,) = found
        assert (item.id, item.kind, item.sent) == (number, GIVEN, who == giver)
        assert item.other == (taker if who == giver else giver).title()
        assert (item.notice, item.impact, item.options, item.about) == (
            "I notice three late nights.",
            "Rework rises.",
            "Move the release.",
            TODAY - DAY,
        )
        assert (item.at, item.open, item.answers, item.why) == (AT, False, None, "")


def test_asking_takes_one_sentence_and_answering_closes_it(talk: Talk) -> None:
    """Both see the question; it is open until it is answered, which happens once."""
    question = talk.ask("max", "ann")  # managers ask as well
    (asked,) = talk.inbox("ann")
    assert (asked.kind, asked.question, asked.open, asked.sent) == (ASKED, "How did the talk go?", True, False)
    answer = talk.give("ann", "max", "You let everybody speak.", recognition=True, answers=question, at=AT + DAY)

    for who in ("ann", "max"):
        newest, first = talk.inbox(who)
        assert (newest.id, newest.kind, newest.answers) == (answer, RECOGNITION, question)
        assert (first.id, first.open) == (question, False)
    with pytest.raises(Refused, match="answered this question already"):
        talk.give("ann", "max", answers=question)


def test_of_two_answers_at_the_same_moment_the_second_is_told(talk: Talk) -> None:
    """From two tabs: one is sent, the other is refused in words."""
    question = talk.ask("max", "ann")
    together = Barrier(2)

    def answer(text: str) -> str:
        together.wait(timeout=20)
        try:
            return talk.give("ann", "max", text, answers=question)
        except Refused as refused:
            return str(refused)

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(answer, ("One.", "Two.")))
    assert sum("answered this question already" in each for each in done) == 1
    assert len(talk.inbox("max")) == 2


def test_only_who_was_asked_answers_and_only_to_who_asked(talk: Talk) -> None:
    """Not somebody else, not to somebody else, not the asker, and not feedback that was no question."""
    question, plain = talk.ask("max", "ann"), talk.give("max", "ann")
    for giver, taker, number in (
        ("bo", "max", question),
        ("ann", "bo", question),
        ("max", "ann", question),
        ("ann", "max", plain),
        ("ann", "max", "no such number"),
    ):
        with pytest.raises(NoPermission, match="has not asked you that"):
            talk.give(giver, taker, answers=number)


@pytest.mark.parametrize("to", ["nobody", "", "twin", "Co/B#9"])
def test_somebody_who_is_not_here_reads_like_somebody_who_never_was(small: Talk, to: str) -> None:
    """One sentence for all; also for a colleague who has left, and for the sender who has."""
    with small.engine.begin() as connection:
        connection.execute(
            update(Assignment).where(Assignment.person_id == codes(connection)["Co/A/One#3"]).values(valid_to=TODAY)
        )
    told = set()
    for code in (to, "Co/A/One#3"):
        for send in (small.ask, small.give):
            with pytest.raises(Refused) as refused:
                send("ann", code)
            told.add(str(refused.value))
    assert told == {"There is nobody with that id here today."}


def test_nothing_is_sent_to_oneself_by_nobody_or_after_leaving(small: Talk) -> None:
    """An account without a person sends nothing, whatever its roles."""
    with pytest.raises(Refused, match="somebody else"):
        small.give("ann", "ann")
    with pytest.raises(NoPermission, match="belongs to nobody"):
        small.give("root", "ann")
    with pytest.raises(NoPermission, match="belongs to nobody"):
        small.ask("root", "ann")
    with small.engine.begin() as connection:
        connection.execute(
            update(Assignment).where(Assignment.person_id == codes(connection)[code_of("bo")]).values(valid_to=TODAY)
        )
    with pytest.raises(Refused, match="no place for you"):
        small.give("bo", "ann")


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"notice": " "}, "What you noticed needs words"),
        ({"notice": "x" * (LONGEST_PART + 1)}, "2,001"),
        ({"impact": "x" * (LONGEST_PART + 1)}, "The impact holds 2,000"),
        ({"options": "x" * (LONGEST_PART + 1)}, "2,001"),
        ({"about": TODAY + DAY}, "has not come"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_a_reason(small: Talk, parts: dict[str, Any], why: str) -> None:
    """And nothing is sent."""
    with pytest.raises(Refused, match=why):
        small.give("ann", "max", **parts)
    with pytest.raises(Refused, match="A question needs words"):
        small.ask("ann", "max", "\t")
    assert small.inbox("max") == ()


def test_text_comes_back_as_it_was_written(small: Talk) -> None:
    """Markup and formulas are words; only letters that look alike are composed."""
    for text in ("<script>alert(1)</script>", "=1+1", "Zoe\u0308 \u202e said", "**bold** $x$", "' OR 1=1 --"):
        small.give("ann", "max", text)
    assert {item.notice for item in small.inbox("max")} == {
        "<script>alert(1)</script>", "=1+1", "Zo\u00eb \u202e said", "**bold** $x$", "' OR 1=1 --",
    }  # fmt: skip


# --- guides -----------------------------------------------------------------------------------------------------------

RULES = RhythmRules()
NOTICE = "I notice that the report came back three times this month."


@pytest.mark.parametrize(
    ("notice", "impact", "about", "told"),
    [
        (NOTICE, "Rework.", TODAY, ()),
        (NOTICE, "Rework.", date(2026, 2, 16), ()),  # 14 days ago
        (NOTICE, "Rework.", date(2026, 2, 15), ("15 days ago",)),
        ("Bad report.", "Rework.", TODAY, ("Say what happened",)),
        ("x" * 19, "Rework.", TODAY, ("Say what happened",)),
        ("x" * 20, "Rework.", TODAY, ()),
        (NOTICE, " ", TODAY, ("Say what it led to",)),
        ("You are always late with your reports.", "Rework.", TODAY, ("“always” judges",)),
        (
            "You looked Burned-out in the meeting.",
            "",
            date(2026, 1, 1),
            ("led to", "“Burned-out” judges", "60 days ago"),
        ),
        ("Our neverending list was cleared by you.", "Relief.", TODAY, ()),
    ],
)
def test_hints_ask_for_what_was_seen_and_soon(notice: str, impact: str, about: date, told: tuple[str, ...]) -> None:
    """Specific, without verdicts, timely; each hint by itself, at and beside its edge."""
    found = hints(notice, impact, "", about, TODAY, RULES)
    assert len(found) == len(told)
    assert all(words in hint for words, hint in zip(told, found, strict=True))


def test_feedback_with_hints_can_be_sent_all_the_same(small: Talk) -> None:
    """They help; they do not decide."""
    assert hints("Never on time", "", "", date(2025, 1, 1), TODAY, RULES)
    assert small.give("ann", "max", "Never on time", about=date(2025, 1, 1))


def test_guides_credit_their_authors_and_follow_their_own_rules() -> None:
    """Four and three steps in order; the example names nobody, offers to take work away, and ends with a question."""
    assert [part.name for part in GROW.parts] == ["Goal", "Reality", "Options", "Will"]
    assert [part.name for part in NOTICE_IMPACT_OPTIONS.parts] == ["Notice", "Impact", "Options"]
    assert "Whitmore" in GROW.credit and "1992" in GROW.credit
    assert "Center for Creative Leadership" in NOTICE_IMPACT_OPTIONS.credit
    assert NOTICE_IMPACT_OPTIONS.example.endswith("?")
    assert "pause goal 3" in NOTICE_IMPACT_OPTIONS.example
    assert hints(NOTICE_IMPACT_OPTIONS.example, "on the work", "", TODAY, TODAY, RULES) == ()
    assert list(PROMPTS) == ["progress", "obstacles", "workload", "support", "growth"]
    assert all("!" not in part.text for guide in GUIDES for part in guide.parts)
