"""Feedback: asked for and given with equal ease; what came, what was sent, and questions that wait. Between two people."""

import streamlit as st

from core.access.viewer import Viewer
from core.calendar import label
from core.rhythm.board import Conversations
from core.rhythm.feedback import ASKED, RECOGNITION, FeedbackItem, decline_feedback
from pages.parts import states, talk_aside, talk_feedback_forms, talk_loaders
from pages.parts.device import phone
from pages.parts.plain import lines, plain

AT_ONCE = 6
KINDS = {
    ASKED: ("Question", "help", "blue"),
    RECOGNITION: ("Recognition", "favorite", "blue"),
    "given": ("Feedback", "forum", "gray"),
}


def show(viewer: Viewer, found: Conversations) -> None:
    """The view *Feedback*: two ways to begin, questions that wait for the viewer, what came, what was sent."""
    items = talk_loaders.messages(viewer)
    closed = talk_loaders.closed()
    known = {**{item.code: item.other for item in items}, **talk_aside.known(found)}
    page = st.grid(3, min_column_width=300, gap="small" if phone() else "medium")
    with page.cell(column_span=2):
        if not closed:
            _begin(known)
        waiting = [item for item in items if item.open and not item.sent]
        for item in waiting:
            _question(viewer, item, known, closed=bool(closed))
        _list("What others told you", [item for item in items if not item.sent and item not in waiting], "received")
        _list("What you sent", [item for item in items if item.sent], "sent")
        if not items:
            states.card(
                "forum", "No feedback yet",
                "One sentence is enough to begin: tell somebody what you noticed, or ask somebody what they noticed.",
            )  # fmt: skip
    with page.cell():
        talk_aside.who_reads()
        talk_aside.guide_row()


def _begin(known: dict[str, str]) -> None:
    with st.container(border=True, gap="small", key="feedback_begin"):
        st.header("In any direction, between two people", anchor=False)
        st.caption("To a colleague, to whom you report, to who reports to you. What was sent is not changed any more.")
        with st.container(horizontal=True, gap="small"):
            if st.button("Give feedback", icon=":material/forum:", key="give_feedback", width=190):
                talk_feedback_forms.give(known)
            if st.button("Ask for feedback", icon=":material/help:", key="ask_feedback", width=190):
                talk_feedback_forms.ask(known)


def _question(viewer: Viewer, item: FeedbackItem, known: dict[str, str], *, closed: bool) -> None:
    with st.container(border=True, gap="small", key=f"question_{item.id}"):
        with st.container(gap=None):
            st.header(f"{plain(item.other)} asks you", anchor=False)
            st.caption(label(item.at))
        st.markdown(lines(item.question) if not item.why else plain(item.why))
        with st.container(horizontal=True, gap="small"):
            if not closed and st.button("Answer", key=f"answer_{item.id}", icon=":material/reply:"):
                talk_feedback_forms.give({**known, item.code: item.other}, item)
            if st.button(
                "Not this time", key=f"decline_{item.id}", type="tertiary",
                help=f"{plain(item.other)} sees that you would rather not. No reason is asked.",
            ) and talk_loaders.done(
                lambda connection: decline_feedback(connection, viewer, item.id, at=talk_loaders.moment()),
                said="Declined. No reason was given, and none is kept.",
            ):  # fmt: skip
                st.rerun()


def _list(title: str, items: list[FeedbackItem], key: str) -> None:
    if not items:
        return
    st.space("small")
    st.header(title, anchor=False)
    pages = -(-len(items) // AT_ONCE)
    first = (min(int(st.session_state.get(f"page_{key}", 1)), pages) - 1) * AT_ONCE
    for item in items[first : first + AT_ONCE]:
        _message(item)
    if pages > 1:
        st.pagination(pages, key=f"page_{key}")


def _message(item: FeedbackItem) -> None:
    words, icon, colour = KINDS[item.kind]
    with st.container(border=True, gap="small", key=f"message_{item.id}"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(f"**{'To' if item.sent else 'From'} {plain(item.other)}**", width="content")
            st.badge(words, icon=f":material/{icon}:", color=colour)  # type: ignore[arg-type]
        if item.why:
            st.caption(plain(item.why))
        if item.question:
            st.markdown(lines(item.question))
        for name, text in (("Noticed", item.notice), ("Impact", item.impact), ("Options", item.options)):
            if text:
                st.markdown(f"**{name}.** {lines(text)}")
        st.caption(_when(item))


def _when(item: FeedbackItem) -> str:
    told = f"{label(item.at)} {item.at.year}"
    if item.about is not None and item.about != item.at.date():
        told += f", about {label(item.about)}"
    if item.answers:
        told += ", an answer to a question"
    if item.kind == ASKED:
        told += f", declined {label(item.declined)}" if item.declined else ", open" if item.open else ", answered"
    return told
