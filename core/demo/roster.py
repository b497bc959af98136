"""The roster as the stories need it: who belonged where and to whom, and when. Read once, after it has come in."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from core.access.tables import User
from core.people.tables import Assignment, OrgUnit, Person

LEADS = ("Team lead", "Head of", "Chief executive")


@dataclass(frozen=True)
class Stay:
    """A person in a unit on `[starts, ends)` without a gap; ends: None while it lasts."""

    person: int
    unit: int
    starts: date
    ends: date | None
    leads: bool

    def covers(self, first: date, last: date) -> bool:
        """Whether every day from `first` to `last` (inclusive) is within."""
        return self.starts <= first and (self.ends is None or self.ends > last)


@dataclass(frozen=True)
class Line:
    """A manager and somebody who reports to them on `[starts, ends)`, while both are there."""

    lead: int
    member: int
    starts: date
    ends: date | None


@dataclass(frozen=True)
class Place:
    """A unit."""

    id: int
    path: str
    name: str
    depth: int
    first: date
    last: date | None

    def stands(self, first: date, last: date) -> bool:
        """Whether it has people on every day from `first` to `last`."""
        return self.first <= first and (self.last is None or self.last >= last)


@dataclass(frozen=True)
class Roster:
    """names: person -> name as shown. accounts: account -> person. users: account -> (number, name as shown)."""

    names: dict[int, str]
    places: tuple[Place, ...]
    stays: dict[int, tuple[Stay, ...]]  # by unit
    lines: tuple[Line, ...]
    accounts: dict[str, int]
    users: dict[str, tuple[int, str]]

    def place(self, path: str) -> Place:
        """The unit at `path`."""
        return next(each for each in self.places if each.path == path)

    def members(self, unit: int, first: date, last: date) -> list[int]:
        """Who belongs to the unit on every day from `first` to `last`, the lead among them; by number."""
        return sorted({stay.person for stay in self.stays.get(unit, ()) if stay.covers(first, last)})

    def lead_on(self, unit: int, day: date) -> int | None:
        """Who leads the unit on the day."""
        found = (stay.person for stay in self.stays.get(unit, ()) if stay.leads and stay.covers(day, day))
        return next(found, None)

    def leavers(self, unit: int, first: date, on: date) -> list[tuple[int, date, date]]:
        """Who left the company from this unit in `[first, on)`: person, first day there, first day without them."""
        gone = [
            (stay.person, stay.starts, stay.ends)
            for stay in self.stays.get(unit, ())
            if stay.ends is not None and first <= stay.ends <= on and not self._later(stay.person, stay.ends)
        ]
        return sorted(gone, key=lambda each: (each[2], each[0]))

    def _later(self, person: int, day: date) -> bool:
        return any(
            stay.person == person and (stay.ends is None or stay.ends > day)
            for stays in self.stays.values()
            for stay in stays
        )


def read_roster(connection: Connection) -> Roster:
    """Everything that there is, in a few statements."""
    names = {
        row.id: row.shown or row.name or row.code
        for row in connection.execute(
            select(Person.id, Person.code, Person.name, User.display_name.label("shown")).outerjoin(
                User, User.person_code == Person.code
            )
        )
    }
    places = tuple(
        Place(row.id, row.path, row.name, row.depth, row.first_day or date.min, row.last_day)
        for row in connection.execute(
            select(OrgUnit.id, OrgUnit.path, OrgUnit.name, OrgUnit.depth, OrgUnit.first_day, OrgUnit.last_day).order_by(
                OrgUnit.depth, OrgUnit.path
            )
        )
    )
    rows = connection.execute(
        select(
            Assignment.person_id, Assignment.unit_id, Assignment.manager_id, Assignment.valid_from,
            Assignment.valid_to, Assignment.role,
        ).order_by(Assignment.person_id, Assignment.valid_from, Assignment.unit_id)
    ).all()  # fmt: skip
    there: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
    stays: dict[tuple[int, int], list[Stay]] = defaultdict(list)
    lines: dict[tuple[int, int], list[Line]] = defaultdict(list)
    for person, unit, _, starts, ends, role in rows:
        there[person].append((starts, ends))
        known = stays[person, unit]
        leads = (role or "").startswith(LEADS)
        if known and known[-1].ends == starts:
            known[-1] = Stay(person, unit, known[-1].starts, ends, leads)
        else:
            known.append(Stay(person, unit, starts, ends, leads))
    for person, _, manager, starts, ends, _ in rows:
        for first, last in there.get(manager or 0, ()):
            since = max(starts, first)
            until = min((day for day in (ends, last) if day is not None), default=None)
            if until is not None and until <= since:
                continue
            known_lines = lines[manager or 0, person]
            if known_lines and known_lines[-1].ends == since:
                known_lines[-1] = Line(manager or 0, person, known_lines[-1].starts, until)
            else:
                known_lines.append(Line(manager or 0, person, since, until))
    by_unit: dict[int, list[Stay]] = defaultdict(list)
    for (_, unit), found in sorted(stays.items()):
        by_unit[unit] += found
    users = connection.execute(select(User.id, User.name, User.display_name, Person.id.label("person")).outerjoin(
        Person, Person.code == User.person_code
    )).all()  # fmt: skip
    return Roster(
        names=names,
        places=places,
        stays={unit: tuple(found) for unit, found in by_unit.items()},
        lines=tuple(line for _, found in sorted(lines.items()) for line in found),
        accounts={row.name: row.person for row in users if row.person is not None},
        users={row.name: (row.id, row.display_name) for row in users},
    )
