"""The frame of person-weeks: contracted hours, absence, and what was worked, with its swing, its gaps and its stories."""

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.demo.careers import Bools, Ints, Posts, Tenures
from core.demo.knobs import Knobs
from core.demo.organisation import NO_CALENDAR_CANDIDATES, Unit
from core.demo.people import Staff, held
from core.demo.seasons import Floats, Seasons, seasons
from core.demo.stories import load, story_units

WEEK_COLUMNS = (
    "person_id",
    "week",
    "contracted",
    "leave",
    "public_holiday",
    "sickness",
    "worked",
    "after_hours",
    "rest_day",
    "meeting",
    "focus",
)
MEASURED = ("worked", "after_hours", "rest_day", "meeting", "focus")

DAYS = 5  # contracted hours are spread over Monday to Friday
PERSISTENCE = 0.1  # how much of one week's swing is still there in the next
POST_DEVIATION = 0.03  # some posts of a team are busier than others
TEAM_SWING = 0.012  # weekly deviation that a team has in common
TWO_WEEKS = 0.45  # share of the blocks of leave that last two weeks
HALF_DAY = 0.15  # share of single days of leave that are half days
SICK_DAYS, SICK_DAY_SHARES = (1, 2, 3, 5), (0.35, 0.3, 0.2, 0.15)
AWAY_ANYWAY = 0.17  # share of the drawn days of sickness that fall on days off, or on each other
SICK_AGAIN = 0.25  # chance that a week of sickness is followed by another full one
MEETING_SHARES = (0.21, 0.36, 0.48)  # of the hours worked: member, team lead, head
LEAST_UTILISATION, MOST_UTILISATION = 0.5, 1.75


def hours_frame(
    units: tuple[Unit, ...], all_posts: Posts, tenures: Tenures, everybody: Staff, *, knobs: Knobs, last_week: date
) -> pd.DataFrame:
    """One row for each person and week employed, except for team-weeks that were not delivered.

    Columns WEEK_COLUMNS, hours as floats (quarter hours; leave, holidays and sickness in days and half days of the
    person's own hours), NaN where a cell is blank. Hours available are contracted - leave - public_holiday - sickness,
    never negative; where they are 0 nothing was worked. In a week of leave with a public holiday the two together make
    up the contracted hours. Every draw has a shape that does not depend on the date: another last week sees the same
    people with the same swing in other seasons.
    """
    mondays = [last_week - timedelta(weeks=ago) for ago in range(knobs.weeks - 1, -1, -1)]
    year = seasons(mondays, knobs)
    unit = all_posts.unit[tenures.post]
    contracted = everybody.contracted[tenures.person]
    holiday, leave, sick = _absence(year, everybody.location[tenures.person], contracted.shape, knobs)
    per_day = contracted / DAYS
    # Whole days first, so that a week without a day left is exactly 0 and not a rounding error.
    available = np.where(holiday + leave + sick >= DAYS, 0.0, (DAYS - holiday - leave - sick) * per_day)

    carried = load(units, knobs)
    utilisation = carried.utilisation[unit] + year.work[None, :] + _swing(all_posts, tenures, unit, len(units), knobs)
    utilisation = np.clip(utilisation, LEAST_UTILISATION, MOST_UTILISATION)
    measured = _measured(utilisation, available, carried.on_call[unit], _rank(units, all_posts, tenures), knobs)

    rng = np.random.default_rng([knobs.seed, 12])
    wanted = held(tenures, knobs.weeks) & ~_undelivered(units, knobs, rng)[unit]
    silent = [name for name in NO_CALENDAR_CANDIDATES if name in {each.name for each in units}]
    no_calendar = np.isin(unit, [p for p, each in enumerate(units) if each.name in silent[: knobs.no_calendar_teams]])
    for name in ("meeting", "focus"):
        measured[name][no_calendar] = np.nan
    for name in MEASURED:
        measured[name][rng.random(contracted.shape) < knobs.blanks] = np.nan

    row, column = np.nonzero(wanted)
    order = np.lexsort((tenures.person[row], column))
    row, column = row[order], column[order]
    ids, weeks = np.array(everybody.ids), np.array(mondays, dtype=object)
    return pd.DataFrame(
        {
            "person_id": ids[tenures.person[row]],
            "week": pd.Series(weeks[column], dtype=object),
            "contracted": contracted[row, column],
            "leave": (leave * per_day)[row, column].round(2),
            "public_holiday": (holiday * per_day)[row, column].round(2),
            "sickness": (sick * per_day)[row, column].round(2),
            **{name: measured[name][row, column] for name in MEASURED},
        },
        columns=list(WEEK_COLUMNS),
    )


