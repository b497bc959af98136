"""What the panel beside the heatmap loads; cached by scope like everything else."""

from datetime import date

import streamlit as st

from core.access.viewer import Viewer
from core.workload.board import WorkloadFilters
from core.workload.unit_detail import UnitDetail
from core.workload.unit_detail_views import unit_detail
from pages.parts.loaders import policy, reading


@st.cache_data(ttl=60, max_entries=600, show_spinner=False)
def detail(
    *,
    roles: tuple[str, ...],
    units: tuple[str, ...],
    own_unit: str,
    key: str,
    unit: str | None,
    metric: str | None,
    weeks: int,
    until: date | None,
) -> UnitDetail:
    """One row of the board for everybody of this scope; a minute old at most.

    Raises:
        NoPermission: the row is out of scope.
    """
    scope = Viewer(id=0, name="", display_name="", roles=roles, units=units, own_unit=own_unit)
    filters = WorkloadFilters(unit=unit, metric=metric, weeks=weeks, until=until)
    with reading().connect() as connection:
        return unit_detail(connection, scope, key, filters, policy=policy())
