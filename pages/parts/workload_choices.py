"""What can be chosen on the workload screen, read from its address and written to it."""

from datetime import date
from typing import Any

import streamlit as st

from core.access.viewer import Viewer
from core.calendar import is_monday
from core.metrics.catalogue import catalogue
from core.workload.board import WorkloadBoard, WorkloadFilters
from core.workload.figures import Cell
from core.workload.sustained_list import SustainedRow
from pages.parts import address, loaders
from pages.parts.cells import cell_from
from pages.parts.device import phone

NAMES = ("unit", "metric", "weeks", "until", "view", "cell")
WEEKS = (8, 26, 52)
VIEWS = ("Picture", "Table")


def requested(*, default_weeks: int) -> WorkloadFilters:
    """The filters that the address asks for. What it cannot mean falls back to the default; units are judged by scope."""
    parts = address.parts("workload", NAMES)
    metric = parts.get("metric")
    weeks = parts.get("weeks", "")
    return WorkloadFilters(
        unit=parts.get("unit") or None,
        metric=metric if metric in catalogue(loaders.policy()) else None,
        weeks=int(weeks) if weeks in map(str, WEEKS) else default_weeks,
        until=_monday(parts.get("until", "")),
    )


def scope(viewer: Viewer) -> dict[str, Any]:
    """What of a viewer decides which groups they see: the key of every cache."""
    return {"roles": viewer.roles, "units": viewer.units, "own_unit": viewer.own_unit}


def _monday(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if is_monday(day) else None


def controls(board: WorkloadBoard, weeks: int) -> str:
    """Draw measure, weeks and view; returns the view, 'Picture' or 'Table'."""
    names = {metric.id: metric.name for metric in board.metrics} or {board.metric.id: board.metric.name}
    view = st.query_params.get("view", "").capitalize()
    with st.container(horizontal=True, vertical_alignment="top", gap="small" if phone() else "medium"):
        st.selectbox(
            "Measure",
            list(names),
            format_func=lambda metric: names.get(metric, metric),
            width=330,  # the longest name of a measure, uncut
            **address.follows("workload_metric", "metric", board.metric.id),
        )
        st.segmented_control("Weeks", WEEKS, required=True, **address.follows("workload_weeks", "weeks", weeks))
        chosen = view if view in VIEWS else VIEWS[0]
        st.segmented_control("View", VIEWS, required=True, **address.follows("workload_view", "view", chosen))
    return chosen


def chosen_cell(board: WorkloadBoard) -> Cell:
    """The cell that the address names, when the board has it; else the newest week of the unit itself."""
    key, _, day = st.query_params.get("cell", "").rpartition(".")
    cell = cell_from([key, day])
    if cell is not None and cell.week in board.weeks and cell.key in set(board.rows["key"]):
        return cell
    heading = board.rows[board.rows["heading"]]
    return Cell(str((heading if len(heading) else board.rows).iloc[0]["key"]), board.weeks[-1])


def select(cell: Cell) -> None:
    """Show the cell in the panel."""
    address.change(cell=f"{cell.key}.{cell.week.isoformat()}")


def choose_unit(slug: str | None) -> None:
    """Go to another unit; None is where the viewer starts."""
    address.change(unit=slug, cell=None)


def choose_cell(board: WorkloadBoard, cell: Cell) -> None:
    """A click in the picture: into the unit of the row when it has units below it, else the cell into the panel."""
    row = board.rows[board.rows["key"] == cell.key]
    if len(row) and row.iloc[0]["opens"] and not row.iloc[0]["heading"] and row.iloc[0]["slug"]:
        choose_unit(str(row.iloc[0]["slug"]))
    elif len(row):
        select(cell)


def pinned(board: WorkloadBoard, weeks: int) -> dict[str, str]:
    """The parts of the address that make a link show this view next month as well."""
    named = {"unit": board.unit.slug, "metric": board.metric.id, "weeks": str(weeks)}
    return {**named, "until": board.weeks[-1].isoformat()}


def file_name(board: WorkloadBoard) -> str:
    """What the downloaded file is called."""
    return f"workload-{board.unit.slug}-{board.metric.id}.csv"


def choose_lasting(row: SustainedRow) -> None:
    """From the list of sustained load to the row's own page: its load, at its newest week."""
    address.change(unit=row.opens_slug, metric=None, cell=None)
