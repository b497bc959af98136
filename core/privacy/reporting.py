"""Reporting units: small units are put together before anything is hidden, once a quarter, from one roster.

Within each parent, while some child's expected contributors (`join_margin` x roster) are below k', the smallest child is
joined with the next smallest sibling, ties by path. Only rosters decide, so that the choice gives nothing away.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, select

from core.policy import Policy
from core.privacy.lattice import Plan, Unit, direct_cell, join_cell, unit_cell
from core.privacy.tables import ReportingQuarter


def make_plan(units: Iterable[Unit], headcount: Mapping[int, int], policy: Policy) -> Plan:
    """The plan for a roster.

    units: the active units. headcount: unit -> people whose home unit it is on the roster's Monday (directly attached).
    People attached to a unit with sub-units count as its `direct` leaf when they are at least k', otherwise nowhere.
    """
    known = {unit.id: unit for unit in units}
    sub: dict[int, list[int]] = {}
    for unit in known.values():
        if unit.parent is not None and unit.parent in known:
            sub.setdefault(unit.parent, []).append(unit.id)
    direct = frozenset(unit for unit, people in headcount.items() if people >= policy.k_prime and unit in known)
    roster: dict[int, int] = {}
    joins: dict[str, tuple[int, tuple[str, ...]]] = {}
    for unit in sorted(known.values(), key=lambda u: u.path.count("/"), reverse=True):
        children = sub.get(unit.id, [])
        if not children:
            roster[unit.id] = headcount.get(unit.id, 0)
            continue
        groups: list[tuple[int, str, tuple[str, ...]]] = [
            (roster[child], known[child].path, (unit_cell(child),)) for child in children if roster[child] > 0
        ]
        if unit.id in direct:
            groups.append((headcount[unit.id], unit.path + "/", (direct_cell(unit.id),)))
        roster[unit.id] = sum(size for size, _, _ in groups)
        for _, _, parts in _joined(groups, policy):
            if len(parts) > 1:
                joins[join_cell(parts)] = (unit.id, parts)
    return Plan(joins, direct, roster)


def _joined(groups: list[tuple[int, str, tuple[str, ...]]], policy: Policy) -> list[tuple[int, str, tuple[str, ...]]]:
    waiting = sorted(groups)
    while len(waiting) > 1 and waiting[0][0] * policy.join_margin < policy.k_prime:
        (size, path, parts), (next_size, next_path, next_parts), *others = waiting
        waiting = sorted([(size + next_size, min(path, next_path), tuple(sorted(parts + next_parts))), *others])
    return waiting


def settled(new: Plan, old: Plan | None, headcount_below: Mapping[str, int], k: int) -> Plan:
    """The plan to use: within each parent the new joins, unless that would tell between 1 and k-1 people apart.

    A change of joins is a change of members: whoever compares the quarters sees what an old group and a new group have in
    common, and what they do not. So every non-empty meeting of an old with a new group must hold at least k people, else the
    parent keeps its joins. Parts without people in the old plan are joiners, not moved.
    headcount_below: part cell -> people on the new roster.
    """
    if old is None:
        return new
    parents = {parent for parent, _ in (*new.joins.values(), *old.joins.values())}
    joins: dict[str, tuple[int, tuple[str, ...]]] = {}
    for parent in sorted(parents):
        before = {join: parts for join, (at, parts) in old.joins.items() if at == parent}
        after = {join: parts for join, (at, parts) in new.joins.items() if at == parent}
        chosen = after if _keeps_apart(before, after, headcount_below, old, k) else before
        joins.update({join: (parent, parts) for join, parts in chosen.items()})
    return Plan(joins, new.direct, new.roster)


def _keeps_apart(
    before: Mapping[str, tuple[str, ...]],
    after: Mapping[str, tuple[str, ...]],
    headcount: Mapping[str, int],
    old: Plan,
    k: int,
) -> bool:
    group_before = {part: join for join, parts in before.items() for part in parts}
    group_after = {part: join for join, parts in after.items() for part in parts}
    meetings: dict[tuple[str, str], int] = {}
    touched: set[str] = set()
    for part in sorted(group_before.keys() | group_after.keys()):
        if not old.roster.get(int(part.split(":")[1]), 0):
            continue
        was, now = group_before.get(part, part), group_after.get(part, part)
        meetings[was, now] = meetings.get((was, now), 0) + headcount.get(part, 0)
        if {p for p, g in group_before.items() if g == was} != {p for p, g in group_after.items() if g == now}:
            touched.add(part)
    if not touched:
        return True
    changed = {(group_before.get(part, part), group_after.get(part, part)) for part in touched}
    return all(meetings[pair] == 0 or meetings[pair] >= k for pair in changed)


def stored_plan(connection: Connection, quarter: date) -> Plan | None:
    """The plan decided for `quarter`, or None when it has not been decided."""
    plan = connection.scalar(select(ReportingQuarter.plan).where(ReportingQuarter.quarter == quarter))
    return None if plan is None else _from_json(plan)


def plan_before(connection: Connection, quarter: date) -> Plan | None:
    """The newest plan decided for a quarter before `quarter`."""
    plan = connection.scalar(
        select(ReportingQuarter.plan)
        .where(ReportingQuarter.quarter < quarter)
        .order_by(ReportingQuarter.quarter.desc())
        .limit(1)
    )
    return None if plan is None else _from_json(plan)


def store_plan(connection: Connection, quarter: date, roster_monday: date, plan: Plan) -> None:
    """Keep the decision; a quarter is decided once."""
    content: dict[str, Any] = {
        "roster_monday": roster_monday.isoformat(),
        "joins": {join: {"parent": parent, "parts": list(parts)} for join, (parent, parts) in plan.joins.items()},
        "direct": sorted(plan.direct),
        "roster": {str(unit): people for unit, people in sorted(plan.roster.items())},
    }
    connection.execute(insert(ReportingQuarter).values(quarter=quarter, plan=content))


def _from_json(plan: Mapping[str, Any]) -> Plan:
    return Plan(
        {join: (entry["parent"], tuple(entry["parts"])) for join, entry in plan["joins"].items()},
        frozenset(plan["direct"]),
        {int(unit): people for unit, people in plan["roster"].items()},
    )
