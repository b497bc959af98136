"""Which fields a form about a goal shows, and who has to agree: what follows from kind, measure, owner and status."""

from core.goals.goal import HOLDING, MOVING, Goal, Kind, Measure, Owner, Status, Visibility
from core.goals.terms import Terms

_NUMBERS = (Measure.REACH, Measure.INCREASE, Measure.DECREASE, Measure.STAY_ABOVE, Measure.STAY_BELOW)
MEASURES_OF: dict[Kind, tuple[Measure, ...]] = {
    Kind.OBJECTIVE: (Measure.NONE, Measure.MILESTONES, *_NUMBERS),
    Kind.KEY_RESULT: (*_NUMBERS, Measure.MILESTONES, Measure.NONE),
    Kind.KPI: (Measure.RANGE,),
    Kind.DEVELOPMENT: (Measure.MILESTONES, Measure.NONE, *_NUMBERS),
    Kind.WELLBEING: (*_NUMBERS[::-1], Measure.RANGE, Measure.MILESTONES, Measure.NONE),
}
MORE = (
    "cadence_days",
    "pace",
    "ambition",
    "weight",
    "co_owners",
    "delegate",
    "guardrail_id",
    "standalone",
    "other_year",
)


def own_wellbeing(kind: Kind, owner: Owner) -> bool:
    """Whether it is a wellbeing goal of a person, which that person alone sets and shares."""
    return kind is Kind.WELLBEING and not owner.unit


def owners_for(kind: Kind, owners: tuple[Owner, ...], person: str) -> tuple[Owner, ...]:
    """Whose a goal of this kind may be: a person's wellbeing is their own to set."""
    if kind is not Kind.WELLBEING:
        return owners
    return tuple(each for each in owners if each.unit or (each.person and each.person == person))


def measured_by(measure: Measure) -> tuple[str, ...]:
    """The fields that say how it is measured."""
    if measure in MOVING:
        return ("metric", "unit", "baseline", "target")
    if measure in HOLDING:
        return ("metric", "unit", "target")
    if measure is Measure.RANGE:
        return ("metric", "unit", "low", "high")
    if measure is Measure.MILESTONES:
        return ("milestones", "acceptance")
    return ("acceptance",)


def seen_by(kind: Kind, owner: Owner) -> tuple[Visibility, ...]:
    """Who may be chosen to see it."""
    if own_wellbeing(kind, owner):
        return (Visibility.PRIVATE,)
    if owner.unit:
        return (Visibility.OPEN, Visibility.TEAM)
    return tuple(Visibility)


def partner(terms: Terms, person: str, names: dict[str, str], manager: str) -> str:
    """The name of the other one who has to agree to a new goal; '' when nobody has to.

    person: the code of whoever writes it; manager: the name of their manager.
    """
    if own_wellbeing(terms.kind, terms.owner):
        return ""
    if terms.owner.person and terms.owner.person != person:
        return names.get(terms.owner.person, "")
    return manager


def may_show(goal: Goal | None, person: str) -> bool:
    """Whether who sees it is this person's to say: for a goal that is agreed, its owner's."""
    if goal is None or goal.status in (Status.DRAFT, Status.PROPOSED) or not goal.owner.person:
        return True
    return goal.owner.person == person
