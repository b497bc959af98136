"""The cards of *My goals*: own goals with how they go, those between oneself and the manager, and what is over."""

from functools import partial

import streamlit as st
from sqlalchemy import Connection

from core.access.viewer import Viewer
from core.calendar import long_label, now, today
from core.goals import commands
from core.goals.goal import CLOSED, Kind, Status
from core.goals.mine_views import MyGoals, OwnGoal
from core.goals.mine_wording import check_in, decided, who_sees
from core.goals.reasons import LABELS
from core.goals.terms_wording import KINDS, STATUSES, way
from pages.parts import goal_links
from pages.parts.goal_memory import notice
from pages.parts.goal_progress import bar
from pages.parts.goal_saving import attempt
from pages.parts.plain import plain

MOST_BADGES = 3


def of_work(found: MyGoals) -> None:
    """Goals of work that are active or paused."""
    shown = [each for each in found.current if not each.personal]
    if shown:
        st.header("At work", anchor=False)
        _cards(found, shown)


def personal(viewer: Viewer, found: MyGoals) -> None:
    """What is one's own: development, wellbeing, private goals; each says who sees it."""
    shown = [each for each in found.current if each.personal]
    if shown:
        with st.container(gap=None):
            st.header("Your private goals", anchor=False)
            st.caption("These goals are on no list of others, and are never counted.")
        _cards(found, shown, viewer)


def over(found: MyGoals) -> None:
    """What was done or stopped within a year."""
    closed = [each for each in found.goals if each.line.goal.status in CLOSED]
    if not closed:
        return
    with st.expander("Done and stopped", icon=":material/inventory_2:"):
        for each in closed:
            goal = each.line.goal
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                day = f" on {long_label(goal.closed_on)}" if goal.closed_on else ""
                goal_links.arrow(goal.id, goal.title, f"open_{goal.id}", plain(goal.title))
                st.caption(f"{STATUSES[goal.status]}{day}", width="content")
            if each.decided is not None:
                st.caption(plain(decided(each.decided)))


def _cards(found: MyGoals, shown: list[OwnGoal], viewer: Viewer | None = None) -> None:
    grid = st.grid(2, min_column_width=330, gap="small")
    for each in shown:
        with grid.container(border=True, height="stretch", gap="small", key=f"goal_{each.line.goal.id}"):
            _card(found, each, viewer)


def _card(found: MyGoals, each: OwnGoal, viewer: Viewer | None) -> None:
    goal, going = each.line.goal, each.line.going
    with st.container(gap=None):
        st.markdown(f"**{plain(goal.title)}**")
        due = f"due {long_label(goal.due)}" if goal.due else ""
        whose = f"you stand in for {goal.owner.name}" if each.stands_in else ""
        parts = (KINDS[goal.kind], whose, way(goal), due)
        st.caption(plain(" · ".join(part for part in parts if part)))
    _badges(each)
    bar(goal, going, key=f"bar_{goal.id}")
    day = check_in(each, today())
    if day:
        st.caption(f":material/event: {day}")
    if each.decided is not None:
        st.caption(f":material/gavel: {plain(decided(each.decided))}")
    if viewer is not None:
        st.caption(f":material/visibility_off: {plain(who_sees(each, found.manager))}")
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if viewer is not None and goal.kind is Kind.WELLBEING and not goal.owner.unit:
            _sharing(viewer, found, each)
        if not each.stands_in:
            st.button(
                "Change",
                type="tertiary",
                on_click=goal_links.to_form,
                kwargs={"edit": str(goal.id)},
                key=f"edit_{goal.id}",
            )
        goal_links.arrow(goal.id, goal.title, f"open_{goal.id}")


def _badges(each: OwnGoal) -> None:
    goal = each.line.goal
    if goal.status is Status.ACTIVE and not each.reasons:
        return
    with st.container(horizontal=True, gap="xsmall"):
        if goal.status is Status.PAUSED:
            st.badge("Paused", icon=":material/pause:", color="gray")
        for reason in each.reasons[:MOST_BADGES]:
            colour = "red" if reason.severity > 1 else "orange"
            st.badge(LABELS[reason.code], icon=":material/flag:", color=colour, help=plain(reason.words))  # type: ignore[arg-type]


def _sharing(viewer: Viewer, found: MyGoals, each: OwnGoal) -> None:
    goal_id = each.line.goal.id
    if each.shared_with:
        if st.button("Take it back", icon=":material/visibility_off:", key=f"unshare_{goal_id}"):
            _tell(partial(_write, commands.unshare, viewer, goal_id), "Only you see it again.")
    elif found.manager and st.button(
        f"Share with {plain(found.manager)}", icon=":material/share:", key=f"share_{goal_id}"
    ):
        _tell(partial(_write, commands.share, viewer, goal_id), f"{found.manager} sees it now. You may take it back.")


def _write(change: object, viewer: Viewer, goal_id: int, connection: Connection) -> None:
    assert callable(change)
    change(connection, viewer, goal_id, at=now())


def _tell(write: partial[None], done: str) -> None:
    outcome = attempt(write)
    notice(outcome.errors.get("", done))
    st.rerun()
