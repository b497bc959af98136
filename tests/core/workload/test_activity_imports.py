"""Events come in: real commits equal git's own count, times stand on the right clock, and a file replaces what it names."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import Engine, select

from core.intake.imports import ImportRefused
from core.people.tables import Assignment
from core.privacy.tables import PendingRelease
from core.workload.activity_events import Placed, Unplaceable, moment, offset_minutes, placed
from core.workload.measures.activity import punch_card
from tests.core.intake.content import bring_in, content, people_file
from tests.core.workload.activity import COMMITS, events_file, on_record, own_commits

HEADER = "id,unit,hired,contracted_hours,schedule,zone,email"
WEEK = date(2026, 3, 9)
LISBON = 'P1,N/A,2020-01-06,40,"Mo-Th 08:00-17:00, Fr 08:00-13:00",Europe/Lisbon,ada@n.example'
AUCKLAND = "P2,N/A,2020-01-06,40,Mo-Fr 22:00-06:00,Pacific/Auckland,"
PLAIN = "P3,N/B,2020-01-06,40,,,"


@pytest.fixture
def staffed(engine: Engine, tmp_path: Path) -> Engine:
    """Three people: one in Lisbon, one with a night shift in Auckland, one of whom nothing is known. On both databases."""
    bring_in(engine, "people", people_file(tmp_path, [LISBON, AUCKLAND, PLAIN], HEADER))
    return engine


@pytest.fixture
def staffed_here(sqlite_engine: Engine, tmp_path: Path) -> Engine:
    """The same three where the database does not matter."""
    bring_in(sqlite_engine, "people", people_file(tmp_path, [LISBON, AUCKLAND, PLAIN], HEADER))
    return sqlite_engine


def problems(engine: Engine, path: Path) -> list[tuple[int | None, str, str, str]]:
    """What is wrong with a file of events: (row, column, value, problem). Nothing may be written."""
    before = content(engine)
    with pytest.raises(ImportRefused) as refused:
        bring_in(engine, "activity-events", path)
    assert content(engine) == before
    return [(each.row, each.column, each.value, each.problem) for each in refused.value.problems]


def test_the_card_of_imported_commits_is_the_one_that_git_counted(engine: Engine, tmp_path: Path) -> None:
    """539 commits of nine authors, with git's own column names: by local time as written, whatever zone people have."""
    commits, authors = own_commits(tmp_path)
    rows = [f"{code},Viva/R,2015-01-05,40,,Asia/Tokyo," for code in authors]
    bring_in(engine, "people", people_file(tmp_path, rows, HEADER))

    done = bring_in(engine, "activity-events", commits)

    assert (done.counts.loaded, done.counts.people) == (539, 9)
    hours = [(weekday, hour, row[1]) for (_, _, _, weekday, hour), row in on_record(engine).items()]
    card = punch_card(pd.DataFrame(hours, columns=["weekday", "hour", "events"]))
    expected = pd.read_csv(COMMITS / "expected_punchcard.csv").rename(
        columns={"iso_weekday": "weekday", "commits": "events"}
    )
    assert card.equals(punch_card(expected))


def test_the_same_file_twice_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    """Every row counts as unchanged, and the database holds what it held; history and change log say that it came again."""
    commits, authors = own_commits(tmp_path)
    bring_in(engine, "people", people_file(tmp_path, [f"{code},Viva/R,2015-01-05,40,,," for code in authors], HEADER))
    bring_in(engine, "activity-events", commits)
    before = content(engine)

    again = bring_in(engine, "activity-events", commits)

    assert not again.changed
    assert (again.counts.loaded, again.counts.replaced, again.counts.unchanged) == (0, 0, 539)
    after = content(engine)
    assert {name for name in after if after[name] != before[name]} == {"delivery", "change_log"}


BY_HAND = {
    ("P1", "2026-03-09T09:30+05:00"): (1, 9, 0, 0),  # as written, on whatever clock it was
    ("P1", "2026-03-09T10:30Z"): (1, 10, 0, 0),  # winter: Lisbon is on UTC
    ("P1", "2026-03-13T13:30Z"): (5, 13, 1, 0),  # after Friday's short day
    ("P1", "2026-03-14T10:00Z"): (6, 10, 0, 1),
    ("ADA@n.example", "2026-03-09 11:30:15.250 +0000"): (1, 11, 0, 0),  # P1, by address
    ("P2", "2026-03-09T09:30Z"): (1, 22, 0, 0),  # Auckland is 13 hours ahead in March: the shift has begun
    ("P2", "2026-03-13T14:00Z"): (6, 3, 0, 0),  # Saturday 03:00 is still Friday's shift
    ("P2", "2026-03-13T20:00Z"): (6, 9, 0, 1),
    ("P3", "2026-03-09T18:30Z"): (1, 18, 1, 0),  # the policy's schedule, in UTC
}


