"""Algorithm A: safe by the laminar lemma, optimal by brute force, and blind to values."""

from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.privacy.audit import prove
from core.privacy.lattice import Lattice, Plan, Unit, build_lattice, join_cell, others_cell, unit_cell
from core.privacy.suppression import Choice, remainders, violations, weights

K = 6


def flat(sizes: dict[str, int]) -> tuple[Lattice, dict[str, int]]:
    """A department D with one team for each entry; counts by leaf."""
    units = [Unit(1, None, "D", "D")]
    units += [Unit(i, 1, f"D/{name}", name) for i, name in enumerate(sizes, start=2)]
    return build_lattice(units, Plan()), {unit_cell(i): n for i, n in enumerate(sizes.values(), start=2)}


S1_LATTICE, S1_COUNTS = flat({"A": 9, "B": 7, "C": 3})
D, A, B, C = (unit_cell(i) for i in (1, 2, 3, 4))


def test_s1_publishing_department_and_two_teams_leaves_three_people() -> None:
    """S1: with D, A and B published, the remainder of D is C with 3 people."""
    assert violations(S1_LATTICE, frozenset({D, A, B}), S1_COUNTS, 5) == [(D, 3)]


@pytest.mark.parametrize("shown", [{D, A}, {D, B}, {A, B}, {D}], ids=["D,A", "D,B", "A,B", "D"])
def test_s1_the_other_choices_are_safe(shown: set[str]) -> None:
    """S1: each smaller choice leaves nobody or at least five people."""
    assert violations(S1_LATTICE, frozenset(shown), S1_COUNTS, 5) == []


def test_s1_the_best_choice_by_people_is_department_and_largest_team() -> None:
    """S1: with the people in a cell as its worth, D and A are shown, worth 28."""
    weight = {D: 19, A: 9, B: 7, C: 3}

    shown = Choice(S1_LATTICE, 5, weight).shown(S1_COUNTS)

    assert shown == {D, A}
    assert sum(weight[cell] for cell in shown) == 28


def test_levels_come_before_size() -> None:
    """A department is worth more than all its teams: it is never given up to show one team more."""
    lattice, counts = flat({"A": 30, "B": 30, "C": 3})

    shown = Choice(lattice, K, weights(lattice, {})).protect(counts).shown

    assert unit_cell(1) in shown
    assert len(shown) == 2


def test_hidden_teams_are_told_together_when_they_are_enough() -> None:
    """What a shown department does not show of its teams is one cell, `others`, which lies in the row space anyway."""
    lattice, counts = flat({"A": 9, "B": 4, "C": 3})

    pattern = Choice(lattice, K, weights(lattice, {})).protect(counts)

    assert pattern.shown == {unit_cell(1), unit_cell(2)}
    assert pattern.others == {"others:1": (unit_cell(1), (unit_cell(3), unit_cell(4)))}
    assert pattern.stands_in == {unit_cell(3): "others:1", unit_cell(4): "others:1"}


def test_a_cell_below_k_is_never_shown_even_alone() -> None:
    """P6: five people fail at k' = 6, with nothing else published."""
    lattice, counts = flat({"A": 5})

    assert Choice(lattice, K, weights(lattice, {})).protect(counts).shown == frozenset()
    assert Choice(lattice, 5, weights(lattice, {})).protect(counts).shown != frozenset()


def test_nobody_anywhere_shows_nothing() -> None:
    """A cell without contributors is not a safe cell, it is no cell."""
    lattice, _ = flat({"A": 0, "B": 0})

    assert Choice(lattice, K, weights(lattice, {})).protect({}).shown == frozenset()


@st.composite
def organisations(draw: st.DrawFn, *, most: int = 8) -> tuple[Lattice, dict[str, int]]:
    """A random tree of up to `most` units, with random contributors at its leaves."""
    size = draw(st.integers(1, most))
    parents = [None] + [draw(st.integers(1, i)) for i in range(1, size)]
    paths = {1: "1"}
    units = [Unit(1, None, "1", "1")]
    for number, parent in enumerate(parents[1:], start=2):
        assert parent is not None
        paths[number] = f"{paths[parent]}/{number}"
        units.append(Unit(number, parent, paths[number], str(number)))
    lattice = build_lattice(units, Plan())
    leaves = [cell for cell in lattice.order if not lattice.children[cell]]
    return lattice, {leaf: draw(st.integers(0, 14)) for leaf in leaves}


