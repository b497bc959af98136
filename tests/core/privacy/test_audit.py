"""The second audit: published oracles, a naive exhaustive search, and invariants."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.privacy import linear, supports
from core.privacy.audit import Proof, Unknown, exact_combination, prove

Rows = dict[str, frozenset[Unknown]]


def people(names: Iterable[object], tag: str = "hours") -> frozenset[Unknown]:
    return frozenset((str(name), tag) for name in names)


def naive_rank(matrix: list[list[Fraction]]) -> int:
    """Rank by textbook elimination in rationals."""
    work, rank = [row[:] for row in matrix], 0
    for column in range(len(work[0]) if work else 0):
        pivot = next((i for i in range(rank, len(work)) if work[i][column]), None)
        if pivot is None:
            continue
        work[rank], work[pivot] = work[pivot], work[rank]
        for i in range(rank + 1, len(work)):
            factor = work[i][column] / work[rank][column]
            work[i] = [a - factor * b for a, b in zip(work[i], work[rank], strict=True)]
        rank += 1
    return rank


def naive_minimum(rows: Mapping[str, frozenset[Unknown]]) -> int:
    """Fewest persons that any non-zero combination concerns: every set of persons is tried, smallest first."""
    columns = sorted(set().union(*rows.values()))
    persons = sorted({person for person, _ in columns})

    def rank_without(out: frozenset[str]) -> int:
        kept = [column for column in columns if column[0] not in out]
        return naive_rank([[Fraction(column in row) for column in kept] for row in rows.values()])

    full = rank_without(frozenset())
    for size in range(1, len(persons) + 1):
        if any(rank_without(frozenset(group)) < full for group in combinations(persons, size)):
            return size
    return len(persons) + 1


def multiplied_out(rows: Mapping[str, frozenset[Unknown]], combination: Iterable[tuple[str, Fraction]]) -> dict:
    total: dict[Unknown, Fraction] = {}
    for cell, coefficient in combination:
        for unknown in rows[cell]:
            total[unknown] = total.get(unknown, Fraction(0)) + coefficient
    return {unknown: value for unknown, value in total.items() if value}


def assert_certificates_hold(rows: Mapping[str, frozenset[Unknown]], proof: Proof, k: int) -> None:
    for violation in proof.violations:
        left = multiplied_out(rows, violation.combination)
        assert left
        assert tuple(sorted({person for person, _ in left})) == violation.persons
        assert len(violation.persons) < k


@st.composite
def small_releases(draw: st.DrawFn, versions: int = 1) -> Rows:
    """Up to seven rows over up to seven persons, each with one column or one column a version."""
    columns = [(str(p), f"v{v}") for p in range(draw(st.integers(2, 7))) for v in range(versions)]
    subsets = st.frozensets(st.sampled_from(columns), min_size=1)
    return {f"r{i}": row for i, row in enumerate(draw(st.lists(subsets, min_size=1, max_size=7)))}


def random_tree(seed: int) -> tuple[Rows, dict[str, list[str]]]:
    """A random organisation: each node's people include its children's and some attached directly."""
    rng = np.random.default_rng(seed)
    rows: Rows = {}
    children: dict[str, list[str]] = {}

    def grow(name: str, depth: int) -> frozenset[Unknown]:
        own = people(f"{name}-{i}" for i in range(rng.choice([0, 0, 1, 3, 5, 6, 8]) if depth else rng.integers(3, 10)))
        children[name] = [f"{name}.{i}" for i in range(rng.integers(1, 4))] if depth else []
        rows[name] = own.union(*(grow(child, depth - 1) for child in children[name]))
        return rows[name]

    grow("o", int(rng.integers(1, 4)))
    return rows, children


def grid(height: int, width: int) -> Rows:
    """One person at each crossing; published are the lines both ways."""
    rows = {f"row{i}": people(f"{i}/{j}" for j in range(width)) for i in range(height)}
    return rows | {f"column{j}": people(f"{i}/{j}" for i in range(height)) for j in range(width)}


A = people(f"a{i}" for i in range(9))
B = people(f"b{i}" for i in range(7))
C = people(f"c{i}" for i in range(3))
D = A | B | C


def test_s1_two_published_parts_give_away_the_small_third() -> None:
    """Department less both large teams is the team of three, and the audit names the subtraction."""
    proof = prove({"D": D, "A": A, "B": B}, k=5, hidden={"C": C})

    assert not proof.safe
    assert [v.persons for v in proof.violations] == [("c0", "c1", "c2")]
    assert dict(proof.violations[0].combination) == {"D": 1, "A": -1, "B": -1}
    assert proof.hidden_recoverable == ("C",)
    assert proof.persons_recoverable == ()
    assert (proof.rows, proof.atoms, proof.rank, proof.complete) == (3, 3, 3, True)


@pytest.mark.parametrize("shown", ["DA", "DB", "AB", "D"])
def test_s1_any_smaller_choice_is_safe(shown: str) -> None:
    """With one of the three cells held back, nothing about fewer than five people follows."""
    cells = {"D": D, "A": A, "B": B}

    proof = prove({name: cells[name] for name in shown}, k=5, hidden={"C": C})

    assert proof.safe and proof.complete
    assert proof.hidden_recoverable == ()
    assert proof.method == "disjoint remainders"


def test_s2_two_cells_of_six_differ_by_two_people() -> None:
    """Both cells pass the threshold, and their difference is x7 - x6."""
    proof = prove({"F": people([1, 2, 3, 4, 5, 6]), "J": people([1, 2, 3, 4, 5, 7])}, k=5)

    assert [v.persons for v in proof.violations] == [("6", "7")]
    assert proof.violations[0].combination == (("F", Fraction(-1)), ("J", Fraction(1)))
    assert proof.persons_recoverable == ()
    assert prove({"F": people(range(6)), "J": people([*range(1, 5), 7, 8, 9])}, k=5).safe


def test_s3_a_crossed_table_is_safe_until_an_odd_filter_is_added() -> None:
    """Teams by gender with three in each crossing is SAFE(5); an uneven filter isolates one woman."""
    women1, women2, men1, men2 = ([f"{kind}{i}" for i in range(3)] for kind in ("w", "x", "m", "n"))
    rows = {
        "dept": people(women1 + women2 + men1 + men2),
        "team 1": people(women1 + men1),
        "team 2": people(women2 + men2),
        "women": people(women1 + women2),
        "men": people(men1 + men2),
    }

    assert prove(rows, k=5).safe
    assert prove(rows, k=5).complete
    assert prove(rows, k=6).safe
    assert not prove(rows, k=7).safe

    odd = prove(rows | {"odd": people(women1 + women2[:2])}, k=5)
    assert odd.persons_recoverable == ("x2",)
    assert odd.violations[0].persons == ("x2",)
    assert dict(odd.violations[0].combination) == {"women": 1, "odd": -1}


def test_s4_a_reissue_isolates_one_late_answer_but_not_five() -> None:
    """The ledger keeps the first issue: a second with one more person gives that person away."""
    first = people(range(8))

    assert prove({"first": first, "again": people(range(9))}, k=5).persons_recoverable == ("8",)
    assert prove({"first": first, "again": people(range(13))}, k=5).safe


def weeks(members: Iterable[object], first: int, last: int) -> frozenset[Unknown]:
    return frozenset((str(person), f"week {week}") for person in members for week in range(first, last + 1))


def test_p1_weekly_cells_of_six_people_are_safe() -> None:
    """Different weeks share no unknown."""
    proof = prove({f"w{i}": weeks(range(6), i, i) for i in range(1, 6)}, k=6)

    assert proof.safe and proof.complete


def test_p2_sliding_windows_of_the_same_people_are_safe() -> None:
    """Weeks 2-5 less weeks 1-4 still mix six people."""
    assert prove({"w1-4": weeks(range(6), 1, 4), "w2-5": weeks(range(6), 2, 5)}, k=6).safe


def test_p3_a_window_reissued_without_one_person_isolates_them() -> None:
    """Four weeks of one person are one person."""
    proof = prove({"six": weeks(range(6), 1, 4), "five": weeks(range(5), 1, 4)}, k=5)

    assert proof.persons_recoverable == ("5",)


def test_p4_windows_and_weekly_cells_isolate_a_joiner() -> None:
    """(w2-5) - (w1-4) + w1 - w5 is the joiner's own weeks."""
    rows = {
        "w1-4": weeks(range(6), 1, 4),
        "w2-5": weeks(range(6), 2, 5) | weeks(["joiner"], 2, 5),
        "w1": weeks(range(6), 1, 1),
        "w5": weeks(range(6), 5, 5),
    }

    proof = prove(rows, k=5)

    assert proof.persons_recoverable == ("joiner",)
    assert dict(proof.violations[0].combination) == {"w2-5": 1, "w1-4": -1, "w1": 1, "w5": -1}


