"""Next steps of the two: whose each is and by when. Open ones come up in every conversation until they are done."""

from collections.abc import Callable
from datetime import timedelta

import streamlit as st

from core.access.viewer import Viewer
from core.calendar import label
from core.rhythm import steps
from core.rhythm.board import Step
from core.rhythm.words import LONGEST_STEP, ChangedMeanwhile
from pages.parts import session, talk_loaders
from pages.parts.plain import lines, plain
from pages.parts.talk_loaders import Talk

FORMAT = "DD/MM/YYYY"
TWO_WEEKS = timedelta(days=14)


def show(viewer: Viewer, talk: Talk) -> None:
    """The steps, open ones first, and a way to add one."""
    page = talk.page
    writes = page.writable and not talk.closed
    if not page.steps and not writes:
        return
    with st.container(border=True, gap="small", key="next_steps"):
        with st.container(gap=None):
            st.header("Next steps", anchor=False)
            st.caption("What is open comes up again in the next conversation, until it is done or dropped.")
        for step in page.steps:
            _step(viewer, talk, step, writes=writes)
        if not page.steps:
            st.caption("None is open.")
        if writes and st.button("Add a step", icon=":material/add:", key="add_step"):
            add(page.id, page.other)


def _step(viewer: Viewer, talk: Talk, step: Step, *, writes: bool) -> None:
    with st.container(gap="xxsmall", key=f"step_{step.id}"):
        st.markdown(lines(step.words.text) if not step.words.why else plain(step.words.why))
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.caption(f"{'You' if step.mine else plain(step.owner)}, by {label(step.due)}", width="content")
            _badges(step)
            if not writes or not step.open or step.words.why:
                return
            at = talk_loaders.moment()
            if st.button("Done", type="tertiary", icon=":material/check:", key=f"done_{step.id}") and talk_loaders.done(
                lambda connection: steps.finish_step(connection, viewer, step.id, at=at), said="Done."
            ):
                st.rerun()
            if st.button("Change", type="tertiary", key=f"change_{step.id}"):
                change(step, talk.page.other)
            if st.button("Drop", type="tertiary", key=f"drop_{step.id}") and talk_loaders.done(
                lambda connection: steps.drop_step(connection, viewer, step.id, at=at),
                said="Dropped. It stays on record.",
            ):
                st.rerun()


def _badges(step: Step) -> None:
    if step.done_on:
        st.badge(f"Done {label(step.done_on)}", icon=":material/check:", color="blue")
    elif step.dropped_on:
        st.badge(f"Dropped {label(step.dropped_on)}", icon=":material/block:", color="gray")
    elif step.late:
        st.badge("Late", icon=":material/schedule:", color="orange")
    if step.carried:
        st.badge("Taken along", icon=":material/move_item:", color="gray")
    elif step.open and not step.here:
        st.badge("From an earlier conversation", icon=":material/history:", color="gray")


@st.dialog("Add a next step", icon=":material/add:")
def add(conversation: int, other: str) -> None:
    viewer, today = session.still(), talk_loaders.day()
    with st.form("step_new", border=False):
        text = st.text_area("What is agreed?", max_chars=LONGEST_STEP, height=90, key="step_new_text")
        mine = st.radio("Who does it?", [True, False], format_func=_whose(other), horizontal=True, key="step_new_mine")
        due = st.date_input("By when?", today + TWO_WEEKS, min_value=today, format=FORMAT, key="step_new_due")
        sent = st.form_submit_button("Add it", type="primary")
    if sent and talk_loaders.done(
        lambda connection: steps.agree_step(
            connection, viewer, conversation, text=text, mine=mine, due=due, at=talk_loaders.moment(),
            seals=talk_loaders.seals(),
        ),
        said="Added. Both of you see it.",
    ):  # fmt: skip
        st.rerun()


@st.dialog("Change this step", icon=":material/edit_note:")
def change(step: Step, other: str) -> None:
    viewer, today = session.still(), talk_loaders.day()
    base = f"step_based_on_{step.id}"
    with st.form(f"step_change_{step.id}", border=False):
        text = st.text_area(
            "What is agreed?", step.words.text, max_chars=LONGEST_STEP, height=90, key=f"step_text_{step.id}"
        )
        mine = st.radio(
            "Who does it?", [True, False], index=0 if step.mine else 1, format_func=_whose(other), horizontal=True,
            key=f"step_mine_{step.id}",
        )  # fmt: skip
        due = st.date_input("By when?", max(step.due, today), min_value=today, format=FORMAT, key=f"step_due_{step.id}")
        sent = st.form_submit_button("Save", type="primary")
    if not sent:
        st.session_state[base] = step.version
        return
    try:
        if talk_loaders.done(
            lambda connection: steps.change_step(
                connection, viewer, step.id, based_on=st.session_state.get(base, step.version), text=text, mine=mine,
                due=due, at=talk_loaders.moment(), seals=talk_loaders.seals(),
            ),
            said="Changed. Both of you see it.",
        ):  # fmt: skip
            st.rerun()
    except ChangedMeanwhile as changed:
        st.session_state[base] = changed.version  # saving again is then a decision, made with both texts in view
        st.warning(
            f"It now reads: {lines(changed.theirs)}",
            title="This step was changed while you were writing. Your text is kept; compare before saving.",
        )


def _whose(other: str) -> Callable[[bool], str]:
    return lambda mine: "I do" if mine else plain(other)
