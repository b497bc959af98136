"""The small company of `talk`, on both databases and on SQLite alone."""

import pytest
from sqlalchemy import Engine

from tests.core.rhythm.talk import Talk


@pytest.fixture
def talk(engine: Engine) -> Talk:
    """On SQLite and on PostgreSQL."""
    return Talk(engine)


@pytest.fixture
def small(sqlite_engine: Engine) -> Talk:
    """On SQLite only, where the database does not matter."""
    return Talk(sqlite_engine)
