"""Dates and pairs, each in a dialog: plan, move, held, called off, pause, coach and coachee. No reason is asked anywhere."""

from datetime import date, timedelta

import streamlit as st
from sqlalchemy import Connection

from core.calendar import long_label
from core.rhythm import commands, pairs
from core.rhythm.board import PairCard, Planned
from core.rhythm.cadence import Kind
from core.rhythm.wording import kind_name
from pages.parts import loaders, session, talk_loaders
from pages.parts.plain import plain
from pages.parts.talk_people import somebody
from pages.parts.talk_ways import open_conversation

DAY = timedelta(days=1)
YEAR = timedelta(days=366)
KINDS = [kind.value for kind in Kind]
FORMAT = "DD/MM/YYYY"


@st.dialog("Plan a conversation", icon=":material/event:")
def plan(card: PairCard) -> None:
    viewer, today = session.still(), talk_loaders.day()
    taken = {each.kind for each in card.planned}
    free = [kind for kind in KINDS if kind not in taken]
    asked = {each.kind.value: max(each.due, today) for each in (card.check_in, card.review) if each}
    st.markdown(f"With {plain(card.other)}.")
    if not free:
        st.caption("One of each kind is planned. Open it to move it.")
        return
    kind = st.selectbox("Kind", free, format_func=kind_name, key=f"plan_kind_{card.id}")
    with st.form(f"plan_{card.id}", border=False):
        due = st.date_input(
            "Day",
            asked.get(kind, today),
            min_value=today,
            max_value=today + YEAR,
            format=FORMAT,
            key=f"plan_{card.id}_{kind}",
        )
        st.caption("It appears for the two of you, and in your calendar files.")
        sent = st.form_submit_button("Plan it", type="primary")
    if sent and talk_loaders.done(
        lambda connection: commands.plan(
            connection,
            viewer,
            card.id,
            kind=Kind(kind),
            at=talk_loaders.moment(),
            rules=loaders.policy().rhythm,
            due=due,
        ),
        said=f"Planned for {long_label(due)}.",
    ):
        st.rerun()


@st.dialog("Move to another day", icon=":material/event:")
def move(conversation: int, due: date, *, again: bool = False) -> None:
    viewer, today = session.still(), talk_loaders.day()
    with st.form(f"move_{conversation}", border=False):
        chosen = st.date_input(
            "Day",
            max(due, today),
            min_value=today,
            max_value=today + YEAR,
            format=FORMAT,
            key=f"move_to_{conversation}",
        )
        st.caption("What is due stays due: moving a conversation does not make it on time.")
        sent = st.form_submit_button("Plan it again" if again else "Move it", type="primary")
    if sent and talk_loaders.done(
        lambda connection: commands.move(connection, viewer, conversation, due=chosen, at=talk_loaders.moment()),
        said=f"Planned for {long_label(chosen)}.",
    ):
        st.rerun()


@st.dialog("You have talked", icon=":material/check:")
def held(card: PairCard, planned: Planned | None, kind: str) -> None:
    """planned: the conversation that took place, None for one of `kind` that nobody had planned."""
    viewer, today = session.still(), talk_loaders.day()
    st.markdown(f"{kind_name(kind)} with {plain(card.other)}.")
    with st.form(f"held_{card.id}", border=False):
        on = st.date_input(
            "On which day?", today, min_value=card.since, max_value=today, format=FORMAT, key=f"held_on_{card.id}"
        )
        st.caption("Note what you agreed on the next screen. The day can be corrected there.")
        sent = st.form_submit_button("Mark as held", type="primary")
    if not sent:
        return
    numbers: list[int] = [planned.id] if planned else []
    at = talk_loaders.moment()

    def write(connection: Connection) -> None:
        if not numbers:
            numbers.append(
                commands.plan(connection, viewer, card.id, kind=Kind(kind), at=at, rules=loaders.policy().rhythm)
            )
        commands.hold(connection, viewer, numbers[0], on=on, at=at)

    if talk_loaders.done(write, said=f"Held on {long_label(on)}."):
        open_conversation(numbers[0])


