"""The desk on which uploads lie, one for all who use this server."""

import streamlit as st

from pages.parts import loaders
from server.desk import Desk


@st.cache_resource(show_spinner=False)
def desk() -> Desk:
    """The desk of this server."""
    return Desk(loaders.writing, loaders.policy)
