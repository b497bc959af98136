"""What the workload screen asks: (viewer, filters) -> a board of protected cells with its sentence."""

from datetime import date

import pandas as pd
from sqlalchemy import Connection

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.calendar import WEEK, long_label
from core.metrics.catalogue import catalogue
from core.metrics.definition import Metric
from core.people.views import any_unit, units_seen
from core.policy import Policy
from core.privacy.views import corrections_waiting, measures_with_data, newest_period, published
from core.workload import wording
from core.workload.area import AREA, LONGEST
from core.workload.board import UnitRef, WorkloadBoard, WorkloadFilters
from core.workload.cells import CELL_COLUMNS, cells_of
from core.workload.standing import Below
from core.workload.teams import LOOKBACK, Row, under

EARLIEST = date(1970, 1, 5)  # the Monday before which nobody has a timesheet to show
NOBODY = "Nothing has been brought in yet: neither people nor hours."
ROW_COLUMNS = ["key", "kind", "name", "slug", "heading", "opens", "joined_with"]


def workload_board(
    connection: Connection, viewer: Viewer, filters: WorkloadFilters, *, policy: Policy, as_of: date
) -> WorkloadBoard:
    """The heatmap of one unit and the level below it, for the weeks asked for, from published cells in the viewer's scope.

    Without a unit: the highest in scope. Without a metric: the first of the catalogue that has data there. Before any unit is
    on record, the board is empty and says so.

    Raises:
        NoPermission: the viewer has no scope, or the unit is not in it (a unit that does not exist reads the same).
        core.metrics.catalogue.UnknownMetric: no metric of that id.
    """
    if not viewer.may_open("workload"):
        raise NoPermission("Your account has no role that shows workload. Being an administrator does not open it.")
    seen = units_seen(connection, viewer, own_line_open=policy.unit_means_for_everyone)
    if not seen and not any_unit(connection):
        nowhere = {"path": "", "slug": "", "name": ""}
        every = catalogue(policy)
        return _nothing(nowhere, (), wording.chosen_metric(filters.metric, (), every), (), NOBODY)
    at = chosen_unit(seen, filters.unit)
    below = under(seen, at)
    ids = {unit["id"] for unit in below}
    with_data = measures_with_data(connection, AREA, ids)
    every = catalogue(policy)
    offered = tuple(metric for metric in every.values() if metric.id in with_data)
    metric = wording.chosen_metric(filters.metric, offered, every)
    last = newest_period(connection, AREA)
    trail = tuple(_ref(unit) for unit in seen if at["path"].startswith(unit["path"] + "/"))
    if last is None:
        return _nothing(at, trail, metric, offered, "No week has been released yet.")
    last = newest_shown(last, filters.until)
    count = max(1, min(filters.weeks, LONGEST))
    weeks = tuple(last - i * WEEK for i in reversed(range(count)))
    # how long load has lasted does not depend on how many weeks the picture shows
    lookback = tuple(last - i * WEEK for i in reversed(range(max(count, LOOKBACK))))
    frame = published(connection, AREA, metric.id, _drawn(at, below), weeks[0], last + WEEK)
    if frame.empty:  # perhaps nothing of the unit itself, after a move
        frame = published(connection, AREA, metric.id, ids, weeks[0], last + WEEK)
    if frame.empty:
        return _nothing(at, trail, metric, offered, f"{metric.name}: no data for these {count} weeks.")
    rows = _rows(at, below, frame, weeks)
    cells = cells_of(rows, frame, weeks, metric)
    teams = Below(connection, metric, below, at, lookback, policy)
    latest = cells[(cells["key"] == f"unit:{at['id']}") & (cells["week"] == last)].iloc[0]
    return WorkloadBoard(
        unit=_ref(at),
        trail=trail,
        metric=metric,
        metrics=offered,
        weeks=weeks,
        rows=rows,
        cells=cells,
        sentence=wording.sentence(metric, at["name"], teams.standing(), latest, weeks, policy),
        support=wording.support(metric, at["name"], latest, cells[cells["key"].isin(_alive(below, last))], last),
        period=f"{count} {'week' if count == 1 else 'weeks'} to {long_label(last + WEEK - (WEEK / 7))}",
        notice=wording.notice(last, as_of, policy, corrections_waiting(connection, AREA), filters.until is not None),
        alt=wording.alt(metric, at["name"], rows, cells, weeks),
        release=max(int(frame["release_id"].max()), teams.release(weeks[0]) or 0),
    )


def chosen_unit(seen: list[Row], asked: str | None) -> Row:
    """The unit asked for by path or slug, else the highest of those seen.

    Raises:
        NoPermission: it is not among them (one that does not exist reads the same), or nothing is seen.
    """
    if not seen:
        raise NoPermission("No unit is in your scope yet. Ask your administrator to set the unit of your account.")
    if asked is None:
        return min(seen, key=lambda unit: (unit["depth"], unit["path"]))
    for unit in seen:
        if asked in (unit["path"], unit["slug"]):
            return unit
    raise NoPermission(
        f"'{asked}' is not a unit that you may see. Leave the unit out to begin at the top of what you may see."
    )


