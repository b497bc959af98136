"""What *Who sees what* and *How it works* load, and which of it may be kept for others.

What names a person (rules as they are for one viewer, who looked) is read anew on every run. What a scope sees is cached under
that scope; the state of the data and of the proofs is the same for everybody.
"""

from datetime import date

import streamlit as st

from core.access.viewer import Viewer
from core.calendar import today
from core.openness.freshness import Freshness, freshness
from core.openness.who_sees_what import Preview, WhoSeesWhat, manager_preview, who_sees_what
from core.people.views import units_seen
from core.privacy.views import LastAudit, ReleaseProofs, last_audit, measures_with_data, release_proofs
from core.workload.area import AREA
from pages.parts.loaders import policy, reading


def rules_for(viewer: Viewer) -> WhoSeesWhat:
    """The rules as they are for this viewer, and who looked; read now."""
    with reading().connect() as connection:
        return who_sees_what(connection, viewer, policy=policy(), as_of=today())


@st.cache_data(ttl=60, max_entries=300, show_spinner=False)
def preview(*, roles: tuple[str, ...], units: tuple[str, ...], own_unit: str, as_of: date) -> Preview:
    """What the manager of `own_unit` sees of it, for viewers of this scope; a minute old at most."""
    scope = Viewer(id=0, name="", display_name="", roles=roles, units=units, own_unit=own_unit)
    with reading().connect() as connection:
        return manager_preview(connection, scope, policy=policy(), as_of=as_of)


@st.cache_data(ttl=60, max_entries=300, show_spinner=False)
def with_data(*, roles: tuple[str, ...], units: tuple[str, ...], own_unit: str) -> frozenset[str]:
    """The measures that have a published cell, shown or hidden, in this scope."""
    scope = Viewer(id=0, name="", display_name="", roles=roles, units=units, own_unit=own_unit)
    with reading().connect() as connection:
        seen = units_seen(connection, scope, own_line_open=policy().unit_means_for_everyone)
        return frozenset(measures_with_data(connection, AREA, {unit["id"] for unit in seen}))


@st.cache_data(ttl=60, max_entries=10, show_spinner=False)
def state_of_data(*, as_of: date) -> Freshness:
    """How fresh the data is; the same for everybody, a minute old at most."""
    with reading().connect() as connection:
        return freshness(connection, policy=policy(), as_of=as_of)


@st.cache_data(ttl=60, max_entries=1, show_spinner=False)
def proofs() -> tuple[LastAudit | None, ReleaseProofs]:
    """The last proof of everything, and the releases' own; the same for everybody, a minute old at most."""
    with reading().connect() as connection:
        return last_audit(connection), release_proofs(connection, AREA)
