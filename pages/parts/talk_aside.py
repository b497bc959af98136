"""What stands beside conversations: who reads them, the calendar file, the own rhythm of a manager, guides, earlier ones."""

import streamlit as st

from core.access.viewer import Viewer
from core.rhythm import guides, wording
from core.rhythm.board import Conversations, PairCard, Past
from core.rhythm.guides import Guide
from pages.parts import session, talk_dialogs, talk_loaders
from pages.parts.plain import plain
from pages.parts.talk_ways import open_conversation

AT_ONCE = 6


def beside_the_list(viewer: Viewer, found: Conversations) -> None:
    """Who reads what is written, the calendar file, a pair of coach and coachee, and the manager's own rhythm."""
    who_reads()
    with st.container(border=True, gap="small"):
        st.header("In your calendar", anchor=False)
        st.caption("Days and names of your own upcoming conversations. No note is in it.")
        st.download_button(
            "Download calendar file", talk_loaders.dates(viewer), file_name="conversations.ics", mime="text/calendar",
            icon=":material/download:", on_click="ignore", key="calendar_file",
        )  # fmt: skip
    with st.container(border=True, gap="small"):
        st.header("Coach and coachee", anchor=False)
        st.caption("Two people can agree to talk regularly, whatever their roles and whoever their manager is.")
        if st.button("Propose it to somebody", icon=":material/handshake:", key="propose_coaching"):
            talk_dialogs.propose(known(found))
    team = talk_loaders.team(viewer)
    if team.pairs:
        with st.container(border=True, gap="small"):
            st.header("Your own rhythm", anchor=False)
            st.markdown(team.sentence)
            st.badge("Only you see this", icon=":material/visibility_off:", color="gray")
            st.caption("It is about days, never about what was said. Nobody gets this number of yours.")


def known(found: Conversations) -> dict[str, str]:
    """Id -> name of those with whom the viewer has a pair."""
    return {card.code: card.other for card in found.pairs}


def who_reads() -> None:
    """The sentence that says who can read what two people write."""
    with st.container(border=True, gap="small"):
        st.header("Who reads this", anchor=False, icon=":material/lock:")
        st.markdown(wording.WHO_READS)
        st.caption(wording.HOW_KEPT)


def closed(viewer: Viewer, why: str) -> None:
    """The server has no key, or another one: what still works, and for administrators what to set."""
    missing = bool(talk_loaders.seals().why_closed)
    with st.container(border=True, gap="small", key="closed"):
        st.header(
            "Conversations need a key" if missing else "This server has another key",
            anchor=False,
            icon=":material/key_off:",
        )
        if missing:
            st.markdown(
                "What two people write is kept encrypted, and this server has no key for it yet. Nothing is lost."
            )
        else:
            st.markdown(
                "What was written before cannot be opened with it. Nothing was lost, and nothing is overwritten."
            )
        st.caption("Dates can be planned, moved and noted as usual. Your administrator can set the key.")
        if "admin" in viewer.roles:
            with st.expander("What to set", icon=":material/build:", key="what_to_set"):
                st.caption("On the server; docs/operate.md has more under Keys for notes.")
                st.code(why, language=None, wrap_lines=True)


def guide_row() -> None:
    """The two guides, to read before or while talking."""
    with st.container(border=True, gap="small"):
        st.header("Guides", anchor=False)
        for guide in guides.GUIDES:
            with st.popover(guide.name, type="tertiary", icon=":material/menu_book:", key=f"guide_{guide.name}"):
                _guide(guide)


def _guide(guide: Guide) -> None:
    st.markdown(f"**{guide.name}**")
    st.caption(guide.purpose)
    for part in guide.parts:
        st.markdown(f"**{part.name}.** {plain(part.text)}")
    if guide.example:
        st.caption(f"For example: {plain(guide.example)}")
    st.caption(plain(guide.credit))


def past_of(found: tuple[Past, ...], other: str, *, here: int = 0) -> None:
    """Conversations that a pair has held, newest first, each with a way there; the one on screen is left out."""
    others = [each for each in found if each.id != here]
    if not others:
        return
    with st.container(border=True, gap="small"):
        st.header("Earlier conversations", anchor=False)
        _list(others[:AT_ONCE])
        if others[AT_ONCE:]:
            with st.expander(f"All with {plain(other)}", key="all_earlier"):
                _list(others[AT_ONCE:])


@st.dialog("Earlier conversations", icon=":material/history:")
def earlier(card: PairCard) -> None:
    viewer = session.still()
    st.markdown(f"With {plain(card.other)}, {wording.span(card)}.")
    found = talk_loaders.past(viewer, card.id)
    if not found:
        st.caption("The two of you have held none.")
    _list(found)


def _list(found: tuple[Past, ...] | list[Past]) -> None:
    with st.container(gap="xsmall"):
        for each in found:
            words = f"{wording.kind_name(each.kind)}, {wording.dated(each.held_on)}"
            icon = ":material/notes:" if each.noted else ":material/check:"
            if st.button(words, type="tertiary", icon=icon, key=f"past_{each.id}"):
                open_conversation(each.id)
