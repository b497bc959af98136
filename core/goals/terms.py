"""The terms of a goal as somebody writes them, checked: what may be agreed on, in which words it is refused, and warnings."""

import math
import re
import unicodedata
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from core.access.refusals import Refused
from core.access.viewer import Viewer
from core.calendar import long_label
from core.goals.goal import (
    AGREED,
    MOVING,
    Ambition,
    Goal,
    Kind,
    Measure,
    Milestone,
    Owner,
    Pace,
    Visibility,
    direction_of,
)
from core.goals.tables import GoalRow
from core.goals.visibility import sees
from core.people.places import person_of, unit_of
from core.policy import GoalRules

LONGEST_TITLE = 300
LONGEST_TEXT = 2000
LONGEST_METRIC, LONGEST_UNIT = 200, 60
LONGEST_CADENCE = 366
MOST_MILESTONES = 50
DEEPEST = 12  # levels from the company to a key result
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")  # all but tab and line feed
_WIDTH = {Visibility.PRIVATE: 0, Visibility.TEAM: 1, Visibility.OPEN: 2}


class TermRefused(Refused):
    """One of the terms cannot be taken. field: its name in `Terms`, so that a form can say so beside it."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Terms:
    """What is agreed on: the fields of `core.goals.goal.Goal` that people write.

    owner: the code of a person or the path of a unit. other_year: a parent whose time lies wholly elsewhere is meant so.
    """

    title: str
    kind: Kind
    measure: Measure
    owner: Owner
    co_owners: tuple[str, ...] = ()
    delegate: str = ""
    parent_id: int | None = None
    standalone: bool = False
    other_year: bool = False
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
    milestones: tuple[Milestone, ...] = ()


@dataclass(frozen=True)
class Checked:
    """Terms as they may be kept: texts tidied, people and units found by number. warnings: what is odd and not refused."""

    terms: Terms
    owner_id: int | None
    owner_unit_id: int | None
    delegate_id: int | None
    co_owner_ids: tuple[int, ...]
    warnings: tuple[str, ...]

    def row(self) -> dict[str, Any]:
        """The columns of the goal's row that follow from the terms."""
        terms = self.terms
        return {
            "kind": terms.kind.value,
            "title": terms.title,
            "owner_id": self.owner_id,
            "owner_unit_id": self.owner_unit_id,
            "delegate_id": self.delegate_id,
            "parent_id": terms.parent_id,
            "standalone": terms.standalone,
            "measure": terms.measure.value,
            "metric": terms.metric,
            "metric_key": metric_key(terms.metric),
            "direction": direction_of(terms.measure, terms.baseline, terms.target),
            "unit": terms.unit,
            "baseline": terms.baseline,
            "target": terms.target,
            "low": terms.low,
            "high": terms.high,
            "weight": terms.weight,
            "start": terms.start,
            "due": terms.due,
            "cadence_days": terms.cadence_days,
            "pace": terms.pace.value,
            "ambition": terms.ambition.value,
            "acceptance": terms.acceptance,
            "guardrail_id": terms.guardrail_id,
            "visibility": terms.visibility.value,
        }


def metric_key(metric: str) -> str:
    """The name of a metric for comparing: composed, without case, with single blanks.

    >>> metric_key("  Rework   Share ")
    'rework share'
    """
    return " ".join(unicodedata.normalize("NFKC", metric).casefold().split())[:LONGEST_METRIC]


def terms_of(goal: Goal) -> Terms:
    """The terms of a goal as it stands, to be changed with `dataclasses.replace`."""
    same = {each.name: getattr(goal, each.name) for each in fields(Terms) if each.name not in _OTHERWISE}
    return Terms(
        **same,
        co_owners=tuple(each.person for each in goal.co_owners),
        delegate=goal.delegate.person if goal.delegate else "",
        other_year=True,
    )


_OTHERWISE = ("co_owners", "delegate", "other_year")


def tidy(text: str, what: str, longest: int, *, needed: bool = False, field: str = "") -> str:
    """A text as it may be kept: composed (NFC), without blanks round it.

    Raises:
        TermRefused: it is empty and needed, too long, or holds control characters.
    """
    kept = unicodedata.normalize("NFC", text).strip()
    if needed and not kept:
        raise TermRefused(f"{what} needs words.", field)
    if len(kept) > longest:
        raise TermRefused(f"{what} holds {longest:,} characters at most; this has {len(kept):,}. Shorten it.", field)
    if _CONTROL.search(kept):
        raise TermRefused(f"{what} holds a control character. Write it as plain text.", field)
    return kept


