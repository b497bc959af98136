"""The story behind the number: notes about a unit, read by everybody who sees its numbers and written by those who lead it."""

from datetime import date

import streamlit as st

from core.access.refusals import Refused
from core.calendar import label
from core.workload.notes_views import Note, may_write, notes_of
from pages.parts import loaders, note_forms, session
from pages.parts.plain import lines, plain

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
            note_forms.write(unit_path, unit_slug)


def _note(note: Note) -> None:
    with st.container(gap="xsmall", key=f"note_{note.id}"):
        st.markdown(f"**From the week of {label(note.week)}**")
        st.markdown(lines(note.text))
        edited = f", edited {_day(note.edited_at)}" if note.edited_at else ""
        st.caption(plain(f"{note.author}, {_day(note.written_at)}{edited}"))
        if note.versions or note.may_withdraw:
            with st.container(horizontal=True, gap="small"):
                if note.versions:
                    _earlier(note)
                if note.may_edit and st.button("Edit", type="tertiary", key=f"note_edit_{note.id}"):
                    note_forms.edit(note)
                if note.may_withdraw and st.button("Withdraw", type="tertiary", key=f"note_withdraw_{note.id}"):
                    note_forms.withdraw(note)


def _earlier(note: Note) -> None:
    with st.popover("Earlier wordings", type="tertiary", key=f"note_earlier_{note.id}"):
        for wording in reversed(note.versions):
            st.markdown(lines(wording.text))
            st.caption(plain(f"{wording.author}, {_day(wording.at)}"))


def _day(at: date) -> str:
    return f"{label(at)} {at.year}"
