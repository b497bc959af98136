"""What came of checking or loading a file: progress, problems in their place, ready to load, loaded."""

from collections.abc import Callable, Sequence
from datetime import date

import pandas as pd
import streamlit as st

from core.access.viewer import Viewer
from core.calendar import label
from core.intake.header import IgnoredColumn
from core.intake.imports import OUTSIDE, ImportSummary
from core.intake.kinds import KINDS
from core.intake.problems import Problem
from core.workload.wording import in_words
from pages.parts import import_upload, session
from pages.parts.device import phone
from pages.parts.import_desk import LOAD, Parcel, Work, desk
from pages.parts.plain import plain
from pages.parts.ways import PAGES

SHOWN = 20
FIRST = 4  # columns that tell which row it is
STAGES = {
    "waiting": "Waiting for another file",
    "reading": "Reading and checking",
    "releasing": "Releasing the weeks that are closed",
}
_FLAGS = {
    "--dayfirst or --monthfirst": "'Day first' or 'Month first'",
    "--sheet NAME": "'Worksheet'",
    "--dayfirst": "'Day first'",
    "--monthfirst": "'Month first'",
    "--unit-columns": "'Columns that name the unit'",
    "--company": "'Company'",
    **{f"(kind {kind.name})": f"({kind.title})" for kind in KINDS.values()},
}


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
        told = STAGES[work.stage]
        if work.stage == "waiting" and work.waits_for:
            told = f"{plain(work.waits_for)} is loading a file at the moment. Yours follows."
        st.progress(_share(work), text=f"{told}{_counted(work)}")
        st.caption("You may leave this page. The work goes on, and you find it here when you come back.")


def _share(work: Work) -> float:
    return min(1.0, work.done / work.total) if work.total else 0.0


def _counted(work: Work) -> str:
    if not work.done or work.stage == "waiting":
        return ""
    noun = "weeks" if work.stage == "releasing" else "rows"
    return f": {work.done:,} of {work.total:,} {noun}" if work.total else f": {work.done:,} {noun}"


def fault(work: Work) -> None:
    """Something other than the file went wrong."""
    if work.fault is not None:
        title, text = work.fault
        st.error(plain(text), title=plain(title), icon=":material/cloud_off:")


def problems(viewer: Viewer, parcel: Parcel, work: Work) -> None:
    """Why the file was refused: each problem with what would be right, the bad rows with the bad cells marked, all as CSV."""
    count = work.problem_count
    with st.container(border=True):
        told = in_words(count, start=True) if count < 11 else f"{count:,}"
        st.header(f"{told} {'problem' if count == 1 else 'problems'}, nothing was written", anchor=False)
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
        (str(each.row or "–"), *map(plain, (each.column, each.value, each.problem, in_the_app(each.remedy))))
        for each in found
    ]
    names = ["Row", "Column", "Value", "What is wrong", "What would be right"]
    if phone():
        rows = [(row, f"{column} {value}", f"{problem} {remedy}") for row, column, value, problem, remedy in rows]
        names = ["Row", "Cell", "What is wrong"]
    return pd.DataFrame(rows, columns=names)


def in_the_app(remedy: str) -> str:
    """A remedy that names options and kinds of the command line, as the screen calls them."""
    for flag, words in _FLAGS.items():
        remedy = remedy.replace(flag, words)
    return remedy


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
        st.markdown(plain(_sentence(work.summary)))
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
        st.markdown(plain(_sentence(done)))
        _remarks(done)
        st.caption(plain(" ".join(_released(work))))
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


def _sentence(done: ImportSummary) -> str:
    """How many rows. Which of them are on record is not told: a row about one person would be answered."""
    blank = f"; {done.ignored:,} {'is' if done.ignored == 1 else 'are'} blank and left out"
    rows = f"{done.rows:,} {'row' if done.rows == 1 else 'rows'}"
    return f"{rows}{_span(done.counts.weeks)}{blank * bool(done.ignored)}. {KINDS[done.kind].replaces}"


def _span(weeks: Sequence[date]) -> str:
    """The weeks of a file, short: ` for the week of 16 Nov 2026`."""
    if not weeks:
        return ""
    first, last = weeks[0], weeks[-1]
    if len(weeks) == 1:
        return f" for the week of {label(first)} {first.year}"
    began = f" {first.year}" if first.year != last.year else ""
    return f" for {in_words(len(weeks))} weeks from {label(first)}{began} to {label(last)} {last.year}"


def not_read(columns: Sequence[IgnoredColumn]) -> None:
    """Columns of the file that are not read: one line for each reason, so that many of them stay short."""
    reasons: dict[str, list[str]] = {}
    for each in columns:
        reasons.setdefault(each.reason, []).append(each.column)
    with st.container(gap="xsmall"):
        for reason, names in reasons.items():
            told = f"Not read: **{plain(', '.join(names))}** ({plain(reason)})."
            st.caption(f":material/visibility_off: {told}")


def _remarks(done: ImportSummary) -> None:
    for note in done.notes:
        if note == OUTSIDE:  # of a file about one person it would answer whether hours are on record
            continue
        st.caption(f":material/info: {plain(note)}")
    not_read(done.ignored_columns)


def _released(work: Work) -> list[str]:
    released, lines = work.released, []
    if work.hold:
        lines.append("Held: its closed weeks are released with the next file.")
    assert work.summary is not None
    # it is not told whether a closed week changed: that would answer a guess at what is on record
    told = {*released.released, *released.still_open}
    named = () if work.fault is not None else work.summary.counts.weeks  # the fault says what becomes of them
    again = tuple(week for week in named if week not in told)
    for words, weeks in (
        ("released and shown", released.released),
        ("that had been released; changes show where enough people changed", again),
        ("still open, shown after closing", released.still_open),
    ):
        if weeks:
            count = f"{in_words(len(weeks), start=True)} {'week' if len(weeks) == 1 else 'weeks'}"
            lines.append(f"{count} {words}.")
    if work.summary.can_be_undone:
        lines.append("You can undo this delivery below while its weeks are open.")
    return lines
