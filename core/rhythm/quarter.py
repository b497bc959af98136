"""What a quarter's conversations come to, manager by manager: never shown, only what `core.rhythm.release` makes of it.

One manager's share would be a score of that person. So a manager enters as a fixed number of stand-ins, people of the own
team, each with the same share: whatever concerns k' stand-ins concerns three managers or more, and k' pairs. The protection
of group numbers then does the rest, and its proof proves this too.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from sqlalchemy import Connection, select

from core.people.places import homes, these
from core.policy import Policy
from core.privacy.candidates import Contribution
from core.rhythm.cadence import Kind, Slot, slots
from core.rhythm.clock import rhythms
from core.rhythm.tables import Pair

MEASURE = FAMILY = "conversations_late"
FEWEST_MANAGERS = 3
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class QuarterRhythm:
    """The contribution of a quarter. manager_of: stand-in (person id) -> the manager they stand for. roster: unit -> stand-ins
    that its managers would have if all of them counted."""

    contribution: Contribution
    manager_of: dict[int, int]
    roster: dict[int, int]


def stand_ins(k_prime: int) -> int:
    """How many people stand for each manager: the most with which two managers are fewer than k' (2 at k' = 6).

    With it k' stand-ins need `FEWEST_MANAGERS` managers, and that many managers have k' stand-ins.
    """
    return (k_prime - 1) // (FEWEST_MANAGERS - 1)


def known_from(end: date, policy: Policy) -> date:
    """The first day on which nothing of the quarter that ends before `end` is within its days of grace, and it is closed."""
    return end + max(policy.close_after_days, policy.rhythm.grace_days) * _DAY


def quarter_rhythm(connection: Connection, quarter: date, end: date, policy: Policy) -> QuarterRhythm | None:
    """What goes into the release of the quarter `[quarter, end)`; None when no manager counts.

    A manager counts with two people or more (`stand_ins`) with whom a conversation was due; at the home unit on the last day.
    """
    per_manager: dict[int, dict[int, list[Slot]]] = defaultdict(lambda: defaultdict(list))
    for lead, member, found in _slots(connection, quarter, end, policy):
        per_manager[lead][member] += found
    last = end - _DAY
    home = homes(connection, these(set(per_manager)), last) if per_manager else {}
    size = stand_ins(policy.k_prime)
    rows: list[tuple[int, int, float]] = []
    manager_of: dict[int, int] = {}
    roster: dict[int, int] = defaultdict(int)
    for lead in sorted(per_manager.keys() & home.keys()):
        members = per_manager[lead]
        roster[home[lead].unit_id] += size
        chosen = [each for each in sorted(members) if members[each] and each not in manager_of][:size]
        if len(chosen) < size:
            continue
        judged = [slot for found in members.values() for slot in found]
        late = sum(slot.on_time is False for slot in judged) / len(judged)
        manager_of |= dict.fromkeys(chosen, lead)
        rows += [(each, home[lead].unit_id, late) for each in chosen]
    if not rows:
        return None
    people, units, shares = (np.array(column) for column in zip(*rows, strict=True))
    values = shares.astype(np.float64)
    contribution = Contribution(
        family=FAMILY,
        people=people.astype(np.int64),
        units=units.astype(np.int64),
        variables={MEASURE: values},
        measures={MEASURE: (values, np.ones(len(rows)))},
        delivered=frozenset(units.tolist()),
        silence_tells=True,
    )
    return QuarterRhythm(contribution, manager_of, dict(roster))


def _slots(connection: Connection, quarter: date, end: date, policy: Policy) -> list[tuple[int, int, list[Slot]]]:
    """(manager, member, conversations that were due in the quarter and are decided) of every pair by the roster."""
    mine = (Pair.kind == "manager", Pair.since < end, Pair.until.is_(None) | (Pair.until > quarter))
    pairs = connection.execute(select(Pair.id, Pair.lead_id, Pair.member_id, Pair.until, Pair.clock_from).where(*mine))
    rows = pairs.all()
    known = rhythms(connection, {row.id: row.clock_from for row in rows}, *mine)
    found = []
    for row in rows:
        today = known_from(end, policy) - _DAY
        if row.until is not None:
            today = min(today, row.until - _DAY)
        due = [
            slot
            for kind in (Kind.CHECK_IN, Kind.REVIEW)
            for slot in slots(known[row.id], kind, policy.rhythm, today)
            if quarter <= slot.due < end and slot.on_time is not None
        ]
        found.append((row.lead_id, row.member_id, due))
    return found
