"""Ways between the screens of conversations."""

from pathlib import Path

import streamlit as st

from core.access.viewer import Viewer
from core.rhythm import commands
from core.rhythm.board import PairCard
from core.rhythm.cadence import Kind
from core.rhythm.wording import next_of
from pages.parts import loaders, talk_loaders

PAGES = Path(__file__).parents[1]


def open_conversation(number: int) -> None:
    """Go to one conversation."""
    st.switch_page(PAGES / "conversation.py", query_params={"conversation": str(number)})


def back() -> None:
    """Go to the list."""
    st.switch_page(PAGES / "conversations.py")


def prepare(viewer: Viewer, card: PairCard) -> None:
    """Go to the next conversation of a pair; where none is planned, the one that is due is planned first."""
    if card.planned:
        open_conversation(card.planned[0].id)
    following = next_of(card)
    kind = Kind(following[1]) if following else Kind.INFORMAL
    numbers: list[int] = []
    if talk_loaders.done(
        lambda connection: numbers.append(
            commands.plan(
                connection, viewer, card.id, kind=kind, at=talk_loaders.moment(), rules=loaders.policy().rhythm
            )
        )
    ):
        open_conversation(numbers[0])
