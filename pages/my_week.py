"""My week: the person's own hours beside their own weeks before. Nobody else sees it, and nobody else is on it."""

import streamlit as st

from pages.parts import my_week_cards as cards
from pages.parts.guard import guard
from pages.parts.page_head import head

viewer = guard("my_week")
found = cards.load(viewer)
head(" · ".join(part for part in ("My week", found.period) if part), (), found.sentence, found.support)

if found.state:
    cards.nothing(found)
    cards.events(viewer)
    st.stop()

page = st.grid(3, min_column_width=300, gap="medium")
with page.cell(column_span=2):
    cards.weeks(found)
cards.others(found, page.container(border=True, height="stretch"))
st.space("small")
cards.numbers(found)
cards.events(viewer)
