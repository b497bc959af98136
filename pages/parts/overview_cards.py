"""The pieces of the overview beside its numbers: what changed, what needs the reader, the state of the installation."""

from contextlib import nullcontext

import streamlit as st

from core.overview import wording
from core.overview.board import Change, Need, Overview
from pages.parts import badges
from pages.parts.device import phone
from pages.parts.plain import plain
from pages.parts.ways import arrow, go

WORDS = {"over": "Beyond usual swing", "beyond": "Beyond usual swing", "improved": "Improved"}


def changed(found: Overview) -> None:
    """Teams against their own usual swing; nothing where there is one team only."""
    if not found.compares:
        return
    _heading("What changed", wording.AGAINST_ITSELF)
    for place, change in enumerate(found.changed):
        _change(change, place)
    if not found.changed:
        _quiet(wording.ALL_USUAL)
    if found.more_changed and found.all_changes:
        more = f"and {found.more_changed} more"
        if st.button(more, icon=":material/arrow_forward:", icon_position="right", type="tertiary", key="more_changed"):
            go(found.all_changes)


def _change(change: Change, place: int) -> None:
    colour, icon = badges.verdict(change.tone, change.direction)
    with st.container(border=True, gap="xsmall"):
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="xsmall"
        ):
            arrow(f"**{plain(change.unit)}**", change.way, f"{change.way.label}: {change.unit}", f"change_{place}")
            st.badge(WORDS.get(change.tone, "Usual swing"), icon=f":material/{icon}:", color=colour)  # type: ignore[arg-type]
        with st.container(gap=None):
            if change.trail:
                st.caption(plain(change.trail))
            st.caption(plain(change.sentence))


def needs(found: Overview, *, wide: bool = False) -> None:
    """What waits for the reader; the first one is the one primary button of the page. wide: two beside each other."""
    if found.kind in ("employee", "nobody"):
        _heading("For you", "")
    else:
        _heading("What needs you", "In the order in which it matters." if len(found.needs) > 1 else "")
    beside = st.grid(2, min_column_width=380, gap="small") if wide else None
    for place, need in enumerate(found.needs):
        with beside.cell() if beside else nullcontext():
            _need(need, place)
    if not found.needs:
        _quiet(wording.NOTHING_NEEDED)


def _need(need: Need, place: int) -> None:
    with st.container(
        border=True, horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small"
    ):
        with st.container(gap=None, width="stretch" if need.way is None or phone() else 300):
            st.markdown(f"**{plain(need.title)}**")
            st.caption(plain(need.sentence))
        if need.way is not None and st.button(
            need.way.label, type="primary" if place == 0 else "secondary", key=f"need_{place}"
        ):
            go(need.way)


def facts(found: Overview) -> None:
    """The state of the installation, for those who run it."""
    if found.facts:
        rows = {plain(name): plain(text).replace(" ", "\u00a0") for name, text in found.facts}
        _heading("The installation", "")
        with st.container(border=True):
            st.table(rows, border="horizontal", alt="The state of the installation")


def _heading(title: str, note: str) -> None:
    with st.container(gap=None):
        st.header(title, anchor=False)
        if note:
            st.caption(note)


def _quiet(words: str) -> None:
    with st.container(border=True):
        st.caption(f":material/check: {plain(words)}")
