"""What is chosen on a screen lives in its address, so that a link shows the same view. Ids and slugs, never names of people.

The address decides on every run and widgets follow it: a change writes the address, going back in the browser reads it. It
holds ids rather than labels, which Streamlit's own binding would write, and it holds defaults too, because they move.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

_SCREEN = "screen of the last address"


def parts(screen: str, names: Sequence[str]) -> dict[str, str]:
    """The parts of the address called `names`. Who comes from another screen without any gets back what was last chosen."""
    memory = f"address of {screen}"
    arrives = st.session_state.get(_SCREEN, screen) != screen
    st.session_state[_SCREEN] = screen
    if arrives and not any(name in st.query_params for name in names):
        for name, value in st.session_state.get(memory, {}).items():
            st.query_params[name] = value
    found = {name: st.query_params[name] for name in names if name in st.query_params}
    st.session_state[memory] = found
    return found


def change(**changes: str | None) -> None:
    """Write parts of the address; None takes a part out."""
    for name, value in changes.items():
        if value is not None:
            st.query_params[name] = value
        elif name in st.query_params:
            del st.query_params[name]


def follows(widget: str, name: str, chosen: object) -> dict[str, Any]:
    """Keyword arguments that make the widget with the key `widget` show `chosen` and write what is chosen next as `name`."""
    st.session_state[widget] = chosen
    return {"key": widget, "on_change": lambda: change(**{name: str(st.session_state[widget])})}


def link(**changes: str) -> str:
    """The whole address of this view, with `changes`, for copying."""
    here = (st.context.url or "").split("?")[0]
    return f"{here}?{urlencode({**st.query_params.to_dict(), **changes})}"
