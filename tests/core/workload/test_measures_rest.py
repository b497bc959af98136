"""Rest between work, meetings and time to focus: oracles, minute-by-minute counts, and what must not matter."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.workload.measures import focus_hours, meeting_hours, rest_breaches
from core.workload.measures.rest import Interval

MONDAY = datetime(2026, 3, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
STEP = 30  # minutes; the generated intervals lie on half hours


def at(day: int, clock: str) -> datetime:
    """An instant of the week: day 0 is Monday."""
    hours, minutes = clock.split(":")
    return MONDAY + timedelta(days=day, hours=int(hours), minutes=int(minutes))


def block(day: int, start: str, end: str) -> Interval:
    """A stretch of one day."""
    return at(day, start), at(day, end)


intervals = st.lists(
    st.tuples(st.integers(0, 7 * 48 - 1), st.integers(1, 20)).map(
        lambda x: (MONDAY + timedelta(minutes=STEP * x[0]), MONDAY + timedelta(minutes=STEP * min(336, x[0] + x[1])))
    ),
    max_size=8,
)


def busy(blocks: list[Interval]) -> list[bool]:
    """The week in half hours: is anything on?"""
    edges = [((start - MONDAY) // (HOUR / 2), (end - MONDAY) // (HOUR / 2)) for start, end in blocks]
    return [any(first <= slot < last for first, last in edges) for slot in range(336)]


def free_runs(slots: list[bool]) -> list[tuple[int, int]]:
    """Runs of free half hours: (first, one after the last)."""
    edges = [0, *(i for i in range(1, len(slots)) if slots[i] != slots[i - 1]), len(slots)]
    return [(a, b) for a, b in pairwise(edges) if b > a and not slots[a]]


# --- rest ----------------------------------------------------------------------------------------------------------

W4 = [
    block(0, "9:00", "19:30"),
    block(1, "6:00", "15:00"),
    block(2, "8:00", "17:00"),
    block(3, "8:00", "17:00"),
    block(4, "8:00", "22:30"),
    block(6, "7:00", "10:00"),
]


def test_w4_one_short_night_and_no_long_rest() -> None:
    """W4: gaps of 10.5, 17, 15, 15 and 32.5 hours: one daily breach, and 32.5 is under 35 for the week."""
    found = rest_breaches(W4)
    assert found.gaps == (10.5, 17.0, 15.0, 15.0, 32.5)
    assert (found.daily, found.weekly_rest, found.weekly) == (1, 32.5, True)


@pytest.mark.parametrize(
    ("blocks", "gaps", "daily", "weekly_rest", "weekly"),
    [
        ([], (), 0, 168.0, False),
        ([block(2, "9:00", "17:00")], (), 0, 103.0, False),
        # a free weekend is weekly rest, although no block ends it
        ([block(day, "9:00", "17:00") for day in range(5)], (16.0,) * 4, 0, 55.0, False),
        # so is a late start of the week
        ([block(day, "9:00", "22:00") for day in range(2, 7)], (11.0,) * 4, 0, 57.0, False),
        # eleven hours are enough, a minute less is a breach
        ([block(0, "9:00", "21:00"), block(1, "8:00", "16:00")], (11.0,), 0, 128.0, False),
        ([block(0, "9:00", "21:00"), block(1, "7:59", "16:00")], (10 + 59 / 60,), 1, 128.0, False),
        # a break within a day is no night
        ([block(0, "9:00", "12:00"), block(0, "14:00", "18:00"), block(1, "9:00", "17:00")], (15.0,), 0, 127.0, False),
        # work past midnight: the night begins when it ends
        ([(at(4, "22:00"), at(5, "2:00")), block(5, "9:00", "12:00")], (7.0,), 1, 118.0, False),
        # every day of the week: the longest rest is a night
        ([block(day, "9:00", "17:00") for day in range(7)], (16.0,) * 6, 0, 16.0, True),
    ],
)
def test_rest_by_hand(
    blocks: list[Interval], gaps: tuple[float, ...], daily: int, weekly_rest: float, weekly: bool
) -> None:
    """Nights, edges of the week, breaks and work past midnight."""
    found = rest_breaches(blocks)
    assert found.gaps == pytest.approx(gaps)
    assert (found.daily, found.weekly_rest, found.weekly) == (daily, weekly_rest, weekly)


def test_a_sunday_off_is_enough_when_the_block_that_ends_it_is_given() -> None:
    """Monday to Saturday: 31 hours to the end of the week, 40 to Monday morning."""
    week = [block(day, "9:00", "17:00") for day in range(6)]
    assert rest_breaches(week).weekly_rest == 31.0
    assert rest_breaches([*week, block(7, "9:00", "17:00")]).weekly_rest == 40.0


@given(intervals)
def test_rest_agrees_with_a_count_of_half_hours(blocks: list[Interval]) -> None:
    """Free runs between work, counted slot by slot, with breaks of a day left out of nights and of the longest rest."""
    slots = busy(blocks)
    runs = free_runs(slots)
    nights = []
    edges = []
    for first, end in runs:
        if first == 0 or end == 336:
            edges.append((end - first) / 2)
            continue
        began = first  # the first half hour of the work before this rest
        while began > 0 and slots[began - 1]:
            began -= 1
        if began // 48 != end // 48:  # the work after it begins on another day
            nights.append((end - first) / 2)
    found = rest_breaches(blocks)
    assert list(found.gaps) == nights
    assert found.daily == sum(night < 11 for night in nights)
    assert found.weekly_rest == max([*nights, *edges], default=168.0 if not blocks else 0.0)
    assert found.weekly == (found.weekly_rest < 35)


@given(intervals, st.randoms(use_true_random=False), st.integers(-50, 50))
def test_neither_order_nor_the_week_of_the_year_matters_to_rest(
    blocks: list[Interval], random: object, weeks: int
) -> None:
    """Shuffled blocks, a block given twice, and the same week at another time of the year."""
    shuffled = blocks + blocks[:1]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    moved = [(start + weeks * 7 * 24 * HOUR, end + weeks * 7 * 24 * HOUR) for start, end in blocks]
    assert rest_breaches(shuffled) == rest_breaches(blocks) == rest_breaches(moved)


# --- meetings and focus --------------------------------------------------------------------------------------------


def test_w5_overlapping_meetings_count_once_and_short_gaps_are_no_focus() -> None:
    """W5: 9-10, 9:30-10:30, 11-11:30 in a day of 9-17: 2.0 hours of meetings, free 0.5 and 5.5, focus 5.5."""
    meetings = [block(0, "9:00", "10:00"), block(0, "9:30", "10:30"), block(0, "11:00", "11:30")]
    day = block(0, "9:00", "17:00")
    assert meeting_hours(meetings) == 2.0
    assert focus_hours(day, meetings) == 5.5
    assert focus_hours(day, meetings, least=timedelta(minutes=30)) == 6.0
    assert focus_hours(day, meetings, least=timedelta(hours=6)) == 0.0


def test_a_day_without_meetings_is_all_focus() -> None:
    """No meetings: nothing in meetings, the whole schedule free; a full day: no focus."""
    day = block(0, "9:00", "17:00")
    assert meeting_hours([]) == 0.0
    assert focus_hours(day, []) == 8.0
    assert focus_hours(day, [block(0, "8:00", "18:00")]) == 0.0


@given(intervals)
def test_meeting_hours_agree_with_a_count_of_half_hours(meetings: list[Interval]) -> None:
    """The union, slot by slot."""
    assert meeting_hours(meetings) == sum(busy(meetings)) / 2


@given(intervals, st.integers(0, 6), st.integers(0, 20), st.integers(1, 27), st.sampled_from([30, 60, 120]))
def test_focus_hours_agree_with_a_count_of_half_hours(
    meetings: list[Interval], day: int, opens: int, long: int, least: int
) -> None:
    """Free runs within the schedule, slot by slot; meetings outside it change nothing."""
    first, last = day * 48 + opens, day * 48 + opens + long
    schedule = (MONDAY + timedelta(minutes=STEP * first), MONDAY + timedelta(minutes=STEP * last))
    runs = free_runs(busy(meetings)[first:last])
    expected = sum((b - a) / 2 for a, b in runs if (b - a) * STEP >= least)
    assert focus_hours(schedule, meetings, least=timedelta(minutes=least)) == expected


@given(intervals, st.randoms(use_true_random=False), st.integers(-500, 500))
def test_neither_order_nor_the_date_matters_to_meetings(meetings: list[Interval], random: object, hours: int) -> None:
    """Shuffled, doubled, and moved in time together with the schedule."""
    shuffled = meetings * 2
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    moved = [(start + hours * HOUR, end + hours * HOUR) for start, end in meetings]
    day = block(2, "9:00", "17:00")
    assert meeting_hours(shuffled) == meeting_hours(meetings) == meeting_hours(moved)
    assert (
        focus_hours(day, shuffled)
        == focus_hours(day, meetings)
        == focus_hours((day[0] + hours * HOUR, day[1] + hours * HOUR), moved)
    )


@given(intervals)
def test_one_more_meeting_never_gives_time_back(meetings: list[Interval]) -> None:
    """Meeting hours rise or stay, focus hours fall or stay, meeting by meeting."""
    day = block(3, "8:00", "18:00")
    for count in range(len(meetings)):
        fewer, more = meetings[:count], meetings[: count + 1]
        assert meeting_hours(more) >= meeting_hours(fewer)
        assert focus_hours(day, more) <= focus_hours(day, fewer)
