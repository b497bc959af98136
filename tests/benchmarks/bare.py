"""A bare Streamlit page that draws the same figures and tables as a page of ours, from constants. The bench compares the two."""

import plotly.graph_objects as go
import streamlit as st

from tests.benchmarks import constants

st.set_page_config(layout="wide")
st.title("The same figures from constants")
for place, (drawn, alt) in enumerate(constants.FIGURES):
    st.plotly_chart(go.Figure(drawn), key=f"figure_{place}", alt=alt)
for frame in constants.FRAMES:
    st.dataframe(frame)
