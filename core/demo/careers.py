"""Who holds which post when: joiners, leavers, vacancies, moves between teams, and people who come back."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.demo.knobs import Knobs
from core.demo.organisation import Unit
from core.demo.stories import opening_weeks

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

LEAVING_REASONS = ("voluntary", "involuntary", "other")
REASON_SHARES = (0.68, 0.20, 0.12)
MEAN_TENURE_WEEKS = 234  # of the people employed when the period begins
LONGEST_TENURE_WEEKS = 52 * 35
FIRST_YEAR_HAZARD, LATER_HAZARD = 1.6, 0.91  # as a factor on the turnover; most people leave early or late
LEAD_HAZARD, HEAD_HAZARD = 0.5, 0.35
SHORTEST_STAY = 6  # weeks
LONGEST_VACANCY = 9  # weeks
TIME_AWAY = 12  # weeks before somebody comes back, at least


@dataclass(frozen=True)
class Posts:
    """Posts, in the order of the units; the first of each unit is its head or team lead."""

    unit: Ints
    number: Ints  # place within the unit, 0 = head or lead
    floor: Ints
    opens: Ints  # week from which the post exists, 0 = from before the period
    first: Ints  # by unit: the position of its first post


@dataclass(frozen=True)
class Tenures:
    """One row for each time that one person held one post; weeks are positions, `end` is the last one held."""

    post: Ints
    start: Ints
    end: Ints
    stays: Bools  # still there at the end of the period
    person: Ints
    spell: Ints


@dataclass(frozen=True)
class Spells:
    """One row for each employment of a person, from hire to leaving."""

    person: Ints
    hired: Ints  # days from the first Monday, negative before the period
    end: Ints  # last week, meaningless when `stays`
    stays: Bools
    reason: Ints  # position in LEAVING_REASONS


def posts(units: tuple[Unit, ...], knobs: Knobs) -> Posts:
    """Every post of every unit, some of them created during the period."""
    sizes = np.array([unit.posts for unit in units])
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    unit = np.repeat(np.arange(len(units)), sizes)
    number = np.arange(len(unit)) - first[unit]
    floor = np.array([each.floor for each in units])[unit]
    opens = np.zeros(len(unit), dtype=np.int64)
    rng = np.random.default_rng([knobs.seed, 4])
    spare = np.flatnonzero(number >= floor)
    created = rng.permutation(spare)[: round(knobs.growth * len(unit))]
    opens[created] = rng.integers(4, knobs.weeks - 1, size=len(created))
    for place, weeks in opening_weeks(units, knobs).items():
        own = np.flatnonzero(unit == place)
        opens[own] = 0
        opens[own[-len(weeks) :]] = weeks
    return Posts(unit, number, floor, opens, first)


def careers(units: tuple[Unit, ...], all_posts: Posts, knobs: Knobs) -> tuple[Tenures, Spells]:
    """Fill the posts for the whole period. Leads, heads and the posts below a unit's floor are never vacant."""
    rng = np.random.default_rng([knobs.seed, 5])
    depth = np.array([unit.depth for unit in units])[all_posts.unit]
    hazard = np.where(all_posts.number > 0, 1.0, np.where(depth == 3, LEAD_HAZARD, HEAD_HAZARD))
    hazard = np.where(depth == 0, 0.0, hazard)
    post, start, end, stays, before = _fill(all_posts, hazard, knobs, rng)
    follows, returns = _moves_and_returns(all_posts, post=post, start=start, end=end, stays=stays, knobs=knobs, rng=rng)

    person, spell = np.zeros(len(post), dtype=np.int64), np.zeros(len(post), dtype=np.int64)
    spell_of: list[tuple[int, int]] = []  # person, first tenure
    people = 0
    for tenure in np.argsort(start, kind="stable"):
        if follows[tenure] >= 0:
            person[tenure], spell[tenure] = person[follows[tenure]], spell[follows[tenure]]
            continue
        if returns[tenure] >= 0:
            person[tenure] = person[returns[tenure]]
        else:
            person[tenure] = people
            people += 1
        spell[tenure] = len(spell_of)
        spell_of.append((int(person[tenure]), int(tenure)))

    last = np.zeros(len(spell_of), dtype=np.int64)
    by_start = np.argsort(start, kind="stable")
    last[spell[by_start]] = by_start  # the latest tenure of a spell is written last
    owner, first = np.array(spell_of, dtype=np.int64).T
    hired = np.where(before[first] > 0, -7 * before[first], 7 * start[first])
    reason = rng.choice(len(LEAVING_REASONS), size=len(spell_of), p=REASON_SHARES)
    reason[spell[returns[returns >= 0]]] = LEAVING_REASONS.index("voluntary")

    # People are numbered in the order in which they were first hired.
    first_hired = np.full(people, np.iinfo(np.int64).max)
    np.minimum.at(first_hired, owner, hired)
    rank = np.empty(people, dtype=np.int64)
    rank[np.argsort(first_hired, kind="stable")] = np.arange(people)
    return (
        Tenures(post, start, end, stays, rank[person], spell),
        Spells(rank[owner], hired, end[last], stays[last], reason),
    )


