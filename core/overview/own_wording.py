"""The words for goals and conversations on the overview: about the goal or the talk, never about the person."""

from collections.abc import Sequence
from datetime import date

from core.calendar import label
from core.overview.wording import together
from core.workload.wording import in_words

MANY_GOALS = "Goals that need revisiting"
MANY_GOALS_WHY = "Which they are in your units, and why."
ASKED_WHY = "A sentence about what you saw is enough. You may also decline."
NEXT = "Your next conversation. A few words now help both of you."
NEXT_PREPARED = "Your next conversation. Your notes are there."
NAMED = 3


def revisit(count: int, sentence: str) -> tuple[str, str]:
    """Title and reason. sentence: of the queue, whose first part the title says."""
    title = "One goal needs revisiting" if count == 1 else f"{in_words(count, start=True)} goals need revisiting"
    _, _, rest = sentence.partition(". ")
    return title, rest or "See why, and decide what becomes of it."


def owed(names: Sequence[str]) -> str:
    """With whom a conversation is owed."""
    return f"A conversation with {_some(names)} is owed"


def last_talked(name: str, last: date | None) -> str:
    """When the two talked last."""
    return f"You talked with {name} last on {label(last)}." if last else f"You and {name} have not talked yet."


def prepared(name: str) -> str:
    """The other has shown a preparation."""
    return f"{name} has prepared your conversation"


def prepared_why(due: date, *, own: bool) -> str:
    """When it is, and whether the reader has prepared too."""
    return f"Planned for {label(due)}. {'Your own notes are there.' if own else 'Read it before you talk.'}"


def proposals(titles: Sequence[str]) -> tuple[str, str]:
    """Goals that somebody proposed to the reader."""
    if len(titles) == 1:
        return "A goal waits for your answer", f"“{titles[0]}”: agree, or propose it back with a change."
    return f"{in_words(len(titles), start=True)} goals wait for your answer", f"{_quoted(titles)}."


def check_ins(titles: Sequence[str], days: int) -> tuple[str, str]:
    """Check-ins of the reader's own goals. days: since the first of them was due."""
    when = "today" if days <= 0 else "since yesterday" if days == 1 else f"for {days} days"
    if len(titles) == 1:
        return "A check-in is due", f"“{titles[0]}”, due {when}."
    return (
        f"{in_words(len(titles), start=True)} check-ins are due",
        f"{_quoted(titles)}. The first has been due {when}.",
    )


def asked(names: Sequence[str]) -> str:
    """Who asks for feedback."""
    return f"{_some(names)} {'asks' if len(names) == 1 else 'ask'} for your feedback"


def _some(names: Sequence[str]) -> str:
    return together(names) if len(names) <= NAMED else f"{', '.join(names[:NAMED])} and others"


def _quoted(titles: Sequence[str]) -> str:
    return _some([f"“{title}”" for title in titles])
