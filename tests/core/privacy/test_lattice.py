"""Who stands under which cell."""

from core.privacy.lattice import Plan, Unit, build_lattice, direct_cell, join_cell, unit_cell

COMPANY = Unit(1, None, "C", "C")
SALES = Unit(2, 1, "C/Sales", "Sales")
NORTH = Unit(3, 2, "C/Sales/North", "North")
SOUTH = Unit(4, 2, "C/Sales/South", "South")


def test_each_unit_leads_to_its_leaf() -> None:
    """A unit without sub-units is its own leaf; people of an inner unit without a direct leaf stand in no cell."""
    lattice = build_lattice([COMPANY, SALES, NORTH, SOUTH], Plan(direct=frozenset({2})))

    assert lattice.leaf_of_unit == {1: None, 2: direct_cell(2), 3: unit_cell(3), 4: unit_cell(4)}
    assert set(lattice.leaves_below[unit_cell(1)]) == {unit_cell(3), unit_cell(4), direct_cell(2)}


def test_heights_count_levels_and_a_join_adds_none() -> None:
    """Company over Sales over teams, with or without a join between Sales and its teams."""
    join = join_cell([unit_cell(3), unit_cell(4)])
    plain = build_lattice([COMPANY, SALES, NORTH, SOUTH], Plan())
    put_together = build_lattice([COMPANY, SALES, NORTH, SOUTH], Plan({join: (2, (unit_cell(3), unit_cell(4)))}))

    for lattice in (plain, put_together):
        assert [lattice.cells[unit_cell(i)].height for i in (1, 2, 3, 4)] == [2, 1, 0, 0]
    assert put_together.cells[join].height == 0


def test_a_join_whose_parts_are_gone_is_gone() -> None:
    """Parts dissolved during the quarter leave their join with what is left of it, or without it."""
    join = join_cell([unit_cell(3), unit_cell(4)])
    plan = Plan({join: (2, (unit_cell(3), unit_cell(4)))})

    one_left = build_lattice([COMPANY, SALES, NORTH], plan)
    assert one_left.children[join] == [unit_cell(3)]

    none_left = build_lattice([COMPANY, SALES], plan)
    assert join not in none_left.cells


def test_a_part_that_moved_to_another_parent_leaves_the_join() -> None:
    """After a reorganisation in mid-quarter the tree stays a tree: the join is dropped for that period."""
    moved = Unit(4, 1, "C/South", "South")
    join = join_cell([unit_cell(3), unit_cell(4)])

    lattice = build_lattice([COMPANY, SALES, NORTH, moved], Plan({join: (2, (unit_cell(3), unit_cell(4)))}))

    assert join not in lattice.cells
    assert lattice.cells[unit_cell(4)].parent == unit_cell(1)
