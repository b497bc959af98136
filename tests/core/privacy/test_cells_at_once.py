"""Protection decides, sums and writes many cells at once and keeps answers; each cell is what it is by itself, bit by bit."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from core.calendar import WEEK, quarter_start
from core.metrics.catalogue import catalogue
from core.people.roster import Rosters
from core.policy import Policy
from core.privacy import publish, suppression
from core.privacy.candidates import Contribution, Groups, Members, cell_sums
from core.privacy.lattice import Lattice, Unit, build_lattice
from core.privacy.ledger import Tokens
from core.privacy.publish import Draft, draft_release, frame_of
from core.privacy.reporting import make_plan, stored_plan
from core.privacy.rounding import CellColumns, CellSums, write_all
from core.privacy.suppression import Choice, violations, weights
from core.privacy.tables import Release
from core.workload.release import _period
from core.workload.rollup import RollUp
from tests.core.privacy import cell_by_cell

POLICY = Policy()
K = POLICY.k_prime
METRICS = catalogue(POLICY)


@st.composite
def companies(draw: st.DrawFn, *, most: int = 25) -> tuple[Lattice, dict[str, int]]:
    """A random tree of units with joins and people attached to inner units, and the worth of its cells, often equal."""
    size = draw(st.integers(1, most))
    units = [Unit(1, None, "1", "1")]
    for number in range(2, size + 1):
        above = units[draw(st.integers(0, len(units) - 1))]
        units.append(Unit(number, above.id, f"{above.path}/{number}", str(number)))
    headcount = {unit.id: draw(st.integers(0, 14)) for unit in units}
    plan = make_plan(units, headcount, POLICY)
    lattice = build_lattice(units, plan)
    worth = dict.fromkeys(lattice.cells, 1) if draw(st.booleans()) else weights(lattice, plan.roster)
    return lattice, worth


@st.composite
def weeks_of_companies(draw: st.DrawFn) -> tuple[Lattice, dict[str, int], list[dict[str, int]]]:
    """A company, and contributors by leaf in some weeks: most leaves stay as they were the week before."""
    lattice, worth = draw(companies())
    count = st.integers(0, 14)
    weeks = [{leaf: draw(count) for leaf in lattice.leaves}]
    for _ in range(draw(st.integers(1, 4))):
        changed = draw(st.dictionaries(st.sampled_from(lattice.leaves), count, max_size=3))
        weeks.append(weeks[-1] | changed)
    return lattice, worth, weeks


@given(weeks_of_companies())
def test_a_choice_that_remembers_is_the_choice_of_each_week_by_itself(
    company: tuple[Lattice, dict[str, int], list[dict[str, int]]],
) -> None:
    """What is shown, the `others` and what stands for a hidden cell; with equal totals too, and whatever came before."""
    lattice, worth, weeks = company
    choice = Choice(lattice, K, worth)

    for counts in (*weeks, *weeks):
        assert choice.protect(counts) == cell_by_cell.protect(lattice, counts, K, worth)


@pytest.mark.parametrize(("leaves", "answers"), [(0, 10), (3, 2), (50, 1)])
def test_forgetting_changes_nothing(monkeypatch: pytest.MonkeyPatch, leaves: int, answers: int) -> None:
    """Whether answers of small cells, of none, or hardly any are kept: the choice is the same, and keeps to its limits."""
    units = [Unit(1, None, "1", "1"), *(Unit(i, 1, f"1/{i}", str(i)) for i in range(2, 6))]
    units += [Unit(i, 2 + i % 4, f"1/{2 + i % 4}/{i}", str(i)) for i in range(6, 30)]
    plan = make_plan(units, {unit.id: 4 + unit.id % 7 for unit in units}, POLICY)
    lattice = build_lattice(units, plan)
    worth = weights(lattice, plan.roster)
    monkeypatch.setattr(suppression, "KEPT_LEAVES", leaves)
    monkeypatch.setattr(suppression, "KEPT_ANSWERS", answers)
    choice, rng = Choice(lattice, K, worth), np.random.default_rng(3)

    for _ in range(20):
        counts = dict(zip(lattice.leaves, rng.integers(3, 11, len(lattice.leaves)).tolist(), strict=True))
        assert choice.protect(counts) == cell_by_cell.protect(lattice, counts, K, worth)
        assert len(choice._kept) <= (answers if leaves else 0)


@given(weeks_of_companies(), st.data())
def test_the_check_of_a_choice_finds_every_remainder_that_is_too_small(
    company: tuple[Lattice, dict[str, int], list[dict[str, int]]], data: st.DataObject
) -> None:
    """For any set of cells, safe or not: people under a cell and under no shown cell below it, counted one by one."""
    lattice, _, (counts, *_) = company
    shown = frozenset(data.draw(st.sets(st.sampled_from(lattice.order))))
    people = [(leaf, lattice.ancestors(leaf)) for leaf in lattice.leaves for _ in range(counts[leaf])]
    nearest = [next((at for at in above if at in shown), None) for _, above in people]

    found = violations(lattice, shown, counts, K)

    assert found == sorted((cell, nearest.count(cell)) for cell in shown if 0 < nearest.count(cell) < K)


@given(companies(), st.integers(0, 2**32 - 1), st.integers(0, 400))
def test_sums_of_all_cells_are_those_of_each_by_itself(
    company: tuple[Lattice, dict[str, int]], seed: int, people: int
) -> None:
    """To the last bit; people of unknown units and of units without a cell are left out."""
    lattice, _ = company
    rng = np.random.default_rng(seed)
    home = rng.integers(0, len(lattice.cells) + 3, people)
    top, down = rng.choice([0.0, 0.1, 7.3, 1e-9], people) * rng.random(people), rng.random(people)
    contribution = Contribution("hours", np.arange(people), home, {}, {}, frozenset())
    members = Members(lattice, contribution)
    some = tuple(leaf for leaf in lattice.leaves if rng.random() < 0.5) or (lattice.leaves[0],)
    own = {cell: lattice.leaves_below[cell] for cell in lattice.order}

    groups = Groups(lattice, {"others:1": some}, Groups(lattice, own))
    found = dict(zip(groups.cells, cell_sums(groups, members, top, down).rows(), strict=True))

    assert list(found) == [*lattice.order, "others:1"]
    assert found == {
        cell: cell_by_cell.cell_sums(leaves, members, top, down) for cell, leaves in (own | {"others:1": some}).items()
    }
    assert members.counts == {leaf: found[leaf].n for leaf in lattice.leaves}


def test_sums_of_wide_cells_are_those_of_each_by_itself() -> None:
    """Thousands of teams below one unit, where the order of adding shows in the last digits."""
    rng = np.random.default_rng(5)
    units = [Unit(1, None, "1", "1"), Unit(2, 1, "1/2", "2"), Unit(3, 1, "1/3", "3")]
    units += [Unit(i, 2 + i % 2, f"1/{2 + i % 2}/{i:05}", str(i)) for i in range(4, 3_000)]
    lattice = build_lattice(units, make_plan(units, {}, POLICY))
    home = rng.integers(4, 3_000, 20_000)
    top, down = rng.lognormal(2, 1, 20_000), rng.random(20_000)
    members = Members(lattice, Contribution("hours", np.arange(20_000), home, {}, {}, frozenset()))
    some = tuple(leaf for leaf in lattice.leaves if rng.random() < 0.3)
    of = {cell: lattice.leaves_below[cell] for cell in ("unit:1", "unit:2", "unit:3")} | {"others:1": some}

    groups = Groups(lattice, of)
    found = cell_sums(groups, members, top, down).rows()

    assert found == [cell_by_cell.cell_sums(leaves, members, top, down) for leaves in of.values()]


def cells() -> st.SearchStrategy[CellSums]:
    """Sums as people make them: shares of a total that may be nothing, and one or two of them large."""
    hours = st.one_of(st.just(0.0), st.floats(1e-100, 60), st.integers(0, 240).map(lambda quarters: quarters / 4))

    def put_together(values: tuple[int, float, float, float, float]) -> CellSums:
        n, top, down, first, second = values
        largest = sorted((first * top, second * top), reverse=True)
        return CellSums(n, n * top, n * down, min(largest[0] * n, n * top), min(largest[1], n * top))

    return st.tuples(st.integers(6, 90), hours, hours, st.floats(0, 1), st.floats(0, 1)).map(put_together)


@given(st.lists(cells(), max_size=40), st.sampled_from(sorted(METRICS)), st.booleans(), st.floats(0, 20))
def test_columns_are_written_as_each_cell_by_itself(
    sums: list[CellSums], measure: str, fast: bool, spread: float
) -> None:
    """Every measure of the catalogue: values, codes, classes and intervals, and what is not told at that size."""
    given = CellColumns(np.array([row.n for row in sums], dtype=np.int64), *np.array(sums).reshape(-1, 5).T[1:])

    found = write_all(METRICS[measure], given, fast=fast, spread=spread, policy=POLICY)

    assert found == [cell_by_cell.write(METRICS[measure], row, fast=fast, spread=spread, policy=POLICY) for row in sums]


@given(st.integers(6, 90), st.data())
def test_counts_of_people_are_written_as_each_cell_by_itself(n: int, data: st.DataObject) -> None:
    """Shares of people: every count that there can be."""
    metric = METRICS[data.draw(st.sampled_from([m.id for m in METRICS.values() if m.unit == "share"]))]
    every = [CellSums(n, float(people), float(n), 1.0, 1.0) for people in range(n + 1)]
    given = CellColumns(np.full(n + 1, n), *np.array(every).T[1:])

    found = write_all(metric, given, fast=False, spread=0.4, policy=POLICY)

    assert found == [cell_by_cell.write(metric, row, fast=False, spread=0.4, policy=POLICY) for row in every]


def test_a_value_that_is_no_number_is_refused() -> None:
    """It would be a defect upstream; nothing is written in its place."""
    broken = CellColumns(np.array([9, 9]), *np.array([[1.0, np.nan], [1, 1], [1, 1], [1, 1]]))

    with pytest.raises(ValueError, match="utilisation"):
        write_all(METRICS["utilisation"], broken, fast=False, spread=0.1, policy=POLICY)


def drafts(engine: Engine, weeks: list[date]) -> list[Draft]:
    """The weeks decided anew, one frame for as many as it serves, every measure written as slow and as fast in turn."""
    found, frame, rollup = [], None, RollUp(weeks)
    with engine.connect() as connection:
        rosters = Rosters(connection)
        for at, week in enumerate(weeks):
            plan = stored_plan(connection, quarter_start(week))
            assert plan is not None
            period = _period(connection, rosters, rollup, week)
            frame = frame_of(period.units, plan, K, frame)
            fast = dict.fromkeys(METRICS, bool(at % 2))
            found.append(draft_release(period, plan, METRICS, fast, POLICY, Tokens("ab" * 32), frame))
    return found


def test_weeks_of_the_demonstration_are_the_same_cell_by_cell(
    demo_readonly: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ledger rows, cells, sums, spreads and checks of weeks in two quarters, in the same order."""
    with demo_readonly.connect() as connection:
        last = max(connection.scalars(select(Release.period).where(Release.area == "workload")))
    weeks = [last - back * WEEK for back in (14, 13, 0)]
    at_once = drafts(demo_readonly, weeks)

    def plain_sums(groups: Groups, members: Members, top: Any, down: Any) -> CellColumns:
        rows = [cell_by_cell.cell_sums(groups.of[cell], members, top, down) for cell in groups.cells]
        return CellColumns(np.array([row.n for row in rows]), *np.array(rows).T[1:])

    def plain_writing(metric: Any, sums: CellColumns, **how: Any) -> list[Any]:
        return [cell_by_cell.write(metric, row, **how) for row in sums.rows()]

    class PlainGroups:
        def __init__(self, _: Lattice, groups: dict[str, tuple[str, ...]], first: Any = None) -> None:
            self.of = (first.of if first else {}) | groups
            self.cells = list(self.of)

    def plain_choice(lattice: Lattice, k: int, worth: dict[str, int]) -> SimpleNamespace:
        return SimpleNamespace(protect=lambda counts: cell_by_cell.protect(lattice, counts, k, worth))

    monkeypatch.setattr(publish, "Groups", PlainGroups)
    monkeypatch.setattr(publish, "cell_sums", plain_sums)
    monkeypatch.setattr(publish, "write_all", plain_writing)
    monkeypatch.setattr(publish, "Choice", plain_choice)

    assert drafts(demo_readonly, weeks) == at_once
    assert sum(row["status"] == "shown" for draft in at_once for row in draft.cells) > 2_000
    assert {row["status"] for draft in at_once for row in draft.cells} == {"shown", "hidden"}