def test_an_event_stands_on_the_persons_own_clock_and_schedule(staffed: Engine, tmp_path: Path) -> None:
    """Worked out by hand for three people in three places: weekday, hour, outside the schedule, on a rest day."""
    bring_in(staffed, "activity-events", events_file(tmp_path, list(BY_HAND)))

    expected = {
        (actor.replace("ADA@n.example", "P1"), WEEK, "events", weekday, hour): (1, outside, rest)
        for (actor, _), (weekday, hour, outside, rest) in BY_HAND.items()
    }
    assert {key: row[1:] for key, row in on_record(staffed).items()} == expected


def test_summer_time_and_the_turn_of_the_week_are_those_of_the_zone(staffed_here: Engine, tmp_path: Path) -> None:
    """Lisbon in July is an hour ahead of UTC; Sunday 23:30 UTC is Monday of the next week there."""
    bring_in(staffed_here, "activity-events", events_file(tmp_path, [("P1", "2025-07-06T23:30Z")]))

    assert list(on_record(staffed_here)) == [("P1", date(2025, 7, 7), "events", 1, 0)]


def test_a_zone_in_the_file_turns_every_time_into_its_own(staffed_here: Engine, tmp_path: Path) -> None:
    """Also a time that is written with an offset: it is an instant, and the zone says whose clock to read it on."""
    rows = [("P1", "2026-03-09T09:30Z", "Asia/Tokyo"), ("P1", "2026-03-09T09:30+01:00", "Asia/Tokyo")]
    bring_in(staffed_here, "activity-events", events_file(tmp_path, rows, ("actor", "time", "zone")))

    assert sorted(key[4] for key in on_record(staffed_here)) == [17, 18]


def test_a_file_replaces_each_person_week_and_source_that_it_names_and_nothing_else(
    staffed: Engine, tmp_path: Path
) -> None:
    """Tickets stay when commits come again, another week and another person stay, hours that are not named go."""
    header = ("actor", "time", "source")
    first = [
        ("P1", "2026-03-09T09:30Z", "commits"),
        ("P1", "2026-03-09T10:30Z", "commits"),
        ("P1", "2026-03-09T09:30Z", "tickets"),
        ("P1", "2026-03-16T09:30Z", "commits"),
        ("P3", "2026-03-09T09:30Z", "commits"),
    ]
    bring_in(staffed, "activity-events", events_file(tmp_path, first, header))
    before = on_record(staffed)

    done = bring_in(staffed, "activity-events", events_file(tmp_path, [("P1", "2026-03-10T11:30Z", "commits")], header))

    assert (done.counts.loaded, done.counts.replaced, done.counts.removed) == (0, 1, 1)
    replaced = {key: row for key, row in before.items() if key[:3] != ("P1", WEEK, "commits")}
    assert on_record(staffed) == {**replaced, ("P1", WEEK, "commits", 2, 11): ("N/A", 1, 0, 0)}


def test_a_person_counts_in_the_unit_that_most_of_the_weeks_events_were_for(
    staffed_here: Engine, tmp_path: Path
) -> None:
    """Blank cells stand for the home unit; of equal numbers the first by path counts."""
    header = ("actor", "time", "unit")
    rows = [
        ("P1", "2026-03-09T09:30Z", "N/B"),
        ("P1", "2026-03-09T10:30Z", "N / B"),
        ("P1", "2026-03-09T11:30Z", ""),
        ("P3", "2026-03-09T09:30Z", "N/A"),
        ("P3", "2026-03-09T10:30Z", ""),
    ]
    bring_in(staffed_here, "activity-events", events_file(tmp_path, rows, header))

    assert {key[0]: row[0] for key, row in on_record(staffed_here).items()} == {"P1": "N/B", "P3": "N/A"}


def test_what_awaits_release_is_noted_with_the_facts(staffed: Engine, tmp_path: Path) -> None:
    """The card of the quarter, once; it is taken back with them when the import is a dry run."""
    path = events_file(tmp_path, [("P1", "2026-03-09T09:30Z"), ("P1", "2026-01-12T09:30Z")])
    pending = select(PendingRelease.area, PendingRelease.period)
    bring_in(staffed, "activity-events", path, dry_run=True)
    with staffed.connect() as connection:
        assert connection.execute(pending).all() == []

    bring_in(staffed, "activity-events", path)

    with staffed.connect() as connection:
        assert connection.execute(pending).all() == [("activity", date(2025, 12, 29))]


