"""The stories of the demonstration in the words of those who would tell them: notes written through the ordinary command."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection

from core.access.accounts import account_id
from core.calendar import long_label
from core.demo.stories import Story
from core.people.views import load_viewer
from core.policy import Policy
from core.workload.commands import add_note

# last part of the unit's path -> account that writes, what it writes
WORDS = {
    "Platform": (
        "manager",
        "The night rota has grown with every service we took over, and more incidents now end after midnight. "
        "Nothing was taken off the plan for it. Handing the older services to their teams is being prepared.",
    ),
    "Support North": (
        "leader",
        "The new contract brought far more tickets than planned. Posts were added and the load has come back to its "
        "usual level; the agreed answer times stay as they are.",
    ),
    "Payments": (
        "leader",
        "Five weeks of work towards the launch of the new checkout. The launch is done and the extra hours ended with it. "
        "The next launch is planned with two more weeks between test and start.",
    ),
}


def add_demo_notes(connection: Connection, stories: Sequence[Story], *, at: datetime, on: date, policy: Policy) -> int:
    """Write a note for each story that has words, from the story's first week on. Returns how many were written.

    Raises:
        LookupError: the account of an author is missing.
    """
    written = 0
    for story in stories:
        words = WORDS.get(story.unit.rsplit("/", 1)[-1])
        if words is None:
            continue
        account, text = words
        viewer = load_viewer(connection, account_id(connection, account), on)
        if viewer is None:
            raise LookupError(f"the account '{account}' is missing on {long_label(on)}")
        add_note(connection, viewer, unit=story.unit, week=story.from_week, text=text, at=at, policy=policy)
        written += 1
    return written
