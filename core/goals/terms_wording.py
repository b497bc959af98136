"""The terms of a goal in words: names of kinds and measures, who sees it, what a step of its history changed."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from core.calendar import long_label
from core.goals.goal import (
    HOLDING,
    MOVING,
    Ambition,
    Goal,
    Kind,
    Measure,
    Milestone,
    Owner,
    Pace,
    Status,
    Visibility,
)
from core.goals.terms import Terms
from core.goals.views import Step

KINDS = {
    Kind.OBJECTIVE: "Objective",
    Kind.KEY_RESULT: "Key result",
    Kind.KPI: "KPI",
    Kind.DEVELOPMENT: "Development goal",
    Kind.WELLBEING: "Wellbeing goal",
}
MEASURES = {
    Measure.REACH: "Reach a value",
    Measure.INCREASE: "Increase",
    Measure.DECREASE: "Decrease",
    Measure.STAY_ABOVE: "Stay at or above",
    Measure.STAY_BELOW: "Stay at or below",
    Measure.MILESTONES: "Milestones",
    Measure.RANGE: "Stay in a range",
    Measure.NONE: "Reached or not",
}
PACES = {
    Pace.LINEAR: "Evenly over the time",
    Pace.BACK_LOADED: "Mostly towards the end",
    Pace.MILESTONES: "As the milestones fall due",
}
AMBITIONS = {
    Ambition.ASPIRATIONAL: "A stretch, well met at 70 %",
    Ambition.COMMITTED: "A promise, to be kept in full",
}
VISIBILITIES = {Visibility.OPEN: "Everyone", Visibility.TEAM: "The team", Visibility.PRIVATE: "Private"}
SEEN_BY = {
    Visibility.OPEN: "Everyone who works here sees the goal and its progress.",
    Visibility.TEAM: "The owner's team sees it, and who leads it.",
    Visibility.PRIVATE: "The owner, those named with it, and the owner's manager see it.",
}
STATUSES = {
    Status.DRAFT: "Draft",
    Status.PROPOSED: "Proposed",
    Status.ACTIVE: "Active",
    Status.PAUSED: "Paused",
    Status.DONE: "Done",
    Status.STOPPED: "Stopped",
}
CADENCES = {7: "Every week", 14: "Every two weeks", 30: "Every month", 91: "Every quarter"}
LABELS = {
    "title": "Goal",
    "kind": "Kind",
    "owner": "Whose goal",
    "measure": "How it is measured",
    "metric": "What is measured",
    "unit": "Counted in",
    "baseline": "From",
    "target": "To",
    "low": "Range from",
    "high": "Range to",
    "start": "Begins",
    "due": "Due",
    "parent_id": "Serves",
    "standalone": "Stands alone",
    "visibility": "Who sees it",
    "milestones": "Milestones",
    "acceptance": "Acceptance test",
    "cadence_days": "Check-in",
    "pace": "Pace",
    "ambition": "Ambition",
    "weight": "Weight",
    "co_owners": "Owned with",
    "delegate": "Stands in",
    "guardrail_id": "Guardrail",
}
ACTIONS = {
    "drafted": "Drafted",
    "proposed": "Proposed",
    "changed": "Changed, and proposed like this",
    "agreed": "Agreed",
    "became active": "Became active",
    "shared": "Shared",
    "no longer shared": "No longer shared",
    "withdrawn": "Withdrawn",
}
DECISIONS = {
    "keep": "Kept as it is",
    "re_scope": "Re-scoped",
    "pause": "Paused",
    "stop": "Stopped",
    "hand_over": "Handed over",
    "resume": "Taken up again",
    "done": "Done",
}
NOTHING = "–"


def number(value: float) -> str:
    """A number as people write it: `1,200`, `0.5`, `−3`."""
    text = f"{value:,.0f}" if value == int(value) and abs(value) < 1e15 else f"{value:,.4g}"
    return text.replace("-", "\u2212")


def cadence(days: int) -> str:
    """How often a check-in is planned."""
    return CADENCES.get(days, f"Every {days} days")


def way(terms: Goal | Terms) -> str:
    """From where to where, in a few words: `from 60 to 20 minutes`; '' when nothing is measured."""
    unit = f" {terms.unit}" if terms.unit else ""
    if terms.measure in MOVING and terms.target is not None:
        since = f"from {number(terms.baseline)} " if terms.baseline is not None else ""
        return f"{since}to {number(terms.target)}{unit}"
    if terms.measure in HOLDING and terms.target is not None:
        return f"at {number(terms.target)}{unit} or {'more' if terms.measure is Measure.STAY_ABOVE else 'less'}"
    if terms.measure is Measure.RANGE and (terms.low is not None or terms.high is not None):
        ends = [number(each) for each in (terms.low, terms.high) if each is not None]
        return f"between {ends[0]} and {ends[1]}{unit}" if len(ends) == 2 else f"{_open_end(terms)} {ends[0]}{unit}"
    if terms.measure is Measure.MILESTONES and terms.milestones:
        many = len(terms.milestones)
        return "one milestone" if many == 1 else f"{many} milestones"
    return ""


def _open_end(terms: Goal | Terms) -> str:
    return "at least" if terms.high is None else "at most"


def in_words(field: str, value: Any, names: Mapping[str, str], goals: Mapping[int, str]) -> str:
    """A field of terms, or of a step of history (plain JSON), in words. names: of people and units; goals: titles by id."""
    if value is None or value in ("", (), []):
        return NOTHING
    if field in _WORDS:
        return next((words for key, words in _WORDS[field].items() if key == value), str(value))
    if field in _SAYS:
        return _SAYS[field](value, names, goals)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number(float(value)) if isinstance(value, int | float) else str(value)


_WORDS: dict[str, Mapping[Any, str]] = {
    "kind": KINDS,
    "measure": MEASURES,
    "pace": PACES,
    "ambition": AMBITIONS,
    "visibility": VISIBILITIES,
    "status": STATUSES,
}


def _whose(value: Any, names: Mapping[str, str], _: Mapping[int, str]) -> str:
    key = value.person or value.unit if isinstance(value, Owner) else str(value)
    return names.get(key, key)


def _which(value: Any, _: Mapping[str, str], goals: Mapping[int, str]) -> str:
    return goals.get(int(value), "a goal that you do not see")


def _day(value: Any, *_: object) -> str:
    return long_label(value if isinstance(value, date) else date.fromisoformat(str(value)))


_SAYS: dict[str, Callable[[Any, Mapping[str, str], Mapping[int, str]], str]] = {
    "owner": _whose,
    "delegate": _whose,
    "co_owners": lambda value, names, _: ", ".join(names.get(str(each), str(each)) for each in value),
    "parent_id": _which,
    "guardrail_id": _which,
    "start": _day,
    "due": _day,
    "cadence_days": lambda value, *_: cadence(int(value)),
    "milestones": lambda value, *_: "; ".join(_step(each) for each in value),
}


def _step(milestone: Any) -> str:
    title, due = (
        (milestone.title, milestone.due)
        if isinstance(milestone, Milestone)
        else (milestone.get("title", ""), milestone.get("due"))
    )
    return str(title) if due is None else f"{title} ({_day(due)})"


def facts(terms: Terms, names: Mapping[str, str], goals: Mapping[int, str]) -> dict[str, str]:
    """What terms say, label -> words, without what they leave as it is by default."""
    usual = Terms(title="", kind=terms.kind, measure=terms.measure, owner=terms.owner)
    found = {}
    for each in fields(Terms):
        value = getattr(terms, each.name)
        said = each.name in _ALWAYS or value != getattr(usual, each.name)
        if each.name in LABELS and said and value is not None:
            found[each.name] = in_words(each.name, value, names, goals)
    return {LABELS[name]: found[name] for name in LABELS if name in found and name != "title"}


_ALWAYS = ("kind", "measure", "owner", "cadence_days", "visibility")


def changes(step: Step, names: Mapping[str, str], goals: Mapping[int, str]) -> tuple[str, ...]:
    """What a step changed, a sentence each: `To: 20, was 30`."""
    return tuple(
        f"{LABELS.get(name, name.capitalize())}: {in_words(name, new, names, goals)}, was {in_words(name, old, names, goals)}"
        for name, (old, new) in step.changes.items()
    )