def _drawn(at: Row, below: list[Row]) -> set[int]:
    """The units whose cells the picture shows: the one looked at and those right below it."""
    return {int(unit["id"]) for unit in below if unit["parent_id"] == at["id"]} | {int(at["id"])}


def newest_shown(released: date, until: date | None) -> date:
    """The last week to show: the newest released one, or the one asked for; never before weeks began to be counted here."""
    return min(released, max(until, EARLIEST)) if until else released


def _ref(unit: Row) -> UnitRef:
    return UnitRef(unit["path"], unit["slug"], unit["name"])


def _nothing(
    at: Row, trail: tuple[UnitRef, ...], metric: Metric, offered: tuple[Metric, ...], why: str
) -> WorkloadBoard:
    return WorkloadBoard(
        unit=_ref(at),
        trail=trail,
        metric=metric,
        metrics=offered,
        weeks=(),
        rows=pd.DataFrame(columns=ROW_COLUMNS),
        cells=pd.DataFrame(columns=CELL_COLUMNS),
        sentence=why,
        support="",
        period="",
        notice="",
        alt=why,
        release=None,
        empty=why,
    )


def _rows(at: Row, below: list[Row], frame: pd.DataFrame, weeks: tuple[date, ...]) -> pd.DataFrame:
    """The lines of the picture: the unit, its children (parts of a join together), the join rows, and others."""
    parents = {unit["parent_id"] for unit in below}
    present = set(frame["cell_id"])
    children = [
        unit
        for unit in below
        if unit["parent_id"] == at["id"] and (f"unit:{unit['id']}" in present or _existed(unit, weeks))
    ]
    lines = [(f"unit:{at['id']}", "unit", at["name"], at["slug"], True, at["id"] in parents, at["path"])]
    lines += [
        (f"unit:{unit['id']}", "unit", unit["name"], unit["slug"], False, unit["id"] in parents, unit["path"])
        for unit in children
    ]
    if f"direct:{at['id']}" in present:
        lines.append((f"direct:{at['id']}", "direct", f"{at['name']}, direct", "", False, False, at["path"] + "/"))
    keys = {line[0] for line in lines}
    shown_with = frame[frame["cell_id"].isin(keys) & frame["shown_with"].notna()].sort_values("period")
    joins = shown_with[shown_with["shown_with"].str.startswith("join:").fillna(False)]
    joined = dict(zip(joins["cell_id"], joins["shown_with"], strict=True))  # the newest join of each part
    first = {key: min(line[6] for line in lines if joined.get(line[0]) == key) for key in set(joined.values())}
    head, *rest = lines
    rest.sort(key=lambda line: (first.get(joined.get(line[0], ""), line[6]), line[6]))
    ordered = [(*line[:6], joined.get(line[0], "")) for line in [head, *rest]]
    names = frame.drop_duplicates("cell_id", keep="last").set_index("cell_id")["name"]
    for join in sorted(set(joins["shown_with"]), key=lambda key: (first.get(key, "~"), key)):
        ordered.append((join, "join", names.get(join, join), "", False, False, ""))
    if f"others:{at['id']}" in present:
        ordered.append((f"others:{at['id']}", "others", f"Others in {at['name']}", "", False, False, ""))
    table = pd.DataFrame(ordered, columns=ROW_COLUMNS)
    return _joins_after_parts(table)


def _joins_after_parts(table: pd.DataFrame) -> pd.DataFrame:
    place: dict[str, float] = {}
    for position, (key, kind, joined) in enumerate(zip(table["key"], table["kind"], table["joined_with"], strict=True)):
        place[key] = float(position)
        if joined:
            place[joined] = position + 0.5
        elif kind == "join":
            place.setdefault(key, float(position))
    order = [(1e9 if kind == "others" else place[key]) for key, kind in zip(table["key"], table["kind"], strict=True)]
    for position, (key, kind) in enumerate(zip(table["key"], table["kind"], strict=True)):
        if kind == "join" and (table["joined_with"] == key).any():
            order[position] = max(i for i, at in enumerate(table["joined_with"]) if at == key) + 0.5
    return table.assign(order=order).sort_values("order", kind="stable").drop(columns="order").reset_index(drop=True)


def _alive(below: list[Row], week: date) -> set[str]:
    """Rows that can have data in `week`: units that still have people. Joins and others stand for those."""
    here = {unit["id"] for unit in below if unit["last_day"] is None or unit["last_day"] >= week}
    return {f"{kind}:{unit}" for kind in ("unit", "direct") for unit in here}


def _existed(unit: Row, weeks: tuple[date, ...]) -> bool:
    first, last = unit["first_day"], unit["last_day"]
    return first is not None and first < weeks[-1] + WEEK and (last is None or last >= weeks[0])