def test_everything_wrong_with_a_file_is_told_with_its_row(staffed_here: Engine, tmp_path: Path) -> None:
    """One finding for each stranger, unit and missing week, with the number of rows; cells by their own rules."""
    header = ("actor", "time", "offset", "zone", "unit")
    cells = [
        ("P1", "yesterday", "", "", ""),
        ("P1", "2026-03-09", "", "", ""),
        ("P1", "2026-03-09 09:30", "", "", ""),
        ("P1", "2026-03-09T09:30+01:00", "+02:00", "", ""),
        ("P1", "2026-03-09T09:30Z", "sometime", "", ""),
        ("P1", "2026-03-09T09:30Z", "", "CET+1", ""),
        ("P1", "2026-03-09T09:30+19:00", "", "", ""),
        ("", "2026-03-09T09:30Z", "", "", ""),
    ]
    told = problems(staffed_here, events_file(tmp_path, cells, header))
    assert [(row, column) for row, column, _, _ in told] == [
        (2, "time"), (3, "time"), (4, "time"), (5, "time"), (6, "offset"), (7, "zone"), (8, "time"), (9, "actor"),
    ]  # fmt: skip
    assert "neither an offset nor a Z" in told[2][3]
    assert "another offset" in told[3][3]

    rows = [
        ("robot", "2026-03-09T09:30Z", "", "", ""),
        ("P1", "2026-03-09T09:30Z", "", "", "N/C"),
        ("robot", "2026-03-09T09:31Z", "", "", ""),
        ("P1", "2019-03-09T09:30Z", "", "", ""),
    ]
    told = problems(staffed_here, events_file(tmp_path, rows, header))
    assert [(row, column, value) for row, column, value, _ in told] == [
        (2, "actor", "robot"), (3, "unit", "N/C"), (5, "time", "P1"),
    ]  # fmt: skip
    assert "(2 rows)" in told[0][3]
    assert "2019-03-04" in told[2][3]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("+01:00", 60), ("-0730", -450), ("+2", 120), ("UTC+2", 120), ("Z", 0), ("gmt", 0), ("+15:00", None), ("01:00", None),
     ("+01:75", None), ("", None)],
)  # fmt: skip
def test_offsets_are_read_as_systems_write_them(text: str, minutes: int | None) -> None:
    """Up to 14 hours; what could be a time of day is none."""
    assert offset_minutes(text) == minutes


def test_a_time_without_a_clock_is_not_guessed() -> None:
    """Local time needs an offset, in its own text or beside it; UTC is turned by the offset beside it."""
    bare, utc = moment("2026-03-09 09:30"), moment("2026-03-09T09:30Z")
    assert bare is not None
    assert utc is not None
    with pytest.raises(Unplaceable):
        placed(bare, None, None)
    with pytest.raises(Unplaceable):
        placed(bare, None, "Europe/Lisbon")
    assert placed(bare, 60, None) == Placed(bare.wall, None)
    assert placed(utc, 60, None) == Placed(pd.Timestamp("2026-03-09 10:30").to_pydatetime(), None)
    assert placed(utc, None, None) == Placed(utc.wall, "")


def test_schedule_and_zone_belong_to_the_assignment_and_a_bad_one_is_refused(engine: Engine, tmp_path: Path) -> None:
    """They are stored with it, a later assignment has its own, and a file with another text changes it."""
    rows = [f"{LISBON},2020-01-06", "P1,N/A,2020-01-06,40,Mo-Fr 09:00-15:00,Europe/Paris,ada@n.example,2024-01-01"]
    header = f"{HEADER},from"
    bring_in(engine, "people", people_file(tmp_path, rows, header))
    stored = select(Assignment.schedule, Assignment.zone).order_by(Assignment.valid_from)
    with engine.connect() as connection:
        assert connection.execute(stored).all() == [
            ("Mo-Th 08:00-17:00, Fr 08:00-13:00", "Europe/Lisbon"),
            ("Mo-Fr 09:00-15:00", "Europe/Paris"),
        ]

    changed = bring_in(engine, "people", people_file(tmp_path, [rows[0]], header))
    assert (changed.counts.unchanged, changed.counts.removed) == (0, 1) or changed.changed
    with pytest.raises(ImportRefused) as refused:
        bring_in(engine, "people", people_file(tmp_path, ["P1,N/A,2020-01-06,40,nine to five,Lisbon,"], HEADER))
    assert [(each.row, each.column) for each in refused.value.problems] == [(2, "schedule"), (2, "zone")]


def test_a_move_gives_the_events_their_new_home_unit_unless_the_file_named_one(staffed: Engine, tmp_path: Path) -> None:
    """The people file comes later and says that P1 and P3 were elsewhere all along."""
    header = ("actor", "time", "unit")
    rows = [("P1", "2026-03-09T09:30Z", ""), ("P3", "2026-03-09T09:30Z", "N/A")]
    bring_in(staffed, "activity-events", events_file(tmp_path, rows, header))

    bring_in(
        staffed, "people", people_file(tmp_path, [LISBON.replace("N/A", "N/B"), PLAIN.replace("N/B", "N/C")], HEADER)
    )

    assert {key[0]: row[0] for key, row in on_record(staffed).items()} == {"P1": "N/B", "P3": "N/A"}
