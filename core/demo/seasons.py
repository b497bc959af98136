"""The year as it is felt at work: public holidays by place, and how much leave, sickness and work each week sees."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from core.demo.knobs import Knobs

Floats = npt.NDArray[np.float64]

LOCATIONS = ("Hamburg", "Utrecht", "Leeds", "Porto", "Gdańsk")
LOCATION_SHARES = (0.26, 0.22, 0.24, 0.14, 0.14)
FULL_TIME = (40.0, 40.0, 37.5, 40.0, 40.0)  # contracted hours of a full week, by location

# (month, day) of fixed holidays and days after Easter Sunday of movable ones; weekend days cost no working time
_FIXED: dict[str, tuple[tuple[int, int], ...]] = {
    "Hamburg": ((1, 1), (5, 1), (10, 3), (10, 31), (12, 25), (12, 26)),
    "Utrecht": ((1, 1), (4, 27), (12, 25), (12, 26)),
    "Leeds": ((1, 1), (12, 25), (12, 26)),
    "Porto": ((1, 1), (4, 25), (5, 1), (6, 10), (8, 15), (10, 5), (11, 1), (12, 1), (12, 8), (12, 25)),
    "Gdańsk": ((1, 1), (1, 6), (5, 1), (5, 3), (8, 15), (11, 1), (11, 11), (12, 25), (12, 26)),
}
_AFTER_EASTER: dict[str, tuple[int, ...]] = {
    "Hamburg": (-2, 1, 39, 50),
    "Utrecht": (1, 39, 50),
    "Leeds": (-2, 1),
    "Porto": (-2, 60),
    "Gdańsk": (1, 60),
}
_ORDINARY_START = 0.022  # share of the staff that begins a week or two of leave in an ordinary week
_EASTER_START = 0.05
_WINTER_SICKNESS, _SUMMER_SICKNESS = 1.5, 0.6


@dataclass(frozen=True)
class Seasons:
    """What the calendar says about each week; arrays run over the weeks, `holidays` over locations and weeks."""

    holidays: Floats  # public holidays from Monday to Friday, days
    leave_starts: Floats  # chance that a person begins a block of leave
    single_days: Floats  # expected single days of leave of a person, days
    christmas: npt.NDArray[np.bool_]  # the week that holds Christmas Day
    sickness: Floats  # factor on the usual sickness, about 1 over a year
    work: Floats  # added to everybody's utilisation


def seasons(mondays: list[date], knobs: Knobs) -> Seasons:
    """The seasons of the weeks that begin on `mondays`."""
    days = [[monday + timedelta(days=day) for day in range(7)] for monday in mondays]
    years = {day.year for week in days for day in week}
    holidays = np.array(
        [
            [sum(day in free for day in week[:5]) for week in days]
            for free in (public_holidays(location, years) for location in LOCATIONS)
        ],
        dtype=float,
    )
    thursdays = [week[3] for week in days]  # an ISO week belongs to the month of its Thursday
    months = np.array([day.month for day in thursdays])
    christmas = np.array([any((day.month, day.day) == (12, 25) for day in week) for week in days])
    new_year = np.array([any((day.month, day.day) == (1, 1) for day in week) for week in days])
    easter = np.array([any(day == easter_sunday(day.year) for day in week) for week in days])
    summer = np.isin(months, (7, 8))
    starts = np.where(summer, knobs.summer_leave * _ORDINARY_START, _ORDINARY_START)
    starts = np.where(easter, _EASTER_START, starts)
    starts = np.where(christmas, knobs.christmas_leave, np.where(new_year, 0.5 * knobs.christmas_leave, starts))
    return Seasons(
        holidays=holidays,
        leave_starts=np.clip(starts, 0.0, 1.0),
        single_days=np.where(christmas | new_year, 0.6, np.where(summer, 0.2, 0.15)),
        christmas=christmas,
        sickness=1 + (_WINTER_SICKNESS - _SUMMER_SICKNESS) / 2 * np.cos(2 * np.pi * (months - 1) / 12),
        work=np.where(np.isin(months, (3, 11)), 0.008, np.where(summer, -0.008, 0.0)),
    )


def public_holidays(location: str, years: set[int]) -> set[date]:
    """Public holidays of a location in `years`; a simplified list, for the demonstration only."""
    fixed = {date(year, month, day) for year in years for month, day in _FIXED[location]}
    movable = {easter_sunday(year) + timedelta(days=after) for year in years for after in _AFTER_EASTER[location]}
    if location == "Leeds":  # bank holidays: first and last Monday of May, last of August
        for year in years:
            movable |= {_first_monday(year, 5), _last_monday(year, 5), _last_monday(year, 8)}
    return fixed | movable


def easter_sunday(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (anonymous algorithm, Meeus, Astronomical Algorithms, chapter 8)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    moon = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    shift = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


def _first_monday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=-first.weekday() % 7)


def _last_monday(year: int, month: int) -> date:
    last = date(year, month, 31)  # only asked for months of 31 days
    return last - timedelta(days=last.weekday())
