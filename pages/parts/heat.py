"""The workload of one level as a picture and as a table: two ways to read and to choose the same cells."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from core.calendar import label
from core.metrics import palette
from core.metrics.legend import legend, text_width
from core.metrics.wording import SHARE_CLASSES
from core.workload.board import WorkloadBoard
from core.workload.figures import Cell, heatmap
from pages.parts import cells, theme
from pages.parts.device import phone

CONFIG = Path(__file__).parents[2] / ".streamlit" / "config.toml"
PICTURE = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}
LEGEND_WIDTH = {False: 580, True: 345}  # pixels: desktop, phone
COLUMN, WIDEST_NAME = 62, {False: 290, True: 150}  # pixels
UNIT_COLUMN = "Unit"


def show_legend(board: WorkloadBoard) -> None:
    """The bands of the measure, and what hatch and grey mean."""
    figure = legend(board.metric, width=LEGEND_WIDTH[phone()])
    bands = "; ".join(band.name for band in board.metric.bands)
    words = f"Legend. {bands}; hatched: not shown, to protect people; grey: no data."
    st.plotly_chart(figure, key=f"legend_{theme.mode()}", config={**PICTURE, "staticPlot": True}, alt=words)


def picture(board: WorkloadBoard, selected: Cell | None, chosen: Callable[[Cell], None]) -> None:
    """The heatmap; `chosen` is called with the cell that is clicked or tapped."""
    chart = f"heat_{theme.mode()}"
    figure = heatmap(board, selected=selected, phone=phone())
    with st.container(key="heat", gap=None):
        st.plotly_chart(figure, key=chart, config=PICTURE, alt=board.alt)
        cells.on_click("heat", chosen)


def styled(board: WorkloadBoard, mode: str) -> Styler:
    """The board as a coloured table: a row a unit, the newest week first, words where there is no number.

    Cells of a part of a join read "joined"; the join has a row of its own right under its parts.
    """
    colours = palette.theme_colours(CONFIG, mode)
    joins = dict(board.rows.loc[board.rows["kind"] == "join", ["key", "name"]].itertuples(index=False, name=None))
    weeks = list(reversed(board.weeks))
    by_place = {(cell.key, cell.week): cell for cell in board.cells.itertuples()}
    texts: list[dict[str, str]] = []
    looks: list[dict[str, str]] = []
    for row in board.rows.itertuples():
        text = {UNIT_COLUMN: row.name}
        look = {UNIT_COLUMN: "font-weight: 600" if row.heading else ""}
        for week in weeks:
            cell = by_place.get((row.key, week))
            if row.kind in ("others", "join") and cell is not None and cell.status == "missing":
                text[label(week)], look[label(week)] = "", ""  # there is no such group that week
                continue
            text[label(week)], look[label(week)] = _words(cell, joins), _look(cell, colours)
        texts.append(text)
        looks.append(look)
    columns = [UNIT_COLUMN, *(label(week) for week in weeks)]
    css = pd.DataFrame(looks, columns=columns)
    return pd.DataFrame(texts, columns=columns).style.apply(lambda _: css, axis=None)


def _words(cell: object, joins: dict[str, str]) -> str:
    if cell is None or cell.status == "missing":  # type: ignore[attr-defined]
        return "no data"
    if cell.status == "shown":  # type: ignore[attr-defined]
        return str(cell.digits or cell.text).replace(SHARE_CLASSES["few"], "few")  # type: ignore[attr-defined]
    return "joined" if cell.shown_with in joins else "hidden"  # type: ignore[attr-defined]


def _look(cell: object, colours: dict[str, str]) -> str:
    if cell is None or cell.status == "missing":  # type: ignore[attr-defined]
        fill, ink = palette.NODATA, palette.INK
    elif cell.status == "hidden":  # type: ignore[attr-defined]
        fill, ink = palette.PANEL, palette.MUTED
    else:
        fill, ink = palette.CELLS[cell.tone]  # type: ignore[attr-defined]
    return f"background-color: {colours[fill]}; color: {colours[ink]}"


def table(board: WorkloadBoard, chosen: Callable[[Cell], None]) -> None:
    """The same cells as a table that the keyboard reaches; moving to a cell chooses it, a name its newest week."""
    st.space("small")  # on touch the table's own buttons stand here
    key = f"heat_table_{board.unit.slug}_{board.metric.id}_{len(board.weeks)}_{theme.mode()}"
    weeks = {label(week): week for week in board.weeks}

    def report() -> None:
        found = st.session_state[key].selection.cells
        if found:
            chosen(_cell_at(board, weeks, *found[0]))

    st.dataframe(
        styled(board, theme.mode()),
        key=key,
        on_select=report,
        selection_mode="single-cell",
        height="content",
        hide_index=True,
        alt=board.alt,
        column_config={
            UNIT_COLUMN: st.column_config.TextColumn(pinned=True, width=_name_width(board)),
            **{name: st.column_config.TextColumn(width=COLUMN) for name in weeks},
        },
    )


def _name_width(board: WorkloadBoard) -> int:
    """Room for the longest name, but no more than leaves weeks in sight."""
    return min(round(max(text_width(name, 13.1) for name in board.rows["name"])) + 24, WIDEST_NAME[phone()])


def _cell_at(board: WorkloadBoard, weeks: dict[str, date], row: int, column: str) -> Cell:
    return Cell(str(board.rows.iloc[row]["key"]), weeks.get(column, board.weeks[-1]))
