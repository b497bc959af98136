"""ISO weeks named by their Monday, quarters of thirteen ISO weeks, and the one clock of the house.

Time is an argument everywhere else: only `today` and `now` read the clock, and only edges (command line, pages) call them.
"""

from datetime import UTC, date, datetime, timedelta

WEEK = timedelta(days=7)


def today() -> date:
    """The current date in UTC. For edges only."""
    return datetime.now(UTC).date()


def now() -> datetime:
    """The current instant, aware, in UTC. For edges only."""
    return datetime.now(UTC)


def monday_of(day: date) -> date:
    """The Monday of the ISO week that holds `day`."""
    return day - timedelta(days=day.weekday())


def is_monday(day: date) -> bool:
    """True when `day` can name a week."""
    return day.weekday() == 0


def quarter_start(monday: date) -> date:
    """The first Monday of the block of 13 ISO weeks that holds the week `monday`.

    Blocks start in ISO weeks 1, 14, 27 and 40; a 53rd week belongs to the fourth block. Fixed by the calendar alone, so
    that nothing about people decides when units are put together.
    """
    year, week, _ = monday.isocalendar()
    block = min((week - 1) // 13, 3)
    return date.fromisocalendar(year, block * 13 + 1, 1)


def is_closed(monday: date, as_of: date, close_after_days: int) -> bool:
    """True when the week `monday` is closed on `as_of`: `close_after_days` after its Sunday have passed."""
    return as_of >= monday + timedelta(days=6 + close_after_days)


def last_closed_week(as_of: date, close_after_days: int) -> date:
    """The latest week that is closed on `as_of`."""
    return monday_of(as_of - timedelta(days=6 + close_after_days))


def label(day: date) -> str:
    """A short date for people, such as `9 Nov`."""
    return f"{day.day} {day:%b}"


def long_label(day: date) -> str:
    """A full date for people, such as `15 November 2026`."""
    return f"{day.day} {day:%B} {day.year}"
