"""Rhythm by unit: released once a quarter, and nothing about one manager, or two, can be worked out from it."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select, update

from core.access.refusals import NoPermission
from core.database.engine import make_engine
from core.metrics.catalogue import catalogue
from core.people.tables import Assignment, OrgUnit
from core.policy import Policy
from core.privacy.candidates import Contribution, PeriodInput
from core.privacy.lattice import Unit
from core.privacy.ledger import Tokens
from core.privacy.publish import Draft, UnsafeRelease, draft_release
from core.privacy.reporting import make_plan
from core.privacy.rounding import CellColumns, write_all
from core.privacy.tables import AuditResult, PublishedCell, ReleaseRow
from core.rhythm.cadence import Kind
from core.rhythm.quarter import FAMILY, MEASURE, QuarterRhythm, quarter_rhythm, stand_ins
from core.rhythm.release import _three_managers, fewest_in_a_remainder, finish_quarters
from core.rhythm.shares_views import RhythmShares, rhythm_shares
from core.rhythm.tables import Conversation, Pair
from core.workload.activity_rollup import quarter_end
from tests.databases import CopyOf
from tests.organisations import audited, codes, deliver, employ, hours, people_in, release, who

POLICY = Policy()
METRIC = catalogue(POLICY)[MEASURE]
QUARTER = date(2025, 12, 29)
END = quarter_end(QUARTER)
OVER = END + timedelta(days=7)
AT = datetime(2026, 4, 20, tzinfo=UTC)
CLOCK = date(2025, 12, 1)  # due on 31 December, 30 January and 1 March; a review on 2 March
HELD = ((Kind.CHECK_IN, date(2025, 12, 31)), (Kind.CHECK_IN, date(2026, 1, 30)), (Kind.REVIEW, date(2026, 3, 2)))
A, B = ("Co/A/One", "Co/A/Two", "Co/A/Three"), ("Co/B/Four", "Co/B/Five")
MANY = ("Co/A/One", "Co/A/Two")  # of their managers nobody talked; of the others everybody did


def company(engine: Engine, teams: tuple[str, ...]) -> None:
    """Teams of eight; the first of each manages the others, all of whom talked in time but for those in MANY."""
    people = people_in(dict.fromkeys(teams, 8))
    employ(engine, people)
    deliver(engine, people, hours(people))
    release(engine)
    with engine.begin() as connection:
        ids = codes(connection)
        for team in teams:
            for member in range(1, 8):
                talks(connection, ids[f"{team}#0"], ids[f"{team}#{member}"], in_time=team not in MANY)


def talks(connection: object, lead: int, member: int, *, in_time: bool, **terms: object) -> None:
    """A pair of manager and employee; in time: it held what was due in the quarter."""
    row = {"kind": "manager", "lead_id": lead, "member_id": member, "since": CLOCK, "until": None, "clock_from": CLOCK}
    made = connection.execute(insert(Pair).values(**row | {"proposed_by_id": None, "accepted_on": None} | terms))  # type: ignore[attr-defined]
    (pair,) = made.inserted_primary_key
    for kind, day in HELD if in_time else ():
        values = {"pair_id": pair, "kind": kind, "due": day, "first_due": day, "held_on": day}
        connection.execute(insert(Conversation).values(**values))  # type: ignore[attr-defined]


def finished(engine: Engine, as_of: date = OVER) -> tuple[date, ...]:
    return finish_quarters(engine, policy=POLICY, as_of=as_of, at=AT, actor="test")


def statuses(engine: Engine) -> dict[str, str]:
    """Unit path -> status of its cell."""
    with engine.connect() as connection:
        rows = connection.execute(
            select(OrgUnit.path, PublishedCell.status)
            .join(OrgUnit, OrgUnit.id == PublishedCell.unit_id)
            .where(PublishedCell.area == "rhythm", PublishedCell.kind == "unit")
        )
        return {row.path: row.status for row in rows}


def told(engine: Engine, unit: str | None = None, *, role: str = "hr") -> RhythmShares:
    with engine.connect() as connection:
        viewer = who(role, units=() if role == "hr" else ("Co/A",))
        return rhythm_shares(connection, viewer, unit, policy=POLICY, as_of=AT.date())


@pytest.fixture
def three_and_two(copy_of: CopyOf) -> Engine:
    """Three managers in Co/A, two in Co/B."""
    return make_engine(copy_of("rhythm-three-and-two", lambda engine: company(engine, A + B)))


@pytest.fixture
def three_and_three(copy_of: CopyOf) -> Engine:
    """Three managers in each."""
    return make_engine(copy_of("rhythm-three-and-three", lambda engine: company(engine, (*A, *B, "Co/B/Six"))))


def test_units_of_three_managers_are_told_in_words_and_teams_never(three_and_three: Engine) -> None:
    """A: two of three managers' conversations did not take place; B: all did. A team has one manager, and is hidden."""
    assert finished(three_and_three) == (QUARTER,)
    assert {path for path, status in statuses(three_and_three).items() if status == "shown"} == {"Co", "Co/A", "Co/B"}
    top = told(three_and_three)
    assert {line.path: line.text for line in top.lines[1:]} == {
        "Co/A": "many late or missed", "Co/B": "nearly all on time",
    }  # fmt: skip
    assert top.sentence == "Many conversations in Co were late, or did not take place."
    below = told(three_and_three, "Co/A", role="leader")
    assert [(line.status, line.text) for line in below.lines[1:]] == [("hidden", "not shown, to protect people")] * 3
    report = audited(three_and_three)
    assert report.passed and report.recoverable == 0
    with three_and_three.connect() as connection:
        tests = {
            row.test: row.certificate for row in connection.execute(select(AuditResult.test, AuditResult.certificate))
        }
    assert tests["managers"] == {"family": MEASURE, "at_least": 3}


