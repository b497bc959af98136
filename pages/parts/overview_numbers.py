"""The numbers of the overview as cards: value, trend and verdict, and the table behind them."""

from math import isfinite

import pandas as pd
import streamlit as st

from core.calendar import label
from core.metrics.chart import spark
from core.overview import wording
from core.overview.board import KeyNumber, Overview
from pages.parts.chart import draw, table_behind
from pages.parts.device import phone
from pages.parts.plain import plain
from pages.parts.ways import arrow

DELTAS = {"over": "orange", "improved": "blue"}  # everything else is quiet


def numbers(found: Overview) -> None:
    """The numbers as cards, what the grey band means, and the table behind them."""
    if not found.numbers:
        return
    if found.measure:
        st.caption(f"{plain(found.measure)}: your unit and the units above it.")
    grid = st.grid(3, min_column_width=260, gap="small" if phone() else "medium")
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
        arrow("See the weeks", number.way, number.way.label, f"go_{number.id}")


def _table(found: Overview) -> pd.DataFrame:
    newest_first = range(len(found.numbers[0].weeks) - 1, -1, -1)
    columns = {plain(number.label): [plain(number.texts[i]) for i in newest_first] for number in found.numbers}
    weeks = [label(found.numbers[0].weeks[i]).replace(" ", "\u00a0") for i in newest_first]
    return pd.DataFrame({"Week": weeks, **columns})
