"""Giving feedback and asking for it, each in a dialog. Hints help to be specific and timely; it can be sent as it is."""

import streamlit as st

from core.rhythm.feedback import FeedbackItem, ask_for_feedback, give_feedback
from core.rhythm.guides import NOTICE_IMPACT_OPTIONS, hints
from core.rhythm.words import LONGEST_PART
from pages.parts import loaders, session, talk_loaders
from pages.parts.plain import lines, plain
from pages.parts.talk_people import somebody

FORMAT = "DD/MM/YYYY"
NOTICE, IMPACT, OPTIONS = (part.text for part in NOTICE_IMPACT_OPTIONS.parts)
THANKS = "Thank them, and offer no options"


@st.dialog("Ask for feedback", icon=":material/help:")
def ask(known: dict[str, str]) -> None:
    """known: id -> name of people whom the viewer talks with already."""
    viewer = session.still()
    with st.form("ask", border=False):
        typed = somebody("Whom do you ask?", known, key="ask_whom")
        question = st.text_area(
            "What do you want to know?", max_chars=LONGEST_PART, height=110, key="ask_question",
            placeholder="What did you notice about … ?",
        )  # fmt: skip
        st.caption("They may answer, or decline without giving a reason. Only the two of you read it.")
        sent = st.form_submit_button("Ask", type="primary")
    if sent and talk_loaders.done(
        lambda connection: ask_for_feedback(
            connection, viewer, talk_loaders.code_for(connection, typed or ""), question, at=talk_loaders.moment(),
            seals=talk_loaders.seals(),
        ),
        said="Asked.",
    ):  # fmt: skip
        st.rerun()


@st.dialog("Give feedback", icon=":material/forum:")
def give(known: dict[str, str], question: FeedbackItem | None = None) -> None:
    """known: id -> name of people whom the viewer talks with already. question: the one that is answered, if any."""
    viewer, today = session.still(), talk_loaders.day()
    key = question.id if question else "new"
    if question:
        st.markdown(f"**{plain(question.other)} asks:** {lines(question.question)}")
    with st.form(f"give_{key}", border=False):
        typed = question.code if question else somebody("To whom?", known, key="give_whom")
        about = st.date_input("When was it?", today, max_value=today, format=FORMAT, key=f"give_about_{key}")
        notice = st.text_area(
            "What I notice", max_chars=LONGEST_PART, height=90, key=f"give_notice_{key}", placeholder=NOTICE
        )
        impact = st.text_area(
            "The impact I see", max_chars=LONGEST_PART, height=90, key=f"give_impact_{key}", placeholder=IMPACT
        )
        options = st.text_area(
            "Options I can offer", max_chars=LONGEST_PART, height=90, key=f"give_options_{key}", placeholder=OPTIONS
        )
        recognition = st.checkbox(THANKS, key=f"give_thanks_{key}")
        st.caption("Only the two of you read it. It cannot be changed after it was sent.")
        sent = st.form_submit_button("Send", type="primary")
    if not sent:
        return
    offered = "" if recognition else options
    if not _read_hints(
        key, hints(notice, impact, offered, about, today, loaders.policy().rhythm), (notice, impact, offered)
    ):
        return
    if talk_loaders.done(
        lambda connection: give_feedback(
            connection, viewer, talk_loaders.code_for(connection, typed or ""), notice=notice, impact=impact,
            options=offered, about=about, recognition=recognition, at=talk_loaders.moment(), seals=talk_loaders.seals(),
            answers=question.id if question else None,
        ),
        said="Sent.",
    ):  # fmt: skip
        st.rerun()


def _read_hints(key: str, found: tuple[str, ...], words: tuple[str, str, str]) -> bool:
    """Whether it may be sent: there is nothing to hint at, or the hints about exactly these words were shown before."""
    seen = f"hints_seen_{key}"
    if not found or st.session_state.get(seen) == hash(words):
        st.session_state.pop(seen, None)
        return True
    st.session_state[seen] = hash(words)
    st.info(
        "\n".join(f"- {plain(each)}" for each in found), title="This would help. Press Send again to send it as it is.",
        icon=":material/lightbulb:",
    )  # fmt: skip
    return False