def test_p5_four_weeks_of_four_people_are_still_four_people() -> None:
    """Sixteen person-weeks do not pass a threshold of five persons."""
    proof = prove({"pooled": weeks(range(4), 1, 4)}, k=5)

    assert not proof.safe
    assert proof.violations[0].persons == ("0", "1", "2", "3")


def test_p6_five_people_are_too_few_once_a_member_knows_their_own_value() -> None:
    """At k' = k + 1 = 6 a cell of five fails, and one of six passes."""
    assert not prove({"five": people(range(5))}, k=6).safe
    assert prove({"six": people(range(6))}, k=6).safe


def assert_verdicts_are_exhaustive(rows: Rows) -> None:
    """For every k the verdict is that of the search through all sets of persons, with certificates that hold."""
    minimum = naive_minimum(rows)
    for k in range(1, 9):
        proof = prove(rows, k)
        assert proof.complete
        assert proof.safe == (minimum >= k)
        assert_certificates_hold(rows, proof, k)


@given(small_releases())
def test_the_verdict_is_that_of_an_exhaustive_rational_search(rows: Rows) -> None:
    """For every k, on small random releases, safe and unsafe agree with trying every set of persons."""
    assert_verdicts_are_exhaustive(rows)


@given(small_releases(versions=2))
def test_persons_with_two_versions_count_once_as_in_an_exhaustive_search(rows: Rows) -> None:
    """With two columns a person, the verdict agrees with trying every set of persons with all their columns."""
    assert_verdicts_are_exhaustive(rows)


