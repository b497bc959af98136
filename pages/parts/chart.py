"""How every chart is drawn: never moved or zoomed, anew when light turns dark, with words for a screen reader and its table."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.parts import theme
from pages.parts.device import phone

STILL = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}


def draw(figure: go.Figure, *, key: str, alt: str, still: bool = False) -> None:
    """Draw `figure` over the full width. `alt` is one sentence; `still` switches hover off as well (sparks, legends)."""
    config = {**STILL, "staticPlot": True} if still else STILL
    st.plotly_chart(figure, key=f"{key}_{theme.mode()}", theme="streamlit", width="stretch", config=config, alt=alt)


def legend_width() -> int:
    """How wide a legend over a picture is set, in pixels."""
    return 345 if phone() else 580


def table_behind(frame: pd.DataFrame, *, key: str, alt: str, label: str = "Table") -> None:
    """The numbers behind a chart, one click or key away. `frame` holds text as people read it, first column as row names."""
    with st.popover(label, type="tertiary", icon=":material/table:", key=f"table_{key}", width="content"):
        st.table(frame.set_index(frame.columns[0]), border="horizontal", alt=alt)
