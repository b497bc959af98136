"""What screens about goals load. A look at what is not open to all, about somebody else, is on record before it is shown."""

from datetime import date

import streamlit as st

from core.access.reads import record_read
from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.calendar import today
from core.goals.detail_views import GoalDetail, goal_detail, successors
from core.goals.goal import Goal, Owner
from pages.parts.loaders import policy, reading, writing

LOOK = "goals"
NOT_HERE = "There is no such goal, or it is shown to fewer people. Ask whoever sent you here."
_RECORDED = "look at a goal that is on record"


def number_in(asked: str) -> int:
    """The number of a goal as an address names it.

    Raises:
        NoPermission: it is no number, which reads like a goal that is not there.
    """
    if not asked.isascii() or not asked.isdecimal() or len(asked) > 18:
        raise NoPermission(NOT_HERE)
    return int(asked)


def page(viewer: Viewer, goal_id: int) -> GoalDetail:
    """One goal as the viewer may see it, read anew on every run: after a change it shows at once.

    Raises:
        NoPermission: there is none such that the viewer may see; which of the two is not told.
    """
    on = today()
    try:
        with reading().connect() as connection:
            found = goal_detail(connection, viewer, goal_id, policy=policy(), as_of=on)
    except NoPermission:
        raise NoPermission(NOT_HERE) from None
    if found.page.about:
        _record(viewer, found.page.about, goal_id, on)
    return found


def may_take_over(viewer: Viewer, goal: Goal) -> tuple[Owner, ...]:
    """Whom the viewer may hand the goal to."""
    with reading().connect() as connection:
        return successors(connection, viewer, goal, today())


def _record(viewer: Viewer, about: str, goal_id: int, on: date) -> None:
    """Put a look on record, once for as long as the tab stays with this goal: what is typed on its page is no new look."""
    look = (viewer.id, about, goal_id, on)
    if st.session_state.get(_RECORDED) == look:
        return
    with writing().begin() as connection:
        record_read(connection, viewer=viewer.name, subjects=[about], what=LOOK, day=on)
    st.session_state[_RECORDED] = look
