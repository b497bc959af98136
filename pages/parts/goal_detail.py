"""The page of one goal, its upper part: what it is, how it goes, the picture, and why it is on the list."""

import streamlit as st

from core.access.viewer import Viewer
from core.goals import chart, rescoping
from core.goals import detail_wording as words
from core.goals.detail_views import GoalDetail
from core.goals.goal import CLOSED, MOVING, Status
from core.goals.queue_wording import badge
from core.goals.terms_wording import number
from pages.parts import (
    goal_decide,
    goal_detail_archive,
    goal_detail_check_in,
    goal_detail_more,
    goal_links,
    loaders,
    session,
)
from pages.parts.chart import draw, table_behind
from pages.parts.device import phone
from pages.parts.goal_memory import told
from pages.parts.plain import plain


def head(detail: GoalDetail) -> None:
    """The trail, the title, the reasons as badges, and how it goes in a sentence."""
    with st.container(gap="xsmall"):
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="trail"):
            label = "Goals" if detail.page.reasons is None else "Goals that need revisiting"
            if st.button(label, type="tertiary", key="up_goals"):
                goal_links.to_goals()
            parent = detail.page.parent
            st.markdown(":material/chevron_right:", width="content")
            if parent is not None:
                if st.button(plain(parent.title), type="tertiary", key="up_parent"):
                    goal_links.open_goal(parent.id)
                st.markdown(":material/chevron_right:", width="content")
            st.caption(plain(words.trail(detail)), width="content")
        st.title(plain(detail.goal.title), anchor=False, width=880)
        _badges(detail)
        st.markdown(plain(words.sentence(detail)), width=760)
        if done := told():
            st.success(plain(done), icon=":material/check:", width=760)


def actions(viewer: Viewer, detail: GoalDetail) -> None:
    """What the viewer may do besides deciding; nothing for those who only look."""
    page, goal = detail.page, detail.goal
    settles = goal.status in (Status.DRAFT, Status.PROPOSED)
    archives = page.reasons is not None and goal.status in CLOSED and not page.archived
    if not (page.may_check_in or page.may_edit or archives):
        return
    with st.container(horizontal=True, gap="small", key="goal_actions"):
        if page.may_check_in and st.button("Check in", icon=":material/edit_note:", key="check_in"):
            goal_detail_check_in.dialog(viewer, goal.id)
        if page.may_edit:
            label = "Agree or change it on My goals" if settles else "Change the goal"
            if st.button(label, type="tertiary", icon=":material/tune:", key="change_goal"):
                goal_links.change_goal(goal.id)
        snoozes = page.may_decide and page.snoozed_until is None
        if snoozes and st.button("Snooze", type="tertiary", icon=":material/snooze:", key="snooze"):
            goal_decide.snooze(viewer, goal.id)
        if archives and st.button("Archive", type="tertiary", icon=":material/inventory_2:", key="archive"):
            goal_detail_archive.dialog(viewer, goal.id)


def picture(detail: GoalDetail) -> None:
    """Expected and actual as a chart; for an objective without numbers of its own, its key results in its place."""
    page, goal = detail.page, detail.goal
    shown = chart.drawn(goal, page.check_ins, page.forecast, detail.as_of)
    if shown is None and goal_detail_more.measured_by_key_results(detail):
        goal_detail_more.key_results(detail)
        return
    if shown is None and not words.no_number(detail):
        return
    with st.container(border=True, key="expected_and_actual"):
        with st.container(gap=None):
            st.header("Expected and actual", anchor=False)
            if said := chart.about(goal):
                st.caption(plain(said))
        if shown is None:
            st.caption(plain(words.no_number(detail)))
            return
        draw(
            chart.expected_and_actual(goal, shown, detail.as_of, phone=phone()),
            key="goal_chart",
            alt=plain(chart.alt(goal, shown, page.forecast, detail.as_of)),
        )
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            table_behind(chart.table(goal, shown).map(plain), key="goal_chart", alt="What was said, newest day first")
            if page.forecast is not None:
                if goal.status is Status.ACTIVE:
                    _what_if(detail)
                with st.popover(
                    "How the pace is computed", type="tertiary", icon=":material/function:", width="content"
                ):
                    st.markdown(plain(words.PACE))


def why(detail: GoalDetail) -> None:
    """Why it is on the list: every reason with its evidence and its rule. Nothing for those who may not see reasons."""
    reasons = detail.page.reasons
    if reasons is None or detail.goal.status not in (Status.ACTIVE, Status.PAUSED):
        return
    with st.container(gap="xsmall", key="why"):
        heading = words.why_heading(reasons, loaders.policy())
        st.header(heading, anchor=False)
        if not reasons:
            st.caption(words.NOT_LISTED)
        else:
            told_why = {plain(name): plain(text) for name, text in words.why(reasons, loaders.policy()).items()}
            st.table(told_why, border="horizontal", alt=f"{heading}: each reason, its evidence and its rule")
        if heading == words.KNOWN:
            st.caption(words.NOT_ENOUGH)
        if said := words.next_check_in(detail):
            st.caption(plain(said))


def _badges(detail: GoalDetail) -> None:
    stretched = loaders.policy().utilisation_bands[2]
    with st.container(horizontal=True, gap="xsmall", key="goal_badges"):
        if state := words.state(detail):
            st.badge(state, icon=":material/inventory_2:", color="gray")
        for reason in detail.page.reasons or ():
            said, icon, colour = badge(reason, stretched)
            st.badge(plain(said), icon=f":material/{icon}:", color=colour)  # type: ignore[arg-type]
        st.badge(plain(detail.goal.owner.name or "No owner"), color="gray")
        if due := words.due(detail):
            st.badge(due, color="gray")


def _what_if(detail: GoalDetail) -> None:
    goal = detail.goal
    if goal.measure not in MOVING:
        return
    with st.popover("What if", type="tertiary", icon=":material/help:", width="content"):
        _ask(detail)


@st.fragment
def _ask(detail: GoalDetail) -> None:
    """Another target or day, and where it would be at the pace so far. Nothing is saved."""
    session.still()
    goal = detail.goal
    st.caption("Another target or day, at the pace so far. Nothing is saved.")
    label = plain(f"Target ({goal.unit})" if goal.unit else "Target")
    target = st.number_input(label, value=goal.target, step=None, format="%g", key=f"what_if_target_{goal.id}")
    due = st.date_input("Due", value=goal.due, format="YYYY-MM-DD", key=f"what_if_due_{goal.id}")
    said = rescoping.what_if(goal, detail.page.check_ins, target=target, due=due, today=detail.as_of)
    if said:
        st.markdown(f"**{plain(said)}**")
    elif target is not None and target == goal.baseline:
        st.markdown(plain(f"{number(target)} is where it began, so there is no way to go."))
    else:
        st.markdown("That cannot be said: choose a target beyond the baseline, and a day that is still to come.")
