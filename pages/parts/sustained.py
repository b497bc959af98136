"""The list under the heatmap: teams whose load has lasted, how long, and whether that is usual for them."""

from collections.abc import Callable

import streamlit as st

from core.workload.sustained_list import SustainedList, SustainedRow
from pages.parts.device import phone
from pages.parts.plain import plain
from pages.parts.sustained_table import BADGES, table


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
        table(found, choose)


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
