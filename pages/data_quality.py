"""Data quality: which hours have come in, how fresh they are, what was refused, what is worth a look."""

import streamlit as st

from core.access.refusals import NoPermission
from core.calendar import today
from pages.parts import address, quality_loaders, states
from pages.parts import quality_cards as cards
from pages.parts.device import phone
from pages.parts.guard import guard
from pages.parts.page_head import head

viewer = guard("data_quality")
asked = address.parts("data_quality", ("unit",)).get("unit")
try:
    with st.skeleton(height=520):
        found = quality_loaders.quality(
            roles=viewer.roles, units=viewer.units, unit=asked, weeks=6 if phone() else 13, as_of=today()
        )
except NoPermission as refusal:
    states.no_permission(viewer, str(refusal), lambda: address.change(unit=None))
    st.stop()

where = "Data quality" if not found.unit.name else f"Data quality · {found.unit.name}"
head(found.unit.name if found.trail else where, found.trail, found.sentence, go=cards.open_unit)
if found.empty:
    cards.refused(found)
    cards.nothing(viewer)
    st.stop()

page = st.grid(3, min_column_width=300, gap="medium")
with page.cell(column_span=2):
    cards.coverage(found)
with page.cell():
    cards.worth_a_look(found)
    cards.refused(found)
with page.cell(column_span="all"):
    cards.fresh(found, quality_loaders.fresh(as_of=today()))
