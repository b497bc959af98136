"""The queue of goals that need revisiting: the answer, the reasons to choose from, a card a goal with the decision on it."""

import streamlit as st

from core.access.reads import record_read
from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.calendar import today
from core.goals import queue_wording as words
from core.goals.deciding import choices
from core.goals.decisions import Decision
from core.goals.figures import progress_bar
from core.goals.goal import Status
from core.goals.judging import ToldGoal
from core.goals.queue_views import Queue, queue, units_to_choose
from pages.parts import address, goal_choices, goal_decide, goal_links, loaders, states
from pages.parts.chart import draw
from pages.parts.device import phone
from pages.parts.goal_memory import told
from pages.parts.page_head import head
from pages.parts.plain import plain

OFFERED = {
    Decision.RESUME: "Take up again",
    Decision.KEEP: "Keep",
    Decision.RE_SCOPE: "Re-scope",
    Decision.PAUSE: "Pause",
    Decision.STOP: "Stop",
    Decision.HAND_OVER: "Hand over",
}
PHONE = (Decision.KEEP, Decision.RE_SCOPE, Decision.PAUSE, Decision.STOP)  # one row; the rest is a tap on Open away
LOOK = "goals that need revisiting"
Units = tuple[tuple[str, str], ...]  # path, name
_ASKED = "decision asked for"


def show(viewer: Viewer, offered: tuple[str, ...]) -> None:
    """Draw the view for whoever is signed in; for those without any goal to look after, the way to all goals."""
    try:
        with st.skeleton(height=520):
            units = _units(viewer)
            within = goal_choices.unit(units)
            found = _load(viewer, within)
    except NoPermission as refusal:
        states.no_permission(viewer, str(refusal))
        return
    head(words.where(found, viewer, within), (), found.sentence, "")
    goal_choices.switch("revisit", offered)
    done = told()
    if done:
        st.success(plain(done), icon=":material/check:")
    if not found.looked_at and within is None:
        _nothing(words.none_yet(viewer))
        return
    _controls(found, units, within)
    for item in found.items:
        _card(viewer, item)
    if not found.items:
        _nothing(words.NONE_HERE if not found.looked_at else words.NOT_WITH if found.counts else words.ALL_WELL)
    _foot(found)
    asked = st.session_state.pop(_ASKED, None)
    if asked is not None:
        goal_decide.dialog(viewer, *asked)


def _units(viewer: Viewer) -> Units:
    """The units to choose from."""
    with loaders.reading().connect() as connection:
        return units_to_choose(connection, viewer)


def _load(viewer: Viewer, within: str | None) -> Queue:
    """The queue, read now; a look at goals of others that are not open to everyone is recorded."""
    with loaders.reading().connect() as connection:
        found = queue(connection, viewer, goal_choices.filters(within), policy=loaders.policy(), as_of=today())
    if found.about:
        with loaders.writing().begin() as connection:
            record_read(connection, viewer=viewer.name, subjects=found.about, what=LOOK, day=today())
    return found


def _controls(found: Queue, units: Units, within: str | None) -> None:
    """Reasons to choose from, units and the order; while one looks at what is put off, the way back."""
    if goal_choices.snoozed():
        st.button("Back to what waits", icon=":material/arrow_back:", on_click=goal_choices.look_at, args=(None,))
        return
    if units and found.counts:
        _reasons(found)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom", gap="medium"):
        if units:
            _unit(units, within)
        elif found.counts:
            with st.container(width=700):
                _reasons(found)
        if found.counts:
            st.segmented_control(
                "Sorted by",
                list(goal_choices.ORDERS),
                format_func=goal_choices.ORDERS.__getitem__,
                required=True,
                **address.follows("goals_order", "order", goal_choices.order()),
            )


def _unit(units: Units, within: str | None) -> None:
    """The unit whose goals are shown, with those of all units below it."""
    names, key = {"": "All units", **dict(units)}, "goals_unit"
    st.session_state[key] = within or ""
    st.selectbox(
        "Unit",
        list(names),
        format_func=names.__getitem__,
        width=280,
        key=key,
        on_change=goal_choices.choose_unit,
        args=(key,),
    )


