"""From rows of a people file to spells and assignments, and everything that cannot be true about them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from core.delivery import Finding
from core.people.loading import ONE_DAY, Employment, StoredAssignment, StoredSpell


class Row(NamedTuple):
    """One row of a people file. `row` is its line; `starts` is None when blank, `ends` is inclusive as in the file.

    sound: every cell that decides about time and place was readable (others are left out of rules over rows).
    """

    row: int
    code: str
    name: str | None
    email: str | None
    unit: str
    manager: str | None
    hours: float | None
    hired: date
    left: date | None
    reason: str | None
    role: str | None
    location: str | None
    grade: str | None
    starts: date | None
    ends: date | None
    sound: bool
    schedule: str | None = None
    zone: str | None = None

    @property
    def begins(self) -> date:
        """First day of the assignment: `from`, or the day of hire."""
        return self.starts or self.hired


@dataclass(frozen=True)
class Roster:
    """What the rows mean. placed: row number -> (code, assignment)."""

    employments: Mapping[str, Employment]
    placed: Mapping[int, tuple[str, StoredAssignment]]


def employments(rows: Iterable[Row], source: str) -> tuple[Roster, list[Finding]]:
    """Spells and assignments by person.

    A row starts at `from` (or `hired`) and ends after `to`, or where the next later row of the spell starts, or after the
    last day of the spell. Rows of one spell with the same start, or whose `to` reaches beyond, are concurrent.
    A person with a row that is not sound is left out.
    """
    findings: list[Finding] = []
    by_person: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_person[row.code].append(row)
    found: dict[str, Employment] = {}
    placed: dict[int, tuple[str, StoredAssignment]] = {}
    for code, of_person in by_person.items():
        if not all(row.sound for row in of_person):
            continue
        findings.extend(_doubled(of_person))
        spells: list[tuple[StoredSpell, Row]] = []
        assignments: dict[int, StoredAssignment] = {}
        by_hired: dict[date, list[Row]] = defaultdict(list)
        for row in of_person:
            by_hired[row.hired].append(row)
        for hired in sorted(by_hired):
            spell, wrong = _spell(by_hired[hired])
            findings.extend(wrong)
            spells.append((spell, by_hired[hired][0]))
            if not wrong:
                assignments.update(_assignments(by_hired[hired], spell))
        overlapping = list(_overlapping_spells(spells))
        findings.extend(overlapping or _twice_in_a_unit(of_person, assignments))
        found[code] = Employment(
            frozenset(spell for spell, _ in spells), frozenset(assignments.values()), frozenset((source,))
        )
        placed.update({row: (code, assignment) for row, assignment in assignments.items()})
    return Roster(found, placed), findings


def _doubled(rows: list[Row]) -> Iterable[Finding]:
    first: dict[tuple[date, date, str], int] = {}
    for row in rows:
        key = (row.hired, row.begins, row.unit)
        if key in first:
            yield Finding(
                row.row,
                "id",
                row.code,
                f"This person, unit and start were already given in row {first[key]}.",
                "Keep one of the two rows.",
            )
        else:
            first[key] = row.row


def _spell(rows: list[Row]) -> tuple[StoredSpell, list[Finding]]:
    """The spell that these rows (of one person and day of hire) describe."""
    findings: list[Finding] = []
    left: date | None = None
    reason: str | None = None
    said_left = said_reason = 0
    for row in rows:
        if row.left is not None and left is not None and row.left != left:
            findings.append(
                Finding(
                    row.row,
                    "left",
                    row.left.isoformat(),
                    f"Row {said_left} ends the same employment on {left.isoformat()}.",
                    "Write the same last day in all rows of one employment.",
                )
            )
        elif row.left is not None and left is None:
            left, said_left = row.left, row.row
        if row.reason is not None and reason is not None and row.reason != reason:
            findings.append(
                Finding(
                    row.row,
                    "leaving_reason",
                    row.reason,
                    f"Row {said_reason} gives another reason for the same employment: {reason}.",
                    "Write the same reason in all rows of one employment.",
                )
            )
        elif row.reason is not None and reason is None:
            reason, said_reason = row.reason, row.row
    hired = rows[0].hired
    if left is not None and left < hired:
        row = next(row for row in rows if row.row == said_left)
        findings.append(
            Finding(
                row.row,
                "left",
                left.isoformat(),
                f"The last day is before the first: hired on {hired.isoformat()}.",
                "Correct 'left' or 'hired'; leave 'left' blank for somebody who is still employed.",
            )
        )
        return StoredSpell(hired, left, reason), findings
    for row in rows:
        findings.extend(_outside(row, left))
    return StoredSpell(hired, left, reason), findings


def _outside(row: Row, left: date | None) -> Iterable[Finding]:
    span = f"{row.hired.isoformat()} to {left.isoformat() if left else 'today and on'}"
    remedy = "Correct the day, or 'hired' and 'left'. An assignment lies inside one employment."
    if row.begins < row.hired or (left is not None and row.begins > left):
        problem = f"The assignment starts outside the employment ({span})."
        yield Finding(row.row, "from", row.begins.isoformat(), problem, remedy)
    elif row.ends is not None and row.ends < row.begins:
        problem = f"The assignment ends before it starts on {row.begins.isoformat()}."
        yield Finding(row.row, "to", row.ends.isoformat(), problem, "'to' is the last day in the unit. Correct it.")
    elif row.ends is not None and left is not None and row.ends > left:
        problem = f"The assignment ends outside the employment ({span})."
        yield Finding(row.row, "to", row.ends.isoformat(), problem, remedy)


def _assignments(rows: list[Row], spell: StoredSpell) -> dict[int, StoredAssignment]:
    starts = sorted({row.begins for row in rows})
    after = dict(zip(starts, [*starts[1:], None], strict=True))
    found: dict[int, StoredAssignment] = {}
    for row in rows:
        following = after[row.begins]
        if row.ends is not None:
            ends: date | None = row.ends + ONE_DAY
        elif following is not None:
            ends = following
        else:
            ends = spell.left + ONE_DAY if spell.left else None
        found[row.row] = StoredAssignment(
            row.unit,
            row.manager,
            row.begins,
            ends,
            row.hours,
            row.role,
            row.location,
            row.grade,
            row.schedule,
            row.zone,
        )
    return found


def _overlapping_spells(spells: list[tuple[StoredSpell, Row]]) -> Iterable[Finding]:
    for (earlier, before), (later, row) in pairwise(spells):
        assert later.hired is not None
        if earlier.left is None or later.hired <= earlier.left:
            until = f"ended on {earlier.left.isoformat()}" if earlier.left else "has no last day"
            yield Finding(
                row.row,
                "hired",
                later.hired.isoformat(),
                f"This employment overlaps with the one in row {before.row}, which {until}.",
                "Give the earlier employment its last day in 'left', or correct 'hired'. The same person and 'hired' with "
                "a later 'from' is a move, not a new employment.",
            )


def _twice_in_a_unit(rows: list[Row], assignments: Mapping[int, StoredAssignment]) -> Iterable[Finding]:
    by_unit: dict[str, list[tuple[date, int]]] = defaultdict(list)
    for row in rows:
        if row.row in assignments:
            by_unit[row.unit].append((row.begins, row.row))
    for places in by_unit.values():
        places.sort()
        for (_, before), (start, again) in pairwise(places):
            first = assignments[before]
            if start > first.starts and (first.ends is None or start < first.ends):
                yield Finding(
                    again,
                    "from",
                    start.isoformat(),
                    f"The person is in this unit already, by row {before}.",
                    f"End row {before} with a 'to' before {start.isoformat()}, or take one of the rows out.",
                )
