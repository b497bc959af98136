"""The fourteen reasons for many goals at once: severities as arrays. `core.goals.reasons` says what each of them means.

A leader's queue looks at tens of thousands of goals and shows fifty. The arrays find these fifty; their reasons, with evidence
and words, are then told one by one. A test holds the two together on any goals.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from core.goals.goal import HOLDING, MOVING, Measure, Pace
from core.goals.progress import HAIR
from core.goals.reasons import CODES, WHILE_PAUSED
from core.policy import GoalRules

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
MEASURES = tuple(Measure)  # a measure is its place here
PACES = tuple(Pace)
NO_PARENT, OPEN_PARENT, CLOSED_PARENT = 0, 1, 2


def ordinal(day: date | None) -> float:
    """A day as a number, NaN for none."""
    return np.nan if day is None else float(day.toordinal())


@dataclass(frozen=True)
class Columns:
    """What the reasons ask, aligned arrays of shape (n,). Days are ordinals; NaN is nothing.

    active: not paused. begun: the later of start and day of agreement. same: equal values in a row. steps_done, steps_due: shares
    of milestones done and due today (due is NaN when one has no day). has_key_results: an objective measured by them. has_range:
    one end of a healthy range at least.
    """

    active: Bools
    measure: Ints
    pace: Ints
    parent: Ints
    standalone: Bools
    has_unit: Bools
    has_acceptance: Bools
    has_key_results: Bools
    has_range: Bools
    baseline: Floats
    target: Floats
    start: Floats
    due: Floats
    begun: Floats
    cadence: Floats
    last_on: Floats
    value: Floats
    confidence: Floats
    before: Floats
    same: Ints
    steps_done: Floats
    steps_due: Floats
    owner_active: Bools
    delegate_active: Bools
    away_since: Floats
    objectives: Ints
    key_results: Ints
    over_capacity: Bools
    changed: Bools
    opposite: Bools


def severities(of: Columns, rules: GoalRules, today: date) -> NDArray[np.int8]:
    """Severity (0, 1 or 2) of each reason for each goal: shape (n, 14), columns in the order of CODES."""
    now = float(today.toordinal())
    with np.errstate(all="ignore"):
        expects, has = _expected(of, now), _progress(of)
        found = {
            "stale": _stale(of, rules, now),
            "run_rate": _run_rate(of, rules, now, expects, has),
            "confidence_drop": _confidence_drop(of, rules, expects),
            "overdue": _steps(now - of.due, 0, rules.overdue_days_long),
            "not_measurable": 2 * _not_measurable(of),
            "stalled": _is(of, MOVING) & (of.same >= rules.stalled_check_ins),
            "unaligned": ((of.parent == NO_PARENT) & ~of.standalone) | (of.parent == CLOSED_PARENT),
            "no_active_owner": 2 * _no_active_owner(of, rules, now),
            "owner_overcommitted": (of.objectives > rules.most_objectives) | (of.key_results > rules.most_key_results),
            "capacity_conflict": of.over_capacity,
            "context_changed": of.changed,
            "conflict": 2 * of.opposite,
            "too_easy": (has >= 1.0 - HAIR) & (expects < rules.half_way - HAIR) & ~_is(of, HOLDING),
        }
        judged = expects >= rules.judged_from - HAIR
        gap = np.where(judged, expects - has, np.nan)
        found["off_pace"] = 1 * (gap >= rules.gap_behind - HAIR) + (gap >= rules.gap_at_risk - HAIR)
    table = np.stack([np.asarray(found[code], dtype=np.int8) for code in CODES], axis=1)
    for place, code in enumerate(CODES):
        if code not in WHILE_PAUSED:
            table[~of.active, place] = 0
    return table


def needs_revisiting(table: NDArray[np.int8], rules: GoalRules) -> Bools:
    """Whether each goal (row) needs revisiting."""
    found: Bools = (table >= 2).any(axis=1) | (table.sum(axis=1) >= rules.revisit_from)
    return found


def _is(of: Columns, measures: frozenset[Measure]) -> Bools:
    return np.isin(of.measure, [MEASURES.index(each) for each in measures])


def _only(of: Columns, measure: Measure) -> Bools:
    found: Bools = of.measure == MEASURES.index(measure)
    return found


def _steps(days: Floats, first: float | Floats, second: float | Floats) -> Ints:
    """1 beyond the first threshold, 2 beyond the second; 0 where nothing is known."""
    return 1 * (days > first) + (days > np.maximum(first, second))


def _expected(of: Columns, now: float) -> Floats:
    span = of.due - of.start
    passed = np.where(span > 0, np.clip((now - of.start) / span, 0.0, 1.0), np.nan)
    expects = np.where(of.pace == PACES.index(Pace.BACK_LOADED), passed * passed, passed)
    expects = np.where(of.pace == PACES.index(Pace.MILESTONES), of.steps_due, expects)
    return np.where(_only(of, Measure.RANGE), np.nan, expects)


def _progress(of: Columns) -> Floats:
    moved = (of.value - of.baseline) / (of.target - of.baseline)
    moved = np.where(np.isfinite(moved) & (of.target != of.baseline), moved, np.nan)
    unknown = np.isnan(of.value) | np.isnan(of.target)
    above = np.where(unknown, np.nan, 1.0 * (of.value >= of.target))
    below = np.where(unknown, np.nan, 1.0 * (of.value <= of.target))
    has = np.where(_is(of, MOVING), moved, np.nan)
    has = np.where(_only(of, Measure.STAY_ABOVE), above, has)
    has = np.where(_only(of, Measure.STAY_BELOW), below, has)
    return np.where(_only(of, Measure.MILESTONES), of.steps_done, has)


def _stale(of: Columns, rules: GoalRules, now: float) -> Ints:
    days = now - np.where(np.isnan(of.last_on), of.begun, of.last_on)
    return _steps(days, rules.stale_cadences * of.cadence, rules.stale_cadences_long * of.cadence)


def _run_rate(of: Columns, rules: GoalRules, now: float, expects: Floats, has: Floats) -> Bools:
    left, gone = of.due - now, now - of.start
    times = ((1.0 - has) / left) / (has / gone)
    runs = (has <= 0) | ((gone > 0) & (times >= rules.run_rate - HAIR))
    moves = _is(of, MOVING) | _only(of, Measure.MILESTONES)
    return moves & (left > 0) & (expects >= rules.judged_from - HAIR) & runs


def _confidence_drop(of: Columns, rules: GoalRules, expects: Floats) -> Ints:
    low = (of.confidence <= rules.confidence_low) & (expects >= rules.half_way - HAIR)
    fell = of.before - of.confidence >= rules.confidence_fall
    return np.where(low, 2, 1 * fell)


def _not_measurable(of: Columns) -> Bools:
    moves, holds = _is(of, MOVING), _is(of, HOLDING)
    ranged, steps = _only(of, Measure.RANGE), _only(of, Measure.MILESTONES)
    counted = ~steps & ~_only(of, Measure.NONE)
    found: Bools = (
        (moves & (np.isnan(of.baseline) | (of.target == of.baseline)))
        | ((moves | holds) & np.isnan(of.target))
        | (ranged & ~of.has_range)
        | (counted & ~of.has_unit)
        | (steps & np.isnan(of.steps_done))
        | (~counted & ~of.has_acceptance & ~of.has_key_results)
    )
    return found


def _no_active_owner(of: Columns, rules: GoalRules, now: float) -> Bools:
    away = (now - of.away_since > rules.leave_days) & ~of.delegate_active
    found: Bools = ~of.owner_active | away
    return found
