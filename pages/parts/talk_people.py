"""Choosing somebody: those whom the viewer talks with already are offered, everybody else is typed. There is no directory."""

import streamlit as st


def somebody(label: str, known: dict[str, str], *, key: str, chosen: str = "") -> str | None:
    """The id that was chosen, or what was typed; None for nobody. known: id -> name."""
    options = sorted(known, key=lambda code: (known[code], code))
    return st.selectbox(
        label,
        options,
        index=options.index(chosen) if chosen in options else None,
        format_func=lambda code: known.get(code, code),
        placeholder="Choose, or type a whole name or id",
        accept_new_options=True,
        key=key,
    )
