"""How goals of the demonstration go: check-ins along the expected pace, with the ups and downs of real ones."""

from collections.abc import Iterator
from datetime import date

import numpy as np

from core.demo.goal_sheet import DAY, Plan
from core.demo.goal_words import NOTES, STEPS, Aim
from core.demo.roster import Place, Roster
from core.goals.goal import CheckIn, Kind, Measure, Milestone, Pace, Status, Visibility

QUARTERLY = 91
MEASURED = ("%", "s", "km", "kg", "kWh", "EUR", "hours", "minutes", "days")


class Course:
    """Chance for goals: one stream of random numbers and the day of today."""

    def __init__(self, rng: np.random.Generator, today: date) -> None:
        """rng: used by nothing else, so that what it decides depends on nothing else."""
        self.today = today
        self._draws: Iterator[float] = iter(())
        self._rng = rng

    def draw(self) -> float:
        """The next number in [0, 1)."""
        found = next(self._draws, None)
        if found is None:
            self._draws = iter(self._rng.random(4096).tolist())
            found = next(self._draws)
        return found

    def chance(self, share: float) -> bool:
        """True in this share of the cases."""
        return self.draw() < share

    def pick(self, count: int) -> int:
        """One of 0 to `count` - 1."""
        return int(self.draw() * count)

    def between(self, low: float, high: float) -> float:
        """A number in [low, high)."""
        return low + (high - low) * self.draw()

    def several(self, count: int, wanted: int) -> list[int]:
        """`wanted` different ones of 0 to `count` - 1, in order."""
        left = list(range(count))
        return sorted(left.pop(self.pick(len(left))) for _ in range(min(wanted, count)))

    def days(self, first: date, last: date, every: int) -> list[date]:
        """Working days about every so many days after `first`, up to `last`; the newest is no longer ago than that."""
        found: list[date] = []
        day = first + every * DAY
        while day <= last:
            told = min(day + (self.pick(5) - 2) * DAY, last)
            told -= max(0, told.weekday() - 4) * DAY
            if told > first and (not found or told > found[-1]):
                found.append(told)
            day += every * DAY
        return found


def objective(
    course: Course,
    roster: Roster,
    unit: Place,
    title: str,
    first: date,
    last: date,
    *,
    parent: Plan | None,
    code: str,
) -> Plan:
    """An objective of a unit, measured by its key results, looked at once or more in its time."""
    lead = roster.lead_on(unit.id, first) or roster.lead_on(unit.id, min(last, course.today))
    plan = Plan(
        title=title, kind=Kind.OBJECTIVE, measure=Measure.NONE, by=roster.names.get(lead or 0, unit.name),
        made=first - 14 * DAY, parent=parent, unit_owner=unit.id, standalone=parent is None, start=first, due=last,
        cadence=QUARTERLY, code=code,
    )  # fmt: skip
    level = 6 + course.pick(3)
    plan.check_ins = [CheckIn(day, None, level) for day in course.days(first, min(last, course.today), 45)]
    plan.step(plan.made, "drafted")
    plan.step(first, "became active")
    return plan


def key_result(
    course: Course,
    aim: Aim,
    title: str,
    kind: str,
    by: str,
    parent: Plan,
    first: date,
    last: date,
    *,
    cadence: int,
    code: str | None,
) -> Plan:
    """A key result that goes well: a number on its way, or (`steps`) three milestones."""
    plan = Plan(
        title=title, kind=Kind.KEY_RESULT, measure=Measure.MILESTONES, by=by, made=first - 10 * DAY, parent=parent,
        start=first, due=last, cadence=cadence, code=code, weight=(1.0, 1.0, 2.0)[course.pick(3)],
        ambition="committed" if course.chance(0.25) else "aspirational",
    )  # fmt: skip
    plan.step(plan.made, "drafted")
    plan.step(first, "became active")
    if kind == "steps":
        _steps(course, plan)
        return plan
    shift = course.between(-0.12, 0.12) * (aim.target - aim.baseline)
    plan.measure = Measure.INCREASE if aim.target > aim.baseline else Measure.DECREASE
    plan.metric, plan.what = aim.metric, aim.unit
    plan.baseline, plan.target = _rounded(aim, aim.baseline + shift), _rounded(aim, aim.target + shift)
    if course.chance(0.1):
        plan.pace = Pace.BACK_LOADED
    series(course, plan, reached(course, plan))
    return plan


def reached(course: Course, plan: Plan) -> float:
    """How far a goal that goes well is by the end of its time, or today: near what was expected."""
    assert plan.due is not None
    if plan.due < course.today:
        return min(1.1, course.between(0.35, 1.05) if plan.ambition == "aspirational" else course.between(0.75, 1.08))
    expects = passed(plan, course.today)
    expects = expects**2 if plan.pace is Pace.BACK_LOADED else expects
    least = max(0.8 * expects, expects - min(0.1, 0.6 * (1 - expects)))
    return course.between(least, min(expects + 0.12, 0.97))


