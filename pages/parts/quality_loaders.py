"""What *Data quality* loads; keyed by the viewer's scope, a minute old at most."""

from datetime import date

import streamlit as st

from core.access.viewer import Viewer
from core.calendar import now
from core.intake.quality import DataQuality, data_quality
from core.openness.freshness import Freshness, freshness
from pages.parts import loaders


@st.cache_data(ttl=60, max_entries=300, show_spinner=False)
def quality(
    *, roles: tuple[str, ...], units: tuple[str, ...], unit: str | None, weeks: int, as_of: date
) -> DataQuality:
    """Coverage and what else says whether the data can be relied on, for everybody of this scope.

    Raises:
        NoPermission: the screen or the unit is out of scope.
    """
    scope = Viewer(id=0, name="", display_name="", roles=roles, units=units)
    with loaders.reading().connect() as connection:
        return data_quality(connection, scope, unit=unit, weeks=weeks, policy=loaders.policy(), as_of=as_of, at=now())


@st.cache_data(ttl=60, max_entries=10, show_spinner=False)
def fresh(*, as_of: date) -> Freshness:
    """The state of the data; the same for everybody."""
    with loaders.reading().connect() as connection:
        return freshness(connection, policy=loaders.policy(), as_of=as_of)
