"""What the reader holds, and where it calls from. It chooses defaults and sizes, and never hides anything."""

import streamlit as st


def phone() -> bool:
    """Whether the browser calls itself a phone."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")


def network_address() -> str:
    """The address that the request came from; 'local' on the server itself."""
    return st.context.ip_address or "local"
