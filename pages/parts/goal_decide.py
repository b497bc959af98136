"""Deciding about a goal: the panel on its page, and the same in a dialog from a list; and snoozing. What is typed is kept."""

import streamlit as st
from sqlalchemy import Connection

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.calendar import now
from core.goals import deciding
from core.goals.commands import Saved
from core.goals.decisions import Decision
from core.goals.decisions import decide as decided
from core.goals.decisions import snooze as snoozed
from core.goals.detail_views import GoalDetail
from core.goals.goal import Goal, Owner
from core.goals.terms import LONGEST_TEXT, Terms, terms_of
from pages.parts import goal_decide_both, goal_decide_rescope, goal_loaders, loaders, session
from pages.parts.goal_decide_memory import Deciding
from pages.parts.goal_memory import notice
from pages.parts.goal_saving import Outcome, attempt
from pages.parts.plain import plain

NOT_SAVED = "Not saved yet. Your text is kept."
_END = "end"
REASON = "Reason, for the goal's history"


@st.fragment
def panel(viewer: Viewer, page: GoalDetail) -> None:
    """Draw the panel of decisions about an active or paused goal that the viewer decides about; else nothing."""
    viewer = session.still()
    if not page.page.may_decide:
        return
    memory = Deciding(f"decide-{viewer.id}-{page.goal.id}")
    _about_now(page, memory)
    with st.container(border=True, key="decide"):
        st.header("Decide", anchor=False)
        _form(viewer, page, _chosen(viewer, page, memory), memory)


def _chosen(viewer: Viewer, page: GoalDetail, memory: Deciding) -> Decision:
    """Four choices; the last one asks which way the goal ends."""
    goal = page.goal
    goes_on, ends = deciding.goes_on(goal), deciding.ends(viewer, goal)
    first = deciding.proposed(page.page.reasons or (), (*goes_on, *ends))
    offered = [*(each.value for each in goes_on), _END]
    chosen = st.radio(
        deciding.QUESTION,
        offered,
        index=offered.index(first.value if first in goes_on else _END),
        format_func=lambda each: deciding.END if each == _END else deciding.LABELS[Decision(each)],
        captions=[
            *(plain(deciding.means(each, goal, page.pace)) for each in goes_on),
            deciding.END_MEANS,
        ],
        key=memory.key(f"choice_{goal.status}"),
    )
    if chosen != _END:
        return Decision(chosen or offered[0])
    end = st.segmented_control(
        "How it ends",
        ends,
        default=first if first in ends else ends[0],
        format_func=deciding.LABELS.__getitem__,
        required=True,
        label_visibility="collapsed",
        key=memory.key("end"),
    )
    return end or ends[0]


def dialog(viewer: Viewer, goal_id: int, decision: Decision) -> None:
    """Open a dialog in which the viewer decides this about a goal. To be called in the run in which it was asked for."""
    memory = Deciding(f"decide-{viewer.id}-{goal_id}-{decision}")
    st.dialog(deciding.TITLES[decision], icon=":material/flag:")(_dialog)(goal_id, decision, memory)


def _dialog(goal_id: int, decision: Decision, memory: Deciding) -> None:
    viewer = session.still()
    page = _page(viewer, goal_id)
    if page is None:
        return
    _about_now(page, memory)
    st.markdown(f"**{plain(page.goal.title)}**")
    if decision not in deciding.choices(viewer, page.goal) or not page.page.may_decide:
        st.caption(plain(f"This goal is {page.goal.status.value}; that cannot be decided about it by you."))
        return
    st.caption(plain(deciding.means(decision, page.goal, page.pace)))
    if page.page.suggestion:
        st.caption(plain(page.page.suggestion))
    _form(viewer, page, decision, memory)


def snooze(viewer: Viewer, goal_id: int) -> None:
    """Open a dialog in which the viewer snoozes a goal. To be called in the run in which it was asked for."""
    memory = Deciding(f"snooze-{viewer.id}-{goal_id}")
    st.dialog("Snooze this goal", icon=":material/snooze:")(_snooze)(goal_id, memory)


