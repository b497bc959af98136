"""My goals: how one's own goals go, what waits to be agreed on, and the form that drafts and changes them."""

import streamlit as st

from core.access.refusals import NoPermission
from core.calendar import today
from core.goals import mine_wording as wording
from core.goals.goal import Goal
from core.goals.terms import terms_of
from pages.parts import (
    address,
    goal_form,
    goal_links,
    goal_memory,
    goal_start,
    loaders,
    my_goals_cards,
    my_goals_settle,
    states,
)
from pages.parts import my_goals_loaders as load
from pages.parts.goal_fields import Form
from pages.parts.guard import guard
from pages.parts.page_head import head
from pages.parts.plain import plain

viewer = guard("my_goals")
asked = address.parts("my_goals", goal_links.NAMES)

if asked:
    goal: Goal | None = None
    try:
        goal = load.to_change(viewer, asked["edit"]) if "edit" in asked else None
    except NoPermission as refusal:
        states.no_permission(viewer, str(refusal), goal_links.to_list)
        st.stop()
    offered = load.offered(viewer, goal)
    if goal is not None:
        head("My goals · Change a goal", (), goal.title)
        goal_form.show(Form(f"edit-{goal.id}", terms_of(goal), goal, offered))
    elif not offered.owners:
        states.card("person_off", "No goal can be yours yet", wording.NOBODY)
    elif (start := goal_start.starts_with(asked["new"], offered.owners)) is None:
        goal_start.choose()
    else:
        template = goal_start.template_of(asked["new"])
        head(
            "My goals · New goal", (), template.name if template else "A new goal", template.purpose if template else ""
        )
        goal_form.show(Form(f"new-{asked['new']}", start, None, offered, template))
    st.stop()

found, titles = load.mine(viewer)
head("My goals", (), wording.sentence(found, loaders.policy().goals), wording.support(found, today()))
if told := goal_memory.told():
    st.success(plain(told), icon=":material/check:")
st.button(
    "New goal",
    type="secondary" if found.waiting else "primary",
    icon=":material/add:",
    on_click=goal_links.to_form,
    kwargs={"new": goal_start.CHOOSE},
    key="new_goal",
)
my_goals_settle.proposals(viewer, found, titles)
my_goals_cards.of_work(found)
my_goals_cards.personal(viewer, found)
my_goals_settle.drafts(viewer, found)
my_goals_cards.over(found)
