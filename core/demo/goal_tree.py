"""Goals of the whole organisation over two years: by the year for company and divisions, by the quarter below.

In the first year only Engineering and Products wrote goals for teams; everybody else joined in the second. Most open goals go
well; about one in eight waits for somebody to look at it again.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from core.demo.goal_course import Course, close, key_result, objective, re_scope, team_wellbeing
from core.demo.goal_sheet import DAY, Plan
from core.demo.goal_troubles import trouble
from core.demo.goal_words import (
    COMPANY,
    DIVISIONS,
    FIELDS,
    LEARNING,
    PROJECTS,
    RESCOPED,
    SERVES,
    STOPPED,
    TEAM_WELLBEING,
    Aim,
)
from core.demo.roster import Place, Roster
from core.goals.goal import CheckIn, Kind, Measure, Status, Visibility

QUARTERS = 8  # before the current one
TROUBLED = 0.22  # of the open key results of teams
EARLY = ("Engineering", "Products")
FORTNIGHTLY = ("Engineering", "Products", "Customer")
QUIET = ("Platform",)  # what is open there has its own stories


@dataclass(frozen=True)
class Quarter:
    """A quarter of the calendar, ends included."""

    first: date
    last: date

    @property
    def name(self) -> str:
        """Such as `2026Q4`."""
        return f"{self.first.year}Q{(self.first.month + 2) // 3}"


def quarters(today: date) -> list[Quarter]:
    """The current quarter and the eight before it, oldest first."""
    found = []
    year, month = today.year, (today.month - 1) // 3 * 3 + 1
    for _ in range(QUARTERS + 1):
        after = date(year + month // 10, (month + 2) % 12 + 1, 1)
        found.append(Quarter(date(year, month, 1), after - DAY))
        year, month = (year, month - 3) if month > 3 else (year - 1, 10)
    return found[::-1]


@dataclass(frozen=True)
class Tree:
    """All plans, and the open objective of each unit (by its number), under which more may hang."""

    plans: list[Plan]
    objectives: dict[int, Plan]


def grow(roster: Roster, *, seed: int, today: date) -> Tree:
    """Goals from the company to persons. The same seed, roster and day give the same goals."""
    rng = np.random.default_rng([seed, 21])
    course = Course(rng, today)
    spans = quarters(today)
    plans: list[Plan] = []
    above: dict[tuple[int, int], Plan] = {}  # (year, unit) -> objective
    for year in range(spans[0].first.year, today.year + 1):
        plans += _of_year(roster, course, max(date(year, 1, 1), spans[0].first), date(year, 12, 31), above)
    now: dict[int, Plan] = {}
    for quarter in spans:
        plans += _of_quarter(roster, course, quarter, above, now)
    plans += _standing(roster, course, spans[0].first, now)
    now |= {unit: plan for (year, unit), plan in above.items() if year == today.year}
    return Tree(plans, now)


def _of_year(roster: Roster, course: Course, first: date, last: date, above: dict[tuple[int, int], Plan]) -> list[Plan]:
    found: list[Plan] = []
    company = next(place for place in roster.places if place.depth == 0)
    count = 3 if last >= course.today else 2
    tops = []
    for number, (title, aims) in enumerate(COMPANY[:count], start=1):
        top = objective(course, roster, company, title, first, last, parent=None, code=f"{first.year}-C{number}")
        tops.append(top)
        found += [top, *(_measured(course, roster, company, aim, top, first, last, place=0) for aim in aims)]
        above.setdefault((first.year, company.id), top)
    for place in roster.places:
        if place.depth != 1 or place.name not in DIVISIONS:
            continue
        title, aims = DIVISIONS[place.name]
        code = f"{first.year}-{_short(place)}"
        top = objective(
            course, roster, place, title, first, last, parent=tops[SERVES[place.name] % len(tops)], code=code
        )
        above[first.year, place.id] = top
        found += [top, *(_measured(course, roster, place, aim, top, first, last, place=0) for aim in aims)]
    return _closed(course, found, last)


def _of_quarter(
    roster: Roster, course: Course, quarter: Quarter, above: dict[tuple[int, int], Plan], now: dict[int, Plan]
) -> list[Plan]:
    found: list[Plan] = []
    until = min(quarter.last, course.today)
    current = quarter.last >= course.today
    young = quarter.last > course.today - timedelta(weeks=57)
    tops: dict[str, Plan] = {}
    for place in roster.places:
        parts = place.path.split("/")
        if place.depth < 2 or not place.stands(quarter.first, until) or parts[2] not in FIELDS:
            continue
        if place.depth == 3 and not (young or parts[1] in EARLY):
            continue
        field = FIELDS[parts[2]]
        parent = tops.get(parts[2]) if place.depth == 3 else above.get(_division(roster, quarter, parts))
        if parent is None:
            continue
        title = field.objectives[course.pick(len(field.objectives))]
        code = f"{quarter.name}-{_short(place)}"
        top = objective(course, roster, place, title, quarter.first, quarter.last, parent=parent, code=code)
        if place.depth == 2:
            tops[parts[2]] = top
        if current:
            now[place.id] = top
        found.append(top)
        for number in course.several(len(field.aims), 2 if current or place.depth == 2 else 1 + course.pick(2)):
            cadence = 14 if parts[1] in FORTNIGHTLY else 30
            aim = field.aims[number]
            found.append(
                _measured(course, roster, place, aim, top, quarter.first, quarter.last, place=number, cadence=cadence)
            )
    return _closed(course, found, quarter.last)


def _division(roster: Roster, quarter: Quarter, parts: list[str]) -> tuple[int, int]:
    return quarter.first.year, roster.place("/".join(parts[:2])).id


def _measured(
    course: Course,
    roster: Roster,
    unit: Place,
    aim: Aim,
    parent: Plan,
    first: date,
    last: date,
    *,
    place: int,
    cadence: int = 30,
) -> Plan:
    """A key result; an open one of a team may be in trouble."""
    until = min(last, course.today)
    members = roster.members(unit.id, first, until)
    owner = members[course.pick(len(members))] if members and (unit.depth < 3 or course.chance(0.6)) else None
    by = roster.names[owner] if owner is not None else parent.by
    code = f"{parent.code}-{place + 1}" if unit.depth >= 2 else None
    kind = "steps" if unit.depth == 3 and unit.name not in QUIET and course.chance(0.12) else "number"
    title = PROJECTS[course.pick(len(PROJECTS))] if kind == "steps" else aim.title
    plan = key_result(course, aim, title, kind, by, parent, first, last, cadence=cadence, code=code)
    plan.owner, plan.unit_owner = owner, None if owner is not None else unit.id
    if last >= course.today and unit.depth == 3 and unit.name not in QUIET and course.chance(TROUBLED):
        leavers = roster.leavers(unit.id, course.today - timedelta(days=300), course.today)
        trouble(course, plan, [person for person, _, _ in leavers])
    return plan


def _closed(course: Course, plans: list[Plan], last: date) -> list[Plan]:
    """What ended before today is graded and done, now and then stopped before."""
    if last >= course.today:
        return plans
    for plan in reversed(plans):  # parts before the whole
        stops = plan.kind is Kind.KEY_RESULT and course.chance(0.04)
        if plan.target is not None and not stops and course.chance(0.06):
            re_scope(plan, last, RESCOPED[course.pick(len(RESCOPED))])
        close(plan, last, STOPPED[course.pick(len(STOPPED))] if stops else "")
    return plans


def _standing(roster: Roster, course: Course, begun: date, now: dict[int, Plan]) -> list[Plan]:
    """What has no quarter: KPIs of departments, what people want to learn, and wellbeing of some teams."""
    found: list[Plan] = []
    for place in roster.places:
        if place.depth == 2 and place.name in FIELDS and place.stands(begun, course.today):
            found.append(_kpi(roster, course, place, begun))
        if place.depth != 3 or place.id not in now:
            continue
        parent = now[place.id]
        if place.name not in QUIET and course.chance(0.12):
            words = TEAM_WELLBEING[course.pick(len(TEAM_WELLBEING))]
            found.append(team_wellbeing(course, place, words, parent.by))
        since = course.today - timedelta(days=140)
        for person in roster.members(place.id, since, course.today):
            if course.chance(0.09) and person not in roster.accounts.values():
                found.append(_learning(roster, course, person, since))
    return found


_MEASURED = frozenset({"%", "hours", "days", "minutes", "seconds", "s"})  # everything else is counted


def _kpi(roster: Roster, course: Course, place: Place, begun: date) -> Plan:
    name, what, low, high = FIELDS[place.name].kpi
    lead = roster.lead_on(place.id, course.today)
    by = roster.names.get(lead or 0, place.name)
    plan = Plan(
        title=name, kind=Kind.KPI, measure=Measure.RANGE, by=by, made=begun, unit_owner=place.id, standalone=True,
        metric=name, what=what, low=low, high=high, start=begun, code=f"KPI-{_short(place)}",
    )  # fmt: skip
    width = high - low
    digits = (1 if width > 1 else 2) if what in _MEASURED else 0
    for day in course.days(begun, course.today, 30):
        good = course.chance(0.93)
        at = (
            course.between(0.15, 0.95) if good else course.between(1.1, 1.3) if low <= 0 else course.between(-0.3, -0.1)
        )
        plan.check_ins.append(CheckIn(day, round(low + width * at, digits)))
    plan.step(begun, "became active")
    return plan


def _learning(roster: Roster, course: Course, person: int, since: date) -> Plan:
    """A development goal, between the person and the manager."""
    start = since + course.pick(60) * DAY
    plan = Plan(
        title=LEARNING[course.pick(len(LEARNING))], kind=Kind.DEVELOPMENT, measure=Measure.NONE,
        by=roster.names[person], made=start - 5 * DAY, owner=person, standalone=True, start=start,
        due=course.today + (40 + course.pick(120)) * DAY, cadence=60, visibility=Visibility.PRIVATE,
        acceptance="The two of us have looked at it and agree.", status=Status.ACTIVE,
    )  # fmt: skip
    plan.check_ins = [CheckIn(day, None, 6 + course.pick(3)) for day in course.days(start, course.today, 45)]
    plan.step(plan.made, "proposed")
    plan.step(start, "became active")
    return plan


def _short(place: Place) -> str:
    """Letters that name a unit in a code: `Site Reliability` -> `SITEREL`, with its number, as names may be alike."""
    return "".join(word[:4] for word in place.name.upper().split())[:8] + f"-{place.id}"
