"""The two logs: changes chained to each other, reads counted by day."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, delete, select, text, update

from core.access.changes import GENESIS, ChainCheck, record, verify
from core.access.reads import reads_about, record_read
from core.access.tables import AccessLog, ChangeLog

AT = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
DAY = date(2026, 3, 18)


def write(engine: Engine, count: int) -> list[int]:
    """So many entries; their ids."""
    with engine.begin() as connection:
        for number in range(count):
            record(
                connection,
                at=AT + timedelta(seconds=number, microseconds=number),
                actor="operator",
                action="import",
                subject=f"Füße {number}",
                detail={"rows": number, "weeks": ["2026-03-09"], "share": 0.1 * number, "who": None},
            )
        return list(connection.scalars(select(ChangeLog.id).order_by(ChangeLog.id)))


def check(engine: Engine) -> ChainCheck:
    """The chain, read again from the start."""
    with engine.connect() as connection:
        return verify(connection)


def test_an_untouched_chain_verifies(engine: Engine) -> None:
    """None, one, many entries; every entry names the hash of the one before it."""
    assert check(engine) == ChainCheck(0, None)
    write(engine, 1)
    assert check(engine) == ChainCheck(1, None)
    write(engine, 4)
    assert check(engine) == ChainCheck(5, None)
    with engine.connect() as connection:
        rows = connection.execute(select(ChangeLog.previous_hash, ChangeLog.hash).order_by(ChangeLog.id)).all()
    assert [row.previous_hash for row in rows] == [GENESIS, *(row.hash for row in rows[:-1])]


Tamper = Callable[[Connection, list[int]], object]


def swap(connection: Connection, ids: list[int]) -> None:
    """Exchange the places of the second and third entry."""
    for old, new in ((ids[1], -1), (ids[2], ids[1]), (-1, ids[2])):
        connection.execute(update(ChangeLog).where(ChangeLog.id == old).values(id=new))


def set_column(name: str, value: object) -> Tamper:
    """Alter one column of the third entry."""
    return lambda connection, ids: connection.execute(
        update(ChangeLog).where(ChangeLog.id == ids[2]).values({name: value})
    )


@pytest.mark.parametrize(
    ("tamper", "found_at"),
    [
        (set_column("actor", "somebody else"), 2),
        (set_column("action", "nothing"), 2),
        (set_column("subject", "Füße 3"), 2),
        (set_column("detail", {"rows": 3, "weeks": ["2026-03-09"], "share": 0.2, "who": None}), 2),
        (set_column("at", AT + timedelta(seconds=2)), 2),  # two microseconds off
        (set_column("hash", "0" * 64), 2),
        (set_column("previous_hash", GENESIS), 2),
        (lambda connection, ids: connection.execute(delete(ChangeLog).where(ChangeLog.id == ids[2])), 3),
        (lambda connection, ids: connection.execute(delete(ChangeLog).where(ChangeLog.id == ids[0])), 1),
        (swap, 1),
    ],
)  # fmt: skip
def test_an_altered_removed_or_moved_entry_is_found_where_it_is(engine: Engine, tamper: Tamper, found_at: int) -> None:
    """By plain SQL, as somebody with access to the database would."""
    ids = write(engine, 5)
    assert check(engine).broken_at is None
    with engine.begin() as connection:
        tamper(connection, ids)
    assert check(engine).broken_at == ids[found_at]


def test_a_forged_entry_in_between_is_found(engine: Engine) -> None:
    """A row that copies the hashes of its neighbour does not fit."""
    ids = write(engine, 3)
    with engine.begin() as connection:
        last = connection.execute(select(ChangeLog).where(ChangeLog.id == ids[-1])).mappings().one()
        forged = dict(last) | {"id": ids[-1] + 1, "subject": "forged", "hash": "f" * 64}
        connection.execute(ChangeLog.__table__.insert().values(forged))  # type: ignore[attr-defined]
    assert check(engine) == ChainCheck(4, ids[-1] + 1)


def test_an_entry_stands_and_falls_with_its_change(engine: Engine) -> None:
    """Rolled back with the transaction; the next entry follows the last that stands."""
    write(engine, 2)
    with engine.connect() as connection, connection.begin() as transaction:
        record(connection, at=AT, actor="op", action="import", subject="lost")
        transaction.rollback()
    write(engine, 1)
    assert check(engine) == ChainCheck(3, None)


def test_two_writers_at_once_keep_one_chain(engine: Engine) -> None:
    """Each reads the newest entry and appends; none follows the same one as the other."""
    rounds, start = 12, Barrier(2)
    failed: list[BaseException] = []

    def append(name: str) -> None:
        try:
            for number in range(rounds):
                start.wait(timeout=30)
                with engine.begin() as connection:
                    record(connection, at=AT, actor=name, action="import", subject=str(number))
        except BaseException as error:
            failed.append(error)
            start.abort()

    writers = [Thread(target=append, args=(name,)) for name in ("first", "second")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert not failed
    assert check(engine) == ChainCheck(2 * rounds, None)
    with engine.connect() as connection:
        assert len(set(connection.scalars(select(ChangeLog.previous_hash)))) == 2 * rounds


words = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=20)
@given(details=st.lists(st.dictionaries(st.sampled_from("abc"), plain, max_size=3), min_size=1, max_size=3))
def test_whatever_plain_json_an_entry_holds_it_reads_back_to_the_same_hash(
    fresh_engine: Callable[[], Engine], details: list[dict[str, object]]
) -> None:
    """Nested, with any letters, in any order of keys."""
    engine = fresh_engine()
    with engine.begin() as connection:
        for detail in details:
            record(connection, at=AT, actor="op", action="import", subject="x", detail=detail)
    assert check(engine) == ChainCheck(len(details), None)


# --- reads ---------------------------------------------------------------------------------------------------------


def look(engine: Engine, viewer: str, subjects: list[str], day: date = DAY, what: str = "own page") -> None:
    """One look."""
    with engine.begin() as connection:
        record_read(connection, viewer=viewer, subjects=subjects, what=what, day=day)


def test_there_is_one_row_for_each_viewer_subject_and_day(engine: Engine) -> None:
    """Further looks count up and keep the newest `what`; another viewer, subject or day is another row."""
    look(engine, "mara", ["P1", "P2", "P1"])
    look(engine, "mara", ["P1"], what="goals")
    look(engine, "noor", ["P1"])
    look(engine, "mara", ["P1"], DAY + timedelta(days=1))
    look(engine, "mara", [])
    with engine.connect() as connection:
        rows = connection.execute(select(AccessLog)).all()
    assert sorted((row.viewer, row.subject, row.day.day, row.what, row.reads) for row in rows) == [
        ("mara", "P1", 18, "goals", 2),
        ("mara", "P1", 19, "own page", 1),
        ("mara", "P2", 18, "own page", 1),
        ("noor", "P1", 18, "own page", 1),
    ]


def test_a_person_sees_who_looked_and_nothing_about_others(engine: Engine) -> None:
    """Newest day first, then by viewer; names are compared to the letter."""
    look(engine, "noor", ["P1"])
    look(engine, "mara", ["P1", "P10", "p1", "P%"])
    look(engine, "mara", ["P1"], DAY + timedelta(days=1))
    with engine.connect() as connection:
        found = reads_about(connection, "P1")
        assert reads_about(connection, "P2") == []
    assert [(row["viewer"], row["day"], row["reads"]) for row in found] == [
        ("mara", DAY + timedelta(days=1), 1),
        ("mara", DAY, 1),
        ("noor", DAY, 1),
    ]
    assert all(set(row) == {"viewer", "day", "what", "reads"} for row in found)


def test_two_looks_at_the_same_moment_are_two_reads_in_one_row(engine: Engine) -> None:
    """Two tabs of one person: neither fails, none is lost."""
    rounds, start = 8, Barrier(2)
    failed: list[BaseException] = []

    def tab() -> None:
        try:
            for number in range(rounds):
                start.wait(timeout=30)
                look(engine, "mara", [f"P{number}"])
        except BaseException as error:
            failed.append(error)
            start.abort()

    tabs = [Thread(target=tab) for _ in range(2)]
    for each in tabs:
        each.start()
    for each in tabs:
        each.join()
    assert not failed
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*), sum(reads) FROM access_log")).one() == (rounds, 2 * rounds)
