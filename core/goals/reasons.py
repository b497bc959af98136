"""Why a goal needs revisiting: fourteen reasons, each with its evidence, in words about the goal and never about a person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.goals.goal import CLOSED, HOLDING, MOVING, CheckIn, Goal, Kind, Measure, Status
from core.goals.progress import Latest, at_least, expected, gap, latest_of, progress, run_rate
from core.policy import GoalRules

CODES = (
    "stale",
    "off_pace",
    "run_rate",
    "confidence_drop",
    "stalled",
    "overdue",
    "not_measurable",
    "unaligned",
    "no_active_owner",
    "owner_overcommitted",
    "capacity_conflict",
    "context_changed",
    "too_easy",
    "conflict",
)
LABELS = {
    "stale": "No check-in",
    "off_pace": "Off pace",
    "run_rate": "Pace needed",
    "confidence_drop": "Confidence fell",
    "stalled": "No change",
    "overdue": "Overdue",
    "not_measurable": "Not measurable",
    "unaligned": "Serves no goal",
    "no_active_owner": "No active owner",
    "owner_overcommitted": "Many goals at once",
    "capacity_conflict": "Too little capacity",
    "context_changed": "Context changed",
    "too_easy": "Too easy",
    "conflict": "Pulls both ways",
}
WHILE_PAUSED = frozenset({"overdue", "no_active_owner"})
LATE = frozenset({"off_pace", "run_rate", "overdue"})
NO_ACTIVE_OWNER = "no active owner"


@dataclass(frozen=True)
class Reason:
    """One reason. code: one of CODES. severity: 1 or 2. evidence: plain JSON. words: a sentence about the goal."""

    code: str
    severity: int
    evidence: dict[str, Any]
    words: str


@dataclass(frozen=True)
class Situation:
    """What comes from outside the goal.

    parent_status: of the goal above; None without one. key_results: agreed key results under it that were not stopped.
    owner_active: a person who is employed, or a unit that exists. on_leave_since: the first day of the leave that the owner is
    on; delegate_active: somebody stands in. objectives, key_results_of_owner: active ones, marked open, of the same owner.
    utilisation: the team's released utilisation of the newest released weeks, oldest first; None when one is not shown.
    changed: what changed after the last review, in words. opposite: ids of active goals, marked open, that move the same metric
    the other way.
    """

    parent_status: Status | None = None
    key_results: int = 0
    owner_active: bool = True
    on_leave_since: date | None = None
    delegate_active: bool = False
    objectives: int = 0
    key_results_of_owner: int = 0
    utilisation: tuple[float, ...] | None = None
    stretched: float = 1.10
    changed: tuple[str, ...] = ()
    opposite: tuple[int, ...] = ()


def reasons_of(
    goal: Goal, check_ins: Sequence[CheckIn], situation: Situation, rules: GoalRules, today: date
) -> tuple[Reason, ...]:
    """Every reason that holds on `today`, in the order of CODES. `check_ins` in the order in which they were made.

    Drafts, proposals and closed goals have none; a paused goal only that it is overdue or has no active owner.
    """
    if goal.status not in (Status.ACTIVE, Status.PAUSED):
        return ()
    case = _Case(goal, latest_of(check_ins), situation, rules, today)
    found = [reason for rule in _RULES if (reason := rule(case)) is not None]
    if goal.status is Status.PAUSED:
        found = [reason for reason in found if reason.code in WHILE_PAUSED]
    return tuple(found)


def total(reasons: Iterable[Reason]) -> int:
    """The sum of severities."""
    return sum(reason.severity for reason in reasons)


def revisit(reasons: Sequence[Reason], rules: GoalRules) -> bool:
    """Whether the goal needs revisiting: any reason weighs two, or all together do."""
    return any(reason.severity >= 2 for reason in reasons) or total(reasons) >= rules.revisit_from


def queue_key(reasons: Sequence[Reason], due: date | None, goal_id: int) -> tuple[int, date, int]:
    """The order of the queue: the greatest sum first, then the earliest due date (none is last), then the id."""
    return (-total(reasons), due or date.max, goal_id)


def suggestion(reasons: Iterable[Reason]) -> str:
    """What may help, '' when nothing can be said: a late goal in a team over capacity is re-scoped rather than pressed."""
    codes = {reason.code for reason in reasons}
    if "capacity_conflict" in codes and codes & LATE:
        return "It is late in a team that is over capacity, so re-scoping will help more than pressing."
    if "no_active_owner" in codes:
        return "Hand it over, or stop it."
    return ""


@dataclass(frozen=True)
class _Case:
    """A goal in its situation, with what several rules ask of it."""

    goal: Goal
    latest: Latest
    situation: Situation
    rules: GoalRules
    today: date
    expects: float | None = field(init=False)
    has: float | None = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "expects", expected(self.goal, self.today))
        object.__setattr__(self, "has", progress(self.goal, self.latest.value))

    @property
    def judged(self) -> bool:
        """Whether enough was expected by now for its pace to be judged."""
        return self.expects is not None and at_least(self.expects, self.rules.judged_from)


def _stale(case: _Case) -> Reason | None:
    goal = case.goal
    begun = [day for day in (goal.start, goal.active_since) if day is not None]
    base = case.latest.on or (max(begun) if begun else None)
    if base is None:
        return None
    days = (case.today - base).days
    if days <= case.rules.stale_cadences * goal.cadence_days:
        return None
    long = days > case.rules.stale_cadences_long * goal.cadence_days
    return Reason(
        "stale",
        2 if long else 1,
        {"days": days, "cadence_days": goal.cadence_days},
        f"The last check-in was {_days(days)} ago; one is planned every {_days(goal.cadence_days)}."
        if case.latest.on
        else f"No check-in yet, {_days(days)} after it began; one is planned every {_days(goal.cadence_days)}.",
    )


def _off_pace(case: _Case) -> Reason | None:
    behind = gap(case.expects, case.has)
    if not case.judged or behind is None or not at_least(behind, case.rules.gap_behind):
        return None
    assert case.expects is not None and case.has is not None
    return Reason(
        "off_pace",
        2 if at_least(behind, case.rules.gap_at_risk) else 1,
        {"expected": round(case.expects, 6), "progress": round(case.has, 6), "gap": round(behind, 6)},
        f"{_percent(case.expects)} of the way was expected by today; {_percent(case.has)} is done.",
    )


def _run_rate(case: _Case) -> Reason | None:
    goal, has = case.goal, case.has
    if not case.judged or has is None or goal.due is None or (left := (goal.due - case.today).days) <= 0:
        return None
    if goal.measure not in MOVING and goal.measure is not Measure.MILESTONES:
        return None
    if has <= 0:
        return Reason(
            "run_rate", 1, {"multiplier": None, "days_left": left}, f"No progress yet, with {_days(left)} left."
        )
    times = run_rate(goal, has, case.today)
    if times is None or not at_least(times, case.rules.run_rate):
        return None
    return Reason(
        "run_rate",
        1,
        {"multiplier": round(times, 4), "days_left": left},
        f"The rest has to go {times:.1f} times as fast as so far, with {_days(left)} left.",
    )


def _confidence_drop(case: _Case) -> Reason | None:
    now, before = case.latest.confidence, case.latest.before
    if now is None:
        return None
    late = case.expects is not None and at_least(case.expects, case.rules.half_way)
    if now <= case.rules.confidence_low and late:
        evidence = {"confidence": now, "before": before, "expected": round(case.expects or 0.0, 6)}
        return Reason("confidence_drop", 2, evidence, f"Confidence is {now} of 10 in the second half.")
    if before is not None and before - now >= case.rules.confidence_fall:
        evidence = {"confidence": now, "before": before}
        return Reason("confidence_drop", 1, evidence, f"Confidence fell from {before} to {now} of 10.")
    return None


def _stalled(case: _Case) -> Reason | None:
    if case.goal.measure not in MOVING or case.latest.same < case.rules.stalled_check_ins:
        return None
    assert case.latest.value is not None
    return Reason(
        "stalled",
        1,
        {"value": case.latest.value, "check_ins": case.latest.same},
        f"The value has been {case.latest.value:g} in the last {case.latest.same} check-ins.",
    )


def _overdue(case: _Case) -> Reason | None:
    if case.goal.due is None or (days := (case.today - case.goal.due).days) <= 0:
        return None
    long = days > case.rules.overdue_days_long
    words = f"The due date passed {_days(days)} ago, and it is still open."
    return Reason("overdue", 2 if long else 1, {"days": days}, words)


def missing_of(goal: Goal, key_results: int) -> tuple[str, ...]:
    """What a goal lacks to be measurable, in words.

    What moves needs baseline, target (another number) and unit; a line to hold target and unit; a KPI one end of its range and
    unit; milestones at least one and an acceptance test; what is reached or not an acceptance test, or, as an objective, key
    results.
    """
    missing: list[str] = []
    if goal.measure in MOVING and goal.baseline is None:
        missing.append("baseline")
    if (goal.measure in MOVING or goal.measure in HOLDING) and goal.target is None:
        missing.append("target")
    if goal.measure in MOVING and goal.target is not None and goal.target == goal.baseline:
        missing.append("target other than the baseline")
    if goal.measure is Measure.RANGE and goal.low is None and goal.high is None:
        missing.append("healthy range")
    if goal.measure not in (Measure.MILESTONES, Measure.NONE) and not goal.unit:
        missing.append("unit")
    if goal.measure is Measure.MILESTONES and not goal.milestones:
        missing.append("milestones")
    by_key_results = goal.kind is Kind.OBJECTIVE and key_results > 0
    if goal.measure in (Measure.MILESTONES, Measure.NONE) and not goal.acceptance and not by_key_results:
        missing.append("acceptance test")
    return tuple(missing)


def _not_measurable(case: _Case) -> Reason | None:
    missing = missing_of(case.goal, case.situation.key_results)
    if not missing:
        return None
    words = f"To tell how far it has come, it lacks: {', '.join(missing)}."
    return Reason("not_measurable", 2, {"missing": list(missing)}, words)


def _unaligned(case: _Case) -> Reason | None:
    if case.goal.parent_id is None:
        if case.goal.standalone:
            return None
        return Reason(
            "unaligned", 1, {"parent": None}, "It serves no goal above it, and is not marked as standing alone."
        )
    if case.situation.parent_status in CLOSED:
        status = case.situation.parent_status
        assert status is not None
        evidence = {"parent": case.goal.parent_id, "parent_status": status.value}
        return Reason("unaligned", 1, evidence, f"The goal above it is {status.value}.")
    return None


def _no_active_owner(case: _Case) -> Reason | None:
    since = case.situation.on_leave_since
    away = since is not None and (case.today - since).days > case.rules.leave_days
    if case.situation.owner_active and (not away or case.situation.delegate_active):
        return None
    return Reason("no_active_owner", 2, {"owner": NO_ACTIVE_OWNER}, NO_ACTIVE_OWNER)


def _owner_overcommitted(case: _Case) -> Reason | None:
    objectives, results = case.situation.objectives, case.situation.key_results_of_owner
    if objectives <= case.rules.most_objectives and results <= case.rules.most_key_results:
        return None
    return Reason(
        "owner_overcommitted",
        1,
        {"objectives": objectives, "key_results": results},
        f"It shares its owner with others: {objectives} open objectives and {results} open key results in all.",
    )


def _capacity_conflict(case: _Case) -> Reason | None:
    shown = case.situation.utilisation
    weeks = case.rules.capacity_weeks
    if shown is None or len(shown) < weeks or not all(value > case.situation.stretched for value in shown[-weeks:]):
        return None
    values = list(shown[-weeks:])
    said = ", ".join(_percent(value) for value in values)
    return Reason(
        "capacity_conflict",
        1,
        {"utilisation": values},
        f"Its team was above capacity in the last {weeks} released weeks ({said}).",
    )


def _context_changed(case: _Case) -> Reason | None:
    changed = case.situation.changed
    if not changed:
        return None
    return Reason(
        "context_changed", 1, {"changed": list(changed)}, f"Changed since its last review: {', '.join(changed)}."
    )


def _too_easy(case: _Case) -> Reason | None:
    if case.has is None or case.expects is None or case.goal.measure in HOLDING:
        return None
    if not at_least(case.has, 1.0) or at_least(case.expects, case.rules.half_way):
        return None
    evidence = {"progress": round(case.has, 6), "expected": round(case.expects, 6)}
    return Reason(
        "too_easy", 1, evidence, f"It is reached, when {_percent(case.expects)} of the way was expected by today."
    )


def _conflict(case: _Case) -> Reason | None:
    if not case.situation.opposite:
        return None
    return Reason(
        "conflict",
        2,
        {"metric": case.goal.metric, "goals": list(case.situation.opposite)},
        f"Another open goal moves “{case.goal.metric}” the other way.",
    )


_RULES = (
    _stale,
    _off_pace,
    _run_rate,
    _confidence_drop,
    _stalled,
    _overdue,
    _not_measurable,
    _unaligned,
    _no_active_owner,
    _owner_overcommitted,
    _capacity_conflict,
    _context_changed,
    _too_easy,
    _conflict,
)


def _days(number: int) -> str:
    return f"{number} day" if number == 1 else f"{number} days"


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"
