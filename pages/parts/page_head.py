"""The head of a page: where the reader is, the answer as a sentence, and the line under it."""

from collections.abc import Callable, Sequence

import streamlit as st

from core.workload.board import UnitRef
from pages.parts.plain import plain


def head(
    where: str,
    trail: Sequence[UnitRef],
    sentence: str,
    support: str = "",
    go: Callable[[str], None] = lambda _: None,
) -> None:
    """Draw the head. `trail` holds the units above, top first, as buttons that call `go` with a slug; `where` ends it."""
    with st.container(gap="xsmall"):
        if trail:
            with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="trail"):
                for unit in trail:
                    st.button(plain(unit.name), type="tertiary", key=f"up_{unit.slug}", on_click=go, args=(unit.slug,))
                    st.markdown(":material/chevron_right:", width="content")
                st.caption(plain(where), width="content")
        else:
            st.caption(plain(where))
        st.title(plain(sentence), anchor=False, width=880)
        if support:
            st.markdown(plain(support), width=760)
