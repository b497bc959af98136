"""How people are protected: ten sentences, what the proofs found, and the policy in force."""

import streamlit as st

from core.access.viewer import Viewer
from core.openness.protection import headline, policy_in_words, proof_facts, proof_sentence, ten_sentences
from pages.parts import how_it_works_parts as parts
from pages.parts import loaders, rules_loaders, rules_table
from pages.parts.page_head import head
from pages.parts.plain import plain


def protection(viewer: Viewer) -> None:
    """Protection in ten sentences, what the proofs found, and the policy in force."""
    rules = loaders.policy()
    audit, proofs = rules_loaders.proofs()
    found = proof_sentence(audit, proofs, operates="admin" in viewer.roles)
    head("How it works · Protection", (), headline(rules), found)
    parts.section_switch("protection")
    page = st.grid(3, min_column_width=300, gap="medium")
    with page.cell(column_span=2), st.container(border=True):
        st.header("Protection in ten sentences", anchor=False)
        st.markdown("\n".join(f"1. {plain(sentence)}" for sentence in ten_sentences(rules)), width=760)
    with page.cell():
        with st.container(border=True):
            st.header("Proofs", anchor=False)
            checked = proof_facts(audit, proofs)
            if checked:
                rules_table.facts(checked, alt="What the proofs looked at and found")
            else:
                st.caption("Nothing has been released yet.")
        with st.container(border=True):
            st.header("The policy here", anchor=False)
            rules_table.facts(policy_in_words(rules), alt="The policy in words")
    parts.full_text("protection.md", "The full text, with what is not promised")