def _fill(
    all_posts: Posts, hazard: npt.NDArray[np.float64], knobs: Knobs, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints, Bools, Ints]:
    """One holder after the other: post, first week, last week, stays, weeks employed before the period."""
    weekly = knobs.turnover / 52 / max(0.1, 1 - knobs.internal_moves)  # moves leave a post, not the company
    post = np.arange(len(all_posts.unit))
    start = all_posts.opens.copy()
    # Exponential, cut off at the longest tenure.
    reached = rng.random(len(post)) * (1 - np.exp(-LONGEST_TENURE_WEEKS / MEAN_TENURE_WEEKS))
    before = np.where(start > 0, 0, 1 - MEAN_TENURE_WEEKS * np.log1p(-reached)).astype(np.int64)
    rows: list[tuple[Ints, Ints, Ints, Bools, Ints]] = []
    while len(post):
        lasts = _weeks_until_leaving(before, weekly * hazard[post], rng)
        end = np.minimum(start + lasts - 1, knobs.weeks - 1)
        stays = end == knobs.weeks - 1
        rows.append((post, start, end, stays, before))
        vacancy = rng.integers(1, LONGEST_VACANCY + 1, len(post))
        vacancy[all_posts.number[post] < all_posts.floor[post]] = 0
        start = end + 1 + vacancy
        again = ~stays & (start < knobs.weeks)
        post, start, before = post[again], start[again], np.zeros(int(again.sum()), dtype=np.int64)
    posts_held, starts, ends, staying, earlier = (np.concatenate(column) for column in zip(*rows, strict=True))
    return posts_held, starts, ends, staying, earlier


def _weeks_until_leaving(before: Ints, hazard: npt.NDArray[np.float64], rng: np.random.Generator) -> Ints:
    """Weeks still to be worked, drawn from a hazard that is higher in the first 52 weeks of an employment."""
    early = FIRST_YEAR_HAZARD * hazard
    late = LATER_HAZARD * hazard
    first_year = np.maximum(0, 52 - before)
    drawn = rng.exponential(size=len(before))
    with np.errstate(divide="ignore"):
        weeks = np.where(drawn < early * first_year, drawn / early, first_year + (drawn - early * first_year) / late)
    shortest = np.where(before == 0, SHORTEST_STAY, 1)
    return np.clip(np.ceil(np.minimum(weeks, 10_000.0)), shortest, None).astype(np.int64)


def _moves_and_returns(
    all_posts: Posts, *, post: Ints, start: Ints, end: Ints, stays: Bools, knobs: Knobs, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """For each tenure, the one before it of the same person: without a break (a move), and after one (a re-hire)."""
    member = all_posts.number[post] > 0
    unit = all_posts.unit[post]
    free = member & ~stays
    follows, returns = np.full(len(post), -1), np.full(len(post), -1)
    vacancies = rng.permutation(np.flatnonzero(member & (start > 0)))
    moves, comebacks = round(knobs.internal_moves * len(vacancies)), knobs.rehires
    for tenure in vacancies:
        if comebacks:
            candidates = np.flatnonzero(free & (end < start[tenure] - TIME_AWAY))
            if len(candidates):
                returns[tenure] = rng.choice(candidates)
                free[returns[tenure]] = False
                comebacks -= 1
                continue
        if moves:
            candidates = np.flatnonzero(free & (end == start[tenure] - 1) & (unit != unit[tenure]))
            if len(candidates):
                follows[tenure] = rng.choice(candidates)
                free[follows[tenure]] = False
                moves -= 1
    return follows, returns
