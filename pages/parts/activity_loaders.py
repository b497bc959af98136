"""What the panel *When work happens* loads; cached by scope like everything else."""

from datetime import date

import streamlit as st

from core.access.viewer import Viewer
from core.workload.activity_card import ActivityCard
from core.workload.activity_views import punch_card
from pages.parts.loaders import policy, reading


@st.cache_data(ttl=60, max_entries=300, show_spinner=False)
def card(
    *,
    roles: tuple[str, ...],
    units: tuple[str, ...],
    own_unit: str,
    unit: str | None,
    until: date | None,
    as_of: date,
) -> ActivityCard:
    """The punch card of a unit for everybody of this scope; a minute old at most.

    Raises:
        NoPermission: the unit is out of scope, or the scope is empty.
    """
    scope = Viewer(id=0, name="", display_name="", roles=roles, units=units, own_unit=own_unit)
    with reading().connect() as connection:
        return punch_card(connection, scope, unit, until, policy=policy(), as_of=as_of)
