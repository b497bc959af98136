"""Archiving a goal that is over: off every list, with a reason, and kept with its history."""

import streamlit as st

from core.access.viewer import Viewer
from core.calendar import now
from core.goals.decisions import archive
from core.goals.terms import LONGEST_TEXT
from pages.parts import session
from pages.parts.goal_memory import notice
from pages.parts.goal_saving import attempt
from pages.parts.plain import plain


def dialog(viewer: Viewer, goal_id: int) -> None:
    """Open the dialog that archives a goal. To be called in the run in which it was asked for."""
    st.dialog("Archive this goal", icon=":material/inventory_2:")(_dialog)(goal_id, f"archive_{viewer.id}_{goal_id}")


def _dialog(goal_id: int, key: str) -> None:
    viewer = session.still()
    st.caption("It leaves every list. Nothing is deleted: whoever has its address finds it with its history.")
    reason = st.text_area("Reason, for the goal's history", max_chars=LONGEST_TEXT, height=90, key=f"{key}_reason")
    if st.button("Archive", type="primary", key=f"{key}_save"):
        at = now()
        outcome = attempt(lambda connection: archive(connection, viewer, goal_id, reason=reason or "", at=at))
        if outcome.done:
            notice("Archived. It is on no list any more.")
            st.rerun(scope="app")
        for words in outcome.errors.values():
            st.warning(plain(words), title="Not saved yet. Your text is kept.", icon=":material/error:")
