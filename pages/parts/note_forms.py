"""Writing, editing and withdrawing a note, each in a dialog. What was typed is kept until it is saved."""

from collections.abc import Callable

import streamlit as st
from sqlalchemy import Connection

from core.access.refusals import Refused
from core.calendar import WEEK, last_closed_week, long_label, now, today
from core.workload.commands import ChangedMeanwhile, add_note, edit_note, withdraw_note
from core.workload.note_text import LONGEST
from core.workload.notes_views import Note
from pages.parts import loaders, session
from pages.parts.plain import lines, plain

WEEKS_BACK = 26
READERS = "Everybody who sees this unit's numbers reads it, with your name. Write about the work, never about a person."


@st.dialog("Write down why", icon=":material/edit_note:")
def write(unit_path: str, unit_slug: str) -> None:
    viewer = session.still()
    newest = last_closed_week(today(), loaders.policy().close_after_days)
    with st.form(f"note_form_{unit_slug}", border=False):
        week = st.selectbox(
            "From the week of",
            [newest - i * WEEK for i in range(WEEKS_BACK)],
            format_func=long_label,
            key=f"note_week_{unit_slug}",
        )
        text = st.text_area("What happened in the work", max_chars=LONGEST, height=140, key=f"note_text_{unit_slug}")
        st.caption(READERS)
        asked = st.form_submit_button("Save", type="primary")
    if asked and _done(
        lambda connection: add_note(
            connection, viewer, unit=unit_path, week=week, text=text, at=now(), policy=loaders.policy()
        )
    ):
        st.rerun()


@st.dialog("Edit the note", icon=":material/edit_note:")
def edit(note: Note) -> None:
    viewer = session.still()
    based_on = f"note_based_on_{note.id}"
    with st.form(f"note_edit_form_{note.id}", border=False):
        text = st.text_area(
            "What happened in the work", note.text, max_chars=LONGEST, height=140, key=f"note_edit_text_{note.id}"
        )
        st.caption(f"{READERS} Earlier wordings stay readable.")
        asked = st.form_submit_button("Save", type="primary")
    if not asked:
        st.session_state[based_on] = note.version
        return
    base = st.session_state.get(based_on, note.version)
    try:
        saved = _done(
            lambda connection: edit_note(
                connection, viewer, note.id, based_on=base, text=text, at=now(), policy=loaders.policy()
            )
        )
    except ChangedMeanwhile as conflict:
        st.session_state[based_on] = (
            conflict.theirs.version
        )  # saving again is then a decision, made with both texts in view
        st.warning(
            f"It now reads: {plain(conflict.theirs.text)}",
            title="This note was changed while you were writing. Your text is kept; compare before saving.",
        )
        return
    if saved:
        st.rerun()


@st.dialog("Withdraw this note?", icon=":material/block:")
def withdraw(note: Note) -> None:
    viewer = session.still()
    st.markdown(lines(note.text))
    st.caption("It disappears from every screen. What was written stays on record in the database.")
    with st.container(horizontal=True):
        if st.button("Withdraw", type="primary", key=f"note_gone_{note.id}") and _done(
            lambda connection: withdraw_note(connection, viewer, note.id, at=now())
        ):
            st.rerun()
        if st.button("Keep it", key=f"note_kept_{note.id}"):
            st.rerun()


def _done(write: Callable[[Connection], object]) -> bool:
    """Run `write` in a transaction of its own. A refusal is shown, with what was typed kept; a conflict is the caller's."""
    try:
        with loaders.writing().begin() as connection:
            write(connection)
    except ChangedMeanwhile:
        raise
    except Refused as reason:
        st.warning(plain(str(reason)), title="Not saved yet. Your text is kept.")
        return False
    return True
