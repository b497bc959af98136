"""How far a goal is, in a card: the share done beside what was expected, or in words where a share would say little."""

import streamlit as st

from core.goals.figures import progress_bar
from core.goals.goal import Goal
from core.goals.lines import Going
from core.goals.terms_wording import number
from pages.parts.chart import draw
from pages.parts.plain import plain


def words(goal: Goal, going: Going) -> str:
    """How far it is, in words."""
    if going.healthy is not None:
        value = f"{number(going.value)} {goal.unit}".strip() if going.value is not None else ""
        return f"{value}, {'within' if going.healthy else 'outside'} its range"
    if going.score is None:
        return "No progress known yet"
    said = f"{going.score:.0%} done".replace("%", " %")
    if going.expected is not None:
        said += f", {going.expected:.0%} expected by now".replace("%", " %")
    return said


def bar(goal: Goal, going: Going, *, key: str) -> None:
    """Draw how far the goal is, with a mark where it was expected to be by now."""
    if going.score is None or going.healthy is not None:
        st.caption(plain(words(goal, going)))
    else:
        draw(progress_bar(going.expected, going.score), key=key, alt=f"{goal.title}: {words(goal, going)}", still=True)


def share(value: float | None) -> str:
    """A share of the way in words, between 0 and 100 %; a dash when it is not known."""
    return "–" if value is None else f"{min(max(value, 0.0), 1.0):.0%}".replace("%", " %")
