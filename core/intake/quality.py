"""What *Data quality* asks: which groups have come in, week by week, what is open, what was refused, what is worth a look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from core.access.grants import Reach
from core.access.refusals import NoPermission
from core.access.rules import DATA_QUALITY, GROUP_NUMBERS, reaches
from core.access.viewer import Viewer, units_delivering
from core.calendar import WEEK, is_closed, last_closed_week, monday_of, quarter_start
from core.intake import quality_wording as wording
from core.intake.coverage import Covered, Group, covered, groups_of, leaves_of
from core.intake.outliers import Outlier, coverage_outlier, measure_outliers, row_outliers
from core.intake.refusals import Refusal, refusals
from core.metrics.catalogue import catalogue
from core.people.headcount import people_in_units
from core.people.tables import OrgUnit
from core.policy import Policy
from core.privacy.coverage import CoverageCell, covered_cells
from core.privacy.lattice import Plan, unit_cell
from core.privacy.ledger import pending
from core.privacy.reporting import stored_plan
from core.privacy.views import corrections_waiting, newest_period
from core.workload.area import AREA
from core.workload.board import UnitRef
from core.workload.open_weeks import came_in
from core.workload.views import chosen_unit

TOLD_BY = ("utilisation", "contract_load", "viva_collaboration")  # a week's hours are told by the first that it has
HOURS_KINDS = ("person-weeks", "viva-person-query")
FILE_KINDS = ("people", *HOURS_KINDS, "activity-events")
WEEKS, LONGEST = 13, 52
RECENT = timedelta(days=28)
WAITING = "waiting"
Row = Mapping[str, Any]


@dataclass(frozen=True)
class QualityRow:
    """One unit of the picture. cells: one for each week. opens: has units below it. step: what to do, '' when nothing."""

    name: str
    path: str
    slug: str
    heading: bool
    opens: bool
    cells: tuple[Covered, ...]
    step: str


@dataclass(frozen=True)
class OpenWeek:
    """A week that is not closed. came_in: a class for the company as a whole, see `core.workload.open_weeks`."""

    week: date
    came_in: str
    shown_from: date


@dataclass(frozen=True)
class DataQuality:
    """The screen for one viewer; made from published cells, numbers of rows of whole files, and one class for an open week.

    weeks: closed weeks, oldest first. rows: the unit looked at, then those below it. empty: '' or why there is nothing.
    corrections: '' or how many released weeks files have named again, in words. outliers, refusals: none for an account that
    is narrowed to units, as `narrowed` tells.
    """

    unit: UnitRef
    trail: tuple[UnitRef, ...]
    weeks: tuple[date, ...]
    rows: tuple[QualityRow, ...]
    open_weeks: tuple[OpenWeek, ...]
    outliers: tuple[Outlier, ...]
    refusals: tuple[Refusal, ...]
    corrections: str
    sentence: str
    support: str
    alt: str
    empty: str = ""
    narrowed: bool = False


def data_quality(
    connection: Connection,
    viewer: Viewer,
    *,
    unit: str | None = None,
    weeks: int = WEEKS,
    policy: Policy,
    as_of: date,
    at: datetime,
) -> DataQuality:
    """Coverage of a unit and the level below it, and what else says whether the data can be relied on.

    unit: slug or path; None: the highest that the viewer reaches. at: now, for what counts as recent.

    Raises:
        NoPermission: the viewer is neither HR nor an administrator, or does not reach the unit.
    """
    if not viewer.may_open("data_quality"):
        raise NoPermission("Data quality is for HR and administrators.")
    every = _units(connection)
    reached = set(connection.scalars(select(OrgUnit.id).where(units_delivering(viewer, OrgUnit.path))))
    seen = [row for row in every if row["id"] in reached]
    found = () if _narrowed(viewer) else refusals(connection, FILE_KINDS)
    if not seen:
        nothing = wording.NOTHING if not every else wording.NO_UNIT
        return _empty(nothing, found)
    chosen = chosen_unit(seen, unit)
    newest = last_closed_week(as_of, policy.close_after_days)
    shown = tuple(newest - i * WEEK for i in reversed(range(max(1, min(weeks, LONGEST)))))
    first = _first_released(connection, shown)
    shown = tuple(week for week in shown if week >= first)
    waiting = {week.period for week in pending(connection, AREA, include_held=True, as_of=as_of)}
    by_week = _groups(connection, every, shown, policy, waiting)
    rows = _rows(chosen, seen, shown, by_week)
    metrics = catalogue(policy)
    last = newest_period(connection, AREA)
    top = next(row for row in every if row["parent_id"] is None)
    outliers: list[Outlier] = []
    if not _narrowed(viewer):  # all of it speaks of the company, or of whole files
        outliers = measure_outliers(connection, AREA, unit_cell(top["id"]), metrics, last) if last else []
        if not _sees_hours_of_company(viewer):  # that a column has vanished says nothing about hours
            outliers = [each for each in outliers if each.what == "vanished"]
        whole = coverage_outlier(by_week, newest)
        outliers += [whole] if whole else []
        outliers += row_outliers(connection, HOURS_KINDS, at - RECENT)
    open_ones = tuple(
        OpenWeek(week, came_in(connection, week), week + timedelta(days=6 + policy.close_after_days))
        for week in _open(newest, as_of, policy)
    )
    trail = tuple(_ref(row) for row in seen if chosen["path"].startswith(row["path"] + "/"))
    return DataQuality(
        unit=_ref(chosen),
        trail=trail,
        weeks=shown,
        rows=rows,
        open_weeks=open_ones,
        outliers=tuple(outliers),
        refusals=found,
        corrections=corrections_waiting(connection, AREA),
        sentence=wording.sentence(rows, shown, len(outliers)),
        support=wording.SUPPORT,
        alt=wording.alt(chosen["name"], rows, shown),
        narrowed=_narrowed(viewer),
    )


def _sees_hours_of_company(viewer: Viewer) -> bool:
    """Whether the rule for protected numbers lets the viewer see those of the company by role."""
    return Reach.COMPANY in reaches(GROUP_NUMBERS, viewer.roles) and not viewer.units


def _narrowed(viewer: Viewer) -> bool:
    """Whether the account is narrowed to units; an administrator's is never, for this screen."""
    return bool(viewer.units) and Reach.ADMINISTERED not in reaches(DATA_QUALITY, viewer.roles)


