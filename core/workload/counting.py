"""Teams are counted when weeks have been released, so that a screen of the whole company reads counts and not every cell.

Everything is worked out from current published cells, so it says nothing that they do not. A screen reads a count only where it
holds for what the viewer sees (`core.workload.standing`), and counts by itself where none does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, delete, false, func, insert, select, update

from core.calendar import WEEK
from core.database.bulk import write_rows
from core.metrics.catalogue import catalogue
from core.metrics.definition import Metric
from core.people.views import parents_of_units
from core.policy import Policy
from core.privacy.trends import any_cells, cells_of_week
from core.privacy.views import first_period, measures_known, measures_of, newest_period
from core.workload.area import AREA, LONGEST
from core.workload.changes import ALL_WEEKS, found_in
from core.workload.tables import CountedUnit, TeamChange, TeamCount, TeamCounting, TeamRun
from core.workload.tally import Tally, Tree
from core.workload.teams import LOADS, RECENT

# What teams are read by on an overview: the first that there is.
LEADING = (*LOADS, "viva_collaboration")
_LOCK = 7_251_008  # PostgreSQL advisory lock: a count begins after a release, or before it, never within


_Rows = Mapping[type[TeamCount] | type[TeamRun] | type[TeamChange], list[dict[str, Any]]]


def rule_of(metric: Metric, policy: Policy) -> str:
    """The fingerprint of everything besides cells and units that a count depends on."""
    bands = [(band.upper, band.tone) for band in metric.bands]
    return sha256(
        repr((policy.utilisation_bands[2], policy.sustained_weeks, bands, metric.direction)).encode()
    ).hexdigest()


def reopen(connection: Connection, week: date) -> None:
    """What was counted of `week` and of all weeks after it no longer holds; belongs in the transaction that changes its cells."""
    _turn(connection)
    connection.execute(update(TeamCounting).values(claim=None))
    connection.execute(
        update(TeamCounting).where(TeamCounting.upto >= week).values(upto=week - WEEK, changes=None, claim=None)
    )


@dataclass(frozen=True)
class _Due:
    """What is to be counted of a measure: the weeks from `start` to `last`. first: before it no week was ever released."""

    metric: Metric
    first: date
    start: date
    last: date
    leading: bool


def count_teams(engine: Engine, policy: Policy) -> tuple[str, ...]:
    """Count what has been released and is not counted yet, by measure; returns the measures that were counted.

    Reads before it writes, so that others can write meanwhile. A release that comes in between takes back what this one was
    about to say; whoever released then counts.
    """
    claim = uuid4().hex
    with engine.connect() as connection:
        last = newest_period(connection, AREA)
        if last is None or _all_counted(connection, policy, last):
            return ()
    with engine.begin() as connection:
        _turn(connection)
        tree = Tree(parents_of_units(connection))
        _keep_tree(connection, tree)
        due = _claimed(connection, policy, last, claim)
    done = []
    for each in due:
        with engine.connect() as connection:
            rows, mixed = _counted(connection, tree, each, policy)
        with engine.begin() as connection:
            _turn(connection)
            if _store(connection, each, rows, claim):
                _read_by_cell(connection, mixed)
                done.append(each.metric.id)
    return tuple(done)


def _turn(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    else:  # the driver begins a transaction with the first write only, and what is read before it may be changed meanwhile
        connection.execute(update(TeamCounting).where(false()).values(claim=None))


def _measures(connection: Connection, policy: Policy) -> list[Metric]:
    known = catalogue(policy)
    return [known[name] for name in measures_known(connection, AREA) if name in known]


def _all_counted(connection: Connection, policy: Policy, last: date) -> bool:
    stands = {row.measure: row for row in connection.execute(select(*TeamCounting.__table__.columns))}
    for metric in _measures(connection, policy):
        row = stands.get(metric.id)
        if row is None or row.upto is None or row.upto < last or row.rule != rule_of(metric, policy):
            return False
    counted = {row.unit_id: row.parent_id for row in connection.execute(select(*CountedUnit.__table__.columns))}
    return counted == parents_of_units(connection)


def _keep_tree(connection: Connection, tree: Tree) -> None:
    """Write down the units as they are now. When one moved that counted weeks have cells of, they have to be counted again."""
    rows = {row.unit_id: row for row in connection.execute(select(*CountedUnit.__table__.columns))}
    before = Tree({unit: row.parent_id for unit, row in rows.items()})
    moved = {
        unit
        for unit in before.parents.keys() | tree.parents.keys()
        if before.line(unit) != tree.line(unit) or (unit in before.inner) != (unit in tree.inner)
    }
    upto = connection.scalar(select(func.max(TeamCounting.upto)))
    if upto is not None and any_cells(connection, AREA, measures_known(connection, AREA), moved, upto + WEEK):
        connection.execute(update(TeamCounting).values(upto=None, changes=None))
        upto = None
    stamps = tree.stamps()
    if upto is not None:  # what is not counted from the beginning keeps the joins that have moved
        stamps |= {unit: "" for unit in before.inner & tree.inner if rows[unit].below == ""}
    same = {
        unit for unit, row in rows.items() if (row.parent_id, row.below) == (tree.parents.get(unit), stamps.get(unit))
    }
    gone = rows.keys() - same
    if gone:
        connection.execute(delete(CountedUnit).where(CountedUnit.unit_id.in_(sorted(gone))))
    fresh = [
        {"unit_id": unit, "parent_id": parent, "below": stamps[unit]}
        for unit, parent in tree.parents.items()
        if unit not in same
    ]
    write_rows(connection, insert(CountedUnit), fresh)


def _claimed(connection: Connection, policy: Policy, last: date, claim: str) -> list[_Due]:
    """What has to be counted, marked as being counted by this run."""
    first = first_period(connection, AREA)
    assert first is not None
    recent = set().union(*(measures_of(connection, AREA, last - i * WEEK) for i in range(RECENT)))
    stands = {row.measure: row for row in connection.execute(select(*TeamCounting.__table__.columns))}
    found = []
    for metric in _measures(connection, policy):
        row, rule = stands.get(metric.id), rule_of(metric, policy)
        upto = row.upto if row is not None and row.rule == rule else None
        if upto is not None and upto >= last:
            continue
        if row is None:
            connection.execute(insert(TeamCounting).values(measure=metric.id, rule=rule, claim=claim))
        else:
            connection.execute(
                update(TeamCounting)
                .where(TeamCounting.measure == metric.id)
                .values(rule=rule, upto=upto, changes=None, claim=claim)
            )
        start = first if upto is None else max(first, upto + WEEK)
        found.append(_Due(metric, first, start, last, metric.id in LEADING and metric.id in recent))
    return found


def _read_by_cell(connection: Connection, units: set[int]) -> None:
    """From now on these are read cell by cell, until all weeks are counted anew."""
    if units:
        connection.execute(update(CountedUnit).where(CountedUnit.unit_id.in_(sorted(units))).values(below=""))


def _counted(connection: Connection, tree: Tree, due: _Due, policy: Policy) -> tuple[_Rows, set[int]]:
    """The rows to be written for a measure, by table, and the units for which they do not hold."""
    runs = due.metric.id in LOADS
    tally = Tally(tree, due.metric, policy.utilisation_bands[2], policy.sustained_weeks, runs=runs)
    counts, long = [], []
    back = LONGEST if runs else ALL_WEEKS if due.leading else RECENT
    begin = min(due.start, due.last - (ALL_WEEKS - 1) * WEEK) if due.leading else due.start
    for week in _weeks(max(due.first, min(begin, due.start - (back - 1) * WEEK)), due.last):
        tally.take(week, cells_of_week(connection, AREA, due.metric.id, week))
        if week >= due.start:
            counts += tally.counts()
            long += tally.runs()
    changes = []
    if due.leading:
        teams = tally.teams()
        changes = [
            {"unit_id": unit, "cell_id": each.key, "name": teams.names[each.key], "place": place, "length": length}
            for each in found_in(teams, due.metric.direction)
            for place, length in [each.rank]
            for unit in tally.holders(each.key)
        ]
    return {TeamCount: counts, TeamRun: long, TeamChange: changes}, tally.mixed


def _weeks(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += WEEK


def _store(connection: Connection, due: _Due, rows: _Rows, claim: str) -> bool:
    """Write what was counted; False, and nothing written, when it no longer holds."""
    name = due.metric.id
    mine = (
        update(TeamCounting)
        .where(TeamCounting.measure == name, TeamCounting.claim == claim)
        .values(upto=due.last, changes=due.last if due.leading else None, claim=None)
    )
    if connection.execute(mine).rowcount != 1:
        return False
    connection.execute(delete(TeamCount).where(TeamCount.measure == name, TeamCount.week >= due.start))
    connection.execute(delete(TeamRun).where(TeamRun.measure == name, TeamRun.week >= due.start))
    connection.execute(delete(TeamChange).where(TeamChange.measure == name))
    for table, found in rows.items():
        write_rows(connection, insert(table), [{"measure": name, **row} for row in found])
    return True
