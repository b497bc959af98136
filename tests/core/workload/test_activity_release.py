"""Activity is released: weekly shares with the week, cards once with the quarter, and everything is proved again."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, func, select, update

from core.calendar import WEEK as ONE_WEEK
from core.privacy.cards import is_by_part
from core.privacy.ledger import pending
from core.privacy.tables import PublishedCell, Release
from core.workload.activity_rollup import activity_families, quarter_card, quarter_end
from core.workload.tables import ActivityHour
from tests.core.workload.activity import active, on_record
from tests.organisations import WEEK, audited, cells, codes, deliver, employ, hours, people_in, release

Maker = Callable[[], Engine]
QUARTER = date(2025, 9, 29)  # 13 weeks to 28 December 2025
CLOSED = date(2026, 1, 5)  # its last week is closed
TEAMS = {"Co/A/x": 9, "Co/A/y": 8, "Co/B/z": 30}
sizes = st.dictionaries(
    st.sampled_from([f"Co/{dept}/{team}" for dept in "AB" for team in "xyz"] + ["Co", "Co/A"]),
    st.integers(1, 13),
    min_size=1,
    max_size=7,
)


def every_week(people: dict[str, str], *, count: int = 3) -> dict[tuple[str, date, int, int], int]:
    """Everybody on weekdays at 9 and 14, each a little different; the first of each unit also on Sundays at 3."""
    found = {}
    for place, code in enumerate(people):
        for week in (QUARTER + i * ONE_WEEK for i in range(count)):
            for day in range(1, 6):
                found[code, week, day, 9] = 2 + place % 3
                found[code, week, day, 14] = 1
            if code.endswith("#0"):
                found[code, week, 7, 3] = 50
    return found


def cards(engine: Engine) -> dict[str, tuple[str, str | None, str | None]]:
    """Published cards: (cell's name) -> (status, band, classes)."""
    with engine.connect() as connection:
        rows = connection.execute(
            select(PublishedCell.name, PublishedCell.status, PublishedCell.n_band, PublishedCell.share_class).where(
                PublishedCell.area == "activity", PublishedCell.current
            )
        ).all()
    return {row.name: (row.status, row.n_band, row.share_class) for row in rows}


def brought_in(engine: Engine, teams: dict[str, int], **more: int) -> dict[str, str]:
    """Employ and let everybody be active."""
    people = people_in(teams)
    employ(engine, people)
    active(engine, people, every_week(people, **more))
    return people


def outside_shares(engine: Engine, week: date) -> tuple[float, float]:
    """The naive way, event by event: the share outside own schedules, rest days included, and that on rest days alone."""
    kinds = []
    for (_, at, *_), (_, events, outside, rest) in on_record(engine).items():
        if at == week:
            kinds += ["outside"] * outside + ["rest"] * rest + ["inside"] * (events - outside - rest)
    return sum(kind != "inside" for kind in kinds) / len(kinds), kinds.count("rest") / len(kinds)


def summed(engine: Engine, week: date) -> tuple[float, float]:
    """The shares as they are rolled up: the sum over people of what is above the line by that of what is below it."""
    with engine.connect() as connection:
        (family,) = activity_families(connection, week)
    pairs = (family.measures[name] for name in ("activity_after_hours", "activity_weekend"))
    outside, rest = (float(above.sum() / below.sum()) for above, below in pairs)
    return outside, rest


def test_shares_are_of_all_events_and_rest_days_are_part_of_outside(engine: Engine) -> None:
    """By hand: 20 events, 2 outside and 1 on a rest day are 15 % and 5 %; events of another week do not count."""
    people = people_in({"Co/A": 2})
    employ(engine, people)
    first, second = people
    active(engine, people, {(first, QUARTER, 1, 9): 12}, outside=2)
    active(engine, people, {(second, QUARTER, 7, 9): 8}, rest=1)
    active(engine, people, {(second, QUARTER + ONE_WEEK, 7, 9): 80}, rest=80)

    assert summed(engine, QUARTER) == pytest.approx((0.15, 0.05))
    assert outside_shares(engine, QUARTER) == pytest.approx((0.15, 0.05))
    with engine.connect() as connection:
        assert activity_families(connection, QUARTER - ONE_WEEK) == []


def test_shares_of_people_who_differ_are_those_of_their_single_events(sqlite_engine: Engine) -> None:
    """Many hours, some all outside, some with rest days, of people with few and with many events: as counted one by one."""
    people = people_in({"Co/A": 4, "Co/B": 3})
    employ(sqlite_engine, people)
    for place, code in enumerate(people):
        hours_of = {(code, QUARTER, 1 + hour % 7, hour): 1 + (place * 5 + hour * 3) % 11 for hour in range(place, 20)}
        active(sqlite_engine, people, hours_of, outside=place % 4, rest=(place * 2) % 5)

    assert summed(sqlite_engine, QUARTER) == pytest.approx(outside_shares(sqlite_engine, QUARTER))
    assert 0 < outside_shares(sqlite_engine, QUARTER)[1] < outside_shares(sqlite_engine, QUARTER)[0] < 1


def test_the_card_of_a_quarter_comes_once_its_last_week_is_closed(engine: Engine) -> None:
    """A day before nothing; on the day a card for each unit; every hour is what it should be, and the proof holds."""
    brought_in(engine, TEAMS)

    release(engine, as_of=CLOSED - timedelta(days=2))
    assert cards(engine) == {}
    release(engine, as_of=CLOSED)

    found = cards(engine)
    assert {name: row[:2] for name, row in found.items()} == {
        "Co": ("shown", "20–49"), "A": ("shown", "10–19"), "B": ("shown", "20–49"),
        "x": ("shown", "5–9"), "y": ("shown", "5–9"), "z": ("shown", "20–49"),
    }  # fmt: skip
    day = "".join("3" if hour in (9, 14) else "0" for hour in range(24))
    assert found["Co"][2] == day * 5 + "0" * 48
    part = "0" * 8 + "3333" + "1111" + "0" * 8  # by hand: a mean hour of x has 3.4 % in the morning, 1.16 % after noon
    assert found["x"][2] == part * 5 + "0" * 48
    report = audited(engine)
    assert report.passed, report.problems
    assert report.releases == 4


def test_the_nights_of_single_people_show_nowhere(sqlite_engine: Engine) -> None:
    """The first of each unit has most of their events on Sundays at 3: five such people in all, less than k'."""
    brought_in(sqlite_engine, TEAMS)
    release(sqlite_engine, as_of=CLOSED)

    assert all(row[2] is None or row[2][6 * 24 + 3] == "0" for row in cards(sqlite_engine).values())


def test_a_released_card_never_changes(engine: Engine) -> None:
    """Events that come late change weekly shares by the rules of corrections, and no card; the note is gone."""
    people = brought_in(engine, TEAMS)
    release(engine, as_of=CLOSED)
    before = cards(engine)

    active(engine, people, {(code, QUARTER, 6, 12): 40 for code in people})
    release(engine, as_of=CLOSED)

    assert cards(engine) == before
    with engine.connect() as connection:
        assert pending(connection, "activity", include_held=True, as_of=CLOSED) == []
        assert connection.scalar(select(func.count()).where(Release.area == "activity")) == 1
    assert audited(engine).passed


def test_a_card_waits_while_a_week_of_its_quarter_is_held(sqlite_engine: Engine) -> None:
    """Deliveries that belong together are complete first; then the card comes with them."""
    people = brought_in(sqlite_engine, TEAMS)
    deliver(sqlite_engine, people, hours(people, QUARTER), held=True)

    release(sqlite_engine, as_of=CLOSED)
    assert cards(sqlite_engine) == {}
    release(sqlite_engine, as_of=CLOSED, include_held=True)
    assert cards(sqlite_engine)["Co"][0] == "shown"


def test_weekly_shares_are_sums_over_sums_and_rest_days_are_part_of_outside(engine: Engine) -> None:
    """Against a count by loops over what is on record."""
    people = brought_in(engine, TEAMS, count=1)
    with engine.begin() as connection:
        sunday = ActivityHour.weekday == 7
        connection.execute(update(ActivityHour).where(sunday).values(rest_day=ActivityHour.events))
        connection.execute(update(ActivityHour).where(ActivityHour.hour == 14).values(outside=1))
    release(engine, as_of=CLOSED)

    total = outside = rest = 0
    for (code, _, day, hour), events in every_week(people, count=1).items():
        if people[code] == "Co/B/z":
            total += events
            outside += events if day == 7 or hour == 14 else 0
            rest += events if day == 7 else 0
    shown = cells(engine, "activity_after_hours", week=QUARTER)["Co/B/z", QUARTER]
    weekend = cells(engine, "activity_weekend", week=QUARTER)["Co/B/z", QUARTER]
    assert shown == ("shown", pytest.approx(outside / total, abs=0.0101))
    assert weekend == ("shown", pytest.approx(rest / total, abs=0.051))  # one person dominates: rounded as a small cell
    assert audited(engine).passed


def test_a_week_without_hours_is_released_for_its_events_alone(sqlite_engine: Engine) -> None:
    """And a week without events has no share of activity, which is missing and not nothing."""
    people = brought_in(sqlite_engine, TEAMS, count=1)
    deliver(sqlite_engine, people, hours(people, WEEK))
    release(sqlite_engine)

    assert cells(sqlite_engine, "activity_after_hours", week=QUARTER)["Co", QUARTER][0] == "shown"
    assert cells(sqlite_engine, "utilisation", week=QUARTER) == {}
    assert cells(sqlite_engine, "activity_after_hours", week=WEEK) == {}


def test_a_unit_without_events_is_missing_and_one_with_few_people_is_hidden(sqlite_engine: Engine) -> None:
    """Nobody in B is active; in y only four people are."""
    people = people_in(TEAMS)
    employ(sqlite_engine, people)
    some = {code: unit for code, unit in people.items() if unit == "Co/A/x" or code in ("Co/A/y#1", "Co/A/y#2")}
    active(sqlite_engine, people, every_week(some))
    release(sqlite_engine, as_of=CLOSED)

    found = cards(sqlite_engine)
    assert found["y"] == ("hidden", None, None)
    assert not {"B", "z"} & set(found)


def test_somebody_who_moved_counts_where_most_of_their_active_weeks_were(sqlite_engine: Engine) -> None:
    """One week in y after two in x: x. Of equal numbers the later unit."""
    brought_in(sqlite_engine, {"Co/x": 7, "Co/y": 7})
    with sqlite_engine.begin() as connection:
        ids = codes(connection)
        units = {row.unit_id for row in connection.execute(select(ActivityHour.unit_id))}
        x, y = sorted(units)
        mover, even = ids["Co/x#1"], ids["Co/x#2"]
        later = ActivityHour.week >= QUARTER + 2 * ONE_WEEK
        connection.execute(update(ActivityHour).where(ActivityHour.person_id == mover, later).values(unit_id=y))
        connection.execute(
            delete(ActivityHour).where(ActivityHour.person_id == even, ActivityHour.week > QUARTER + ONE_WEEK)
        )
        connection.execute(
            update(ActivityHour)
            .where(ActivityHour.person_id == even, ActivityHour.week == QUARTER + ONE_WEEK)
            .values(unit_id=y)
        )
        found = quarter_card(connection, QUARTER)

    assert found is not None
    homes = dict(zip(found.contribution.people.tolist(), found.contribution.units.tolist(), strict=True))
    assert (homes[mover], homes[even]) == (x, y)


def test_a_person_in_two_units_of_a_week_counts_in_the_one_with_more_events(sqlite_engine: Engine) -> None:
    """Two sources with different units: the week has one."""
    people = brought_in(sqlite_engine, {"Co/x": 7, "Co/y": 7}, count=1)
    with sqlite_engine.begin() as connection:
        person = codes(connection)["Co/x#1"]
        y = connection.scalar(
            select(ActivityHour.unit_id).where(ActivityHour.person_id == codes(connection)["Co/y#1"]).limit(1)
        )
        few = (ActivityHour.person_id == person, ActivityHour.hour == 14)
        connection.execute(update(ActivityHour).where(*few).values(unit_id=y, source="tickets", events=90))
        (family,) = activity_families(connection, QUARTER)

    homes = dict(zip(family.people.tolist(), family.units.tolist(), strict=True))
    assert homes[person] == y
    assert len(homes) == len(people)


def test_a_quarter_has_thirteen_weeks_and_fourteen_in_a_year_of_53() -> None:
    """The last quarter of 2026 takes the 53rd week."""
    assert quarter_end(QUARTER) == date(2025, 12, 29)
    assert quarter_end(date(2026, 9, 28)) == date(2027, 1, 4)


@settings(max_examples=8)
@given(teams=sizes)
def test_every_card_of_a_random_tree_is_safe_by_the_independent_method(
    fresh_engine: Maker, teams: dict[str, int]
) -> None:
    """Whatever the tree and its sizes: no group under k', the right form for each size, hidden cells carry nothing."""
    engine = fresh_engine()
    brought_in(engine, teams, count=1)
    release(engine, as_of=CLOSED)

    report = audited(engine)

    assert report.recoverable == 0
    assert report.problems == ()
    for status, band, classes in cards(engine).values():
        assert (status == "shown") == (classes is not None)
        if band in ("5–9", "10–19"):
            assert classes is not None
            assert is_by_part(classes)


def test_the_audit_notices_a_card_of_the_wrong_form_and_one_that_was_altered(sqlite_engine: Engine) -> None:
    """An hour of a small group told by itself; any other digit than the sealed one."""
    brought_in(sqlite_engine, TEAMS)
    release(sqlite_engine, as_of=CLOSED)
    with sqlite_engine.begin() as connection:
        connection.execute(
            update(PublishedCell)
            .where(PublishedCell.area == "activity", PublishedCell.name == "x")
            .values(share_class="0" * 167 + "1")
        )

    problems = " ".join(audited(sqlite_engine).problems)

    assert "not a card of the form" in problems
    assert "altered" in problems
