"""Person-weeks by month on PostgreSQL: made on demand, nothing lost, there and back by migration; SQLite knows nothing of it."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select, text

from core.database.engine import make_engine
from core.database.migrate import MIGRATIONS, upgrade
from core.people.tables import OrgUnit, Person
from core.workload.partitions import ensure_partitions, month_of, next_month, partition_name, partitions
from core.workload.tables import PersonWeek
from tests.core.intake.content import bring_in, people_file, person, rows_of, weeks_file
from tests.databases import Server, built

WEEKS = (date(2025, 12, 29), date(2026, 1, 5), date(2026, 3, 2))
STORED = select(PersonWeek.person_id, PersonWeek.week, PersonWeek.worked).order_by(PersonWeek.week)


@pytest.fixture
def server(postgres: Server) -> Iterator[Engine]:
    """An empty database on PostgreSQL."""
    with postgres.copy_of("empty", lambda url: built(url, lambda _: None)) as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


def rows(*weeks: date) -> list[dict[str, object]]:
    """One person's full weeks."""
    hours = dict.fromkeys(column.name for column in PersonWeek.__table__.columns)
    return [{**hours, "person_id": 1, "week": week, "unit_id": 1, "worked": 40.0 + week.day} for week in weeks]


def employ(engine: Engine) -> None:
    """One person in one unit."""
    with engine.begin() as connection:
        connection.execute(
            insert(OrgUnit),
            {
                "id": 1,
                "path": "Co",
                "slug": "co",
                "name": "Co",
                "parent_id": None,
                "depth": 0,
                "first_day": None,
                "last_day": None,
            },
        )
        connection.execute(insert(Person), {"id": 1, "code": "P1", "name": None, "email": None})


def places(engine: Engine) -> dict[date, str]:
    """Week -> the partition that holds it."""
    with engine.connect() as connection:
        return dict(connection.execute(text("SELECT week, tableoid::regclass::text FROM person_week")).tuples().all())


def test_a_month_ends_where_the_next_begins() -> None:
    """Also in December, and for a Monday on the last day of a month."""
    assert (month_of(date(2025, 12, 29)), next_month(date(2025, 12, 1))) == (date(2025, 12, 1), date(2026, 1, 1))
    assert next_month(date(2026, 1, 1)) == date(2026, 2, 1)
    assert partition_name("facts", date(2026, 3, 1)) == "facts_2026_03"


def test_an_import_makes_the_partitions_that_its_weeks_need(engine: Engine, tmp_path: Path) -> None:
    """On PostgreSQL one for each month of the file beside the default; on SQLite none. A second file makes only what is new."""
    bring_in(engine, "people", people_file(tmp_path, [person("P1")]))
    header = ("person_id", "week", "worked")
    for weeks in (WEEKS[:2], WEEKS):
        bring_in(engine, "person-weeks", weeks_file(tmp_path, header, [("P1", week, "40") for week in weeks]))

    with engine.connect() as connection:
        made = partitions(connection)
    months = {"person_week_default", "person_week_2025_12", "person_week_2026_01", "person_week_2026_03"}
    assert made == (months if engine.dialect.name == "postgresql" else set())
    assert [week for _, week, _ in rows_of(engine, STORED)] == list(WEEKS)


def test_each_week_lies_in_its_month_and_other_weeks_in_the_default(server: Engine) -> None:
    """What no month has been made for is kept all the same, and moves over when the month is made."""
    employ(server)
    with server.begin() as connection:
        assert ensure_partitions(connection, WEEKS[:1]) == ("person_week_2025_12",)
        connection.execute(insert(PersonWeek), rows(*WEEKS))
    assert places(server) == {
        WEEKS[0]: "person_week_2025_12",
        WEEKS[1]: "person_week_default",
        WEEKS[2]: "person_week_default",
    }

    with server.begin() as connection:
        assert ensure_partitions(connection, WEEKS) == ("person_week_2026_01", "person_week_2026_03")
    with server.begin() as connection:
        assert ensure_partitions(connection, WEEKS) == ()

    assert places(server)[WEEKS[2]] == "person_week_2026_03"
    assert [worked for _, _, worked in rows_of(server, STORED)] == [40.0 + week.day for week in WEEKS]


def test_a_partition_made_in_a_transaction_that_is_given_up_is_gone(server: Engine) -> None:
    """A refused load leaves no table behind."""
    with server.connect() as connection:
        ensure_partitions(connection, WEEKS)
        connection.rollback()

    with server.connect() as connection:
        assert partitions(connection) == {"person_week_default"}


def test_a_query_for_some_weeks_reads_their_months_only(server: Engine) -> None:
    """The plan of a statement for two weeks of March names no other month."""
    with server.begin() as connection:
        ensure_partitions(connection, [date(2026, 1, 5) + timedelta(7 * i) for i in range(20)])
    with server.connect() as connection:
        plan = "\n".join(
            connection.scalars(
                text("EXPLAIN SELECT * FROM person_week WHERE week BETWEEN '2026-03-02' AND '2026-03-09'")
            )
        )

    assert "person_week_2026_03" in plan
    assert "person_week_2026_01" not in plan
    assert "person_week_default" not in plan


def test_the_migration_moves_every_row_there_and_back(server: Engine) -> None:
    """Down into one table and up into months again, with the same rows."""
    from alembic import command
    from alembic.config import Config

    employ(server)
    with server.begin() as connection:
        connection.execute(insert(PersonWeek), rows(*WEEKS))
    before = rows_of(server, STORED)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with server.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0004")
    with server.connect() as connection:
        assert partitions(connection) == set()
    assert rows_of(server, STORED) == before

    upgrade(server)

    assert rows_of(server, STORED) == before
    assert places(server) == {
        WEEKS[0]: "person_week_2025_12",
        WEEKS[1]: "person_week_2026_01",
        WEEKS[2]: "person_week_2026_03",
    }
