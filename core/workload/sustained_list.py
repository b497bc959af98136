"""Which teams have been under load for weeks: the list behind the sentence on top of the workload screen.

Runs and teams are those of the sentence: `core.workload.standing` gives both.
"""

from dataclasses import dataclass
from datetime import date
from math import isfinite, nan

import pandas as pd
from sqlalchemy import Connection

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.calendar import WEEK
from core.metrics.catalogue import catalogue
from core.metrics.definition import Metric
from core.metrics.wording import percent, value_text
from core.people.views import units_seen
from core.policy import Policy
from core.privacy.trends import TrendCell, named_trends
from core.privacy.views import newest_period
from core.workload.area import AREA, LONGEST
from core.workload.board import WorkloadFilters
from core.workload.changes import SHOWN_WEEKS
from core.workload.standing import Below, Standing
from core.workload.swing import BASELINE_WEEKS, Reading, read, usual_swing
from core.workload.teams import LOADS, LOOKBACK, Row, trail, under
from core.workload.views import chosen_unit, newest_shown
from core.workload.wording import in_words

AGAINST = {
    "beyond usual swing": "Beyond usual swing",
    "improved": "Improved",
    "usual swing": "Within usual swing",
    "too little history": "Too little history",
}
PASSING = "Busy weeks come and go. A team is listed here when they stay, so that the work can be changed in time."
WAITING = "The list fills when more weeks have been released."


@dataclass(frozen=True)
class SustainedRow:
    """One reporting unit whose load has lasted. All values are published ones.

    key: its cell id. slug: for addresses, '' unless it is a unit. trail: the names above it, below the unit looked at.
    weeks: consecutive shown weeks above the line; or_more: whether that is all that was shown. value_text: the newest shown
    value. series: percent, oldest week first, None where nothing is shown. against: one of AGAINST's words.
    opens_slug: the unit whose page shows it: its own; for a join the parent of its parts when that is in scope.
    """

    key: str
    slug: str
    name: str
    trail: str
    weeks: int
    or_more: bool
    value_text: str
    series: tuple[float | None, ...]
    against: str
    opens_slug: str

    @property
    def lasting(self) -> str:
        """`9 weeks`, `12 weeks or more`."""
        return f"{self.weeks} {'week' if self.weeks == 1 else 'weeks'}" + (" or more" if self.or_more else "")


@dataclass(frozen=True)
class SustainedList:
    """Reporting units under a unit with `weeks` or more consecutive shown weeks above `line`, longest first, then by name.

    teams: how many reporting units were looked at. empty, meaning: '' or why the list is empty, and what that means.
    settled: False when there is not enough to tell. metric_name: the load that is counted.
    """

    rows: tuple[SustainedRow, ...]
    teams: int
    line: float
    empty: str
    metric_name: str
    weeks: int
    meaning: str = ""
    settled: bool = True

    @property
    def above(self) -> str:
        """`Above 110 %`."""
        return f"Above {percent(self.line)}"

    @property
    def note(self) -> str:
        """What the list holds, as a line under its heading."""
        return (
            f"{self.above} for {in_words(self.weeks)} weeks or more, longest first. “Beyond usual swing” means outside the "
            "limits of the team's own history."
        )


def sustained_list(
    connection: Connection, viewer: Viewer, filters: WorkloadFilters, *, policy: Policy
) -> SustainedList:
    """The reporting units under the unit that the workload board of the same filters shows, where load has lasted.

    Hours only: load against available hours, else against contracted hours, whatever measure the board shows. Looks back as
    far as the board's sentence: 26 weeks up to the board's last week, or as many as are shown when those are more. A hidden
    week neither counts nor resets. Each unit's last 26 weeks are read against its own usual swing of the 26 weeks before.

    Raises:
        NoPermission: as for the board.
    """
    if not viewer.may_open("workload"):
        raise NoPermission("Your account has no role that shows workload. Being an administrator does not open it.")
    seen = units_seen(connection, viewer, own_line_open=policy.unit_means_for_everyone)
    at = chosen_unit(seen, filters.unit)
    below = under(seen, at)
    last = newest_period(connection, AREA)
    every = catalogue(policy)
    if last is None:
        return _empty("No week has been released yet.", every[LOADS[0]], policy)
    last = newest_shown(last, filters.until)
    count = min(max(filters.weeks, LOOKBACK), LONGEST)
    lookback = tuple(last - i * WEEK for i in reversed(range(count)))
    for measure in LOADS:
        teams = Below(connection, every[measure], below, at, lookback, policy)
        if teams.any():
            return _listed(connection, teams.standing(), at, below, every[measure], lookback, policy)
    return _empty("No hours were received for these weeks.", every[LOADS[0]], policy)


