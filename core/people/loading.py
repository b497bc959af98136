"""Reading and writing the roster for imports: units, persons, spells, assignments. In the caller's transaction."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import aliased

from core.delivery import Finding
from core.people.tables import Assignment, EmploymentSpell, OrgUnit, Person
from core.people.unit_paths import SEPARATOR, ancestors, company, parts, slug, with_ancestors

_T = TypeVar("_T")
BATCH = 5_000  # rows in one statement; SQLite takes at most 32,766 parameters
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class StoredAssignment:
    """An assignment in the employer's own terms: paths and codes instead of numbers."""

    unit: str
    manager: str | None
    starts: date
    ends: date | None
    hours: float | None
    role: str | None
    location: str | None
    grade: str | None
    schedule: str | None = None
    zone: str | None = None


@dataclass(frozen=True)
class StoredSpell:
    """An employment; `hired` None when the source does not say."""

    hired: date | None
    left: date | None
    reason: str | None


@dataclass(frozen=True)
class Employment:
    """All spells and assignments of one person, and the sources that said so."""

    spells: frozenset[StoredSpell]
    assignments: frozenset[StoredAssignment]
    sources: frozenset[str]


@dataclass(frozen=True)
class StoredPerson:
    """A person on record."""

    id: int
    name: str | None
    email: str | None


def batches(items: Iterable[_T], size: int = BATCH) -> Iterator[list[_T]]:
    """The items in lists of at most `size`."""
    every = list(items)
    for start in range(0, len(every), size):
        yield every[start : start + size]


def stored_persons(connection: Connection) -> dict[str, StoredPerson]:
    """Everybody on record, by code."""
    rows = connection.execute(select(Person.code, Person.id, Person.name, Person.email))
    return {code: StoredPerson(number, name, email) for code, number, name, email in rows}


def stored_companies(connection: Connection) -> set[str]:
    """Names of the units without a parent: one, or none in an empty database."""
    return set(connection.scalars(select(OrgUnit.name).where(OrgUnit.depth == 0)))


def stored_employments(connection: Connection, codes: Collection[str]) -> dict[str, Employment]:
    """Spells and assignments of the named persons who have any, by code."""
    wanted = set(codes)
    manager = aliased(Person)
    spells: dict[str, set[StoredSpell]] = {}
    assignments: dict[str, set[StoredAssignment]] = {}
    sources: dict[str, set[str]] = {}
    of_spells = select(
        Person.code, EmploymentSpell.hired, EmploymentSpell.left, EmploymentSpell.leaving_reason, EmploymentSpell.source
    ).join(Person, Person.id == EmploymentSpell.person_id)
    for code, hired, left, reason, source in connection.execute(of_spells):
        if code in wanted:
            spells.setdefault(code, set()).add(StoredSpell(hired, left, reason))
            sources.setdefault(code, set()).add(source)
    of_assignments = (
        select(
            Person.code,
            OrgUnit.path,
            manager.code,
            Assignment.valid_from,
            Assignment.valid_to,
            Assignment.contracted_hours,
            Assignment.role,
            Assignment.location,
            Assignment.grade,
            Assignment.schedule,
            Assignment.zone,
            Assignment.source,
        )
        .join(Person, Person.id == Assignment.person_id)
        .join(OrgUnit, OrgUnit.id == Assignment.unit_id)
        .outerjoin(manager, manager.id == Assignment.manager_id)
    )
    for code, *values, source in connection.execute(of_assignments):
        if code in wanted:
            assignments.setdefault(code, set()).add(StoredAssignment(*values))
            sources.setdefault(code, set()).add(source)
    return {
        code: Employment(
            frozenset(spells.get(code, ())), frozenset(assignments.get(code, ())), frozenset(sources[code])
        )
        for code in sources
    }


def manager_links(connection: Connection, without: Collection[str]) -> list[tuple[str, str, date, date | None]]:
    """(person, manager, from, to) of every stored assignment with a manager, except those of the persons `without`."""
    left_out = set(without)
    manager = aliased(Person)
    rows = connection.execute(
        select(Person.code, manager.code, Assignment.valid_from, Assignment.valid_to)
        .join(Person, Person.id == Assignment.person_id)
        .join(manager, manager.id == Assignment.manager_id)
    )
    return [(person, above, starts, ends) for person, above, starts, ends in rows if person not in left_out]


def unit_ids(connection: Connection) -> dict[str, int]:
    """Path -> id of every unit."""
    return {row.path: row.id for row in connection.execute(select(OrgUnit.path, OrgUnit.id))}


def ensure_units(connection: Connection, paths: Collection[str]) -> dict[str, int]:
    """Make the units that are missing, with everything above them; returns path -> id of every unit."""
    known = unit_ids(connection)
    missing = [path for path in with_ancestors(paths) if path not in known]
    if not missing:
        return known
    taken = set(connection.scalars(select(OrgUnit.slug)))
    by_depth: dict[int, list[str]] = {}
    for path in missing:
        by_depth.setdefault(len(parts(path)) - 1, []).append(path)
    for depth in sorted(by_depth):
        rows: list[dict[str, Any]] = []
        for path in by_depth[depth]:
            found = slug(path, taken)
            taken.add(found)
            above = ancestors(path)[-2] if depth else None
            rows.append(
                {
                    "path": path,
                    "slug": found,
                    "name": path.rsplit(SEPARATOR, 1)[-1],
                    "parent_id": known[above] if above else None,
                    "depth": depth,
                    "first_day": None,
                    "last_day": None,
                }
            )
        connection.execute(insert(OrgUnit), rows)
        known = unit_ids(connection)
    return known