@given(small_releases(versions=2))
def test_persons_recoverable_lists_exactly_those_about_whom_alone_something_follows(rows: Rows) -> None:
    """A rank test for each person, written out naively, gives the same list."""
    columns = sorted(set().union(*rows.values()))

    def rank(kept: list[Unknown]) -> int:
        return naive_rank([[Fraction(column in row) for column in kept] for row in rows.values()])

    alone = {p for p, _ in columns if rank([c for c in columns if c[0] != p]) < rank(columns)}

    assert prove(rows, 3).persons_recoverable == tuple(sorted(alone))


@given(small_releases(versions=2), st.data())
def test_hidden_cells_are_recoverable_exactly_when_they_add_no_rank(rows: Rows, data: st.DataObject) -> None:
    """Hidden cells below k agree with the naive rank test; hidden cells of k persons or more are never listed."""
    columns = sorted({(str(p), f"v{v}") for p in range(8) for v in range(2)})
    hidden = {f"h{i}": data.draw(st.frozensets(st.sampled_from(columns), max_size=5)) for i in range(4)}
    hidden |= {"difference": rows["r0"] - rows[f"r{len(rows) - 1}"], "itself": rows["r0"]}

    def rank(cells: Iterable[frozenset[Unknown]]) -> int:
        return naive_rank([[Fraction(column in cell) for column in columns] for cell in cells])

    full = rank(rows.values())
    implied = {name for name, cell in hidden.items() if cell and rank([*rows.values(), cell]) == full}
    small = {name for name, cell in hidden.items() if len({person for person, _ in cell}) < 4}
    proof = prove(rows, 4, hidden)

    assert set(proof.hidden_recoverable) == implied & small
    assert not (proof.safe and proof.hidden_recoverable)
    for name, cell in hidden.items():
        combination = exact_combination(rows, dict.fromkeys(cell, 1))
        assert (combination is not None) == (name in implied or not cell)
        if combination:
            assert multiplied_out(rows, combination.items()) == dict.fromkeys(cell, 1)


