"""Who is signed in: the seam between sign-in and everything else. Past it there is only a `Viewer`.

The session lives in the browser tab. Session state holds the id of the account and when it signed in, nothing more; the
account itself is read again on every run, so that a new password, a changed role or a deactivation ends it within seconds.
"""

from datetime import datetime

import streamlit as st

from core.access.viewer import Viewer
from core.calendar import now, today
from pages.parts import loaders

_USER_ID = "signed_in_user_id"
_SIGNED_IN_AT = "signed_in_at"


def begin(user_id: int) -> None:
    """Sign the account in, in this tab."""
    st.session_state[_USER_ID] = user_id
    st.session_state[_SIGNED_IN_AT] = now().isoformat()


def end() -> None:
    """Sign out: this tab forgets the account and everything that it chose."""
    for key in list(st.session_state):
        del st.session_state[key]
    st.query_params.clear()


def viewer() -> Viewer | None:
    """Who is signed in, as the database says now; None when nobody is, or the account has ended its sessions since."""
    user_id = st.session_state.get(_USER_ID)
    if user_id is None:
        return None
    found = loaders.viewer(user_id=user_id, on=today())
    began = datetime.fromisoformat(st.session_state[_SIGNED_IN_AT])
    if found is None or (found.sessions_from is not None and began < found.sessions_from):
        end()
        return None
    return found
