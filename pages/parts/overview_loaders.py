"""What the overview loads: one result for everybody of the same scope."""

from datetime import date

import streamlit as st

from core.access.viewer import Viewer
from core.overview.board import Overview
from core.overview.views import overview as view
from pages.parts.loaders import policy, reading


@st.cache_data(ttl=60, max_entries=300, show_spinner=False)
def overview(*, roles: tuple[str, ...], units: tuple[str, ...], own_unit: str, as_of: date) -> Overview:
    """The overview of everybody of this scope; a minute old at most.

    The view is asked by a viewer who is nothing but the scope, so that no entry can hold more than its key says.
    """
    scope = Viewer(id=0, name="", display_name="", roles=roles, units=units, own_unit=own_unit)
    with reading().connect() as connection:
        return view(connection, scope, policy=policy(), as_of=as_of)