@given(st.integers(0, 10_000), st.randoms(use_true_random=False), st.sampled_from([5, 6]))
def test_trees_agree_with_the_laminar_lemma(seed: int, rng: random.Random, k: int) -> None:
    """A nested release is safe exactly when every remainder is empty or has k people."""
    everything, children = random_tree(seed)
    rows = {name: row for name, row in everything.items() if rng.random() < 0.7 and row}

    def highest_published(name: str) -> list[str]:
        return [name] if name in rows else [each for child in children[name] for each in highest_published(child)]

    remainders = []
    for name, row in rows.items():
        below = [each for child in children[name] for each in highest_published(child)]
        remainders.append(len(row.difference(*(rows[each] for each in below))))
    proof = prove(rows, k)

    assert proof.safe == all(size == 0 or size >= k for size in remainders)
    assert proof.complete
    assert proof.method in ("disjoint remainders", "no rows")
    assert proof.rank == sum(size > 0 for size in remainders)


@given(small_releases(versions=2), st.integers(2, 6), st.data())
def test_an_implied_row_never_changes_safety(rows: Rows, k: int, data: st.DataObject) -> None:
    """A repeated row, or a sum of disjoint rows, tells nothing new."""
    one, other = data.draw(st.sampled_from(sorted(rows))), data.draw(st.sampled_from(sorted(rows)))
    implied = rows[one] | rows[other] if not rows[one] & rows[other] else rows[one]

    assert prove(rows | {"implied": implied}, k).safe == prove(rows, k).safe


@given(small_releases(versions=2), st.integers(2, 6))
def test_removing_any_row_keeps_a_safe_release_safe(rows: Rows, k: int) -> None:
    """Less published never discloses more; and seen the other way, an unsafe part makes the whole unsafe."""
    if prove(rows, k).safe:
        assert all(prove({c: r for c, r in rows.items() if c != out}, k).safe for out in rows)
    else:
        assert not prove(rows | {"more": people(range(7), "v0")}, k).safe


@given(small_releases(versions=2), st.integers(2, 6), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: Rows, k: int, rng: random.Random) -> None:
    """Shuffling the cells changes neither verdict, rank nor the persons concerned."""
    shuffled = dict(rng.sample(sorted(rows.items()), len(rows)))
    one, other = prove(rows, k), prove(shuffled, k)

    assert (one.safe, one.rank, one.atoms) == (other.safe, other.rank, other.atoms)
    assert one.persons_recoverable == other.persons_recoverable


@pytest.mark.parametrize("seed", range(3))
def test_ten_thousand_small_combinations_never_isolate_fewer_than_k(seed: int) -> None:
    """An attacker who adds and subtracts a safe release at random always keeps k people or nothing."""
    rng = np.random.default_rng(seed)
    table = {f"{i}/{j}": people(f"{i}/{j}/{n}" for n in range(3)) for i in range(4) for j in range(4)}
    rows: Rows = {"all": frozenset().union(*table.values())}
    for i in range(4):
        rows[f"team {i}"] = frozenset().union(*(table[f"{i}/{j}"] for j in range(4)))
        rows[f"tenure {i}"] = frozenset().union(*(table[f"{j}/{i}"] for j in range(4)))
    proof = prove(rows, k=6)
    assert proof.safe and proof.complete and "null space" in proof.method

    columns = sorted(rows["all"])
    matrix = np.array([[column in row for column in columns] for row in rows.values()], dtype=np.int64)
    coefficients = rng.integers(-3, 4, (10_000, len(rows)))
    coefficients[::2] *= rng.random((5_000, len(rows))) < 0.3
    touched = ((coefficients @ matrix) != 0).sum(axis=1)

    assert touched.max() > 0
    assert touched[touched > 0].min() >= 6


