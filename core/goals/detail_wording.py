"""What the page of a goal says in sentences: how it goes, why it is on the list, who sees it, and what comes next."""

from datetime import date

from core.access.viewer import Viewer
from core.calendar import label, long_label
from core.goals.chart import value_text
from core.goals.detail_views import GoalDetail
from core.goals.forecast import ORIGIN
from core.goals.goal import CLOSED, HOLDING, Goal, Kind, Measure, Status, Visibility
from core.goals.progress import Standing
from core.goals.queue_wording import share
from core.goals.reasons import LABELS, Reason, revisit
from core.goals.rescoping import to_grain
from core.goals.rules_wording import rules_in_words
from core.goals.terms_wording import KINDS, SEEN_BY, STATUSES, cadence
from core.metrics.wording import NBSP, percent
from core.policy import Policy

NOT_LISTED = "Nothing calls for a decision: it was looked at within its cycle, and no rule applies."
KNOWN = "Worth knowing"
NOT_ENOUGH = "What applies is worth knowing, and not enough to call for a decision."
NO_NUMBER = "There is no number to draw yet. Agree on what is measured, from where to where."
PACE = ORIGIN
_STANDS = {Standing.ON_TRACK: "on track", Standing.BEHIND: "behind", Standing.AT_RISK: "at risk"}


def sentence(detail: GoalDetail) -> str:
    """How the goal goes, and what may help."""
    return " ".join(part for part in (_goes(detail), detail.page.suggestion) if part)


def trail(detail: GoalDetail) -> str:
    """Whose goal it is, and what sort: the end of the trail."""
    return f"{detail.goal.owner.name or 'No owner'} · {KINDS[detail.goal.kind]}"


def due(detail: GoalDetail) -> str:
    """The due date on a badge; '' without one."""
    return f"Due {long_label(detail.goal.due)}" if detail.goal.due is not None else ""


def state(detail: GoalDetail) -> str:
    """What is out of the ordinary about where the goal stands in its life; '' for one that is active."""
    if detail.page.archived:
        return "Archived"
    return "" if detail.goal.status is Status.ACTIVE else STATUSES[detail.goal.status]


def why_heading(reasons: tuple[Reason, ...], policy: Policy) -> str:
    """What stands over the reasons: whether together they put the goal on the list."""
    if not reasons:
        return "Not on the list"
    return "Why it is on the list" if revisit(reasons, policy.goals) else KNOWN


def no_number(detail: GoalDetail) -> str:
    """Why there is no picture, and what would give one; '' while nothing is agreed yet."""
    goal = detail.goal
    if goal.status in (Status.DRAFT, Status.PROPOSED):
        return ""
    if goal.measure is Measure.NONE and goal.acceptance:
        return f"It is reached or not. One can tell by this: {goal.acceptance}"
    return NO_NUMBER


def terms_heading(detail: GoalDetail) -> str:
    """What stands over the terms."""
    return {Status.DRAFT: "What is drafted", Status.PROPOSED: "What is proposed"}.get(
        detail.goal.status, "What was agreed"
    )


def note_readers(goal: Goal) -> str:
    """Who reads confidence and note of a check-in."""
    if goal.kind is Kind.WELLBEING and not goal.owner.unit:
        return "Only you read confidence and note."
    if goal.visibility is Visibility.PRIVATE:
        return "Owner, co-owners, who stands in and the owner's manager read confidence and note."
    return "Owner, co-owners, who stands in, their manager and whoever leads the unit read confidence and note."


def why(reasons: tuple[Reason, ...], policy: Policy) -> dict[str, str]:
    """The table *Why it is on the list*: reason -> evidence and rule, both with their numbers."""
    rules = rules_in_words(policy)
    return {
        LABELS[each.code]: f"{_sentence(each.words)} {rules[each.code].words}".replace(" %", f"{NBSP}%")
        for each in reasons
    }