def test_a_unit_of_two_managers_hides_the_unit_beside_it(three_and_two: Engine) -> None:
    """The company less A would be the two managers of B: so A is hidden as well, and only the company is told."""
    assert finished(three_and_two) == (QUARTER,)
    assert {path for path, status in statuses(three_and_two).items() if status == "shown"} == {"Co"}
    assert [line.status for line in told(three_and_two).lines] == ["shown", "hidden", "hidden"]
    assert audited(three_and_two).passed


def test_a_quarter_is_released_once_when_its_days_of_grace_are_over(three_and_three: Engine) -> None:
    """Not a day before; what is written down later changes nothing, and nothing is released again."""
    assert finished(three_and_three, OVER - timedelta(days=1)) == ()
    assert finished(three_and_three) == (QUARTER,)
    with three_and_three.begin() as connection:
        connection.execute(update(Conversation).values(held_on=None))
    before = statuses(three_and_three), told(three_and_three)
    assert finished(three_and_three, OVER + timedelta(days=30)) == ()
    assert (statuses(three_and_three), told(three_and_three)) == before


def test_leaders_see_their_units_hr_the_company_and_nobody_else_anything(three_and_three: Engine) -> None:
    """A manager is told about the own team elsewhere; an unknown unit reads like one out of scope."""
    finished(three_and_three)
    assert told(three_and_three, role="leader").lines[0].path == "Co/A"
    refused = {"leader": ("Co", "Co/B", "Co/No"), "manager": ("Co/A", None), "employee": (None,), "admin": (None,)}
    for role, unit in ((role, unit) for role, units in refused.items() for unit in units):
        with pytest.raises(NoPermission, match="told by unit to leaders and HR"):
            told(three_and_three, unit, role=role)


def test_a_manager_stands_with_two_people_and_one_share(three_and_three: Engine) -> None:
    """Six stand-ins of three managers in A; every one carries the whole share of the manager. One pair alone does not count."""
    with three_and_three.begin() as connection:
        ids = codes(connection)
        talks(connection, ids["Co/A/One#1"], ids["Co/A/Two#1"], in_time=True)  # a manager of one: left out
        found = quarter_rhythm(connection, QUARTER, END, POLICY)
        assert found is not None
        leads = {ids[f"{team}#0"]: float(team in MANY) for team in (*A, *B, "Co/B/Six")}
    shares = dict(
        zip(found.contribution.people.tolist(), found.contribution.measures[MEASURE][0].tolist(), strict=True)
    )
    assert sorted(found.manager_of.values()) == sorted(each for each in leads for _ in range(2))
    assert all(shares[person] == leads[manager] for person, manager in found.manager_of.items())


