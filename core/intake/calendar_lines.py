"""Lines of a calendar file (RFC 5545): unfolded, and of each event those that say when it was and whose it is.

Titles, descriptions, places and notes are passed over before anything reads them.
"""

import io
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from core.delivery import Finding
from core.intake.encoding import as_utf8, inspect
from core.intake.formats import MAX_LINE, FileRefused
from core.schedule import is_zone

MAX_EVENTS = 200_000
MAX_TEXT = 64 * 1024**2  # bytes, after unpacking
MAX_OPEN = 10  # components within each other
MAX_OF_EVENT = 2_000  # lines that are kept, and times that they list
MAX_KEPT = 1_000_000  # of the whole file
MAX_KEPT_LINE = 20_000  # characters of a line that is kept, folded ones together
MAX_UNUSUAL = 5_000_000  # characters of lines that only the library takes apart, which is slow
LONGEST_ZONE = 64
LONGEST_OWNER = 320  # characters of an address
OF_CALENDAR = frozenset(("METHOD", "X-OWNER", "X-WR-CALNAME"))
_FREE_OR_NOT = ("TRANSP", "CLASS", "STATUS", "X-MICROSOFT-CDO-ALLDAYEVENT", "X-MICROSOFT-CDO-BUSYSTATUS")
_WHEN = ("DTSTART", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")
OF_EVENT = frozenset(("UID", "SEQUENCE", "ORGANIZER", "ATTENDEE", *_WHEN, *_FREE_OR_NOT))
_COMPONENTS = frozenset(
    (
        *("VCALENDAR", "VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE", "STANDARD", "DAYLIGHT", "VALARM"),
        *("VAVAILABILITY", "AVAILABLE", "VCARD"),
    )
)
_PLAIN = re.compile(
    r"""[A-Z0-9-]+((?:;[A-Z0-9-]+=(?:"[^"\x00-\x1f\x7f]*+"|[^",:;=\x00-\x1f\x7f]*+))*+):(.*)""",
    re.ASCII | re.IGNORECASE,
)
_PARAMETER = re.compile(r""";([^=]+)=(?:"([^"]*)"|([^;]*))""")
_NO_PARAMS: Mapping[str, str] = {}  # one for all lines without
_NO_ZONES = frozenset(("LOCALTIME", "POSIXRULES"))  # what a machine has set, by the name of a file
FIRST_YEAR, LAST_YEAR = 1970, 2100
_EXPORT = "Export the calendar again, or take the event out."


class Damaged(Exception):
    """Something of an event cannot be read; `finding` says what, with no row: the event gives it."""

    def __init__(self, column: str, value: str, problem: str, remedy: str = _EXPORT) -> None:
        super().__init__(problem)
        self.finding = Finding(None, column, value, problem, remedy)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its parameters and its value as they stand in the file."""

    params: Mapping[str, str]
    value: str


@dataclass
class Entry:
    """An event as it stands in a file. ordinal: from 1. line: where it begins. calendar: which of the file's, from 1.

    damage: what could not be taken apart. lines: those of OF_EVENT, by name.
    """

    ordinal: int
    line: int
    calendar: int
    of_calendar: Mapping[str, str]
    lines: dict[str, list[Line]] = field(default_factory=dict)
    damage: Damaged | None = None

    def text(self, name: str) -> str:
        """The value of a line that is there once, in capitals; '' without one."""
        found = self.lines.get(name)
        return found[0].value.strip().upper() if found else ""

    @property
    def uid(self) -> str:
        """The event's own name, '' without one."""
        found = self.lines.get("UID")
        return found[0].value.strip() if found else ""


@dataclass(frozen=True)
class Clock:
    """A time by the wall clock. zone: its IANA name, None for a time that is the same everywhere. day: a date alone."""

    wall: datetime
    zone: str | None
    day: bool = False

    def on(self, zone: str | None) -> datetime:
        """The wall clock of another zone at this time; as written where one of the two has no zone."""
        if zone is None or self.zone is None or zone == self.zone:
            return self.wall
        from zoneinfo import ZoneInfo

        return self.wall.replace(tzinfo=ZoneInfo(self.zone)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def entries(path: Path) -> tuple[list[Entry], tuple[str, ...]]:
    """All events of a file, and remarks about how it was read.

    Raises:
        FileRefused: it is no calendar, breaks off, or holds too much.
    """
    text = inspect(path, MAX_TEXT)
    kept = _Kept()
    found: list[Entry] = []
    inside: list[str] = []  # components that are open here
    calendar = 0
    of_calendar: dict[str, str] = {}
    number = 0
    for number, name, line in _wanted(_unfolded(_lines(as_utf8(path, text)))):
        if not inside and (name, line.partition(":")[2].strip().upper()) != ("BEGIN", "VCALENDAR"):
            raise FileRefused(
                number, _known(line), "This is not a calendar file.", "It has to begin with BEGIN:VCALENDAR."
            )
        part = line.partition(":")[2].strip().upper() if name in ("BEGIN", "END") else ""
        if name == "BEGIN":
            inside.append(part)
            if len(inside) > MAX_OPEN:
                raise FileRefused(
                    number,
                    "",
                    f"Here more than {MAX_OPEN} parts are open within each other.",
                    "Export the calendar again.",
                )
            if part == "VCALENDAR":
                calendar, of_calendar = calendar + 1, {}
            elif part == "VEVENT":
                found.append(Entry(len(found) + 1, number, calendar, of_calendar))
                if len(found) > MAX_EVENTS:
                    raise FileRefused(
                        number,
                        "",
                        f"The calendar holds more than {MAX_EVENTS:,} events.",
                        "Export a shorter time, or one calendar after the other.",
                    )
        elif name == "END":
            if inside[-1] != part:
                opened, ended = (each if each in _COMPONENTS else "another part" for each in (inside[-1], part))
                raise FileRefused(
                    number, _known(line), f"Here {opened} should end, and {ended} does.", "Export the calendar again."
                )
            inside.pop()
        elif inside[-1] == "VEVENT" and name in OF_EVENT:
            kept.add(number, found[-1], name, line)
        elif inside[-1] == "VCALENDAR" and name in OF_CALENDAR:
            read = kept.read(number, line) if name not in of_calendar else None
            value = "" if read is None else read.value.strip()
            of_calendar.setdefault(name, value if len(value) <= LONGEST_OWNER else "")
    if inside or not calendar:
        raise FileRefused(number, "", "The calendar breaks off here.", "Export it again; it ends with END:VCALENDAR.")
    return found, text.notes


def _known(line: str) -> str:
    """The line for a message when it begins or ends a part that calendars have; '' for all else, which may be words."""
    name, _, part = line.strip().upper().partition(":")
    return f"{name}:{part}" if name in ("BEGIN", "END") and part in _COMPONENTS else ""


class _Kept:
    """Takes the lines of events apart, and counts what is kept of them, so that neither memory nor time runs away."""

    def __init__(self) -> None:
        self._event, self._over = 0, False
        self._of_event = self._of_file = self._unusual = 0

    def add(self, number: int, entry: Entry, name: str, line: str) -> None:
        """One line into its event; a damage of the event when it cannot be read, or is one too many.

        Raises:
            FileRefused: all events of the file together have too many.
        """
        if entry.ordinal != self._event:
            self._event, self._of_event, self._over = entry.ordinal, 0, False
        self._of_event += 1 + (line.count(",") if name in ("EXDATE", "RDATE") else 0)
        if self._of_event > MAX_OF_EVENT:
            if not self._over:
                self._over = True
                entry.lines = {"UID": entry.lines["UID"][:1]} if "UID" in entry.lines else {}
                problem = f"This event has more than {MAX_OF_EVENT:,} lines or single times."
                entry.damage = Damaged(name, "", problem)
            return
        self._of_file += 1 + (line.count(",") if name in ("EXDATE", "RDATE") else 0)
        if self._of_file > MAX_KEPT:
            raise FileRefused(
                number, "", f"The events have more than {MAX_KEPT:,} lines or single times.", "Export a shorter time."
            )
        read = self.read(number, line)
        if read is None:
            entry.damage = entry.damage or Damaged(name, "", f"Line {number} of the file cannot be read.")
        else:
            entry.lines.setdefault(name, []).append(read)

    def read(self, number: int, line: str) -> Line | None:
        """A line taken apart; None when it cannot be.

        Raises:
            FileRefused: too much of the file is of a form that only the library reads.
        """
        if (plain := _read_plain(line)) is not None:
            return plain
        self._unusual += len(line)
        if self._unusual > MAX_UNUSUAL:
            raise FileRefused(
                number, "", "Too many lines of this calendar are of an unusual form.", "Export a shorter time."
            )
        return _read_any(line)


def _read_plain(line: str) -> Line | None:
    """A line without any escaped sign taken apart, as _read_any does and many times faster; None when it is no such line."""
    found = None if "\\" in line or "^" in line else _PLAIN.fullmatch(line)
    if found is None:
        return None
    params = {key.upper(): quoted or bare for key, quoted, bare in _PARAMETER.findall(found[1])}
    if any(each != each.strip() for each in params.values()):
        return None
    return Line(params or _NO_PARAMS, found[2])


def _read_any(line: str) -> Line | None:
    from icalendar.parser import Contentline

    try:
        _, params, value = Contentline.from_ical(line).parts()  # type: ignore[no-untyped-call]  # partly annotated
    except ValueError:
        return None
    texts = {key.upper(): each if isinstance(each, str) else ",".join(each) for key, each in params.items()}
    return Line(texts, str(value))


def _lines(blocks: Iterator[bytes]) -> Iterator[str]:
    """Lines without their ends, which are CR LF or one of the two."""
    ends = io.IncrementalNewlineDecoder(None, translate=True)
    rest = ""
    for block in blocks:
        *whole, rest = (rest + ends.decode(block.decode())).split("\n")
        yield from whole
    yield rest


def _unfolded(lines: Iterator[str]) -> Iterator[tuple[int, str]]:
    """Logical lines with the number of their first one; what is folded into one that nobody wants is dropped."""
    first, parts, size, most = 0, [""], 0, MAX_LINE
    for number, line in enumerate(lines, start=1):
        if line[:1] in (" ", "\t"):
            size += len(line)
            if most == MAX_KEPT_LINE:
                parts.append(line[1:])
        else:
            yield first, "".join(parts)
            first, parts, size = number, [line], len(line)
            most = MAX_KEPT_LINE if _name(line) in OF_EVENT | OF_CALENDAR else MAX_LINE
        if size > most:
            raise FileRefused(
                first, "", f"This line has more than {most:,} characters, all that is folded included.", _EXPORT
            )
    yield first, "".join(parts)


def _wanted(lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str, str]]:
    for number, line in lines:
        if line.strip():
            yield number, _name(line), line.strip()


def _name(line: str) -> str:
    return line.partition(":")[0].partition(";")[0].strip().upper()


def times(name: str, line: Line) -> list[Clock]:
    """The times of a line: of DTSTART and RECURRENCE-ID one, of RDATE and EXDATE several. Of a period, its beginning.

    Raises:
        Damaged: no time, a year outside 1970 to 2100, or a zone that nobody knows.
    """
    from icalendar.prop import vDDDTypes

    zone = _zone_of(name, line)
    found = []
    for text in line.value.split(","):
        try:
            read = vDDDTypes.from_ical(text.strip())  # type: ignore[no-untyped-call]  # partly annotated
        except (ValueError, OverflowError) as error:
            raise _no_time(name, text) from error
        moment = read[0] if isinstance(read, tuple) else read
        if isinstance(moment, timedelta) or not isinstance(moment, date) or not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise _no_time(name, text)
        if not isinstance(moment, datetime):
            found.append(Clock(datetime(moment.year, moment.month, moment.day), zone, day=True))  # noqa: DTZ001
        else:
            found.append(Clock(moment.replace(tzinfo=None), "UTC" if moment.tzinfo is not None else zone))
    return found


def _no_time(name: str, text: str) -> Damaged:
    return Damaged(
        name,
        text[:40],
        f"This is not a time of the years {FIRST_YEAR} to {LAST_YEAR}.",
        "Write it as 20260309T140500 with TZID, or as 20260309T130500Z.",
    )


def _zone_of(name: str, line: Line) -> str | None:
    given = line.params.get("TZID")
    if not given:
        return None
    known = zone_named(given)
    if known is None:
        shown = given if len(given) <= LONGEST_ZONE else ""
        raise Damaged(
            name, shown, "This time zone is not known.", "Write its IANA name as TZID, such as Europe/Lisbon."
        )
    return known


def zone_named(given: str) -> str | None:
    """The IANA name of a TZID: that name itself, with a maker's prefix before it, or the name that Windows has for it."""
    return _zone_named(given) if len(given) <= LONGEST_ZONE else None


@lru_cache(maxsize=1_000)
def _zone_named(given: str) -> str | None:
    from icalendar.timezone import tzp

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a maker's prefix was taken off
            found = tzp.timezone(given)
    except (OSError, ValueError):  # names of folders, and what no file may be called
        return None
    name = str(getattr(found, "key", "") or "")
    return name if name and name.upper() not in _NO_ZONES and is_zone(name) else None
