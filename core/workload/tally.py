"""Counting teams week by week, for every unit at once: published cells in, counts and runs out. No database here."""

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt

from core.calendar import WEEK
from core.metrics.definition import Metric
from core.privacy.lattice import parts_of
from core.privacy.trends import WeekCell
from core.workload.changes import ALL_WEEKS
from core.workload.teams import CRUMB, RECENT, Teams, strained

NEVER = -1
Numbers = npt.NDArray[np.int64]


class Tree:
    """The units as they are: id -> id of the unit above, None at the top."""

    def __init__(self, parents: Mapping[int, int | None]) -> None:
        self.parents = dict(parents)
        self.inner = {parent for parent in self.parents.values() if parent is not None}
        self._lines: dict[int, tuple[int, ...]] = {}

    def line(self, unit: int) -> tuple[int, ...]:
        """The unit and all above it, itself first; () for a unit that is not there."""
        if unit not in self.parents:
            return ()
        if unit not in self._lines:
            above = self.parents[unit]
            self._lines[unit] = (unit, *(self.line(above) if above is not None else ()))
        return self._lines[unit]

    def holders(self, unit: int) -> frozenset[int]:
        """The units that what belongs to `unit` counts for: those of its line that have units below them."""
        return frozenset(each for each in self.line(unit) if each in self.inner)

    def stamps(self) -> dict[int, str]:
        """Of each unit the fingerprint of what is below it, '' when nothing is."""
        below: dict[int, list[tuple[int, int]]] = {unit: [] for unit in self.inner}
        for unit, parent in self.parents.items():
            if parent is not None:
                for above in self.line(unit)[1:]:
                    below[above].append((unit, parent))
        return {unit: stamp(below[unit]) if unit in below else "" for unit in self.parents}


def stamp(below: Sequence[tuple[int, int]]) -> str:
    """The fingerprint of units below another, given as (unit, parent)."""
    return sha256(repr(sorted(below)).encode()).hexdigest()


def mixed(tree: Tree, join: str, unit: int) -> set[int]:
    """The units on the lines of a join of `unit` and of its parts; none while each part is a team right below `unit`."""
    parts = [(kind, int(owner)) for kind, _, owner in (part.partition(":") for part in parts_of(join))]
    above = {owner if kind == "direct" else tree.parents.get(owner) for kind, owner in parts}
    if above == {unit} and not any(kind == "unit" and owner in tree.inner for kind, owner in parts):
        return set()
    return set(tree.line(unit)).union(*(tree.line(owner) for _, owner in parts))


