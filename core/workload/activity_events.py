"""How a file writes the time of an event: local with its offset, or UTC, or local with the offset beside it."""

import re
from datetime import datetime, timedelta
from typing import NamedTuple

FIRST_YEAR, LAST_YEAR = 1970, 2100
MOST_OFFSET = 14 * 60  # minutes; no place on earth is further from UTC
OWN_ZONE = ""
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?\s*(Z|UTC|[+-]\d\d(?::?\d\d)?)?", re.ASCII | re.I
)
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d\d?)(?::?(\d\d))?", re.ASCII | re.I)


class Moment(NamedTuple):
    """A time as written: the wall clock, its offset in minutes (None without one), and whether it is marked as UTC."""

    wall: datetime
    offset: int | None
    utc: bool


class Placed(NamedTuple):
    """A local time (`zone` None), or a time in UTC and the zone into which it has to be turned (OWN_ZONE: the person's)."""

    at: datetime
    zone: str | None


class Unplaceable(ValueError):
    """A time that could be on more than one clock; the message says why."""


def moment(text: str) -> Moment | None:
    """The time that the text writes, or None. Years 1970 to 2100; fractions of a second are dropped.

    `2026-03-09T14:05+01:00`, `2026-03-09 14:05:30 +0100`, `2026-03-09T13:05Z`, `2026-03-09 14:05`.
    """
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    try:
        wall = datetime.fromisoformat(f"{found[1]}T{found[2]}")
    except ValueError:
        return None
    if not FIRST_YEAR <= wall.year <= LAST_YEAR:
        return None
    if found[3] is None:
        return Moment(wall, None, False)
    if found[3].upper() in ("Z", "UTC"):
        return Moment(wall, 0, True)
    offset = offset_minutes(found[3])
    return None if offset is None else Moment(wall, offset, False)


def offset_minutes(text: str) -> int | None:
    """The offset from UTC that the text writes (`+01:00`, `-0700`, `UTC+2`, `Z`), in minutes; None when it writes none."""
    if text.upper() in ("Z", "UTC", "GMT"):
        return 0
    found = _OFFSET.fullmatch(text)
    if found is None or int(found[3] or 0) > 59:
        return None
    minutes = int(found[2]) * 60 + int(found[3] or 0)
    return None if minutes > MOST_OFFSET else minutes if found[1] == "+" else -minutes


def placed(written: Moment, beside: int | None, zone: str | None) -> Placed:
    """On whose clock an event stands. beside: the offset in a column of its own. zone: that of the event's place.

    Raises:
        Unplaceable: there is no offset at all, or there are two.
    """
    if written.offset is None and beside is None:
        raise Unplaceable("This time has neither an offset nor a Z, so it could be on anybody's clock.")
    if written.offset is not None and not written.utc and beside is not None and beside != written.offset:
        raise Unplaceable("The column 'offset' says another offset than the time itself.")
    if written.utc:
        if zone is not None:
            return Placed(written.wall, zone)
        return Placed(written.wall, OWN_ZONE) if beside is None else Placed(_later(written.wall, beside), None)
    offset = written.offset if written.offset is not None else beside
    assert offset is not None
    return Placed(written.wall, None) if zone is None else Placed(_later(written.wall, -offset), zone)


def _later(wall: datetime, minutes: int) -> datetime:
    return wall + timedelta(minutes=minutes)
