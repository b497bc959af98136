"""How teams stand below a unit: how many there are, which are under lasting load, which have something to say.

Where teams were counted at release (`core.workload.counting`) the counts are read, and cells only of the few teams that they
name. Cells of the other units that the viewer sees are read and counted here, by the same rules: those above the units in scope,
and everything as long as it has not been counted. Only units that the caller has found to be in the viewer's scope are read.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import isfinite
from typing import NamedTuple, Self

from sqlalchemy import ColumnElement, Connection, func, select

from core.calendar import WEEK
from core.metrics.definition import Metric
from core.policy import Policy
from core.privacy.trends import named_trends, trends_of_units
from core.workload.area import AREA
from core.workload.changes import Found, found_in
from core.workload.counting import rule_of
from core.workload.tables import CountedUnit, TeamChange, TeamCount, TeamCounting, TeamRun
from core.workload.tally import stamp
from core.workload.teams import (
    LOADS,
    LOOKBACK,
    Counts,
    Floats,
    Row,
    Run,
    Teams,
    counts_by_week,
    reporting_units,
    runs,
    strained,
    team_cells,
    where_told,
)


@dataclass(frozen=True)
class Standing:
    """The teams that count in the newest week, as much of them as sentences and lists need.

    teams: how many. newest: how many of them are shown in the newest week; outside: those of them outside the ordinary range.
    enough: whether any is shown in enough weeks to tell whether load lasts. runs: lasting load, longest first, then by name;
    lasting: the values of these teams. alone: the key of the team when there is one only and it is no counted one.
    """

    teams: int
    newest: int
    outside: int
    enough: bool
    runs: tuple[Run, ...]
    lasting: Teams
    alone: str = ""

    @classmethod
    def of(cls, teams: Teams, metric: Metric, policy: Policy) -> Self:
        """Counted from the values of all teams."""
        line, least = policy.utilisation_bands[2], policy.sustained_weeks
        found = runs(teams, line) if metric.id in LOADS else ()
        long = tuple(run for run in found if run.weeks >= least)
        last = [value for value in teams.values[:, -1].tolist() if isfinite(value)] if len(teams.weeks) else []
        return cls(
            teams=len(teams.keys),
            newest=len(last),
            outside=sum(strained(metric, value) for value in last),
            enough=max((run.shown for run in found), default=0) >= least,
            runs=long,
            lasting=teams.only({run.key for run in long}),
            alone=teams.keys[0] if len(teams.keys) == 1 else "",
        )


class Change(NamedTuple):
    """A team with something to say, by its place among the others."""

    rank: tuple[int, int]
    name: str
    key: str


class Below:
    """What lies below a unit, for one measure up to one week: counts where they hold, cells where they do not.

    units: rows of `core.people.views.units_seen` within `top`, itself among them. weeks: how far back cells are looked at.
    """

    def __init__(
        self,
        connection: Connection,
        metric: Metric,
        units: Sequence[Row],
        top: Row,
        weeks: tuple[date, ...],
        policy: Policy,
        *,
        changes: bool = False,
    ) -> None:
        self._connection, self._metric, self._policy = connection, metric, policy
        self._units, self._top, self._weeks = units, top, weeks
        holds = _holds(connection, metric, policy, weeks[-1], changes=changes)
        roots = _counted_units(connection, units, top) if holds else {}
        self._ids = tuple(roots)
        self._within = set(self._ids).union(*roots.values())
        loose = {int(unit["id"]) for unit in units} - self._within | set(self._ids)
        cells = trends_of_units(connection, AREA, metric.id, loose, weeks[0], weeks[-1] + WEEK)
        self._cells = [cell for cell in cells if cell.kind == "unit" or cell.unit_id not in self._within]
        self._leaves = team_cells(units, int(top["id"]))
        self._loose = reporting_units(self._cells, units, int(top["id"]), weeks)
        self._read = {cell.period: cell.release_id for cell in sorted(cells, key=lambda cell: cell.release_id)}

    def standing(self, back: int | None = None) -> Standing:
        """The teams that count now, with runs over the newest `back` weeks (all, when not given)."""
        weeks = self._weeks[-back:] if back else self._weeks
        own = Standing.of(self._loose.now().newest(len(weeks)), self._metric, self._policy)
        if not self._ids:
            return own
        found = self._connection.execute(
            select(
                func.coalesce(func.sum(TeamCount.teams), 0).label("teams"),
                func.coalesce(func.sum(TeamCount.shown), 0).label("shown"),
                func.coalesce(func.sum(TeamCount.strained), 0).label("strained"),
                func.max(TeamCount.settled).label("settled"),
            ).where(*self._of(TeamCount), TeamCount.week == weeks[-1])
        ).one()
        keys = self._connection.scalars(
            select(TeamRun.cell_id).where(*self._of(TeamRun), TeamRun.week == weeks[-1], TeamRun.since >= weeks[0])
        )
        counted = self._teams(set(keys), weeks)
        line, least = self._policy.utilisation_bands[2], self._policy.sustained_weeks
        lasting = own.lasting.joined(counted)
        return Standing(
            teams=own.teams + int(found.teams),
            newest=own.newest + int(found.shown),
            outside=own.outside + int(found.strained),
            enough=own.enough or (found.settled is not None and found.settled >= weeks[0]),
            runs=tuple(run for run in runs(lasting, line) if run.weeks >= least),
            lasting=lasting,
            alone=own.alone if own.teams == 1 and not found.teams else "",
        )

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """Every team with something to say, in the order in which it is told."""
        mine = self._loose.names
        found = [Change(each.rank, mine[each.key], each.key) for each in found_in(self._loose, self._metric.direction)]
        if self._ids:
            rows = self._connection.execute(
                select(TeamChange.place, TeamChange.length, TeamChange.name, TeamChange.cell_id).where(
                    *self._of(TeamChange)
                )
            )
            found += [Change((row.place, row.length), row.name, row.cell_id) for row in rows]
        return tuple(sorted(set(found)))

    def told(self, changes: Iterable[Change]) -> tuple[Teams, tuple[Found, ...]]:
        """The cells of some of the `changes`, and what they say, in the same order."""
        keys = {change.key for change in changes}
        teams = self._loose.only(keys)
        counted = keys - set(teams.keys)
        if counted:
            teams = teams.joined(self._teams(counted, self._weeks))
        return teams, found_in(teams, self._metric.direction)

    def above(self) -> tuple[Floats, Counts]:
        """For each week: how many teams were under lasting load, and how many counted; as `counts_by_week` over all teams.

        NaN in the first weeks, in which load cannot have lasted, and where no team counts.
        """
        line, least = self._policy.utilisation_bands[2], self._policy.sustained_weeks
        above, counted = counts_by_week(self._loose, line, least)
        if self._ids:
            place = {week: i for i, week in enumerate(self._weeks)}
            rows = self._connection.execute(
                select(
                    TeamCount.week, func.sum(TeamCount.teams).label("teams"), func.sum(TeamCount.shown).label("shown")
                )
                .where(*self._of(TeamCount), TeamCount.week >= self._weeks[0], TeamCount.week <= self._weeks[-1])
                .group_by(TeamCount.week)
                .order_by(TeamCount.week)
            )
            seen = 0
            for row in rows:
                seen += int(row.shown)
                counted[place[row.week]] += int(row.teams) if seen else 0
            long = self._connection.execute(
                select(TeamRun.week, TeamRun.since, func.count().label("teams"))
                .where(*self._of(TeamRun), TeamRun.week <= self._weeks[-1], TeamRun.since >= self._weeks[0])
                .group_by(TeamRun.week, TeamRun.since)
            )
            for week, since, teams in long:
                if since > week - LOOKBACK * WEEK:
                    above[place[week]] += int(teams)
        return where_told(above, counted, least), counted

    def not_shown(self) -> tuple[int, int]:
        """Units without sub-units in the newest week: those that are not shown on their own, and all that have a cell."""
        last = self._weeks[-1]
        newest = [c.status for c in self._cells if c.period == last and c.cell_id in self._leaves]
        hidden, every = newest.count("hidden"), len(newest)
        if self._ids:
            row = self._connection.execute(
                select(func.sum(TeamCount.hidden).label("hidden"), func.sum(TeamCount.units).label("units")).where(
                    *self._of(TeamCount), TeamCount.week == last
                )
            ).one()
            hidden, every = hidden + int(row.hidden or 0), every + int(row.units or 0)
        return hidden, every

    def release(self, first: date) -> int | None:
        """The newest release among the cells from the week `first` on; None without a cell."""
        found = [release for week, release in self._read.items() if week >= first]
        if self._ids:
            newest = self._connection.scalar(
                select(func.max(TeamCount.release_id)).where(
                    *self._of(TeamCount), TeamCount.week >= first, TeamCount.week <= self._weeks[-1]
                )
            )
            found += [newest] if newest else []
        return max(found, default=None)

    def any(self) -> bool:
        """Whether there is any cell in these weeks, shown or not."""
        return self.release(self._weeks[0]) is not None

    def _of(self, table: type[TeamCount] | type[TeamRun] | type[TeamChange]) -> tuple[ColumnElement[bool], ...]:
        return table.measure == self._metric.id, table.unit_id.in_(self._ids)

    def _teams(self, keys: set[str], weeks: tuple[date, ...]) -> Teams:
        cells = named_trends(self._connection, AREA, self._metric.id, keys, weeks[0], weeks[-1] + WEEK)
        return reporting_units(cells, self._units, int(self._top["id"]), weeks)


def _holds(connection: Connection, metric: Metric, policy: Policy, last: date, *, changes: bool) -> bool:
    """Whether the weeks up to `last` are counted by the rule that is in force."""
    row = connection.execute(
        select(TeamCounting.rule, TeamCounting.upto, TeamCounting.changes).where(TeamCounting.measure == metric.id)
    ).first()
    if row is None or row.upto is None or row.upto < last or row.rule != rule_of(metric, policy):
        return False
    return row.changes == last if changes else True


def _counted_units(connection: Connection, units: Sequence[Row], top: Row) -> dict[int, list[int]]:
    """The highest units below which everything that was counted is seen, and nothing else is, each with what is below it.

    A unit of which only a part is seen, or below which something has come or gone since, is looked into.
    """
    children: dict[int | None, list[int]] = {}
    for unit in units:
        children.setdefault(unit["parent_id"], []).append(int(unit["id"]))
    found: dict[int, list[int]] = {}
    level = [int(top["id"])]
    while level:
        rows = connection.execute(
            select(CountedUnit.unit_id, CountedUnit.below).where(
                CountedUnit.unit_id.in_(level), CountedUnit.below != ""
            )
        )
        known = {row.unit_id: row.below for row in rows}
        rest: list[int] = []
        for at in level:
            inside = _below(at, children) if at in known else []
            if inside and known[at] == stamp(inside):
                found[at] = [unit for unit, _ in inside]
            else:
                rest += children.get(at, [])
        level = rest
    return found


def _below(top: int, children: Mapping[int | None, list[int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    waiting = [top]
    while waiting:
        at = waiting.pop()
        found += [(unit, at) for unit in children.get(at, [])]
        waiting += children.get(at, [])
    return found
