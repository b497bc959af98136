"""The panel beside the heatmap: the chosen cell in words, then its row's trend, other measures, siblings, story and ways on."""

from collections.abc import Callable
from math import isfinite, nan

import pandas as pd
import streamlit as st

from core.calendar import long_label
from core.metrics.chart import spark
from core.metrics.legend import HIDDEN_WORDS, MISSING_WORDS
from core.workload.board import WorkloadBoard
from core.workload.figures import Cell, interval_texts
from core.workload.unit_detail import Companion, UnitDetail, siblings_table, trend_table
from core.workload.unit_figures import siblings, trend
from pages.parts.chart import draw, table_behind
from pages.parts.plain import plain

# tone of a band -> colour and icon of its badge
BANDS = {
    "low": ("blue", "south"),
    "within": ("gray", "check"),
    "watch": ("yellow", "change_history"),
    "over": ("orange", "square"),
    "critical": ("red", "square"),
    "": ("gray", "straighten"),
}
VERDICTS = {
    ("over", "up"): ("orange", "north_east"),
    ("over", "down"): ("orange", "south_east"),
    ("beyond", "up"): ("gray", "north_east"),
    ("beyond", "down"): ("gray", "south_east"),
    ("improved", "up"): ("blue", "north_east"),
    ("improved", "down"): ("blue", "south_east"),
}
USUAL = ("gray", "remove")


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
        _trend(detail)
        _siblings(detail)
        _ways_on(board, selected, open_unit)


def _shown(board: WorkloadBoard, cell: pd.Series, detail: UnitDetail) -> None:
    colour, icon = BANDS[cell["tone"]]
    words = " · ".join(part for part in (cell["text"], str(cell["band"]).split(",")[0]) if part)
    with st.container(horizontal=True, gap="xsmall"):
        st.badge(plain(words), icon=f":material/{icon}:", color=colour)  # type: ignore[arg-type]
        if detail.badge:
            colour, icon = VERDICTS.get((detail.reading.tone, detail.reading.direction), USUAL)
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


def _trend(detail: UnitDetail) -> None:
    """The row's weeks against its own usual swing; nothing when no week of it is shown as a number."""
    if not detail.trend["value"].notna().any():
        return
    with st.container(gap="xsmall"):
        st.markdown(f"**{plain(detail.metric.name)}**")
        draw(trend(detail), key="trend", alt=plain(detail.trend_alt))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            table_behind(trend_table(detail), key="trend", alt=f"{detail.name} week by week")
            if (detail.trend["status"] == "hidden").any():
                st.caption("Grey columns: not shown, to protect people.", width="content")


def companions(detail: UnitDetail) -> None:
    """Meetings, focus and hours outside working time of the same row and weeks; nothing when there are none."""
    if not detail.companions:
        return
    with st.container(border=True, key="companions"):
        st.subheader(f"Beside it, in {plain(detail.name)}", anchor=False)
        grid = st.grid(len(detail.companions), min_column_width=160, gap="medium")
        for one in detail.companions:
            with grid.container(gap="xsmall"):
                _companion(one)
        newest_first = range(len(detail.weeks) - 1, -1, -1)
        columns = {plain(one.metric.name): [plain(one.texts[i]) for i in newest_first] for one in detail.companions}
        weeks = [f"{detail.weeks[i].day} {detail.weeks[i]:%b %Y}" for i in newest_first]
        frame = pd.DataFrame({"Week": weeks, **columns})
        table_behind(frame, key="companions", alt=f"Other measures of {detail.name} week by week")


def _companion(one: Companion) -> None:
    st.caption(plain(one.metric.name))
    st.markdown(f"**{plain(one.text or 'not shown')}**")
    if any(map(isfinite, one.values)):
        limits = one.swing.limits
        lower, upper = (limits.lower, limits.upper) if limits else (nan, nan)
        figure = spark(one.values, lower, upper, tone=one.reading.tone)
        draw(figure, key=f"beside_{one.metric.id}", alt=plain(f"{one.metric.name}: {one.said}"), still=True)
    st.caption(plain(one.said))


def _siblings(detail: UnitDetail) -> None:
    """The row among the units beside it, by name."""
    with st.container(gap="xsmall"):
        st.markdown("**Among its siblings**")
        st.caption(plain(detail.siblings_said))
        if len(detail.siblings) > 1 and detail.siblings["value"].notna().any():
            draw(siblings(detail), key="siblings", alt=plain(detail.siblings_alt))
            table_behind(siblings_table(detail), key="siblings", alt=f"{detail.name} among its siblings")


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