def _absence(year: Seasons, location: Ints, shape: tuple[int, ...], knobs: Knobs) -> tuple[Floats, Floats, Floats]:
    """Days of public holiday, leave and sickness by tenure and week; together at most five."""
    rng = np.random.default_rng([knobs.seed, 9])
    holiday = year.holidays[location]
    starts = rng.random(shape) < year.leave_starts[None, :]
    on_leave = starts.copy()
    second = starts & (rng.random(shape) < TWO_WEEKS) & ~year.christmas[None, :]
    on_leave[:, 1:] |= second[:, :-1]
    single = np.where(rng.random(shape) < year.single_days[None, :], 1.0, 0.0)
    single = np.where(rng.random(shape) < HALF_DAY, single / 2, single)
    leave = np.where(on_leave, DAYS - holiday, np.minimum(single, DAYS - holiday))

    # A spell takes its drawn days, and with chance SICK_AGAIN a full week follows a spell.
    mean_days = (float(np.dot(SICK_DAYS, SICK_DAY_SHARES)) + SICK_AGAIN * DAYS) * (1 - AWAY_ANYWAY)
    falls_ill = rng.random(shape) < np.clip(knobs.sickness * DAYS / mean_days * year.sickness, 0, 1)[None, :]
    days = np.where(falls_ill, rng.choice(SICK_DAYS, size=shape, p=SICK_DAY_SHARES), 0).astype(float)
    again = falls_ill & (rng.random(shape) < SICK_AGAIN)
    days[:, 1:] = np.where(again[:, :-1], DAYS, days[:, 1:])
    return holiday, leave, np.minimum(days, DAYS - holiday - leave)


def _swing(all_posts: Posts, tenures: Tenures, unit: Ints, unit_count: int, knobs: Knobs) -> Floats:
    """What makes one person's week differ from the unit's level: the post, the team's week, and chance."""
    rng = np.random.default_rng([knobs.seed, 10])
    post = rng.normal(0, POST_DEVIATION, len(all_posts.unit))
    sizes = np.bincount(all_posts.unit)
    post -= (np.bincount(all_posts.unit, post) / sizes)[all_posts.unit]  # a team's mean stays at its level
    together = rng.normal(0, TEAM_SWING, (unit_count, knobs.weeks))
    own = rng.standard_normal((len(tenures.post), knobs.weeks))
    for week in range(1, knobs.weeks):
        own[:, week] = PERSISTENCE * own[:, week - 1] + np.sqrt(1 - PERSISTENCE**2) * own[:, week]
    return np.asarray(post[tenures.post][:, None] + together[unit] + knobs.swing * own)


def _rank(units: tuple[Unit, ...], all_posts: Posts, tenures: Tenures) -> Ints:
    """0 for a member, 1 for a team lead, 2 for a head, by tenure."""
    depth = np.array([unit.depth for unit in units])[all_posts.unit[tenures.post]]
    return np.where(depth < 3, 2, np.where(all_posts.number[tenures.post] == 0, 1, 0))


def _measured(utilisation: Floats, available: Floats, on_call: Floats, rank: Ints, knobs: Knobs) -> dict[str, Floats]:
    """Hours worked and what they consist of; more load means later hours and less focus, a rota means more of both."""
    rng = np.random.default_rng([knobs.seed, 11])
    shape = available.shape
    worked = _quarters(utilisation * available)
    over = np.maximum(0.0, utilisation - 1)
    habit = rng.gamma(4.0, 0.25, (shape[0], 1)) * rng.gamma(4.0, 0.25, shape)
    after_hours = _quarters(worked * np.clip(0.022 * habit + 0.25 * over + 0.09 * on_call, 0, 0.4))
    comes_in = rng.random(shape) < 0.04 + 0.35 * over + 0.4 * on_call
    rest_day = np.where(comes_in, rng.uniform(1.0, 4.0, shape), 0.0)
    rest_day = np.minimum(_quarters(rest_day), _quarters_down(0.2 * worked))
    usual = np.array(MEETING_SHARES)[rank][:, None] * rng.uniform(0.75, 1.25, (shape[0], 1))
    meeting = _quarters(np.clip(usual * rng.uniform(0.7, 1.3, shape), 0.02, 0.7) * worked)
    undisturbed = 0.55 * (1 - 0.55 * on_call) * np.clip(1 - 0.8 * over, 0.3, 1) * rng.uniform(0.75, 1.25, shape)
    focus = _quarters(undisturbed * np.maximum(0.0, available - meeting))
    return {"worked": worked, "after_hours": after_hours, "rest_day": rest_day, "meeting": meeting, "focus": focus}


def _undelivered(units: tuple[Unit, ...], knobs: Knobs, rng: np.random.Generator) -> Bools:
    """Units by weeks: no hours came from the team, for one to three weeks or not yet for the last one."""
    teams = np.array([place for place, unit in enumerate(units) if unit.depth == 3])
    open_to = np.array([place for place in teams if place not in story_units(units)])
    gone = np.zeros((len(units), knobs.weeks), dtype=bool)
    lengths = rng.integers(1, 4, size=(len(open_to), knobs.weeks))
    begins = rng.random((len(open_to), knobs.weeks)) < knobs.missing / 2 * len(teams) / len(open_to)
    for late in range(3):
        lasting = begins & (lengths > late)
        gone[open_to, late:] |= lasting[:, : knobs.weeks - late]
    gone[open_to, -1] = False
    gone[rng.permutation(open_to)[: knobs.late_teams], -1] = True
    return gone


def _quarters(hours: Floats) -> Floats:
    return np.asarray(np.round(hours * 4) / 4)


def _quarters_down(hours: npt.NDArray[np.float64]) -> Floats:
    return np.asarray(np.floor(hours * 4) / 4)
