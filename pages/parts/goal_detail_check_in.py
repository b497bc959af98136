"""Checking in: the value, the confidence and a note for a day; milestones are ticked. What was typed is kept until saved."""

from datetime import date

import streamlit as st
from sqlalchemy import Connection

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.calendar import long_label, now, today
from core.goals.commands import check_in, finish_milestone
from core.goals.detail_wording import note_readers
from core.goals.goal import Goal, Kind, Measure, Milestone
from core.goals.terms import LONGEST_TEXT
from pages.parts import goal_loaders, session
from pages.parts.goal_decide_memory import Deciding
from pages.parts.goal_memory import notice
from pages.parts.goal_saving import attempt
from pages.parts.plain import plain


def dialog(viewer: Viewer, goal_id: int) -> None:
    """Open the dialog for a check-in. To be called in the run in which it was asked for."""
    memory = Deciding(f"check-in-{viewer.id}-{goal_id}")
    st.dialog("Check in", icon=":material/edit_note:")(_dialog)(goal_id, memory)


def _dialog(goal_id: int, memory: Deciding) -> None:
    viewer = session.still()
    try:
        goal = goal_loaders.page(viewer, goal_id).goal
    except NoPermission as refusal:
        st.caption(plain(str(refusal)))
        return
    st.markdown(f"**{plain(goal.title)}**")
    with st.form(memory.key("form"), border=False):
        ticked = _milestones(goal, memory)
        value = _value(goal, memory)
        confidence = st.number_input(
            "Confidence that it will be met, 0 to 10", 0, 10, value=None, step=1, key=memory.key("confidence")
        )
        note = st.text_area(
            "What happened, what is in the way", max_chars=LONGEST_TEXT, height=90, key=memory.key("note")
        )
        on = st.date_input("For the day", today(), max_value=today(), format="YYYY-MM-DD", key=memory.key("day"))
        st.caption(plain(note_readers(goal)))
        asked = st.form_submit_button("Save", type="primary")
    if not asked:
        return
    at = now()

    def write(connection: Connection) -> None:
        for place, done in ticked.items():
            finish_milestone(connection, viewer, goal_id, place, done_on=on if done else None, at=at)
        if not ticked or value is not None or confidence is not None or note:
            check_in(connection, viewer, goal_id, value=value, confidence=confidence, note=note or "", on=on, at=at)

    outcome = attempt(write)
    if outcome.done:
        memory.forget()
        notice("Checked in.")
        st.rerun(scope="app")
    for words in outcome.errors.values():
        st.warning(plain(words), title="Not saved yet. Your text is kept.", icon=":material/error:")


def _value(goal: Goal, memory: Deciding) -> float | None:
    """The field for the value; none for what is not measured by one."""
    if goal.measure is Measure.MILESTONES or (goal.measure is Measure.NONE and goal.kind is Kind.OBJECTIVE):
        return None
    name = goal.metric or "Value"
    label = plain(f"{name} ({goal.unit})" if goal.unit else name)
    found: float | None = st.number_input(label, value=None, step=None, format="%g", key=memory.key("value"))
    return found


def _milestones(goal: Goal, memory: Deciding) -> dict[int, bool]:
    """Draw a box for every milestone; returns those that were ticked or unticked, by place from 1."""
    changed = {}
    if goal.milestones:
        st.markdown("**Milestones**")
    for place, each in enumerate(goal.milestones, start=1):
        was = each.done_on is not None
        now_done = st.checkbox(plain(_said(each)), was, key=memory.key(f"milestone_{place}"))
        if now_done is not was:
            changed[place] = now_done
    return changed


def _said(each: Milestone) -> str:
    if each.done_on is not None:
        return f"{each.title} (done on {_day(each.done_on)})"
    return f"{each.title} (due {_day(each.due)})" if each.due is not None else each.title


def _day(on: date) -> str:
    return long_label(on)
