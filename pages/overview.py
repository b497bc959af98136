"""Overview: the few numbers that matter now, what changed, and what needs the reader. By role."""

import streamlit as st

from core.calendar import today
from core.overview.wording import NOTHING_RELEASED
from pages.parts import overview_cards as cards
from pages.parts import overview_loaders, overview_numbers, states
from pages.parts.device import phone
from pages.parts.guard import guard
from pages.parts.page_head import head
from pages.parts.plain import plain

viewer = guard("overview")

with st.skeleton(height=520):
    found = overview_loaders.whole(viewer, today())

head(found.where, (), found.sentence, found.support)
if found.notice:
    st.caption(f":material/history: {plain(found.notice)}")
if found.empty == NOTHING_RELEASED:
    states.empty(viewer, found.empty)

if phone() or (found.numbers and not found.compares):  # one team: what to do, then how it is
    cards.needs(found, wide=not phone())
    st.space("small")
    overview_numbers.numbers(found)
    cards.facts(found)
    cards.changed(found)
else:
    overview_numbers.numbers(found)
    st.space("small")
    below = st.grid(2, min_column_width=380, gap="medium")
    if found.compares:
        with below.cell():
            cards.changed(found)
    with below.cell():
        cards.needs(found)
    if found.facts:
        with below.cell():
            cards.facts(found)

if found.source:
    st.caption(plain(found.source))
