"""What the list of sustained load reads: one result for everybody of the same scope."""

from datetime import date

import streamlit as st

from core.access.viewer import Viewer
from core.workload.board import WorkloadFilters
from core.workload.sustained_list import SustainedList, sustained_list
from core.workload.teams import LOOKBACK
from pages.parts.loaders import policy, reading


@st.cache_data(ttl=60, max_entries=300, show_spinner=False)
def sustained(
    *,
    roles: tuple[str, ...],
    units: tuple[str, ...],
    own_unit: str,
    unit: str | None,
    until: date | None,
    weeks: int = LOOKBACK,
) -> SustainedList:
    """Teams under lasting load for everybody of this scope; a minute old at most.

    weeks: those of the board beside it, so that a run reads as long here as in its sentence. The view is asked by a viewer who
    is nothing but the scope, so that no entry can hold more than its key says.

    Raises:
        NoPermission: the unit is out of scope, or the scope is empty.
    """
    scope = Viewer(id=0, name="", display_name="", roles=roles, units=units, own_unit=own_unit)
    filters = WorkloadFilters(unit=unit, until=until, weeks=weeks)
    with reading().connect() as connection:
        return sustained_list(connection, scope, filters, policy=policy())
