"""The pieces of *Data quality*: coverage as a picture and a table, what is worth a look, what is open, what was refused."""

import pandas as pd
import streamlit as st

from core.access.viewer import Viewer
from core.calendar import label
from core.intake import quality_wording as wording
from core.intake.deliveries import may_import
from core.intake.kinds import title_of
from core.intake.quality import DataQuality
from core.intake.quality_figures import coverage_figure, coverage_legend
from core.metrics.catalogue import catalogue
from core.metrics.wording import NBSP
from core.openness.freshness import Freshness, freshness_facts
from pages.parts import address, loaders, rules_table, states, ways
from pages.parts.chart import draw, legend_width
from pages.parts.device import phone
from pages.parts.plain import plain

TOPIC = {"jump": "Beyond usual swing", "zero": "Zero", "vanished": "Missing", "coverage": "Missing", "rows": "File"}
ICON = {"jump": "north_east", "zero": "exposure_zero", "vanished": "do_not_disturb_on", "coverage": "do_not_disturb_on"}
OPEN = "Weeks still open"
LEGEND = (
    "Legend. Blank: in; blue: most groups in; yellow: in part; hatched: not shown, to protect people; grey: no data."
)


def open_unit(slug: str) -> None:
    """Show a unit and the level below it."""
    address.change(unit=slug)


def coverage(found: DataQuality) -> None:
    """Units by weeks in classes, the way into a unit, and the table behind with the next step of each row."""
    st.header("What has come in", anchor=False)
    st.caption(plain(found.support), width=760)
    metric = next(iter(catalogue(loaders.policy()).values()))
    draw(coverage_legend(metric, width=legend_width()), key="coverage_legend", alt=LEGEND, still=True)
    draw(coverage_figure(found, phone=phone()), key="coverage", alt=found.alt)
    opens = {row.name: row.slug for row in found.rows if row.opens}
    if opens:
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            st.selectbox(
                "Open a unit",
                list(opens),
                index=None,
                placeholder="Choose a unit",
                key="quality_open",
                on_change=lambda: open_unit(opens[st.session_state["quality_open"]]),
                width=260,
            )
    with st.expander("Table, with the next step for each unit", icon=":material/table:"):
        _table(found)


def _table(found: DataQuality) -> None:
    weeks = list(reversed(list(enumerate(found.weeks))))[: 4 if phone() else 6]
    rows = [
        (
            plain(row.name),
            *(plain(wording.cell_text(row.cells[place])) for place, _ in weeks),
            plain(row.step or "Nothing to do."),
        )
        for row in found.rows
    ]
    names = ["Unit", *(label(week).replace(" ", NBSP) for _, week in weeks), "Next step"]
    st.table(pd.DataFrame(rows, columns=names).set_index("Unit"), border="horizontal", alt=found.alt)


def worth_a_look(found: DataQuality) -> None:
    """What jumps, empties or vanishes in the newest week; with what to do about each."""
    with st.container(border=True):
        st.header("Worth a look", anchor=False)
        if found.narrowed:
            st.caption(":material/info: Told to accounts for the whole company: it speaks of whole files.")
        elif not found.outliers:
            st.caption(":material/check: The newest week is like the weeks before it.")
        for place, outlier in enumerate(found.outliers):
            colour = "orange" if outlier.what == "jump" else "yellow"
            icon = ICON.get(outlier.what, "draft")
            st.markdown(f":{colour}-badge[:material/{icon}: {TOPIC[outlier.what]}] {plain(outlier.sentence)}")
            st.caption(plain(outlier.step))
            if place < len(found.outliers) - 1:
                st.space("xsmall")


def refused(found: DataQuality) -> None:
    """What was wrong with files that were refused and have not come in since; in bands, without rows or people."""
    if not found.refusals:
        return
    with st.container(border=True):
        st.header("Refused and not yet replaced", anchor=False)
        for each in found.refusals:
            when = f"{label(each.at)}, {each.at:%H:%M} UTC".replace(" ", NBSP)
            st.markdown(f"**{plain(each.file)}** ({plain(title_of(each.kind))}), {when}, by {plain(each.actor)}")
            rules_table.facts(
                {what[:1].upper() + what[1:]: f"{rows} rows" for what, rows in each.problems},
                alt=f"What was wrong with {each.file}",
            )


def fresh(found: DataQuality, state: Freshness) -> None:
    """When files last came in, what is open and how much of it is there, what waits."""
    with st.container(border=True):
        st.header("How fresh it is", anchor=False)
        facts = freshness_facts(state)
        if found.open_weeks:
            facts.pop(OPEN, None)  # each of them is told below, with what has come in for it
        facts |= {
            f"Week of {label(each.week)}, open": f"{wording.OPEN_WORDS[each.came_in]} Shown from {label(each.shown_from)} on."
            for each in found.open_weeks
        }
        rules_table.facts(facts, alt="How fresh the data is")


def nothing(viewer: Viewer) -> None:
    """Nothing has come in: the way to the first file."""
    box = states.card("upload_file", "Nothing to look at yet", "What comes in is checked here, week by week.")
    if may_import(viewer):
        with box:
            ways.bring_in()
