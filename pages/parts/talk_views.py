"""The views of *Conversations*, and the head over them."""

from collections.abc import Callable, Mapping

import streamlit as st

from core.access.viewer import Viewer
from core.rhythm import wording
from core.rhythm.board import Conversations
from pages.parts import address, states, talk_aside, talk_cards, talk_feedback, talk_loaders
from pages.parts.page_head import head

# name in the address -> (words on the switch, the view)
VIEWS: Mapping[str, tuple[str, Callable[[Viewer, Conversations], None]]] = {
    "pairs": ("Conversations", talk_cards.show),
    "feedback": ("Feedback", talk_feedback.show),
}


def load(viewer: Viewer) -> Conversations:
    """The viewer's pairs, and the head of the page."""
    found = talk_loaders.home(viewer)
    if viewer.person_code:
        head("Conversations", (), wording.sentence(found, talk_loaders.day()), wording.support(found))
    else:
        head("Conversations", (), "There are no conversations of yours.")
    talk_loaders.say()
    return found


def nobody() -> None:
    """The account belongs to nobody on the roster."""
    states.card("person_off", "Nothing here yet", wording.NO_PERSON)


def closed(viewer: Viewer) -> None:
    """Why nothing can be written on this server, where that is so."""
    why = talk_loaders.closed()
    if why:
        talk_aside.closed(viewer, why)


def chosen() -> Callable[[Viewer, Conversations], None]:
    """The switch of views, and the view that the address names."""
    asked = address.parts("conversations", ("view",)).get("view", "")
    view = asked if asked in VIEWS else next(iter(VIEWS))
    st.segmented_control(
        "View", list(VIEWS), required=True, format_func=lambda name: VIEWS[name][0], label_visibility="collapsed",
        **address.follows("conversations_view", "view", view),
    )  # fmt: skip
    return VIEWS[view][1]
