"""One unit that somebody leads, read for an overview: its teams, how long load has lasted, what changed, and ways on."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self

from sqlalchemy import Connection

from core.access.viewer import Viewer
from core.calendar import WEEK
from core.metrics.definition import Metric
from core.overview.board import Change, KeyNumber, Need, Way
from core.overview.changes import Found, changes, found_in
from core.overview.needs import of_teams
from core.overview.numbers import ALL_WEEKS, SHOWN_WEEKS, key_number, standing_for
from core.policy import Policy
from core.privacy.trends import TrendCell, published_trends
from core.workload.teams import Row, Run, Teams, lasting, reporting_units, team_cells, trail, under
from core.workload.views import AREA
from core.workload.wording import LOADS


@dataclass(frozen=True)
class Asked:
    """One question: who asks, under which policy, on which day, which units may be seen, which week is the newest."""

    connection: Connection
    viewer: Viewer
    policy: Policy
    as_of: date
    seen: list[Row]
    last: date

    @property
    def weeks(self) -> tuple[date, ...]:
        """The 52 weeks that are read, oldest first."""
        return tuple(self.last - i * WEEK for i in reversed(range(ALL_WEEKS)))

    def cells(self, measures: Collection[str], cells: Collection[str], weeks: int) -> list[TrendCell]:
        """Published cells (ids) over the newest `weeks` weeks, with the joins that they are hidden in."""
        first = self.last - (weeks - 1) * WEEK
        return published_trends(self.connection, AREA, measures, cells, first, self.last + WEEK)

    def number(self, cells: list[TrendCell], metric: Metric, unit: Row, *, id: str, label: str) -> KeyNumber:
        """The number of a unit, or of the join that it is in when that is what may be shown.

        cells: those of the measure, of this unit and perhaps others.
        """
        key = own_cell(unit)
        newest = standing_for(cells, key, self.last)
        shown_as = newest.cell_id if newest else key
        names = {own_cell(each): str(each["name"]) for each in self.seen}
        return key_number(
            metric,
            [cell for cell in cells if cell.cell_id == shown_as],
            self.weeks,
            id=id,
            label=label if shown_as == key or newest is None else f"{label} ({newest.name})",
            way=to_workload(unit, metric, f"{metric.name} in {unit['name']}"),
            counts_in=names.get(newest.shown_with or "", "") if newest else "",
        )


def own_cell(unit: Row) -> str:
    """The id of a unit's own cell."""
    return f"unit:{unit['id']}"


def to_workload(unit: Row, metric: Metric, label: str) -> Way:
    """The workload screen at a unit and a measure, over the weeks that the overview shows."""
    return Way(label, "workload", (("unit", str(unit["slug"])), ("metric", metric.id), ("weeks", str(SHOWN_WEEKS))))


@dataclass(frozen=True)
class Place:
    """A unit that the viewer leads. units: it and everything below it, by id; found: teams with something to say."""

    metric: Metric
    units: Mapping[int, Row]
    top: Row
    teams: Teams
    runs: tuple[Run, ...]
    found: tuple[Found, ...]
    hidden: int
    every: int

    @classmethod
    def of(cls, asked: Asked, top: Row, metric: Metric) -> Self:
        """Read the unit and all below it, by one measure."""
        below = under(asked.seen, top)
        leaves = team_cells(below, top["id"])
        direct = {f"direct:{unit['id']}" for unit in below if own_cell(unit) not in leaves}
        # units with others below them as well: they too may be hidden in a join, which then is a team of its own
        cells = asked.cells((metric.id,), {own_cell(unit) for unit in below} | direct, ALL_WEEKS)
        teams = reporting_units(cells, below, top["id"], asked.weeks)
        line, least = asked.policy.utilisation_bands[2], asked.policy.sustained_weeks
        newest = [cell.status for cell in cells if cell.period == asked.last and cell.cell_id in leaves]
        return cls(
            metric=metric,
            units={unit["id"]: unit for unit in below},
            top=top,
            teams=teams,
            runs=lasting(teams, line, least) if metric.id in LOADS else (),
            found=found_in(teams, metric.direction),
            hidden=newest.count("hidden"),
            every=len(newest),
        )

    @property
    def several(self) -> bool:
        """Whether there is more than one team to look at."""
        return len(self.teams.now().keys) > 1

    @property
    def beyond(self) -> int:
        """How many teams are beyond their own usual swing."""
        return sum(each.reading.tone in ("over", "beyond") for each in self.found)

    @property
    def changes(self) -> tuple[Change, ...]:
        """What changed, the longest run first; nothing when there is one team only, which the numbers are about."""
        return changes(self.metric, self.teams, self.found, self.trail, self.way) if self.several else ()

    def needs(self, asked: Asked) -> tuple[Need, ...]:
        """Teams under lasting load, those first about which nobody has written."""
        return of_teams(
            asked.connection,
            asked.viewer,
            self.metric,
            self.runs,
            path=self.path,
            way=self.way,
            everything=to_workload(self.top, self.metric, "See all of them"),
            policy=asked.policy,
            as_of=asked.as_of,
        )

    def owner(self, key: str) -> Row:
        """The unit of a reporting unit; for a join the unit above its parts, or the top when that is out of scope."""
        return self.units.get(self.teams.owners[key], self.top)

    def path(self, key: str) -> str:
        """The path of a unit; '' for a join and for the direct people of a unit."""
        return str(self.owner(key)["path"]) if key.startswith("unit:") else ""

    def way(self, key: str) -> Way:
        """The way to a reporting unit."""
        return to_workload(self.owner(key), self.metric, "See the team")

    def trail(self, key: str) -> str:
        """The units between the top and this one."""
        return trail(key, self.owner(key), self.top, self.units.values())
