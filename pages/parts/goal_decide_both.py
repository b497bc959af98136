"""Somebody else changed the goal meanwhile: both versions side by side above the form, before anything is saved."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.goals.detail_views import GoalDetail
from core.goals.goal import Goal
from core.goals.history_wording import line
from core.goals.terms import Terms, terms_of
from core.goals.terms_wording import LABELS, in_words
from pages.parts import goal_decide_rescope, goal_loaders
from pages.parts.plain import plain

TITLE = "This goal was changed while you were writing."
KEPT = "Your text is kept; compare before saving. Saving again puts yours on top, and the history keeps both."


def show(
    box: DeltaGenerator, viewer: Viewer, page: GoalDetail, conflict: tuple[Goal, Terms, str], *, read: int
) -> None:
    """Draw into `box` what was changed by whom since version `read`, and the fields in which the two versions differ."""
    theirs, yours, _ = conflict
    now = terms_of(theirs)
    differ = {
        LABELS[field]: {
            "As it stands now": plain(in_words(field, getattr(now, field), page.names, page.titles)),
            "As you wrote it": plain(in_words(field, getattr(yours, field), page.names, page.titles)),
        }
        for field in goal_decide_rescope.fields_of(theirs)
        if getattr(now, field) != getattr(yours, field)
    }
    with box:
        st.warning(KEPT, title=TITLE, icon=":material/compare_arrows:")
        for words in _since(viewer, page, read):
            st.caption(plain(words))
        if differ:
            columns = ("As it stands now", "As you wrote it")
            table = {"": list(differ), **{name: [each[name] for each in differ.values()] for name in columns}}
            st.table(table, border="horizontal", alt="Both versions, field by field", hide_index=True)


def _since(viewer: Viewer, page: GoalDetail, read: int) -> list[str]:
    """What happened to the goal since the version that was read, a line each."""
    try:
        newest = goal_loaders.page(viewer, page.goal.id)
    except NoPermission:
        return []
    steps = [each for each in newest.page.history or () if each.version > read]
    return [line(each, newest.names, newest.titles) for each in steps]
