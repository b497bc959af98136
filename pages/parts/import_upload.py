"""Bringing a file in: the place to drop it, and before the first one what to bring, in which order, from which templates."""

from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.access.refusals import Refused
from core.access.viewer import Viewer
from core.intake.kinds import KINDS
from core.settings import settings
from pages.parts.device import phone
from pages.parts.import_desk import desk
from pages.parts.plain import plain

TEMPLATES = Path(__file__).parents[2] / "data" / "templates"
TYPES = ["csv", "gz", "tsv", "txt", "xlsx", "ics"]
_DRAWN = "uploads so far"  # a new key for each upload, so that the browser and the server let go of the last one
_REFUSED = "why the upload was refused"
GONE = "The file did not arrive. Choose it again."
CORRECTIONS = "Corrections come the same way. Each kind says what a file of it replaces."
ORDER = (
    ("people", "", "Who is employed, in which unit, since when, and who their manager is."),
    (
        "person-weeks",
        "",
        "What was contracted, worked and absent, by person and week. A week is shown a week after it has ended.",
    ),
    (
        "activity-events",
        ", if you have them",
        "Commits, tickets, calls or calendar entries by person and time. They show when work happens.",
    ),
)


def uploader(viewer: Viewer, label: str = "File") -> None:
    """The place for a file; what is dropped there becomes the viewer's own file on the server."""
    key = f"upload_{st.session_state.get(_DRAWN, 0)}"
    st.file_uploader(
        label,
        type=TYPES,
        key=key,
        on_change=_take,
        args=(viewer, key),
        max_upload_size=settings().upload_megabytes,
        help="CSV (also .gz, tab or semicolon), an Excel workbook, a calendar (.ics). It lies on the server for an hour at most, "
        "or until a check or load that is under way then is done.",
    )
    if _REFUSED in st.session_state:
        st.error(plain(st.session_state[_REFUSED]), icon=":material/block:")


def _take(viewer: Viewer, key: str) -> None:
    """Make what was dropped the viewer's file, or remember why not."""
    found = st.session_state.get(key)
    if found is None:
        return
    try:
        if not isinstance(
            found, UploadedFile
        ):  # the browser names a file that the server does not have, or not any more
            raise Refused(GONE)
        desk().take(viewer, found.name, found.getbuffer())
        st.session_state.pop(_REFUSED, None)
        forget_choices()
    except Refused as refusal:
        st.session_state[_REFUSED] = str(refusal)
    st.session_state[_DRAWN] = st.session_state.get(_DRAWN, 0) + 1


def forget_choices() -> None:
    """What was chosen for the file before does not hold for the next one."""
    for key in [key for key in st.session_state if str(key).startswith("import_")]:
        del st.session_state[key]


def empty_state(viewer: Viewer) -> None:
    """Nothing uploaded yet: where to drop a file, what to bring in which order, and a template for each to begin with."""
    with st.container(border=True):
        st.header("Choose a file", anchor=False)
        st.caption("It is checked first. Nothing is written before you say so.")
        uploader(viewer)
    st.space("small")
    with st.container(gap=None):
        st.header("What to bring, in this order", anchor=False)
        st.caption(CORRECTIONS)
    steps = st.grid(3, min_column_width=260, gap="small" if phone() else "medium")
    for place, (kind, more, text) in enumerate(ORDER, start=1):
        with steps.container(border=True, height="stretch", gap="small"):
            st.subheader(f"{place}. {KINDS[kind].title}{more}", anchor=False)
            st.markdown(text)
            st.caption(KINDS[kind].replaces)
            st.space("stretch")
            _template(kind)


def _template(kind: str) -> None:
    """A file of a kind to begin with."""
    described = KINDS[kind]
    path = TEMPLATES / described.template
    st.download_button(
        f"Template for {described.title.lower()}",
        path.read_bytes(),
        file_name=described.template,
        mime="text/csv",
        type="tertiary",
        icon=":material/download:",
        on_click="ignore",
        key=f"template_{kind}",
        help=plain(described.purpose),
    )
