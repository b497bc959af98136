"""When two people should talk next: hand tables, a clock that counts day by day, and what must always hold."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core.policy import RhythmRules
from core.rhythm.cadence import Held, Kind, Pause, Rhythm, Slot, State, counted_on, slots, standing

RULES = RhythmRules()
START = date(2026, 1, 5)
DAY = timedelta(days=1)
CHECK_IN, REVIEW, INFORMAL = Kind.CHECK_IN, Kind.REVIEW, Kind.INFORMAL


def days(count: int) -> date:
    """So many days after the start."""
    return START + count * DAY


def held(*when: int, kind: Kind = CHECK_IN) -> tuple[Held, ...]:
    """Conversations so many days after the start."""
    return tuple(Held(kind, days(each)) for each in when)


def pauses(*when: tuple[int, int]) -> tuple[Pause, ...]:
    """Pauses from one day after the start until another."""
    return tuple(Pause(days(first), days(end)) for first, end in when)


def by_counting(day: date, count: int, resting: tuple[Pause, ...]) -> date:
    """The same clock, one day after the other."""
    while count:
        day += DAY
        count -= not any(each.starts <= day < each.ends for each in resting)
    return day


# --- by hand ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "state", "since_due"),
    [
        (0, State.AHEAD, -30),
        (29, State.AHEAD, -1),
        (30, State.DUE, 0),
        (37, State.DUE, 7),
        (38, State.OVERDUE, 8),
        (400, State.OVERDUE, 370),
    ],
)
def test_a_new_pair_talks_within_thirty_days_and_a_week_of_grace(today: int, state: State, since_due: int) -> None:
    """5 January: due on 4 February, on time until 11 February, overdue from the 12th."""
    found = standing(Rhythm(START), CHECK_IN, RULES, days(today))

    assert found is not None
    assert (found.due, found.last, found.held) == (date(2026, 2, 4), date(2026, 2, 11), None)
    assert (found.state, found.days) == (state, since_due)


@pytest.mark.parametrize(
    ("conversations", "kind", "due"),
    [
        ((), REVIEW, 91),
        (held(20), CHECK_IN, 50),
        (held(20, 12), CHECK_IN, 50),
        (held(20), REVIEW, 91),
        (held(20, kind=REVIEW), CHECK_IN, 50),
        (held(20, kind=REVIEW), REVIEW, 111),
        (held(20, kind=INFORMAL), CHECK_IN, 30),
        (held(0), CHECK_IN, 30),
        (held(-3), CHECK_IN, 30),
        (held(61), CHECK_IN, 30),
    ],
)
def test_the_next_one_is_counted_from_the_last_that_counts(
    conversations: tuple[Held, ...], kind: Kind, due: int
) -> None:
    """A review counts as a check-in, not the reverse; informal ones, earlier ones and later ones (day 61 of 60) move nothing."""
    found = standing(Rhythm(START, conversations), kind, RULES, days(60))
    assert found is not None
    assert found.due == days(due)


def test_an_informal_conversation_is_never_due() -> None:
    """Any time means no date."""
    assert standing(Rhythm(START, held(3, kind=INFORMAL)), INFORMAL, RULES, days(500)) is None
    assert slots(Rhythm(START, held(3, kind=INFORMAL)), INFORMAL, RULES, days(500)) == ()


@pytest.mark.parametrize(
    ("resting", "due", "last"),
    [
        (((10, 20),), 40, 47),
        (((30, 31),), 31, 38),  # the due day itself
        (((31, 33),), 30, 39),  # within the days of grace
        (((38, 60),), 30, 37),  # after them
        (((-20, 6),), 35, 42),  # from before the start: days 1 to 5 are left of it
        (((-20, 0),), 30, 37),
        (((10, 20), (15, 25), (12, 13)), 45, 52),  # they overlap and count once
        (((10, 20), (20, 25)), 45, 52),
        (((28, 40), (41, 45)), 42 + 4, 53),
    ],
)
def test_the_clock_stands_still_while_the_pair_pauses(
    resting: tuple[tuple[int, int], ...], due: int, last: int
) -> None:
    """Days of a pause are not counted, neither before the due day nor after it."""
    found = standing(Rhythm(START, (), pauses(*resting)), CHECK_IN, RULES, days(2))
    assert found is not None
    assert (found.due, found.last) == (days(due), days(last))


def test_a_pausing_pair_is_not_overdue() -> None:
    """While it pauses it says so; afterwards it is judged as before."""
    rhythm = Rhythm(START, (), pauses((40, 50)))
    states = {day: standing(rhythm, CHECK_IN, RULES, days(day)) for day in (39, 40, 49, 50)}
    assert [each.state for each in states.values() if each] == [
        State.OVERDUE,
        State.PAUSED,
        State.PAUSED,
        State.OVERDUE,
    ]


def test_what_was_due_and_what_was_held() -> None:
    """On time, within the grace, late, and missed; a missed one is counted from its due day, a held one from its own.

    Held on days 30, 67 (due 60, grace to 67) and 105 (due 97, grace to 104: late). Then silence: due 135 and 165, both missed
    on day 180, and 195 not yet due.
    """
    rhythm = Rhythm(START, held(30, 67, 105))
    assert slots(rhythm, CHECK_IN, RULES, days(180)) == (
        Slot(days(30), days(30), True),
        Slot(days(60), days(67), True),
        Slot(days(97), days(105), False),
        Slot(days(135), None, False),
        Slot(days(165), None, False),
    )
    assert slots(rhythm, CHECK_IN, RULES, days(137))[-1] == Slot(days(135), None, None)
    assert slots(rhythm, CHECK_IN, RULES, days(142))[-1].on_time is None
    assert slots(rhythm, CHECK_IN, RULES, days(143))[-1].on_time is False


def test_a_conversation_after_a_missed_one_belongs_to_the_later_due_day() -> None:
    """Silence until day 61: due 30 was missed, due 60 was on time."""
    assert slots(Rhythm(START, held(61)), CHECK_IN, RULES, days(70)) == (
        Slot(days(30), None, False),
        Slot(days(60), days(61), True),
    )


def test_a_pair_that_is_forgotten_for_decades_is_counted_to_the_end() -> None:
    """Weekly since 1990: one missed conversation a week, the newest among them."""
    weekly = RhythmRules(check_in_days=7)
    found = slots(Rhythm(date(1990, 1, 1)), CHECK_IN, weekly, date(2026, 1, 5))
    assert len(found) == (date(2026, 1, 5) - date(1990, 1, 1)).days // 7
    assert found[-1].due == date(2026, 1, 5)


def test_rules_have_limits() -> None:
    """A policy cannot ask for a conversation every day, and says when it does not know a word."""
    for wrong in ({"check_in_days": 6}, {"grace_days": -1}, {"timely_days": 0}, {"check_in": 30}):
        with pytest.raises(ValidationError):
            RhythmRules(**wrong)


# --- by another clock, and by what must hold --------------------------------------------------------------------------

PAUSES = st.lists(st.tuples(st.integers(-40, 300), st.integers(1, 60)), max_size=5).map(
    lambda found: pauses(*((first, first + length) for first, length in found))
)
HELD = st.lists(
    st.tuples(st.sampled_from(list(Kind)), st.integers(-10, 300)).map(lambda each: Held(each[0], days(each[1]))),
    max_size=8,
)
KINDS = st.sampled_from([CHECK_IN, REVIEW])


@given(count=st.integers(0, 120), resting=PAUSES)
def test_the_clock_is_the_one_that_counts_day_by_day(count: int, resting: tuple[Pause, ...]) -> None:
    """For any pauses, overlapping and in any order; and it never stops on a day of a pause."""
    found = counted_on(START, count, resting)
    assert found == by_counting(START, count, resting)
    assert count == 0 or not any(each.starts <= found < each.ends for each in resting)


@given(first=st.integers(0, 60), second=st.integers(0, 60), resting=PAUSES)
def test_counting_in_two_steps_is_counting_in_one(first: int, second: int, resting: tuple[Pause, ...]) -> None:
    """And one more pause never brings a day forward."""
    assert counted_on(counted_on(START, first, resting), second, resting) == counted_on(START, first + second, resting)
    assert counted_on(START, first, resting) >= counted_on(START, first, resting[1:])


@given(conversations=HELD, resting=PAUSES, kind=KINDS, today=st.integers(0, 320))
def test_overdue_is_one_thing_by_both_ways_of_looking(
    conversations: list[Held], resting: tuple[Pause, ...], kind: Kind, today: int
) -> None:
    """A pair is overdue, or would be if it did not pause today, exactly when a slot since its last conversation is not on time.

    Neither depends on the order in which things are listed.
    """
    rhythm = Rhythm(START, tuple(conversations), resting)
    found = standing(rhythm, kind, RULES, days(today))
    every = slots(rhythm, kind, RULES, days(today))
    assert found is not None

    since = [each for each in every if each.held is None and (found.held is None or each.due > found.held)]
    late = any(each.on_time is False for each in since)
    assert late == (days(today) > found.last)
    assert (found.state is State.OVERDUE) == (late and found.state is not State.PAUSED)
    turned = Rhythm(START, tuple(reversed(conversations)), tuple(reversed(resting)))
    assert standing(turned, kind, RULES, days(today)) == found
    assert slots(turned, kind, RULES, days(today)) == every


@given(conversations=HELD, resting=PAUSES, kind=KINDS, today=st.integers(0, 320))
def test_slots_by_walking_through_the_days(
    conversations: list[Held], resting: tuple[Pause, ...], kind: Kind, today: int
) -> None:
    """Another implementation: go from day to day, count, and note what happens on each."""
    counts = {CHECK_IN: {CHECK_IN, REVIEW}, REVIEW: {REVIEW}}[kind]
    interval = {CHECK_IN: 30, REVIEW: 91}[kind]
    talked = {each.on for each in conversations if each.kind in counts}
    expected: list[list[object]] = []
    clock, waiting = 0, False
    for number in range(1, today + 1):
        day = days(number)
        clock += not any(each.starts <= day < each.ends for each in resting)
        ticked = clock == interval and not any(each.starts <= day < each.ends for each in resting)
        if ticked:  # due today; one that was still waiting is missed for good
            clock = 0
            expected.append([day, None, None])
            waiting = True
        if day in talked:
            if waiting:
                expected[-1][1:] = [day, expected[-1][2] is None and clock <= 7]
            else:
                expected.append([by_counting(day, interval - clock, resting), day, True])
            clock, waiting = 0, False
        elif waiting and clock > 7:
            expected[-1][2] = False
    assert [tuple(each) for each in expected] == [
        (each.due, each.held, each.on_time)
        for each in slots(Rhythm(START, tuple(conversations), resting), kind, RULES, days(today))
    ]
