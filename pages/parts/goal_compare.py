"""Two people changed the same goal: both versions side by side, field by field, before anything is saved."""

from dataclasses import replace
from typing import Any

import streamlit as st

from core.goals.goal import Goal
from core.goals.terms import Terms, terms_of
from core.goals.terms_wording import LABELS, in_words
from pages.parts.goal_fields import Form
from pages.parts.goal_memory import Memory
from pages.parts.plain import plain

THEIRS, YOURS = "theirs", "yours"


def differing(theirs: Goal, yours: Terms) -> list[str]:
    """The fields in which the two versions differ, in the order in which they are told."""
    now = terms_of(theirs)
    return [name for name in LABELS if _said(now, name) != _said(yours, name)]


def _said(terms: Terms, name: str) -> Any:
    """What terms say in a field, for comparing; an owner by code or path, whatever the name shown."""
    return (terms.owner.person, terms.owner.unit) if name == "owner" else getattr(terms, name)


def compare(form: Form, memory: Memory, theirs: Goal, yours: Terms) -> Terms:
    """Draw both versions; returns what is chosen, field by field.

    A field that only one of the two changed since it was read is chosen so that the change stays.
    """
    _, base = memory.base(form.goal, form.start)
    now = terms_of(theirs)
    st.warning(
        "Your text is kept; compare before saving. Nothing is overwritten until you do.",
        title="This goal was changed while you were writing.",
        icon=":material/compare_arrows:",
    )
    chosen = now
    fields = differing(theirs, yours)
    for name in fields:
        versions = {THEIRS: getattr(now, name), YOURS: getattr(yours, name)}
        mine = _said(yours, name) != _said(base, name)
        taken = st.radio(
            LABELS[name],
            [THEIRS, YOURS],
            index=1 if mine else 0,
            format_func=lambda side, words=versions, field=name: plain(
                in_words(field, words[side], form.names, form.goals)
            ),
            captions=["as it stands now", "as you wrote it"],
            horizontal=True,
            key=memory.key(f"side_{theirs.version}_{name}"),
        )
        chosen = replace(chosen, **{name: versions[taken or THEIRS]})
        if name in memory.errors:
            st.markdown(f":red[:material/error: {plain(memory.errors[name])}]")
    if not fields:
        st.caption("Both versions say the same by now.")
    return chosen
