"""The panel beside the heatmap: the chosen cell in words, then its row's trend and siblings, and ways on."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from core.calendar import long_label
from core.metrics.legend import HIDDEN_WORDS, MISSING_WORDS
from core.workload.board import WorkloadBoard
from core.workload.figures import Cell, interval_texts
from core.workload.unit_detail import UnitDetail
from pages.parts import badges, unit_charts
from pages.parts.plain import plain


def panel(
    board: WorkloadBoard,
    selected: Cell,
    detail: UnitDetail,
    choose: Callable[[Cell], None],
    open_unit: Callable[[str], None],
) -> None:
    """What the selected cell says, and its row. `choose` selects another cell, `open_unit` goes into the unit with a slug."""
    row = board.rows.set_index("key").loc[selected.key]
    found = board.cells[(board.cells["key"] == selected.key) & (board.cells["week"] == selected.week)]
    cell = found.iloc[0] if len(found) else None
    with st.container(border=True):
        people = str(cell["n_band"]) if cell is not None and cell["n_band"] else ""
        with st.container(gap="xsmall"):
            st.caption(f"Week of {long_label(selected.week)}" + (f" · {people} people" if people else ""))
            st.header(plain(row["name"]), anchor=False)
        if cell is None or cell["status"] == "missing":
            st.badge(MISSING_WORDS, icon=":material/do_not_disturb_on:", color="gray")
            st.markdown("No data was received. This is not zero.")
        elif cell["status"] == "hidden":
            _hidden(board, cell, selected, choose)
        else:
            _shown(board, cell, detail)
        unit_charts.trend(detail)
        unit_charts.siblings(detail)
        _ways_on(board, selected, open_unit)


def _shown(board: WorkloadBoard, cell: pd.Series, detail: UnitDetail) -> None:
    colour, icon = badges.BANDS[cell["tone"]]
    words = " · ".join(part for part in (cell["text"], str(cell["band"]).split(",")[0]) if part)
    with st.container(horizontal=True, gap="xsmall"):
        st.badge(plain(words), icon=f":material/{icon}:", color=colour)  # type: ignore[arg-type]
        if detail.badge:
            colour, icon = badges.verdict(detail.reading.tone, detail.reading.direction)
            st.badge(detail.badge, icon=f":material/{icon}:", color=colour)  # type: ignore[arg-type]
    st.markdown(plain(detail.said))
    low, high = interval_texts(board.metric, cell["low"], cell["high"])
    sure = f"Somewhere between {low} and {high}. " if low and low != high else ""
    covers = f"Covers {cell['coverage']} of its people." if cell["coverage"] else ""
    if sure or covers:
        st.caption(plain(sure + covers))


def _hidden(board: WorkloadBoard, cell: pd.Series, selected: Cell, choose: Callable[[Cell], None]) -> None:
    st.badge(HIDDEN_WORDS, icon=":material/shield:", color="gray")
    where = cell["shown_with_name"]
    st.markdown(
        "Too few people worked here this week, or showing it would let someone work out another group."
        + (f" These hours count in {plain(where)}." if where else "")
    )
    if cell["shown_with"] in set(board.rows["key"]):
        target = Cell(cell["shown_with"], selected.week)
        st.button(f"Show {plain(where)}", icon=":material/search:", on_click=choose, args=(target,), key="shown_with")


def _ways_on(board: WorkloadBoard, selected: Cell, open_unit: Callable[[str], None]) -> None:
    """A button for every unit of the row that can be gone into; the parts, when the row is a join."""
    rows = board.rows
    of_row = (rows["key"] == selected.key) | (rows["joined_with"] == selected.key)
    for row in rows[of_row & rows["opens"] & ~rows["heading"]].itertuples():
        st.button(
            f"Open {plain(row.name)}",
            icon=":material/zoom_in:",
            on_click=open_unit,
            args=(row.slug,),
            key=f"open_{row.slug}",
        )
