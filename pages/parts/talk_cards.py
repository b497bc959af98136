"""The pairs of somebody as cards: where each stands, and what can be done about it with one click."""

import streamlit as st

from core.access.viewer import Viewer
from core.rhythm import pairs, wording
from core.rhythm.board import Conversations, PairCard, Proposal
from core.rhythm.cadence import Kind
from pages.parts import states, talk_aside, talk_dialogs, talk_loaders
from pages.parts.device import phone
from pages.parts.plain import plain
from pages.parts.talk_carry import carry
from pages.parts.talk_ways import open_conversation, prepare

AT_ONCE = 8
PAUSE, RUN, END = "Let it pause", "Let it run again", "End this pair"


def show(viewer: Viewer, found: Conversations) -> None:
    """The view *Conversations*: proposals, pairs, pairs that have ended, and beside them the calendar and who reads what."""
    page = st.grid(3, min_column_width=300, gap="small" if phone() else "medium")
    with page.cell(column_span=2):
        for proposal in found.proposals:
            _proposal(viewer, proposal)
        if not found.pairs:
            states.card("chat_bubble", "Nothing planned, and nothing due", wording.NO_PAIRS)
        _cards(viewer, found)
        _ended(found)
    with page.cell():
        talk_aside.beside_the_list(viewer, found)


def _cards(viewer: Viewer, found: Conversations) -> None:
    pages = -(-len(found.pairs) // AT_ONCE)
    chosen = int(st.session_state.get("pairs_page", 1)) if pages > 1 else 1
    first = (min(chosen, pages or 1) - 1) * AT_ONCE
    for place, card in enumerate(wording.in_order(found.pairs)[first : first + AT_ONCE]):
        _card(viewer, card, urgent=place == 0 and first == 0)
    if pages > 1:
        st.pagination(pages, key="pairs_page")


def _card(viewer: Viewer, card: PairCard, *, urgent: bool) -> None:
    today = talk_loaders.day()
    words, icon, colour = wording.badge(card)
    with st.container(border=True, gap="small", key=f"pair_{card.id}"):
        with st.container(gap=None):
            with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
                st.header(plain(card.other), anchor=False, width="content")
                st.badge(words, icon=f":material/{icon}:", color=colour)  # type: ignore[arg-type]
            st.caption(wording.relation(card.kind, leading=card.leading))
        with st.container(gap="xsmall"):
            for planned in card.planned:
                _planned(card, planned.id)
            if due := wording.due_line(card, today):
                st.markdown(due)
            st.caption(wording.last_line(card))
        _actions(viewer, card, urgent=urgent)


def _planned(card: PairCard, number: int) -> None:
    planned = next(each for each in card.planned if each.id == number)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown(wording.planned_line(planned, talk_loaders.day()), width="content")
        if planned.prepared:
            st.badge("You have prepared", icon=":material/edit_note:", color="gray")
        if planned.shown:
            st.badge(f"{plain(card.other)} has shared", icon=":material/visibility:", color="blue")
        if number != card.planned[0].id and st.button(
            f"Open the {wording.kind_name(planned.kind).lower()}", type="tertiary", key=f"open_{planned.id}"
        ):
            open_conversation(planned.id)


def _actions(viewer: Viewer, card: PairCard, *, urgent: bool) -> None:
    nearest = card.planned[0] if card.planned else None
    label = "Open" if nearest and nearest.prepared else "Prepare"
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if st.button(
            label, type="primary" if urgent else "secondary", key=f"prepare_{card.id}",
            help=f"{label} the next conversation with {plain(card.other)}",
        ):  # fmt: skip
            prepare(viewer, card)
        if nearest and st.button("Move", key=f"move_{card.id}"):
            talk_dialogs.move(nearest.id, nearest.due)
        if st.button("Plan another" if nearest else "Plan", key=f"plan_{card.id}"):
            talk_dialogs.plan(card)
        following = wording.next_of(card)
        if st.button("We talked", key=f"held_{card.id}"):
            talk_dialogs.held(card, nearest, following[1] if following else Kind.INFORMAL.value)
        _more(viewer, card)


def _more(viewer: Viewer, card: PairCard) -> None:
    options = [PAUSE, *([RUN] if card.pauses else []), *([END] if card.kind == "coach" else [])]
    chosen = st.menu_button("More", options, type="tertiary", key=f"more_{card.id}")
    if chosen == PAUSE:
        talk_dialogs.pause(card)
    elif chosen == END:
        talk_dialogs.end_coaching(card)
    elif chosen == RUN and talk_loaders.done(
        lambda connection: pairs.end_pause(
            connection, viewer, card.id, starts=card.pauses[0].starts, at=talk_loaders.moment()
        ),
        said="The days count again from today.",
    ):
        st.rerun()


def _proposal(viewer: Viewer, proposal: Proposal) -> None:
    other = plain(proposal.other)
    if proposal.mine:
        words = f"You have offered to coach {other}." if proposal.as_coach else f"You have asked {other} to coach you."
    else:
        words = f"{other} offers to coach you." if not proposal.as_coach else f"{other} asks you to be their coach."
    with st.container(border=True, gap="small", key=f"proposal_{proposal.id}"):
        st.header("A pair that waits for a yes", anchor=False, icon=":material/handshake:")
        st.markdown(words)
        st.caption("Coach and coachee is a relation between two people. It changes no role, and opens nothing else.")
        at = talk_loaders.moment()
        with st.container(horizontal=True, gap="small"):
            accepts = not proposal.mine and st.button("Accept", type="primary", key=f"accept_{proposal.id}")
            if accepts and talk_loaders.done(
                lambda connection: pairs.accept_coaching(connection, viewer, proposal.id, at=at), said="Agreed."
            ):
                st.rerun()
            declines = st.button("Take it back" if proposal.mine else "Not now", key=f"decline_{proposal.id}")
            if declines and talk_loaders.done(
                lambda connection: pairs.end_coaching(connection, viewer, proposal.id, at=at)
            ):
                st.rerun()


def _ended(found: Conversations) -> None:
    if not found.ended:
        return
    st.space("small")
    with st.expander("Earlier pairs", icon=":material/history:", key="ended_pairs"):
        st.caption("What you wrote stays readable for the two of you. Nothing is added to it any more.")
        for card in found.ended:
            with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"ended_{card.id}"):
                st.markdown(f"**{plain(card.other)}**", width="content")
                st.caption(
                    f"{wording.relation(card.kind, leading=card.leading)}, {wording.span(card)}", width="content"
                )
                if st.button(
                    "Read", type="tertiary", key=f"read_{card.id}", help=f"Conversations with {plain(card.other)}"
                ):
                    talk_aside.earlier(card)
                takes = card.open_steps and not card.leading and _targets(found)
                if takes and st.button("Take open steps along", type="tertiary", key=f"carry_{card.id}"):
                    carry(card, _targets(found))


def _targets(found: Conversations) -> dict[int, str]:
    """The pairs into which the viewer, as the employee of the two, can take steps: number -> name of the other."""
    return {card.id: card.other for card in found.pairs if not card.leading}
