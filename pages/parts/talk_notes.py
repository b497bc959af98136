"""The note that the two keep about a conversation: written by either, every version kept, conflicts shown with both texts."""

import streamlit as st
from sqlalchemy import Connection

from core.access.viewer import Viewer
from core.calendar import label
from core.rhythm.board import NoteVersion
from core.rhythm.commands import write_note
from core.rhythm.words import LONGEST_NOTE, ChangedMeanwhile
from pages.parts import talk_loaders
from pages.parts.plain import lines, plain
from pages.parts.talk_drafts import based_on, begin, conflict, saved
from pages.parts.talk_loaders import Talk


def note(viewer: Viewer, talk: Talk) -> None:
    """The shared note: a form while the pair holds, the text afterwards."""
    page = talk.page
    unreadable = page.note is not None and bool(page.note.words.why)
    writes = page.writable and not talk.closed and not page.called_off_on and not unreadable
    if page.note is None and not writes:
        return
    with st.container(border=True, gap="small", key="shared_note"):
        with st.container(gap=None):
            st.header("Shared note", anchor=False)
            st.caption(f"Both of you read and write it. {_last(page.note)}")
        if writes:
            _form(viewer, talk)
        elif page.note is not None:
            _version(page.note)
        if page.earlier:
            with st.popover("Earlier versions", type="tertiary", icon=":material/history:", key="earlier_versions"):
                for version in page.earlier:
                    _version(version)
                    st.caption(plain(f"{version.author}, {label(version.at)} {version.at.year}"))


def _form(viewer: Viewer, talk: Talk) -> None:
    page = talk.page
    draft = f"note_of_{page.id}"
    begin(draft, page.note.version if page.note else 0, {"text": page.note.words.text if page.note else ""})
    with st.form(draft, border=False):
        text = st.text_area(
            "What the two of you want to remember", max_chars=LONGEST_NOTE, height=160, key=f"{draft}_text"
        )
        sent = st.form_submit_button("Save the note", key=f"{draft}_save")
    if not sent:
        return
    versions = [0]

    def write(connection: Connection) -> None:
        versions[0] = write_note(
            connection, viewer, page.id, based_on=based_on(draft), text=text, at=talk_loaders.moment(),
            seals=talk_loaders.seals(),
        )  # fmt: skip

    try:
        if talk_loaders.done(write, said=f"Saved. {page.other} can read it."):
            saved(draft, versions[0], {"text": text})
            st.rerun()
    except ChangedMeanwhile as changed:
        conflict(draft, changed)


def _version(version: NoteVersion) -> None:
    st.markdown(lines(version.words.text) if not version.words.why else plain(version.words.why))


def _last(found: NoteVersion | None) -> str:
    return f"Last changed by {plain(found.author)}, {label(found.at)} {found.at.year}." if found else ""
