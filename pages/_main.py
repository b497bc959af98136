"""The script behind every address: pages first, so that deep links survive sign-in, then the gate, then the page."""

from pathlib import Path

import streamlit as st

from pages.parts import loaders, navigation, session, sign_in, states, theme
from server import counters

PARTS = Path(__file__).parent / "parts"

st.set_page_config(
    page_title="Evenkeel",
    page_icon=str(navigation.LOGO / "mark.svg"),
    layout="wide",
    initial_sidebar_state="auto",
)
st.html(PARTS / "ui.css")
registered = navigation.pages()
page = st.navigation(list(registered.values()), position="hidden")

try:
    if not states.usable(loaders.schema()):
        st.stop()
    loaders.finished_releases()
    viewer = session.viewer()
    if viewer is None:
        sign_in.show()
        st.stop()
    navigation.sidebar(viewer, registered)
    with counters.timed(page.url_path or "root"):
        page.run()
    theme.watch()
    session.watch()
except Exception as error:  # the last net: whatever went wrong, people read plain words and a reference
    states.failed(error)
