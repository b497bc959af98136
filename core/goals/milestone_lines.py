"""Milestones as people write them: one a line, with the day on which it is due at its end."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from core.goals.goal import Milestone
from core.goals.terms import TermRefused

_DAY = re.compile(r"[\s,;:(]*\b(\d{4})-(\d{1,2})-(\d{1,2})\)?\s*$")


def lines_of_milestones(milestones: Iterable[Milestone]) -> str:
    """Milestones as lines: `Draft shown to two teams, 2026-03-31`."""
    return "\n".join(each.title if each.due is None else f"{each.title}, {each.due.isoformat()}" for each in milestones)


def milestones_of_lines(text: str, kept: Sequence[Milestone] = ()) -> tuple[Milestone, ...]:
    """The milestones that the lines of `text` say. Those of `kept` with the same title stay as far done as they are.

    Raises:
        TermRefused: a line ends in something that looks like a day and is none, or holds a day and no words.
    """
    before = {each.title: each for each in kept}
    found = []
    for place, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        title, due = _read(line.strip(), place)
        known = before.get(title)
        found.append(replace(known, due=due) if known is not None else Milestone(title, due))
    return tuple(found)


def _read(line: str, place: int) -> tuple[str, date | None]:
    match = _DAY.search(line)
    if match is None:
        return line, None
    title = line[: match.start()].strip()
    said = "-".join(match.groups())
    try:
        due = date(*(int(part) for part in match.groups()))
    except ValueError:
        message = f"Line {place}: {said} is not a day. Write it as year, month and day, such as 2026-03-31."
        raise TermRefused(message, "milestones") from None
    if not title:
        raise TermRefused(f"Line {place} has a day and no words. Write what is reached by then.", "milestones")
    return title, due