def checked(
    connection: Connection, viewer: Viewer, terms: Terms, *, rules: GoalRules, on: date, goal_id: int | None = None
) -> Checked:
    """The terms as they may be kept, on the day `on`; `goal_id` for a goal that is there already.

    Raises:
        Refused: they cannot be taken; the message says why and what would be right.
    """
    terms = _plain(terms)
    _dates(terms)
    _numbers(terms)
    owner_id, owner_unit_id = _owner(connection, terms, on)
    if terms.kind is Kind.WELLBEING and owner_id is not None:
        _of_one_person(viewer, terms)
    elif owner_unit_id is not None and terms.visibility is Visibility.PRIVATE:
        raise TermRefused("A unit's goal is open or for the team. Private goals belong to a person.", "visibility")
    delegate = _person(connection, terms.delegate, on, "The delegate", "delegate") if terms.delegate else None
    co_owners = tuple(
        _person(connection, code, on, "A co-owner", "co_owners") for code in dict.fromkeys(terms.co_owners)
    )
    if owner_id is not None and owner_id in (*co_owners, delegate):
        raise TermRefused(
            "The owner is named again as co-owner or delegate. Name somebody else, or leave it out.", "co_owners"
        )
    warnings = _parent(connection, viewer, terms, on, goal_id, rules)
    _guardrail(connection, viewer, terms, on, goal_id)
    if goal_id is not None:
        _below(connection, terms, goal_id)
    return Checked(terms, owner_id, owner_unit_id, delegate, co_owners, tuple(warnings))


def _plain(terms: Terms) -> Terms:
    """Texts tidied; everything else as it was."""
    steps = tuple(
        replace(each, title=tidy(each.title, "A milestone", LONGEST_TITLE, needed=True, field="milestones"))
        for each in terms.milestones
    )
    return replace(
        terms,
        title=" ".join(tidy(terms.title, "A title", LONGEST_TITLE, needed=True, field="title").split()),
        metric=tidy(terms.metric, "The name of a metric", LONGEST_METRIC, field="metric"),
        unit=tidy(terms.unit, "A unit of measure", LONGEST_UNIT, field="unit"),
        acceptance=tidy(terms.acceptance, "An acceptance test", LONGEST_TEXT, field="acceptance"),
        milestones=steps,
    )


def _dates(terms: Terms) -> None:
    if terms.start is not None and terms.due is not None and terms.due <= terms.start:
        raise TermRefused(
            f"The due date ({long_label(terms.due)}) is not after the start ({long_label(terms.start)}). Correct one of them.",
            "due",
        )
    if not 1 <= terms.cadence_days <= LONGEST_CADENCE:
        raise TermRefused(
            f"Check-ins are planned every 1 to {LONGEST_CADENCE} days; this says {terms.cadence_days}.", "cadence_days"
        )


def _numbers(terms: Terms) -> None:
    given = {name: getattr(terms, name) for name in ("baseline", "target", "low", "high", "weight")}
    for name, value in given.items():
        if value is not None and not math.isfinite(value):
            raise TermRefused(f"The {name} is not a number that can be reached.", name)
    if not 0 < terms.weight <= 1000:
        raise TermRefused("A weight is more than 0 and at most 1,000.", "weight")
    if terms.low is not None and terms.high is not None and terms.low > terms.high:
        raise TermRefused("The healthy range ends before it begins. Swap its ends.", "high")
    base, target = terms.baseline, terms.target
    if terms.measure in MOVING and base is not None and target is not None:
        if base == target:
            raise TermRefused(
                "The target is equal to the baseline, so there is no way to go. Change one of them.", "target"
            )
        if target < base if terms.measure is Measure.INCREASE else target > base and terms.measure is Measure.DECREASE:
            raise TermRefused(
                f"To {terms.measure.value} from {base:g} to {target:g} is the other direction. Change one of them.",
                "target",
            )
    if terms.kind is Kind.KPI and terms.measure is not Measure.RANGE:
        raise TermRefused("A KPI has a healthy range and no target to move to. Choose the measure 'range'.", "measure")
    if len(terms.milestones) > MOST_MILESTONES:
        raise TermRefused(
            f"A goal has {MOST_MILESTONES} milestones at most. Make a goal of its own of some of them.", "milestones"
        )
    if any(not 0 < each.weight <= 1000 for each in terms.milestones):
        raise TermRefused("The weight of a milestone is more than 0 and at most 1,000.", "milestones")


def _owner(connection: Connection, terms: Terms, on: date) -> tuple[int | None, int | None]:
    if terms.owner.person and terms.owner.unit:
        raise TermRefused("A goal has one owner: a person or a unit. Name the others as co-owners.", "owner")
    if terms.owner.person:
        return _person(connection, terms.owner.person, on, "The owner", "owner"), None
    if terms.owner.unit:
        unit = unit_of(connection, terms.owner.unit, on)
        if unit is None:
            raise TermRefused(
                f"There is no unit '{terms.owner.unit}' with people in it. Choose one that there is.", "owner"
            )
        return None, unit
    raise TermRefused("A goal needs an owner: a person or a unit.", "owner")


def _person(connection: Connection, code: str, on: date, what: str, field: str) -> int:
    found = person_of(connection, code, on)
    if found is None:
        raise TermRefused(f"{what} is nobody who is employed on {long_label(on)}. Choose somebody who is.", field)
    return found