def passed(plan: Plan, day: date) -> float:
    """The share of its time that has passed."""
    assert plan.start is not None and plan.due is not None
    return min(max((day - plan.start).days / (plan.due - plan.start).days, 0.0), 1.0)


def series(course: Course, plan: Plan, end: float, *, last: date | None = None, confidence: int | None = None) -> None:
    """Check-ins up to `last` (today, or the due day) that arrive at the share `end` of the way."""
    assert plan.start is not None and plan.due is not None and plan.baseline is not None and plan.target is not None
    until = last or min(course.today, plan.due)
    days = course.days(plan.start, until, plan.cadence)
    level = 6 + course.pick(3) if confidence is None else confidence
    way = plan.target - plan.baseline
    digits = _digits(plan.what, way)
    bend = course.between(0.8, 1.3)
    span = max((until - plan.start).days, 1)
    plan.check_ins = []
    for number, day in enumerate(days):
        share = end * ((day - plan.start).days / span) ** bend
        if number == len(days) - 1:
            share = end
        said = min(max(level + (course.pick(3) - 1 if number % 3 == 1 else 0), 4), 10)
        note = NOTES[course.pick(len(NOTES))]
        plan.check_ins.append(CheckIn(day, round(plan.baseline + way * share, digits), said, note))


def close(plan: Plan, last: date, stopped: str) -> None:
    """End a goal: stopped half way with this reason, or done on its last day, with its grade in words."""
    if stopped and plan.start is not None:
        day = plan.start + (last - plan.start) // 2
        plan.check_ins = [each for each in plan.check_ins if each.on <= day]
        plan.milestones = [
            Milestone(each.title, each.due, each.done_on if each.done_on and each.done_on <= day else None)
            for each in plan.milestones
        ]
        plan.close(day, Status.STOPPED, stopped)
        return
    plan.close(last, Status.DONE, _grade(plan))


def re_scope(plan: Plan, last: date, reason: str) -> None:
    """Half way of a goal that is over: its target was further before."""
    assert plan.start is not None and plan.baseline is not None and plan.target is not None
    day = plan.start + (last - plan.start) // 2
    further = round(plan.baseline + 1.3 * (plan.target - plan.baseline), 1)
    plan.target_set = day
    plan.decide(day, "re_scope", reason, held={"off_pace": 1, "run_rate": 1}, target=(further, plan.target))


def team_wellbeing(course: Course, place: Place, words: tuple[str, str, str, float, float], by: str) -> Plan:
    """What a team wants for itself. words: title, metric, unit of measure, baseline, target."""
    title, metric, what, baseline, target = words
    start = course.today - 80 * DAY
    plan = Plan(
        title=title, kind=Kind.WELLBEING, measure=Measure.INCREASE, by=by, made=start - 7 * DAY, unit_owner=place.id,
        standalone=True, metric=metric, what=what, baseline=baseline, target=target, start=start,
        due=course.today + 80 * DAY, visibility=Visibility.TEAM,
    )  # fmt: skip
    plan.step(plan.made, "drafted")
    plan.step(start, "became active")
    series(course, plan, reached(course, plan))
    return plan


def _steps(course: Course, plan: Plan) -> None:
    """Three milestones, due at thirds; those that are due are done, and of past goals now and then not the last."""
    assert plan.start is not None and plan.due is not None
    plan.acceptance = "Each team member has used it for two weeks."
    plan.pace = Pace.MILESTONES
    third = (plan.due - plan.start) // 3
    days = (plan.start + third, plan.start + 2 * third, plan.due)
    for number, (title, day) in enumerate(zip(STEPS, days, strict=True)):
        missed = number == 2 and course.chance(0.3)
        done = day - course.pick(6) * DAY if day <= course.today and not missed else None
        plan.milestones.append(Milestone(title, day, done))
    plan.check_ins = [
        CheckIn(day, None, 6 + course.pick(2), NOTES[course.pick(len(NOTES))])
        for day in course.days(plan.start, min(course.today, plan.due), plan.cadence)
    ]


def _grade(plan: Plan) -> str:
    values = [each.value for each in plan.check_ins if each.value is not None]
    if plan.measure is Measure.MILESTONES:
        return f"{sum(each.done_on is not None for each in plan.milestones)} of {len(plan.milestones)} steps are done."
    if not values or plan.baseline is None or plan.target is None:
        return "The quarter is over; its key results are graded."
    score = min(max((values[-1] - plan.baseline) / (plan.target - plan.baseline), 0.0), 1.0)
    return f"Graded at the end: {score:.1f}."


def _digits(what: str, way: float) -> int:
    """Decimals of a value: none of what is counted, more of shares and measures the shorter the way is."""
    if abs(way) < 3:
        return 2
    return 1 if what in MEASURED and abs(way) < 60 else 0


def _rounded(aim: Aim, value: float) -> float:
    """Where a goal begins or ends: a rounder number than those on the way."""
    way = abs(aim.target - aim.baseline)
    return round(value, 0 if way >= 8 else 1)
