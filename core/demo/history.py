"""Two years of goals and conversations for the demonstration organisation, after its roster has come in."""

from datetime import date, datetime

from sqlalchemy import Connection

from core.access.changes import record
from core.demo.goal_own import own_goals
from core.demo.goal_sheet import write_goals
from core.demo.goal_stories import tell
from core.demo.goal_tree import grow
from core.demo.roster import read_roster
from core.demo.talk import talk
from core.demo.talk_own import own_talk
from core.rhythm.sealing import Seals


def add_history(
    connection: Connection, *, seed: int, today: date, at: datetime, actor: str, seals: Seals | None
) -> int:
    """Write goals and conversations up to `today`; returns how many goals. Without seals, no texts of conversations.

    The same seed, roster and day give the same goals and conversations. Accounts have been added before. Conversations take the
    place of the pairs that began with the import.
    """
    roster = read_roster(connection)
    tree = grow(roster, seed=seed, today=today)
    own_goals(tell(roster, tree, seed=seed, today=today))
    write_goals(connection, tree.plans)
    talks = talk(connection, roster, seed=seed, today=today)
    if seals is not None:
        own_talk(connection, roster, talks, today=today, seals=seals)
    record(
        connection, at=at, actor=actor, action="goals and conversations of the demonstration added", subject="goals",
        detail={"goals": len(tree.plans)},
    )  # fmt: skip
    return len(tree.plans)
