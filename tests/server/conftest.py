"""The routes of the server on a database of their own."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from core.access.accounts import add_user
from core.calendar import now
from core.settings import settings
from server import store

SECRET = "Zq3-kV8w_Lm2xT9bR4nHs7YdUe1PgJc5"


@pytest.fixture
def database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """An empty, migrated database (SQLite and PostgreSQL) that the routes use, with one account."""
    monkeypatch.setenv("EVENKEEL_DATABASE_URL", database_url)
    monkeypatch.setenv("EVENKEEL_SECRET_KEY", SECRET)
    monkeypatch.setenv("EVENKEEL_DEMO", "0")
    made = store.engine
    settings.cache_clear()
    made.cache_clear()
    engine = made()
    with engine.begin() as connection:
        add_user(connection, name="ada", password_hash="x", roles=("employee",), at=now(), actor="test")
    yield engine
    engine.dispose()
    made.cache_clear()
    settings.cache_clear()
