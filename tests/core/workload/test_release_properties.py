"""Properties of releases over random organisations. Teams are not counted here: that reads cells and changes none."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from core.privacy.audit import prove
from core.privacy.ledger import rows_of, tokens
from core.privacy.tables import PublishedCell
from tests.organisations import (
    AS_OF,
    POLICY,
    WEEK,
    audited,
    codes,
    deliver,
    employ,
    everything,
    hours,
    people_in,
    release,
)

Maker = Callable[[], Engine]
TEAM_NAMES = [f"Co/{dept}/{team}" for dept in "ABC" for team in "xyz"]

teams = st.dictionaries(
    st.sampled_from([*TEAM_NAMES, "Co", "Co/A", "Co/B"]), st.integers(1, 13), min_size=1, max_size=9
)


@pytest.fixture(autouse=True, scope="module")
def uncounted() -> Iterator[None]:
    """Counting takes longer than releasing so few people; `test_counting` has a property of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.workload.release.count_teams", lambda _engine, _policy: ())
        yield


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


@given(sizes=teams)
def test_whole_weeks_without_holding_give_the_same_hours_in_any_order(
    fresh_engine: Maker, sizes: dict[str, int]
) -> None:
    """Two weeks imported one by one, each released at once, show the same load whichever came first."""
    people = people_in(sizes)
    weeks = [WEEK + timedelta(days=7 * i) for i in range(2)]
    files = _files(people, weeks, by_team=False)
    results = []
    for sequence in (files, files[::-1]):
        engine = fresh_engine()
        employ(engine, people)
        for file in sequence:
            deliver(engine, people, file)
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


changes = st.lists(
    st.tuples(
        st.sampled_from(["worked", "leave", "away"]),
        st.sampled_from(["Co/A/x", "Co/A/y", "Co/B/z"]),
        st.integers(0, 9),
        st.integers(1, 9),
    ),
    min_size=1,
    max_size=3,
)


@given(history=st.lists(changes, min_size=1, max_size=3), few=st.integers(4, 9))
def test_no_history_of_corrections_isolates_anybodys_hours(
    fresh_engine: Maker, history: list[list[tuple[str, str, int, int]]], few: int
) -> None:
    """Hours, leave and absence of any people are corrected any number of times, and published whenever the rules allow.

    Judged from outside: who was in each published cell of load, and what hours they truly had then, as unknowns.
    """
    engine, people = fresh_engine(), people_in({"Co/A/x": 9, "Co/A/y": few, "Co/B/z": 8})
    employ(engine, people)
    facts = hours(people)
    deliver(engine, people, facts)
    rows: dict[str, frozenset[tuple[str, str]]] = {}
    release(engine)
    _note_published(engine, facts, rows)
    for number, delivery in enumerate(history, start=1):
        touched = set()
        for what, team, start, count in delivery:
            members = [code for code, path in people.items() if path == team]
            for code in (members * 2)[start % len(members) :][: min(count, len(members))]:
                facts[code, WEEK] = _changed(facts[code, WEEK], what, number)
                touched.add((code, WEEK))
        deliver(engine, people, {key: facts[key] for key in touched})
        release(engine, as_of=AS_OF + timedelta(days=number))
        _note_published(engine, facts, rows)

    proof = prove(rows, POLICY.k_prime)

    assert proof.safe, proof.violations
    assert audited(engine).passed


def _changed(values: dict[str, float | None], what: str, number: int) -> dict[str, float | None]:
    if what == "worked":
        return {**values, "worked": (values["worked"] or 0) + number}
    return {**values, "leave": 0.5 * number if what == "leave" else 40.0}


def _note_published(
    engine: Engine, facts: dict[tuple[str, date], dict[str, float | None]], rows: dict[str, frozenset[tuple[str, str]]]
) -> None:
    """Add what the newest release shows of load, with the true hours of its members as unknowns."""
    with engine.connect() as connection:
        made = tokens(connection)
        by_token = {made.person(number): code for code, number in codes(connection).items()}
        shown = {
            (row.release_id, row.cell_id)
            for row in connection.execute(
                select(PublishedCell.release_id, PublishedCell.cell_id).where(
                    PublishedCell.measure == "utilisation", PublishedCell.status == "shown"
                )
            )
        }
        for row in rows_of(connection, "workload"):
            label = f"{row.release}/{row.cell}"
            if (row.release, row.cell) in shown and "utilisation" in row.variables and label not in rows:
                members = [by_token[person] for person, _ in row.members]
                rows[label] = frozenset((code, str(facts[code, WEEK]["worked"])) for code in members)