def _reasons(found: Queue) -> None:
    """Pills with the reasons there are, the most frequent first."""
    chosen, key = goal_choices.reason(), "goals_reason"
    codes = sorted(found.counts, key=lambda code: -found.counts[code])
    st.session_state[key] = chosen if chosen in codes else None
    st.pills(
        "Show goals with this reason",
        codes,
        format_func=lambda code: words.pill(code, found.counts[code]),
        key=key,
        on_change=goal_choices.choose_reason,
        args=(key,),
    )


def _card(viewer: Viewer, item: ToldGoal) -> None:
    goal = item.goal
    with st.container(border=True, gap="small", key=f"goal_{goal.id}"):
        with st.grid(3, min_column_width=250, gap="small", key=f"goal_grid_{goal.id}") as grid:
            with grid.cell(column_span=2), st.container(gap="small"):
                with st.container(gap=None):
                    st.markdown(f"**{plain(goal.title)}**")
                    st.caption(plain(words.line(goal)))
                _badges(item)
            with grid.cell():
                _progress(item)
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small"):
            _decisions(viewer, item)
            with st.container(horizontal=True, gap="small", width="content"):
                if st.button("Snooze", type="tertiary", icon=":material/snooze:", key=f"snooze_{goal.id}"):
                    goal_decide.snooze(viewer, goal.id)
                goal_links.arrow(goal.id, goal.title, f"open_{goal.id}")


def _badges(item: ToldGoal) -> None:
    stretched = loaders.policy().utilisation_bands[2]
    with st.container(horizontal=True, gap="xsmall"):
        if item.goal.status is Status.PAUSED:
            st.badge("Paused", icon=":material/pause:", color="gray")
        for reason in item.reasons:
            said, icon, colour = words.badge(reason, stretched)
            st.badge(plain(said), icon=f":material/{icon}:", color=colour, help=plain(reason.words))  # type: ignore[arg-type]


def _progress(item: ToldGoal) -> None:
    if item.progress is None:
        st.caption(words.progress_words(item.expected, item.progress))
        return
    draw(
        progress_bar(item.expected, item.progress),
        key=f"progress_{item.goal.id}",
        alt=words.progress_words(item.expected, item.progress),
        still=True,
    )


def _decisions(viewer: Viewer, item: ToldGoal) -> None:
    key = f"decide_{item.goal.id}"
    possible = choices(viewer, item.goal)
    offered = [each for each in (PHONE if phone() else OFFERED) if each in possible]
    st.segmented_control(
        f"Decision about {plain(item.goal.title)}",
        offered,
        format_func=OFFERED.__getitem__,
        label_visibility="collapsed",
        key=key,
        on_change=_ask,
        args=(item.goal.id, key),
    )


def _ask(goal_id: int, key: str) -> None:
    """Remember what was clicked, for the dialog that the run opens; nothing stays chosen on the card."""
    decision = st.session_state[key]
    st.session_state[key] = None
    if decision is not None:
        st.session_state[_ASKED] = (goal_id, decision)


def _foot(found: Queue) -> None:
    pages = goal_choices.pages(found.found)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(gap=None, width="content"):
            if found.items:
                st.caption(words.page_words(found))
            if found.snoozed and not goal_choices.snoozed():
                st.button(
                    words.snoozed_words(found.snoozed),
                    type="tertiary",
                    icon=":material/snooze:",
                    key="to_snoozed",
                    on_click=goal_choices.look_at,
                    args=(goal_choices.SNOOZED,),
                )
        if pages > 1:
            here = min(goal_choices.page(), pages)
            key = f"goals_page_{here}"
            st.pagination(pages, default=here, key=key, on_change=goal_choices.choose_page, args=(key,))


def _nothing(text: str) -> None:
    box = states.card("flag", "Nothing to revisit", text)
    box.button("See all goals", key="to_tree", on_click=address.change, kwargs={"view": "tree", "reason": None})
