"""The page of one goal, the rest of it: its history, what is below it, what was agreed, who sees it, and its evidence."""

from datetime import date

import streamlit as st

from core.access.viewer import Viewer
from core.calendar import now
from core.goals import detail_wording as words
from core.goals.commands import add_evidence
from core.goals.detail_views import GoalDetail
from core.goals.figures import progress_bar
from core.goals.goal import Kind, Measure
from core.goals.history_wording import lines
from core.goals.lines import Line
from core.goals.links import leads_to
from core.goals.queue_wording import line, progress_words
from core.goals.terms import terms_of
from core.goals.terms_wording import facts
from core.goals.views import Evidence
from pages.parts import goal_links, session
from pages.parts.chart import draw
from pages.parts.goal_memory import notice
from pages.parts.goal_saving import attempt
from pages.parts.plain import plain

NEWEST = 6  # lines of the history that are shown at once
ON_A_PAGE = 8  # goals below that are shown at once


def history(detail: GoalDetail) -> None:
    """What was said and changed, newest first; for those who only look, the values."""
    found = lines(detail.page, detail.names, detail.titles)
    whole = detail.page.history is not None
    if not found:
        return
    with st.container(border=True, key="history"):
        st.header("History" if whole else "Values", anchor=False)
        _lines(found[:NEWEST], detail)
        if len(found) > NEWEST:
            with st.expander(f"{len(found) - NEWEST} earlier"):
                _lines(found[NEWEST:], detail)
        st.caption(plain(words.version(detail)))


def measured_by_key_results(detail: GoalDetail) -> bool:
    """Whether the goal has no number of its own and is measured by what is below it."""
    goal = detail.goal
    return goal.kind is Kind.OBJECTIVE and goal.measure is Measure.NONE and bool(detail.page.children)


def key_results(detail: GoalDetail) -> None:
    """The goals below with how far each is, a page at a time."""
    found = detail.page.children
    with st.container(border=True, key="below"):
        results = all(each.goal.kind is Kind.KEY_RESULT for each in found)
        st.header("Key results" if results else "Goals under it", anchor=False)
        pages = -(-len(found) // ON_A_PAGE)
        first = 0
        place = st.container()
        if pages > 1:
            first = ((st.pagination(pages, key=f"below_{detail.goal.id}") or 1) - 1) * ON_A_PAGE
        with place:
            for each in found[first : first + ON_A_PAGE]:
                _below(each)


def below(detail: GoalDetail) -> None:
    """The goals under it, unless they stand in place of the picture already."""
    if detail.page.children and not measured_by_key_results(detail):
        key_results(detail)


def agreed(viewer: Viewer, detail: GoalDetail) -> None:
    """What was agreed, and who sees it."""
    with st.container(border=True, key="agreed"):
        st.header(words.terms_heading(detail), anchor=False)
        said = facts(terms_of(detail.goal), detail.names, detail.titles)
        st.table(
            {plain(name): plain(text) for name, text in said.items()},
            border="horizontal",
            alt=words.terms_heading(detail),
        )
        guardrail = detail.goal.guardrail_id
        if guardrail is not None and guardrail in detail.titles:
            goal_links.arrow(guardrail, detail.titles[guardrail], "open_guardrail", "Open the guardrail")
        st.caption(f":material/visibility: {plain(words.seen_by(detail, viewer))}")


def evidence(viewer: Viewer, detail: GoalDetail) -> None:
    """Links to what shows how far it is; nothing where there is none and none can be added."""
    adds = detail.page.may_check_in
    if not detail.page.evidence and not adds:
        return
    with st.container(border=True, key="evidence"):
        st.header("Evidence", anchor=False)
        for each in detail.page.evidence:
            _link(each, detail)
        if not detail.page.evidence:
            st.caption("No link yet to what shows how far it is.")
        if adds and st.button("Add a link", type="tertiary", icon=":material/link:", key="add_evidence"):
            st.dialog("Add a link", icon=":material/link:")(_add)(detail.goal.id, f"evidence_{viewer.id}")


def _add(goal_id: int, key: str) -> None:
    viewer = session.still()
    with st.form(f"{key}_{goal_id}", border=False):
        label = st.text_input("What it shows", max_chars=200, key=f"{key}_{goal_id}_label")
        link = st.text_input("Link", placeholder="https://", key=f"{key}_{goal_id}_link")
        st.caption("Whoever sees the goal sees the link.")
        asked = st.form_submit_button("Save", type="primary")
    if asked:
        at = now()
        outcome = attempt(
            lambda connection: add_evidence(connection, viewer, goal_id, label=label or "", link=link or "", at=at)
        )
        if outcome.done:
            for name in ("label", "link"):
                del st.session_state[f"{key}_{goal_id}_{name}"]
            notice("The link was added.")
            st.rerun(scope="app")
        for refused in outcome.errors.values():
            st.warning(plain(refused), title="Not saved yet. Your text is kept.", icon=":material/error:")


def _link(each: Evidence, detail: GoalDetail) -> None:
    """A link as a link only when it leads to a web page; where it leads stands beside it."""
    host = leads_to(each.link)
    with st.container(gap=None):
        if host:
            st.link_button(plain(each.label), each.link, type="tertiary", icon=":material/open_in_new:")
        else:
            st.markdown(plain(each.label))
        st.caption(
            plain(
                " · ".join(
                    part for part in (host or each.link, each.by, words.day(each.at.date(), detail.as_of)) if part
                )
            )
        )


def _below(each: Line) -> None:
    goal, going = each.goal, each.going
    with st.grid(3, min_column_width=200, gap="small", key=f"below_grid_{goal.id}") as grid:
        with grid.cell(column_span=2), st.container(gap=None):
            goal_links.arrow(goal.id, goal.title, f"open_{goal.id}", plain(goal.title))
            st.caption(plain(line(goal)))
        with grid.cell():
            if going.progress is None:
                st.caption(progress_words(going.expected, going.progress))
            else:
                said = progress_words(going.expected, going.progress)
                draw(progress_bar(going.expected, going.progress), key=f"progress_{goal.id}", alt=said, still=True)


def _lines(found: tuple[tuple[date, str], ...], detail: GoalDetail) -> None:
    days = [words.day(on, detail.as_of) for on, _ in found]
    said = [plain(text) for _, text in found]
    st.table({"Day": days, "What was said": said}, border="horizontal", hide_index=True, alt="History, newest first")
