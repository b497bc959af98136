"""Sign-in: our own form; streamlit-authenticator compares the password with the stored hash, and does nothing else.

A right password is worth a code; the browser exchanges it at our own route for a cookie that no script can read, and loads the
page again, with the address as it was.

Wrong name, wrong password, inactive account and too many tries all cost the same message. The library's cookies, its
widgets and what it writes into session state are not used.
"""

import json
from datetime import datetime
from pathlib import Path

import streamlit as st

from core.access.accounts import Credential
from core.access.sessions import admitted, succeeded
from core.calendar import now
from core.settings import settings
from pages.parts import device, loaders, session
from pages.parts.plain import plain
from server import counters
from server.session_routes import BEGIN, END

LOGO = Path(__file__).parents[1] / "static" / "logo"
REFUSED = "That name and password do not match. Wait a moment, then try again, or ask your administrator."
NOT_KEPT = (
    "Your browser did not keep the cookie that signs you in. Allow cookies for this address, then load the page again."
)
AWAY = "The database does not answer. Nothing was lost. Sign in again in a minute."
_CODE = "code of this sign-in"
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
    """The id of the account that name and password belong to; None for every reason why not.

    A try that has to wait is compared as well, for nothing: time must not tell which names are being tried, or which name and
    e-mail belong to the same account.
    """
    with loaders.writing().begin() as connection:
        attempt = admitted(connection, typed, address, at)
    credential = loaders.credential(typed)
    matches = password_matches(credential, password)
    if attempt is None:
        counters.SIGN_INS.labels("paused").inc()
        return None
    if not matches or credential.user_id is None:
        counters.SIGN_INS.labels("failed").inc()
        return None
    with loaders.writing().begin() as connection:
        succeeded(connection, attempt)
    counters.SIGN_INS.labels("succeeded").inc()
    return credential.user_id


_SCRIPT = """
const sent = new Set()
export default function ({ data, setTriggerValue }) {
  if (sent.has(data.body)) return
  sent.add(data.body)
  const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: data.body }
  fetch(data.address, options).then(
    (answer) => {
      if (answer.ok) { data.reload && location.reload() }
      else { setTriggerValue("refused", answer.status === 503 ? "away" : "refused") }
    },
    () => setTriggerValue("refused", "refused"),
  )
}
"""
_post = st.components.v2.component("evenkeel_session", js=_SCRIPT)


def _fetch_session(code: str) -> None:
    """Let the browser exchange the code and load the page again."""
    refused = _post(
        key="session_begin",
        data={"address": _route(BEGIN), "body": json.dumps({"code": code}), "reload": True},
        on_refused_change=lambda: None,
    )
    if refused.refused == "away":
        st.error(AWAY, icon=":material/cloud_off:")
    elif refused.refused:
        st.error(NOT_KEPT, icon=":material/cookie_off:")


def _route(path: str) -> str:
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}{path}" if base else path


def show() -> None:
    """Draw the sign-in screen; a right name and password fetch a session and load the page again."""
    why = session.notice()
    with st.container(horizontal_alignment="center"), st.container(width=420):
        st.space("medium")
        st.image(LOGO / "logo.svg", width=165, alt="Evenkeel")
        st.space("small")
        st.title("How the work is going, and how people are. On one page.", anchor=False)
        if why:
            st.info(plain(why), icon=":material/info:")
        with st.form("sign_in", border=False):
            typed = st.text_input("Name or e-mail", key="sign_in_name", autocomplete="username", max_chars=320)
            password = st.text_input(
                "Password", type="password", key="sign_in_password", autocomplete="current-password", max_chars=200
            )
            sent = st.form_submit_button("Sign in", type="primary", width="stretch")
        _enter(typed.strip(), password, sent)
        if session.SIGNED_OUT_HERE in st.session_state:  # the cookie is of no use any more: let the browser drop it
            _post(key="session_end", data={"address": _route(END), "body": "{}"}, on_refused_change=lambda: None)
        st.caption("Evenkeel shows groups, never a score of a person.")
        if settings().demo:
            _demonstration()
    st.space("small")
    st.image(LOGO / "calm.svg", width="stretch", alt="Lines that settle from waves to an even line")


def _enter(typed: str, password: str, sent: bool) -> None:
    """Answer a try: a code for the browser, or the one message."""
    if not sent:
        if _CODE in st.session_state:  # the answer of the browser to the code of the run before
            _fetch_session(st.session_state[_CODE])
        return
    st.session_state.pop(_CODE, None)
    at = now()
    user_id = account_of(typed, password, device.network_address(), at)
    browser_id = device.browser_cookie()
    if user_id is None:
        st.error(REFUSED, icon=":material/lock:")
    elif not browser_id:
        st.error(NOT_KEPT, icon=":material/cookie_off:")
    else:
        st.session_state[_CODE] = loaders.sign_in_code(user_id, browser_id, at)
        _fetch_session(st.session_state[_CODE])


def _demonstration() -> None:
    """Who one can be in the demonstration, each at one click."""
    from core.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD

    with st.container(border=True):
        st.header("This is a demonstration", anchor=False)
        st.caption("Northwind and everybody in it are invented. Look at it as one of them.")
        for account in DEMO_ACCOUNTS:
            with st.container(gap="xsmall"):
                label = f"**{plain(account.role_name)}** · {plain(account.display_name)}"
                chosen = st.button(label, key=f"enter_as_{account.name}", width="stretch")
                st.caption(plain(f"{account.meaning[0].upper()}{account.meaning[1:]}."))
            if chosen:
                _enter(account.name, DEMO_PASSWORD, sent=True)
        st.caption(f"To type instead: {', '.join(a.name for a in DEMO_ACCOUNTS)}. The password is the same for all.")
        st.code(DEMO_PASSWORD, language=None)
