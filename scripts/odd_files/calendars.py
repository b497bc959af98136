"""Calendars: whose an event is, on which clock it stands, how it repeats, and what in it is no work."""

import gzip

from scripts.odd_files.entry import EVENTS, Accepted, OddFile, Refused, Stored, odd, text

ADA, TOMASZ, GUEST = "ada.moreau@northwind.example", "tomasz.nowak@northwind.example", "guest@elsewhere.example"
_START = "DTSTART:20260316T140500Z"
_READ = "Their words were not"


def _event(*lines: str) -> tuple[str, ...]:
    return ("BEGIN:VEVENT", *lines, "END:VEVENT")


def _calendar(*lines: str, owner: str = f"X-OWNER:mailto:{ADA}") -> bytes:
    """A calendar; its events begin in line 4 when it has an owner."""
    head = ("BEGIN:VCALENDAR", "VERSION:2.0", *([owner] if owner else []))
    return text(*head, *lines, "END:VCALENDAR", end="\r\n")


def _hours(*places: str, person: str = "P0017") -> Stored:
    return {f"{person} {place}": {"events": 1, "source": "calendar"} for place in places}


def _read(name: str, why: str, content: bytes, stored: Stored, *notes: str) -> OddFile:
    return odd(name, why, content, Accepted(len(stored), stored, (_READ, *notes)), EVENTS)


def _damaged(name: str, why: str, line: str, problem: str, remedy: str) -> OddFile:
    """An event with one line that is wrong, after one that is right."""
    column, _, value = line.partition(":")
    value = column.partition("TZID=")[2] if "zone" in problem else value
    start = () if line.startswith("DTSTART") else (_START,)
    content = _calendar(*_event("UID:1", _START), *_event("UID:other@x", *start, line))
    return odd(name, why, content, Refused(8, problem, remedy, column.partition(";")[0], value[:20]), EVENTS)


def _never(name: str, why: str, rule: str) -> OddFile:
    content = _calendar(*_event("UID:1", _START, f"RRULE:{rule}"))
    return odd(name, why, content, Refused(4, "days that never come", "one by one", value=rule), EVENTS)


