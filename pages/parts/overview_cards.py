"""The pieces of the overview: numbers with trend and verdict, what changed, what needs the reader."""

from math import isfinite
from pathlib import Path

import pandas as pd
import streamlit as st

from core.calendar import label
from core.metrics.chart import spark
from core.overview import wording
from core.overview.board import Change, KeyNumber, Need, Overview, Way
from pages.parts.chart import draw, table_behind
from pages.parts.device import phone
from pages.parts.plain import plain

PAGES = Path(__file__).parents[1]
DELTAS = {"over": "orange", "improved": "blue"}  # everything else is quiet
# tone of a change -> colour, icon and words of its badge
BADGES = {
    ("over", "up"): ("orange", "north_east", "Beyond usual swing"),
    ("over", "down"): ("orange", "south_east", "Beyond usual swing"),
    ("beyond", "up"): ("gray", "north_east", "Beyond usual swing"),
    ("beyond", "down"): ("gray", "south_east", "Beyond usual swing"),
    ("improved", "up"): ("blue", "north_east", "Improved"),
    ("improved", "down"): ("blue", "south_east", "Improved"),
}
USUAL = ("gray", "remove", "Usual swing")


def go(way: Way) -> None:
    """Open the screen that a way leads to."""
    st.switch_page(PAGES / f"{way.screen}.py", query_params=dict(way.address))


def gap() -> str:
    """Air between cards."""
    return "small" if phone() else "medium"


def numbers(found: Overview) -> None:
    """The numbers as cards, what the grey band means, and the table behind them."""
    if not found.numbers:
        return
    if found.measure:
        st.caption(f"{plain(found.measure)}: your unit and the units above it.")
    grid = st.grid(3, min_column_width=260, gap=gap())  # type: ignore[arg-type]
    for number in found.numbers:
        with grid.container(border=True, height="stretch", gap="small"):
            _number(number)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        table_behind(_table(found), key="overview", alt="The numbers behind the cards, newest week first")
        st.caption("Grey band: the usual swing of the number itself, from the 26 weeks before.", width="content")


def _number(number: KeyNumber) -> None:
    st.metric(
        plain(number.label),
        plain(number.text),
        plain(number.delta or number.verdict) or None,
        delta_color=DELTAS.get(number.tone, "gray"),  # type: ignore[arg-type]
        delta_arrow="off",
        delta_description=plain(number.beside) if number.delta else None,
    )
    alt = wording.alt(number.label, number.series, number.texts, number.weeks[0], number.sentence)
    if any(map(isfinite, number.series)):  # words have no line
        figure = spark(number.series, number.lower, number.upper, tone=number.tone)
        draw(figure, key=f"spark_{number.id}", alt=alt, still=True)
    st.space("stretch")
    with st.container(gap=None):
        st.caption(plain(number.sentence))
        _arrow("See the weeks", number.way, number.way.label, f"go_{number.id}")


def _table(found: Overview) -> pd.DataFrame:
    newest_first = range(len(found.numbers[0].weeks) - 1, -1, -1)
    columns = {plain(number.label): [plain(number.texts[i]) for i in newest_first] for number in found.numbers}
    weeks = [label(found.numbers[0].weeks[i]).replace(" ", "\u00a0") for i in newest_first]
    return pd.DataFrame({"Week": weeks, **columns})


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
    colour, icon, words = BADGES.get((change.tone, change.direction), USUAL)
    with st.container(border=True, gap="xsmall"):
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="xsmall"
        ):
            _arrow(f"**{plain(change.unit)}**", change.way, f"{change.way.label}: {change.unit}", f"change_{place}")
            st.badge(words, icon=f":material/{icon}:", color=colour)  # type: ignore[arg-type]
        with st.container(gap=None):
            if change.trail:
                st.caption(plain(change.trail))
            st.caption(plain(change.sentence))


def _arrow(label: str, way: Way, words: str, key: str) -> None:
    """A way on that reads as what it is, also to a screen reader: an icon alone would be called after its glyph."""
    arrow = {"icon": ":material/arrow_forward:", "icon_position": "right"}
    if st.button(label, type="tertiary", help=plain(words), key=key, **arrow):  # type: ignore[arg-type]
        go(way)


def needs(found: Overview) -> None:
    """What waits for the reader; the first one is the one primary button of the page."""
    if found.kind in ("employee", "nobody"):
        _heading("For you", "")
    else:
        _heading("What needs you", "In the order in which it matters." if len(found.needs) > 1 else "")
    for place, need in enumerate(found.needs):
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
