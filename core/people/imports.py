"""The file kind `people`: who is employed, where, since when, with whom as manager."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from core.delivery import Counts, FileKind, Finding, ImportOptions, Loaded, day, number, parsed
from core.people.columns import COLUMNS, UNIT_RULES
from core.people.employments import Roster, Row, employments
from core.people.loading import (
    Employment,
    StoredPerson,
    company_findings,
    ensure_persons,
    ensure_units,
    manager_links,
    refresh_unit_days,
    replace_employments,
    stored_employments,
    stored_persons,
)
from core.people.managers import Link, circles
from core.people.unit_paths import tidy

SOURCE = "people"
_SHOWN_IN_CIRCLE = 8

ROWS = (
    "One row is one assignment. The same `id` and `hired` with a later `from` is the next assignment of the employment "
    "(a move, other hours, another manager). Another `hired` after `left` is a re-hire.",
    "Rows with the same `from`, or whose `to` reaches beyond the next `from`, are concurrent assignments.",
    "The file replaces everything on record about the people it names, and leaves all others alone. "
    "The same file again changes nothing.",
    "Without a column `name` or `email`, what is on record stays. Every other column that is absent counts as blank.",
    "Refused: two rows with the same `id`, `hired`, `from` and `unit`; employments of one person that overlap; one unit "
    "twice at the same time; managers who manage each other in a circle; units of more than one company.",
    "After the import the home unit of hours on record is decided anew for the people of the file.",
)


def reason(_column: str) -> str:
    """Why a column of a people file is not read."""
    return "not a column of this kind; nothing of it is stored"


def read(text: pd.DataFrame, _options: ImportOptions) -> tuple[pd.DataFrame, list[Finding]]:
    """Dates, numbers and paths of one chunk. Columns of the result as in `Row`, less those that the file does not have."""
    frame = pd.DataFrame(index=text.index)
    sound = pd.Series(True, index=text.index)
    for column in COLUMNS:
        if column.name not in text:
            continue
        cells = text[column.name]
        if column.format == "date":
            values = parsed(cells, day)
        elif column.is_number:
            values = parsed(cells, number)
        elif column.name == "unit":
            values = parsed(cells, lambda path: tidy(path) if all(rule.holds(path) for rule in UNIT_RULES) else None)
        else:
            values = cells
        if column.format == "date" or column.required:
            sound &= values.notna() | (cells.isna() & (not column.required))
        frame[_FIELDS.get(column.name, column.name)] = values
    frame["sound"] = sound
    return frame, []


_FIELDS = {
    "id": "code",
    "manager_id": "manager",
    "contracted_hours": "hours",
    "leaving_reason": "reason",
    "from": "starts",
    "to": "ends",
}


def examine(
    connection: Connection, frame: pd.DataFrame, _options: ImportOptions
) -> tuple[list[Finding], "PeoplePlan | None"]:
    """Rules over rows and against the database, and the plan when all hold."""
    rows = _rows(frame)
    persons = stored_persons(connection)
    codes = {row.code for row in rows}
    whole = [row for row in rows if row.sound]
    roster, findings = employments(rows, SOURCE)
    findings += _managers(rows, persons, codes)
    findings += _circles(connection, roster, codes)
    findings += company_findings(
        connection,
        [(row.row, row.unit) for row in whole],
        "unit",
        "Begin each path with '{ours}', or take the rows out.",
    )
    named = _named(whole, persons, keep_name="name" not in frame, keep_email="email" not in frame)
    findings += _shared_addresses(rows, named, persons)
    if findings:
        return findings, None
    return [], _plan(connection, roster, named, persons)


def _rows(frame: pd.DataFrame) -> list[Row]:
    """Rows with at least an id, in the order of the file."""
    names = [name for name in Row._fields if name != "row"]
    blank: list[Any] = [None] * len(frame)
    columns = [[None if pd.isna(each) else each for each in frame[name]] if name in frame else blank for name in names]
    code = names.index("code")
    return [
        Row(int(row), *values) for row, *values in zip(frame.index, *columns, strict=True) if values[code] is not None
    ]


def _managers(rows: list[Row], persons: Mapping[str, StoredPerson], codes: set[str]) -> Iterable[Finding]:
    for row in rows:
        if row.manager is None:
            continue
        if row.manager == row.code:
            yield Finding(
                row.row,
                "manager_id",
                row.manager,
                "Nobody can be their own manager.",
                "Write the id of the manager, or leave the cell blank for the head of the company.",
            )
        elif row.manager not in codes and row.manager not in persons:
            yield Finding(
                row.row,
                "manager_id",
                row.manager,
                "There is nobody with this id, neither in the file nor on record.",
                "Add the manager to the file, or correct the id.",
            )


def _circles(connection: Connection, roster: Roster, codes: set[str]) -> Iterable[Finding]:
    links = [
        Link(code, each.manager, each.starts, each.ends, row)
        for row, (code, each) in roster.placed.items()
        if each.manager is not None and each.manager != code
    ]
    links += [
        Link(person, above, starts, ends, None) for person, above, starts, ends in manager_links(connection, codes)
    ]
    for circle in circles(links):
        in_file = sorted(link.row for link in circle if link.row is not None)
        if not in_file:
            continue
        names = [link.person for link in circle]
        shown = names if len(names) <= _SHOWN_IN_CIRCLE else [*names[:_SHOWN_IN_CIRCLE], "…"]
        first = next(link for link in circle if link.row == in_file[0])
        where = ", ".join(str(row) for row in in_file[:_SHOWN_IN_CIRCLE])
        yield Finding(
            in_file[0],
            "manager_id",
            first.manager,
            f"These people manage each other in a circle: {' → '.join([*shown, names[0]])}.",
            f"Correct manager_id in one of these rows: {where}.",
        )


def _named(
    rows: list[Row], persons: Mapping[str, StoredPerson], *, keep_name: bool, keep_email: bool
) -> dict[str, tuple[str | None, str | None]]:
    """Code -> name and e-mail: those of the latest assignment that gives them."""
    named: dict[str, tuple[str | None, str | None]] = {}
    for row in sorted(rows, key=lambda row: (row.hired, row.begins, row.unit)):
        name, email = named.get(row.code, (None, None))
        named[row.code] = (row.name or name, row.email or email)
    for code, (name, email) in named.items():
        stored = persons.get(code)
        if stored is not None:
            named[code] = (stored.name if keep_name else name, stored.email if keep_email else email)
    return named


def _shared_addresses(
    rows: list[Row], named: Mapping[str, tuple[str | None, str | None]], persons: Mapping[str, StoredPerson]
) -> Iterable[Finding]:
    owners = {
        stored.email.casefold(): (code, "on record")
        for code, stored in persons.items()
        if stored.email and code not in named
    }
    seen: set[str] = set()
    for row in rows:
        email = named.get(row.code, (None, None))[1]
        if email is None or row.code in seen:
            continue
        seen.add(row.code)
        owner, where = owners.setdefault(email.casefold(), (row.code, f"row {row.row}"))
        if owner != row.code:
            yield Finding(
                row.row,
                "email",
                email,
                f"This address already belongs to {owner} ({where}).",
                "Give each person an address of their own, or leave the cell blank.",
            )


@dataclass(frozen=True)
class PeoplePlan:
    """Persons and employments that are new or different; everything else in the file is on record already."""

    counts: Counts
    persons: Mapping[str, tuple[str | None, str | None]]
    employments: Mapping[str, Employment]

    @property
    def changes(self) -> bool:
        """Whether anything would be written."""
        return bool(self.persons or self.employments)

    def prepare(self, connection: Connection) -> None:
        """Nothing has to be ready beforehand."""

    def load(self, connection: Connection) -> Loaded:
        """Write persons, units, spells and assignments, and set the days of the units anew."""
        persons = ensure_persons(connection, self.persons)
        units = ensure_units(connection, {each.unit for one in self.employments.values() for each in one.assignments})
        replace_employments(connection, self.employments, persons, units)
        refresh_unit_days(connection)
        return Loaded(reassigned=frozenset(persons[code] for code in self.employments))


def _plan(
    connection: Connection,
    roster: Roster,
    named: Mapping[str, tuple[str | None, str | None]],
    persons: Mapping[str, StoredPerson],
) -> PeoplePlan:
    stored = stored_employments(connection, roster.employments.keys())
    other_name = {
        code: given
        for code, given in named.items()
        if code not in persons or (persons[code].name, persons[code].email) != given
    }
    different = {code: one for code, one in roster.employments.items() if stored.get(code) != one}
    before: dict[str, dict[tuple[str, date], object]] = {
        code: {(each.unit, each.starts): each for each in one.assignments} for code, one in stored.items()
    }
    loaded = replaced = 0
    for code, assignment in roster.placed.values():
        held = before.get(code, {}).pop((assignment.unit, assignment.starts), None)
        if held is None:
            loaded += 1
        elif held != assignment or code in other_name or _spells_differ(stored[code], roster.employments[code]):
            replaced += 1
    counts = Counts(
        loaded=loaded,
        replaced=replaced,
        unchanged=len(roster.placed) - loaded - replaced,
        removed=sum(len(rest) for rest in before.values()),
        people=len(roster.employments),
        units=len({assignment.unit for _, assignment in roster.placed.values()}),
    )
    return PeoplePlan(counts, other_name, different)


def _spells_differ(stored: Employment, given: Employment) -> bool:
    return (stored.spells, stored.sources) != (given.spells, given.sources)


PEOPLE = FileKind(
    name="people",
    title="People",
    purpose="Who is employed, in which unit, since when, and who their manager is.",
    replaces="All that is on record about the people whom the file names is replaced.",
    columns=COLUMNS,
    rows=ROWS,
    template="people.csv",
    read=read,
    examine=examine,
    reason=reason,
)
