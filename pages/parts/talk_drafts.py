"""Texts that are being written: what they were based on stays with them, so that two who write at once both keep theirs.

A text that nobody has touched follows the newest version; one that was touched stays, and its saving is compared.
"""

from collections.abc import Mapping

import streamlit as st

from core.rhythm.words import ChangedMeanwhile
from pages.parts.plain import lines, plain


def begin(draft: str, version: int, texts: Mapping[str, str]) -> None:
    """Put `texts` (name -> text of the version on record) into the widgets `<draft>_<name>`, unless they are being written."""
    held = st.session_state.get(f"{draft} based on")
    shown = {name: st.session_state.get(f"{draft}_{name}") for name in texts}
    untouched = held is not None and shown == held[1]
    if held is None or None in shown.values() or (untouched and held[0] != version):
        st.session_state[f"{draft} based on"] = (version, dict(texts))
        for name, text in texts.items():
            st.session_state[f"{draft}_{name}"] = text


def based_on(draft: str) -> int:
    """The version that the texts in the widgets were made from."""
    return int(st.session_state[f"{draft} based on"][0])


def saved(draft: str, version: int, texts: Mapping[str, str]) -> None:
    """`texts` are on record now as `version`."""
    st.session_state[f"{draft} based on"] = (version, dict(texts))


def conflict(draft: str, changed: ChangedMeanwhile) -> None:
    """Show both texts. Saving again is then a decision, made with both in view."""
    st.session_state[f"{draft} based on"] = (changed.version, st.session_state[f"{draft} based on"][1])
    with st.container(gap="small", key=f"conflict_{draft}"):
        st.warning(
            "Yours is above, as you wrote it. The one on record is below. Take over what you need, then save again.",
            title="This was changed while you were writing. Nothing is lost.",
        )
        st.markdown("**On record now**")
        st.markdown(lines(changed.theirs) if changed.theirs else plain("(empty)"))
