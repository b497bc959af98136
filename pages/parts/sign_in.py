"""Sign-in: our own form; streamlit-authenticator compares the password with the stored hash, and does nothing else.

Wrong name, wrong password, inactive account and too many tries all cost the same message. The library's cookies, its
widgets and what it writes into session state are not used.
"""

from datetime import datetime
from pathlib import Path

import streamlit as st

from core.access.accounts import Credential
from core.calendar import now
from core.settings import settings
from pages.parts import device, loaders, session
from pages.parts.plain import plain

LOGO = Path(__file__).parents[1] / "static" / "logo"
REFUSED = "That name and password do not match. Wait a moment, then try again, or ask your administrator."
_LIBRARY_KEYS = ("name", "authentication_status", "username", "email", "roles", "logout", "password_hint")
_ACCOUNT = "account"


def password_matches(credential: Credential, password: str) -> bool:
    """Whether `password` belongs to `credential`. Costs one bcrypt comparison whatever the answer."""
    from streamlit_authenticator.controllers import AuthenticationController

    row = {"name": credential.name, "email": "", "roles": [], "password": credential.password_hash}
    controller = AuthenticationController(credentials={"usernames": {_ACCOUNT: row}}, auto_hash=False)
    try:
        return controller.login(_ACCOUNT, password) is True
    finally:
        for key in _LIBRARY_KEYS:
            st.session_state.pop(key, None)


def account_of(typed: str, password: str, address: str, at: datetime) -> int | None:
    """The id of the account that name and password belong to; None for every reason why not."""
    if not loaders.may_try(typed, address, at):
        return None
    credential = loaders.credential(typed)
    matches = password_matches(credential, password)
    user_id = credential.user_id if matches else None
    loaders.remember_attempt(typed, address, at, succeeded=user_id is not None)
    return user_id


def show() -> None:
    """Draw the sign-in screen; a right name and password start the session and run the page again."""
    with st.container(horizontal_alignment="center"), st.container(width=420):
        st.space("medium")
        st.image(LOGO / "logo.svg", width=165)
        st.space("small")
        st.title("How the work is going, and how people are. On one page.", anchor=False)
        with st.form("sign_in", border=False):
            typed = st.text_input("Name or e-mail", key="sign_in_name", autocomplete="username", max_chars=320)
            password = st.text_input(
                "Password", type="password", key="sign_in_password", autocomplete="current-password", max_chars=200
            )
            sent = st.form_submit_button("Sign in", type="primary", width="stretch")
        if sent:
            user_id = account_of(typed.strip(), password, device.network_address(), now())
            if user_id is None:
                st.error(REFUSED, icon=":material/lock:")
            else:
                session.begin(user_id)
                st.rerun()
        st.caption("Evenkeel shows groups, never a score of a person.")
        if settings().demo:
            _demonstration()
    st.space("small")
    st.image(LOGO / "calm.svg", width="stretch")


def _demonstration() -> None:
    """Who one can be in the demonstration."""
    from core.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD

    with st.container(border=True):
        st.header("This is a demonstration", anchor=False)
        st.caption(
            "Northwind and everybody in it are invented. Sign in as one of them; the password is the same for all."
        )
        st.code(DEMO_PASSWORD, language=None)
        st.table(
            {f"**{plain(account.name)}**": plain(account.meaning) for account in DEMO_ACCOUNTS},
            border="horizontal",
            alt="The accounts of the demonstration: name to sign in with, and what the account shows",
        )
