"""The steps of an import on the page: which one it is at, and the buttons from one to the next."""

from collections.abc import Callable

import streamlit as st

from core.access.refusals import Refused
from core.access.viewer import Viewer
from core.intake import import_wording as wording
from core.intake.deliveries import may_import
from core.intake.formats import FileRefused
from pages.parts import import_mapping, import_upload, states
from pages.parts.import_desk import desk
from pages.parts.import_mapping import Chosen
from pages.parts.plain import plain
from server.desk import Parcel
from server.work import CHECK, LOAD, Work

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
        return wording.FILES
    work, name = parcel.work, parcel.path.name
    if work is None:
        return wording.step(name, "checked", "")
    return wording.step(name, "loaded" if work.what == LOAD else "checked", work.state)


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