def _of_one_person(viewer: Viewer, terms: Terms) -> None:
    if terms.owner.person != viewer.person_code:
        raise TermRefused(
            "A wellbeing goal of a person is set by that person alone. For a team, name its unit as the owner.", "owner"
        )
    if terms.visibility is not Visibility.PRIVATE:
        raise TermRefused("A wellbeing goal of your own is private. You can share it with your manager.", "visibility")
    if terms.co_owners or terms.delegate:
        raise TermRefused("A wellbeing goal of your own has no co-owners and no delegate.", "co_owners")


def _parent(
    connection: Connection, viewer: Viewer, terms: Terms, on: date, goal_id: int | None, rules: GoalRules
) -> list[str]:
    if terms.parent_id is None:
        return []
    row = connection.execute(
        select(
            GoalRow.kind, GoalRow.status, GoalRow.visibility, GoalRow.start, GoalRow.due, GoalRow.owner_unit_id
        ).where(GoalRow.id == terms.parent_id, sees(viewer, on), GoalRow.archived_at.is_(None))
    ).first()
    if row is None or row.status not in AGREED:
        raise TermRefused(
            "The goal above is not one that you can see and that is agreed. Choose another, or none.", "parent_id"
        )
    if row.kind == Kind.WELLBEING and row.owner_unit_id is None:
        raise TermRefused("A personal wellbeing goal has no goals under it. Choose another goal above.", "parent_id")
    if _WIDTH[Visibility(row.visibility)] < _WIDTH[terms.visibility]:
        raise TermRefused(
            "The goal above is seen by fewer people than this one. Choose another, or show this one to fewer.",
            "parent_id",
        )
    if _lies_elsewhere(terms, row.start, row.due) and not terms.other_year:
        raise TermRefused(
            "The goal above lies in another period. Choose one of the same period, or say that it is meant so.",
            "other_year",
        )
    above = _above(connection, terms.parent_id)
    if goal_id is not None and goal_id in above:
        raise TermRefused("This would put the goal under itself. Choose another goal above.", "parent_id")
    if len(above) >= DEEPEST:
        raise TermRefused(f"A tree of goals has {DEEPEST} levels at most. Choose a goal further up.", "parent_id")
    if terms.kind is not Kind.KEY_RESULT:
        return []
    beside = connection.scalar(
        select(func.count())
        .select_from(GoalRow)
        .where(
            GoalRow.parent_id == terms.parent_id,
            GoalRow.kind == Kind.KEY_RESULT,
            GoalRow.status.in_(sorted(AGREED)),
            GoalRow.archived_at.is_(None),
            GoalRow.id != (goal_id or 0),
            sees(viewer, on),
        )
    )
    if (beside or 0) + 1 > rules.most_key_results:
        most = rules.most_key_results
        return [f"The goal above has {beside} other key results. A handful keeps them in view, {most} at most."]
    return []


def _below(connection: Connection, terms: Terms, goal_id: int) -> None:
    wider = [each.value for each, width in _WIDTH.items() if width > _WIDTH[terms.visibility]]
    found = connection.scalar(
        select(func.count())
        .select_from(GoalRow)
        .where(
            GoalRow.parent_id == goal_id,
            GoalRow.visibility.in_(wider),
            GoalRow.status.in_(sorted(AGREED)),
            GoalRow.archived_at.is_(None),
        )
    )
    if found:
        raise TermRefused(
            "A goal under this one is seen by more people. Change that one first, or leave this as it is.", "visibility"
        )


def _lies_elsewhere(terms: Terms, start: date | None, due: date | None) -> bool:
    """Whether the two spans share no day."""
    return bool(
        (terms.start is not None and due is not None and terms.start > due)
        or (terms.due is not None and start is not None and terms.due < start)
    )


def _above(connection: Connection, goal_id: int) -> list[int]:
    """The goal and all above it, from below; stops where a circle would close."""
    found: list[int] = []
    at: int | None = goal_id
    while at is not None and at not in found and len(found) <= DEEPEST:
        found.append(at)
        at = connection.scalar(select(GoalRow.parent_id).where(GoalRow.id == at))
    return found


def _guardrail(connection: Connection, viewer: Viewer, terms: Terms, on: date, goal_id: int | None) -> None:
    if terms.guardrail_id is None:
        return
    if terms.guardrail_id == goal_id:
        raise TermRefused("A goal cannot guard itself. Choose another key result as guardrail.", "guardrail_id")
    visibility = connection.scalar(
        select(GoalRow.visibility).where(
            GoalRow.id == terms.guardrail_id, GoalRow.status.in_(sorted(AGREED)), sees(viewer, on)
        )
    )
    if visibility is None or _WIDTH[Visibility(visibility)] < _WIDTH[terms.visibility]:
        raise TermRefused(
            "The guardrail is not a goal that everybody can see who sees this one. Choose another, or none.",
            "guardrail_id",
        )
