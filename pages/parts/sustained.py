"""The list under the heatmap: teams whose load has lasted, how long, and whether that is usual for them."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from core.workload.sustained_list import SustainedList, SustainedRow
from pages.parts import theme
from pages.parts.device import phone
from pages.parts.plain import plain

# what a team's own history says -> colour and icon of its badge
BADGES = {
    "Beyond usual swing": ("orange", "north_east"),
    "Improved": ("blue", "south_east"),
    "Within usual swing": ("gray", "remove"),
    "Too little history": ("gray", "history"),
}
WEEKS, AGAINST = "Shown weeks", "Against its own history"
AXIS = (70, 135)  # percent, the same for every team
DRAWN = "sustained_drawn"  # moves on with every choice, so that none stays ticked


def show(found: SustainedList, choose: Callable[[SustainedRow], None]) -> None:
    """The list, or why it is empty; `choose` is called with the row that is chosen."""
    with st.container(gap=None):
        st.header("Sustained load", anchor=False)
        if found.rows:
            st.caption(plain(found.note if phone() else f"{found.note} Tick a row to see the team."))
    if not found.rows:
        icon = "check" if found.settled else "hourglass_empty"
        with st.container(border=True, width=620, gap="xsmall"):
            st.markdown(f":material/{icon}: **{plain(found.empty)}**")
            st.caption(plain(found.meaning))
    elif phone():
        for place, row in enumerate(found.rows):
            _card(found, row, place, choose)
    else:
        _table(found, choose)


def _card(found: SustainedList, row: SustainedRow, place: int, choose: Callable[[SustainedRow], None]) -> None:
    colour, icon = BADGES[row.against]
    with st.container(border=True, gap="xsmall"):
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="xsmall"
        ):
            st.markdown(f"**{plain(row.name)}**", width="content")
            st.badge(row.against, icon=f":material/{icon}:", color=colour)  # type: ignore[arg-type]
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
            with st.container(gap=None, width="stretch"):
                if row.trail:
                    st.caption(plain(row.trail))
                st.caption(plain(f"{found.above} for {row.lasting}, now at {row.value_text}."))
            st.button(
                "See",
                icon=":material/arrow_forward:",
                icon_position="right",
                type="tertiary",
                help=plain(f"See {row.name}"),
                on_click=choose,
                args=(row,),
                key=f"sustained_{place}",
            )


def _table(found: SustainedList, choose: Callable[[SustainedRow], None]) -> None:
    st.space("small")  # on touch the table's own buttons stand here
    drawn = st.session_state.get(DRAWN, 0)
    key = f"sustained_{drawn}_{theme.mode()}"

    def report() -> None:
        places = st.session_state[key].selection.rows
        if places:
            st.session_state[DRAWN] = drawn + 1
            choose(found.rows[places[0]])

    column = st.column_config
    shown = {
        "Team": [row.name for row in found.rows],
        "In": [row.trail for row in found.rows],
        found.above: [row.lasting for row in found.rows],
        "Latest shown": [row.value_text for row in found.rows],
        WEEKS: [
            [value for value in row.series if value is not None] for row in found.rows
        ],  # no line with a gap is drawn
        AGAINST: [[row.against] for row in found.rows],
    }
    if not any(row.trail for row in found.rows):
        del shown["In"]
    st.dataframe(
        pd.DataFrame(shown),
        key=key,
        on_select=report,
        selection_mode="single-row",
        hide_index=True,
        height="content",
        alt=f"Teams with sustained load. {found.note}",
        column_config={
            "Team": column.TextColumn(width=200),
            "In": column.TextColumn(width=190),
            found.above: column.TextColumn(width=125),
            "Latest shown": column.TextColumn(width=100),
            WEEKS: column.LineChartColumn(
                help=f"The last {len(found.rows[0].series)} weeks; those that are not shown are left out.",
                width=190,
                y_min=AXIS[0],
                y_max=AXIS[1],
                color="blue",
            ),
            AGAINST: column.MultiselectColumn(
                width=165, options=list(BADGES), color=[colour for colour, _ in BADGES.values()]
            ),
        },
    )