class Tally:
    """Takes one measure's weeks one after the other and tells, after each, how teams stand below every unit.

    What counts is as in `core.workload.teams`: units without sub-units, direct people, and joins in which a unit is hidden. A
    team counts for the unit that it belongs to (a join: the one above its parts) and for all above that have units below.
    least: shown weeks above `line` that make a run.

    A join belongs to one unit as long as all its parts are right below that one. `mixed` collects the units on the lines of joins
    whose parts have moved, or have sub-units by now: what was counted for these says something else than their cells do.
    """

    def __init__(self, tree: Tree, metric: Metric, line: float, least: int, *, runs: bool) -> None:
        self._tree, self._metric, self._line, self._least, self._runs = tree, metric, line, least, runs
        self._places: dict[str, int] = {}
        self._names: list[str] = []
        self._owners: list[int] = []
        self._holders: list[frozenset[int]] = []
        self._team: list[bool] = []
        self._leaf: list[bool] = []
        self._join: list[bool] = []
        self.mixed: set[int] = set()
        self._joined: set[tuple[str, int]] = set()
        self._tops = sorted(tree.inner)
        self._top_of = {unit: place for place, unit in enumerate(self._tops)}
        self._pairs: tuple[Numbers, Numbers] | None = None
        self._columns: list[npt.NDArray[np.float64]] = []
        self._weeks: list[date] = []
        self._shown_at = np.empty(0, dtype=np.int64)
        self._used_at = np.empty(0, dtype=np.int64)  # of joins: when a unit was hidden in it last
        self._streak = np.empty(0, dtype=np.int64)
        self._recent = np.empty((0, least), dtype=np.int64)
        self._status = np.empty(0, dtype=np.int64)  # 0 no cell, 1 shown, 2 hidden
        self._release = np.empty(0, dtype=np.int64)

    def take(self, week: date, cells: Sequence[WeekCell]) -> None:
        """The next week; weeks come without gaps, those without a cell too."""
        assert not self._weeks or week == self._weeks[-1] + WEEK
        for cell in cells:
            if cell.cell_id not in self._places:
                self._add(cell.cell_id, cell.kind, cell.unit_id, cell.name)
            if cell.kind == "join" and (cell.cell_id, cell.unit_id) not in self._joined:
                self._joined.add((cell.cell_id, cell.unit_id))
                self.mixed |= mixed(self._tree, cell.cell_id, cell.unit_id)
        self._grow()
        size = len(self._names)
        values = np.full(size, np.nan)
        self._status = np.zeros(size, dtype=np.int64)
        self._release = np.zeros(size, dtype=np.int64)
        for cell in cells:
            place = self._places[cell.cell_id]
            self._release[place] = cell.release_id
            self._status[place] = 1 if cell.status == "shown" else 2
            if cell.status == "shown":
                self._names[place], self._owners[place] = cell.name, cell.unit_id
                values[place] = np.nan if cell.value is None else cell.value
        now = week.toordinal()
        used = {cell.shown_with for cell in cells if cell.shown_with and cell.kind != "join"}
        self._used_at[[self._places[key] for key in used if key in self._places]] = now
        shown = np.isfinite(values)
        self._shown_at[shown] = now
        self._recent[shown] = np.roll(self._recent[shown], -1, axis=1)
        self._recent[shown, -1] = now
        high = shown & (np.nan_to_num(values, nan=-np.inf) > self._line + CRUMB)
        self._streak[high] += 1
        self._streak[shown & ~high] = 0
        self._weeks.append(week)
        self._columns = [*self._columns[-(ALL_WEEKS - 1) :], values]

    def counts(self) -> list[dict[str, Any]]:
        """Rows of `TeamCount` of the newest week, for every unit with anything to count."""
        week, values = self._weeks[-1], self._columns[-1]
        counted, leaf = self._counted(), np.array(self._leaf, dtype=bool)
        shown = np.isfinite(values) & counted
        outside = np.zeros(len(values), dtype=bool)
        if not self._runs:  # load is told by its runs
            outside[shown] = [strained(self._metric, value) for value in values[shown].tolist()]
        enough = np.where(counted, self._recent[:, 0], NEVER) if self._runs else np.full(len(values), NEVER)
        found = {
            "teams": self._added(counted),
            "shown": self._added(shown),
            "strained": self._added(outside),
            "units": self._added(leaf & (self._status > 0)),
            "hidden": self._added(leaf & (self._status == 2)),
            "release_id": self._newest(self._release, 0),
        }
        settled = self._newest(enough, NEVER).tolist()
        rows = np.stack(list(found.values()), axis=1)
        return [
            {
                "unit_id": self._tops[place],
                "week": week,
                **dict(zip(found, rows[place].tolist(), strict=True)),
                "settled": date.fromordinal(settled[place]) if settled[place] > 0 else None,
            }
            for place in np.flatnonzero(rows.any(axis=1)).tolist()
        ]

    def runs(self) -> list[dict[str, Any]]:
        """Rows of `TeamRun` of the newest week."""
        if not self._runs:
            return []
        long = self._counted() & (self._streak >= self._least)
        keys = list(self._places)
        return [
            {
                "unit_id": unit,
                "week": self._weeks[-1],
                "cell_id": keys[place],
                "since": date.fromordinal(int(self._recent[place, 0])),
            }
            for place in np.flatnonzero(long).tolist()
            for unit in sorted(self._holders[place])
        ]

    def teams(self) -> Teams:
        """The teams that count now over the newest 52 weeks, with NaN before the first week taken."""
        weeks = tuple(self._weeks[-1] - i * WEEK for i in reversed(range(ALL_WEEKS)))
        values = np.full((len(self._names), ALL_WEEKS), np.nan)
        for back, column in enumerate(reversed(self._columns), start=1):
            values[: len(column), -back] = column
        keys = list(self._places)
        places = sorted(np.flatnonzero(self._counted()).tolist(), key=lambda place: keys[place])
        named = {keys[place]: self._names[place] for place in places}
        owners = {keys[place]: self._owners[place] for place in places}
        return Teams(tuple(named), weeks, values[places], named, owners)

    def holders(self, key: str) -> list[int]:
        """The units below which the team of this key is."""
        return sorted(self._holders[self._places[key]])

    def _add(self, key: str, kind: str, unit: int, name: str) -> None:
        self._places[key] = len(self._names)
        leaf = kind == "unit" and unit not in self._tree.inner
        self._names.append(name)
        self._owners.append(unit)
        self._holders.append(self._tree.holders(unit))
        self._leaf.append(leaf)
        self._join.append(kind == "join")
        self._team.append(leaf or kind in ("join", "direct"))
        self._pairs = None

    def _grow(self) -> None:
        more = len(self._names) - len(self._shown_at)
        if more:
            self._shown_at = np.concatenate([self._shown_at, np.full(more, NEVER)])
            self._used_at = np.concatenate([self._used_at, np.full(more, NEVER)])
            self._streak = np.concatenate([self._streak, np.zeros(more, dtype=np.int64)])
            self._recent = np.concatenate([self._recent, np.full((more, self._least), NEVER)])

    def _counted(self) -> npt.NDArray[np.bool_]:
        oldest = (self._weeks[-1] - (RECENT - 1) * WEEK).toordinal()
        counted: npt.NDArray[np.bool_] = np.array(self._team, dtype=bool)
        counted[(self._shown_at < oldest) | (np.array(self._join, dtype=bool) & (self._used_at < oldest))] = False
        return counted

    def _pair(self) -> tuple[Numbers, Numbers]:
        """Every cell with every unit that it counts for: (places of cells, places of units)."""
        if self._pairs is None:
            pairs = [(at, self._top_of[unit]) for at, units in enumerate(self._holders) for unit in units]
            both = np.array(pairs, dtype=np.int64).reshape(-1, 2)
            self._pairs = both[:, 0], both[:, 1]
        return self._pairs

    def _added(self, which: npt.NDArray[np.bool_]) -> Numbers:
        cells, tops = self._pair()
        return np.bincount(tops[which[cells]], minlength=len(self._tops)).astype(np.int64)

    def _newest(self, what: Numbers, none: int) -> Numbers:
        cells, tops = self._pair()
        found = np.full(len(self._tops), none, dtype=np.int64)
        np.maximum.at(found, tops, what[cells])
        return found
