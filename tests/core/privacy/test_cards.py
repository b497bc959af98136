"""Punch cards: which class an hour gets, what keeps single habits out of it, and what an attacker may not learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.policy import Policy
from core.privacy.cards import CardSums, card_rule_holds, classes_of, is_by_part, is_card, together

POLICY = Policy()
BINS = 12  # of 14 hours each: any number that divides the week will do
people = st.lists(st.lists(st.integers(0, 9), min_size=BINS, max_size=BINS).filter(any), min_size=1, max_size=30)


def sums_of(rows: list[list[int]]) -> CardSums:
    """The sums of one group, by loops."""
    own = [[count / sum(row) for count in row] for row in rows]
    columns = [[*sorted((row[at] for row in own), reverse=True), 0.0, 0.0] for at in range(len(rows[0]))]
    return CardSums(
        len(rows),
        np.array([sum(column) for column in columns]),
        np.array([sum(row[at] > 0 for row in rows) for at in range(len(rows[0]))]),
        np.array([column[0] for column in columns]),
        np.array([column[1] for column in columns]),
    )


def card_of(rows: list[list[int]]) -> str:
    """The class of each bin, as a card repeats it over the hours of the bin."""
    return classes_of(sums_of(rows), POLICY)[:: 168 // len(rows[0])]


def week(hours: dict[int, int]) -> list[int]:
    """168 hours of one person."""
    return [hours.get(at, 0) for at in range(168)]


def test_an_hour_gets_the_class_of_its_mean_share() -> None:
    """Ten equal people: 1 of 250 events is 0.4 %, 2 are 0.8 %, 4 are 1.6 %, 5 are 2 %."""
    hours = {0: 1, 1: 2, 2: 4, 3: 5, **dict.fromkeys(range(24, 24 + 119), 2)}
    assert sum(hours.values()) == 250

    card = classes_of(sums_of([week(hours)] * 10), POLICY)

    assert card[:5] == "01230"
    assert len(card) == 168


def test_how_much_anybody_does_does_not_enter() -> None:
    """One person with a hundred times the events has the same card as everybody, and the group's card does not change."""
    rows = [[1, 0, 3, 2] + [0] * 8] * 7

    assert card_of([*rows[:6], [count * 100 for count in rows[6]]]) == card_of(rows)


@pytest.mark.parametrize("there", range(6))
def test_an_hour_in_which_too_few_were_active_reads_few_or_none(there: int) -> None:
    """With up to five people, however much of their week it is, it looks like an hour without anybody; the sixth shows."""
    quiet, loud = [1] * 11 + [0], [1] * 11 + [11]

    assert card_of([loud] * there + [quiet] * (20 - there))[-1] == "0"
    assert card_of([loud] * 6 + [quiet] * 14)[-1] != "0"


def test_an_hour_that_one_or_two_people_make_up_reads_few_or_none() -> None:
    """Seven were there, six of them hardly ever: the seventh's nights do not show. Nor do those of two."""
    hardly, often = [100] * 11 + [1], [1] * 11 + [100]

    assert card_of([often, *[hardly] * 9])[-1] == "0"
    assert card_of([often, often, *[hardly] * 9])[-1] == "0"
    assert card_of([often, often, often, *[hardly] * 9])[-1] == "2"  # 2.7 of 12 people's weeks, over 14 hours


@given(rows=people)
def test_what_is_shown_rests_on_enough_people_none_of_whom_dominates(rows: list[list[int]]) -> None:
    """For random groups, by loops over what the sums hide."""
    card = card_of(rows)

    for at, digit in enumerate(card):
        own = sorted((row[at] / sum(row) for row in rows), reverse=True)
        if digit != "0":
            assert sum(share > 0 for share in own) >= POLICY.k_prime
            assert own[0] <= 0.5 * sum(own) + 1e-9
            assert own[0] + own[1] <= 0.75 * sum(own) + 1e-9


@given(rows=people, cut=st.integers(0, 29), order=st.randoms(use_true_random=False))
def test_the_card_depends_on_who_is_in_the_group_and_not_on_how_it_is_cut(
    rows: list[list[int]], cut: int, order: object
) -> None:
    """Groups put together from their parts, in any order, have the card of the whole."""
    shuffled = list(rows)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    parts = [part for part in (shuffled[:cut], shuffled[cut:]) if part]

    whole, joined = sums_of(rows), together([sums_of(part) for part in parts])

    np.testing.assert_allclose(joined.share, whole.share)
    assert joined.people.tolist() == whole.people.tolist()
    np.testing.assert_allclose([joined.first, joined.second], [whole.first, whole.second])
    assert joined.size == whole.size


@given(rows=people.filter(lambda rows: len(rows) >= 7), own=st.lists(st.integers(0, 9), min_size=BINS, max_size=BINS))
def test_nothing_in_few_or_none_can_be_worked_out_from_the_rest(rows: list[list[int]], own: list[int]) -> None:
    """A person's events in an hour that reads few or none may be any number of times as many, with no class changed there:

    the class has no upper end as long as too few people are there, so the shares beside it, which add up to 1, say nothing.
    """
    rows = [[count if at else 0 for at, count in enumerate(row)] for row in rows]
    rows = [row if any(row) else [0, *[1] * (BINS - 1)] for row in rows]

    for many in (0, 1, 1000):
        changed = [[many, *rows[0][1:]], *rows[1:]]
        assert card_of(changed)[0] == "0"


def test_the_form_of_a_card_is_checked() -> None:
    """168 classes; groups below 20 by parts of the day."""
    parts, hours = "0000" * 41 + "2222", "0" * 167 + "1"

    assert is_card(parts, "5–9")
    assert is_card(hours, "20–49")
    assert not is_card(hours, "10–19")
    assert not is_card("0" * 167, "50+")
    assert not is_card("4" * 168, "50+")
    assert not is_card(None, "50+")
    assert is_by_part(parts)
    assert not is_by_part(hours)


def test_the_classes_are_wide_enough_for_a_leaver() -> None:
    """n = 5 with parts of four hours: 0.005 x 4 x 11 = 0.22; n = 20 with hours: 0.005 x 41 = 0.205; both reach 0.2."""
    assert card_rule_holds(POLICY)
    assert not card_rule_holds(Policy(activity_width=0.21))
    assert not card_rule_holds(Policy(activity_classes=(0.005, 0.008, 0.02)))


@given(
    rows=st.lists(st.lists(st.integers(1, 9), min_size=42, max_size=42), min_size=6, max_size=6),
    leaver=st.lists(st.integers(0, 9), min_size=42, max_size=42).filter(any),
)
def test_a_leaver_stays_uncertain_by_the_width_where_no_class_changes(rows: list[list[int]], leaver: list[int]) -> None:
    """Whoever knows n and sees one class before and after infers the leaver's part in it as (n+1) p - n p', no closer."""
    breaks, n = (0.0, *POLICY.activity_classes, 1.0), len(rows)
    first, then = classes_of(sums_of([*rows, leaver]), POLICY)[::4], classes_of(sums_of(rows), POLICY)[::4]

    for at, (digit, later) in enumerate(zip(first, then, strict=True)):
        if digit == later != "0":
            low, high = breaks[int(digit)] * 4, breaks[int(digit) + 1] * 4
            least, most = (n + 1) * low - n * high, (n + 1) * high - n * low
            assert least <= leaver[at] / sum(leaver) <= most
            assert most - least >= POLICY.activity_width