@st.dialog("When did you talk?", icon=":material/check:")
def held_here(conversation: int, since: date, held_on: date | None) -> None:
    """Mark the conversation on screen as held, or correct its day."""
    viewer, today = session.still(), talk_loaders.day()
    with st.form(f"held_here_{conversation}", border=False):
        on = st.date_input(
            "Day", held_on or today, min_value=since, max_value=today, format=FORMAT,
            key=f"held_here_on_{conversation}",
        )  # fmt: skip
        sent = st.form_submit_button("Mark as held", type="primary")
    if sent and talk_loaders.done(
        lambda connection: commands.hold(connection, viewer, conversation, on=on, at=talk_loaders.moment()),
        said=f"Held on {long_label(on)}.",
    ):
        st.rerun()
    mistaken = held_on and st.button("It was not held", type="tertiary", key=f"not_held_{conversation}")
    if mistaken and talk_loaders.done(
        lambda connection: commands.not_held(connection, viewer, conversation, at=talk_loaders.moment()),
        said="Planned as before. What was written is kept.",
    ):
        st.rerun()


@st.dialog("Call this conversation off?", icon=":material/event_busy:")
def call_off(conversation: int) -> None:
    viewer = session.still()
    st.markdown("It leaves both calendars. What was written for it is kept, and it can be planned again.")
    st.caption("What is due stays due. No reason is asked.")
    with st.container(horizontal=True):
        if st.button("Call it off", type="primary", key=f"call_off_{conversation}") and talk_loaders.done(
            lambda connection: commands.call_off(connection, viewer, conversation, at=talk_loaders.moment()),
            said="Called off.",
        ):
            st.rerun()
        if st.button("Keep it", key=f"keep_{conversation}"):
            st.rerun()


@st.dialog("Let this pair pause", icon=":material/pause_circle:")
def pause(card: PairCard) -> None:
    viewer, today = session.still(), talk_loaders.day()
    st.markdown(f"With {plain(card.other)}. The days do not count: nothing falls due in them, for neither of you.")
    with st.form(f"pause_{card.id}", border=False):
        starts = st.date_input("First day", today, format=FORMAT, key=f"pause_starts_{card.id}")
        ends = st.date_input("You talk again from", today + 14 * DAY, format=FORMAT, key=f"pause_ends_{card.id}")
        st.caption("For leave, parental leave or a secondment. No reason is asked or kept.")
        sent = st.form_submit_button("Pause", type="primary")
    if sent and talk_loaders.done(
        lambda connection: pairs.pause(connection, viewer, card.id, starts=starts, ends=ends, at=talk_loaders.moment()),
        said=f"Pauses until {long_label(ends)}.",
    ):
        st.rerun()


@st.dialog("Agree to be coach and coachee", icon=":material/handshake:")
def propose(known: dict[str, str]) -> None:
    """known: id -> name of people whom the viewer talks with already."""
    viewer = session.still()
    with st.form("propose", border=False):
        typed = somebody("With whom?", known, key="propose_with")
        role = st.radio("You would be", ["the coachee", "the coach"], horizontal=True, key="propose_as")
        st.caption(
            "They see your proposal and say yes or no. It changes no role, and opens nothing else of either of you."
        )
        sent = st.form_submit_button("Propose", type="primary")
    if sent and talk_loaders.done(
        lambda connection: pairs.propose_coaching(
            connection, viewer, talk_loaders.code_for(connection, typed or ""), as_coach=role == "the coach",
            at=talk_loaders.moment(),
        ),
        said="Proposed.",
    ):  # fmt: skip
        st.rerun()


@st.dialog("End this pair?", icon=":material/block:")
def end_coaching(card: PairCard) -> None:
    viewer = session.still()
    st.markdown(
        f"{plain(card.other)} and you stop being coach and coachee. What you wrote stays readable for the two of you."
    )
    with st.container(horizontal=True):
        if st.button("End it", type="primary", key=f"end_pair_{card.id}") and talk_loaders.done(
            lambda connection: pairs.end_coaching(connection, viewer, card.id, at=talk_loaders.moment()),
            said="This pair has ended.",
        ):
            st.rerun()
        if st.button("Keep it", key=f"keep_pair_{card.id}"):
            st.rerun()
