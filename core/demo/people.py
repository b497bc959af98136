"""The frame of people, as the import reads it: one row for each assignment."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from core.demo.activity import own_terms
from core.demo.careers import LEAVING_REASONS, Bools, Ints, Posts, Spells, Tenures
from core.demo.knobs import Knobs
from core.demo.names import addresses, people_names
from core.demo.organisation import ROLES, Unit
from core.demo.seasons import FULL_TIME, LOCATION_SHARES, LOCATIONS, Floats
from core.demo.stories import reorganisation_week

PEOPLE_COLUMNS = (
    "id",
    "name",
    "email",
    "unit",
    "manager_id",
    "contracted_hours",
    "hired",
    "left",
    "leaving_reason",
    "role",
    "location",
    "grade",
    "from",
    "to",
    "schedule",
    "zone",
)
PART_TIME_HOURS = (20.0, 24.0, 30.0, 32.0)
PART_TIME_SHARES = (0.2, 0.2, 0.25, 0.35)
MEMBER_GRADES = ("G2", "G3", "G4", "G5")
MEMBER_GRADE_SHARES = (0.2, 0.35, 0.3, 0.15)
LEAD_GRADE = "G6"
HEAD_GRADES = ("G9", "G8", "G7")  # company, division, department
FRIDAY = 4


@dataclass(frozen=True)
class Staff:
    """People by number (0 = hired first) with what is theirs: arrays over people, `contracted` over people and weeks."""

    ids: list[str]
    location: Ints
    contracted: Floats


def staff(all_posts: Posts, tenures: Tenures, knobs: Knobs) -> Staff:
    """Location and contracted hours of everybody. Heads of inner units work full time."""
    rng = np.random.default_rng([knobs.seed, 6])
    count = int(tenures.person.max()) + 1
    location = rng.choice(len(LOCATIONS), size=count, p=LOCATION_SHARES)
    full = np.array(FULL_TIME)[location]
    part = rng.choice(PART_TIME_HOURS, size=count, p=PART_TIME_SHARES)
    is_part = rng.random(count) < knobs.part_time
    changes = rng.random(count) < knobs.hours_changes
    change_week = rng.integers(4, knobs.weeks - 2, size=count)
    alone = np.bincount(all_posts.unit)[all_posts.unit] == 1
    heads = tenures.person[alone[tenures.post]]
    is_part[heads] = changes[heads] = False
    now, later = np.where(is_part, part, full), np.where(is_part, full, part)
    changed = changes[:, None] & (np.arange(knobs.weeks)[None, :] >= change_week[:, None])
    contracted = np.where(changed, later[:, None], now[:, None])
    return Staff([f"P{number + 1:04d}" for number in range(count)], location, contracted)


def held(tenures: Tenures, weeks: int) -> Bools:
    """Tenures by weeks: does the person hold the post in that week?"""
    week = np.arange(weeks)[None, :]
    return (week >= tenures.start[:, None]) & (week <= tenures.end[:, None])


def people_frame(
    units: tuple[Unit, ...],
    all_posts: Posts,
    tenures: Tenures,
    spells: Spells,
    everybody: Staff,
    *,
    knobs: Knobs,
    first_week: date,
) -> pd.DataFrame:
    """One row for each assignment: it begins with the spell, or when unit, manager or contracted hours change.

    Columns PEOPLE_COLUMNS; dates are `datetime.date` or None, `to` is always blank, the company's head has no manager.
    """
    holds = held(tenures, knobs.weeks)
    moved_at = reorganisation_week(knobs)
    week = np.arange(knobs.weeks)

    holder = np.full((len(all_posts.unit), knobs.weeks), -1, dtype=np.int64)
    rows, columns = np.nonzero(holds)
    holder[tenures.post[rows], columns] = tenures.person[rows]

    unit = all_posts.unit[tenures.post]
    leads = all_posts.number[tenures.post] == 0
    managers = []
    for parents in ([each.former_parent for each in units], [each.parent for each in units]):
        above = np.array(parents)[unit]
        post = np.where(leads, all_posts.first[above], all_posts.first[unit])
        managers.append(np.where((leads & (above < 0))[:, None], -1, holder[post]))
    manager = np.where(week[None, :] < moved_at, managers[0], managers[1])
    moves = np.array([each.path != each.former_path for each in units])[unit]
    contracted = everybody.contracted[tenures.person]

    changed = np.zeros_like(holds)
    changed[:, 1:] = (manager[:, 1:] != manager[:, :-1]) | (contracted[:, 1:] != contracted[:, :-1])
    changed |= moves[:, None] & (week == moved_at)[None, :] & (moved_at > 0)
    begins = week[None, :] == tenures.start[:, None]
    row, column = np.nonzero(holds & (begins | changed))

    first_of_spell = np.zeros(len(tenures.post), dtype=bool)
    by_start = np.argsort(tenures.start, kind="stable")
    first_of_spell[by_start[np.unique(tenures.spell[by_start], return_index=True)[1]]] = True
    spell, person = tenures.spell[row], tenures.person[row]
    starts = np.where(first_of_spell[row] & begins[row, column], spells.hired[spell], 7 * column)
    ends = 7 * spells.end[spell] + FRIDAY

    names = people_names(len(everybody.ids), knobs.seed)
    grades = np.random.default_rng([knobs.seed, 7]).choice(MEMBER_GRADES, size=len(names), p=MEMBER_GRADE_SHARES)
    titles = np.random.default_rng([knobs.seed, 8]).random(len(names))
    mail = addresses(names)
    stays = spells.stays[spell]
    terms = [
        own_terms(LOCATIONS[place], float(hours), units[at].name)
        for place, hours, at in zip(
            everybody.location[person], everybody.contracted[person, column], unit[row], strict=True
        )
    ]
    frame = pd.DataFrame(
        {
            "id": [everybody.ids[each] for each in person],
            "name": [names[each] for each in person],
            "email": [mail[each] for each in person],
            "unit": [
                units[place].path if when >= moved_at else units[place].former_path
                for place, when in zip(unit[row], column, strict=True)
            ],
            "manager_id": [everybody.ids[each] if each >= 0 else None for each in manager[row, column]],
            "contracted_hours": everybody.contracted[person, column],
            "hired": _dates(first_week, spells.hired[spell]),
            "left": _dates(first_week, ends, stays),
            "leaving_reason": [
                None if staying else LEAVING_REASONS[reason]
                for staying, reason in zip(stays, spells.reason[spell], strict=True)
            ],
            "role": [
                _role(units[place], bool(lead), float(title))
                for place, lead, title in zip(unit[row], leads[row], titles[person], strict=True)
            ],
            "location": [LOCATIONS[each] for each in everybody.location[person]],
            "grade": [
                _grade(units[place], bool(lead), str(grade))
                for place, lead, grade in zip(unit[row], leads[row], grades[person], strict=True)
            ],
            "from": _dates(first_week, starts),
            "to": pd.Series([None] * len(row), dtype=object),
            "schedule": [schedule for schedule, _ in terms],
            "zone": [zone for _, zone in terms],
        },
        columns=list(PEOPLE_COLUMNS),
    )
    order = np.lexsort((starts, person))
    return frame.iloc[order].reset_index(drop=True)


def _dates(first_week: date, days: Ints, blank: Bools | None = None) -> pd.Series:
    found = [first_week + timedelta(days=int(day)) for day in days]
    if blank is not None:
        return pd.Series([None if empty else day for day, empty in zip(found, blank, strict=True)], dtype=object)
    return pd.Series(found, dtype=object)


def _role(unit: Unit, lead: bool, draw: float) -> str:
    if unit.depth == 3:
        roles = ROLES[unit.department]
        return "Team lead" if lead else roles[int(draw * len(roles))]
    return "Chief executive" if unit.depth == 0 else f"Head of {unit.name}"


def _grade(unit: Unit, lead: bool, grade: str) -> str:
    if unit.depth == 3:
        return LEAD_GRADE if lead else grade
    return HEAD_GRADES[unit.depth]