@given(organisations())
def test_no_other_safe_choice_is_worth_more(organisation: tuple[Lattice, dict[str, int]]) -> None:
    """On small trees the choice is as good as the best of all safe choices, tried one by one."""
    lattice, counts = organisation
    weight = {cell.id: 1000 * 10**cell.height + len(cell.path) for cell in lattice.cells.values()}
    people = {cell: sum(counts.get(leaf, 0) for leaf in lattice.leaves_below[cell]) for cell in lattice.order}
    eligible = [cell for cell in lattice.order if people[cell] >= K]
    every = chain.from_iterable(combinations(eligible, size) for size in range(len(eligible) + 1))
    best = max(
        sum(weight[cell] for cell in shown)
        for shown in map(frozenset, every)
        if not violations(lattice, shown, counts, K)
    )

    chosen = Choice(lattice, K, weight).shown(counts)

    assert violations(lattice, chosen, counts, K) == []
    assert sum(weight[cell] for cell in chosen) == best


@given(organisations(most=30))
def test_what_is_shown_is_safe_by_the_independent_method(organisation: tuple[Lattice, dict[str, int]]) -> None:
    """Row reduction over the membership matrix, which knows no tree, finds no group under k' in any decided pattern."""
    lattice, counts = organisation
    pattern = Choice(lattice, K, weights(lattice, {})).protect(counts)
    people = {
        cell: frozenset((f"{leaf}#{i}", "") for leaf in lattice.leaves_below[cell] for i in range(counts.get(leaf, 0)))
        for cell in lattice.order
    }
    rows = {cell: people[cell] for cell in pattern.shown}
    for label, (_, leaves) in pattern.others.items():
        rows[label] = frozenset().union(*(people[leaf] for leaf in leaves))
    hidden = {cell: members for cell, members in people.items() if cell not in rows and members}

    proof = prove(rows, K, hidden)

    assert proof.safe
    assert proof.complete
    assert not proof.hidden_recoverable
    assert not proof.persons_recoverable


@given(organisations(most=30))
def test_remainders_are_disjoint_and_cover_what_is_shown(organisation: tuple[Lattice, dict[str, int]]) -> None:
    """Every leaf under a shown cell lies in exactly one remainder."""
    lattice, counts = organisation
    shown = Choice(lattice, K, weights(lattice, {})).protect(counts).shown

    rest = remainders(lattice, shown)
    listed = [leaf for leaves in rest.values() for leaf in leaves]
    covered = {leaf for cell in shown for leaf in lattice.leaves_below[cell]}

    assert len(listed) == len(set(listed))
    assert set(listed) == covered


def test_parts_of_a_shown_join_stand_in_the_join_and_other_hidden_teams_in_others() -> None:
    """Both belong to the same unit; which one is named does not depend on the order in which cells are looked at."""
    sizes = {"A": 9, "B": 4, "C": 3, "E": 4, "F": 3}
    units = [Unit(1, None, "D", "D"), *(Unit(i, 1, f"D/{name}", name) for i, name in enumerate(sizes, start=2))]
    parts = (unit_cell(3), unit_cell(4))
    lattice = build_lattice(units, Plan(joins={join_cell(parts): (1, parts)}))
    counts = {unit_cell(i): n for i, n in enumerate(sizes.values(), start=2)}

    pattern = Choice(lattice, K, weights(lattice, {})).protect(counts)

    assert pattern.shown == {unit_cell(1), unit_cell(2), join_cell(parts)}
    assert {cell: pattern.stands_in[cell] for cell in (*parts, unit_cell(5), unit_cell(6))} == {
        unit_cell(3): join_cell(parts),
        unit_cell(4): join_cell(parts),
        unit_cell(5): others_cell(1),
        unit_cell(6): others_cell(1),
    }
