"""What the queue says in a few words: where it looks, a goal in a line, a reason on a badge, and kind words when it is empty."""

from collections.abc import Callable, Sequence
from typing import Any

from core.access.viewer import Viewer
from core.calendar import long_label
from core.goals.goal import Goal
from core.goals.queue_views import Queue
from core.goals.reasons import LABELS, Reason
from core.goals.terms_wording import way
from core.metrics.wording import NBSP, percent
from core.workload.wording import in_words

ALL_WELL = "All goals here were looked at within their cycle, and none of them calls for a decision."
NONE_YET = "No goal is active here yet. Goals begin on My goals, with a draft that two people agree on."
NONE_OWN = "You own no active goal, and lead no unit whose goals you would look after."
NONE_HERE = "No goal is active in this unit yet. Choose another one."
NOT_WITH = "No goal in the queue has this reason any more."

# code -> icon, and the colour when it weighs one; what weighs two is rust
LOOKS: dict[str, tuple[str, str]] = {
    "stale": ("event_busy", "gray"),
    "off_pace": ("trending_down", "orange"),
    "run_rate": ("speed", "orange"),
    "confidence_drop": ("south_east", "orange"),
    "stalled": ("remove", "gray"),
    "overdue": ("schedule", "orange"),
    "not_measurable": ("straighten", "gray"),
    "unaligned": ("link_off", "gray"),
    "no_active_owner": ("person_off", "gray"),
    "owner_overcommitted": ("layers", "gray"),
    "capacity_conflict": ("hourglass_bottom", "orange"),
    "context_changed": ("sync", "gray"),
    "too_easy": ("done_all", "gray"),
    "conflict": ("swap_horiz", "gray"),
}


def none_yet(viewer: Viewer) -> str:
    """Why there is nothing to look after."""
    return NONE_YET if leads(viewer) else NONE_OWN


def leads(viewer: Viewer) -> bool:
    """Whether units of others are in the viewer's queue."""
    return bool(set(viewer.roles) & {"leader", "manager"})


def where(found: Queue, viewer: Viewer, unit: str | None = None) -> str:
    """The line over the answer: `Goals · Platform and Payments · 18 open`. unit: the path of the one that is looked at."""
    paths = [unit] if unit else viewer.units
    names = [path.rsplit("/", 1)[-1] for path in paths] if leads(viewer) else []
    place = _and(names) if names else "yours"
    return f"Goals · {place} · {found.looked_at:,} open"


def line(goal: Goal) -> str:
    """A goal under its title: whose, from where to where, until when."""
    due = f"due {long_label(goal.due)}".replace(" ", NBSP) if goal.due is not None else "no due date"
    parts = (goal.owner.name or "nobody’s", way(goal) or "no measure yet", due)
    return " · ".join(parts)


def badge(reason: Reason, stretched: float) -> tuple[str, str, str]:
    """Words, icon and colour of a reason on a card. stretched: the utilisation above which a team has no room."""
    icon, colour = LOOKS[reason.code]
    said = _SHORT.get(reason.code)
    words = said({**reason.evidence, "stretched": stretched}) if said else LABELS[reason.code]
    return words, icon, "red" if reason.severity > 1 else colour


def pill(code: str, many: int) -> str:
    """A reason to filter by, with how many goals have it."""
    return f"{LABELS[code]} {many:,}"


def page_words(found: Queue) -> str:
    """Which goals of how many are on the page, and what deciding does."""
    last = found.first + len(found.items)
    which = f"{found.first + 1}–{last} of {found.found:,}." if found.found > len(found.items) else ""
    return f"{which} A decision asks for a reason, and the owner sees both with the goal.".strip()


def snoozed_words(many: int) -> str:
    """How many goals are put off."""
    return f"{in_words(many, start=True)} more {'is' if many == 1 else 'are'} snoozed"


def progress_words(expected: float | None, progress: float | None) -> str:
    """The bar in a sentence, for a screen reader."""
    if progress is None:
        return "Nobody has said yet how far it is."
    done = f"{share(progress)} done"
    return f"{done}, {percent(expected)} expected by now." if expected is not None else f"{done}."


def share(value: float) -> str:
    """A share of the way: `43 %`; below zero when it went the other way."""
    return percent(value if abs(value) >= 0.005 else 0.0).replace("-", "\u2212")


def _days(evidence: dict[str, Any]) -> str:
    days = evidence["days"]
    return f"{days} day" if days == 1 else f"{days:,} days"


def _pace(evidence: dict[str, Any]) -> str:
    times = evidence["multiplier"]
    return "No progress yet" if times is None else f"Needs {times:.1f} times the pace"


def _confidence(evidence: dict[str, Any]) -> str:
    return f"Confidence {evidence['confidence']} of 10"


_SHORT: dict[str, Callable[[dict[str, Any]], str]] = {
    "stale": lambda evidence: f"No check-in for {_days(evidence)}",
    "off_pace": lambda evidence: f"Off pace by {evidence['gap'] * 100:.0f} points",
    "run_rate": _pace,
    "confidence_drop": _confidence,
    "stalled": lambda evidence: f"Same value {evidence['check_ins']} times",
    "overdue": lambda evidence: f"{_days(evidence)} over the due date",
    "not_measurable": lambda evidence: f"It lacks: {', '.join(evidence['missing'])}",
    "capacity_conflict": lambda evidence: (
        f"Team above {percent(evidence['stretched'])} for {len(evidence['utilisation'])} weeks"
    ),
}


def _and(names: Sequence[str]) -> str:
    if len(names) > 3:
        return f"{', '.join(names[:2])} and {in_words(len(names) - 2)} more"
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
