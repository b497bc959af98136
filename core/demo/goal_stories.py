"""Goals with a story: each is there to be found, by the reasons that the product itself gives."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from core.demo.goal_course import Course, series
from core.demo.goal_sheet import DAY, Plan, at_nine
from core.demo.goal_tree import Tree
from core.demo.goal_troubles import doubt
from core.demo.roster import Place, Roster
from core.goals.goal import CheckIn, Kind, Measure, Status


@dataclass(frozen=True)
class GoalStory:
    """What there is to find: the goal's title and unit, a sentence, and codes of the reasons that tell it."""

    title: str
    unit: str
    sentence: str
    reasons: tuple[str, ...]


_PLATFORM = "Northwind/Engineering/Infrastructure/Platform"
_RELIABILITY = "Northwind/Engineering/Infrastructure/Site Reliability"
LATE = GoalStory(
    "Hand the older services to their teams",
    _PLATFORM,
    "Late, in a team that is worn down: re-scoping will help more than pressing.",
    ("off_pace", "run_rate", "capacity_conflict"),
)
NOBODYS = GoalStory(
    "Renew the certificate of the data centre",
    _PLATFORM,
    "Whoever owned it has left; it is on its way and nobody's.",
    ("no_active_owner",),
)
EASY = GoalStory(
    "Restart failed jobs without a person",
    _PLATFORM,
    "Reached with more than half of its time left: it was too easy.",
    ("too_easy",),
)
DOUBTED = GoalStory(
    "Fewer alarms that nobody can act on",
    _PLATFORM,
    "On pace by its numbers, while confidence has fallen.",
    ("confidence_drop",),
)
OPPOSED = GoalStory(
    "Run on fewer spare servers",
    _PLATFORM,
    "Two teams pull the same number in opposite directions.",
    ("conflict",),
)
OPPOSING = GoalStory(
    "Keep more spare servers for peaks", _RELIABILITY, "The other side of the same number.", ("conflict",)
)
SILENT = GoalStory(
    "Publish the answers to the hundred most frequent questions",
    "Northwind/Customer/Support/Support North",
    "Set with energy, and then it disappeared from view.",
    ("stale",),
)
VAGUE = GoalStory(
    "Make the brand stronger",
    "Northwind/Customer/Marketing/Brand",
    "Nobody can tell how far it has come.",
    ("not_measurable",),
)
MOVED = GoalStory(
    "Fewer fields between basket and payment",
    "Northwind/Products/Payments/Checkout",
    "The goal above it was raised after its last review.",
    ("context_changed", "off_pace"),
)
GUARD = GoalStory(
    "Picking errors stay below three in a thousand",
    "Northwind/Operations/Warehousing/Picking",
    "The guardrail of a goal that goes well: output rose, and so did the errors.",
    ("off_pace",),
)
OVERDUE = GoalStory(
    "Move the last customers off the old data format",
    "Northwind/Customer/Onboarding/Data Migration",
    "Its day passed three weeks ago, and it is still open.",
    ("overdue",),
)
STORIES = (LATE, NOBODYS, EASY, DOUBTED, OPPOSED, OPPOSING, SILENT, VAGUE, MOVED, GUARD, OVERDUE)
QUIETER = (
    "A goal that was re-scoped, one that was stopped, a paused and a snoozed one (Platform), each with its reason.",
    "Drafts and proposals between `manager` and `employee`, one waiting for each of them; a check-in of `employee` that is due.",
    "A private development goal and two wellbeing goals of `employee`, of which one is shared with `manager`.",
)


class Teller:
    """Puts goals with a story under the open objectives of their units."""

    def __init__(self, roster: Roster, tree: Tree, *, seed: int, today: date) -> None:
        """tree: what is there already; told goals are added to its plans."""
        self.roster, self.tree, self.today = roster, tree, today
        self.course = Course(np.random.default_rng([seed, 22]), today)
        self.platform = roster.place(_PLATFORM)
        stayed = roster.members(self.platform.id, today - 100 * DAY, today)
        self.team = [person for person in stayed if person not in roster.accounts.values()]
        self.manager = roster.users["manager"][1]

    def day(self, ago: int) -> date:
        """The day so many days before today (negative: after)."""
        return self.today - ago * DAY

    def result(
        self,
        title: str,
        unit: str,
        metric: tuple[str, str, float, float],
        *,
        start: int,
        due: int,
        owner: int | None = None,
        cadence: int = 14,
        measure: Measure | None = None,
    ) -> Plan:
        """A key result of a unit, owned by a person or by it. start, due: days ago. metric: name, unit, from, to."""
        place = self.roster.place(unit)
        name, what, baseline, target = metric
        lead = self.roster.lead_on(place.id, self.today)
        begun = self.day(start)
        plan = Plan(
            title=title,
            kind=Kind.KEY_RESULT,
            measure=measure or (Measure.INCREASE if target > baseline else Measure.DECREASE),
            by=self.roster.names.get(owner or lead or 0, place.name), made=begun - 9 * DAY,
            parent=self.tree.objectives.get(place.id), owner=owner, unit_owner=None if owner else place.id,
            standalone=place.id not in self.tree.objectives, metric=name, what=what, baseline=baseline,
            target=target, start=begun, due=self.day(due), cadence=cadence,
        )  # fmt: skip
        plan.step(plan.made, "drafted", by=self.roster.names.get(lead or 0, place.name))
        plan.step(plan.made + 2 * DAY, "proposed", by=self.roster.names.get(lead or 0, place.name))
        plan.step(begun, "agreed")
        plan.step(begun, "became active")
        self.tree.plans.append(plan)
        return plan

    def member(self, number: int) -> int | None:
        """One of the team Platform; the unit itself where it has nobody who stayed."""
        return self.team[number % len(self.team)] if self.team else None


