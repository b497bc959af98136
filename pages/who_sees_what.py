"""Who sees what: the rules as they are for this viewer, what the manager sees, and who looked."""

import streamlit as st

from pages.parts import rules_loaders
from pages.parts import who_sees_what_cards as cards
from pages.parts.guard import guard
from pages.parts.page_head import head

viewer = guard("who_sees_what")
found = rules_loaders.rules_for(viewer)
head("Who sees what", (), found.sentence, found.support)

page = st.grid(3, min_column_width=300, gap="medium")
with page.cell(column_span=2):
    cards.table(found)
    cards.policy()
with page.cell():
    if viewer.person_code:
        cards.manager_sees(viewer)
        cards.who_looked(found)
    cards.own_roles(found.mine)
