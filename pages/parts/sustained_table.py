"""The list of sustained load as a table: a line for the weeks, a badge for the verdict, a tick to go to the team."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from core.workload.sustained_list import SustainedList, SustainedRow
from pages.parts import badges, theme

# what a team's own history says -> colour and icon of its badge
BADGES: dict[str, badges.Badge] = {
    "Beyond usual swing": badges.verdict("over", "up"),
    "Improved": badges.verdict("improved", "down"),
    "Within usual swing": badges.USUAL,
    "Too little history": ("gray", "history"),
}
WEEKS, AGAINST = "Shown weeks", "Against its own history"
AXIS = (70, 135)  # percent, the same for every team
DRAWN = "sustained_drawn"  # moves on with every choice, so that none stays ticked


def table(found: SustainedList, choose: Callable[[SustainedRow], None]) -> None:
    """Draw the table; `choose` is called with the row that is ticked."""
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