def tell(roster: Roster, tree: Tree, *, seed: int, today: date) -> Teller:
    """Add every story to the tree."""
    teller = Teller(roster, tree, seed=seed, today=today)
    parts: tuple[Callable[[Teller], None], ...] = (_platform, _without_owner, _opposed, _decided, _elsewhere, _guarded)
    for part in parts:
        part(teller)
    return teller


def _platform(teller: Teller) -> None:
    course = teller.course
    late = teller.result(
        LATE.title,
        LATE.unit,
        ("Services on the night rota", "services", 18, 6),
        start=75,
        due=-35,
        owner=teller.member(1),
    )
    series(course, late, 0.25, confidence=5)
    late.ambition = "committed"
    _say(
        late,
        "Nobody had time for the hand-over of the next two.",
        "The night rota took the week.",
        "One team has said yes.",
    )
    late.evidence.append(
        {
            "label": "List of services and who takes them",
            "link": "https://wiki.northwind.example/platform/services",
            "by": late.by,
            "at": late.history[-1]["at"],
        }
    )
    easy = teller.result(
        EASY.title,
        EASY.unit,
        ("Failed jobs restarted by hand", "jobs a week", 40, 10),
        start=50,
        due=-90,
        owner=teller.member(2),
    )
    series(course, easy, 1.06, confidence=9)
    doubted = teller.result(
        DOUBTED.title,
        DOUBTED.unit,
        ("Alarms without an action", "alarms a week", 120, 40),
        start=70,
        due=-40,
        owner=teller.member(3),
    )
    series(course, doubted, 0.58, confidence=7)
    doubt(doubted, 8, 5)
    _say(doubted, "What is left comes from a service that nobody wants to touch.", "The easy ones are gone.")


def _say(plan: Plan, *notes: str) -> None:
    """Notes of the newest check-ins, the newest first."""
    for place, note in enumerate(notes, start=1):
        each = plan.check_ins[-place]
        plan.check_ins[-place] = CheckIn(each.on, each.value, each.confidence, note)


def _without_owner(teller: Teller) -> None:
    """The owner has left the company from this team; the check-ins since are the lead's."""
    roster, today = teller.roster, teller.today
    gone = roster.leavers(teller.platform.id, teller.day(700), today)
    person, _, left = gone[-1] if gone else (None, today, teller.day(60))
    start = min(left - 60 * DAY, teller.day(90))
    plan = teller.result(
        NOBODYS.title,
        NOBODYS.unit,
        ("Chapters of the audit that are closed", "chapters", 0, 24),
        start=(today - start).days,
        due=-60,
        owner=person,
        cadence=30,
    )
    expects = (today - start).days / (today - start + 60 * DAY).days
    series(teller.course, plan, expects - 0.05, confidence=7)
    plan.check_ins = [
        CheckIn(each.on, each.value, each.confidence, each.note, plan.by if each.on < left else teller.manager)
        for each in plan.check_ins
    ]


def _opposed(teller: Teller) -> None:
    fewer = teller.result(
        OPPOSED.title, OPPOSED.unit, ("Spare servers", "servers", 46, 30), start=60, due=-60, owner=teller.member(4)
    )
    series(teller.course, fewer, 0.46, confidence=7)
    more = teller.result(OPPOSING.title, OPPOSING.unit, ("Spare servers", "servers", 40, 60), start=60, due=-60)
    series(teller.course, more, 0.5, confidence=7)


