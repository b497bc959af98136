"""The view *Map* of goals: the tree as a picture, and the same as a table."""

import pandas as pd
import streamlit as st

from core.access.viewer import Viewer
from core.calendar import long_label
from core.goals.map_figures import LOOKS, alt, cut, goal_map
from core.goals.tree_board import Branch
from pages.parts import cells, goal_links, goal_tree, goal_tree_loaders, states
from pages.parts.chart import draw
from pages.parts.device import phone
from pages.parts.goal_progress import words

LEGEND = (
    ":red-badge[:material/trending_down: At risk] :yellow-badge[:material/trending_down: Behind its pace] "
    ":gray-badge[:material/check: On its way] Without colour: no progress known."
)


def show(viewer: Viewer, offered: tuple[str, ...]) -> None:
    """Draw the map for the viewer, from the top or from the goal that the address names."""
    found = goal_tree.top_of_page(viewer, goal_tree_loaders.asked(), "map", offered)
    if found is None:
        return
    if not found.branches:
        states.card("flag", "No goal fits", goal_tree.NOBODY_YET)
        return
    form = st.segmented_control("Show as", ["Picture", "Table"], default="Picture", required=True, key="map_form")
    if form == "Table":
        _table(found.branches)
        return
    shown = cut(found.to_depth(2 if phone() else 3))
    st.markdown(LEGEND)
    with st.container(key="goal_map", gap=None):
        draw(goal_map(shown, phone=phone()), key="goal_map", alt=alt(shown))
        cells.on_address("goal_map", _chosen)
    st.caption("Each goal stands to the right of what it serves. Choose one to see what is below it.")
    if len(shown) < len(found.branches):
        st.caption("There are more goals than a picture holds. Choose one, or a unit, to see the rest.")


def _chosen(address: object) -> None:
    """What a browser says was chosen: [goal id]; anything else is nothing."""
    if isinstance(address, list | tuple) and len(address) == 1 and isinstance(address[0], int):
        goal_tree.to_root(address[0])


def _table(branches: tuple[Branch, ...]) -> None:
    frame = pd.DataFrame(
        {
            "Goal": ["\u2003" * each.line.depth + each.line.goal.title for each in branches],
            "Whose": [each.line.goal.owner.name for each in branches],
            "How it stands": [LOOKS[each.tone][2] for each in branches],
            "Progress": [words(each.line.goal, each.line.going) for each in branches],
            "Due": [long_label(each.line.goal.due) if each.line.goal.due else "–" for each in branches],
            "Revisit": ["yes" if each.revisit else "" for each in branches],
        }
    )
    if not any(each.revisit for each in branches):
        frame = frame.drop(columns="Revisit")
    st.caption("Choose a row to open the goal.")
    chosen = st.dataframe(
        frame,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="goal_map_table",
        column_config={"Goal": st.column_config.TextColumn(width="large", pinned=True)},
    )
    rows = chosen.selection.rows
    if rows and rows[0] < len(branches):
        goal_links.open_goal(branches[rows[0]].line.goal.id)
