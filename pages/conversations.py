"""Conversations: with whom the next one is, what is due, and feedback. What two people write is open to those two alone."""

import streamlit as st

from pages.parts import rhythm_shares
from pages.parts import talk_views as views
from pages.parts.guard import guard

viewer = guard("conversations")
found = views.load(viewer)
views.closed(viewer)
if not viewer.person_code:
    views.nobody()
    rhythm_shares.show(viewer)
    st.stop()

show = views.chosen()
show(viewer, found)
rhythm_shares.show(viewer)
