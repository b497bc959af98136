"""How a manager's own conversations keep their rhythm: counted by hand, told to that manager alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rhythm.cadence import Held, Kind, Rhythm, Slot, slots
from core.rhythm.health import Kept, OwnTeam, kept, own_team
from tests.core.rhythm.talk import ACCOUNTS, DAY, RULES, TODAY, Talk

NONE = Kept(0, 0, 0, 0)


def team(talk: Talk, who: str, after: int) -> OwnTeam:
    """What the account is told so many days after the start."""
    with talk.engine.connect() as connection:
        return own_team(connection, talk.viewer(who), rules=RULES, as_of=TODAY + after * DAY)


def held(talk: Talk, member: str, *after: int) -> None:
    """Check-ins of Max and somebody, so many days after the start."""
    for day in after:
        conversation = talk.plan(member, talk.pair("max", member))
        talk.hold(conversation, TODAY + day * DAY, member)


def test_a_manager_is_told_about_the_own_team(talk: Talk) -> None:
    """Ann on days 30 and 70 (due 60, grace to 67: late), Bo never: due 30, 60 and 90, the last within its grace on day 95.

    Ann's next is due on day 100. Reviews of both were due on day 91, within the grace.
    """
    held(talk, "ann", 30, 70)
    found = team(talk, "max", 95)

    assert (found.first, found.end, found.pairs) == (TODAY + 4 * DAY, TODAY + 95 * DAY, 2)
    assert found.check_ins == Kept(due=4, on_time=1, late=1, missed=2)
    assert found.check_ins.share == 0.25
    assert found.reviews == NONE and found.reviews.share is None
    assert found.sentence == "Of 4 conversations that were due in the last 13 weeks, 1 was on time."
    later = team(talk, "max", 99)
    assert later.reviews == Kept(due=2, on_time=0, late=0, missed=2)


def test_the_period_is_the_thirteen_weeks_before(talk: Talk) -> None:
    """What was due on its first day is in it, what was due the day before is not, nor what is due on the last."""
    for after, due in ((30, 0), (31, 0), (38, 2), (121, 8), (122, 6)):
        # due 30, 60, 90 and 120 of two people, judged after seven days of grace; reviews due 91, judged from day 99
        assert team(talk, "max", after).check_ins.due + team(talk, "max", after).reviews.due == due, after


def test_nobody_else_is_told_anything(talk: Talk) -> None:
    """Their own manager, HR, leaders and administrators see their own pairs and nothing of Max's; an employee has none."""
    held(talk, "ann", 30)
    managers = {"max": 2, "lea": 2, "hr": 1}
    for who in ACCOUNTS:
        found = team(talk, who, 60)
        assert found.pairs == managers.get(who, 0)
        assert found.check_ins.due == managers.get(who, 0)
        assert found.check_ins.on_time == (who == "max")
        if who not in managers:
            assert found.sentence == "The roster names nobody whose manager you are."


def test_a_pair_that_ended_counts_no_more(talk: Talk) -> None:
    """It was handed over, and so is its rhythm."""
    talk.manager_becomes("mia")
    assert team(talk, "max", 60).pairs == 1
    assert team(talk, "mia", 60).check_ins == Kept(1, 0, 0, 1)


@pytest.mark.parametrize(
    ("check_ins", "reviews", "sentence"),
    [
        (NONE, NONE, "No conversation was due in the last 13 weeks."),
        (Kept(1, 1, 0, 0), NONE, "One conversation was due in the last 13 weeks; it was on time."),
        (NONE, Kept(1, 0, 1, 0), "One conversation was due in the last 13 weeks; it was not on time."),
        (
            Kept(2, 2, 0, 0),
            Kept(1, 1, 0, 0),
            "Of 3 conversations that were due in the last 13 weeks, all were on time.",
        ),
        (Kept(2, 0, 1, 1), NONE, "Of 2 conversations that were due in the last 13 weeks, none were on time."),
        (Kept(4, 3, 1, 0), NONE, "Of 4 conversations that were due in the last 13 weeks, 3 were on time."),
    ],
)
def test_the_sentence_says_what_was_counted(check_ins: Kept, reviews: Kept, sentence: str) -> None:
    """For one, some, all and none."""
    assert OwnTeam(TODAY, TODAY, 3, check_ins, reviews).sentence == sentence


@given(st.lists(st.integers(1, 200), max_size=6), st.integers(0, 220))
def test_every_slot_that_is_judged_is_counted_once(days: list[int], today: int) -> None:
    """On time, late and missed add up to what was due, and are what a loop counts."""
    rhythm = Rhythm(TODAY, tuple(Held(Kind.CHECK_IN, TODAY + day * DAY) for day in days))
    every: tuple[Slot, ...] = slots(rhythm, Kind.CHECK_IN, RULES, TODAY + today * DAY)
    counts = {"on time": 0, "late": 0, "missed": 0}
    for slot in every:
        if slot.held and slot.held <= slot.due + 7 * DAY:
            counts["on time"] += 1
        elif slot.held:
            counts["late"] += 1
        elif TODAY + today * DAY > slot.due + 7 * DAY:
            counts["missed"] += 1
    found = kept(reversed(every))
    assert found == kept(every)
    assert (found.on_time, found.late, found.missed) == tuple(counts.values())
    assert found.due == sum(counts.values())