def _empty(why: str, found: tuple[Refusal, ...]) -> DataQuality:
    nowhere = UnitRef("", "", "")
    return DataQuality(nowhere, (), (), (), (), (), found, "", why, "", why, empty=why)


def _units(connection: Connection) -> list[Row]:
    columns = ("id", "parent_id", "path", "slug", "name", "depth", "first_day", "last_day")
    statement = select(*(getattr(OrgUnit, name) for name in columns)).order_by(OrgUnit.path)
    return [dict(row) for row in connection.execute(statement).mappings()]


def _ref(unit: Row) -> UnitRef:
    return UnitRef(unit["path"], unit["slug"], unit["name"])


def _open(newest: date, as_of: date, policy: Policy) -> list[date]:
    """Weeks that have begun and are not closed."""
    begun = (monday_of(as_of) - newest) // WEEK
    following = [newest + i * WEEK for i in range(1, begun + 1)]
    return [week for week in following if not is_closed(week, as_of, policy.close_after_days)]


def _first_released(connection: Connection, shown: Sequence[date]) -> date:
    """The first of the weeks that anything is published for; the last one when there is none."""
    cells = covered_cells(connection, AREA, TOLD_BY, shown[0], shown[-1] + WEEK)
    return min((cell.period for cell in cells), default=shown[-1])


def _groups(
    connection: Connection, units: list[Row], weeks: Sequence[date], policy: Policy, waiting: set[date]
) -> dict[date, list[Group]]:
    """Week -> its reporting groups; no entry for a week that waits for its first release."""
    told: dict[date, dict[str, list[CoverageCell]]] = {week: {} for week in weeks}
    for cell in covered_cells(connection, AREA, TOLD_BY, weeks[0], weeks[-1] + WEEK):
        told[cell.period].setdefault(cell.measure, []).append(cell)
    plans: dict[date, Plan | None] = {}
    found = {}
    for week in weeks:
        if week in waiting and not told[week]:
            continue
        quarter = quarter_start(week)
        if quarter not in plans:
            plans[quarter] = stored_plan(connection, quarter)
        cells = next((told[week][measure] for measure in TOLD_BY if measure in told[week]), [])
        there = {cell.cell_id for cell in cells}
        absent = {unit for cell, unit in leaves_of(week, units, plans[quarter]) if cell not in there}
        people = people_in_units(connection, absent, week) if absent else {}
        found[week] = groups_of(week, units, cells, plans[quarter], people, policy.k_prime)
    return found


def _rows(
    chosen: Row, seen: list[Row], weeks: Sequence[date], by_week: Mapping[date, list[Group]]
) -> tuple[QualityRow, ...]:
    """The unit and its children that had people in one of the weeks."""
    children = [unit for unit in seen if unit["parent_id"] == chosen["id"] and unit["first_day"] is not None]
    children = [unit for unit in children if unit["last_day"] is None or unit["last_day"] >= weeks[0]]
    parents = {unit["parent_id"] for unit in seen}
    found = []
    for unit in (chosen, *children):
        inside = {row["id"] for row in seen if (row["path"] + "/").startswith(unit["path"] + "/")}
        cells = tuple(covered(by_week[week], inside) if week in by_week else Covered(WAITING, 0, 0) for week in weeks)
        opens = unit["id"] in parents and unit is not chosen
        found.append(
            QualityRow(
                unit["name"],
                unit["path"],
                unit["slug"],
                unit is chosen,
                opens,
                cells,
                wording.step(cells, weeks, opens=opens, heading=unit is chosen),
            )
        )
    return tuple(found)
