"""The story behind the number: notes about a unit, read by everybody who sees its numbers and written by those who lead it."""

from collections.abc import Callable
from datetime import date

import streamlit as st
from sqlalchemy import Connection

from core.access.refusals import Refused
from core.calendar import WEEK, label, last_closed_week, long_label, now, today
from core.workload.commands import ChangedMeanwhile, add_note, edit_note, withdraw_note
from core.workload.note_text import LONGEST
from core.workload.notes_views import Note, may_write, notes_of
from pages.parts import loaders, session
from pages.parts.plain import plain

WEEKS_BACK = 26
READERS = "Everybody who sees this unit's numbers reads it, with your name. Write about the work, never about a person."
NOBODY = "Nobody has written down why yet."


def notes(unit_path: str, unit_slug: str) -> None:
    """Draw the notes about a unit for whoever is signed in; nothing when the unit is not theirs to see."""
    viewer = session.viewer()
    if viewer is None:
        return
    try:
        with loaders.reading().connect() as connection:
            found = notes_of(connection, viewer, unit_path, loaders.policy())
            writes = may_write(connection, viewer, unit_path)
    except Refused:
        return
    with st.container(border=True, key=f"notes_{unit_slug}"):
        st.subheader("The story behind the number", anchor=False)
        for note in found:
            _note(note)
        if not found:
            st.caption(NOBODY)
        if writes and st.button("Write down why", icon=":material/edit_note:", key=f"note_add_{unit_slug}"):
            _write(unit_path, unit_slug)


def _note(note: Note) -> None:
    with st.container(gap="xsmall", key=f"note_{note.id}"):
        st.markdown(f"**From the week of {label(note.week)}**")
        st.markdown(_lines(note.text))
        edited = f", edited {_day(note.edited_at)}" if note.edited_at else ""
        st.caption(plain(f"{note.author}, {_day(note.written_at)}{edited}"))
        if note.versions or note.may_withdraw:
            with st.container(horizontal=True, gap="small"):
                if note.versions:
                    _earlier(note)
                if note.may_edit and st.button("Edit", type="tertiary", key=f"note_edit_{note.id}"):
                    _edit(note)
                if note.may_withdraw and st.button("Withdraw", type="tertiary", key=f"note_withdraw_{note.id}"):
                    _withdraw(note)


def _earlier(note: Note) -> None:
    with st.popover("Earlier wordings", type="tertiary", key=f"note_earlier_{note.id}"):
        for wording in reversed(note.versions):
            st.markdown(_lines(wording.text))
            st.caption(plain(f"{wording.author}, {_day(wording.at)}"))


@st.dialog("Write down why", icon=":material/edit_note:")
def _write(unit_path: str, unit_slug: str) -> None:
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
def _edit(note: Note) -> None:
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
def _withdraw(note: Note) -> None:
    viewer = session.still()
    st.markdown(_lines(note.text))
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


def _lines(text: str) -> str:
    """The text as written: nothing in it means anything, and its lines stay lines."""
    return plain(text).replace("\n", "  \n")


def _day(at: date) -> str:
    return f"{label(at)} {at.year}"
