"""What the form of a decision remembers while it is open; each form by itself, so that none empties another one."""

import streamlit as st

from core.goals.goal import Goal
from core.goals.terms import Terms
from pages.parts.goal_memory import Memory


class Deciding(Memory):
    """The memory of one decision about one goal, in a panel or a dialog."""

    def key(self, field: str) -> str:
        """The key of a field's widget; others after the form was saved or opened again."""
        return f"goal_{self.which}_{st.session_state.get(self._round, 0)}_{field}"

    @property
    def _round(self) -> str:
        return f"round of {self.which}"

    def forget(self) -> None:
        """Everything that was typed goes: it was saved, or the form is opened anew."""
        for key in [name for name in st.session_state if str(name).startswith(self.key(""))]:
            del st.session_state[key]
        st.session_state[self._round] = st.session_state.get(self._round, 0) + 1

    def rebase(self, goal: Goal, terms: Terms) -> None:
        """Nothing was typed yet: the form is about `goal` as it stands, and what was filled in for an older version goes."""
        if self.base(goal, terms)[0] != goal.version:
            self.forget()
