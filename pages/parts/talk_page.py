"""The head of one conversation, what stands beside it, and the calm state where there is none for the viewer."""

import streamlit as st

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.calendar import label
from core.rhythm import wording
from pages.parts import address, states, talk_aside, talk_dialogs, talk_loaders
from pages.parts.page_head import head
from pages.parts.plain import plain
from pages.parts.talk_loaders import Talk
from pages.parts.talk_ways import back


def load(viewer: Viewer) -> Talk:
    """The conversation that the address names, under its head. Where the viewer has none of that number, the run ends here:
    one that is between others and one that never was look the same."""
    asked = address.parts("conversation", ("conversation",)).get("conversation", "")
    try:
        found = talk_loaders.talk(viewer, talk_loaders.number_of(asked))
    except NoPermission:
        head("Conversations", (), "There is no such conversation of yours.")
        box = states.card("lock", "Not one of yours", "What two people write to each other is open to those two alone.")
        if box.button("Back to conversations", key="back_to_list"):
            back()
        st.stop()
    page = found.page
    with st.container(gap="xsmall"):
        if st.button("Conversations", icon=":material/arrow_back:", type="tertiary", key="back_to_conversations"):
            back()
        st.title(plain(wording.title(page, talk_loaders.day())), anchor=False, width=880)
        st.caption(f"{wording.relation(page.pair_kind, leading=page.leading)} · {wording.WHO_READS}")
        if wording.about(page):
            st.markdown(wording.about(page), width=760)
    talk_loaders.say()
    if found.closed:
        talk_aside.closed(viewer, found.closed)
    return found


def beside(talk: Talk) -> None:
    """Its day, the guides, who reads it, and what the two have held before."""
    _day(talk)
    if not talk.page.held_on and talk.page.writable:
        talk_aside.guide_row()
    talk_aside.who_reads()
    talk_aside.past_of(talk.past, talk.page.other, here=talk.page.id)


def _day(talk: Talk) -> None:
    page = talk.page
    with st.container(border=True, gap="small", key="its_day"):
        st.header("The day", anchor=False)
        st.table(_facts(talk), border="horizontal", alt="When this conversation was planned and held")
        if not page.writable:
            return
        with st.container(horizontal=True, gap="small"):
            if page.called_off_on:
                if st.button("Plan it again", icon=":material/event:", key="plan_again"):
                    talk_dialogs.move(page.id, page.due, again=True)
                return
            if st.button(
                "Correct the day" if page.held_on else "We talked", icon=":material/check:", key="held_here",
            ):  # fmt: skip
                talk_dialogs.held_here(page.id, talk.card.since, page.held_on)
            if not page.held_on:
                if st.button("Move", icon=":material/event:", key="move_here"):
                    talk_dialogs.move(page.id, page.due)
                if st.button("Call off", type="tertiary", key="call_off_here"):
                    talk_dialogs.call_off(page.id)


def _facts(talk: Talk) -> dict[str, str]:
    page = talk.page
    told = {"Kind": wording.kind_name(page.kind), "Planned for": wording.dated(page.due)}
    if page.due != page.first_due:
        told["First planned for"] = wording.dated(page.first_due)
    if page.held_on:
        told["Held on"] = wording.dated(page.held_on)
    if page.called_off_on:
        told["Called off on"] = wording.dated(page.called_off_on)
    for stands in (talk.card.check_in, talk.card.review):
        if stands is not None:
            told[f"{wording.kind_name(stands.kind.value)} due"] = label(stands.due)
    return {key: text.replace(" ", "\u00a0") if key != "Kind" else text for key, text in told.items()}
