"""The panel beside the heatmap: one cell in words, and the way on from it."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from core.calendar import long_label
from core.metrics.legend import HIDDEN_WORDS, MISSING_WORDS
from core.workload.board import WorkloadBoard
from core.workload.figures import Cell, interval_texts
from pages.parts.plain import plain

# tone of a band -> colour and icon of its badge
BADGES = {
    "low": ("blue", "south"),
    "within": ("gray", "check"),
    "watch": ("yellow", "change_history"),
    "over": ("orange", "square"),
    "critical": ("red", "square"),
    "": ("gray", "straighten"),
}


def panel(
    board: WorkloadBoard, selected: Cell, choose: Callable[[Cell], None], open_unit: Callable[[str], None]
) -> None:
    """What the selected cell says: value, band, interval and people, or why there is none.

    `choose` selects another cell (the one these hours count in), `open_unit` goes into the unit with a slug.
    """
    row = board.rows.set_index("key").loc[selected.key]
    found = board.cells[(board.cells["key"] == selected.key) & (board.cells["week"] == selected.week)]
    with st.container(border=True):
        status = found.iloc[0]["status"] if len(found) else "missing"
        people = found.iloc[0]["n_band"] if len(found) else ""
        with st.container(gap="xsmall"):
            st.caption(f"Week of {long_label(selected.week)}" + (f" · {people} people" if people else ""))
            st.header(plain(row["name"]), anchor=False)
        if status == "shown":
            _shown(board, found.iloc[0])
        elif status == "hidden":
            _hidden(board, found.iloc[0], selected, choose)
        else:
            st.badge(MISSING_WORDS, icon=":material/do_not_disturb_on:", color="gray")
            st.markdown("No data was received. This is not zero.")
        _ways_on(board, selected, open_unit)


def _shown(board: WorkloadBoard, cell: pd.Series) -> None:
    colour, icon = BADGES[cell["tone"]]
    words = " · ".join(part for part in (cell["text"], str(cell["band"]).split(",")[0]) if part)
    st.badge(plain(words), icon=f":material/{icon}:", color=colour)  # type: ignore[arg-type]
    low, high = interval_texts(board.metric, cell["low"], cell["high"])
    if low and low != high:
        st.markdown(plain(f"Somewhere between {low} and {high}."))
    facts = {
        "Measure": board.metric.name,
        "Covers": f"{cell['coverage']} of its people" if cell["coverage"] else "",
        "Band": cell["band"],
    }
    st.table(
        {name: plain(text) for name, text in facts.items() if text},
        border="horizontal",
        alt="What the number stands for",
    )


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
