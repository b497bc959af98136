"""The schema that migrations make is the schema that the code declares, on both databases."""

from collections.abc import Callable

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine

import core.access.tables
import core.goals.tables
import core.intake.tables
import core.people.tables
import core.privacy.tables
import core.rhythm.tables
import core.workload.tables
from core.database.base import Base
from core.database.migrate import current, head, upgrade
from core.workload.partitions import partitions

DECLARED = (
    core.access.tables,
    core.goals.tables,
    core.intake.tables,
    core.people.tables,
    core.privacy.tables,
    core.rhythm.tables,
    core.workload.tables,
)


def no_partition_of(names: set[str]) -> Callable[..., bool]:
    """Partitions belong to the table that is declared."""
    return lambda _object, name, type_, *_: not (type_ == "table" and name in names)


def test_migrations_make_exactly_the_declared_tables(engine: Engine) -> None:
    """A fresh database brought to the newest revision differs in nothing from the declared tables."""
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": no_partition_of(partitions(connection))}
        )
        differences = compare_metadata(context, Base.metadata)

    assert differences == []
    assert len(DECLARED) == 7


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    """The second upgrade finds the newest revision and leaves it."""
    assert upgrade(engine) == (head(), head())
    assert current(engine) == head()
