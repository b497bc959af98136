"""The guard that every page calls before anything else."""

import streamlit as st

from core.access.viewer import Viewer
from pages.parts import session, sign_in, states


def guard(screen: str) -> Viewer:
    """The viewer, if the screen is open to them; otherwise this run ends with sign-in or with why it is not."""
    viewer = session.viewer()
    if viewer is None:
        sign_in.show()
        st.stop()
    if not viewer.may_open(screen):
        states.no_permission(viewer)
        st.stop()
    return viewer
