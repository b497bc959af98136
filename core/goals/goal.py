"""What a goal is: frozen records without SQL. Days are dates, progress is a share, and what is not known is None."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What sort of goal. A KPI has a healthy range and no progress."""

    OBJECTIVE = "objective"
    KEY_RESULT = "key_result"
    KPI = "kpi"
    DEVELOPMENT = "development"
    WELLBEING = "wellbeing"


class Measure(StrEnum):
    """How it is measured. NONE: reached or not, by the acceptance test or (an objective) by its key results."""

    REACH = "reach"
    INCREASE = "increase"
    DECREASE = "decrease"
    STAY_ABOVE = "stay_above"
    STAY_BELOW = "stay_below"
    MILESTONES = "milestones"
    RANGE = "range"
    NONE = "none"


MOVING = frozenset({Measure.REACH, Measure.INCREASE, Measure.DECREASE})  # from a baseline to a target
HOLDING = frozenset({Measure.STAY_ABOVE, Measure.STAY_BELOW})  # a line that is not to be crossed


class Pace(StrEnum):
    """How much is expected when: evenly, mostly towards the end, or as the milestones fall due."""

    LINEAR = "linear"
    BACK_LOADED = "back_loaded"
    MILESTONES = "milestones"


class Status(StrEnum):
    """Where a goal stands in its life."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    ACTIVE = "active"
    PAUSED = "paused"
    DONE = "done"
    STOPPED = "stopped"


AGREED = frozenset({Status.ACTIVE, Status.PAUSED, Status.DONE, Status.STOPPED})
CLOSED = frozenset({Status.DONE, Status.STOPPED})


class Visibility(StrEnum):
    """Who sees a goal that is agreed."""

    OPEN = "open"
    TEAM = "team"
    PRIVATE = "private"


class Ambition(StrEnum):
    """A stretch that is well met at 0.7, or a promise that is to be kept in full."""

    ASPIRATIONAL = "aspirational"
    COMMITTED = "committed"


@dataclass(frozen=True)
class Owner:
    """Whose goal it is: a person (code) or a unit (path); all blank when nobody is named."""

    person: str = ""
    unit: str = ""
    name: str = ""


@dataclass(frozen=True)
class Milestone:
    """One step of a goal. due: the day on which it is expected; done_on: None while it is not done; weight: above 0."""

    title: str
    due: date | None = None
    done_on: date | None = None
    weight: float = 1.0


@dataclass(frozen=True)
class CheckIn:
    """What was said about a goal on a day. confidence: 0 to 10. by: the name shown then."""

    on: date
    value: float | None = None
    confidence: int | None = None
    note: str = ""
    by: str = ""


@dataclass(frozen=True)
class Goal:
    """A goal as it stands.

    metric: the name of what is measured; unit: what it is counted in. low, high: the healthy range of a KPI. weight: its share
    among the key results of one objective. standalone: needs no parent. acceptance: how one will tell that it is reached.
    guardrail: the key result that must not suffer. active_since: the day on which it was agreed. closed_on: when it was done or
    stopped. version: counts every change of its terms.
    """

    id: int
    title: str
    kind: Kind
    measure: Measure
    owner: Owner = Owner()
    code: str = ""
    co_owners: tuple[Owner, ...] = ()
    delegate: Owner | None = None
    parent_id: int | None = None
    standalone: bool = False
    metric: str = ""
    unit: str = ""
    baseline: float | None = None
    target: float | None = None
    low: float | None = None
    high: float | None = None
    weight: float = 1.0
    start: date | None = None
    due: date | None = None
    cadence_days: int = 30
    pace: Pace = Pace.LINEAR
    ambition: Ambition = Ambition.ASPIRATIONAL
    acceptance: str = ""
    guardrail_id: int | None = None
    visibility: Visibility = Visibility.OPEN
    status: Status = Status.ACTIVE
    version: int = 1
    milestones: tuple[Milestone, ...] = ()
    active_since: date | None = None
    closed_on: date | None = None

    @property
    def direction(self) -> int:
        """1 when more is better, -1 when less is, 0 when neither can be said."""
        return direction_of(self.measure, self.baseline, self.target)


def direction_of(measure: Measure, baseline: float | None, target: float | None) -> int:
    """1 when more is better, -1 when less is; 0 for ranges, milestones, and a `reach` whose ends are missing or equal."""
    if measure in (Measure.INCREASE, Measure.STAY_ABOVE):
        return 1
    if measure in (Measure.DECREASE, Measure.STAY_BELOW):
        return -1
    if measure is Measure.REACH and baseline is not None and target is not None and baseline != target:
        return 1 if target > baseline else -1
    return 0
