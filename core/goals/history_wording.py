"""The history of a goal in lines, newest first: check-ins with what they said, and every other step with who and why."""

from collections.abc import Mapping
from datetime import date

from core.calendar import label
from core.goals.goal import CheckIn, Goal
from core.goals.terms_wording import ACTIONS, DECISIONS, changes, number
from core.goals.views import GoalPage, Step

_DECIDED = "decided: "
_SAID = {
    "checked in": "Checked in",
    "milestone": "Milestone",
    "evidence added": "Evidence added",
    "snoozed": "Snoozed",
    "archived": "Archived",
    "imported": "Came in by a file",
    "changed": "Changed",
}


def lines(page: GoalPage, names: Mapping[str, str], titles: Mapping[int, str]) -> tuple[tuple[date, str], ...]:
    """(day, words), newest first. Without the rights to the history: the values of check-ins alone."""
    found = [(each.on, 1, place, said_of(page.goal, each)) for place, each in enumerate(page.check_ins)]
    for place, step in enumerate(page.history or ()):
        if step.action != "checked in":  # its check-in is told by what it said
            found.append((step.at.date(), 0, place, told(step, names, titles)))
    return tuple((day, words) for day, _, _, words in sorted(found, key=lambda each: each[:3], reverse=True) if words)


def said_of(goal: Goal, check_in: CheckIn) -> str:
    """What a check-in said: `Ada Okafor: 37 minutes, confidence 5 of 10. The vendor is late.`"""
    said = []
    if check_in.value is not None:
        said.append(f"{number(check_in.value)} {goal.unit}".strip())
    if check_in.confidence is not None:
        said.append(f"{'confidence' if said else 'Confidence'} {check_in.confidence} of 10")
    words = ", ".join(said)
    if check_in.note:
        words = f"{words}. {check_in.note}" if words else check_in.note
    return _by(words, check_in.by)


def told(step: Step, names: Mapping[str, str], titles: Mapping[int, str]) -> str:
    """A step: who did it, what was done, what it changed, and why."""
    said = [f"{_action(step)}."]
    said += [f"{each}." for each in changes(step, names, titles) if not each.startswith("Status:")]
    if step.reason:
        said.append(f"“{step.reason}”")
    return _by(" ".join(said), step.by)


def line(step: Step, names: Mapping[str, str], titles: Mapping[int, str]) -> str:
    """A step with its day."""
    return f"{label(step.at.date())}: {told(step, names, titles)}"


def _by(words: str, who: str) -> str:
    return f"{who}: {words}" if words and who else words


def _action(step: Step) -> str:
    if step.action.startswith(_DECIDED):
        decision = step.action.removeprefix(_DECIDED)
        return DECISIONS.get(decision, decision.capitalize())
    return _SAID.get(step.action) or ACTIONS.get(step.action) or step.action.capitalize()