FILES: tuple[OddFile, ...] = (
    _read(
        "calendar.ics",
        "A calendar as calendar programs write it: of UTC, with lines that are folded, in a title too, and an alarm.",
        _calendar(
            *_event(
                "UID:one",
                "SUMMARY:About somebody",
                " DTSTART:20260301T000000Z",
                "DTSTART",
                " :20260316T140500Z",
                "BEGIN:VALARM",
                "DTSTART:20260316T190000Z",
                "END:VALARM",
            )
        ),
        _hours("2026-03-16 1 14"),
    ),
    _read(
        "calendar-packed.ics.gz",
        "A calendar packed with gzip.",
        gzip.compress(_calendar(*_event(_START)), mtime=0),
        _hours("2026-03-16 1 14"),
    ),
    _read(
        "calendar-zones.ics",
        "The owner's own event by the clock of Tokyo, and one by the name that Windows has for a zone.",
        _calendar(
            *_event("DTSTART;TZID=Asia/Tokyo:20260316T233000"),
            *_event("DTSTART;TZID=W. Europe Standard Time:20260317T090000"),
            *_event('DTSTART;TZID="/mozilla.org/20050126_1/Europe/Berlin":20260318T090000'),
        ),
        _hours("2026-03-16 1 23", "2026-03-16 2 9", "2026-03-16 3 9"),
    ),
    _read(
        "calendar-invitation.ics",
        "Somebody in New York invites for 17:00 there, which is 21:00 in the owner's own zone.",
        _calendar(*_event("DTSTART;TZID=America/New_York:20260316T170000", f"ORGANIZER:mailto:{GUEST}")),
        _hours("2026-03-16 1 21"),
    ),
    _read(
        "calendar-floating.ics",
        "A time without a zone, which the format says is the same on every clock.",
        _calendar(*_event("DTSTART:20260316T090000")),
        _hours("2026-03-16 1 9"),
        "first in line 4",
    ),
    _read(
        "calendar-weekly.ics",
        "A series without an end over the change to summer time: one time taken out, one moved, one cancelled.",
        _calendar(
            *_event(
                "UID:series",
                "DTSTART;TZID=Europe/Lisbon:20260309T090000",
                "RRULE:FREQ=WEEKLY;BYDAY=MO,TH",
                "EXDATE;TZID=Europe/Lisbon:20260312T090000",
            ),
            *_event("UID:series", "RECURRENCE-ID:20260316T090000Z", "DTSTART:20260316T160000Z"),
            *_event("UID:series", "RECURRENCE-ID;TZID=Europe/Lisbon:20260319T090000", "STATUS:CANCELLED"),
        ),
        _hours("2026-03-09 1 9", "2026-03-16 1 16", "2026-03-23 1 9", "2026-03-23 4 9", "2026-03-30 1 9"),
        "Repeated events: 1. They came 4 times",
        "1 cancelled",
    ),
    _read(
        "calendar-counted.ics",
        "Series that end after three times, at a moment in UTC, and on a day; and one of single times.",
        _calendar(
            *_event("DTSTART:20260302T080000Z", "RRULE:FREQ=DAILY;INTERVAL=2;COUNT=3"),
            *_event("DTSTART;TZID=Europe/Lisbon:20260309T090000", "RRULE:FREQ=DAILY;UNTIL=20260310T090000Z"),
            *_event("DTSTART:20260316T100000Z", "RRULE:FREQ=DAILY;UNTIL=20260317"),
            *_event("DTSTART:20260323T110000Z", "RDATE:20260324T110000Z,20260325T110000Z"),
        ),
        _hours(
            *("2026-03-02 1 8", "2026-03-02 3 8", "2026-03-02 5 8", "2026-03-09 1 9", "2026-03-09 2 9"),
            *("2026-03-16 1 10", "2026-03-16 2 10", "2026-03-23 1 11", "2026-03-23 2 11", "2026-03-23 3 11"),
        ),
        "Repeated events: 3",
    ),
    _read(
        "calendar-left-out.ics",
        "A day off, an event called off, one shown as free, a private one, one declined, one tomorrow, one twice.",
        _calendar(
            *_event("DTSTART;VALUE=DATE:20260317"),
            *_event("DTSTART:20260317T090000Z", "STATUS:CANCELLED"),
            *_event("DTSTART:20260317T090000Z", "TRANSP:TRANSPARENT"),
            *_event("DTSTART:20260317T090000Z", "X-MICROSOFT-CDO-BUSYSTATUS:OOF"),
            *_event("DTSTART:20260317T090000Z", "CLASS:PRIVATE"),
            *_event("DTSTART:20260317T090000Z", f"ATTENDEE;PARTSTAT=DECLINED:mailto:{ADA.upper()}"),
            *_event("DTSTART:20260331T090000Z"),
            *_event("DTSTART:20240329T090000Z"),
            *_event("UID:same", "SEQUENCE:2", _START),
            *_event("UID:same", "SEQUENCE:1", "DTSTART:20260317T090000Z"),
        ),
        _hours("2026-03-16 1 14"),
        "1 of whole days, 1 cancelled, 2 shown as free or away, 1 private, 1 declined, or accepted by nobody, "
        "2 before or after these weeks, 1 there a second time",
    ),
    _read(
        "calendar-without-owner.ics",
        "No owner: the organiser and who accepted; a room and a guest who did not answer are nobody here.",
        _calendar(
            *_event(
                _START,
                f'ORGANIZER;CN="Moreau: Ada":mailto:{ADA}',
                f"ATTENDEE;PARTSTAT=ACCEPTED:MAILTO:{ADA}",
                f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{TOMASZ}",
                f"ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:{GUEST}",
                "ATTENDEE;CUTYPE=ROOM;PARTSTAT=ACCEPTED:mailto:room@northwind.example",
            ),
            owner="X-WR-CALNAME:Team",
        ),
        _hours("2026-03-16 1 14") | _hours("2026-03-16 1 14", person="P0021"),
    ),
    _read(
        "calendar-two-owners.ics",
        "Two calendars in one file, of two people, with the meeting of both in each.",
        b"".join(
            _calendar(*_event("UID:both", _START, f"ORGANIZER:mailto:{ADA}"), owner=f"X-WR-CALNAME:{owner}")
            for owner in (ADA, TOMASZ)
        ),
        _hours("2026-03-16 1 14") | _hours("2026-03-16 1 14", person="P0021"),
    ),
    odd(
        "calendar-of-a-stranger.ics",
        "An owner who is nobody on record.",
        _calendar(*_event("UID:e@x", _START), owner=f"X-OWNER:mailto:{GUEST}"),
        Refused(4, "on record. Event 1, UID e@x", "Import the person first", "actor", GUEST),
        EVENTS,
    ),
    odd(
        "calendar-of-nobody.ics",
        "No owner, no organiser, nobody invited.",
        _calendar(*_event(_START), owner=""),
        Refused(3, "names no owner. Event 1.", "X-OWNER:mailto:", "ORGANIZER"),
        EVENTS,
    ),
    _damaged(
        "calendar-date-with-dashes.ics",
        "A time as tables write it.",
        "DTSTART:2026-03-16T14:05Z",
        "UID other@x",
        "as 2026",
    ),
    _damaged("calendar-hour-25.ics", "The 25th hour.", "DTSTART:20260316T250000Z", "not a time", "with TZID"),
    _damaged("calendar-year-1200.ics", "The year 1200.", "DTSTART:12000316T090000Z", "1970 to 2100", "with TZID"),
    _damaged(
        "calendar-unknown-zone.ics",
        "A zone that only its maker knows.",
        "DTSTART;TZID=Customized Time Zone 1:20260316T090000",
        "time zone is not known",
        "IANA name",
    ),
    _damaged(
        "calendar-bad-exdate.ics", "A time taken out that is none.", "EXDATE:yesterday", "not a time", "with TZID"
    ),
    _damaged("calendar-rule-of-words.ics", "A rule in words.", "RRULE:every Monday", "cannot be read", "one by one"),
    _damaged(
        "calendar-no-interval.ics", "Every 0 days.", "RRULE:FREQ=DAILY;INTERVAL=0", "cannot be read", "one by one"
    ),
    _damaged("calendar-each-second.ics", "Every second.", "RRULE:FREQ=SECONDLY", "than once a day", "one by one"),
    _damaged(
        "calendar-all-later.ics",
        "A change of this and all later times of a series.",
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20260316T140500Z",
        "all later events",
        "series of their own",
    ),
    _never("calendar-30-february.ics", "Each 30 February.", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"),
    _never("calendar-ninth-monday.ics", "The second Monday of a week.", "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2;COUNT=5"),
    odd(
        "calendar-cut.ics",
        "A calendar that breaks off within an event.",
        _calendar(*_event("UID:1", _START)).partition(b"END:VEVENT")[0],
        Refused(6, "breaks off here", "END:VCALENDAR"),
        EVENTS,
    ),
    odd(
        "calendar-crossed.ics",
        "An event that ends after its calendar.",
        text("BEGIN:VCALENDAR", "BEGIN:VEVENT", _START, "END:VCALENDAR", "END:VEVENT", end="\r\n"),
        Refused(4, "Here VEVENT should end", "again", value="END:VCALENDAR"),
        EVENTS,
    ),
    odd(
        "calendar-is-a-card.ics",
        "An address book.",
        text("BEGIN:VCARD", "FN:Ada", "END:VCARD", end="\r\n"),
        Refused(1, "not a calendar file", "BEGIN:VCALENDAR", value="BEGIN:VCARD"),
        EVENTS,
    ),
    odd(
        "calendar-of-holidays.ics",
        "Public holidays: nothing that tells of work.",
        _calendar(*_event("DTSTART;VALUE=DATE:20260403"), *_event("DTSTART;VALUE=DATE:20260406")),
        Refused(None, "No event of this calendar counts. Events left out: 2 of whole days", "events that have a time"),
        EVENTS,
    ),
)
