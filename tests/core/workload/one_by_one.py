"""How teams stand below a unit, the plain way: every published cell is read and every team is counted on the spot."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from math import isfinite
from typing import Any
from unittest.mock import patch

import pandas as pd
from sqlalchemy import Connection

from core.access.viewer import Viewer
from core.calendar import WEEK
from core.metrics.definition import Metric
from core.overview.views import overview
from core.policy import Policy
from core.privacy.views import published
from core.workload.board import WorkloadFilters
from core.workload.changes import Found, found_in
from core.workload.standing import Change, Standing
from core.workload.sustained_list import sustained_list
from core.workload.teams import LOADS, Row, Teams, counts_by_week, reporting_units, runs, team_cells, where_told
from core.workload.views import workload_board

FIELDS = ("cell_id", "kind", "unit_id", "name", "period", "status", "value", "shown_with")
READERS = ("core.workload.views", "core.workload.sustained_list", "core.overview.places")


def every_team(frame: pd.DataFrame, below: Sequence[Row], top: int, weeks: tuple[date, ...]) -> Teams:
    """The `reporting_units` of the frame that `core.privacy.views.published` gives."""
    cells: Any = frame.reindex(columns=list(FIELDS)).astype(object).where(lambda kept: kept.notna(), None)
    return reporting_units(cells.itertuples(index=False), below, top, weeks)


def above_by_week(teams: Teams, line: float, least: int) -> tuple[Any, Any]:
    """For each week how many of these teams were above the line for so long, and how many counted."""
    above, counted = counts_by_week(teams, line, least)
    return where_told(above, counted, least), counted


class EveryCell:
    """In place of `core.workload.standing.Below`: knows nothing of counts."""

    def __init__(
        self,
        connection: Connection,
        metric: Metric,
        units: Sequence[Row],
        top: Row,
        weeks: tuple[date, ...],
        policy: Policy,
        *,
        changes: bool = False,  # noqa: ARG002
    ) -> None:
        self._metric, self._policy, self._last = metric, policy, weeks[-1]
        ids = {int(unit["id"]) for unit in units}
        self._frame = published(connection, "workload", metric.id, ids, weeks[0], weeks[-1] + WEEK)
        self._leaves = team_cells(units, top["id"])
        self._teams = every_team(self._frame, units, top["id"], weeks)

    def standing(self, back: int | None = None) -> Standing:
        """Counted with `runs` over all teams that count now."""
        teams = self._teams.now()
        teams = teams.newest(back) if back else teams
        line, least = self._policy.utilisation_bands[2], self._policy.sustained_weeks
        found = runs(teams, line)
        newest = [value for value in teams.values[:, -1].tolist() if isfinite(value)]
        bands = [self._metric.band(value) for value in newest]
        return Standing(
            teams=len(found),
            newest=len(newest),
            outside=sum(1 for band in bands if band and band.tone not in ("within", "low")),
            enough=max((run.shown for run in found), default=0) >= least,
            runs=tuple(run for run in found if run.weeks >= least) if self._metric.id in LOADS else (),
            lasting=teams,
            alone=teams.keys[0] if len(teams.keys) == 1 else "",
        )

    @property
    def changes(self) -> tuple[Change, ...]:
        """All of them."""
        found = found_in(self._teams, self._metric.direction)
        return tuple(Change(each.rank, self._teams.names[each.key], each.key) for each in found)

    def told(self, changes: Iterable[Change]) -> tuple[Teams, tuple[Found, ...]]:
        """The first of all."""
        keys = {change.key for change in changes}
        found = found_in(self._teams, self._metric.direction)
        return self._teams, tuple(each for each in found if each.key in keys)

    def above(self) -> Any:
        """Week by week over all teams."""
        return above_by_week(self._teams, self._policy.utilisation_bands[2], self._policy.sustained_weeks)

    def not_shown(self) -> tuple[int, int]:
        """Statuses of the newest week."""
        here = self._frame[(self._frame["period"] == self._last) & self._frame["cell_id"].isin(self._leaves)]
        return int((here["status"] == "hidden").sum()), len(here)

    def release(self, first: date) -> int | None:
        """The newest among all cells."""
        here = self._frame[self._frame["period"] >= first]
        return None if here.empty else int(here["release_id"].max())

    def any(self) -> bool:
        """Whether there is a cell."""
        return not self._frame.empty


@contextmanager
def one_by_one() -> Any:
    """Within, all screens count every cell themselves."""
    with ExitStack() as stack:
        for module in READERS:
            stack.enter_context(patch(f"{module}.Below", EveryCell))
        yield


def said(connection: Connection, viewer: Viewer, filters: WorkloadFilters, policy: Policy, as_of: date) -> str:
    """Everything that the board and the list say to a viewer."""
    board = workload_board(connection, viewer, filters, policy=policy, as_of=as_of)
    listed = sustained_list(connection, viewer, filters, policy=policy)
    parts = [getattr(board, name) for name in ("sentence", "support", "period", "notice", "alt", "release", "empty")]
    return repr((parts, board.rows.to_csv(), board.cells.to_csv(), listed))


def overview_said(connection: Connection, viewer: Viewer, policy: Policy, as_of: date) -> str:
    """Everything that the overview says to a viewer."""
    return repr(overview(connection, viewer, policy=policy, as_of=as_of))
