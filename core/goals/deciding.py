"""What can be decided about a goal, in words: the choices, what each means, and how it is told to the owner."""

from datetime import date

from core.access.viewer import Viewer
from core.calendar import long_label
from core.goals.decisions import Decision
from core.goals.goal import Goal, Kind, Status, Visibility
from core.goals.reasons import LATE, Reason
from core.goals.rescoping import OnPace
from core.goals.terms_wording import number

QUESTION = "What should happen to this goal?"
ASKED = "What changed, and what you agreed"
LABELS = {
    Decision.KEEP: "Keep it as it is",
    Decision.RE_SCOPE: "Re-scope: change target or date",
    Decision.PAUSE: "Pause it",
    Decision.STOP: "Stop",
    Decision.HAND_OVER: "Hand over",
    Decision.RESUME: "Take it up again",
    Decision.DONE: "Done",
}
END, END_MEANS = "Stop, or hand it over", "The owner keeps credit for what was done."
TITLES = {
    Decision.KEEP: "Keep this goal as it is",
    Decision.RE_SCOPE: "Re-scope this goal",
    Decision.PAUSE: "Pause this goal",
    Decision.STOP: "Stop this goal",
    Decision.HAND_OVER: "Hand this goal over",
    Decision.RESUME: "Take this goal up again",
    Decision.DONE: "Close this goal as done",
}
_MEANS = {
    Decision.KEEP: "The plan still holds.",
    Decision.RE_SCOPE: "What would still be worth it, and by when.",
    Decision.PAUSE: "It asks for nothing until it is taken up again.",
    Decision.STOP: "What was done stays on record, with credit to its owner.",
    Decision.HAND_OVER: "Somebody with room for it takes it on.",
    Decision.RESUME: "Its check-ins and its pace count again.",
    Decision.DONE: "It is reached, or good enough.",
}
_DONE = {
    Decision.KEEP: "Kept as it is.",
    Decision.RE_SCOPE: "Re-scoped.",
    Decision.PAUSE: "Paused.",
    Decision.STOP: "Stopped.",
    Decision.HAND_OVER: "Handed over.",
    Decision.RESUME: "Taken up again.",
    Decision.DONE: "Closed as done.",
}


def choices(viewer: Viewer, goal: Goal) -> tuple[Decision, ...]:
    """What the viewer may decide about an active or paused goal. A private goal is handed over by its owner alone."""
    return (*goes_on(goal), *ends(viewer, goal))


def goes_on(goal: Goal) -> tuple[Decision, ...]:
    """The decisions after which the goal is still its owner's and open."""
    if goal.status is Status.PAUSED:
        return (Decision.RESUME, Decision.KEEP, Decision.RE_SCOPE)
    return (Decision.KEEP, Decision.RE_SCOPE, Decision.PAUSE)


def ends(viewer: Viewer, goal: Goal) -> tuple[Decision, ...]:
    """The decisions that end the goal, or its owner's part in it."""
    over = (Decision.HAND_OVER,) if hands_over(viewer, goal) else ()
    return (Decision.STOP, *over, Decision.DONE)


def hands_over(viewer: Viewer, goal: Goal) -> bool:
    """Whether the viewer may hand the goal over: not a person's own wellbeing goal, and of private ones only one's own."""
    if goal.kind is Kind.WELLBEING and not goal.owner.unit:
        return False
    return goal.visibility is not Visibility.PRIVATE or viewer.person_code == goal.owner.person


def proposed(reasons: tuple[Reason, ...], offered: tuple[Decision, ...]) -> Decision:
    """The choice that is set when the panel opens: what the reasons suggest, else to keep the goal (or take it up again)."""
    codes = {each.code for each in reasons}
    if "no_active_owner" in codes and Decision.HAND_OVER in offered:
        return Decision.HAND_OVER
    if "capacity_conflict" in codes and codes & LATE and Decision.RE_SCOPE in offered:
        return Decision.RE_SCOPE
    return offered[0]


def means(decision: Decision, goal: Goal, pace: OnPace) -> str:
    """What a choice means for this goal, in a sentence."""
    return (on_pace(goal, pace) if decision is Decision.RE_SCOPE else "") or _MEANS[decision]


def on_pace(goal: Goal, pace: OnPace) -> str:
    """What would be on pace; '' when nothing can be said: `33 minutes by 31 December 2026 would be on pace, or 20 by ...`"""
    said = []
    if pace.target is not None and goal.due is not None:
        said.append(f"{_measured(goal, pace.target)} by {long_label(goal.due)}")
    if pace.due is not None and goal.target is not None:
        said.append(f"{_measured(goal, goal.target)} by {long_label(pace.due)}")
    return f"{', or '.join(said)} would be on pace." if said else ""


def saves(viewer: Viewer, goal: Goal, decision: Decision) -> str:
    """The words of the button. An owner who is somebody else is told on their own page of goals."""
    return "Save and tell the owner" if _told(viewer, goal, decision) else "Save"


def tells(viewer: Viewer, goal: Goal, decision: Decision) -> str:
    """Who reads of it, and where."""
    if _told(viewer, goal, decision):
        return f"{goal.owner.name} sees it on My goals, with your name and the reason."
    if decision is Decision.HAND_OVER:
        return "The new owner finds it on My goals. Its history keeps who handed it over, and why."
    return "It stands in the goal's history, with your name and the reason."


def saved(viewer: Viewer, goal: Goal, decision: Decision) -> str:
    """What to say when it is saved."""
    told = f" {goal.owner.name} sees it on My goals." if _told(viewer, goal, decision) else ""
    return f"{_DONE[decision]}{told}"


def will_be_back(on: date) -> str:
    """What snoozing means."""
    return f"It leaves the list, and is back on {long_label(on)}, when its next check-in is due. A decision ends that."


def snoozed(until: date) -> str:
    """What to say when a goal was snoozed."""
    return f"Snoozed. It is back on the list on {long_label(until)}."


def _told(viewer: Viewer, goal: Goal, decision: Decision) -> bool:
    """Whoever gives a goal away does not find it on their page any more."""
    return goal.owner.person not in ("", viewer.person_code) and decision is not Decision.HAND_OVER


def _measured(goal: Goal, value: float) -> str:
    return f"{number(value)} {goal.unit}".strip()
