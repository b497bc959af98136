"""Properties of releases over random organisations."""

from collections.abc import Callable
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from tests.organisations import WEEK, audited, deliver, employ, everything, hours, people_in, release

Maker = Callable[[], Engine]
TEAM_NAMES = [f"Co/{dept}/{team}" for dept in "ABC" for team in "xyz"]

teams = st.dictionaries(
    st.sampled_from([*TEAM_NAMES, "Co", "Co/A", "Co/B"]), st.integers(1, 13), min_size=1, max_size=9
)


def statuses(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """The pattern alone: period, cell, kind, name, measure, status, band and coverage, without values."""
    return sorted((*row[:7], row[-2], row[-1]) for row in rows)


@given(sizes=teams)
def test_every_release_of_a_random_tree_is_safe_by_the_independent_method(
    fresh_engine: Maker, sizes: dict[str, int]
) -> None:
    """Whatever the tree and the team sizes, row reduction over the ledger finds no group under k'."""
    engine, people = fresh_engine(), people_in(sizes)
    employ(engine, people)
    deliver(engine, people, hours(people))
    release(engine)

    report = audited(engine)

    assert report.recoverable == 0
    assert report.problems == ()


@given(sizes=teams, shuffle=st.randoms(use_true_random=False))
def test_permuting_values_never_changes_the_pattern(
    fresh_engine: Maker, sizes: dict[str, int], shuffle: object
) -> None:
    """Hours dealt out to other people show and hide exactly the same cells."""
    people = people_in(sizes)
    facts = hours(people)
    values = [facts[key]["worked"] for key in facts]
    shuffle.shuffle(values)  # type: ignore[attr-defined]
    dealt = {key: {**facts[key], "worked": value} for key, value in zip(facts, values, strict=True)}
    patterns = []
    for version in (facts, dealt):
        engine = fresh_engine()
        employ(engine, people)
        deliver(engine, people, version)
        release(engine)
        patterns.append(statuses(everything(engine)))

    assert patterns[0] == patterns[1]


@given(sizes=teams, order=st.permutations(range(3)), by_team=st.booleans())
def test_the_same_deliveries_in_another_order_give_the_same_cells(
    fresh_engine: Maker, sizes: dict[str, int], order: list[int], by_team: bool
) -> None:
    """Three files of one delivery (by week or by team), held and released together, in any order."""
    people = people_in(sizes)
    weeks = [WEEK + timedelta(days=7 * i) for i in range(3)]
    files = _files(people, weeks, by_team=by_team)
    results = []
    for sequence in (range(3), order):
        engine = fresh_engine()
        employ(engine, people)
        for index in sequence:
            if files[index]:
                deliver(engine, people, files[index], held=True)
        release(engine, include_held=True, as_of=weeks[-1] + timedelta(days=30))
        results.append(everything(engine))

    assert results[0] == results[1]


@given(sizes=teams, order=st.permutations(range(3)))
def test_whole_weeks_without_holding_give_the_same_hours_in_any_order(
    fresh_engine: Maker, sizes: dict[str, int], order: list[int]
) -> None:
    """Weeks imported one by one, each released at once, show the same load whichever came first."""
    people = people_in(sizes)
    weeks = [WEEK + timedelta(days=7 * i) for i in range(3)]
    files = _files(people, weeks, by_team=False)
    results = []
    for sequence in (range(3), order):
        engine = fresh_engine()
        employ(engine, people)
        for index in sequence:
            deliver(engine, people, files[index])
            release(engine, as_of=weeks[-1] + timedelta(days=30))
        results.append([row for row in everything(engine) if row[5] == "utilisation"])

    assert results[0] == results[1]


def _files(
    people: dict[str, str], weeks: list[date], *, by_team: bool
) -> list[dict[tuple[str, date], dict[str, float | None]]]:
    every: dict[tuple[str, date], dict[str, float | None]] = {}
    for i, week in enumerate(weeks):
        every |= hours(people, week, worked=34.0 + 3 * i)
    if not by_team:
        return [{key: facts for key, facts in every.items() if key[1] == week} for week in weeks]
    paths = sorted(set(people.values()))
    return [{key: facts for key, facts in every.items() if paths.index(people[key[0]]) % 3 == i} for i in range(3)]
