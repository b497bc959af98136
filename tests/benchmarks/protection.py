"""The protection bench: how much of the demonstration organisation can be shown at k', and who is never seen."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from core.people.tables import OrgUnit
from core.privacy.ledger import LedgerRow, rows_of

DEPARTMENT = 2  # depth of a department: company 0, division 1, department 2, team 3


@dataclass(frozen=True)
class Visibility:
    """Shares over the weeks looked at.

    shown: reporting-unit-weeks shown, of those with contributors. never: names of units that no week shows, by themselves or
    joined. covered: contributor-weeks inside some shown cell at or below department level.
    """

    weeks: int
    reporting_units: int
    shown: float
    never: tuple[str, ...]
    covered: float


def visibility(connection: Connection, *, months: tuple[int, ...] = (), family: str = "hours") -> Visibility:
    """Measure the release of `family`, over all weeks or those whose Monday lies in `months`."""
    units = {
        f"unit:{row.id}": (row.path, row.depth)
        for row in connection.execute(select(OrgUnit.id, OrgUnit.path, OrgUnit.depth))
    }
    weeks: dict[date, list[LedgerRow]] = {}
    for row in rows_of(connection, "workload"):
        if row.family == family and (not months or row.period.month in months):
            weeks.setdefault(row.period, []).append(row)
    total = shown = people = covered = 0
    seen: set[str] = set()
    teams: set[str] = set()
    for rows in weeks.values():
        inner = {row.parent for row in rows if row.parent and not row.parent.startswith("join:")}
        parent = {row.cell: row.parent for row in rows}
        reporting = [
            row
            for row in rows
            if row.cell not in inner
            and not row.cell.startswith("others:")
            and not _in_join(row.cell, parent)
            and row.members
        ]
        total += len(reporting)
        shown += sum(row.shown for row in reporting)
        visible = {row.cell for row in rows if row.shown}
        low = [row for row in rows if row.shown and _depth(row, units) >= DEPARTMENT]
        inside = frozenset().union(*(row.members for row in low)) if low else frozenset()
        everybody = frozenset().union(*(row.members for row in rows))
        people += len(everybody)
        covered += len(inside & everybody)
        for row in rows:
            if row.cell.startswith("unit:") and row.cell not in inner and row.members:
                teams.add(row.cell)
                if row.cell in visible or (parent.get(row.cell) in visible and _in_join(row.cell, parent)):
                    seen.add(row.cell)
    never = tuple(sorted(units[cell][0] for cell in teams - seen))
    return Visibility(len(weeks), len(teams), shown / total, never, covered / people)


def _in_join(cell: str, parent: dict[str, str | None]) -> bool:
    return (parent.get(cell) or "").startswith("join:")


def _depth(row: LedgerRow, units: dict[str, tuple[str, int]]) -> int:
    """The depth of the unit that a cell belongs to; a join of teams counts as its parent's."""
    if row.cell.startswith("join:"):
        return units[row.parent][1] if row.parent in units else 0
    return units["unit:" + row.cell.split(":")[1]][1]
