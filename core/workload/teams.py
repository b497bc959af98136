"""Which units are teams, what is shown of them week by week, and how long each has been above a line.

Values in, numbers out; everything here is post-processing of published cells. Sentences, lists and cards count with it.
"""

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from math import isfinite, nan
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.access.viewer import ancestors
from core.metrics.definition import Metric
from core.privacy.trends import TrendCell

LOADS = ("utilisation", "contract_load")  # measures whose teams are told by how long they have been above a line
LOOKBACK = 26  # weeks over which load is counted, at the least
RECENT = 4  # weeks within which a team must have been shown to be counted
CRUMB = 1e-9  # of binary fraction, by which a value on the line may lie above it
Row = Mapping[str, Any]
Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int_]


def within(path: str, top: str) -> bool:
    """Whether a unit is another one or lies below it."""
    return path == top or path.startswith(top + "/")


def under(seen: Iterable[Row], top: Row) -> list[Row]:
    """The units within `top`, itself among them, in the order of `seen` (rows of `core.people.views.units_seen`)."""
    return [unit for unit in seen if within(unit["path"], top["path"])]


def team_cells(below: Sequence[Row], top: int) -> set[str]:
    """Cells of the units that are teams: those without sub-units. Joins and the direct people of a unit are teams besides.

    below: the unit `top` (id) and all under it, as far as they are seen. The unit looked at is a team when it is alone.
    """
    parents = {unit["parent_id"] for unit in below}
    leaves = {f"unit:{unit['id']}" for unit in below if unit["id"] not in parents}
    if len(below) > 1:
        leaves.discard(f"unit:{top}")
    return leaves


def trail(key: str, owner: Row, top: Row, units: Iterable[Row]) -> str:
    """The units between the one looked at and a team, top first: `Engineering · Infrastructure`.

    owner: the unit of the team `key`, which joins and direct people are told with. units: those that may be named.
    """
    line = set(ancestors(owner["path"])) - {top["path"]}
    if key.startswith("unit:"):
        line.discard(owner["path"])
    above = sorted((unit for unit in units if unit["path"] in line), key=lambda unit: int(unit["depth"]))
    return " · ".join(str(unit["name"]) for unit in above)


@dataclass(frozen=True)
class Teams:
    """Shown values of teams. values: shape (teams, weeks), NaN where nothing is shown; keys: their cell ids, in order.

    names: key -> name as published last; they may repeat, as two departments may each have a team North. owners: key -> id
    of the unit that it belongs to (for a join: the parent). used: join -> weeks in which a unit is hidden in it; in others it is
    the sum of rows that are shown, and no team besides them. Joins that are not in it are teams always.
    """

    keys: tuple[str, ...]
    weeks: tuple[date, ...]
    values: Floats
    names: Mapping[str, str]
    owners: Mapping[str, int]
    used: Mapping[str, frozenset[date]] = field(default_factory=dict)

    @cached_property
    def index(self) -> pd.Index:
        """The weeks as the index of a series."""
        return pd.Index(self.weeks, dtype=object)

    def counted(self, place: int = -1) -> npt.NDArray[np.bool_]:
        """Which teams count in the week at `place`: those shown in one of the four weeks that end with it.

        The others have parted, joined or gone. A join counts when a unit was hidden in it in one of these weeks.
        """
        end = place % len(self.weeks) + 1
        recent = self.values[:, max(0, end - RECENT) : end]
        found = np.asarray(np.isfinite(recent).any(axis=1), dtype=bool)
        weeks = set(self.weeks[max(0, end - RECENT) : end])
        for at, key in enumerate(self.keys):
            if key in self.used and weeks.isdisjoint(self.used[key]):
                found[at] = False
        return found

    def now(self) -> "Teams":
        """Only the teams that count in the newest week."""
        here = self.counted()
        return self.only({key for key, counts in zip(self.keys, here, strict=True) if counts})

    def only(self, keys: Collection[str]) -> "Teams":
        """Some of the teams."""
        here = [place for place, key in enumerate(self.keys) if key in keys]
        return replace(self, keys=tuple(self.keys[at] for at in here), values=self.values[here])

    def joined(self, others: "Teams") -> "Teams":
        """These teams and those of the `others` that are not among them, in order of their keys; of the same weeks."""
        more = others.only(set(others.keys) - set(self.keys))
        keys = (*self.keys, *more.keys)
        order = sorted(range(len(keys)), key=lambda place: keys[place])
        values = np.concatenate([self.values, more.values])[order]
        names, owners = {**more.names, **self.names}, {**more.owners, **self.owners}
        return Teams(tuple(keys[at] for at in order), self.weeks, values, names, owners, self.used)

    def newest(self, weeks: int) -> "Teams":
        """The same teams over the newest `weeks` weeks."""
        return replace(self, weeks=self.weeks[-weeks:], values=self.values[:, -weeks:])


