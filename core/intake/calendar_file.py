"""A calendar file (.ics) as a table of events: who, when; one row for each person and each time that an event came.

What does not tell of work done is left out and counted. The words of an event are not read.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from core.calendar import monday_of
from core.delivery import Finding, ImportOptions
from core.intake.calendar_lines import Clock, Damaged, Entry, Line, entries, times
from core.intake.calendar_series import Steps, repeated
from core.intake.formats import FileRefused, Piece, Place, Record, Source

HEADER = ("actor", "time", "source")
NAMED = "calendar"  # the source under which events of calendars are counted
WINDOW = timedelta(weeks=104)
MAX_TIMES = 1_000_000  # rows of a file
_OWNER = "Write a line X-OWNER:mailto:ada@example.com with the owner's address below BEGIN:VCALENDAR."
_LEFT_OUT = {
    "day": "of whole days",
    "cancelled": "cancelled",
    "free": "shown as free or away",
    "private": "private",
    "declined": "declined, or accepted by nobody",
    "outside": "before or after these weeks",
    "twice": "there a second time",
}


def open_calendar(path: Path, options: ImportOptions) -> Source:
    """A calendar as a table with the columns HEADER.

    Events count from 104 weeks before the week of `options.day` up to the end of that day; without a day, up to the last
    event that the file writes out.

    Raises:
        FileRefused: it is no calendar, or nothing in it counts.
    """
    found, notes = entries(path)
    reader = _Reader(found, options.day)
    reader.read()
    if not reader.rows and not reader.findings:
        raise FileRefused(
            None,
            "",
            f"No event of this calendar counts. {reader.left_out()}".strip(),
            "Export the weeks that you want to bring in, with events that have a time.",
        )
    return Source(
        header=HEADER,
        header_row=1,
        read=reader.pieces,
        total=len(reader.rows),
        ragged=False,
        notes=(*notes, *reader.notes()),
        place=reader.place,
        findings=tuple(reader.findings),
    )


@dataclass(frozen=True)
class _When:
    """One time at which an event came: as it was meant to come by its series, and as it did."""

    meant: datetime
    at: Clock


@dataclass
class _Reader:
    """Turns the events of a file into rows."""

    found: list[Entry]
    day: date | None
    rows: list[Record] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    _entry_of: list[Entry] = field(default_factory=list)
    _told: set[tuple[str, datetime, str]] = field(default_factory=set)
    _left: Counter[str] = field(default_factory=Counter)
    _repeated: Counter[str] = field(default_factory=Counter)
    _floating: int | None = None
    _steps: Steps = field(default_factory=Steps)

    def read(self) -> None:
        """Everything, in the order of the file.

        Raises:
            FileRefused: a series cannot be worked out, or more comes of the calendar than one file may bring.
        """
        first, last = self._window()
        changed = self._changed()
        for entry in self._newest():
            if (left := _why_not(entry)) is not None:
                self._left[left] += 1
                continue
            try:
                if entry.damage is not None:
                    raise entry.damage
                actors = _actors(entry)
                whens = self._whens(entry, changed.get((entry.calendar, entry.uid), set()), first, last)
            except Damaged as damaged:
                self.findings.append(replace(damaged.finding, row=self._next(entry)))
                continue
            except FileRefused as refused:
                value, problem, remedy = refused.finding.value, refused.finding.problem, refused.finding.remedy
                raise FileRefused(entry.line, value, problem, remedy) from refused
            if not actors:
                self._left["declined"] += 1
            elif not whens:
                self._left["outside"] += 1
            elif not sum([self._add(entry, when, actor, own) for when in whens for actor, own in actors]):
                self._left["twice"] += 1

    def pieces(self, size: int, _places: Sequence[int]) -> Iterator[Piece]:
        """The rows in pieces; one without any where every event is damaged."""
        for start in range(0, max(1, len(self.rows)), size):
            yield self.rows[start : start + size]

    def place(self, row: int) -> Place:
        """The line at which the event of a row begins, and what to call it."""
        if row < 2:  # what stands for the header
            return Place(row, "")
        entry = self._entry_of[row - 2]
        name = f"Event {entry.ordinal}"
        return Place(entry.line, f"{name}, UID {entry.uid[:80]}" if entry.uid else name)

    def notes(self) -> list[str]:
        """What was left out, and what was written out."""
        notes = ["Of the events, when they began and whose they are was read. Their words were not."]
        if self._repeated:
            notes.append(f"Repeated events: {len(self._repeated):,}. They came {sum(self._repeated.values()):,} times.")
        if self._floating is not None:
            notes.append(f"Times without a zone count as they are written (first in line {self._floating}).")
        return [*notes, left] if (left := self.left_out()) else notes

    def left_out(self) -> str:
        """How many events do not count, and why; '' when all do."""
        counts = [f"{self._left[key]:,} {words}" for key, words in _LEFT_OUT.items() if self._left[key]]
        return f"Events left out: {', '.join(counts)}." if counts else ""

    def _newest(self) -> list[Entry]:
        """The events without those of which the same calendar holds a later version."""
        newest: dict[tuple[int, str, str], Entry] = {}
        for entry in self.found:
            own = _single(entry, "RECURRENCE-ID")
            key = (entry.calendar, entry.uid or f" {entry.ordinal}", own.value if own is not None else "")
            before = newest.get(key)
            if before is not None:
                self._left["twice"] += 1
            if before is None or _version(entry) >= _version(before):
                newest[key] = entry
        return sorted(newest.values(), key=lambda entry: entry.ordinal)

    def _window(self) -> tuple[datetime, datetime]:
        day = self.day or self._latest()
        first = datetime.combine(monday_of(day), time.min) - WINDOW
        return first, datetime.combine(day, time.max)

    def _latest(self) -> date:
        """The last day on which an event is written out in the file."""
        latest = date(1970, 1, 5)
        for entry in self.found:
            for name in ("DTSTART", "RDATE"):
                for line in entry.lines.get(name, []):
                    try:
                        latest = max([latest, *(clock.wall.date() for clock in times(name, line))])
                    except Damaged:  # told when the event is read
                        continue
        return latest

    def _changed(self) -> dict[tuple[int, str], set[Clock]]:
        """Times of series that stand in events of their own, by calendar and name of the series."""
        found: dict[tuple[int, str], set[Clock]] = {}
        for entry in self.found:
            for line in entry.lines.get("RECURRENCE-ID", []):
                try:
                    found.setdefault((entry.calendar, entry.uid), set()).update(times("RECURRENCE-ID", line))
                except Damaged:
                    continue
        return found

    def _whens(self, entry: Entry, changed: set[Clock], first: datetime, last: datetime) -> list[_When]:
        """When the event came within the window.

        Raises:
            Damaged: a time or a rule of it cannot be read.
        """
        start = _start(entry)
        own = _single(entry, "RECURRENCE-ID")
        if own is not None:
            if own.params.get("RANGE"):
                raise Damaged(
                    "RECURRENCE-ID",
                    own.value[:200],
                    "This changes all later events of a series.",
                    "End the series before it, and write the later ones as a series of their own.",
                )
            meant = times("RECURRENCE-ID", own)[0].on(start.zone)
            return [_When(meant, start)] if first <= start.wall <= last else []
        rules = entry.lines.get("RRULE", [])
        walls = {start.wall, *repeated(start, rules, first, last, self._steps)}
        walls |= {clock.on(start.zone) for clock in _all(entry, "RDATE")}
        self._steps.take(len(changed))
        without = [*_all(entry, "EXDATE"), *changed]
        days = {clock.wall.date() for clock in without if clock.day}
        walls -= {clock.on(start.zone) for clock in without if not clock.day}
        came = [wall for wall in sorted(walls) if first <= wall <= last and wall.date() not in days]
        if rules:
            self._repeated[f"{entry.calendar} {entry.ordinal}"] += len(came)
        return [_When(wall, replace(start, wall=wall)) for wall in came]

    def _add(self, entry: Entry, when: _When, actor: str, own: bool) -> bool:
        """One row; False when the file has told of it before."""
        name = entry.uid or f"{entry.calendar} {entry.ordinal}"
        key = (
            name,
            when.meant if when.at.zone is None else replace(when.at, wall=when.meant).on("UTC"),
            actor.casefold(),
        )
        if key in self._told:
            return False
        self._told.add(key)
        if len(self.rows) >= MAX_TIMES:
            raise FileRefused(
                entry.line, "", f"The events come more than {MAX_TIMES:,} times.", "Export a shorter time."
            )
        if when.at.zone is None and self._floating is None:
            self._floating = entry.line
        self.rows.append(Record(self._next(entry), (actor, _written(when.at, own), NAMED)))
        return True

    def _next(self, entry: Entry) -> int:
        """The number of the next row."""
        self._entry_of.append(entry)
        return len(self._entry_of) + 1


def _why_not(entry: Entry) -> str | None:
    """Why an event does not tell of work done, whatever its time is; None when it may."""
    if entry.text("STATUS") == "CANCELLED" or entry.of_calendar.get("METHOD", "").upper() == "CANCEL":
        return "cancelled"
    start = _single(entry, "DTSTART")
    value = start.value.strip() if start is not None else ""
    if entry.text("X-MICROSOFT-CDO-ALLDAYEVENT") == "TRUE" or (len(value) == 8 and value.isdigit()):
        return "day"
    if entry.text("TRANSP") == "TRANSPARENT" or entry.text("X-MICROSOFT-CDO-BUSYSTATUS") in ("FREE", "OOF"):
        return "free"
    return "private" if entry.text("CLASS") == "PRIVATE" else None


def _version(entry: Entry) -> int:
    text = entry.text("SEQUENCE")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _single(entry: Entry, name: str) -> Line | None:
    found = entry.lines.get(name)
    return found[0] if found else None


def _start(entry: Entry) -> Clock:
    line = _single(entry, "DTSTART")
    if line is None:
        raise Damaged("DTSTART", "", "This event has no beginning.", "Give it a DTSTART, or take the event out.")
    return times("DTSTART", line)[0]


def _all(entry: Entry, name: str) -> list[Clock]:
    return [clock for line in entry.lines.get(name, []) for clock in times(name, line)]


def _actors(entry: Entry) -> list[tuple[str, bool]]:
    """(address, whether the event is their own and not somebody else's invitation) of those for whom it counts.

    The owner, where the calendar names one by address; else the organiser and whoever accepted. Who declined does not count.

    Raises:
        Damaged: the event names nobody, nor does the calendar.
    """
    organiser = _address(_single(entry, "ORGANIZER"))
    invited = {
        address.casefold(): (address, line.params.get("PARTSTAT", "").upper())
        for line in entry.lines.get("ATTENDEE", [])
        if (address := _address(line)) and line.params.get("CUTYPE", "INDIVIDUAL").upper() in ("INDIVIDUAL", "UNKNOWN")
    }
    declined = {key for key, (_, answer) in invited.items() if answer in ("DECLINED", "DELEGATED")}
    owner = _owner(entry)
    if owner:
        own = not organiser or organiser.casefold() == owner.casefold()
        return [] if owner.casefold() in declined else [(owner, own)]
    if not organiser and not invited:
        raise Damaged("ORGANIZER", "", "Nobody is named in this event, and the calendar names no owner.", _OWNER)
    found = [(organiser, True)] if organiser and organiser.casefold() not in declined else []
    return found + [
        (address, False)
        for key, (address, answer) in invited.items()
        if answer == "ACCEPTED" and key != organiser.casefold()
    ]


def _owner(entry: Entry) -> str:
    """The address of the one whose calendar it is; '' when the file does not say."""
    for name in ("X-OWNER", "X-WR-CALNAME"):
        found = _plain_address(entry.of_calendar.get(name, ""))
        if found:
            return found
    return ""


def _address(line: Line | None) -> str:
    if line is None:
        return ""
    return _plain_address(line.value) or _plain_address(line.params.get("EMAIL", ""))


def _plain_address(text: str) -> str:
    """The e-mail address that a text is, with or without `mailto:`; '' when it is none."""
    found = text.strip().strip('"')
    found = found[7:].strip() if found[:7].lower() == "mailto:" else found
    name, _, domain = found.partition("@")
    return found if name and domain and not any(sign.isspace() for sign in found) else ""


def _written(at: Clock, own: bool) -> str:
    """The time as files of events write it. By the event's own clock where it is the person's own event; the invitation of
    somebody else may be by a clock elsewhere, so it goes in as UTC, for the person's own zone."""
    from zoneinfo import ZoneInfo

    if at.zone is None:
        return f"{at.wall.isoformat()}+00:00"
    if at.zone == "UTC" or not own:
        return f"{at.on('UTC').isoformat()}Z"
    return at.wall.replace(tzinfo=ZoneInfo(at.zone)).isoformat()
