"""What *My goals* says in sentences: how many there are, what waits for whom, who sees what, what was decided."""

from datetime import date

from core.calendar import long_label
from core.goals.goal import Goal, Kind, Status
from core.goals.mine_views import MyGoals, OwnGoal, Unsettled
from core.goals.reasons import revisit
from core.goals.terms_wording import DECISIONS
from core.goals.views import Decided
from core.policy import GoalRules
from core.workload.wording import NUMBERS

NOTHING_YET = "You have no goals yet."
NOBODY = "Your account belongs to nobody on the roster and leads no unit. Your administrator can link it."
START_HERE = "Start with one. A template says what to fill in, and nobody sees a draft before you propose it."


def sentence(found: MyGoals, rules: GoalRules) -> str:
    """The answer on top: what waits for the viewer first, then how their goals stand."""
    said = []
    if found.waiting:
        said.append(f"{_counted(found.waiting, 'proposal')} {_verb(found.waiting, 'waits', 'wait')} for you.")
    active = [each for each in found.current if each.line.goal.status is Status.ACTIVE]
    need = sum(revisit(each.reasons, rules) for each in active)
    if not active:
        said.append(NOTHING_YET if not found.drafts and not found.proposals else "No goal of yours is active yet.")
    elif need:
        said.append(f"{_counted(need, 'goal')} of yours {_verb(need, 'needs', 'need')} revisiting.")
    elif len(active) == 1:
        said.append("Your goal is on its way.")
    else:
        said.append(f"Your {_lower(len(active))} goals are on their way.")
    return " ".join(said)


def support(found: MyGoals, on: date) -> str:
    """The line under it: the next check-in, and whether there are more objectives than a handful."""
    said = []
    due = sorted(each.next_check_in for each in found.current if each.next_check_in is not None)
    if due:
        day = long_label(due[0])
        said.append(f"The next check-in was due on {day}." if due[0] < on else f"The next check-in is due on {day}.")
    if found.objectives > found.most_objectives:
        said.append(
            f"You have {_lower(found.objectives)} active objectives. A handful keeps them in view: "
            f"{_lower(found.most_objectives)} at most."
        )
    if not said and not found.current and not found.drafts and not found.proposals:
        said.append(START_HERE)
    return " ".join(said)


def who_sees(own: OwnGoal, manager: str) -> str:
    """Who sees a goal that is one's own, and what can be done about it."""
    goal = own.line.goal
    if goal.kind is Kind.WELLBEING and not goal.owner.unit:
        if own.shared_with:
            return f"You and {_and(own.shared_with)} see this. You may take it back."
        return (
            f"Only you see this. You may share it with {manager}, and take it back."
            if manager
            else "Only you see this."
        )
    others = [each.name for each in goal.co_owners] + ([goal.delegate.name] if goal.delegate else [])
    return (
        f"You and {_and([*([manager] if manager else []), *others])} see this."
        if manager or others
        else "Only you see this."
    )


def decided(said: Decided) -> str:
    """A decision in a line: `Re-scoped by Mara Lindqvist on 9 November 2026: the vendor is late.`"""
    words = DECISIONS.get(said.decision, said.decision)
    return f"{words} by {said.by} on {long_label(said.on)}: {said.reason}"


def check_in(own: OwnGoal, on: date) -> str:
    """When the next check-in is due; '' while none is."""
    if own.next_check_in is None:
        return ""
    day = long_label(own.next_check_in)
    if own.next_check_in < on:
        return f"Check-in was due on {day}"
    return "Check-in is due today" if own.next_check_in == on else f"Next check-in on {day}"


def whose(goal: Goal, person: str) -> str:
    """Whose goal it is, said to the person with this code."""
    if goal.owner.person and goal.owner.person == person:
        return "You"
    return goal.owner.name or "Nobody yet"


def stands(each: Unsettled) -> str:
    """Where a proposal stands: who has agreed to it as it is, and who has not yet."""
    done = f"Agreed by {_and(each.agreed_by)}." if each.agreed_by else ""
    if each.waits:
        return f"{done} It waits for you.".strip()
    return f"{done} It waits for {each.other if each.wrote else each.author}.".strip()


def draft_next(each: Unsettled) -> str:
    """What proposing a draft does."""
    if not each.other:
        return "Only you see this draft. It becomes active as soon as you say so."
    return f"Only you see this draft. Propose it, and {each.other} sees it too; it is active when you both agree."


def _and(names: list[str] | tuple[str, ...]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def _counted(many: int, noun: str) -> str:
    number = NUMBERS[many] if many < len(NUMBERS) else f"{many:,}"
    return f"{number} {noun}{'' if many == 1 else 's'}"


def _verb(many: int, one: str, several: str) -> str:
    return one if many == 1 else several


def _lower(many: int) -> str:
    return NUMBERS[many].lower() if many < len(NUMBERS) else f"{many:,}"
