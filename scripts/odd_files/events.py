"""Events: on whose clock a time stands, who did it, and a calendar that is called a table."""

from scripts.odd_files.entry import EVENTS, Accepted, OddFile, Refused, odd, text

_HEADER = "actor,time,offset,zone"
_NO_TIME = "not a time"
_RIGHT = "2026-03-09T14:05+01:00"


def _events(*rows: str) -> bytes:
    return text(_HEADER, *(f"P0017,{row}" for row in rows))


def _refused(name: str, why: str, row: str, problem: str = _NO_TIME, column: str = "time") -> OddFile:
    """One event whose time cannot be placed."""
    remedy = "IANA name" if column == "zone" else _RIGHT
    value = row.split(",")[{"time": 0, "offset": 1, "zone": 2}[column]]
    return odd(name, why, _events(row), Refused(2, problem, remedy, column, value), EVENTS)


FILES: tuple[OddFile, ...] = (
    odd(
        "events-with-offsets.csv",
        "Late in the evening in New York and early in the morning in Tokyo: local time counts, as it is written.",
        _events("2026-03-16T23:30-05:00,,", "2026-03-16 06:10:59.250 +0900,,"),
        Accepted(2, {"P0017 2026-03-16 1 23": {"events": 1}, "P0017 2026-03-16 1 6": {"events": 1}}),
        EVENTS,
    ),
    odd(
        "events-in-another-zone.csv",
        "A Sunday in UTC that is a Monday, and another week, where the work was done.",
        _events("2026-03-15T23:30Z,,Asia/Tokyo"),
        Accepted(1, {"P0017 2026-03-16 1 8": {"events": 1, "rest_day": 0}}),
        EVENTS,
    ),
    odd(
        "events-around-summer-time.csv",
        "Half an hour before and half an hour after the hour that does not exist in Lisbon on 29 March 2026.",
        _events("2026-03-29T00:30Z,,Europe/Lisbon", "2026-03-29T01:30Z,,Europe/Lisbon"),
        Accepted(2, {"P0017 2026-03-23 7 0": {"events": 1}, "P0017 2026-03-23 7 2": {"events": 1, "rest_day": 1}}),
        EVENTS,
    ),
    _refused("events-without-a-clock.csv", "A time that could be on anybody's clock.", "2026-03-16T14:05,,", "neither"),
    _refused(
        "events-with-two-offsets.csv",
        "The time has an offset, and the column beside it another.",
        "2026-03-16T14:05+01:00,+02:00,",
        "another offset",
    ),
    _refused("events-in-seconds.csv", "Seconds since 1970.", "1773669900,,"),
    _refused("events-without-a-time.csv", "Days without a time.", "2026-03-16,,"),
    _refused("events-month-first.csv", "Month, day and year, and a time.", "03/16/2026 14:05 +01:00,,"),
    _refused("events-leap-second.csv", "A leap second, which no clock here has.", "2026-03-16T23:59:60Z,,"),
    _refused("events-at-24.csv", "Midnight as the 24th hour.", "2026-03-16T24:00Z,,"),
    _refused("events-far-offset.csv", "An offset further than any place on earth.", "2026-03-16T14:05+15:00,,"),
    _refused(
        "events-zone-by-letters.csv",
        "A zone by its German letters.",
        "2026-03-16T14:05Z,,MEZ",
        "not a time zone",
        "zone",
    ),
    odd(
        "events-of-a-machine.csv",
        "Two events of a build server, which is nobody on record: told once.",
        text(_HEADER, "ci-bot,2026-03-16T14:05Z,,", "P0017,2026-03-16T14:05Z,,", "ci-bot,2026-03-16T15:05Z,,"),
        Refused(2, "nobody with this id or address", "those of machines", "actor", "ci-bot"),
        EVENTS,
    ),
    odd(
        "calls.csv",
        "What a telephone system writes of calls: the agent, the start with its offset, and much that is not read.",
        text(
            "Call ID,Agent,Call Start,Duration (s),Queue,Caller",
            "c-9001,P0017,2026-03-09T19:40:12+00:00,312,Support,+35121000000",
            "c-9002,P0017,2026-03-09T19:55:00+00:00,45,Support,+35121000001",
            "c-9003,P0017,2026-03-10T09:05:00+00:00,600,Sales,+35121000002",
        ),
        Accepted(
            3,
            {
                "P0017 2026-03-09 1 19": {"events": 2, "outside": 2},
                "P0017 2026-03-09 2 9": {"events": 1, "outside": 0},
            },
            ignored_columns=("Call ID", "Duration (s)", "Queue", "Caller"),
        ),
        EVENTS,
    ),
    odd(
        "calendar.csv",
        "A calendar that is called .csv.",
        text("BEGIN:VCALENDAR", "BEGIN:VEVENT", "DTSTART:20260316T140500Z", "END:VEVENT", "END:VCALENDAR", end="\r\n"),
        Refused(1, "only one column", "comma, semicolon", value="BEGIN:VCALENDAR"),
        EVENTS,
    ),
)
