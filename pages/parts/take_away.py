"""Under every picture: how it is computed, the numbers as a file, and a link to this view."""

import pandas as pd
import streamlit as st

from core.metrics.definition import Metric
from core.metrics.wording import explanation
from pages.parts import address
from pages.parts.plain import plain


def take_away(metric: Metric, frame: pd.DataFrame, file_name: str, where: dict[str, str]) -> None:
    """Draw the row. `frame` is what the file holds; `where` are the parts of the address that pin this view down."""
    with st.container(horizontal=True, gap="small"):
        with st.popover("How is this computed?", type="tertiary", icon=":material/function:", width="content"):
            st.table(
                {name: plain(text) for name, text in explanation(metric).items()},
                border="horizontal",
                alt=f"How {metric.name} is computed",
            )
        st.download_button(
            "Download CSV",
            frame.to_csv(index=False).encode(),
            file_name=file_name,
            mime="text/csv",
            type="tertiary",
            icon=":material/download:",
            on_click="ignore",
            key="download",
        )
        with st.popover("Copy link", type="tertiary", icon=":material/link:"):
            st.caption("This address shows the same units, measure and weeks to everybody who may see them.")
            st.code(address.link(**where), language=None, wrap_lines=True)
