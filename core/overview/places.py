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
from core.overview.changes import MOST, changes
from core.overview.needs import of_teams
from core.overview.numbers import key_number, standing_for
from core.policy import Policy
from core.privacy.trends import TrendCell, published_trends
from core.workload.area import AREA
from core.workload.changes import ALL_WEEKS, BEYOND, SHOWN_WEEKS, Found
from core.workload.standing import Below, Standing
from core.workload.teams import Counts, Floats, Row, Run, Teams, trail, under


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
    """A unit that the viewer leads. units: it and everything below it, by id. standing: over the weeks that are shown.

    found: the first teams with something to say, with `more` besides; teams: the values of these. beyond: how many teams are
    beyond their own usual swing. above: as `core.workload.standing.Below.above`. hidden, every: teams in the newest week.
    """

    metric: Metric
    units: Mapping[int, Row]
    top: Row
    standing: Standing
    teams: Teams
    found: tuple[Found, ...]
    more: int
    beyond: int
    above: tuple[Floats, Counts]
    hidden: int
    every: int

    @classmethod
    def of(cls, asked: Asked, top: Row, metric: Metric) -> Self:
        """Read the unit and all below it, by one measure."""
        below = under(asked.seen, top)
        counted = Below(asked.connection, metric, below, top, asked.weeks, asked.policy, changes=True)
        changes = counted.changes
        teams, found = counted.told(changes[:MOST])
        hidden, every = counted.not_shown()
        return cls(
            metric=metric,
            units={unit["id"]: unit for unit in below},
            top=top,
            standing=counted.standing(SHOWN_WEEKS),
            teams=teams,
            found=found,
            more=len(changes) - len(found),
            beyond=sum(change.rank[0] == BEYOND for change in changes),
            above=counted.above(),
            hidden=hidden,
            every=every,
        )

    @property
    def several(self) -> bool:
        """Whether there is more than one team to look at."""
        return self.standing.teams > 1

    @property
    def runs(self) -> tuple[Run, ...]:
        """Teams under lasting load, longest first."""
        return self.standing.runs

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
        owners = self.teams.owners if key in self.teams.owners else self.standing.lasting.owners
        return self.units.get(owners[key], self.top)

    def path(self, key: str) -> str:
        """The path of a unit; '' for a join and for the direct people of a unit."""
        return str(self.owner(key)["path"]) if key.startswith("unit:") else ""

    def way(self, key: str) -> Way:
        """The way to a reporting unit."""
        return to_workload(self.owner(key), self.metric, "See the team")

    def trail(self, key: str) -> str:
        """The units between the top and this one."""
        return trail(key, self.owner(key), self.top, self.units.values())
