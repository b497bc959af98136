"""The person's own new password. It is asked for the old one, and every session ends with it."""

import streamlit as st

from core.access.accounts import MINIMUM, hash_password
from core.access.refusals import Refused
from core.access.sessions import change_password
from core.access.viewer import Viewer
from core.calendar import now
from pages.parts import device, loaders, session, sign_in

CHANGED = "Your password is changed. Sign in with the new one; every other session has ended too."
WRONG = "That is not your present password. Wait a moment, then try again."
DIFFERENT = "The two new passwords differ. Type the new one twice."


def change(viewer: Viewer) -> None:
    """Draw the form; a change that is in order signs the person out everywhere, here too."""
    with st.container(border=True):
        st.header("Password", anchor=False)
        st.caption(f"At least {MINIMUM} characters; any sentence will do. Changing it signs you out everywhere.")
        with st.form("password", border=False, clear_on_submit=True):
            st.text_input("Name", viewer.name, disabled=True, autocomplete="username", key="password_name")
            present = st.text_input("Present password", type="password", autocomplete="current-password", max_chars=200)
            new = st.text_input("New password", type="password", autocomplete="new-password", max_chars=200)
            again = st.text_input("New password again", type="password", autocomplete="new-password", max_chars=200)
            sent = st.form_submit_button("Change password", type="primary")
        if sent:
            problem = _changed(viewer, present, new, again)
            if problem:
                st.error(problem, icon=":material/lock:")
            else:
                session.forget(CHANGED)
                st.rerun()


def _changed(viewer: Viewer, present: str, new: str, again: str) -> str:
    """Change it, or say why not."""
    if new != again:
        return DIFFERENT
    try:
        hashed = hash_password(new)
    except Refused as refusal:
        return str(refusal)
    at = now()
    if sign_in.account_of(viewer.name, present, device.network_address(), at) != viewer.id:
        return WRONG
    with loaders.writing().begin() as connection:
        change_password(connection, viewer.id, hashed, at)
    return ""