def seen_by(detail: GoalDetail, viewer: Viewer) -> str:
    """Who sees the goal, in words."""
    goal = detail.goal
    if goal.status is Status.DRAFT:
        return "A draft: only its author sees it."
    if goal.status is Status.PROPOSED:
        return "A proposal: the two who are agreeing on it see it."
    if goal.kind is Kind.WELLBEING and not goal.owner.unit:
        if goal.owner.person == viewer.person_code:
            return "Only you see this, and whomever you share it with. You can take that back on My goals."
        return "Its owner shared it with you, and can take that back."
    if goal.visibility is Visibility.PRIVATE:
        return f"{SEEN_BY[goal.visibility]} It is on no list of others, and never counted."
    return (
        f"{SEEN_BY[goal.visibility]} Why it needs revisiting, its notes and its history: "
        "the owner, co-owners, the owner's manager, and whoever leads the unit."
    )


def next_check_in(detail: GoalDetail) -> str:
    """When the next check-in is due, or that it is put off; '' for a goal without any."""
    if detail.page.snoozed_until is not None:
        return f"Snoozed: back on the list on {long_label(detail.page.snoozed_until)}."
    on = detail.page.next_check_in
    if on is None:
        return ""
    every = cadence(detail.goal.cadence_days).lower()
    if on < detail.as_of:
        return f"A check-in was due on {long_label(on)}; one is planned {every}."
    return f"The next check-in is due on {long_label(on)}; one is planned {every}."


def version(detail: GoalDetail) -> str:
    """Which version it is, and who has agreed to it."""
    said = f"Version {detail.goal.version}"
    if detail.page.agreed_by:
        said += f", agreed by {' and '.join(detail.page.agreed_by)}"
    if detail.goal.active_since is not None:
        said += f". Active since {long_label(detail.goal.active_since)}"
    return f"{said}."


def _goes(detail: GoalDetail) -> str:
    page, goal = detail.page, detail.goal
    if page.archived:
        return "It is archived: on no list any more, and kept with its history."
    if goal.status in CLOSED:
        on = f" on {long_label(goal.closed_on)}" if goal.closed_on else ""
        done = f", at {share(page.going.progress)} of the way" if page.going.progress is not None else ""
        return f"It was {'closed as done' if goal.status is Status.DONE else 'stopped'}{on}{done}."
    if goal.status is Status.DRAFT:
        return "It is a draft. Propose it on My goals when it is ready."
    if goal.status is Status.PROPOSED:
        return "It waits for you on My goals." if page.waits_for_viewer else "It is active as soon as both have agreed."
    if goal.status is Status.PAUSED:
        return "It is paused, and asks for nothing until it is taken up again."
    return _at_this_pace(detail) or _as_it_stands(detail)


def _at_this_pace(detail: GoalDetail) -> str:
    goal, found = detail.goal, detail.page.forecast
    if found is None or goal.due is None or goal.due <= detail.as_of:
        return ""
    if found.share >= 1:
        return "At this pace it is met by the due date."
    if found.share <= 0:
        return "At this pace there is no progress by the due date."
    return f"At this pace it reaches {value_text(to_grain(goal, found.value), goal.unit)} by the due date."


def _as_it_stands(detail: GoalDetail) -> str:
    goal, going = detail.goal, detail.page.going
    if goal.measure is Measure.RANGE:
        if going.value is None:
            return "No value was given yet."
        inside = "within" if going.healthy else "outside"
        return f"It is at {value_text(going.value, goal.unit)}, {inside} its healthy range."
    if goal.measure in HOLDING and going.value is not None and goal.target is not None:
        held = "The line is held" if going.progress else "The line is not held"
        return f"{held}: {value_text(going.value, goal.unit)} against {value_text(goal.target, goal.unit)}."
    if going.progress is None:
        return "Nobody has said yet how far it is."
    expects = f"; {percent(going.expected)} was expected by today" if going.expected is not None else ""
    if goal.kind is Kind.OBJECTIVE and goal.measure is Measure.NONE:
        weakest = f", and the weakest of them is {_STANDS[going.standing]}" if going.standing else ""
        return f"Its key results are at {share(going.progress)} together{weakest}."
    return f"{share(going.progress)} of the way is done{expects}."


def _sentence(words: str) -> str:
    text = words[:1].upper() + words[1:]
    return text if text.endswith(".") else f"{text}."


def day(on: date, as_of: date) -> str:
    """A day in a table, on one line: `12 Nov`, with the year where it is another one."""
    said = label(on) if on.year == as_of.year else f"{label(on)} {on.year}"
    return said.replace(" ", NBSP)
