"""One goal: how it goes, why it needs revisiting, what to do about it, and all that was said about it."""

import streamlit as st

from core.access.refusals import NoPermission
from pages.parts import address, goal_decide, goal_detail, goal_detail_more, goal_links, goal_loaders, states
from pages.parts.device import phone
from pages.parts.guard import guard

viewer = guard("goal")
asked = address.parts("goal", ("goal",))

try:
    with st.skeleton(height=520):
        found = goal_loaders.page(viewer, goal_loaders.number_in(asked.get("goal", "")))
except NoPermission as refusal:
    states.no_permission(viewer, str(refusal))
    if st.button("To the goals", icon=":material/flag:", key="to_goals"):
        goal_links.to_goals()
    st.stop()

goal_detail.head(found)
goal_detail.actions(viewer, found)
page = st.grid(3, min_column_width=300, gap="medium")
main = page.cell(column_span=2)
aside = page.cell()
with main:
    goal_detail.picture(found)
    goal_detail.why(found)
with aside:
    goal_decide.panel(viewer, found)
    goal_detail_more.history(found)
    goal_detail_more.evidence(viewer, found)
with st.container() if phone() else main:  # on a phone what is to be decided comes before what was agreed
    goal_detail_more.below(found)
    goal_detail_more.agreed(viewer, found)
