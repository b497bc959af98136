"""The panel *When work happens*: the punch card of a quarter, what stands out in it, and the table behind it."""

from dataclasses import replace

import streamlit as st

from core.access.viewer import Viewer
from core.metrics.legend import legend
from core.metrics.wording import explanation
from core.workload.activity_card import ActivityCard, export_frame, quarter_words, table
from core.workload.activity_figures import punch_card_figure
from pages.parts import chart
from pages.parts.device import phone
from pages.parts.plain import plain


def show(card: ActivityCard, viewer: Viewer) -> None:
    """The panel. Without any events it is absent, but for those who may bring them in: they read what is missing."""
    if card.state == "none" and not {"hr", "admin"} & set(viewer.roles):
        return
    with st.container(gap=None):
        st.header("When work happens", anchor=False)
        if card.first:
            st.caption(plain(quarter_words(card)))
    if card.state in ("none", "open", "missing"):
        st.caption(f":material/schedule: {plain(card.sentence)}")
        return
    st.markdown(f"**{plain(card.sentence)}**")
    if card.support:
        st.markdown(plain(card.support), width=760)
    hidden = card.state == "hidden"
    words = "; ".join(band.name for band in card.metric.bands)
    short = tuple(replace(band, name=band.name.split(",")[0]) for band in card.metric.bands)
    told = legend(replace(card.metric, bands=short), width=chart.legend_width(), hidden=hidden, missing=False)
    chart.draw(told, key="activity_legend", alt=f"Legend. {words}.", still=True)
    chart.draw(punch_card_figure(card, phone=phone()), key="activity_card", alt=card.alt)
    steps = "; ".join(band.name for band in card.metric.bands if "," in band.name).capitalize()
    if told := " ".join(part for part in (f"{steps}." if steps and not hidden else "", card.note) if part):
        st.caption(plain(told))
    with st.container(horizontal=True, gap="small"):
        with st.popover("How is this computed?", type="tertiary", icon=":material/function:", key="activity_how"):
            st.table(
                {name: plain(text) for name, text in explanation(card.metric).items()},
                border="horizontal",
                alt=f"How {card.metric.name} is computed",
            )
        if not hidden:
            chart.table_behind(table(card), key="activity", alt=card.alt)
            st.download_button(
                "Download CSV",
                export_frame(card).to_csv(index=False).encode(),
                file_name=f"activity-{card.unit.slug}-{card.first}.csv",
                mime="text/csv",
                type="tertiary",
                icon=":material/download:",
                on_click="ignore",
                key="activity_download",
            )
