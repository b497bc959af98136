"""The pieces of *Who sees what*: the rules, the manager's view, the own roles, who looked, the policy."""

from collections.abc import Mapping

import streamlit as st

from core.access.viewer import Viewer
from core.calendar import label, today
from core.openness.protection import policy_in_words
from core.openness.who_sees_what import PREVIEW_WEEKS, WhoSeesWhat
from core.workload.board import existing_cells
from core.workload.figures import heatmap
from core.workload.wording import in_words
from pages.parts import loaders, rules_loaders, rules_table
from pages.parts.chart import draw, table_behind
from pages.parts.device import phone
from pages.parts.plain import plain


def table(found: WhoSeesWhat) -> None:
    """The rules for what there is, and closed, those for what comes later."""
    with st.container(border=True):
        st.header("What, who, how far", anchor=False)
        rules_table.rules(found.lines, alt="Who sees what of the data that this release holds")
    with st.expander("Not in this release", icon=":material/event_upcoming:"):
        st.markdown("These rules will hold from the first day.")
        rules_table.rules(found.later, alt="Who will see what of the data that this release does not hold")


def manager_sees(viewer: Viewer) -> None:
    """What the direct manager sees of the own unit, computed as the manager's screen is."""
    with st.container(border=True):
        st.header("What your manager sees", anchor=False)
        shown = rules_loaders.preview(roles=viewer.roles, units=viewer.units, own_unit=viewer.own_unit, as_of=today())
        st.markdown(plain(shown.sentence))
        if shown.board is None:
            return
        draw(heatmap(shown.board, phone=phone()), key="manager_sees", alt=shown.board.alt)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(f"Load, the newest {in_words(PREVIEW_WEEKS)} weeks.", width="content")
            cells = existing_cells(shown.board).merge(shown.board.rows[["key", "name"]], on="key")
            cells = cells.assign(Week=[label(week) for week in cells["week"]], Load=cells["text"].map(plain))
            cells = cells.assign(Unit=cells["name"].map(plain))
            table_behind(cells[["Week", "Unit", "Load"]], key="manager_sees", alt=shown.board.alt)


def own_roles(mine: Mapping[str, str]) -> None:
    """What the viewer's own roles reach."""
    with st.container(border=True):
        st.header("What you see of others", anchor=False)
        st.caption("Group numbers only, never a colleague's row.")
        rules_table.facts(mine, alt="What your roles reach")


def who_looked(found: WhoSeesWhat) -> None:
    """The log of looks at the own record, and closed, at the own unit."""
    with st.container(border=True):
        st.header("Who looked", anchor=False)
        rules_table.looks(
            found.own_looks, nobody=rules_table.NOBODY, alt="Who looked at your records, newest day first"
        )
    with st.expander("Looks at your unit", icon=":material/groups:"):
        rules_table.looks(
            found.unit_looks, nobody=rules_table.NOBODY_AT_UNIT, alt="Who looked at your unit, newest day first"
        )


def policy() -> None:
    """The numbers of the policy that matter to whoever is counted."""
    with st.container(border=True):
        st.header("The policy here", anchor=False)
        rules_table.facts(policy_in_words(loaders.policy()), alt="The policy in words")
