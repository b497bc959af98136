"""What the reader holds, and where it calls from. It chooses defaults and sizes, and never hides anything."""

import streamlit as st

from server import cookies


def phone() -> bool:
    """Whether the browser calls itself a phone."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")


def network_address() -> str:
    """The address that the request came from; 'local' on the server itself."""
    return st.context.ip_address or "local"


def secure() -> bool:
    """Whether the browser got its cookies over HTTPS: then it has named itself by one that nobody else can plant."""
    return cookies.over_https(st.context.cookies)


def session_cookie() -> str:
    """The session id that the browser sent when it connected; '' without one. Never put it anywhere."""
    return cookies.read(st.context.cookies, cookies.SESSION, secure=secure())


def browser_cookie() -> str:
    """Which browser this is, as it said when it connected; '' when it keeps no cookies."""
    return cookies.read(st.context.cookies, cookies.BROWSER, secure=secure())
