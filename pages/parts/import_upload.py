"""Bringing a file in: the place to drop it, and before the first one what to bring, in which order, from which templates."""

from pathlib import Path

import streamlit as st

from core.access.refusals import Refused
from core.access.viewer import Viewer
from core.intake.kinds import KINDS
from core.settings import settings
from pages.parts.import_desk import desk
from pages.parts.plain import plain

TEMPLATES = Path(__file__).parents[2] / "data" / "templates"
TYPES = ["csv", "gz", "tsv", "txt", "xlsx"]
_DRAWN = "uploads so far"  # a new key for each upload, so that the browser and the server let go of the last one
_REFUSED = "why the upload was refused"
ORDER = (
    "**People first.** Who is employed, where, since when, and who their manager is.",
    "**Then their hours.** A week is released a week after it has ended; a person without an assignment has no unit.",
    "**Corrections the same way.** A row for the same person and week replaces the one on record.",
)


def uploader(viewer: Viewer, label: str = "File") -> None:
    """The place for a file; what is dropped there becomes the viewer's own file on the server."""
    key = f"upload_{st.session_state.get(_DRAWN, 0)}"

    def taken() -> None:
        found = st.session_state.get(key)
        if found is None:
            return
        try:
            desk().take(viewer, found.name, found.getbuffer())
            st.session_state.pop(_REFUSED, None)
            forget_choices()
        except Refused as refusal:
            st.session_state[_REFUSED] = str(refusal)
        st.session_state[_DRAWN] = st.session_state.get(_DRAWN, 0) + 1

    st.file_uploader(
        label,
        type=TYPES,
        key=key,
        on_change=taken,
        max_upload_size=settings().upload_megabytes,
        help="CSV (also .gz, tab or semicolon) or an Excel workbook. It lies on the server for an hour at most.",
    )
    if _REFUSED in st.session_state:
        st.error(plain(st.session_state[_REFUSED]), icon=":material/block:")


def forget_choices() -> None:
    """What was chosen for the file before does not hold for the next one."""
    for key in [key for key in st.session_state if str(key).startswith("import_")]:
        del st.session_state[key]


def empty_state(viewer: Viewer) -> None:
    """Nothing uploaded yet: where to drop a file, the order of files, and templates to begin with."""
    page = st.grid(3, min_column_width=300, gap="medium")
    with page.cell(column_span=2, height="stretch"), st.container(border=True, height="stretch"):
        st.header("Choose a file", anchor=False)
        st.caption("It is checked first. Nothing is written before you say so.")
        uploader(viewer)
        st.space("stretch")
        templates()
    with page.cell(height="stretch"), st.container(border=True, height="stretch"):
        st.header("In this order", anchor=False)
        for place, line in enumerate(ORDER, start=1):
            st.markdown(f"{place}. {line}")


def templates() -> None:
    """Files to begin with, one for each kind that has one."""
    st.caption("Templates with the right columns, each with a few rows to write over")
    with st.container(horizontal=True, gap="small"):
        for kind in KINDS.values():
            path = TEMPLATES / kind.template if kind.template else None
            if path is not None and path.is_file():
                st.download_button(
                    f"Template {kind.name}",
                    path.read_bytes(),
                    file_name=kind.template,
                    mime="text/csv",
                    type="tertiary",
                    icon=":material/download:",
                    on_click="ignore",
                    key=f"template_{kind.name}",
                    help=plain(kind.purpose),
                )
