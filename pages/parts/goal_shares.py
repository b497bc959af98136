"""The view "By unit" of *Goals*: how many open goals of each unit have which reason, and how they are looked after."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import streamlit as st

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.calendar import today
from core.goals import unit_table
from core.goals.unit_shares import UnitShares, table
from core.metrics import palette
from core.workload.board import UnitRef, neutralise
from pages.parts import address, goal_choices, share_loaders, states, theme
from pages.parts.page_head import head
from pages.parts.plain import plain

CONFIG = Path(__file__).parents[2] / ".streamlit" / "config.toml"
SUPPORT = (
    "Counted are open goals under way: objectives, key results and KPIs. Team and private goals, and those for development or "
    "wellbeing, are not. You may read each of them in the queue."
)
Table = Callable[[UnitShares, Mapping[str, str]], tuple[pd.DataFrame, pd.DataFrame]]


def show(viewer: Viewer, offered: tuple[str, ...]) -> None:
    """Draw the view for whoever leads or manages units; for everybody else, why there is nothing."""
    asked = st.query_params.get("unit")
    try:
        with st.skeleton(height=520):
            found = share_loaders.goals(roles=viewer.roles, units=viewer.units, unit=asked, as_of=today())
    except NoPermission as refusal:
        head("Goals · By unit", (), "Shares of goals are for whoever leads a unit.")
        goal_choices.switch("units", offered)
        states.no_permission(viewer, str(refusal), (lambda: address.change(unit=None)) if asked else None)
        return
    trail = [UnitRef("", slug, name) for slug, name in found.trail]
    head(f"Goals · {found.lines[0].name}", trail, found.sentence, SUPPORT, go=_open)
    goal_choices.switch("units", offered)
    _choose(found)
    if not any(line.goals for line in found.lines):
        states.card("flag", "Nothing to count yet", "The goals themselves are in the queue and in the tree.")
        return
    st.header("Why goals need revisiting", anchor=False)
    st.caption(unit_table.LEGEND)
    _draw(found, unit_table.reasons_table, "reasons")
    st.header("Whether goals stay in view", anchor=False)
    st.caption(unit_table.KEPT_LEGEND)
    _draw(found, unit_table.kept_table, "kept")
    with st.container(horizontal=True, gap="small"):
        if st.button("See the goals", icon=":material/flag:", key="units_to_queue"):
            address.change(view="revisit", unit=None)
            st.rerun()
        st.download_button(
            "Download CSV",
            _file(found),
            file_name=f"goals-{found.lines[0].slug}.csv",
            mime="text/csv",
            type="tertiary",
            icon=":material/download:",
            on_click="ignore",
            key="units_csv",
        )


def _open(slug: str) -> None:
    address.change(unit=slug)


def _choose(found: UnitShares) -> None:
    """The way into a unit below."""
    opens = {line.slug: line.name for line in found.lines[1:] if not line.direct}
    if not opens:
        return
    st.selectbox(
        "Open a unit",
        list(opens),
        format_func=lambda slug: opens.get(slug, slug),
        index=None,
        placeholder="Choose a unit",
        key=f"units_open_{found.lines[0].slug}",
        on_change=lambda: _open(st.session_state[f"units_open_{found.lines[0].slug}"]),
        width=260,
    )


def _draw(found: UnitShares, made: Table, name: str) -> None:
    texts, looks = made(found, palette.theme_colours(CONFIG, theme.mode()))
    st.space("small")  # on touch the table's own buttons stand here
    st.dataframe(
        texts.style.apply(lambda _: looks, axis=None),
        key=f"units_{name}_{theme.mode()}",
        height="content",
        hide_index=True,
        alt=plain(unit_table.alt(found)),
        column_config={unit_table.UNIT: st.column_config.TextColumn(pinned=True)},
    )


def _file(found: UnitShares) -> bytes:
    frame = table(found)
    text: str = frame.assign(unit=frame["unit"].map(neutralise)).to_csv(index=False)
    return text.encode()
