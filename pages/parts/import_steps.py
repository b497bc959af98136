"""The steps of an import on the page: which one it is at, and the buttons from one to the next."""

from collections.abc import Callable

import streamlit as st

from core.access.refusals import Refused
from core.access.viewer import Viewer
from core.intake.deliveries import may_import
from core.intake.formats import FileRefused
from pages.parts import import_mapping, import_upload, states
from pages.parts.import_desk import CHECK, LOAD, Parcel, Work, desk
from pages.parts.import_mapping import Chosen
from pages.parts.plain import plain

NARROWED = (
    "This account is limited to some units, so it shows what came in and brings nothing in itself. Whoever has HR for the "
    "whole company, or an administrator, can."
)
_NO = "why this step was refused"


def sentence(viewer: Viewer, parcel: Parcel | None) -> tuple[str, str]:
    """The sentence on top and the line under it, by the step that the file is at."""
    if not may_import(viewer):
        return "Files are brought in for the whole company.", ""
    if parcel is None:
        return "Bring people and their hours in from a file.", (
            "A file is loaded as a whole or not at all, and the last one can be undone while its weeks are open."
        )
    return _of_file(parcel.work, parcel.path.name)


def _of_file(work: Work | None, name: str) -> tuple[str, str]:
    if work is None:
        return f"Is {name} read as it is meant?", "Look at the first rows and the columns, then let it be checked."
    verb = "loaded" if work.what == LOAD else "checked"
    if work.running:
        told = f"{name} is being {verb}.", ""
    elif is_loaded(work):
        told = f"{name} is loaded.", ""
    elif work.refused:
        told = f"{name} cannot be loaded as it is.", "Each problem says what would be right."
    elif work.summary is None:
        told = f"{name} could not be {verb}.", ""
    else:
        told = f"{name} can be loaded.", "Nothing is written yet."
    return told


def is_loaded(work: Work | None) -> bool:
    """Whether the file has been loaded."""
    return work is not None and work.loaded


def file_line(viewer: Viewer, parcel: Parcel) -> None:
    """The file that is being dealt with, and the way to leave it."""
    refused = st.session_state.pop(_NO, "")
    if refused:
        st.error(plain(refused), icon=":material/block:")
    if is_loaded(parcel.work):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        size = f"{parcel.size / 1024:,.0f} kB" if parcel.size < 1024**2 else f"{parcel.size / 1024**2:,.1f} MB"
        st.markdown(f":material/draft: **{plain(parcel.path.name)}**", width="content")
        st.caption(f"{size} · removed from the server within an hour", width="content")
        st.button("Take another file", icon=":material/close:", type="tertiary", on_click=again(viewer), key="discard")


def again(viewer: Viewer) -> Callable[[], None]:
    """Let go of the file, and begin anew."""

    def leave() -> None:
        desk().discard(viewer)
        import_upload.forget_choices()

    return leave


def describe(viewer: Viewer, parcel: Parcel) -> None:
    """The choices for the file, and the check; in the foreground until it has been checked, or when its header is wrong."""
    work = parcel.work
    in_front = work is None or any(each.row == 1 for each in work.problems) or work.fault is not None
    box = (
        st.container(border=True)
        if in_front
        else st.expander("What is in the file, and how it is read", icon=":material/table_view:")
    )
    with box:
        if in_front:
            st.header("What is in the file, and how it is read", anchor=False)
        chosen = import_mapping.describe(parcel)
        if isinstance(chosen, FileRefused):
            found = chosen.finding
            states.card("block", "No table can be read from this file", f"{plain(found.problem)} {plain(found.remedy)}")
        else:
            _check_button(viewer, parcel, chosen, primary=work is None)


def _check_button(viewer: Viewer, parcel: Parcel, chosen: Chosen, *, primary: bool) -> None:
    """Check the file as it is described; nothing is written."""

    def check() -> None:
        _begin(viewer, parcel, Work(CHECK, chosen.options, chosen.kind))

    st.button(
        "Check the file" if primary else "Check again",
        type="primary" if primary else "secondary",
        icon=":material/rule:",
        on_click=check,
        disabled=not chosen.complete,
        help=None if chosen.complete else "Say first what the file is and where its required columns stand.",
        key="import_check",
    )


def loading(viewer: Viewer, parcel: Parcel, work: Work) -> Callable[[], None]:
    """Load the file exactly as it was checked."""

    def load() -> None:
        held = bool(st.session_state.get("import_hold"))
        _begin(viewer, parcel, Work(LOAD, work.options, work.kind, hold=held))

    return load


def _begin(viewer: Viewer, parcel: Parcel, work: Work) -> None:
    try:
        desk().begin(viewer, parcel, work)
    except Refused as refusal:
        st.session_state[_NO] = str(refusal)
