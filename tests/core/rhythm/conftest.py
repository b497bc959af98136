"""The small company of `talk`, on both databases and on SQLite alone."""

import pytest

from tests.core.rhythm.talk import Talk
from tests.databases import EngineOf


@pytest.fixture
def talk(engine_of: EngineOf) -> Talk:
    """On SQLite and on PostgreSQL."""
    return Talk.on(engine_of("talk", Talk))


@pytest.fixture
def small(sqlite_engine_of: EngineOf) -> Talk:
    """On SQLite only, where the database does not matter."""
    return Talk.on(sqlite_engine_of("talk", Talk))
