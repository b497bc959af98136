"""What the overview loads: one result for everybody of the same scope."""

from datetime import date

import streamlit as st

from core.access.viewer import Viewer
from core.overview.board import Need, Overview
from core.overview.own import own_needs, with_own
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


@st.cache_data(ttl=10, max_entries=300, show_spinner=False)
def own(
    *, id: int, roles: tuple[str, ...], units: tuple[str, ...], own_unit: str, person_code: str, as_of: date
) -> tuple[Need, ...]:
    """What of goals and conversations waits for one account; seconds old at most, so that what was just done is gone from it."""
    asks = Viewer(id=id, name="", display_name="", roles=roles, units=units, own_unit=own_unit, person_code=person_code)
    with reading().connect() as connection:
        return own_needs(connection, asks, policy=policy(), as_of=as_of)


def whole(viewer: Viewer, on: date) -> Overview:
    """The overview of the viewer's scope, with what waits for the viewer alone."""
    shared = overview(roles=viewer.roles, units=viewer.units, own_unit=viewer.own_unit, as_of=on)
    mine = own(
        id=viewer.id,
        roles=viewer.roles,
        units=viewer.units,
        own_unit=viewer.own_unit,
        person_code=viewer.person_code,
        as_of=on,
    )
    return with_own(shared, mine)
