"""What came of checking or loading a file: progress, problems in their place, ready to load, loaded."""

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from core.access.viewer import Viewer
from core.intake import import_wording as wording
from core.intake.header import IgnoredColumn
from core.intake.imports import ImportSummary
from core.intake.problems import Problem
from pages.parts import import_upload, session
from pages.parts.device import phone
from pages.parts.import_desk import desk
from pages.parts.plain import plain
from pages.parts.ways import PAGES
from server.desk import Parcel
from server.work import LOAD, Work

SHOWN = 20
FIRST = 4  # columns that tell which row it is


@st.fragment(run_every=1.0)
def progress() -> None:
    """The work under way; the page is drawn again when it is done."""
    viewer = session.still()
    parcel = desk().parcel(viewer)
    work = parcel.work if parcel else None
    if work is None or not work.running:
        st.rerun(scope="app")
        return
    with st.container(border=True):
        st.header("Loading" if work.what == LOAD else "Checking", anchor=False, icon=":material/hourglass_top:")
        told = wording.progress(work.stage, work.done, work.total, plain(work.waits_for))
        st.progress(work.share, text=told)
        st.caption("You may leave this page. The work goes on, and you find it here when you come back.")


def fault(work: Work) -> None:
    """Something other than the file went wrong."""
    if work.fault is not None:
        title, text = work.fault
        st.error(plain(text), title=plain(title), icon=":material/cloud_off:")


def problems(viewer: Viewer, parcel: Parcel, work: Work) -> None:
    """Why the file was refused: each problem with what would be right, the bad rows with the bad cells marked, all as CSV."""
    count = work.problem_count
    with st.container(border=True):
        st.header(wording.refused(count), anchor=False)
        st.table(
            _table(work.problems[:SHOWN]),
            border="horizontal",
            hide_index=True,
            alt=f"{count} problems of the file: row, column, value, what is wrong and what would be right",
        )
        if count > SHOWN:
            st.caption(f"The first {SHOWN} are shown; the file below holds all of them.")
        _bad_rows(work)
        if parcel.errors.is_file():
            st.download_button(
                "Download all problems",
                parcel.errors.read_bytes(),
                file_name=f"{parcel.path.stem}-problems.csv",
                mime="text/csv",
                icon=":material/download:",
                on_click="ignore",
                key="import_errors",
            )
        import_upload.uploader(viewer, "The corrected file")


def _table(found: tuple[Problem, ...]) -> pd.DataFrame:
    rows = [
        (str(each.row or "–"), *map(plain, (each.column, each.value, each.problem, wording.on_screen(each.remedy))))
        for each in found
    ]
    names = ["Row", "Column", "Value", "What is wrong", "What would be right"]
    if phone():
        rows = [(row, f"{column} {value}", f"{problem} {remedy}") for row, column, value, problem, remedy in rows]
        names = ["Row", "Cell", "What is wrong"]
    return pd.DataFrame(rows, columns=names)


def _bad_rows(work: Work) -> None:
    """The first bad rows as they stand in the file; each bad cell has a colour and a cross."""
    rows = work.bad_rows
    bad = {(each.row, each.column) for each in work.problems if each.row in rows}
    named = [name for name in work.header if any(name == column for _, column in bad)]
    first = work.header[: 1 if phone() else FIRST]
    shown = [name for name in dict.fromkeys(work.header) if name in named or (name and name in first)]
    if not rows or not shown:
        return
    told = pd.DataFrame({"Row": [str(row) for row in rows]})
    for name in shown:
        place = work.header.index(name)
        cells = [(row, cells[place] or "") for row, cells in rows.items()]
        told[plain(name)] = [
            f":red-badge[✕ {plain(cell) or 'blank'}]" if (row, name) in bad else plain(cell) for row, cell in cells
        ]
    st.markdown("**The rows as they stand in the file**")
    st.table(
        told,
        border="horizontal",
        hide_index=True,
        alt="The first rows with problems; each bad cell is marked with a cross",
    )


def ready(parcel: Parcel, work: Work, load: Callable[[], None]) -> None:
    """The file is in order: what loading it does, and the button that does it."""
    assert work.summary is not None
    with st.container(border=True):
        st.header("The file is in order", anchor=False, icon=":material/check:")
        st.markdown(plain(wording.came_in(work.summary)))
        _remarks(work.summary)
        st.toggle(
            "More files of this delivery follow",
            key="import_hold",
            help="Closed weeks are then released with the next file, or by whoever runs the server.",
        )
        st.button(
            f"Load {parcel.path.name}", type="primary", icon=":material/upload:", on_click=load, key="import_load"
        )


def loaded(work: Work, again: Callable[[], None]) -> None:
    """What was loaded, what was released, and the way to the next file."""
    done = work.summary
    assert done is not None
    with st.container(border=True):
        st.header("What came in", anchor=False, icon=":material/task_alt:")
        st.markdown(plain(wording.came_in(done)))
        _remarks(done)
        told = wording.after_load(done, work.released, hold=work.hold, failed=work.fault is not None)
        st.caption(plain(" ".join(told)))
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Bring in another file",
                type="primary",
                icon=":material/upload_file:",
                on_click=again,
                key="import_again",
            )
            if st.button("See the data quality", icon=":material/fact_check:", key="import_quality"):
                st.switch_page(PAGES / "data_quality.py")


def not_read(columns: Sequence[IgnoredColumn]) -> None:
    """Columns of the file that are not read: one line for each reason."""
    with st.container(gap="xsmall"):
        for reason, names in wording.not_read(columns).items():
            told = f"Not read: **{plain(', '.join(names))}** ({plain(reason)})."
            st.caption(f":material/visibility_off: {told}")


def _remarks(done: ImportSummary) -> None:
    for note in wording.remarks(done):
        st.caption(f":material/info: {plain(note)}")
    not_read(done.ignored_columns)