def _decided(teller: Teller) -> None:
    """What was decided about goals of Platform, with reasons; none of these waits for anybody."""
    course = teller.course
    scoped = teller.result(
        "Write runbooks for the services that stay",
        _PLATFORM,
        ("Services that stay, with a runbook", "services", 2, 12),
        start=80,
        due=-50,
        owner=teller.member(5),
    )
    series(course, scoped, 0.62, confidence=7)
    on = teller.day(21)
    scoped.target_set = on
    scoped.decide(
        on, "re_scope", "The rota took the time for writing. Six services leave in spring; they need no runbook.",
        held={"off_pace": 2, "capacity_conflict": 1}, by=teller.manager, target=(18.0, 12.0),
    )  # fmt: skip
    stopped = teller.result(
        "Build our own deployment page",
        _PLATFORM,
        ("Teams that deploy by our own page", "teams", 0, 9),
        start=95,
        due=-30,
        owner=teller.member(6),
    )
    series(course, stopped, 0.2, last=teller.day(30), confidence=5)
    stopped.decide(
        teller.day(26), "stop", "The tool that we bought can do it. Nobody would use both.",
        held={"off_pace": 2, "capacity_conflict": 1}, by=teller.manager, status=("active", "stopped"),
    )  # fmt: skip
    stopped.status, stopped.closed = Status.STOPPED, teller.day(26)
    paused = teller.result(
        "Test the move to the second region",
        _PLATFORM,
        ("Services tested in the second region", "services", 0, 8),
        start=60,
        due=-75,
        owner=teller.member(7),
    )
    series(course, paused, 0.25, last=teller.day(20), confidence=6)
    paused.decide(
        teller.day(15), "pause", "Not while the night rota takes what it takes. We look again when two services are handed over.",
        held={"capacity_conflict": 1}, by=teller.manager, status=("active", "paused"),
    )  # fmt: skip
    paused.status = Status.PAUSED
    asleep = teller.result(
        "Every service has a second person who knows it",
        _PLATFORM,
        ("Services that two people know", "services", 9, 25),
        start=70,
        due=-45,
        owner=teller.member(8),
    )
    series(course, asleep, 0.3, confidence=6)
    asleep.snoozes.append(
        {
            "at": at_nine(teller.day(3)),
            "by": teller.manager,
            "reason": "Two joiners start next week; we plan it with them.",
            "until": teller.day(-11),
        }
    )
    asleep.step(
        teller.day(3), "snoozed", by=teller.manager, reason="Two joiners start next week; we plan it with them."
    )


def _elsewhere(teller: Teller) -> None:
    course = teller.course
    silent = teller.result(
        SILENT.title, SILENT.unit, ("Frequent questions with an article", "articles", 20, 100), start=85, due=-60
    )
    series(course, silent, 0.3, last=teller.day(64), confidence=8)
    vague = teller.result(VAGUE.title, VAGUE.unit, ("", "", 0, 1), start=60, due=-40, measure=Measure.INCREASE)
    vague.metric, vague.baseline, vague.target = "", None, None
    vague.check_ins = [
        CheckIn(day, None, 6, "People speak well of us.") for day in course.days(teller.day(60), teller.today, 14)
    ]
    overdue = teller.result(
        OVERDUE.title, OVERDUE.unit, ("Customers on the old data format", "customers", 64, 0), start=110, due=21
    )
    series(course, overdue, 0.9, last=teller.today, confidence=7)
    _raised(teller, teller.roster.place("Northwind/Products/Payments"))


def _raised(teller: Teller, department: Place) -> None:
    """A key result of the department whose target was raised, and one below it that has not been reviewed since."""
    above = teller.result(
        "Checkout is completed by nine of ten",
        department.path,
        ("Checkouts completed", "%", 84, 93),
        start=80,
        due=-45,
    )
    series(teller.course, above, 0.6, confidence=7)
    on = teller.day(9)
    above.target_set, above.version = on, 2
    above.step(on, "changed", reason="The new checkout did better than planned.", target=(90.0, 93.0))
    below = teller.result(
        MOVED.title, MOVED.unit, ("Fields before payment", "fields", 31, 14), start=80, due=-45, cadence=30
    )
    series(teller.course, below, 0.4, last=teller.day(14), confidence=7)
    below.parent, below.standalone = above, False


def _guarded(teller: Teller) -> None:
    guard = teller.result(
        GUARD.title,
        GUARD.unit,
        ("Picking errors in a thousand", "errors", 2.4, 3.0),
        start=70,
        due=-40,
        measure=Measure.STAY_BELOW,
    )
    guard.check_ins = [
        CheckIn(day, round(2.3 + 0.35 * number, 1), 7 - number // 3)
        for number, day in enumerate(teller.course.days(teller.day(70), teller.today, 14))
    ]
    faster = teller.result(
        "More picks in an hour", GUARD.unit, ("Picks in an hour", "picks", 84, 104), start=70, due=-40
    )
    series(teller.course, faster, 0.66, confidence=8)
    faster.guardrail = guard
