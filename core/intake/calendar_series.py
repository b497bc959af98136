"""Events of a calendar that repeat: on which days they came, within a window and never without end (RFC 5545, 3.3.10)."""

from collections.abc import Iterable
from datetime import MAXYEAR, datetime, time, timedelta

from core.intake.calendar_lines import Clock, Damaged, Line
from core.intake.formats import FileRefused

MAX_OF_SERIES = 1_000  # a day has one at most, and a window is 104 weeks
LONGEST_REST = timedelta(days=40 * 366)
_DAILY = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_PARTS = frozenset(
    (
        "FREQ",
        "INTERVAL",
        "COUNT",
        "UNTIL",
        "BYDAY",
        "BYMONTHDAY",
        "BYYEARDAY",
        "BYWEEKNO",
        "BYMONTH",
        "BYSETPOS",
        "WKST",
    )
)
_CLOCK_PARTS = frozenset(("BYHOUR", "BYMINUTE", "BYSECOND"))
_CYCLE = timedelta(days=146_097)  # the calendar repeats itself after 400 years, days of the week included
_REMEDY = "Write the events out one by one, or correct the rule."


def repeated(start: Clock, rules: Iterable[Line], first: datetime, last: datetime) -> list[datetime]:
    """Times by the wall clock of `start` at which the rules make an event come, from `first` to `last`, without `start`.

    Raises:
        Damaged: a rule cannot be read, repeats within a day, or comes more than MAX_OF_SERIES times.
        FileRefused: a rule never comes true; to find that out costs time, so the file is not read any further.
    """
    found: set[datetime] = set()
    for rule in rules:
        found |= _of_rule(start, rule.value, first, last)
        if len(found) > MAX_OF_SERIES:
            raise Damaged("RRULE", rule.value[:200], f"This event comes more than {MAX_OF_SERIES:,} times.", _REMEDY)
    found.discard(start.wall)
    return sorted(found)


def _of_rule(start: Clock, text: str, first: datetime, last: datetime) -> set[datetime]:
    from dateutil.rrule import rrulestr
    from icalendar.prop import vRecur

    unread = Damaged("RRULE", text[:200], "This rule of repetition cannot be read.", _REMEDY)
    try:
        parts = vRecur.from_ical(text)
        names = {str(name).upper() for name in parts}
        if (
            "FREQ" not in names
            or not names <= _PARTS | _CLOCK_PARTS
            or any(len(parts[name]) > 1 for name in _CLOCK_PARTS & names)
        ):
            raise unread
        if parts["FREQ"][0] not in _DAILY:
            raise Damaged("RRULE", text[:200], "This event comes more often than once a day.", _REMEDY)
        if int(parts.get("INTERVAL", [1])[0]) < 1 or int(parts.get("COUNT", [1])[0]) < 1:
            raise unread
        wanted = int(parts["COUNT"][0]) if "COUNT" in parts else None
        end = min([last, *(_wall(each, start) for each in parts.pop("UNTIL", []))])
        shift = _CYCLE * ((MAXYEAR - 1 - max(start.wall.year, end.year)) // 400)
        # without UNTIL and in the last cycle before the year 9999, where the library gives up on a rule that never holds
        rule = rrulestr(parts.to_ical().decode(), dtstart=start.wall + shift)
    except (ValueError, TypeError, OverflowError, KeyError, IndexError) as error:
        raise unread from error
    return _followed(rule, wanted, shift, first, end, text)


def _followed(
    rule: Iterable[datetime], wanted: int | None, shift: timedelta, first: datetime, end: datetime, text: str
) -> set[datetime]:
    found: set[datetime] = set()
    came = 0
    before = end
    try:
        for moved in rule:
            at = moved - shift
            came += 1
            if at > end:
                if at - before > LONGEST_REST:
                    break
                return found
            before = at
            if at >= first:
                found.add(at)
                if len(found) > MAX_OF_SERIES:
                    raise Damaged("RRULE", text[:200], f"This event comes more than {MAX_OF_SERIES:,} times.", _REMEDY)
    except (ValueError, OverflowError) as error:  # beyond the last year
        raise Damaged("RRULE", text[:200], "This rule of repetition cannot be read.", _REMEDY) from error
    if wanted is not None and came >= wanted:
        return found
    raise FileRefused(None, text[:200], "A rule of repetition in this calendar names days that never come.", _REMEDY)


def _wall(until: object, start: Clock) -> datetime:
    """The end of a rule by the wall clock of its event; a day counts to its end."""
    if isinstance(until, datetime):
        return Clock(until.replace(tzinfo=None), "UTC" if until.tzinfo is not None else None).on(start.zone)
    return datetime.combine(until, time.max)  # type: ignore[arg-type]  # a date, or a TypeError that is told
