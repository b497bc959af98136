"""Two years of conversations: pairs as the roster had them, monthly check-ins and a review each quarter.

Departments keep the rhythm to different degrees. The manager behind the account of that name keeps it with everybody but one.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Connection, delete, insert

from core.database.bulk import write_rows
from core.demo.goal_course import Course
from core.demo.goal_sheet import DAY
from core.demo.roster import Line, Roster
from core.rhythm.tables import Conversation, Pair

BEGAN = timedelta(weeks=104)  # ago: when the company began to keep a rhythm
MONTH, REVIEW_AFTER, GRACE = 30, 75, 7
ON_TIME = (0.62, 0.94)  # share of conversations on time, by department
LATE_SHARE = 0.6  # of the others: late; the rest did not take place
SILENCE = 104  # days since the pair that has not talked last did
OWN_TEAM_ON_TIME = 0.95


@dataclass(frozen=True)
class Talks:
    """What was written. pairs: (lead, member) -> number of the pair. held: pair -> (conversation, day), oldest first.

    silent: the member of the pair that has not talked for a quarter; None when there is no such pair.
    """

    pairs: dict[tuple[int, int], int]
    held: dict[int, list[tuple[int, date]]]
    silent: int | None


def talk(connection: Connection, roster: Roster, *, seed: int, today: date) -> Talks:
    """Write pairs and their conversations up to today, in place of the pairs that began with the import. No texts."""
    course = Course(np.random.default_rng([seed, 23]), today)
    spans = _spans(roster, today)
    connection.execute(delete(Pair))
    keys = sorted(spans)
    rows = [_pair(key, spans[key]) for key in keys]
    made = connection.scalars(insert(Pair).returning(Pair.id, sort_by_parameter_order=True), rows).all()
    pairs = dict(zip(keys, made, strict=True))
    manager = roster.accounts.get("manager")
    silent = _silent(roster, keys, spans, today)
    shares = _shares(roster, course)
    found: list[dict[str, Any]] = []
    for key in keys:
        for line in spans[key]:
            share = OWN_TEAM_ON_TIME if key[0] == manager else shares.get(key[1], ON_TIME[1])
            until = today - SILENCE * DAY if key == (manager, silent) else today
            found += _of_line(course, pairs[key], line, until, share, careful=key[0] == manager)
    own = {pairs[key] for key in keys if {key[0], key[1]} & set(roster.accounts.values())}
    theirs = [row for row in found if row["pair_id"] in own]
    write_rows(connection, insert(Conversation), [row for row in found if row["pair_id"] not in own])
    held: dict[int, list[tuple[int, date]]] = defaultdict(list)
    if theirs:
        statement = insert(Conversation).returning(Conversation.id, sort_by_parameter_order=True)
        for row, number in zip(theirs, connection.scalars(statement, theirs), strict=True):
            held[row["pair_id"]].append((number, row["held_on"]))
    return Talks(pairs, dict(held), silent)


def _spans(roster: Roster, today: date) -> dict[tuple[int, int], list[Line]]:
    """(lead, member) -> the times of the last two years in which they were a pair, oldest first."""
    begun = today - BEGAN
    found: dict[tuple[int, int], list[Line]] = defaultdict(list)
    for line in roster.lines:
        since = max(line.starts, begun)
        if since > today or (line.ends is not None and line.ends <= since):
            continue
        ends = None if line.ends is not None and line.ends > today else line.ends
        found[line.lead, line.member].append(Line(line.lead, line.member, since, ends))
    return found


def _pair(key: tuple[int, int], lines: Sequence[Line]) -> dict[str, Any]:
    return {
        "kind": "manager",
        "lead_id": key[0],
        "member_id": key[1],
        "since": lines[0].starts,
        "until": lines[-1].ends,
        "clock_from": lines[-1].starts,
        "proposed_by_id": None,
        "accepted_on": None,
    }


def _silent(
    roster: Roster, keys: Sequence[tuple[int, int]], spans: dict[tuple[int, int], list[Line]], today: date
) -> int | None:
    """Somebody of the manager's team who has been there for long; never the one behind the account `employee`."""
    manager, employee = roster.accounts.get("manager"), roster.accounts.get("employee")
    long_ago = today - (SILENCE + 60) * DAY
    team = [
        member
        for lead, member in keys
        if lead == manager
        and member != employee
        and spans[lead, member][-1].ends is None
        and spans[lead, member][-1].starts <= long_ago
    ]
    return team[len(team) // 2] if team else None


def _shares(roster: Roster, course: Course) -> dict[int, float]:
    """By person: how large a share of conversations is on time in their department."""
    of_department: dict[str, float] = {}
    found = {}
    for place in roster.places:
        department = "/".join(place.path.split("/")[:3])
        if department not in of_department:
            of_department[department] = course.between(*ON_TIME)
        for stay in roster.stays.get(place.id, ()):
            found[stay.person] = of_department[department]
    return found


def _of_line(
    course: Course, pair: int, line: Line, until: date, share: float, *, careful: bool
) -> list[dict[str, Any]]:
    """The conversations that took place while the two were a pair, up to `until`."""
    last = min(until, line.ends - DAY) if line.ends is not None else until
    found = []
    anchor, reviewed = line.starts, line.starts
    while (due := anchor + MONTH * DAY) <= last + MONTH * DAY:
        drawn = course.draw()
        if drawn < share:
            after = course.pick(GRACE + 4) - 4
        elif careful or drawn < share + (1 - share) * LATE_SHARE:
            after = GRACE + 2 + course.pick(12)
        else:
            anchor = due
            continue
        day = _working(due + after * DAY)
        if day > last:
            break
        review = (day - reviewed).days >= REVIEW_AFTER
        found.append(
            {
                "pair_id": pair,
                "kind": "review" if review else "check_in",
                "due": due,
                "first_due": due,
                "held_on": day,
            }
        )
        anchor = day
        reviewed = day if review else reviewed
    if careful and not line.ends and until == course.today and anchor < course.today - 28 * DAY:
        day = _working(course.today - (2 + course.pick(9)) * DAY)
        if day > anchor:
            review = (day - reviewed).days >= REVIEW_AFTER
            found.append(
                {
                    "pair_id": pair,
                    "kind": "review" if review else "check_in",
                    "due": anchor + MONTH * DAY,
                    "first_due": anchor + MONTH * DAY,
                    "held_on": day,
                }
            )
    return found


def _working(day: date) -> date:
    """The day, or the Friday before a weekend."""
    return day - max(0, day.weekday() - 4) * DAY
