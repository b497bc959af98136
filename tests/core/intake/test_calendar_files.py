"""Calendars as files of events: rules of repetition against days counted out one by one, bounds, and what is not read."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from core.calendar import monday_of
from core.database.engine import make_engine
from core.delivery import ImportOptions
from core.intake import calendar_file, calendar_lines
from core.intake.calendar_file import WINDOW, open_calendar
from core.intake.formats import FileRefused
from core.intake.imports import ImportRefused
from core.intake.preview import excerpt, preview
from tests.core.intake.content import AT, bring_in, content, stock
from tests.databases import CopyOf

DAY = AT.date()
ADA = "ada.moreau@northwind.example"
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LISBON = ZoneInfo("Europe/Lisbon")


@pytest.fixture
def stocked_events(copy_of: CopyOf) -> Iterator[Engine]:
    """Both databases, with three people."""
    engine = make_engine(copy_of("stocked", stock))
    yield engine
    engine.dispose()


def calendar(path: Path, *events: tuple[str, ...], owner: str = ADA) -> Path:
    """A calendar of one owner with these events, each given by its lines."""
    lines = [line for event in events for line in ("BEGIN:VEVENT", *event, "END:VEVENT")]
    text = "\r\n".join(["BEGIN:VCALENDAR", f"X-OWNER:mailto:{owner}", *lines, "END:VCALENDAR", ""])
    path.write_text(text, encoding="utf-8", newline="")
    return path


def to_the_minute(at: time) -> time:
    """Without seconds."""
    return at.replace(second=0, microsecond=0)


def came(path: Path, day: date | None = DAY) -> list[str]:
    """The times at which the events of a calendar came."""
    return [str(record.cells[1]) for record in open_calendar(path, ImportOptions(day=day)).records]


@given(
    start=st.builds(datetime.combine, st.dates(date(2023, 1, 1), date(2026, 3, 20)), st.times().map(to_the_minute)),
    interval=st.integers(1, 5),
    days=st.sets(st.sampled_from(DAYS), min_size=1),
    count=st.none() | st.integers(1, 60),
    weekly=st.booleans(),
)
def test_repeated_events_come_on_the_days_that_counting_gives(
    tmp_path_factory: pytest.TempPathFactory,
    start: datetime,
    interval: int,
    days: set[str],
    count: int | None,
    weekly: bool,
) -> None:
    """Every few days on some weekdays, or every few weeks: as when one goes from day to day, in local time, in the window."""
    rule = f"FREQ={'WEEKLY' if weekly else 'DAILY'};INTERVAL={interval};BYDAY={','.join(sorted(days))}"
    rule += f";COUNT={count}" if count else ""
    begins = f"DTSTART;TZID=Europe/Lisbon:{start:%Y%m%dT%H%M%S}"
    path = calendar(tmp_path_factory.mktemp("ics") / "c.ics", (begins, f"RRULE:{rule}"))

    expected = []
    left = count
    day = start.date()
    while day <= DAY and left != 0:
        whole = (monday_of(day) - monday_of(start.date())).days // 7 if weekly else (day - start.date()).days
        if whole % interval == 0 and DAYS[day.weekday()] in days:
            expected.append(day)
            left = left - 1 if left else None
        day += timedelta(days=1)
    window = monday_of(DAY) - WINDOW
    wanted = sorted(each for each in {*expected, start.date()} if each >= window)
    if not wanted:
        with pytest.raises(FileRefused, match="before or after these weeks"):
            came(path)
        return
    local = [datetime.combine(each, start.time()).replace(tzinfo=LISBON) for each in wanted]
    assert came(path) == [each.isoformat() for each in local]


def test_words_of_an_event_are_neither_read_nor_kept(stocked_events: Engine, tmp_path: Path) -> None:
    """Title, place and notes of an event are nowhere in the database, nor are the names that the event has for itself."""
    words = ("SUMMARY:Zanzibar", "DESCRIPTION:Zanzibar", "LOCATION:Zanzibar", "UID:Zanzibar", "X-ALT-DESC:Zanzibar")
    path = calendar(tmp_path / "c.ics", (*words, "DTSTART:20260316T090000Z"))

    summary = bring_in(stocked_events, "activity-events", path)

    assert summary.counts.loaded == 1
    assert "Zanzibar" not in repr(content(stocked_events)) + repr(summary)


def test_the_same_calendar_again_changes_nothing(stocked_events: Engine, tmp_path: Path) -> None:
    """A calendar is a file of events like any other."""
    path = calendar(tmp_path / "c.ics", ("DTSTART:20260316T090000Z", "RRULE:FREQ=WEEKLY"))

    assert bring_in(stocked_events, "activity-events", path).counts.loaded == 3
    assert not bring_in(stocked_events, "activity-events", path).changed


def test_all_damaged_events_are_told_with_their_lines(stocked_events: Engine, tmp_path: Path) -> None:
    """Each with the line at which it begins, its place and its UID; the errors file has them in order."""
    events = [("UID:a", "DTSTART:x"), ("UID:b", "DTSTART:20260316T090000Z"), ("DTSTART:y",)]

    with pytest.raises(ImportRefused) as refused:
        bring_in(
            stocked_events,
            "activity-events",
            calendar(tmp_path / "c.ics", *events),
            errors_file=tmp_path / "errors.csv",
        )

    places = [(each.row, each.column, each.value, each.problem.partition(". ")[2]) for each in refused.value.problems]
    assert places == [(3, "DTSTART", "x", "Event 1, UID a."), (11, "DTSTART", "y", "Event 3.")]
    told = (tmp_path / "errors.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[1] for line in told] == ["row", "3", "11"]


def test_a_preview_shows_a_calendar_as_events(tmp_path: Path) -> None:
    """The page takes it for a file of events, shows its first times, and finds a row again by the line of its event."""
    path = calendar(tmp_path / "c.ics", ("DTSTART:20260316T090000Z", "RRULE:FREQ=DAILY"), ("DTSTART:20260317T100000Z",))

    seen = preview(path, ImportOptions())

    assert (seen.kinds[0], seen.fits, seen.header) == ("activity-events", True, ("actor", "time", "source"))
    assert [record.cells[1] for record in seen.rows] == [
        "2026-03-16T09:00:00Z",
        "2026-03-17T09:00:00Z",
        "2026-03-17T10:00:00Z",
    ]
    assert excerpt(path, "activity-events", ImportOptions(), [7])[1] == {7: (ADA, "2026-03-17T10:00:00Z", "calendar")}


def test_what_is_still_to_come_does_not_count(tmp_path: Path) -> None:
    """A series without an end goes on to the day of the import, and not a day further."""
    path = calendar(tmp_path / "c.ics", ("DTSTART:20260101T090000Z", "RRULE:FREQ=DAILY"))

    assert came(path)[-1] == "2026-03-30T09:00:00Z"
    assert len(came(path, date(2026, 1, 31))) == 31


def test_calendars_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of events, and how often they come all together, has an end that is told."""
    path = calendar(tmp_path / "c.ics", *[(f"DTSTART:2026031{day}T090000Z", "RRULE:FREQ=DAILY") for day in range(3)])

    monkeypatch.setattr(calendar_file, "MAX_TIMES", 40)
    with pytest.raises(FileRefused, match="more than 40 times"):
        came(path)
    monkeypatch.setattr(calendar_lines, "MAX_EVENTS", 2)
    with pytest.raises(FileRefused, match="more than 2 events"):
        came(path)


def test_a_time_is_by_the_clock_of_the_one_whose_event_it_is(tmp_path: Path) -> None:
    """An own event keeps the clock of its place; the invitation of somebody else goes in as UTC."""
    begins = "DTSTART;TZID=Asia/Tokyo:20260316T090000"
    own = calendar(tmp_path / "own.ics", (begins, f"ORGANIZER:MAILTO:{ADA.upper()}"))
    invited = calendar(tmp_path / "invited.ics", (begins, "ORGANIZER:mailto:somebody@elsewhere.example"))

    assert came(own) == ["2026-03-16T09:00:00+09:00"]
    assert came(invited) == [f"{datetime(2026, 3, 16, tzinfo=UTC):%Y-%m-%dT%H:%M:%S}Z"]
