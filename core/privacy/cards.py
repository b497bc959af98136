"""Punch cards: for each hour of the week one of four classes, and nothing that says who was at work in it.

Which units have a card at all is decided as for every release (`core.privacy.publish`): the members are the people with
events in the period. A card is released once and never corrected, so one unknown stands for a person's whole card.
Everybody counts the same, however many events they have: a card is the mean of its people's own cards, each of which adds up
to 1. So nobody weighs more than one of n, and how much anybody did does not enter.
Within a card an hour is 'few or none' unless at least k' people had events in it and nobody dominates it; that class has no
upper end, so nothing about an hour can be worked out from the hours beside it. Groups under 20 have cards of parts of the day.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.metrics.definition import Metric
from core.policy import Policy
from core.privacy.candidates import Members, PeriodInput
from core.privacy.lattice import Plan, build_lattice
from core.privacy.ledger import Tokens
from core.privacy.publish import Draft, draft_release
from core.privacy.rounding import LOWER_EDGE

HOURS = 168
BLOCK = 4  # hours: a part of the day, for groups that are too small for hours
CLASSES = "0123"
Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class CardSums:
    """What lies behind the card of a cell, arrays over the bins of the week: never leaves core.

    size: people in the cell. share: the sum of their own shares of their events. people: how many had any event.
    first, second: the two largest shares of one person.
    """

    size: int
    share: Floats
    people: Counts
    first: Floats
    second: Floats


def draft_cards(
    period: PeriodInput, plan: Plan, metric: Metric, counts: Counts, policy: Policy, tokens: Tokens
) -> Draft:
    """Decide and write down the cards of one period: every candidate cell, shown or hidden.

    period: with one contribution, of the family of `metric`. counts: its people's events, shape (people, 168), by hour of the
    week from Monday 00:00.

    Raises:
        core.privacy.publish.UnsafeRelease: the choice of cells fails its own check (a defect, never a matter of the data).
    """
    (contribution,) = period.contributions
    draft = draft_release(period, plan, {metric.id: metric}, {metric.id: False}, policy, tokens)
    lattice = build_lattice(period.units, plan)
    members = Members(lattice, contribution)
    kept = counts[members.kept]
    rows = members.leaf_rows()
    by_hour = {leaf: _sums(kept[at]) for leaf, at in rows.items()}
    by_part = {leaf: _sums(_parts_of_day(kept[at])) for leaf, at in rows.items()}
    others = {row["cell_id"]: tuple(row["parts"].split()) for row in draft.rows if row["parts"]}
    for cell in draft.cells:
        if cell["status"] != "shown":
            continue
        leaves = others.get(cell["cell_id"]) or lattice.leaves_below[cell["cell_id"]]
        people = sum(members.counts[leaf] for leaf in leaves)
        if people <= policy.k_prime + policy.insiders:  # an hour that k' people had would be everybody's
            cell |= {"status": "hidden", "qualifier": "", "n_band": None, "coverage": None}
            continue
        whole = people >= policy.exact_share_n
        sums = together([(by_hour if whole else by_part)[leaf] for leaf in leaves])
        cell["share_class"] = classes_of(sums, policy)
    return draft


def classes_of(sums: CardSums, policy: Policy) -> str:
    """The card as 168 digits, 0 to 3: the class of each hour by its mean share (of a part of the day: that of its mean hour).

    0 also wherever fewer than k' people had events, one makes up more than half of the sum, two more than three quarters, or
    the others less than a tenth of the largest (the dominance rules of the policy).
    """
    length = HOURS // len(sums.share)
    share = sums.share / max(sums.size, 1) / length
    found = np.searchsorted(np.array(policy.activity_classes), share + 1e-12, side="right")
    found[(sums.people < policy.k_prime) | _dominated(sums, policy)] = 0
    return "".join(CLASSES[each] for each in np.repeat(found, length))


def together(parts: list[CardSums]) -> CardSums:
    """The sums of several groups that share nobody."""
    largest = np.sort(np.concatenate([[each.first for each in parts], [each.second for each in parts]]), axis=0)
    return CardSums(
        sum(each.size for each in parts),
        np.sum([each.share for each in parts], axis=0),
        np.sum([each.people for each in parts], axis=0),
        largest[-1],
        largest[-2],
    )


def is_card(text: str | None, band: str) -> bool:
    """Whether a released card has its form: 168 classes, and parts of the day where the band of people asks for them."""
    if text is None or len(text) != HOURS or not set(text) <= set(CLASSES):
        return False
    return LOWER_EDGE.get(band, 0) >= 20 or is_by_part(text)


def is_by_part(text: str) -> bool:
    """Whether every part of the day (4 hours) of a card is of one class."""
    return all(len(set(text[start : start + BLOCK])) == 1 for start in range(0, HOURS, BLOCK))


def card_rule_holds(policy: Policy) -> bool:
    """As D8 for other figures: a class that stays while one person leaves keeps that person's part in an hour (or part of the
    day) uncertain by `activity_width` of their own events: `width of the narrowest class x (2 n + 1)`, n the smallest group."""
    breaks = (0.0, *policy.activity_classes)
    narrowest = min(upper - lower for lower, upper in pairwise(breaks))
    return all(
        narrowest * hours * (2 * people + 1) >= policy.activity_width - 1e-9
        for people, hours in ((LOWER_EDGE["5–9"], BLOCK), (policy.exact_share_n, 1))
    )


def _parts_of_day(counts: Counts) -> Counts:
    return np.asarray(counts.reshape(len(counts), HOURS // BLOCK, BLOCK).sum(axis=2))


def _sums(counts: Counts) -> CardSums:
    """Of people in one leaf, each with an event; counts: shape (people, bins)."""
    share = counts / counts.sum(axis=1, keepdims=True)
    padded = np.concatenate([np.zeros((2, counts.shape[1])), share])
    largest = np.partition(padded, len(padded) - 2, axis=0)[-2:]
    return CardSums(len(counts), share.sum(axis=0), (counts > 0).sum(axis=0), largest[1], largest[0])


def _dominated(sums: CardSums, policy: Policy) -> NDArray[np.bool_]:
    """`core.privacy.rounding.is_dominated`, bin by bin; a bin without events is not dominated, it is empty."""
    two = sums.first + sums.second
    found = (
        (sums.first > policy.dominance_first * sums.share)
        | (two > policy.dominance_two * sums.share)
        | (sums.share - two < policy.dominance_p * sums.first)
    )
    return np.asarray(found & (sums.people > 0))
