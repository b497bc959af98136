"""Taking open steps of an earlier pair along: step by step as chosen, because the new manager can read what is taken."""

import streamlit as st

from core.calendar import label
from core.rhythm.board import PairCard
from core.rhythm.steps import carry_over
from core.rhythm.views import steps_of
from pages.parts import loaders, session, talk_loaders
from pages.parts.plain import lines, plain


@st.dialog("Take open steps along", icon=":material/move_item:")
def carry(card: PairCard, targets: dict[int, str]) -> None:
    """targets: number of a pair of the viewer's that holds -> name of the other."""
    viewer = session.still()
    with loaders.reading().connect() as connection:
        found = steps_of(connection, viewer, card.id, seals=talk_loaders.seals(), as_of=talk_loaders.day())
    steps = [step for step in found if step.open and not step.words.why]
    if not steps:
        st.caption("None of them can be opened here.")
        return
    with st.form(f"carry_form_{card.id}", border=False):
        chosen = [
            step.id
            for step in steps
            if st.checkbox(f"{lines(step.words.text)} (by {label(step.due)})", key=f"carry_step_{step.id}")
        ]
        into = st.selectbox(
            "Into your conversations with",
            list(targets),
            format_func=lambda pair: targets[pair],
            key=f"carry_into_{card.id}",
        )
        st.caption(f"Only what you choose becomes readable there. It stays with you and {plain(card.other)} as well.")
        sent = st.form_submit_button("Take along", type="primary")
    if not sent:
        return
    if not chosen:
        st.warning("Choose at least one step.", title="Nothing is chosen.")
    elif talk_loaders.done(
        lambda connection: carry_over(
            connection, viewer, tuple(chosen), into=into, at=talk_loaders.moment(), seals=talk_loaders.seals()
        ),
        said="Taken along.",
    ):
        st.rerun()
