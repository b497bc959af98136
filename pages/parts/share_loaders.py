"""What the shares by unit load: of open goals, and of the rhythm of conversations. Keyed by scope, a minute old at most."""

from datetime import date

import streamlit as st

from core.access.viewer import Viewer
from core.goals.unit_shares import UnitShares, unit_shares
from core.rhythm.shares_views import RhythmShares, rhythm_shares
from pages.parts import loaders


@st.cache_data(ttl=60, max_entries=300, show_spinner=False)
def goals(*, roles: tuple[str, ...], units: tuple[str, ...], unit: str | None, as_of: date) -> UnitShares:
    """Shares over open goals for everybody who leads these units.

    Raises:
        NoPermission: the unit is out of scope, or no unit is led.
    """
    scope = Viewer(id=0, name="", display_name="", roles=roles, units=units)
    with loaders.reading().connect() as connection:
        return unit_shares(connection, scope, unit, policy=loaders.policy(), as_of=as_of)


@st.cache_data(ttl=60, max_entries=300, show_spinner=False)
def rhythm(*, roles: tuple[str, ...], units: tuple[str, ...], unit: str | None, as_of: date) -> RhythmShares:
    """Released shares of conversations on time for everybody of this scope.

    Raises:
        NoPermission: the unit is out of scope, or nothing is told to these roles.
    """
    scope = Viewer(id=0, name="", display_name="", roles=roles, units=units)
    with loaders.reading().connect() as connection:
        return rhythm_shares(connection, scope, unit, policy=loaders.policy(), as_of=as_of)
