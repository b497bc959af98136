"""Goals of the two people behind the accounts `manager` and `employee`: agreed, private, shared, drafted and proposed."""

from datetime import timedelta
from typing import Any

from core.demo.goal_course import series
from core.demo.goal_sheet import DAY, Plan, at_nine
from core.demo.goal_stories import Teller
from core.goals.goal import CheckIn, Kind, Measure, Status, Visibility

CHECK_IN_DUE = "Deployments explain themselves"
WAITS_FOR_EMPLOYEE = "Rehearse the recovery of the main database"
WAITS_FOR_MANAGER = "Take over the review of changes to the network"
DRAFT_OF_EMPLOYEE = "Measure how long a build waits"
DRAFT_OF_MANAGER = "No on-call in two weeks running"
PRIVATE = "Lead the post-incident review alone"
SHARED = "Two evenings a week without the laptop"
UNSHARED = "A walk at noon"


def own_goals(teller: Teller) -> None:
    """Add them; nothing where the accounts belong to nobody."""
    people = teller.roster.accounts
    if "employee" in people and "manager" in people:
        _of_employee(teller, people["employee"], people["manager"])
        _unsettled(teller, people["employee"])


def _of_employee(teller: Teller, employee: int, manager: int) -> None:
    name = teller.roster.names[employee]
    due = teller.result(
        CHECK_IN_DUE,
        teller.platform.path,
        ("Deployments with a readable log", "%", 35, 90),
        start=58,
        due=-70,
        owner=employee,
    )
    series(teller.course, due, 0.4, last=teller.day(15), confidence=7)
    last = due.check_ins[-1]
    due.check_ins[-1] = CheckIn(teller.day(15), last.value, 7, "The two largest services are done.")
    private = _plan(teller, PRIVATE, Kind.DEVELOPMENT, Measure.NONE, name, employee, ago=90, until=100)
    private.visibility = Visibility.PRIVATE
    private.acceptance = "One review held from start to end, and two colleagues say what they learned."
    private.cadence = 60
    private.check_ins = [CheckIn(teller.day(38), None, 7, "Held the first part of one.")]
    shared = _plan(teller, SHARED, Kind.WELLBEING, Measure.INCREASE, name, employee, ago=40, until=50)
    shared.metric, shared.what, shared.baseline, shared.target = "Evenings without the laptop", "evenings", 0.0, 2.0
    shared.cadence = 30
    shared.check_ins = [CheckIn(teller.day(12), 1.0, 6, "One, in weeks without the rota.")]
    shared.shared_with = [manager]
    shared.step(teller.day(12), "shared")
    own = _plan(teller, UNSHARED, Kind.WELLBEING, Measure.NONE, name, employee, ago=30, until=60)
    own.acceptance = "Most days of a week, for a month."
    own.check_ins = [CheckIn(teller.day(5), None, 8)]


def _unsettled(teller: Teller, employee: int) -> None:
    roster = teller.roster
    lead, other = roster.users["manager"], roster.users["employee"]
    for title, author, partner, day in (
        (WAITS_FOR_EMPLOYEE, lead, other, 3),
        (WAITS_FOR_MANAGER, other, lead, 2),
        (DRAFT_OF_EMPLOYEE, other, lead, 1),
    ):
        plan = _plan(teller, title, Kind.KEY_RESULT, Measure.NONE, author[1], employee, ago=-1, until=90)
        plan.parent = teller.tree.objectives.get(teller.platform.id)
        plan.standalone = plan.parent is None
        plan.acceptance = "Done once from start to end, and written down."
        plan.made = teller.day(day + 2)
        plan.author, plan.partner = author[0], partner[0]
        plan.history.clear()
        plan.status = Status.DRAFT if title == DRAFT_OF_EMPLOYEE else Status.PROPOSED
        plan.step(plan.made, "drafted")
        if plan.status is Status.PROPOSED:
            plan.step(teller.day(day), "proposed")
            plan.agreed.append(_agreement(plan, author, teller.day(day)))
    rest = _plan(teller, DRAFT_OF_MANAGER, Kind.WELLBEING, Measure.NONE, lead[1], None, ago=-1, until=120)
    rest.unit_owner, rest.visibility = teller.platform.id, Visibility.TEAM
    rest.acceptance = "Nobody is on call in two weeks running for a whole month."
    rest.status, rest.author = Status.DRAFT, lead[0]
    rest.made = teller.day(4)
    rest.history.clear()
    rest.step(rest.made, "drafted")


def _plan(
    teller: Teller, title: str, kind: Kind, measure: Measure, by: str, owner: int | None, *, ago: int, until: int
) -> Plan:
    """A goal that stands alone, begun so many days ago."""
    start = teller.day(ago)
    plan = Plan(
        title=title, kind=kind, measure=measure, by=by, made=start - timedelta(days=4), owner=owner, standalone=True,
        start=start, due=start + (ago + until) * DAY,
        visibility=Visibility.PRIVATE if kind is Kind.WELLBEING else Visibility.OPEN,
    )  # fmt: skip
    plan.step(plan.made, "drafted")
    plan.step(start, "became active")
    teller.tree.plans.append(plan)
    return plan


def _agreement(plan: Plan, who: tuple[int, str], day: Any) -> dict[str, Any]:
    return {"version": plan.version, "user_id": who[0], "by": who[1], "at": at_nine(day)}
