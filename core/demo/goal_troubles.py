"""What open goals of the demonstration may be in need of: each trouble is one that the rules for revisiting find."""

from collections.abc import Sequence

from core.demo.goal_course import Course, passed, series
from core.demo.goal_sheet import DAY, Plan
from core.goals.goal import CheckIn, Measure, Milestone, Pace

KINDS = ("late", "slow", "silent", "doubt", "stalled", "overdue", "unmeasured", "left")
SHARES = (0.24, 0.18, 0.18, 0.12, 0.1, 0.06, 0.06, 0.06)


def trouble(course: Course, plan: Plan, leavers: Sequence[int]) -> None:
    """Give an open key result one trouble. Its time is its own, so that it holds on any day of the quarter."""
    drawn, kind = course.draw(), KINDS[0]
    for name, share in zip(KINDS, SHARES, strict=True):
        kind = name
        drawn -= share
        if drawn < 0:
            break
    if kind == "left" and not leavers:
        kind = "late"
    if plan.measure is Measure.MILESTONES:
        kind = "overdue"
    plan.start = course.today - (62 + course.pick(18)) * DAY
    plan.due = course.today + (22 + course.pick(20)) * DAY
    plan.made = plan.start - 10 * DAY
    plan.pace = Pace.LINEAR
    plan.cadence = 14
    if kind == "overdue":
        _overdue(course, plan)
    else:
        _on_the_way(course, plan, kind, leavers)
    plan.history.clear()
    plan.step(plan.made, "drafted")
    plan.step(plan.start, "became active")


def _on_the_way(course: Course, plan: Plan, kind: str, leavers: Sequence[int]) -> None:
    expects = passed(plan, course.today)
    good = expects - 0.04
    if kind == "late":
        series(course, plan, expects - course.between(0.36, 0.5), confidence=6)
    elif kind == "slow":
        series(course, plan, expects - course.between(0.2, 0.3), confidence=7)
        doubt(plan, 7, 5)
    elif kind == "silent":
        last = course.today - (33 + course.pick(10)) * DAY
        series(course, plan, expects - course.between(0.19, 0.3), last=last, confidence=7)
    elif kind == "doubt":
        series(course, plan, good, confidence=6)
        doubt(plan, 4, 3)
    elif kind == "stalled":
        series(course, plan, expects - course.between(0.2, 0.3), confidence=6)
        same = plan.check_ins[-1].value
        plan.check_ins[-3:] = [CheckIn(each.on, same, each.confidence, each.note) for each in plan.check_ins[-3:]]
    elif kind == "unmeasured":
        plan.check_ins = [CheckIn(each.on, None, 6, "Hard to say.") for each in plan.check_ins]
        plan.baseline = plan.target = None
    else:
        series(course, plan, good, confidence=7)
        plan.owner, plan.unit_owner = leavers[-1], None


def doubt(plan: Plan, before: int, now: int) -> None:
    """Let the confidence of the newest two check-ins be `before` and `now`."""
    for number, confidence in ((-2, before), (-1, now)):
        each = plan.check_ins[number]
        plan.check_ins[number] = CheckIn(each.on, each.value, confidence, each.note)


def _overdue(course: Course, plan: Plan) -> None:
    """Its day has passed some weeks ago; most of the way is done."""
    plan.start = course.today - 105 * DAY
    plan.due = course.today - (16 + course.pick(8)) * DAY
    plan.made = plan.start - 10 * DAY
    if plan.measure is Measure.MILESTONES:
        third = (plan.due - plan.start) // 3
        days = (plan.start + third, plan.start + 2 * third, plan.due)
        plan.milestones = [
            Milestone(each.title, day, day - 2 * DAY if number < 2 else None, weight=2.0 if number < 2 else 1.0)
            for number, (each, day) in enumerate(zip(plan.milestones, days, strict=True))
        ]
        plan.check_ins = [CheckIn(day, None, 6) for day in course.days(plan.start, course.today, 14)]
    else:
        series(course, plan, course.between(0.86, 0.95), last=course.today)
