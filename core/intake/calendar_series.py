"""Events of a calendar that repeat: on which days they came, within a window and never without end (RFC 5545, 3.3.10)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import MAXYEAR, datetime, time, timedelta

from core.intake.calendar_lines import Clock, Damaged, Line
from core.intake.formats import FileRefused

MAX_STEPS = 3_000_000  # for all rules of a file, in days that are looked at; a few seconds
MAX_RULE = 2_000  # characters
MAX_LIST = 62  # entries of a list; BYMONTHDAY has no more
MAX_SETPOS = 12
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
_PERIOD = {"DAILY": (1, 1), "WEEKLY": (7, 2), "MONTHLY": (28, 4), "YEARLY": (365, 15)}  # days, and steps that it costs
_END = datetime(MAXYEAR, 12, 31)  # noqa: DTZ001  # by the wall clock
_CLOCK_PARTS = frozenset(("BYHOUR", "BYMINUTE", "BYSECOND"))
_CYCLE = timedelta(days=146_097)  # the calendar repeats itself after 400 years, days of the week included
_REMEDY = "Write the events out one by one, or correct the rule."


class Steps:
    """What following the rules of a file may still cost."""

    def __init__(self) -> None:
        self._left = MAX_STEPS

    def take(self, steps: int) -> None:
        """So many more.

        Raises:
            FileRefused: there are none left.
        """
        self._left -= steps
        if self._left < 0:
            raise FileRefused(
                None,
                "",
                "The rules of repetition of this calendar take too long to follow.",
                "Export a shorter time, or one calendar after the other.",
            )


def repeated(start: Clock, rules: Sequence[Line], first: datetime, last: datetime, steps: Steps) -> list[datetime]:
    """Times by the wall clock of `start` at which the rules make an event come, from `first` to `last`, without `start`.

    Raises:
        Damaged: there are several rules, or one cannot be read, repeats within a day, comes more than MAX_OF_SERIES times.
        FileRefused: a rule never comes true; to find that out costs time, so the file is not read any further.
    """
    if len(rules) > 1:
        raise Damaged(
            "RRULE",
            "",
            "This event has more than one rule of repetition.",
            "Write an event of its own for each rule.",
        )
    found = _of_rule(start, rules[0].value, first, last, steps) if rules else set()
    found.discard(start.wall)
    return sorted(found)


def _of_rule(start: Clock, text: str, first: datetime, last: datetime, steps: Steps) -> set[datetime]:
    from dateutil.rrule import rrulestr
    from icalendar.prop import vRecur

    _refuse_long(text)
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
        begin = start.wall if wanted is not None or end < first else _nearer(start.wall, parts, first)
        rule = rrulestr(parts.to_ical().decode(), dtstart=begin + shift)
    except (ValueError, TypeError, OverflowError, KeyError, IndexError) as error:
        raise unread from error
    if end < first:
        return set()
    days, cost = _PERIOD[parts["FREQ"][0]]
    cost *= 1 + len(parts.get("BYSETPOS", []))
    pace = days * int(parts.get("INTERVAL", [1])[0])
    return _followed(_counted(rule, begin + shift, pace, cost, steps), wanted, shift, first, end, text)


def _refuse_long(text: str) -> None:
    """Nothing, for a rule that is no longer than anybody writes.

    Raises:
        Damaged: the rule has longer lists; each entry is looked at for each day.
    """
    if len(text) > MAX_RULE:
        raise Damaged("RRULE", text[:200], f"This rule has more than {MAX_RULE:,} characters.", _REMEDY)
    for part in text.split(";"):
        name, _, entries = part.partition("=")
        most = MAX_SETPOS if name.strip().upper() == "BYSETPOS" else MAX_LIST
        if entries.count(",") >= most:
            raise Damaged("RRULE", text[:200], f"This rule has a list of more than {most} entries.", _REMEDY)


def _nearer(start: datetime, parts: Mapping[str, Sequence[object]], first: datetime) -> datetime:
    """A later beginning from which a rule without COUNT comes on the same days from `first` on: by whole intervals."""
    frequency, interval = str(parts["FREQ"][0]), int(str(parts.get("INTERVAL", [1])[0]))
    room = first - timedelta(days=2 * _PERIOD[frequency][0]) - start  # the first period may be cut by its beginning
    if room <= timedelta(0):
        return start
    if frequency in ("DAILY", "WEEKLY"):
        step = timedelta(days=interval * (7 if frequency == "WEEKLY" else 1))
        return start + room // step * step
    months = interval * (12 if frequency == "YEARLY" else 1)
    for times in range(room.days // 31 // months, 0, -1):
        years, month = divmod(start.month - 1 + times * months, 12)
        try:
            return start.replace(year=start.year + years, month=month + 1)
        except ValueError:  # no such day in that month
            continue
    return start


def _counted(rule: Iterable[datetime], begin: datetime, pace: int, cost: int, steps: Steps) -> Iterator[datetime]:
    """The times of a rule. What lies between two is counted too, as the library goes through it; a rule that never comes ends the
    reading of the file, so its last years are not."""
    before = begin
    try:
        for at in rule:
            steps.take(1 + cost * ((at - before).days // pace))
            before = at
            yield at
    except (ValueError, OverflowError):
        steps.take(cost * (_END - before).days // pace)
        raise


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
