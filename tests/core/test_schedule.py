"""Working schedules: what people may write, which minutes it means, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.policy import Policy
from core.schedule import DAYS, NoSchedule, is_schedule, is_zone, parse_schedule

BY_HAND = [
    ("Mo-Fr 09:00-17:30", 42.5, {1, 2, 3, 4, 5}),
    ("Mo-Th 08:00-17:00, Fr 08:00-13:00", 41.0, {1, 2, 3, 4, 5}),
    ("Mo-Fr 09:00-12:30 13:30-17:30", 37.5, {1, 2, 3, 4, 5}),
    ("Mo, We, Fr 09:00-15:00", 18.0, {1, 3, 5}),
    ("Mo-Fr 22:00-06:00", 40.0, {1, 2, 3, 4, 5}),
    ("Sa-Mo 10:00-24:00", 42.0, {6, 7, 1}),
    ("sunday 20:00 - 04:00; Monday 20:00-04:00", 16.0, {7, 1}),
]


@pytest.mark.parametrize(("text", "hours", "days"), BY_HAND)
def test_a_schedule_is_the_minutes_and_the_days_that_it_says(text: str, hours: float, days: set[int]) -> None:
    """Hours a week and days on which work starts, worked out by hand."""
    found = parse_schedule(text)

    assert sum(found.minutes) / 60 == hours
    assert found.days == days


def test_a_night_shift_belongs_to_the_day_on_which_it_starts() -> None:
    """After Friday's shift Saturday 05:59 is inside and 06:00 is not; Saturday is no scheduled day, Monday 05:00 not inside."""
    night = parse_schedule("Mo-Fr 22:00-06:00")

    assert night.covers(6, 5 * 60 + 59)
    assert not night.covers(6, 6 * 60)
    assert 6 not in night.days
    assert not night.covers(1, 5 * 60)
    assert night.covers(5, 22 * 60)


@pytest.mark.parametrize(
    "text",
    ["", "Mo-Fr", "Mo-Fr 9-17", "Mo-Fr 25:00-26:00", "Mo-Fr 09:60-17:00", "Mo-Fr 09:00-09:00", "Mo 24:00-06:00",
     "Xx 09:00-17:00", "09:00-17:00", "M 09:00-17:00", "Mo-Fr 09:00-17:00,", "Mo 08:00-12:00, Tu"],
)  # fmt: skip
def test_what_is_no_schedule_is_refused(text: str) -> None:
    """No days, no times, times that do not exist, spans of no length, days left over."""
    assert not is_schedule(text)
    with pytest.raises(NoSchedule):
        parse_schedule(text)


@given(
    spans=st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 1439), st.integers(0, 1440)).filter(lambda s: s[1] != s[2]),
        min_size=1,
        max_size=5,
    )
)
def test_every_minute_is_inside_exactly_when_a_span_reaches_it(spans: list[tuple[int, int, int]]) -> None:
    """Against a count minute by minute, from the days, the start and the end of each span."""
    text = ", ".join(
        f"{DAYS[day].title()} {start // 60:02d}:{start % 60:02d}-{end // 60:02d}:{end % 60:02d}"
        for day, start, end in spans
    )
    expected = set()
    for day, start, end in spans:
        at = start
        while True:
            expected.add((day * 1440 + at) % 10080)
            at += 1
            if at == (end if end > start else end + 1440):
                break

    found = parse_schedule(text)

    assert {minute for minute, inside in enumerate(found.minutes) if inside} == expected
    assert found.days == {day + 1 for day, _, _ in spans}


def test_zones_are_iana_names() -> None:
    """Names of places and UTC; no abbreviation that is none, no offset, no path."""
    assert is_zone("Europe/Lisbon")
    assert is_zone("UTC")
    assert not any(is_zone(text) for text in ("Lisbon", "+02:00", "Europe", "../UTC", "", "Europe/lisbon "))


@pytest.mark.parametrize(
    "wrong",
    [{"default_schedule": "nine to five"}, {"default_zone": "Lisbon"}, {"activity_classes": (0.02, 0.01, 0.03)}],
)
def test_a_policy_with_no_schedule_no_zone_or_falling_classes_is_refused(wrong: dict[str, object]) -> None:
    """The defaults of the policy are held to the same rules as a file."""
    with pytest.raises(ValueError, match=next(iter(wrong)).split("_")[0]):
        Policy.model_validate(wrong)
