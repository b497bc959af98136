"""The form about a goal: draft, propose, propose back, or change what is agreed. What was typed is kept until it is saved."""

import streamlit as st
from sqlalchemy import Connection

from core.access.viewer import Viewer
from core.calendar import now
from core.goals import form_rules as rules
from core.goals.commands import Saved, draft, edit, propose
from core.goals.goal import Status
from core.goals.terms import Terms
from pages.parts import loaders, session
from pages.parts.goal_compare import compare
from pages.parts.goal_fields import Fields, Form
from pages.parts.goal_links import to_list
from pages.parts.goal_memory import Memory, notice
from pages.parts.goal_saving import attempt
from pages.parts.plain import plain

ASKS = "What is measured, from where to where, and by when: with these four a goal can be looked at without guessing."


@st.fragment
def show(form: Form) -> None:
    """Draw the form, or, after a conflict, both versions."""
    viewer = session.still()
    memory = Memory(form.which)
    version, start = memory.base(form.goal, form.start)
    page = st.grid(3, min_column_width=300, gap="medium")
    with page.cell(column_span=2), st.container(border=True):
        conflict = memory.conflict
        if conflict is None:
            fields = Fields(form, viewer, memory, start)
            terms, wrong = fields.draw(), fields.wrong
            reason = _reason(form, memory)
        else:
            theirs, yours, reason = conflict
            version, wrong = theirs.version, {}
            terms = compare(form, memory, theirs, yours)
        if "" in memory.errors:
            st.error(plain(memory.errors[""]), title="Not saved yet. Your text is kept.", icon=":material/error:")
        _buttons(form, viewer, memory, terms, wrong, version, reason)
    with page.cell():
        _aside(form, viewer, terms)


def _reason(form: Form, memory: Memory) -> str:
    if not form.agreed:
        return ""
    reason = st.text_area("Why it changes", height=80, key=memory.key("reason"), persist_state="session") or ""
    if "reason" in memory.errors:
        st.markdown(f":red[:material/error: {plain(memory.errors['reason'])}]")
    return reason


def _buttons(
    form: Form, viewer: Viewer, memory: Memory, terms: Terms, wrong: dict[str, str], version: int, reason: str
) -> None:
    other = rules.partner(terms, viewer.person_code, form.names, form.offered.manager)
    status = form.goal.status if form.goal is not None else Status.DRAFT
    with st.container(horizontal=True, gap="small"):
        if form.agreed:
            first, then = "Save the change", False
        elif status is Status.PROPOSED:
            first, then = "Propose it like this", False
        else:
            first, then = (f"Propose to {plain(other)}" if other else "Save, and make it active"), True
        chosen: bool | None = None
        if st.button(first, type="primary", key=memory.key("save_and_go_on")):
            chosen = then
        if status is Status.DRAFT and st.button("Save draft", key=memory.key("save_draft")):
            chosen = False
        if st.button("Discard", type="tertiary", key=memory.key("discard")):
            memory.forget()
            to_list()
            st.rerun(scope="app")
    if chosen is not None:
        _save(form, viewer, memory, terms, wrong, version, reason, chosen)


def _save(
    form: Form,
    viewer: Viewer,
    memory: Memory,
    terms: Terms,
    wrong: dict[str, str],
    version: int,
    reason: str,
    goes_on: bool,
) -> None:
    """Save, and propose when it `goes_on`; what cannot be taken is told beside its field on the next run."""
    if wrong:
        memory.refused(wrong)
        st.rerun(scope="app")
    policy, at = loaders.policy(), now()

    def write(connection: Connection) -> tuple[Saved, Status | None]:
        if form.goal is None:
            saved = draft(connection, viewer, terms, at=at, policy=policy)
        else:
            saved = edit(connection, viewer, form.goal.id, terms, based_on=version, reason=reason, at=at, policy=policy)
        if not goes_on:
            return saved, None
        return saved, propose(connection, viewer, saved.goal_id, based_on=saved.version, at=at)

    outcome = attempt(write)
    if outcome.conflict is not None:
        memory.conflicts(outcome.conflict, terms, reason)
        st.rerun(scope="app")
    if not outcome.done:
        memory.refused(outcome.errors)
        st.rerun(scope="app")
    saved, status = outcome.value
    notice(" ".join([_done(form, status), *saved.warnings]))
    memory.forget()
    to_list()
    st.rerun(scope="app")


def _done(form: Form, status: Status | None) -> str:
    if status is Status.ACTIVE:
        return "Saved. The goal is active."
    if status is Status.PROPOSED:
        return "Proposed. The goal is active as soon as you both agree."
    if form.goal is not None and form.goal.status is Status.PROPOSED:
        return "Proposed like this. The other one sees what changed, and agrees or proposes back."
    return "Saved. What changed stands in the goal's history." if form.agreed else "Draft saved. Only you see it."


def _aside(form: Form, viewer: Viewer, terms: Terms) -> None:
    """What happens next, and what to think of."""
    other = rules.partner(terms, viewer.person_code, form.names, form.offered.manager)
    with st.container(border=True):
        st.subheader("How it goes from here", anchor=False)
        if form.agreed:
            st.markdown("The change holds at once. It stands in the history with your name and your reason.")
        elif other:
            st.markdown("**Draft.** Only you see it.")
            st.markdown(
                f"**Proposed.** You and {plain(other)} see it. Either of you may change it and propose it back."
            )
            st.markdown("**Active.** When both of you have agreed to the same words.")
        else:
            st.markdown("**Draft.** Only you see it.")
            st.markdown("**Active.** As soon as you say so. Nobody else has to agree.")
        if rules.own_wellbeing(terms.kind, terms.owner):
            words = "Only you see this goal."
            if form.offered.manager:
                words += f" You may share it with {form.offered.manager}, and take it back."
            st.caption(f":material/visibility_off: {plain(words)}")
        st.caption(ASKS)
        if form.template is not None and form.template.guard:
            st.caption(plain(f"{form.template.guard} Name it as a guardrail under More."))