def ensure_persons(connection: Connection, persons: Mapping[str, tuple[str | None, str | None]]) -> dict[str, int]:
    """Make or amend persons (code -> name and e-mail); returns code -> id of everybody on record."""
    known = stored_persons(connection)
    new = [{"code": code, "name": name, "email": email} for code, (name, email) in persons.items() if code not in known]
    changed = [
        {"of": known[code].id, "to_name": name, "to_email": email}
        for code, (name, email) in persons.items()
        if code in known and (known[code].name, known[code].email) != (name, email)
    ]
    for batch in batches(new):
        connection.execute(insert(Person), batch)
    if changed:
        change = update(Person).where(Person.id == bindparam("of"))
        connection.execute(change.values(name=bindparam("to_name"), email=bindparam("to_email")), changed)
    return {row.code: row.id for row in connection.execute(select(Person.code, Person.id))}


def replace_employments(
    connection: Connection, employments: Mapping[str, Employment], persons: Mapping[str, int], units: Mapping[str, int]
) -> None:
    """Put these spells and assignments in place of all that is stored for these persons (code -> employment).

    Each employment has one source. `persons` and `units` give the ids of every code and path that occurs.
    """
    ids = sorted(persons[code] for code in employments)
    for batch in batches(ids):
        connection.execute(delete(Assignment).where(Assignment.person_id.in_(batch)))
        connection.execute(delete(EmploymentSpell).where(EmploymentSpell.person_id.in_(batch)))
    spells: list[dict[str, Any]] = []
    assignments: list[dict[str, Any]] = []
    for code in sorted(employments):
        employment = employments[code]
        (source,) = employment.sources
        spells.extend(
            {
                "person_id": persons[code],
                "hired": spell.hired,
                "left": spell.left,
                "leaving_reason": spell.reason,
                "source": source,
            }
            for spell in sorted(employment.spells, key=lambda spell: spell.hired or date.min)
        )
        assignments.extend(
            {
                "person_id": persons[code],
                "unit_id": units[each.unit],
                "manager_id": persons[each.manager] if each.manager else None,
                "valid_from": each.starts,
                "valid_to": each.ends,
                "contracted_hours": each.hours,
                "role": each.role,
                "location": each.location,
                "grade": each.grade,
                "schedule": each.schedule,
                "zone": each.zone,
                "source": source,
            }
            for each in sorted(employment.assignments, key=lambda each: (each.starts, each.unit))
        )
    for rows in batches(spells):
        connection.execute(insert(EmploymentSpell), rows)
    for rows in batches(assignments):
        connection.execute(insert(Assignment), rows)


def refresh_unit_days(connection: Connection) -> None:
    """Set the first and last day of every unit from the assignments in it and below it.

    `last_day` is inclusive, and None while an assignment has no end; both are None for a unit that nobody was in.
    """
    paths = {number: path for path, number in unit_ids(connection).items()}
    first: dict[str, date] = {}
    last: dict[str, date | None] = {}
    spans = connection.execute(
        select(
            Assignment.unit_id,
            func.min(Assignment.valid_from),
            func.max(Assignment.valid_to),
            func.count() - func.count(Assignment.valid_to),
        ).group_by(Assignment.unit_id)
    )
    for number, starts, ends, without_end in spans:
        final = ends - ONE_DAY if ends is not None and not without_end else None
        for path in ancestors(paths[number]):
            first[path] = min(starts, first.get(path, starts))
            before = last.get(path, final)
            last[path] = None if final is None or before is None else max(final, before)
    stored = connection.execute(select(OrgUnit.id, OrgUnit.path, OrgUnit.first_day, OrgUnit.last_day)).all()
    changed = [
        {"of": number, "from_day": first.get(path), "to_day": last.get(path)}
        for number, path, first_day, last_day in stored
        if (first_day, last_day) != (first.get(path), last.get(path))
    ]
    if changed:
        change = update(OrgUnit).where(OrgUnit.id == bindparam("of"))
        connection.execute(change.values(first_day=bindparam("from_day"), last_day=bindparam("to_day")), changed)


def company_findings(connection: Connection, units: list[tuple[int, str]], column: str, remedy: str) -> list[Finding]:
    """One finding for each company beside ours among the units (row number, path), at the first row that names it.

    Ours is the company on record; in an empty database it is that of the first unit. `remedy` may hold `{ours}`.
    """
    stored = stored_companies(connection)
    ours = min(stored) if stored else (company(units[0][1]) if units else "")
    first: dict[str, int] = {}
    times: dict[str, int] = {}
    for row, path in units:
        name = company(path)
        if name != ours:
            first.setdefault(name, row)
            times[name] = times.get(name, 0) + 1
    return [
        Finding(
            row,
            column,
            name,
            f"This database holds one company, '{ours}'; '{name}' is another ({times[name]} "
            f"{'row' if times[name] == 1 else 'rows'} of the file).",
            remedy.format(ours=ours),
        )
        for name, row in first.items()
    ]
