"""What a form about a goal remembers while it is open: the version that was read, what was refused, a conflict."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from core.goals.goal import Goal
from core.goals.history import ChangedMeanwhile
from core.goals.terms import Terms

_ROUND = "round of goal forms"
_NOTICE = "notice about goals"


@dataclass(frozen=True)
class Memory:
    """What is remembered of one form (`which`); everything lies in the session of this tab."""

    which: str

    def key(self, field: str) -> str:
        """The key of a field's widget. After saving, the next form of the same kind begins with others, empty."""
        return f"goal_{self.which}_{st.session_state.get(_ROUND, 0)}_{field}"

    def base(self, goal: Goal | None, terms: Terms) -> tuple[int, Terms]:
        """The version that was read when the form was opened, and its terms; the one of `goal` on the first call."""
        first = (goal.version if goal is not None else 0, terms)
        found: tuple[int, Terms] = st.session_state.setdefault(self.key("base"), first)
        return found

    @property
    def errors(self) -> Mapping[str, str]:
        """Field -> why it was refused when it was last saved."""
        found: Mapping[str, str] = st.session_state.get(self.key("errors"), {})
        return found

    def refused(self, errors: Mapping[str, str]) -> None:
        """Keep why it was refused."""
        st.session_state[self.key("errors")] = dict(errors)

    @property
    def conflict(self) -> tuple[Goal, Terms, str] | None:
        """How the goal stands now, what was to be saved, and the reason given; None without a conflict."""
        found: tuple[Goal, Terms, str] | None = st.session_state.get(self.key("conflict"))
        return found

    def conflicts(self, conflict: ChangedMeanwhile, yours: Terms, reason: str) -> None:
        """Keep both versions."""
        st.session_state[self.key("conflict")] = (conflict.theirs, yours, reason)
        self.refused({})

    def forget(self) -> None:
        """Everything that was typed goes: it was saved, or discarded."""
        for key in [name for name in st.session_state if str(name).startswith(self.key(""))]:
            del st.session_state[key]
        st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def notice(words: str) -> None:
    """Tell something once, on the list."""
    st.session_state[_NOTICE] = words


def told() -> str:
    """What is to be told, once; '' when there is nothing."""
    return str(st.session_state.pop(_NOTICE, ""))
