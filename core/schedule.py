"""Working schedules as people write them, such as `Mo-Th 08:00-17:00, Fr 08:00-13:00`, and time zones by their IANA names.

A schedule is a set of minutes of the week in local time. A span that ends before it starts runs into the next morning and
belongs to the day on which it starts: after a shift `Fr 22:00-06:00`, Saturday 03:00 lies inside, and Saturday is a rest day.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
LONGEST = 200  # characters
DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
LONG_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = r"([a-z]+)(?:\s*[-–]\s*([a-z]+))?"
_SPAN = r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})"
_PART = re.compile(rf"{_DAY}((?:\s+{_SPAN})*)", re.ASCII)
_SPANS = re.compile(_SPAN, re.ASCII)


class NoSchedule(ValueError):
    """The text is not a schedule; the message says which part of it."""


@dataclass(frozen=True)
class Schedule:
    """Own working time in a week. `minutes`: for each minute from Monday 00:00 whether it lies inside (10,080 of them).

    days: ISO weekdays (1 is Monday) on which work starts; the others are rest days.
    """

    minutes: tuple[bool, ...]
    days: frozenset[int]

    def covers(self, weekday: int, minute: int) -> bool:
        """Whether a local minute of a day lies inside. weekday: 1 is Monday. minute: from midnight, 0 to 1439."""
        return self.minutes[(weekday - 1) * DAY_MINUTES + minute]


@lru_cache(maxsize=4096)
def parse_schedule(text: str) -> Schedule:
    """The schedule that the text writes: parts separated by commas, each with days and one or more spans of time.

    `Mo-Fr 09:00-12:30 13:30-17:30`, `Mo-Th 08:00-17:00, Fr 08:00-13:00`, `Mo, We, Fr 09:00-15:00` (days without a span take
    that of the next part), `Mo-Fr 22:00-06:00` (into the next morning), `Sa-Mo 10:00-24:00`. Days by two letters or more of
    their English name.

    Raises:
        NoSchedule: a part has no such form, a time does not exist, or the last part has no span.
    """
    minutes = [False] * WEEK_MINUTES
    scheduled: set[int] = set()
    waiting: list[int] = []
    for part in re.split(r"[,;]", text):
        found = _PART.fullmatch(part.strip().casefold())
        if found is None:
            raise NoSchedule(f"'{part.strip()}' is not days with times, such as Mo-Fr 09:00-17:30.")
        waiting += _days(found[1], found[2])
        for hours in _SPANS.finditer(found[3]):
            start, end = _minute(hours[1], hours[2]), _minute(hours[3], hours[4])
            if start in (end, DAY_MINUTES):
                raise NoSchedule(f"'{hours[0]}' is no span of time: it needs a start and a later end.")
            length = end - start if end > start else end - start + DAY_MINUTES
            for day in waiting:
                for minute in range(length):
                    minutes[(day * DAY_MINUTES + start + minute) % WEEK_MINUTES] = True
        if found[3].strip():
            scheduled.update(waiting)
            waiting = []
    if waiting:
        raise NoSchedule(f"'{text.strip()}' ends with days that have no times.")
    return Schedule(tuple(minutes), frozenset(day + 1 for day in scheduled))


def is_schedule(text: str) -> bool:
    """Whether the text writes a schedule."""
    try:
        parse_schedule(text)
    except NoSchedule:
        return False
    return True


@lru_cache(maxsize=1024)
def is_zone(text: str) -> bool:
    """Whether the text is the IANA name of a time zone, such as Europe/Lisbon or UTC."""
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _days(first: str, last: str | None) -> list[int]:
    start = _day(first)
    return [(start + i) % 7 for i in range((_day(last) - start) % 7 + 1)] if last else [start]


def _day(text: str) -> int:
    for number, (short, long) in enumerate(zip(DAYS, LONG_DAYS, strict=True)):
        if text.startswith(short) and long.startswith(text):
            return number
    raise NoSchedule(f"'{text}' is not a day. Days: Mo, Tu, We, Th, Fr, Sa, Su.")


def _minute(hour: str, minute: str) -> int:
    found = int(hour) * 60 + int(minute)
    if int(minute) > 59 or found > DAY_MINUTES:
        raise NoSchedule(f"'{hour}:{minute}' is not a time of day (00:00 to 24:00).")
    return found
