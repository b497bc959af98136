"""How fresh the data is: the newest week, what came in when, what is open and what waits."""

import streamlit as st

from core.calendar import today
from core.openness.freshness import freshness_facts, freshness_sentence
from pages.parts import how_it_works_parts as parts
from pages.parts import rules_loaders, rules_table
from pages.parts.page_head import head


def freshness() -> None:
    """The newest week, what came in when, what is open and what waits."""
    found = rules_loaders.state_of_data(as_of=today())
    support = "Nothing is counted that did not come in: a week without data is not zero."
    head("How it works · Freshness", (), freshness_sentence(found), support)
    parts.section_switch("freshness")
    with st.container(border=True, width=760):
        st.header("The state of the data", anchor=False)
        if found.stale:
            st.badge("Older than usual", icon=":material/history:", color="yellow")
        rules_table.facts(freshness_facts(found), alt="How fresh the data is")
    parts.full_text("import.md", "What files may hold")
