"""The small company of conversations behind the screens: its day stands still, and its key is that of the tests."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import Engine, delete, select, update
from streamlit.testing.v1 import AppTest

from core.access.tables import User
from core.rhythm.tables import Conversation
from tests.core.rhythm.talk import ACCOUNTS, TODAY, Talk

Enter = Callable[..., AppTest]
NAMES = {name: f"{name.title()} of Co" for name in ACCOUNTS}
NAMES["ann"] = "Ann *Oduya*"  # what means something to Markdown stays text


@dataclass
class Talking:
    """The company, and the day of the screens."""

    engine: Engine
    monkeypatch: pytest.MonkeyPatch
    talk: Talk = field(init=False)

    def __post_init__(self) -> None:
        with self.engine.begin() as connection:
            connection.execute(delete(User))
        self.talk = Talk(self.engine)
        with self.engine.begin() as connection:
            for name, shown in NAMES.items():
                connection.execute(update(User).where(User.name == name).values(display_name=shown))
        self.the_day_is(TODAY)

    def the_day_is(self, day: date) -> None:
        """Screens and what they write are of this day from now on."""
        at = datetime.combine(day, time(9), tzinfo=UTC)
        self.monkeypatch.setattr("pages.parts.talk_loaders.day", lambda: day)
        self.monkeypatch.setattr("pages.parts.talk_loaders.moment", lambda: at)

    def pair(self, lead: str = "max", member: str = "ann", kind: str = "manager") -> int:
        """The number of a pair."""
        return self.talk.pair(lead, member, kind)

    def conversations(self) -> list[tuple[int, date, date | None, date | None]]:
        """(number, day, held, called off) of every conversation."""
        with self.engine.connect() as connection:
            rows = connection.execute(
                select(Conversation.id, Conversation.due, Conversation.held_on, Conversation.called_off_on).order_by(
                    Conversation.id
                )
            )
            return [tuple(row) for row in rows]  # type: ignore[misc]


def words(at: AppTest) -> str:
    """Everything that the screen says, as people read it."""
    parts = [*at.title, *at.header, *at.markdown, *at.caption, *at.warning, *at.info, *at.code]
    told = " ".join(str(part.value) for part in parts)
    return " ".join(told.replace("\\", "").replace("\u00a0", " ").split())


def buttons(at: AppTest) -> set[str]:
    """The labels of all buttons."""
    return {each.label.replace("\\", "") for each in [*at.button, *at.download_button, *at.menu_button]}


def press(at: AppTest, *keys: str) -> AppTest:
    """Press buttons in one run: the one that opens a dialog, and what is pressed inside it."""
    for key in keys:
        next(button for button in at.button if button.key == key or key in str(button.key)).set_value(True)
    return at.run()


def sent(at: AppTest) -> str:
    """Everything that the browser is sent, hidden or not: each element of the whole tree as it goes over the wire."""
    return "\n".join(str(node.proto) for node in at._tree if getattr(node, "proto", None) is not None)
