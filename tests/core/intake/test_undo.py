"""Undo of the last delivery: exactly what was there comes back, or a plain reason why not; nothing is kept for nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, insert, select, text

from core.access.accounts import add_user
from core.access.changes import verify
from core.access.refusals import Refused
from core.access.tables import ChangeLog
from core.calendar import WEEK
from core.intake.deliveries import every_delivery
from core.intake.history import Undone, drop_outdated, undo_last, undoable
from core.intake.imports import ImportSummary, run_import
from core.intake.tables import Delivery, DeliveryBefore
from core.people.tables import Assignment, EmploymentSpell, OrgUnit, Person
from core.policy import Policy
from core.privacy.tables import PendingRelease
from core.rhythm.tables import Conversation, Pair
from core.workload.release import finish_pending, note_delivery
from core.workload.tables import CollaborationWeek, PersonWeek, UnitNote
from tests.core.intake.content import AT, content, people_file, person, weeks_file

POLICY = Policy()
TODAY = AT.date()  # Monday 30 March 2026
OPEN, ALSO_OPEN = date(2026, 3, 23), date(2026, 3, 30)
CLOSED = date(2026, 3, 16)
FACTS = ("person", "org_unit", "employment_spell", "assignment", "person_week", "collaboration_week", "activity_hour")
HEADER = ("person_id", "week", "contracted", "worked", "leave", "public_holiday", "sickness")


def bring(
    engine: Engine, kind: str, path: Path, *, held: bool = False, at: datetime = AT, **more: Any
) -> ImportSummary:
    """Import a file as an account does: with a policy, so that what it replaces can be put aside."""
    return run_import(
        engine,
        kind,
        path,
        actor="ines",
        at=at,
        policy=POLICY,
        held=held,
        after_load=lambda connection, weeks: note_delivery(connection, weeks, held=held, as_of=at.date()),
        **more,
    )


def undo(engine: Engine, *, as_of: date = TODAY, **more: Any) -> Undone:
    """Undo as an account does."""
    return undo_last(engine, actor="ines", at=AT + timedelta(minutes=5), policy=POLICY, as_of=as_of, **more)


def facts(engine: Engine) -> dict[str, Any]:
    """Every fact on record, and the notes of weeks that wait, without their stamps."""
    held = {name: rows for name, rows in content(engine).items() if name in FACTS}
    with engine.connect() as connection:
        notes = connection.execute(select(PendingRelease)).mappings()
        return held | {"pending": sorted(str(dict(row) | {"stamp": ""}) for row in notes)}


def kept(engine: Engine) -> int:
    """How many deliveries have something put aside."""
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(DeliveryBefore)) or 0


def hours(folder: Path, cells: dict[tuple[str, date], float], name: str = "hours.csv") -> Path:
    """A file of person-weeks."""
    rows = [(code, week.isoformat(), 40, worked, 0, 0, 0) for (code, week), worked in cells.items()]
    return weeks_file(folder, HEADER, rows, name)


@pytest.fixture
def stocked(engine: Engine, tmp_path: Path) -> Engine:
    """Three people in two units, with hours in an open and in a closed week."""
    bring(engine, "people", people_file(tmp_path, [person("P1"), person("P2"), person("P3", "Northwind/Sales")]))
    cells = {(code, week): 38.0 for code in ("P1", "P2", "P3") for week in (CLOSED, OPEN)}
    bring(engine, "person-weeks", hours(tmp_path, cells))
    return engine


def test_hours_of_open_weeks_come_back_as_they_were(stocked: Engine, tmp_path: Path) -> None:
    """A row replaced, a row added, a week added: all of it is taken back, in the log too, and nothing stays put aside."""
    before = facts(stocked)
    cells = {("P1", OPEN): 51.5, ("P2", OPEN): 38.0, ("P2", ALSO_OPEN): 40.0}
    done = bring(stocked, "person-weeks", hours(tmp_path, cells, "more.csv"), held=True)
    assert done.can_be_undone and facts(stocked) != before

    found = undo(stocked, expected=done.delivery)

    assert facts(stocked) == before
    assert (found.kind, found.file, found.weeks) == ("person-weeks", "more.csv", (OPEN, ALSO_OPEN))
    assert kept(stocked) == 0
    with stocked.connect() as connection:
        line = connection.execute(select(Delivery).order_by(Delivery.id.desc()).limit(1)).mappings().one()
        logged = connection.execute(select(ChangeLog).order_by(ChangeLog.id.desc()).limit(1)).mappings().one()
        assert verify(connection).broken_at is None
    assert (line["undone_by"], line["undone_at"]) == ("ines", AT + timedelta(minutes=5))
    assert (logged["action"], logged["subject"], logged["actor"]) == ("undo import", "person-weeks", "ines")
    assert logged["detail"]["delivery"] == done.delivery


def test_a_people_file_is_taken_back_with_its_people_units_and_home_units(stocked: Engine, tmp_path: Path) -> None:
    """A move, a new name, a new person as manager, a new unit with one above it, and the home units of an open week."""
    before = facts(stocked)
    rows = [
        person("P1", name="Ada", hired="2024-01-01", begins="2024-01-01"),
        person("P1", "Northwind/Lab/Optics", name="Ada", manager_id="P9", begins=OPEN.isoformat()),
        person("P9", "Northwind/Lab/Optics"),
    ]
    done = bring(stocked, "people", people_file(tmp_path, rows, name="moves.csv"))
    assert done.can_be_undone and done.closed_weeks_touched == (OPEN,)

    assert undo(stocked).weeks == (OPEN,)
    assert facts(stocked) == before


def test_pairs_follow_the_roster_when_a_people_file_comes_in_and_when_it_is_taken_back(
    stocked: Engine, tmp_path: Path
) -> None:
    """P9 becomes the manager of P1: they are a pair until the file is taken back, and the pair that P1 had is as it was."""

    def pairs() -> list[tuple[Any, ...]]:
        with stocked.connect() as connection:
            codes = {row.id: row.code for row in connection.execute(select(Person.id, Person.code))}
            return sorted(
                (codes[row.lead_id], codes[row.member_id], row.until, row.clock_from)
                for row in connection.execute(select(Pair))
            )

    def managed_by(code: str) -> list[dict[str, str]]:
        return [person(code), person("P1", begins="2024-01-01"), person("P1", manager_id=code, begins=OPEN.isoformat())]

    bring(stocked, "people", people_file(tmp_path, managed_by("P8"), name="first.csv"))
    before = pairs()
    assert [each[:3] for each in before] == [("P8", "P1", None)]
    bring(stocked, "people", people_file(tmp_path, managed_by("P9"), name="second.csv"))
    assert [each[:3] for each in pairs()] == [("P8", "P1", TODAY), ("P9", "P1", None)]

    undo(stocked)
    assert pairs() == before


def test_a_file_that_brought_somebody_who_talks_by_now_stands(stocked: Engine, tmp_path: Path) -> None:
    """A planned conversation is not taken from two people by an undo; nothing changes."""
    moved = person("P1", manager_id="P9", begins=OPEN.isoformat())
    bring(
        stocked,
        "people",
        people_file(tmp_path, [person("P9"), person("P1", begins="2024-01-01"), moved], name="new.csv"),
    )
    with stocked.begin() as connection:
        pair = connection.scalars(select(Pair.id)).one()
        connection.execute(insert(Conversation).values(pair_id=pair, kind="check_in", due=TODAY, first_due=TODAY))
    after = facts(stocked)

    with pytest.raises(Refused, match="has a conversation or feedback by now"):
        undo(stocked)
    assert facts(stocked) == after


def test_a_delivery_into_a_closed_week_is_not_put_aside(stocked: Engine, tmp_path: Path) -> None:
    """Neither hours of a closed week nor a move that gives one another home unit; both deliveries stand."""
    late = bring(stocked, "person-weeks", hours(tmp_path, {("P1", CLOSED): 44.0, ("P1", OPEN): 44.0}))
    assert not late.can_be_undone and kept(stocked) == 0
    moved = bring(stocked, "people", people_file(tmp_path, [person("P1", "Northwind/Sales")], name="moved.csv"))
    assert moved.closed_weeks_touched == (CLOSED, OPEN) and not moved.can_be_undone and kept(stocked) == 0

    with pytest.raises(Refused, match="reaches into a week that is closed"):
        undo(stocked)


def test_only_the_last_delivery_can_be_undone_and_once(stocked: Engine, tmp_path: Path) -> None:
    """An earlier one is refused by its number, its facts are let go of; after undo there is nothing further to undo."""
    first = bring(stocked, "person-weeks", hours(tmp_path, {("P1", OPEN): 41.0}, "first.csv"))
    second = bring(stocked, "person-weeks", hours(tmp_path, {("P1", OPEN): 42.0}, "second.csv"))
    assert kept(stocked) == 1
    with pytest.raises(Refused, match="Another delivery has come in since"):
        undo(stocked, expected=first.delivery)

    undo(stocked, expected=second.delivery)

    with pytest.raises(Refused, match="undone already, by ines"):
        undo(stocked)
    with stocked.connect() as connection:
        held = connection.scalars(select(PersonWeek.worked).where(PersonWeek.week == OPEN)).all()
    assert sorted(held) == [38.0, 38.0, 41.0]


def test_a_week_that_has_closed_since_keeps_its_delivery(stocked: Engine, tmp_path: Path) -> None:
    """By the calendar, and by a release that was made as if it were later; what was put aside is then let go of."""
    bring(stocked, "person-weeks", hours(tmp_path, {("P1", OPEN): 41.0}))
    later = OPEN + timedelta(days=13)
    with pytest.raises(Refused, match="The week of 23 Mar has closed since"):
        undo(stocked, as_of=later)
    with stocked.begin() as connection:
        assert undoable(connection, policy=POLICY, as_of=later - timedelta(days=1)).possible
        assert drop_outdated(connection, policy=POLICY, as_of=later - timedelta(days=1)) == 0
        assert drop_outdated(connection, policy=POLICY, as_of=later) == 1
    assert kept(stocked) == 0
    with pytest.raises(Refused, match="or one has closed since"):
        undo(stocked)


def test_a_week_released_early_keeps_its_delivery(engine: Engine, tmp_path: Path) -> None:
    """A release as of a later day publishes the week; its facts are then not taken away under it."""
    people = [person(f"P{i}") for i in range(12)]
    bring(engine, "people", people_file(tmp_path, people))
    bring(engine, "person-weeks", hours(tmp_path, {(f"P{i}", OPEN): 38.0 for i in range(12)}))
    done = finish_pending(engine, policy=POLICY, as_of=OPEN + 3 * WEEK, at=AT, actor="test", include_held=True)
    assert done.released == (OPEN,)

    with pytest.raises(Refused, match="has closed since"):
        undo(engine)


def test_without_a_delivery_there_is_nothing_to_undo(engine: Engine) -> None:
    """Said so, not failed."""
    with pytest.raises(Refused, match="Nothing has been delivered yet"):
        undo(engine)


def test_a_unit_with_a_note_stays_and_is_empty(stocked: Engine, tmp_path: Path) -> None:
    """Words that somebody wrote are not lost with the file that brought the unit."""
    bring(stocked, "people", people_file(tmp_path, [person("P7", "Northwind/Lab/Optics")], name="lab.csv"))
    with stocked.begin() as connection:
        add_user(connection, name="hr", password_hash="x", roles=("hr",), at=AT, actor="test")
        lab = connection.scalar(select(OrgUnit.id).where(OrgUnit.path == "Northwind/Lab/Optics"))
        row = {"unit_id": lab, "week": OPEN, "author_id": 1, "created_at": AT, "withdrawn_at": None}
        connection.execute(insert(UnitNote).values(row))

    undo(stocked)

    with stocked.connect() as connection:
        held = {row.path: row.first_day for row in connection.execute(select(OrgUnit.path, OrgUnit.first_day))}
        assert connection.scalar(select(Person.id).where(Person.code == "P7")) is None
    assert held["Northwind/Lab"] is None and held["Northwind/Lab/Optics"] is None
    assert held["Northwind/Sales"] is not None


def test_facts_changed_by_hand_since_are_not_overwritten(stocked: Engine, tmp_path: Path) -> None:
    """When a row that the delivery brought is gone, undo refuses and changes nothing."""
    bring(stocked, "person-weeks", hours(tmp_path, {("P1", ALSO_OPEN): 41.0}))
    with stocked.begin() as connection:
        connection.execute(text("DELETE FROM person_week WHERE week = :week"), {"week": ALSO_OPEN})
    before = content(stocked)

    with pytest.raises(Refused, match="has changed since"):
        undo(stocked)
    assert content(stocked) == before


def test_a_dry_run_leaves_no_trace(stocked: Engine, tmp_path: Path) -> None:
    """No delivery, nothing put aside, and the last one can still be undone."""
    bring(stocked, "person-weeks", hours(tmp_path, {("P1", OPEN): 41.0}))
    before = content(stocked)

    dry = bring(stocked, "person-weeks", hours(tmp_path, {("P1", OPEN): 60.0}, "dry.csv"), dry_run=True)

    assert dry.delivery is None
    assert content(stocked) == before
    undo(stocked)


def test_a_file_that_changes_nothing_is_a_delivery_and_is_undone_as_nothing(stocked: Engine, tmp_path: Path) -> None:
    """It stands in the history, is the last one from then on, and taking it back leaves every fact as it is."""
    path = hours(tmp_path, {("P1", OPEN): 41.0})
    bring(stocked, "person-weeks", path)
    before = facts(stocked)

    again = bring(stocked, "person-weeks", path)

    assert not again.changed and again.can_be_undone and kept(stocked) == 1
    assert undo(stocked, expected=again.delivery).weeks == ()
    assert facts(stocked) == before
    with stocked.connect() as connection:
        newest = every_delivery(connection)[0]
    assert (newest.id, newest.file, newest.undone_by) == (again.delivery, path.name, "ines")


@pytest.mark.parametrize("weeks", [(OPEN,), (OPEN, ALSO_OPEN), (CLOSED, OPEN)])
def test_what_can_be_seen_of_a_delivery_does_not_tell_whether_a_guess_was_right(
    stocked: Engine, tmp_path: Path, weeks: tuple[date, ...]
) -> None:
    """The same row as on record, or another one: history, the way to undo and until when are the same."""
    seen = []
    for guess in (38.0, 38.0, 41.5):
        cells = {("P1", week): guess for week in weeks}
        done = bring(stocked, "person-weeks", hours(tmp_path, cells, "guess.csv"))
        with stocked.connect() as connection:
            line = every_delivery(connection)[0].as_json() | {"id": 0}
            ways = [
                replace(undoable(connection, policy=POLICY, as_of=AT.date() + timedelta(days=days)), delivery=None)
                for days in (0, 7, 14, 21)
            ]
        seen.append((line, done.can_be_undone, ways))

    assert seen[1] == seen[2]


# --- any two deliveries -------------------------------------------------------------------------------------------------

CODES = tuple(f"P{i}" for i in range(6))
UNITS = ("N/A", "N/B", "N/C/D", "N/C/E")
WEEKS = (OPEN, ALSO_OPEN, ALSO_OPEN + WEEK)
people_rows = st.dictionaries(
    st.sampled_from(CODES),
    st.tuples(st.sampled_from(UNITS), st.sampled_from(("", "Ada", "Bo")), st.sampled_from((None, *WEEKS))),
    min_size=1,
)
hour_cells = st.dictionaries(
    st.tuples(st.sampled_from(CODES[:3]), st.sampled_from(WEEKS)), st.sampled_from((0.0, 37.25, 41.1)), min_size=1
)
deliveries = st.one_of(people_rows, hour_cells)


def deliver(engine: Engine, folder: Path, drawn: dict[Any, Any], name: str) -> ImportSummary:
    """Bring in what was drawn: a people file, or hours of people who are there from the start."""
    if isinstance(next(iter(drawn)), tuple):
        return bring(engine, "person-weeks", hours(folder, drawn, name))
    rows = []
    for code, (unit, called, moves) in drawn.items():
        rows.append(person(code, "N/A", name=called, begins="2024-01-01"))
        if unit != "N/A":
            rows.append(person(code, unit, name=called, begins=(moves or OPEN).isoformat()))
    return bring(engine, "people", people_file(folder, rows, name=name))


def any_two(engine: Engine, folder: Path, first: dict[Any, Any], second: dict[Any, Any]) -> None:
    """Import A, import B, undo B: every fact as after A."""
    bring(engine, "people", people_file(folder, [person(code, "N/A") for code in CODES[:3]], name="start.csv"))
    deliver(engine, folder, first, "a.csv")
    before = facts(engine)
    done = deliver(engine, folder, second, "b.csv")
    if done.changed:
        assert done.can_be_undone
        undo(engine)
    assert facts(engine) == before


# 50 pairs take 40 seconds (three imports each): 15 in the quick run, 50 in the long one
@settings(max_examples=15)
@given(deliveries, deliveries)
def test_after_undo_every_fact_is_as_after_the_delivery_before(
    fresh_engine: Callable[[], Engine], tmp_path_factory: pytest.TempPathFactory, first: Any, second: Any
) -> None:
    """On SQLite, for any two deliveries into open weeks."""
    any_two(fresh_engine(), tmp_path_factory.mktemp("undo"), first, second)


@pytest.mark.long
@settings(max_examples=50)
@given(deliveries, deliveries)
def test_after_undo_of_many_deliveries_every_fact_is_as_before(
    fresh_engine: Callable[[], Engine], tmp_path_factory: pytest.TempPathFactory, first: Any, second: Any
) -> None:
    """The same, for more pairs."""
    any_two(fresh_engine(), tmp_path_factory.mktemp("undo"), first, second)


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(first=deliveries, second=deliveries)
def test_the_same_holds_on_both_databases(engine: Engine, tmp_path: Path, first: Any, second: Any) -> None:
    """Fewer pairs, on a database that is emptied in between."""
    emptied(engine)
    any_two(engine, tmp_path, first, second)


@pytest.mark.long
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(first=deliveries, second=deliveries)
def test_the_same_holds_for_many_on_both_databases(engine: Engine, tmp_path: Path, first: Any, second: Any) -> None:
    """The same, for more pairs."""
    emptied(engine)
    any_two(engine, tmp_path, first, second)


def emptied(engine: Engine) -> None:
    """Take all facts out of a database."""
    with engine.begin() as connection:
        for table in (
            DeliveryBefore,
            Delivery,
            PendingRelease,
            PersonWeek,
            CollaborationWeek,
            Assignment,
            EmploymentSpell,
        ):
            connection.execute(table.__table__.delete())  # type: ignore[attr-defined]
        connection.execute(Person.__table__.delete())  # type: ignore[attr-defined]
        connection.execute(text("UPDATE org_unit SET parent_id = NULL"))
        connection.execute(OrgUnit.__table__.delete())  # type: ignore[attr-defined]