@pytest.mark.parametrize("size", [3, 4, 5, 6])
def test_a_square_table_is_safe_exactly_up_to_its_line(size: int) -> None:
    """With one person at each crossing the smallest combination is a line itself."""
    assert prove(grid(size, size), size).safe
    assert prove(grid(size, size), size).complete
    proof = prove(grid(size, size), size + 1)
    assert not proof.safe
    assert {len(v.persons) for v in proof.violations} == {size}
    assert_certificates_hold(grid(size, size), proof, size + 1)


def scattered(rows: int, persons: int) -> Rows:
    """Random halves of the persons: too many rows for disjoint bases, so that only the null space can settle them."""
    chosen = np.random.default_rng(7).random((rows, persons)) < 0.5
    return {f"r{i}": people(np.flatnonzero(row)) for i, row in enumerate(chosen)}


@pytest.mark.parametrize("missing", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("release", [grid(11, 11), scattered(24, 40)], ids=["crossed", "scattered"])
def test_a_planted_difference_of_few_people_is_found(release: Rows, missing: int) -> None:
    """A filter that drops one to five people of a large cell isolates them, whichever argument settles the rest."""
    cell = next(iter(release))
    dropped = sorted(release[cell])[:missing]
    assert prove(release, k=6).safe
    assert prove(release, k=6).complete

    proof = prove(release | {"filter": release[cell].difference(dropped)}, k=6)

    assert [v.persons for v in proof.violations] == [tuple(person for person, _ in dropped)]
    assert dict(proof.violations[0].combination) == {cell: 1, "filter": -1}
    assert proof.complete


def test_a_block_of_120_columns_is_searched_completely_at_six() -> None:
    """Fifty rows over 120 persons, k' = 6: supports of five are covered."""
    proof = prove(scattered(50, 120), k=6)

    assert proof.safe and proof.complete
    assert proof.method == "null space, complete to 5"


def test_disjoint_bases_settle_a_large_table_without_a_search() -> None:
    """Fourteen by fifteen persons: any vector of five people would meet one of three bases at a single column."""
    table = grid(14, 15)
    proof = prove(table, k=6)
    assert proof.safe and proof.complete
    assert proof.method == "disjoint bases, complete to 5"

    planted = prove(table | {"filter": people(f"3/{j}" for j in range(12))}, k=6)
    assert [v.persons for v in planted.violations] == [("3/12", "3/13", "3/14")]
    assert planted.complete


@given(small_releases(), st.integers(2, 7))
def test_disjoint_bases_find_a_support_exactly_when_the_naive_search_does(rows: Rows, k: int) -> None:
    """Where the argument applies, its smallest support is the fewest people that any combination concerns."""
    columns = sorted(set().union(*rows.values()))
    matrix = np.array([[column in row for column in columns] for row in rows.values()], dtype=np.int64)
    basis = linear.reduce_rows(matrix, linear.PRIMES[0]).echelon
    found = supports.supports_by_bases(basis, [frozenset([p]) for p, _ in columns], k - 1, linear.PRIMES[0])

    if found is not None:
        minimum = naive_minimum(rows)
        assert bool(found) == (minimum < k)
        assert not found or len(found[0]) == minimum


def test_a_search_cut_short_says_so_and_still_finds_three_atoms(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where five columns are too many to try, the proof is incomplete, names its reach, and finds small supports."""
    rows = scattered(24, 40)
    monkeypatch.setattr(supports, "WORK_LIMIT", 50_000)
    assert prove(rows, k=6).method == "null space, to 4 atoms of 40"

    monkeypatch.setattr(supports, "WORK_LIMIT", 0)
    proof = prove(rows, k=6)
    assert proof.safe and not proof.complete
    assert proof.method == "null space, to 3 atoms of 40"

    dropped = sorted(rows["r0"])[:3]
    planted = prove(rows | {"filter": rows["r0"].difference(dropped)}, k=6)
    assert planted.violations[0].persons == tuple(person for person, _ in dropped)


def test_a_corrected_value_of_one_person_isolates_that_person() -> None:
    """The old and the new version differ in two columns that belong to one person."""
    stay = people(range(7), "v1")
    rows = {"old": stay | people([7], "v1"), "new": stay | people([7], "v2")}

    proof = prove(rows, k=5)

    assert proof.persons_recoverable == ("7",)
    assert proof.violations[0].persons == ("7",)
    assert dict(proof.violations[0].combination) == {"old": -1, "new": 1}


@pytest.mark.parametrize(("changed", "safe"), [(0, True), (1, False), (5, False), (6, True), (8, True)])
def test_a_correction_is_safe_when_nobody_or_k_people_change(changed: int, safe: bool) -> None:
    """Ten people, some with a second version: ten columns of five people are five people."""
    stay = people(range(changed, 10), "v1")
    rows = {"old": stay | people(range(changed), "v1"), "new": stay | people(range(changed), "v2")}

    proof = prove(rows, k=6)

    assert proof.safe is safe
    assert proof.complete


def test_corrections_below_several_levels_count_persons_over_all_versions() -> None:
    """Three people corrected in each of two teams: each team's difference concerns three, the department's six."""
    old = {t: people([f"{t}{i}" for i in range(8)], "v1") for t in "ab"}
    new = {
        t: people([f"{t}{i}" for i in range(5)], "v1") | people([f"{t}{i}" for i in range(5, 8)], "v2") for t in "ab"
    }
    department = {"old": old["a"] | old["b"], "new": new["a"] | new["b"]}
    teams = {f"{t} old": old[t] for t in "ab"} | {f"{t} new": new[t] for t in "ab"}

    assert prove(department, k=6).safe
    assert {v.persons for v in prove(department | teams, k=6).violations} == {
        ("a5", "a6", "a7"),
        ("b5", "b6", "b7"),
    }


def test_many_columns_of_few_persons_are_found_where_atoms_alone_would_mislead() -> None:
    """A smallest combination over eight columns that belong to two persons is a violation at three."""
    mine, yours = ([(person, f"v{i}") for i in range(4)] for person in ("me", "you"))
    filler = [people(range(10 * i, 10 * i + 6), "v0") for i in range(5)]
    signs = [frozenset(mine[:2] + yours[:2]), frozenset(mine[1:3] + yours[2:]), frozenset(mine[2:] + yours[1:3])]
    rows = {f"r{i}": part | filler[i] for i, part in enumerate(signs)}
    assert prove(rows, k=6).safe

    rows |= {f"s{i}": filler[i] for i in range(3)}
    proof = prove(rows, k=3)
    assert {v.persons for v in proof.violations} >= {("me", "you")}
    assert proof.persons_recoverable == ()
    assert proof.complete


def test_too_many_people_with_versions_make_the_proof_incomplete_not_wrong() -> None:
    """When not every choice of corrected people can be tried, the proof says so; small supports are still found."""
    old = grid(8, 9)
    moved = {f"{i}/{j}" for i in range(8) for j in range(9) if (i + j) % 3}
    new = {
        f"{cell} new": frozenset((p, "corrected" if p in moved else tag) for p, tag in row) for cell, row in old.items()
    }
    proof = prove(old | new, k=6)
    assert proof.safe and not proof.complete
    assert "atoms of" in proof.method

    leak = {"leak": (old["row0"] - {("0/1", "hours")}) | {("0/1", "corrected")}}
    assert prove(old | new | leak, k=6).persons_recoverable == ("0/1",)


def test_combinations_may_need_fractions() -> None:
    """Three pairs that share members give each person by halves."""
    rows = {"ab": people("ab"), "bc": people("bc"), "ca": people("ca")}

    found = exact_combination(rows, {("a", "hours"): 1})

    assert found == {"ab": Fraction(1, 2), "bc": Fraction(-1, 2), "ca": Fraction(1, 2)}
    assert list(found) == ["ab", "bc", "ca"]
    assert prove(rows, k=3).persons_recoverable == ("a", "b", "c")
    assert exact_combination(rows, {("a", "hours"): Fraction(1, 3), ("b", "hours"): Fraction(1, 3)}) == {
        "ab": Fraction(1, 3)
    }


def test_a_target_outside_the_rows_has_no_combination() -> None:
    """Unknown columns, part of an atom, and independent vectors give None; the zero target gives nothing to add."""
    rows = {"x": people("abc"), "y": people("cd")}

    assert exact_combination(rows, {("z", "hours"): 1}) is None
    assert exact_combination(rows, {("a", "hours"): 1}) is None
    assert exact_combination(rows, dict.fromkeys(people("ab"), 1)) is None
    assert exact_combination(rows, {("z", "hours"): 0}) == {}
    assert exact_combination({}, {("z", "hours"): 1}) is None


def test_nothing_published_is_safe() -> None:
    """No rows, or only empty rows, say nothing about anybody."""
    assert prove({}, k=5).safe
    proof = prove({"empty": frozenset()}, k=5, hidden={"h": people("a"), "nobody": frozenset()})
    assert (proof.safe, proof.complete, proof.atoms, proof.rank, proof.rows) == (True, True, 0, 0, 1)
    assert proof.hidden_recoverable == ()


def test_k_below_one_is_refused() -> None:
    """There is no figure about fewer than no persons."""
    with pytest.raises(ValueError, match="at least 1"):
        prove({"x": people("abc")}, k=0)


@given(small_releases(versions=2), st.integers(2, 6))
def test_primes_that_mislead_are_outvoted_by_rational_arithmetic(rows: Rows, k: int) -> None:
    """Modulo 2 and 3 ranks drop and supports shrink; the verdict is still the rational one."""
    minimum = naive_minimum(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(linear, "PRIMES", (2, 3))
        patch.setattr(linear, "RESERVE_PRIMES", (5, 65521, 65519))
        proof = prove(rows, k)

    assert proof.complete
    assert proof.safe == (minimum >= k)
    assert_certificates_hold(rows, proof, k)


def test_a_prime_that_loses_rank_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Modulo 2 three pairs in a ring have rank two and isolate nobody; in rationals they isolate everybody."""
    monkeypatch.setattr(linear, "PRIMES", (2, 3))
    ring = {"ab": people("ab"), "bc": people("bc"), "ca": people("ca")}

    proof = prove(ring, k=2, hidden={"just b": people("b")})

    assert (proof.rank, proof.safe, proof.complete) == (3, False, True)
    assert proof.persons_recoverable == ("a", "b", "c")
    assert proof.hidden_recoverable == ("just b",)


def test_a_rank_is_certified_only_by_multiplying_out() -> None:
    """A number that both primes divide looks like zero to both, and is not taken for zero."""
    matrix = np.array([[linear.PRIMES[0] * linear.PRIMES[1]]], dtype=np.int64)
    one, other = (linear.reduce_rows(matrix, prime) for prime in linear.PRIMES)
    assert one.rank == other.rank == 0
    assert not linear.rank_is_certified(matrix, one, other)
    assert linear.solve(matrix, [1]) == [Fraction(1, int(matrix[0, 0]))]

    repeated = np.array([[1, 1, 0], [0, 1, 1], [1, 2, 1]], dtype=np.int64)
    assert linear.rank_is_certified(repeated, *(linear.reduce_rows(repeated, prime) for prime in linear.PRIMES))


def test_a_set_that_is_refuted_stops_the_search() -> None:
    """When a dependency found modulo the prime does not hold, nothing that rests on this prime is claimed."""
    basis = np.array([[1, 0, 1, 1, 2], [0, 1, 1, 2, 1]], dtype=np.int64)

    for owners in ("abcde", "aabbc"):
        with pytest.raises(supports.Artefact):
            supports.search_supports(
                basis, [0, 1], [frozenset(each) for each in owners], 4, linear.PRIMES[0], lambda _: False
            )


def test_a_rank_that_no_prime_could_prove_leaves_the_proof_incomplete(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the primes disagree and rational elimination is too long, no more is claimed than was shown."""
    pairs = {"ab": people("ab"), "bc": people("bc"), "ca": people("ca")}
    monkeypatch.setattr(linear, "PRIMES", (2, 65519))
    monkeypatch.setattr("core.privacy.audit.EXACT_LIMIT", 0)

    proof = prove(pairs, k=2)

    assert not proof.complete
    assert "rank modulo two primes only" in proof.method
    assert proof.persons_recoverable == ("a", "b", "c")


def test_the_primes_are_prime_and_small_enough() -> None:
    """Residues of 16 bits: a product and 2**31 sums of it fit into 64 bits."""
    for prime in (*linear.PRIMES, *linear.RESERVE_PRIMES):
        assert prime < 2**16
        assert all(prime % divisor for divisor in range(2, 257))


@given(st.integers(-40_000, 40_000), st.integers(1, 40_000))
def test_small_fractions_survive_the_way_through_two_primes(numerator: int, denominator: int) -> None:
    """Reconstruction returns the fraction whose residues were given."""
    value = Fraction(numerator, denominator)
    residues = [np.array([value.numerator * pow(value.denominator, -1, prime) % prime]) for prime in linear.PRIMES]

    assert linear.lift(*residues) == [value]


@given(st.integers(0, 10_000), st.integers(1, 5))
def test_dependent_columns_are_all_found(seed: int, size: int) -> None:
    """A planted dependency of each size is among the sets returned, and so is every other smallest one."""
    prime = linear.PRIMES[0]
    rng = np.random.default_rng(seed)
    columns = rng.integers(0, prime, (8, 11))
    columns[0, :5] = 0  # a first coordinate of zero must not hide a column
    chosen = sorted(rng.choice(11, size, replace=False).tolist())
    columns[:, chosen[-1]] = columns[:, chosen[:-1]] @ rng.integers(1, prime, size - 1) % prime
    expected = {
        group
        for group in combinations(range(11), size)
        if linear.reduce_rows(columns[:, group], prime).rank < size
        and all(linear.reduce_rows(columns[:, part], prime).rank == size - 1 for part in combinations(group, size - 1))
    }

    weights = np.ones(11, dtype=np.int64)
    assert expected <= set(linear.dependent_columns(columns, weights, size, size, prime))
    assert not list(linear.dependent_columns(columns, weights, size - 1, size, prime))


def test_the_search_covers_packs_of_persons_with_several_columns() -> None:
    """Two persons with two columns each are tried together, with whatever lone columns the budget leaves."""
    owners = [frozenset(each) for each in ("a", "a", "b", "b", "c")]
    basis = np.array([[1, 0, 1, 1, 2], [0, 1, 1, 2, 1]], dtype=np.int64)
    seen: list[tuple[int, ...]] = []

    def note(support: Iterable[int]) -> bool:
        seen.append(tuple(sorted(support)))
        return True

    assert supports.search_supports(basis, [0, 1], owners, 1, linear.PRIMES[0], note) is None
    assert seen == []
    assert supports.search_supports(basis, [0, 1], owners, 2, linear.PRIMES[0], note) is None
    assert seen and all(len(frozenset().union(*(owners[c] for c in support))) <= 2 for support in seen)


def test_one_week_of_a_large_organisation_takes_little_time() -> None:
    """1,200 people in 151 nested cells: reduced to disjoint remainders, without any search."""
    teams = [people(range(10 * i, 10 * i + 10), "2025-03-03") for i in range(120)]
    rows = {f"team {i}": team for i, team in enumerate(teams)}
    rows |= {f"department {i}": frozenset().union(*teams[i : i + 5]) for i in range(0, 120, 5)}
    rows |= {f"division {i}": frozenset().union(*teams[i : i + 20]) for i in range(0, 120, 20)}
    rows |= {"company": frozenset().union(*teams)}
    shown = {cell: row for cell, row in rows.items() if cell not in ("team 7", "team 8", "team 90")}

    proof = prove(shown, k=6, hidden={"one of them": frozenset(sorted(teams[7])[:5])})

    assert proof.safe and proof.complete
    assert proof.method == "disjoint remainders"
    assert (proof.rows, proof.rank) == (148, 119)