def reporting_units(cells: Iterable[TrendCell], below: Sequence[Row], top: int, weeks: tuple[date, ...]) -> Teams:
    """The teams under the unit `top` (id), by key: units without sub-units, joins, and the direct people of a unit.

    cells: of one measure and within `weeks`, each team's in order of weeks; of the others what hides in a join.
    below: as for `team_cells`; of a unit without sub-units the unit itself is the team. What is never shown is left out.
    """
    leaves = team_cells(below, top)
    place = {week: i for i, week in enumerate(weeks)}
    lines: dict[str, list[float]] = {}
    newest: dict[str, TrendCell] = {}
    used: dict[str, set[date]] = {}
    for cell in cells:
        if cell.shown_with and cell.kind != "join":
            used.setdefault(cell.shown_with, set()).add(cell.period)
        if cell.status != "shown" or (cell.cell_id not in leaves and cell.kind not in ("join", "direct")):
            continue
        line = lines.setdefault(cell.cell_id, [nan] * len(weeks))
        line[place[cell.period]] = nan if cell.value is None else cell.value
        newest[cell.cell_id] = cell
    keys = tuple(sorted(lines))
    values = np.array([lines[key] for key in keys], dtype=float) if keys else np.empty((0, len(weeks)))
    names, owners = {key: newest[key].name for key in keys}, {key: newest[key].unit_id for key in keys}
    return Teams(keys, weeks, values, names, owners, {key: frozenset(used[key]) for key in keys if key in used})


@dataclass(frozen=True)
class Run:
    """How many shown weeks in a row, the newest among them, a team has been above a line, of how many `shown` in all.

    newest: its newest shown value, NaN without any; current: whether that is the newest week's. key, name: whose run it is.
    """

    weeks: int
    shown: int
    newest: float = nan
    current: bool = False
    key: str = ""
    name: str = ""

    @classmethod
    def of(cls, values: Sequence[float], line: float, *, key: str = "", name: str = "") -> Self:
        """The run of one row: values by week, oldest first, NaN where nothing is shown.

        A hidden or missing week neither counts nor resets; a value on the line is not above it.
        """
        shown = [float(value) for value in values if isfinite(value)]
        weeks = next((i for i, value in enumerate(reversed(shown)) if value <= line + CRUMB), len(shown))
        current = bool(len(values)) and isfinite(values[-1])
        return cls(weeks, len(shown), shown[-1] if shown else nan, current, key, name)

    @property
    def or_more(self) -> bool:
        """Whether it fills all that is shown, so that it may be longer than that."""
        return self.weeks == self.shown


def runs(teams: Teams, line: float) -> tuple[Run, ...]:
    """The run of each team over all weeks of `teams`, longest first, then by name."""
    rows = zip(teams.keys, teams.values.tolist(), strict=True)
    found = [Run.of(row, line, key=key, name=teams.names[key]) for key, row in rows]
    return tuple(sorted(found, key=lambda run: (-run.weeks, run.name, run.key)))


def counts_by_week(teams: Teams, line: float, least: int) -> tuple[Floats, Counts]:
    """For each week, as it stood then: how many teams were under lasting load, and how many counted.

    Lasting: above `line` in the `least` newest shown weeks, looking back over 26 weeks. Zero where nothing can be told.
    """
    weeks = len(teams.weeks)
    above = np.zeros(weeks)
    counting = [teams.counted(place) for place in range(weeks)]
    counted = np.array([int(here.sum()) for here in counting], dtype=int)
    for team, row in enumerate(teams.values.tolist()):
        # places of the newest shown weeks above the line, none below between them
        run: deque[int] = deque(maxlen=least)
        for place, value in enumerate(row):
            if isfinite(value):
                if value > line + CRUMB:
                    run.append(place)
                else:
                    run.clear()
            if counting[place][team] and len(run) == least and run[0] > place - LOOKBACK:
                above[place] += 1
    return above, counted


def where_told(above: Floats, counted: Counts, least: int) -> Floats:
    """`above` with NaN in the first `least - 1` weeks, in which no run can be, and where no team counts."""
    told = above.copy()
    told[: least - 1] = np.nan
    told[counted == 0] = np.nan
    return told


def strained(metric: Metric, value: float) -> bool:
    """Whether a shown value lies outside the ordinary range of a measure, on the side of strain."""
    band = metric.band(value)
    return band is not None and band.tone not in ("within", "low")