def test_a_pair_that_ended_counts_until_its_last_day(three_and_three: Engine) -> None:
    """What fell due afterwards is nobody's; a change of manager in the middle is no missed conversation."""
    with three_and_three.begin() as connection:
        connection.execute(update(Pair).values(until=date(2026, 1, 10)))
        found = quarter_rhythm(connection, QUARTER, END, POLICY)
    assert found is not None
    late = found.contribution.measures[MEASURE][0]
    assert set(late.tolist()) == {0.0, 1.0}  # one conversation each, due on 31 December
    with three_and_three.begin() as connection:
        connection.execute(update(Pair).values(until=date(2025, 12, 31)))
        assert quarter_rhythm(connection, QUARTER, END, POLICY) is None


def test_a_manager_who_moves_takes_the_own_figure_along(three_and_three: Engine) -> None:
    """One of A's three moves to B: A has two, so neither A nor B is shown, whatever was shown in the quarter before."""
    with three_and_three.begin() as connection:
        ids = codes(connection)
        there = connection.scalar(select(OrgUnit.id).where(OrgUnit.path == "Co/B/Four"))
        moved = Assignment.person_id == ids["Co/A/Three#0"]
        connection.execute(update(Assignment).where(moved).values(valid_to=date(2026, 2, 2)))
        row = {
            "person_id": ids["Co/A/Three#0"],
            "unit_id": there,
            "valid_from": date(2026, 2, 2),
            "contracted_hours": 40.0,
        }
        connection.execute(insert(Assignment).values(**row, source="people"))
    finished(three_and_three)
    assert {path for path, status in statuses(three_and_three).items() if status == "shown"} == {"Co"}
    assert audited(three_and_three).passed


# -- arithmetic: nothing of one manager, or of two ---------------------------------------------------------------------------

