"""The view *Tree* of goals: one level at a time, each goal with what is right below it, and how it stands."""

from math import ceil

import streamlit as st

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.calendar import long_label
from core.goals.terms_wording import KINDS, way
from core.goals.tree_board import Branch, TreeBoard
from pages.parts import address, goal_choices, goal_links, goal_tree_loaders, states
from pages.parts.goal_progress import bar, words
from pages.parts.goal_tree_loaders import Asked
from pages.parts.page_head import head
from pages.parts.plain import plain

A_PAGE = 10  # goals of the level on one page
SHOWN_BELOW = 6  # goals below each of them that are shown at once
BADGES = {
    "critical": ("At risk", "trending_down", "red"),
    "watch": ("Behind", "trending_down", "yellow"),
    "within": ("On its way", "check", "gray"),
    "": ("", "straighten", "gray"),
}
TOO_MANY = "There are more goals than one tree shows. Choose a unit, a time or a kind."
NOBODY_YET = "Goals appear here as soon as two have agreed on one."


def show(viewer: Viewer, offered: tuple[str, ...]) -> None:
    """Draw the tree for the viewer, from the top or from the goal that the address names."""
    wanted = goal_tree_loaders.asked()
    found = top_of_page(viewer, wanted, "tree", offered)
    if found is None:
        return
    if not found.branches:
        _nothing(wanted)
        return
    _orphans(found)
    tops = found.tops()
    pages = ceil(len(tops) / A_PAGE)
    place = min(max(_page(), 1), pages)
    for top, below in tops[(place - 1) * A_PAGE : place * A_PAGE]:
        _top(top, below)
    _paging(len(tops), pages, place)
    if not found.complete:
        st.caption(TOO_MANY)


def top_of_page(viewer: Viewer, wanted: Asked, view: str, offered: tuple[str, ...]) -> TreeBoard | None:
    """Draw what is above a tree or its picture: the answer, the views, the way up or the filters. None when it is refused."""
    try:
        with st.skeleton(height=520):
            found = goal_tree_loaders.board(viewer, wanted)
    except NoPermission as refusal:
        states.no_permission(viewer, str(refusal), to_top)
        return None
    head(f"Goals · {goal_choices.LABELS[view]}", (), found.sentence)
    goal_choices.switch(view, offered)
    trail(found)
    if wanted.root is None:
        goal_tree_loaders.controls(found, wanted)
    return found


def to_top() -> None:
    """Show the tree from the top."""
    address.change(root=None, place=None)


def to_root(goal_id: int) -> None:
    """Show what is below a goal."""
    address.change(root=str(goal_id), place=None)


def trail(found: TreeBoard) -> None:
    """The goals above, each a way to its own level; nothing at the top."""
    if not found.trail:
        return
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="goal_trail"):
        st.button("All goals", type="tertiary", key="goal_top", on_click=to_top)
        for goal in found.trail[:-1]:
            st.markdown(":material/chevron_right:", width="content")
            st.button(plain(goal.title), type="tertiary", key=f"up_{goal.id}", on_click=to_root, args=(goal.id,))
        st.markdown(":material/chevron_right:", width="content")
        st.caption(plain(found.trail[-1].title), width="content")
    last = found.trail[-1]
    goal_links.arrow(last.id, last.title, f"open_root_{last.id}", "Open this goal")


def badge(branch: Branch) -> None:
    """How a goal stands, icon and word; and that it needs revisiting, for who may know."""
    label, icon, colour = BADGES[branch.tone]
    if branch.from_below:
        label = f"{label}, by what is below"
    if branch.line.going.healthy is not None:
        label = "In its range" if branch.line.going.healthy else "Out of its range"
    if branch.tone:
        st.badge(label, icon=f":material/{icon}:", color=colour)  # type: ignore[arg-type]
    if branch.revisit:
        st.badge("Needs revisiting", icon=":material/flag:", color="orange")


def _page() -> int:
    said = st.query_params.get("place", "1")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 6 else 1


def _paging(goals: int, pages: int, place: int) -> None:
    if pages < 2:
        return
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        first = (place - 1) * A_PAGE + 1
        st.caption(f"{first}–{min(place * A_PAGE, goals)} of {goals:,}", width="content")
        key = f"tree_page_{place}"

        def report() -> None:
            address.change(place=str(st.session_state[key]))

        st.pagination(pages, default=place, key=key, on_change=report)


def _nothing(wanted: Asked) -> None:
    if wanted.narrowed:
        states.card("filter_alt_off", "No goal fits", "No goal that you see is of this unit, time and kind.")
    elif wanted.root is not None:
        states.card("flag", "Nothing below it yet", "Key results and goals that serve this one will appear here.")
    else:
        states.card("flag", "No goals yet", NOBODY_YET)


def _orphans(found: TreeBoard) -> None:
    """Goals that serve nothing, told to who may know it."""
    if not found.orphans:
        return
    with st.expander("Goals that serve nothing", icon=":material/link_off:"):
        st.caption("They have no goal above them, or a closed one, and are not marked as standing alone.")
        for each in found.orphans[:A_PAGE]:
            goal = each.line.goal
            goal_links.arrow(goal.id, goal.title, f"orphan_{goal.id}", plain(goal.title))
        if len(found.orphans) > A_PAGE:
            st.caption("There are more. Choose a unit to see its own.")


def _top(top: Branch, below: tuple[Branch, ...]) -> None:
    goal, going = top.line.goal, top.line.going
    with st.container(border=True, gap="small", key=f"branch_{goal.id}"):
        head = st.grid(3, min_column_width=250, gap="medium")
        with head.cell(column_span=2), st.container(gap="xsmall"):
            with st.container(gap=None):
                goal_links.arrow(goal.id, goal.title, f"open_{goal.id}", f"**{plain(goal.title)}**")
                due = f"due {long_label(goal.due)}" if goal.due else ""
                parts = (KINDS[goal.kind], goal.owner.name, way(goal), due)
                st.caption(plain(" · ".join(part for part in parts if part)))
            if top.tone or top.revisit:
                with st.container(horizontal=True, gap="xsmall"):
                    badge(top)
        with head.cell():
            bar(goal, going, key=f"bar_{goal.id}")
        for each in below[:SHOWN_BELOW]:
            _below(each)
        if top.line.children:
            more = len(below) - SHOWN_BELOW
            label = f"and {more:,} more below" if more > 0 else "What is below"
            st.button(
                label,
                type="tertiary",
                icon=":material/account_tree:",
                key=f"root_{goal.id}",
                on_click=to_root,
                args=(goal.id,),
                help=plain(f"What is below: {goal.title}"),
            )


def _below(each: Branch) -> None:
    goal = each.line.goal
    with st.container(
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
        gap="xsmall",
        key=f"below_{goal.id}",
    ):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", width="content"):
            st.markdown(":material/subdirectory_arrow_right:", width="content")
            goal_links.arrow(goal.id, goal.title, f"open_below_{goal.id}", plain(goal.title))
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", width="content"):
            st.caption(words(goal, each.line.going), width="content")
            if each.tone in ("critical", "watch") or each.revisit:
                badge(each)