def _snooze(goal_id: int, memory: Deciding) -> None:
    viewer = session.still()
    page = _page(viewer, goal_id)
    if page is None:
        return
    st.markdown(f"**{plain(page.goal.title)}**")
    st.caption(plain(deciding.will_be_back(page.back_on)))
    reason = _reason(memory)
    if st.button("Snooze", type="primary", key=memory.key("save")):
        at = now()
        outcome = attempt(lambda connection: snoozed(connection, viewer, goal_id, reason=reason, at=at))
        if outcome.done:
            _finish(memory, deciding.snoozed(outcome.value))
        _refused(outcome)


def _form(viewer: Viewer, page: GoalDetail, decision: Decision, memory: Deciding) -> None:
    """What a decision asks, and its button. It is made about the version that was read when the form was opened."""
    conflict = memory.conflict
    goal = conflict[0] if conflict else page.goal
    read, _ = memory.base(page.goal, terms_of(page.goal))
    version = conflict[0].version if conflict else read
    box = st.container()
    if conflict is not None:
        goal_decide_both.show(box, viewer, page, conflict, read=read)
    terms, owner = None, None
    if decision is Decision.RE_SCOPE:
        terms = goal_decide_rescope.draw(page, memory, goal)
    elif decision is Decision.HAND_OVER:
        owner = _successor(viewer, goal, memory)
    reason = _reason(memory)
    label = deciding.saves(viewer, goal, decision)
    if st.button(label, type="primary", width="stretch", key=memory.key(f"save_{decision}")):
        outcome = _save(viewer, goal, decision, reason, version, terms, owner)
        if outcome.done:
            told = deciding.saved(viewer, goal, decision)
            _finish(memory, " ".join([told, *outcome.value.warnings]))
        elif outcome.conflict is not None:
            memory.conflicts(outcome.conflict, terms or terms_of(goal), reason)
            assert memory.conflict is not None
            goal_decide_both.show(box, viewer, page, memory.conflict, read=read)
        _refused(outcome)
    st.caption(plain(deciding.tells(viewer, goal, decision)))


def _about_now(page: GoalDetail, memory: Deciding) -> None:
    """As long as nothing was typed, the form is about the goal as it stands now."""
    if (
        memory.conflict is None
        and not st.session_state.get(memory.key("reason"))
        and goal_decide_rescope.untouched(memory)
    ):
        memory.rebase(page.goal, terms_of(page.goal))


def _save(
    viewer: Viewer,
    goal: Goal,
    decision: Decision,
    reason: str,
    version: int,
    terms: Terms | None,
    owner: Owner | None,
) -> Outcome:
    at, policy = now(), loaders.policy()

    def write(connection: Connection) -> Saved:
        return decided(
            connection,
            viewer,
            goal.id,
            decision,
            reason=reason,
            based_on=version,
            terms=terms,
            owner=owner,
            at=at,
            policy=policy,
        )

    return attempt(write)


def _reason(memory: Deciding) -> str:
    key = memory.key("reason")
    text = st.text_area(REASON, placeholder=deciding.ASKED, max_chars=LONGEST_TEXT, height=90, key=key)
    return text or ""


def _successor(viewer: Viewer, goal: Goal, memory: Deciding) -> Owner | None:
    offered = goal_loaders.may_take_over(viewer, goal)
    if not offered:
        st.caption("There is nobody whom you may hand it to. Its manager, or who leads the unit, can.")
        return None
    found: Owner | None = st.selectbox(
        "New owner",
        offered,
        index=None,
        format_func=lambda owner: owner.name,
        placeholder="A person, or a unit",
        key=memory.key("owner"),
    )
    return found


def _page(viewer: Viewer, goal_id: int) -> GoalDetail | None:
    """The goal of a dialog; when it is not the viewer's to see any more, that is said and None returned."""
    try:
        return goal_loaders.page(viewer, goal_id)
    except NoPermission as refusal:
        st.caption(plain(str(refusal)))
        return None


def _refused(outcome: Outcome) -> None:
    for words in outcome.errors.values():
        st.warning(plain(words), title=NOT_SAVED, icon=":material/error:")


def _finish(memory: Deciding, words: str) -> None:
    memory.forget()
    notice(words)
    st.rerun(scope="app")
