"""The section of *Conversations* for leaders and HR: whether they are on time, by unit, from released cells."""

import streamlit as st

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.calendar import WEEK, today
from core.metrics.catalogue import catalogue
from core.rhythm.quarter import MEASURE
from core.rhythm.shares_views import RhythmLine, RhythmShares, table
from core.workload.activity_card import span
from core.workload.board import neutralise
from pages.parts import loaders, share_loaders
from pages.parts.plain import plain
from pages.parts.take_away import take_away

BADGES = {"within": ("blue", "check"), "watch": ("yellow", "change_history"), "over": ("orange", "schedule")}
ASKED = "rhythm_unit"
ABOUT = (
    "Told by unit with three managers or more, once a quarter, and rounded: one manager's share would be a score of that person. "
    "It counts days, and nothing of what was said."
)


def show(viewer: Viewer) -> None:
    """Draw the section; nothing for those who are told about no unit."""
    found = _load(viewer, st.query_params.get(ASKED)) or _load(viewer, None)
    if found is None:
        return
    st.space("small")
    st.header("Across units", anchor=False)
    with st.container(border=True):
        st.markdown(f"**{plain(found.sentence)}**")
        if found.first and found.last:
            st.caption(span(found.first, found.last + WEEK / 7))
            _lines(found)
        st.caption(plain(ABOUT), width=760)
    if found.first:
        frame = table(found)
        frame = frame.assign(unit=frame["unit"].map(neutralise), shown_with=frame["shown_with"].map(neutralise))
        take_away(catalogue(loaders.policy())[MEASURE], frame, "conversations-on-time.csv", {})


def _load(viewer: Viewer, unit: str | None) -> RhythmShares | None:
    try:
        return share_loaders.rhythm(roles=viewer.roles, units=viewer.units, unit=unit, as_of=today())
    except NoPermission:
        return None


def _lines(found: RhythmShares) -> None:
    assert found.first is not None
    assert found.last is not None
    if found.trail:
        slug, name = found.trail[-1]
        st.button(
            f"Back to {plain(name)}",
            icon=":material/arrow_upward:",
            type="tertiary",
            key="rhythm_up",
            on_click=_open,
            args=(slug,),
        )
    rows = {plain(line.name): _badge(line) for line in found.lines}
    st.table(rows, border="horizontal", alt=f"Conversations on time, {span(found.first, found.last + WEEK / 7)}")
    opens = {line.name: line.slug for line in found.lines if line.opens}
    if opens:
        st.selectbox(
            "Open a unit",
            list(opens),
            index=None,
            placeholder="Choose a unit",
            key="rhythm_open",
            on_change=lambda: _open(opens[st.session_state["rhythm_open"]]),
            width=260,
        )


def _badge(line: RhythmLine) -> str:
    if line.status == "hidden":
        return ":gray-badge[:material/shield: Not shown, to protect people]"
    if line.status == "missing":
        return ":gray-badge[:material/do_not_disturb_on: No data]"
    colour, icon = BADGES[line.tone]
    told = f":{colour}-badge[:material/{icon}: {plain(line.text[:1].upper() + line.text[1:])}]"
    return f"{told} (shown as {plain(line.together)})" if line.together else told


def _open(slug: str) -> None:
    st.query_params[ASKED] = slug
