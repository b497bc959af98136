"""Reporting units week by week: their shown values, how long load has lasted, how many were above capacity when.

Values in, numbers out; everything here is post-processing of published cells.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import isfinite, nan
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.privacy.trends import TrendCell
from core.workload.wording import RECENT, sustained

LOOKBACK = 26  # weeks over which load is counted, as on the workload screen
ABOVE = 1e-9
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Teams:
    """Shown values of reporting units. values: shape (units, weeks), NaN where nothing is shown; keys: their cell ids.

    names: key -> name as published last. owners: key -> id of the unit that it belongs to (for a join: the parent).
    """

    keys: tuple[str, ...]
    weeks: tuple[date, ...]
    values: Floats
    names: Mapping[str, str]
    owners: Mapping[str, int]

    @cached_property
    def index(self) -> pd.Index:
        """The weeks as the index of a series."""
        return pd.Index(self.weeks, dtype=object)

    def counted(self, place: int = -1) -> npt.NDArray[np.bool_]:
        """Which units count in the week at `place`: those shown in one of the four weeks that end with it."""
        end = place % len(self.weeks) + 1
        recent = self.values[:, max(0, end - RECENT) : end]
        return np.asarray(np.isfinite(recent).any(axis=1), dtype=bool)

    def now(self) -> "Teams":
        """Only the units that count in the newest week."""
        here = self.counted()
        return Teams(
            tuple(key for key, counts in zip(self.keys, here, strict=True) if counts),
            self.weeks,
            self.values[here],
            self.names,
            self.owners,
        )

    def table(self, weeks: int) -> pd.DataFrame:
        """The newest `weeks` weeks as the sentences of the workload screen read them: index name, one column per week."""
        index = [self.names[key] for key in self.keys]
        return pd.DataFrame(self.values[:, -weeks:], index=index, columns=list(self.weeks[-weeks:]))


def reporting_units(
    cells: Iterable[TrendCell], below: Sequence[Mapping[str, Any]], at: int, weeks: tuple[date, ...]
) -> Teams:
    """The reporting units under the unit `at` (id): units without sub-units, joins, and the direct people of a unit.

    cells: of one measure, each cell's in order of weeks. below: the unit and all under it (rows of `units_seen`).
    For a unit without sub-units the unit itself. Units that have never been shown are left out.
    """
    parents = {unit["parent_id"] for unit in below}
    leaves = {f"unit:{unit['id']}" for unit in below if unit["id"] not in parents}
    if len(below) > 1:
        leaves.discard(f"unit:{at}")
    place = {week: i for i, week in enumerate(weeks)}
    lines: dict[str, list[float]] = {}
    newest: dict[str, TrendCell] = {}
    for cell in cells:
        if cell.status != "shown" or (cell.cell_id not in leaves and cell.kind not in ("join", "direct")):
            continue
        line = lines.setdefault(cell.cell_id, [nan] * len(weeks))
        line[place[cell.period]] = nan if cell.value is None else cell.value
        newest[cell.cell_id] = cell
    keys = tuple(sorted(lines))
    values = np.array([lines[key] for key in keys]) if keys else np.empty((0, len(weeks)))
    names, owners = {key: newest[key].name for key in keys}, {key: newest[key].unit_id for key in keys}
    return Teams(keys, weeks, values, names, owners)


@dataclass(frozen=True)
class Run:
    """How many shown weeks in a row, the newest among them, a unit has been above a line; `or_more` when in all shown.

    newest: its newest shown value. current: whether that is the newest week's.
    """

    key: str
    weeks: int
    or_more: bool
    newest: float
    current: bool


def lasting(teams: Teams, line: float, least: int) -> tuple[Run, ...]:
    """Units that count now and have been above `line` for `least` shown weeks or more, longest first, then by name.

    A hidden week neither counts nor resets. Looks back over 26 weeks.
    """
    found = []
    now = teams.now()
    for key, row in zip(now.keys, now.values[:, -LOOKBACK:], strict=True):
        run = sustained(list(row), line)
        if run >= least:
            shown = row[np.isfinite(row)]
            found.append(Run(key, run, run == len(shown), float(shown[-1]), bool(np.isfinite(row[-1]))))
    return tuple(sorted(found, key=lambda run: (-run.weeks, teams.names[run.key], run.key)))


def above_by_week(teams: Teams, line: float, least: int) -> tuple[Floats, npt.NDArray[np.int_]]:
    """For each week, by the rule of `lasting` as it stood then: how many units were above `line`, and how many counted.

    NaN in the first `least - 1` weeks, in which the rule cannot be met, and where no unit counts.
    """
    weeks = len(teams.weeks)
    above = np.zeros(weeks)
    counted = np.array([int(teams.counted(place).sum()) for place in range(weeks)], dtype=int)
    for row in teams.values.tolist():
        run: deque[int] = deque(
            maxlen=least
        )  # places of the newest shown weeks above the line, none below between them
        newest = -weeks
        for place, value in enumerate(row):
            if isfinite(value):
                newest = place
                if value > line + ABOVE:
                    run.append(place)
                else:
                    run.clear()
            if newest > place - RECENT and len(run) == least and run[0] > place - LOOKBACK:
                above[place] += 1
    above[: least - 1] = np.nan
    above[counted == 0] = np.nan
    return above, counted
