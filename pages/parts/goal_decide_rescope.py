"""The fields of a re-scope: new target or range, and day, with what would be on pace filled in."""

from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from core.goals.detail_views import GoalDetail
from core.goals.goal import HOLDING, MOVING, Goal, Measure
from core.goals.rescoping import what_if
from core.goals.terms import Terms, terms_of
from core.goals.terms_wording import LABELS
from pages.parts.goal_decide_memory import Deciding
from pages.parts.plain import plain

_FIRST = "as first filled in"


def fields_of(goal: Goal) -> tuple[str, ...]:
    """The terms that a re-scope changes."""
    if goal.measure in MOVING or goal.measure in HOLDING:
        return ("target", "due")
    return ("low", "high", "due") if goal.measure is Measure.RANGE else ("due",)


def draw(detail: GoalDetail, memory: Deciding, goal: Goal) -> Terms:
    """Draw the fields; returns the terms of `goal` with what they say."""
    first = st.session_state.setdefault(memory.key(_FIRST), _on_pace(detail))
    said: dict[str, Any] = {}
    for field in fields_of(goal):
        said[field] = _day(detail, memory, first) if field == "due" else _number(goal, field, memory, first)
    comes_to = what_if(
        goal,
        detail.page.check_ins,
        target=said.get("target", goal.target),
        due=said["due"],
        today=detail.as_of,
    )
    if comes_to:
        st.caption(plain(comes_to))
    return replace(terms_of(goal), **said)


def untouched(memory: Deciding) -> bool:
    """Whether the fields still say what was filled in, or were never drawn."""
    first: dict[str, Any] = st.session_state.get(memory.key(_FIRST), {})
    return all(st.session_state.get(memory.key(field), value) == value for field, value in first.items())


def _on_pace(detail: GoalDetail) -> dict[str, Any]:
    """What is filled in: the target that would be on pace or, where there is none, the day."""
    goal, pace = detail.goal, detail.pace
    first = {field: getattr(goal, field) for field in fields_of(goal)}
    if pace.target is not None:
        first["target"] = pace.target
    elif pace.due is not None:
        first["due"] = pace.due
    return first


def _number(goal: Goal, field: str, memory: Deciding, first: dict[str, Any]) -> float | None:
    name = "New target" if field == "target" else LABELS[field]
    label = plain(f"{name} ({goal.unit})" if goal.unit else name)
    found: float | None = st.number_input(label, value=first[field], step=None, format="%g", key=memory.key(field))
    return found


def _day(detail: GoalDetail, memory: Deciding, first: dict[str, Any]) -> date | None:
    earliest = min(each for each in (detail.goal.start, first["due"], detail.as_of) if each is not None)
    found: date | None = st.date_input(
        "Due", first["due"], min_value=earliest, format="YYYY-MM-DD", key=memory.key("due")
    )
    return found
