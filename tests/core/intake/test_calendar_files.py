"""Calendars as files of events: rules of repetition against days counted out one by one, bounds, and what is not read."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from core.calendar import monday_of
from core.database.engine import make_engine
from core.delivery import ImportOptions
from core.intake import calendar_file, calendar_lines, calendar_series
from core.intake.calendar_file import WINDOW, open_calendar
from core.intake.calendar_lines import Clock, Line, _read_any, _read_plain
from core.intake.calendar_series import Steps, repeated
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
    start=st.builds(datetime.combine, st.dates(date(1990, 1, 1), date(2026, 3, 20)), st.times().map(to_the_minute)),
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


def at_nine(year: int, month: int, day: int) -> datetime:
    """Nine o'clock by the wall clock."""
    return datetime.combine(date(year, month, day), time(9))


STARTS = (at_nine(1972, 2, 29), at_nine(1985, 1, 31), at_nine(2001, 12, 30), at_nine(2019, 5, 6))
FIRST, LAST = at_nine(2024, 4, 1), at_nine(2026, 3, 30)


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;INTERVAL=13",
        "FREQ=DAILY;INTERVAL=3;BYMONTH=2,7",
        "FREQ=WEEKLY;INTERVAL=5;BYDAY=MO,SU;WKST=SU",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,WE,TH;BYSETPOS=-1",
        "FREQ=MONTHLY",
        "FREQ=MONTHLY;INTERVAL=7;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=-1,15",
        "FREQ=YEARLY",
        "FREQ=YEARLY;INTERVAL=3;BYMONTH=3,11;BYDAY=-1SU",
        "FREQ=YEARLY;BYWEEKNO=1,20,53;BYDAY=MO",
        "FREQ=DAILY;UNTIL=20250302T090000",
        "FREQ=DAILY;UNTIL=19990302T090000",
    ],
)
def test_a_series_that_began_long_ago_comes_as_if_followed_from_its_beginning(start: datetime, rule: str) -> None:
    """Rules without a number of times are followed from near the window; the days are the same."""
    from_the_beginning = rrulestr(rule, dtstart=start).between(FIRST, LAST, inc=True)

    assert repeated(Clock(start, None), [Line({}, rule)], FIRST, LAST, Steps()) == from_the_beginning


def test_a_series_that_began_long_ago_costs_no_more_than_its_window() -> None:
    """So that many of them are read."""
    steps = Steps()

    repeated(Clock(at_nine(1970, 1, 5), None), [Line({}, "FREQ=DAILY")], FIRST, LAST, steps)

    steps.take(calendar_series.MAX_STEPS - 2 * 740)


@pytest.mark.parametrize(
    ("rules", "problem"),
    [
        ([f"FREQ=DAILY;BYSETPOS={','.join(['1'] * 13)}"], "list of more than 12 entries"),
        ([f"FREQ=MONTHLY;BYMONTHDAY={','.join(['1'] * 63)}"], "list of more than 62 entries"),
        ([f"FREQ=DAILY;{'BYMONTH=1;' * 200}"], "more than 2,000 characters"),
        (["FREQ=DAILY", "FREQ=WEEKLY"], "more than one rule"),
    ],
)
def test_rules_that_cost_too_much_are_damages_of_their_event(tmp_path: Path, rules: list[str], problem: str) -> None:
    """Lists longer than anybody writes, and several rules in one event; other events are read."""
    lines = ("DTSTART:20260316T090000Z", *(f"RRULE:{rule}" for rule in rules))
    source = open_calendar(calendar(tmp_path / "c.ics", lines, lines[:1]), ImportOptions(day=DAY))

    assert source.total == 1
    assert [(each.column, problem in each.problem) for each in source.findings] == [("RRULE", True)]


def test_rules_of_a_file_share_a_budget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the events alone is read; all of them together would take too long, and the remedy is told."""
    monkeypatch.setattr(calendar_series, "MAX_STEPS", 60_000)
    long_ago = ("DTSTART:19700105T090000Z", "RRULE:FREQ=DAILY;COUNT=20600")

    assert len(came(calendar(tmp_path / "one.ics", long_ago))) > 700
    with pytest.raises(FileRefused, match=r"too long to follow\. Export a shorter time"):
        came(calendar(tmp_path / "two.ics", long_ago, long_ago))


def test_rules_that_end_by_their_number_cost_what_they_come() -> None:
    """The years after their last time are nothing that anybody goes through."""
    steps = Steps()

    repeated(Clock(at_nine(2026, 3, 2), None), [Line({}, "FREQ=DAILY;COUNT=5")], FIRST, LAST, steps)

    steps.take(calendar_series.MAX_STEPS - 10)


def test_changed_times_of_events_without_a_name_share_the_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each event without UID is compared with each change without UID."""
    monkeypatch.setattr(calendar_series, "MAX_STEPS", 300)
    events = [(f"DTSTART:202603{day:02}T090000Z",) for day in range(1, 21)]
    changes = [(f"DTSTART:202603{day:02}T100000Z", f"RECURRENCE-ID:202603{day:02}T090000Z") for day in range(1, 21)]

    with pytest.raises(FileRefused, match="too long to follow"):
        came(calendar(tmp_path / "c.ics", *events, *changes))


