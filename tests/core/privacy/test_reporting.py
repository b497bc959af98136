"""Reporting units: small units are put together from the roster alone, and changes of joins count as changes of members."""

from hypothesis import given
from hypothesis import strategies as st

from core.policy import Policy
from core.privacy.lattice import Plan, Unit, build_lattice, together, unit_cell
from core.privacy.reporting import make_plan, settled

POLICY = Policy()


def department(sizes: dict[str, int]) -> tuple[list[Unit], dict[int, int]]:
    """Units of a department with teams of these rosters, numbered from 2, and the headcount by unit."""
    units = [Unit(1, None, "D", "D")]
    units += [Unit(i, 1, f"D/{name}", name) for i, name in enumerate(sizes, start=2)]
    return units, dict(enumerate(sizes.values(), start=2))


def joined(plan: Plan) -> list[tuple[str, ...]]:
    """The parts of every join."""
    return sorted(parts for _, parts in plan.joins.values())


def test_a_small_team_joins_the_next_smallest_sibling() -> None:
    """Of 4, 9 and 12 people the 4 and the 9 report together; 12 stands alone."""
    units, headcount = department({"Billing": 4, "Payments": 9, "Search": 12})

    plan = make_plan(units, headcount, POLICY)

    assert joined(plan) == [(unit_cell(2), unit_cell(3))]
    assert plan.roster[1] == 25


def test_seven_people_are_expected_to_be_enough_and_six_are_not() -> None:
    """0.9 x 7 = 6.3 reaches k' = 6; 0.9 x 6 = 5.4 does not."""
    enough, headcount = department({"A": 7, "B": 7})
    assert joined(make_plan(enough, headcount, POLICY)) == []

    small, headcount = department({"A": 6, "B": 7})
    assert joined(make_plan(small, headcount, POLICY)) == [(unit_cell(2), unit_cell(3))]


def test_equal_sizes_are_joined_in_the_order_of_their_paths() -> None:
    """Ties are broken by path, so that the same roster always gives the same joins."""
    units, headcount = department({"C": 4, "A": 4, "B": 4, "D": 4})

    names = {unit_cell(unit.id): unit.name for unit in units}
    pairs = sorted(
        tuple(sorted(names[part] for part in parts)) for parts in joined(make_plan(units, headcount, POLICY))
    )

    assert pairs == [("A", "B"), ("C", "D")]


def test_a_single_small_team_has_nobody_to_join() -> None:
    """Without a sibling there is no join; the team stays hidden on its own."""
    units, headcount = department({"Only": 3})

    assert joined(make_plan(units, headcount, POLICY)) == []


def test_people_at_the_top_count_when_they_are_enough_and_nowhere_when_not() -> None:
    """Six people attached to the department itself form a leaf; five belong to no cell at any level."""
    units, headcount = department({"A": 10, "B": 10})

    with_six = make_plan(units, {**headcount, 1: 6}, POLICY)
    assert 1 in with_six.direct
    assert with_six.roster[1] == 26
    assert build_lattice(units, with_six).leaf_of_unit[1] == "direct:1"

    with_five = make_plan(units, {**headcount, 1: 5}, POLICY)
    assert 1 not in with_five.direct
    assert with_five.roster[1] == 20
    assert build_lattice(units, with_five).leaf_of_unit[1] is None


def test_a_join_is_named_after_its_parts_and_its_parts_are_no_cells_of_their_own() -> None:
    """The join stands between the parent and the parts; parts keep their place but are never candidates."""
    units, headcount = department({"Payments": 4, "Billing": 5, "Search": 12})
    lattice = build_lattice(units, make_plan(units, headcount, POLICY))

    (join,) = (cell for cell in lattice.cells.values() if cell.kind == "join")
    assert join.name == "Billing and Payments together"
    assert join.parent == unit_cell(1)
    assert [lattice.cells[part].candidate for part in lattice.children[join.id]] == [False, False]
    assert join.height == lattice.cells[unit_cell(4)].height


def test_three_names_read_as_a_list() -> None:
    """Names are joined with commas and one `and`."""
    assert together(["A", "B", "C"]) == "A, B and C together"


def test_a_change_of_joins_that_would_tell_few_people_apart_waits() -> None:
    """Two joined teams that part again with three and eight people stay joined; with seven and eight they part."""
    units, headcount = department({"A": 4, "B": 8, "C": 12})
    old = make_plan(units, headcount, POLICY)
    apart = Plan({}, frozenset(), {1: 24, 2: 4, 3: 8, 4: 12})

    assert settled(apart, old, {unit_cell(2): 3, unit_cell(3): 8}, POLICY.k_prime).joins == old.joins
    assert settled(apart, old, {unit_cell(2): 7, unit_cell(3): 8}, POLICY.k_prime).joins == {}


def test_a_small_team_cannot_slip_into_a_join_that_stood_without_it() -> None:
    """The join of two teams taking in a third of four people would show those four as the difference of two quarters."""
    units, headcount = department({"A": 4, "B": 5, "C": 12})
    old = make_plan(units, headcount, POLICY)
    a, b, c = (unit_cell(i) for i in (2, 3, 4))
    wider = Plan({"join:all": (1, (a, b, c))}, frozenset(), {1: 15, 2: 4, 3: 5, 4: 4})

    assert settled(wider, old, {a: 4, b: 5, c: 4}, POLICY.k_prime).joins == old.joins
    assert settled(wider, old, {a: 4, b: 5, c: 6}, POLICY.k_prime).joins == wider.joins


def test_a_new_team_may_be_taken_in() -> None:
    """People of a team that did not exist are joiners, not moved: nothing earlier can be compared with them."""
    units, headcount = department({"A": 4, "B": 5, "C": 12, "New": 0})
    old = make_plan(units, headcount, POLICY)
    a, b, new_team = unit_cell(2), unit_cell(3), unit_cell(5)
    wider = Plan({"join:all": (1, (a, b, new_team))}, frozenset(), {})

    assert settled(wider, old, {a: 4, b: 5, new_team: 3}, POLICY.k_prime).joins == wider.joins


@given(st.lists(st.integers(0, 15), min_size=1, max_size=12))
def test_after_joining_every_group_is_expected_to_be_large_enough_or_is_the_only_one(sizes: list[int]) -> None:
    """Invariant: no two groups are left of which one is expected below k', and every team is in at most one join."""
    units, headcount = department({f"T{i:02}": n for i, n in enumerate(sizes)})
    plan = make_plan(units, headcount, POLICY)
    parts = [part for group in joined(plan) for part in group]
    assert len(parts) == len(set(parts))

    single = [n for unit, n in headcount.items() if n and unit_cell(unit) not in parts]
    groups = single + [sum(headcount[int(part.split(":")[1])] for part in group) for group in joined(plan)]
    if len(groups) > 1:
        assert min(groups) * POLICY.join_margin >= POLICY.k_prime
