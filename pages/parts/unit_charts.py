"""The charts of the chosen row: its weeks, its other measures, and its siblings, each with words and a table."""

from math import isfinite, nan

import streamlit as st

from core.metrics.chart import spark
from core.workload import unit_detail as tables
from core.workload import unit_figures as figures
from core.workload.unit_detail import Companion, UnitDetail
from pages.parts.chart import draw, table_behind
from pages.parts.plain import plain


def trend(detail: UnitDetail) -> None:
    """The row's weeks against its own usual swing; nothing when no week of it is shown as a number."""
    if not detail.trend["value"].notna().any():
        return
    with st.container(gap="xsmall"):
        st.markdown(f"**{plain(detail.metric.name)}**")
        draw(figures.trend(detail), key="trend", alt=plain(detail.trend_alt))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            table_behind(tables.trend_table(detail), key="trend", alt=f"{detail.name} week by week")
            if (detail.trend["status"] == "hidden").any():
                st.caption("Grey columns: not shown, to protect people.", width="content")


def siblings(detail: UnitDetail) -> None:
    """The row among the units beside it, by name."""
    with st.container(gap="xsmall"):
        st.markdown("**Among its siblings**")
        st.caption(plain(detail.siblings_said))
        if len(detail.siblings) > 1 and detail.siblings["value"].notna().any():
            draw(figures.siblings(detail), key="siblings", alt=plain(detail.siblings_alt))
            table_behind(tables.siblings_table(detail), key="siblings", alt=f"{detail.name} among its siblings")


def companions(detail: UnitDetail) -> None:
    """Meetings, focus and hours outside working time of the same row and weeks; nothing when there are none."""
    if not detail.companions:
        return
    with st.container(border=True, key="companions"):
        st.subheader(f"Beside it, in {plain(detail.name)}", anchor=False)
        grid = st.grid(len(detail.companions), min_column_width=160, gap="medium")
        for one in detail.companions:
            with grid.container(gap="xsmall"):
                _companion(one)
        frame = tables.companions_table(detail).rename(columns=plain).map(plain)
        table_behind(frame, key="companions", alt=f"Other measures of {detail.name} week by week")


def _companion(one: Companion) -> None:
    st.caption(plain(one.metric.name))
    st.markdown(f"**{plain(one.text or 'not shown')}**")
    if any(map(isfinite, one.values)):
        limits = one.swing.limits
        lower, upper = (limits.lower, limits.upper) if limits else (nan, nan)
        figure = spark(one.values, lower, upper, tone=one.reading.tone)
        draw(figure, key=f"beside_{one.metric.id}", alt=plain(f"{one.metric.name}: {one.said}"), still=True)
    st.caption(plain(one.said))