def test_an_event_with_too_many_lines_is_damaged_and_the_others_are_read(tmp_path: Path) -> None:
    """Of its lines only its name is kept."""
    many = ("UID:many", "DTSTART:20260316T090000Z", *["ATTENDEE:mailto:a@b.example"] * 2_000)
    source = open_calendar(calendar(tmp_path / "c.ics", many, ("DTSTART:20260317T090000Z",)), ImportOptions(day=DAY))

    assert source.total == 1
    assert ["more than 2,000 lines" in each.problem for each in source.findings] == [True]


def test_single_times_of_one_line_count_as_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of times is as long as as many lines, in an event and in the file."""
    times = ",".join(f"202603{day:02}T090000Z" for day in range(1, 29))
    path = calendar(tmp_path / "c.ics", ("DTSTART:20260316T090000Z", f"EXDATE:{times}"), ("DTSTART:20260317T090000Z",))

    monkeypatch.setattr(calendar_lines, "MAX_KEPT", 28)
    with pytest.raises(FileRefused, match="more than 28 lines or single times"):
        came(path)
    monkeypatch.setattr(calendar_lines, "MAX_OF_EVENT", 28)
    assert came(path) == ["2026-03-17T09:00:00Z"]


def test_text_parts_and_lines_of_a_calendar_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts within each other, a folded line, unusual lines, and the text of the whole file."""
    start = "DTSTART:20260316T090000Z"
    nested = calendar(tmp_path / "nested.ics", (start, *["BEGIN:AB"] * 9))
    folded = calendar(tmp_path / "folded.ics", ("DTSTART", *[" "] * 20_000))
    unusual = calendar(tmp_path / "unusual.ics", (start, r"UID:\n\n\n\n"))

    with pytest.raises(FileRefused, match="more than 10 parts are open"):
        came(nested)
    with pytest.raises(FileRefused, match="more than 20,000 characters"):
        came(folded)
    monkeypatch.setattr(calendar_lines, "MAX_UNUSUAL", 10)
    with pytest.raises(FileRefused, match="unusual form"):
        came(unusual)
    monkeypatch.setattr(calendar_lines, "MAX_TEXT", 100)
    with pytest.raises(FileRefused, match="MB of text"):
        came(calendar(tmp_path / "long.ics", (start, "SUMMARY:long")))


def test_the_name_of_a_folded_line_is_worked_out_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many lines are folded into one that nobody wants."""
    asked: list[str] = []
    name = calendar_lines._name
    monkeypatch.setattr(calendar_lines, "_name", lambda line: asked.append(line) or name(line))
    path = calendar(tmp_path / "c.ics", ("DTSTART:20260316T090000Z", "X" * 50, *[" "] * 1_000))

    assert len(came(path)) == 1
    assert len(asked) < 50


@given(
    start=st.sampled_from(("DTSTART", "attendee;CN=", 'ATTENDEE;CN="a b"', "ATTENDEE;", "")),
    rest=st.lists(st.sampled_from((*";:=\"',-A b\t\x01\x0b\u2028é^\\", "CN=", ';X="a,b"', "mailto:a@b")), max_size=9),
)
def test_plain_lines_are_read_as_the_library_reads_them(start: str, rest: list[str]) -> None:
    """The quick way gives what the slow one gives, or nothing."""
    line = (start + "".join(rest)).strip()
    plain = _read_plain(line)

    assert plain is None or plain == _read_any(line)


@pytest.mark.parametrize(
    "zone", ["Europe", "America", "localtime", "posixrules", "..", "a" * 300, "Talk with Bob " * 30]
)
def test_names_of_folders_and_words_are_no_zones(tmp_path: Path, zone: str) -> None:
    """They are told as unknown zones; what is too long for a zone is not quoted."""
    path = calendar(tmp_path / "c.ics", (f"DTSTART;TZID={zone}:20260316T090000",))
    (finding,) = open_calendar(path, ImportOptions(day=DAY)).findings

    assert finding.problem == "This time zone is not known."
    assert finding.value == (zone if len(zone) <= 64 else "")


@pytest.mark.parametrize(
    "text",
    [
        "SUMMARY:Bob is ill\nBEGIN:VCALENDAR\nEND:VCALENDAR\n",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDESCRIPTION:x\nEnd: of Bob's contract\nEND:VEVENT\nEND:VCALENDAR\n",
        "BEGIN:VCALENDAR\nBegin: of Bob's contract\nEND:VCALENDAR\n",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260316T090000Z\nAttendee; Bob is ill\nEND:VEVENT\nEND:VCALENDAR\n",
    ],
)
def test_malformed_lines_are_not_quoted(tmp_path: Path, text: str) -> None:
    """A broken line may hold the words of an event: its number is told, and no more of it."""
    path = tmp_path / "c.ics"
    path.write_text(text, encoding="utf-8")

    try:
        told = repr(open_calendar(path, ImportOptions(day=DAY)).findings)
    except FileRefused as refused:
        told = f"{refused} {refused.finding!r}"

    assert "again" in told or "BEGIN:VCALENDAR" in told
    assert "bob" not in told.casefold()
