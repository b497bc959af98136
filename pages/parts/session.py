"""Who is signed in: the seam between sign-in and everything else. Past it there is only a `Viewer`.

The session lives in the browser tab. Session state holds the id of the account and nothing more; the account itself is read
again on every run, so that a changed role or a deactivation holds within seconds.
"""

import streamlit as st

from core.access.viewer import Viewer
from core.calendar import today
from pages.parts import loaders

_USER_ID = "signed_in_user_id"


def begin(user_id: int) -> None:
    """Sign the account in, in this tab."""
    st.session_state[_USER_ID] = user_id


def end() -> None:
    """Sign out: this tab forgets the account and everything that it chose."""
    for key in list(st.session_state):
        del st.session_state[key]
    st.query_params.clear()


def viewer() -> Viewer | None:
    """Who is signed in, as the database says now; None when nobody is, or the account is no longer active."""
    user_id = st.session_state.get(_USER_ID)
    if user_id is None:
        return None
    found = loaders.viewer(user_id=user_id, on=today())
    if found is None:
        end()
    return found
