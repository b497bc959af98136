"""One conversation: preparing it, the note and the next steps of the two, and its day. Open to those two alone."""

import streamlit as st

from pages.parts import talk_notes, talk_page, talk_prepare, talk_steps
from pages.parts.device import phone
from pages.parts.guard import guard

viewer = guard("conversation")
talk = talk_page.load(viewer)

page = st.grid(3, min_column_width=300, gap="small" if phone() else "medium")
with page.cell(column_span=2):
    if not talk.page.held_on:
        talk_prepare.shared(talk)
        talk_prepare.own(viewer, talk)
    talk_notes.note(viewer, talk)
    talk_steps.show(viewer, talk)
    if talk.page.held_on:
        talk_prepare.shared(talk)
        talk_prepare.own(viewer, talk)
with page.cell():
    talk_page.beside(talk)
