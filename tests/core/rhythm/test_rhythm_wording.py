"""What the screens say about pairs and days: about what comes next, and never about anybody."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.rhythm import picture, wording
from core.rhythm.board import Conversations, PairCard, Planned, Proposal
from core.rhythm.cadence import Kind, Pause, Standing, State
from tests.core.rhythm.talk import DAY, TODAY


def card(other: str, days: int, *, leading: bool = False, state: State | None = None, **more: object) -> PairCard:
    """A pair whose check-in is due in `days`, its review two months later."""
    due = TODAY + timedelta(days=days)
    stands = state or (State.OVERDUE if days < -7 else State.DUE if days <= 0 else State.AHEAD)
    check_in = Standing(Kind.CHECK_IN, due, due + 7 * DAY, stands, -days, None)
    paused = State.PAUSED if stands is State.PAUSED else State.AHEAD
    review = Standing(Kind.REVIEW, due + 60 * DAY, due + 67 * DAY, paused, -days - 60, None)
    made = PairCard(1, "manager", leading, other, TODAY - 90 * DAY, None, check_in, review, (), None, 0)
    return replace(made, **more)  # type: ignore[arg-type]


def told(*cards: PairCard) -> str:
    return wording.sentence(Conversations(cards, (), ()), TODAY)


@pytest.mark.parametrize(
    ("cards", "sentence"),
    [
        ((), "You have no conversations yet."),
        ((card("Mara", 7),), "Your next conversation is with Mara on 9 Mar."),
        ((card("Mara", 0),), "Your next conversation is with Mara today."),
        ((card("Mara", 7), card("Kim", -20)), "Your next conversation is with Mara on 9 Mar. One is overdue."),
        ((card("Kim", -20),), "Your conversation with Kim was due on 10 Feb."),
        ((card("Ann", -20, leading=True),), "You owe Ann a conversation."),
        (
            (card("Ann", -20, leading=True), card("Bo", -9, leading=True), card("Cy", 3, leading=True)),
            "You owe Ann and Bo a conversation. The next one is with Cy on 5 Mar.",
        ),
        (
            tuple(card(name, -20, leading=True) for name in ("Ann", "Bo", "Cy", "Di")),
            "You owe Ann, Bo, Cy and others a conversation.",
        ),
        ((card("Mara", 7, state=State.PAUSED),), "Your conversations pause."),
    ],
)
def test_the_sentence_on_top_says_with_whom_and_when(cards: tuple[PairCard, ...], sentence: str) -> None:
    """Whom the viewer owes a conversation comes first; more than three names become others."""
    assert told(*cards) == sentence


def test_a_planned_day_counts_before_the_day_that_is_asked_for() -> None:
    """Moved or early: what the two have agreed is what comes next."""
    planned = Planned(4, "review", TODAY + 2 * DAY, True, False, False)
    assert told(card("Mara", 20, planned=(planned,))) == "Your next conversation is with Mara on 4 Mar."
    assert wording.planned_line(planned, TODAY) == "Review planned for 4 Mar, moved"
    assert wording.due_line(card("Mara", 20, planned=(planned,)), TODAY) == "Check-in due 22 Mar"
    assert wording.due_line(card("Mara", -2), TODAY) == "Check-in was due 28 Feb · Review due 29 Apr"


def test_cards_stand_in_the_order_in_which_conversations_come() -> None:
    """Overdue first; a planned day before the day of the cadence; who pauses last."""
    soon = Planned(4, "review", TODAY + 2 * DAY, True, False, False)
    cards = (
        card("Cy", 5, state=State.PAUSED), card("Ann", 9), card("Bo", 20, planned=(soon,)), card("Di", -30),
    )  # fmt: skip
    passed = Planned(5, "check_in", TODAY - 40 * DAY, False, False, False)
    paused = replace(cards[0], planned=(passed,), review=replace(cards[0].review, state=State.PAUSED))  # type: ignore[type-var]
    assert [each.other for each in wording.in_order((paused, *cards[1:]))] == ["Di", "Bo", "Ann", "Cy"]


def test_a_pair_wears_the_badge_of_what_needs_somebody_most() -> None:
    """Overdue before due before on time; a pause says until when, and pauses that touch are one."""
    assert [wording.badge(card("Mara", days))[0] for days in (-20, -2, 5)] == ["Overdue", "Due now", "On time"]
    pauses = (
        Pause(TODAY - DAY, TODAY + DAY),
        Pause(TODAY + DAY, TODAY + 7 * DAY),
        Pause(TODAY + 30 * DAY, TODAY + 40 * DAY),
    )
    assert wording.badge(card("Mara", 5, state=State.PAUSED, pauses=pauses))[0] == "Pauses until 9 Mar"


def test_a_proposal_that_waits_is_told_under_the_sentence() -> None:
    """Those of others; one's own waits in its card."""
    waiting = (Proposal(1, "Kim", mine=False, as_coach=True), Proposal(2, "Bo", mine=True, as_coach=False))
    assert wording.support(Conversations((card("Mara", 7),), (), waiting)) == "Kim proposes to be coached by you."
    assert wording.support(Conversations((card("Mara", 7),), (), waiting[1:])) == "Nothing is overdue."


def test_the_picture_holds_hours_and_never_why_somebody_was_away() -> None:
    """The table has the columns that came in; an absence has no kind, and a missing week is no zero."""
    weeks = [
        {"week": "2026-02-16", "status": "missing", "away": False, "worked": None, "available": None},
        {"week": "2026-02-23", "status": "closed", "away": True, "worked": 7.5, "available": 8.0},
    ]
    frame = picture.frame_of(weeks)
    assert picture.value_of(frame) == "worked"
    found = picture.table_of(frame)
    assert list(found.columns) == ["Week", "Worked", "Available", "Note"]
    assert found["Worked"].tolist() == ["7.5", "–"]
    assert picture.words_of(frame, "Your") == "Your hours worked, week by week over 2 weeks."