Tree = Mapping[str, list[tuple[int, float]]]


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Team -> its managers, each with people in the team and a share that was late; up to three departments of teams."""
    found = {}
    for department in range(draw(st.integers(1, 3))):
        for team in range(draw(st.integers(1, 4))):
            managers = st.tuples(st.integers(1, 6), st.floats(0, 1))
            found[f"Co/D{department}/T{team}"] = draw(st.lists(managers, max_size=3))
    return found


def drafted(tree: Tree) -> tuple[Draft, QuarterRhythm]:
    """The release of such an organisation, and who stands for whom."""
    paths = sorted({"/".join(path.split("/")[: n + 1]) for path in tree for n in range(3)})
    number = {path: at + 1 for at, path in enumerate(paths)}
    units = tuple(Unit(number[p], number.get(p.rpartition("/")[0]), p, p) for p in paths)
    people, places, values, manager_of = [], [], [], {}
    roster: dict[int, int] = defaultdict(int)
    size, manager = stand_ins(POLICY.k_prime), 0
    for path, managers in tree.items():
        for team, late in managers:
            manager += 1
            roster[number[path]] += team + 1
            if team < size:
                continue
            for each in range(size):
                manager_of[manager * 100 + each] = manager
                people.append(manager * 100 + each)
                places.append(number[path])
                values.append(late)
    value = np.array(values, dtype=float)
    contribution = Contribution(
        FAMILY, np.array(people, dtype=np.int64), np.array(places, dtype=np.int64), {MEASURE: value},
        {MEASURE: (value, np.ones(len(value)))}, frozenset(places), silence_tells=True,
    )  # fmt: skip
    period = PeriodInput("rhythm", QUARTER, units, roster, (contribution,))
    draft = draft_release(period, make_plan(units, roster, POLICY), {MEASURE: METRIC}, {MEASURE: False}, POLICY, TOKENS)
    return draft, QuarterRhythm(contribution, manager_of, dict(roster))


TOKENS = Tokens("07" * 32)


@settings(max_examples=150)
@given(trees())
def test_no_figure_of_one_manager_or_of_two_follows_from_what_is_released(tree: Tree) -> None:
    """By rank: leaving out the columns of any two managers never frees a combination of shown cells from all the others."""
    draft, found = drafted(tree)
    managers = sorted(set(found.manager_of.values()))
    column = {manager: at for at, manager in enumerate(managers)}
    token = {TOKENS.person(person): manager for person, manager in found.manager_of.items()}
    rows = {row["cell_id"]: row for row in draft.rows}
    under: dict[str, set[int]] = {
        cell: {token[item.split(":")[0]] for item in row["members"].split()} for cell, row in rows.items()
    }
    for cell in reversed(list(rows)):
        above = rows[cell]["parent_cell"]
        if above is not None:
            under[above] |= under[cell]
    for cell, row in rows.items():
        for part in row["parts"].split():
            under[cell] |= under[part]
    shown = [under[cell["cell_id"]] for cell in draft.cells if cell["status"] == "shown"]
    assert all(len(group) >= 3 for group in shown)
    matrix = np.zeros((len(shown), len(managers)))
    for at, group in enumerate(shown):
        matrix[at, [column[each] for each in group]] = stand_ins(POLICY.k_prime)
    rank = np.linalg.matrix_rank(matrix) if matrix.size else 0
    for some in combinations(range(len(managers)), min(2, len(managers))):
        left = np.delete(matrix, some, axis=1)
        assert (np.linalg.matrix_rank(left) if left.size else 0) == rank
    _three_managers(draft, found, TOKENS)  # the check before writing finds nothing either


def test_the_check_before_writing_refuses_a_remainder_of_two_managers(three_and_three: Engine) -> None:
    """As if somebody had marked the team of a manager as shown in the ledger."""
    finished(three_and_three)
    with three_and_three.connect() as connection:
        rows = [
            dict(row) for row in connection.execute(select(ReleaseRow).where(ReleaseRow.family == FAMILY)).mappings()
        ]
    everybody = {item.split(":")[0] for row in rows for item in row["members"].split()}
    managers = {token: at // 2 for at, token in enumerate(sorted(everybody))}
    leaf = next(row for row in rows if row["members"])
    leaf["status"] = "shown"
    assert (fewest_in_a_remainder(rows, managers) or 0) < 3
    draft, found = drafted({f"Co/D0/T{n}": [(4, 0.5)] for n in range(4)})
    next(row for row in draft.rows if row["members"])["status"] = "shown"
    with pytest.raises(UnsafeRelease):
        _three_managers(draft, found, TOKENS)


def test_a_figure_that_stays_while_one_manager_leaves_keeps_that_managers_share_open() -> None:
    """As for every other figure: by half of the whole range at least, for whoever knows that nothing else changed."""
    size, step = stand_ins(POLICY.k_prime), 0.05
    for managers in (4, 5, 6, 9, 10, 11, 12, 25, 26):
        seen: dict[tuple[object, ...], list[float]] = defaultdict(list)
        for others in np.linspace(0.0, managers - 1.0, 20 * (managers - 1) + 1):
            after = _as_read((managers - 1) * size, others * size)
            for own in np.linspace(0.0, 1.0, 21):
                if _as_read(managers * size, (others + own) * size) == after:
                    seen[after].append(float(own))
        assert all(max(each) - min(each) >= 0.5 - step for each in seen.values()), (managers, seen)


def _as_read(n: int, late: float) -> tuple[object, ...]:
    sums = CellColumns(np.array([n]), *np.array([[late], [float(n)], [0.0], [0.0]]))
    (found,) = write_all(METRIC, sums, fast=False, spread=METRIC.fallback_spread, policy=POLICY)
    assert found is not None
    return found.value, found.qualifier, found.share_class


@given(st.integers(5, 30), st.integers(0, 5))
def test_stand_ins_make_one_threshold_of_two(k: int, insiders: int) -> None:
    """Two managers never reach k', three always do, whatever the policy."""
    k_prime = Policy(k=k, insiders=insiders).k_prime
    assert 2 * stand_ins(k_prime) < k_prime <= 3 * stand_ins(k_prime)