def _listed(
    connection: Connection,
    found: Standing,
    at: Row,
    below: list[Row],
    metric: Metric,
    lookback: tuple[date, ...],
    policy: Policy,
) -> SustainedList:
    line, least = policy.utilisation_bands[2], policy.sustained_weeks
    if not found.teams:
        return _empty("No team is shown in the latest weeks, to protect people or for want of data.", metric, policy)
    if not found.enough:
        told = f"It takes {in_words(least)} weeks to tell whether load lasts."
        return _empty(told, metric, policy, teams=found.teams)
    long, teams = found.runs, found.lasting
    if not long:
        who = str(at["name"]) if found.alone == f"unit:{at['id']}" else "No team"
        verb = "has not run" if who != "No team" else "has run"
        told = f"{who} {verb} above {percent(line)} for {in_words(least)} weeks or more."
        return SustainedList((), found.teams, line, told, metric.name, least, PASSING)
    values = dict(zip(teams.keys, teams.values.tolist(), strict=True))
    owners = {unit["id"]: unit for unit in below}
    year = _shown_for_a_year(connection, {run.key for run in long}, metric, lookback[-1])
    rows = []
    for run in long:
        row, own = values[run.key], year[run.key]
        owner = owners.get(teams.owners[run.key], at)
        rows.append(
            SustainedRow(
                key=run.key,
                slug=str(owner["slug"]) if run.key.startswith("unit:") else "",
                name=run.name,
                trail=trail(run.key, owner, at, below),
                weeks=run.weeks,
                or_more=run.or_more,
                value_text=value_text(metric, run.newest, own[-1].qualifier),
                series=tuple(round(value * 100, 1) if isfinite(value) else None for value in row),
                against=AGAINST[_reading(own, row, lookback[-1], metric).word],
                opens_slug=str(owner["slug"]),
            )
        )
    return SustainedList(tuple(rows), found.teams, line, "", metric.name, least)


def _shown_for_a_year(connection: Connection, keys: set[str], metric: Metric, last: date) -> dict[str, list[TrendCell]]:
    """Shown cells of a few reporting units over 52 weeks, by key; of the others they are not needed."""
    first = last - (SHOWN_WEEKS + BASELINE_WEEKS - 1) * WEEK
    found: dict[str, list[TrendCell]] = {key: [] for key in keys}
    for cell in named_trends(connection, AREA, metric.id, keys, first, last + WEEK):
        if cell.status == "shown":
            found[cell.cell_id].append(cell)
    return found


def _reading(own: list[TrendCell], values: list[float], last: date, metric: Metric) -> Reading:
    """The verdict on the last 26 weeks against the unit's own limits, frozen before them."""
    known = [nan if cell.value is None else cell.value for cell in own]
    history = pd.Series(known, index=[cell.period for cell in own], dtype=float)
    swing = usual_swing(history, last - (SHOWN_WEEKS - 1) * WEEK)
    return read(values[-SHOWN_WEEKS:], swing, metric.direction)


def _empty(why: str, metric: Metric, policy: Policy, *, teams: int = 0) -> SustainedList:
    line = policy.utilisation_bands[2]
    return SustainedList((), teams, line, why, metric.name, policy.sustained_weeks, WAITING, settled=False)
