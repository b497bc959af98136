"""What is not agreed yet: proposals that wait for somebody, and drafts. Each shows its terms, its steps, and what can be done."""

from functools import partial

import streamlit as st
from sqlalchemy import Connection

from core.access.viewer import Viewer
from core.calendar import label, now
from core.goals.commands import agree, propose
from core.goals.decisions import withdraw
from core.goals.goal import Status
from core.goals.mine_views import MyGoals, Unsettled
from core.goals.mine_wording import draft_next, stands, whose
from core.goals.naming import named_in, names_in
from core.goals.terms import terms_of
from core.goals.terms_wording import ACTIONS, KINDS, changes, facts, way
from pages.parts.goal_links import to_form
from pages.parts.goal_memory import notice
from pages.parts.goal_saving import Outcome, attempt
from pages.parts.plain import plain

MOVED = "It was changed just now. Read it again below, then decide."


def proposals(viewer: Viewer, found: MyGoals, titles: dict[int, str]) -> None:
    """Proposals: first those that wait for the viewer, then those that wait for the other one."""
    waiting = sorted(found.proposals, key=lambda each: not each.waits)
    if not waiting:
        return
    with st.container(gap=None):
        st.header("Being agreed on", anchor=False)
        st.caption("A goal becomes active when both have agreed to the same words. Nobody else sees it before.")
    first = next((each.goal.id for each in waiting if each.waits), None)
    for each in waiting:
        with st.container(border=True, key=f"proposal_{each.goal.id}", gap="small"):
            _top(viewer, each)
            st.caption(plain(stands(each)))
            _terms(each, titles)
            _steps(each, titles)
            _answers(viewer, each, primary=each.goal.id == first)


def drafts(viewer: Viewer, found: MyGoals) -> None:
    """Drafts that the viewer wrote; nobody else sees them."""
    if not found.drafts:
        return
    st.header("Drafts", anchor=False)
    for each in found.drafts:
        with st.container(border=True, key=f"draft_{each.goal.id}", gap="small"):
            _top(viewer, each)
            st.caption(f":material/visibility_off: {plain(draft_next(each))}")
            with st.container(horizontal=True, gap="small"):
                words = f"Propose to {plain(each.other)}" if each.other else "Make it active"
                if st.button(words, key=f"propose_{each.goal.id}"):
                    _propose(viewer, each)
                st.button(
                    "Change",
                    type="tertiary",
                    on_click=to_form,
                    kwargs={"edit": str(each.goal.id)},
                    key=f"change_{each.goal.id}",
                )
                _withdraw(viewer, each, "Discard")


def _top(viewer: Viewer, each: Unsettled) -> None:
    goal = each.goal
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="xsmall"):
        st.markdown(f"**{plain(goal.title)}**", width="stretch")
        if goal.status is Status.DRAFT:
            st.badge("Draft", icon=":material/edit_note:", color="gray")
        elif each.waits:
            st.badge("Waits for you", icon=":material/mark_email_unread:", color="yellow")
        else:
            st.badge(
                f"Waits for {plain(each.other if each.wrote else each.author)}",
                icon=":material/hourglass_empty:",
                color="gray",
            )
    parts = [KINDS[goal.kind], whose(goal, viewer.person_code), way(goal)]
    st.caption(plain(" · ".join(part for part in parts if part)))


def _terms(each: Unsettled, titles: dict[int, str]) -> None:
    rows = facts(terms_of(each.goal), names_in(named_in(each.goal)), titles)
    with st.expander("What is proposed", expanded=each.waits, icon=":material/article:"):
        st.table(
            {plain(name): plain(text) for name, text in rows.items()},
            border="horizontal",
            alt=f"Terms of {each.goal.title}",
        )


def _steps(each: Unsettled, titles: dict[int, str]) -> None:
    names = names_in(named_in(each.goal))
    with st.expander("Step by step", icon=":material/history:"):
        for step in each.steps:
            action = ACTIONS.get(step.action, step.action.capitalize())
            st.markdown(plain(f"{action} by {step.by}, {label(step.at.date())}"))
            for line in changes(step, names, titles):
                st.caption(plain(line))


def _answers(viewer: Viewer, each: Unsettled, *, primary: bool) -> None:
    with st.container(horizontal=True, gap="small"):
        if each.waits and st.button(
            "Agree", type="primary" if primary else "secondary", icon=":material/check:", key=f"agree_{each.goal.id}"
        ):
            _agree(viewer, each)
        st.button(
            "Change and propose back" if each.waits else "Change",
            type="secondary" if each.waits else "tertiary",
            on_click=to_form,
            kwargs={"edit": str(each.goal.id)},
            key=f"change_{each.goal.id}",
        )
        if each.wrote:
            _withdraw(viewer, each, "Withdraw")


def _agree(viewer: Viewer, each: Unsettled) -> None:
    def write(connection: Connection) -> Status:
        return agree(connection, viewer, each.goal.id, based_on=each.goal.version, at=now())

    outcome = attempt(write)
    both = outcome.value is Status.ACTIVE
    _tell(
        outcome, "Agreed. The goal is active." if both else "Agreed. It is active as soon as the other one agrees too."
    )


def _propose(viewer: Viewer, each: Unsettled) -> None:
    def write(connection: Connection) -> Status:
        return propose(connection, viewer, each.goal.id, based_on=each.goal.version, at=now())

    outcome = attempt(write)
    active = outcome.value is Status.ACTIVE
    _tell(outcome, "The goal is active." if active else "Proposed. The goal is active as soon as you both agree.")


def _withdraw(viewer: Viewer, each: Unsettled, words: str) -> None:
    with st.popover(words, type="tertiary", key=f"withdraw_{each.goal.id}"):
        st.caption("It leaves every list, for both. What was written stays on record.")
        if st.button(f"{words} it", key=f"withdrawn_{each.goal.id}"):
            _tell(attempt(partial(_gone, viewer=viewer, goal_id=each.goal.id)), "It is off the list.")


def _gone(connection: Connection, *, viewer: Viewer, goal_id: int) -> None:
    withdraw(connection, viewer, goal_id, at=now())


def _tell(outcome: Outcome, done: str) -> None:
    """Draw the page again with what came of it; a version that moved meanwhile is shown, not overwritten."""
    if outcome.conflict is not None:
        notice(MOVED)
    else:
        notice(outcome.errors.get("") or next(iter(outcome.errors.values()), done))
    st.rerun()
