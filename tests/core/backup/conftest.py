"""A small organisation with releases, accounts, a note and somebody signed in; and empty databases to restore into."""

import contextlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, insert, select

from core.access.accounts import add_user
from core.access.sessions import Limits, admitted, exchange, issue_code
from core.access.tables import User
from core.backup.archive import backup
from core.database.engine import make_engine
from core.intake.tables import Delivery, DeliveryBefore, HeaderMap
from core.people.tables import OrgUnit
from core.workload.tables import UnitNote, UnitNoteVersion
from tests.conftest import NOW
from tests.databases import CopyOf, Server
from tests.organisations import NOW as RELEASED
from tests.organisations import WEEK, deliver, employ, hours, people_in, release

PEOPLE = people_in({"Co/A/One": 9, "Co/A/Two": 8, "Co/B/Three": 12, "Co/B/Four": 4, "Co/B/Five": 5, "Co": 1})
LIMITS = Limits("a key of the test", timedelta(hours=12), timedelta(hours=1))


def fill(engine: Engine) -> None:
    """Something in nearly every table, odd texts and a unit whose parent was made after it included."""
    employ(engine, PEOPLE)
    deliver(engine, PEOPLE, hours(PEOPLE))
    release(engine)
    with engine.begin() as connection:
        add_user(
            connection,
            name="ada",
            password_hash="$2b$12$no.such.password",
            roles=("hr",),
            units=(),
            at=NOW,
            actor="test",
        )
        user = connection.scalar(select(User.id)) or 0
        unit = connection.scalar(select(OrgUnit.id).where(OrgUnit.path == "Co/A")) or 0
        connection.execute(
            insert(UnitNote).values(
                id=7, unit_id=unit, week=WEEK, author_id=user, created_at=RELEASED, withdrawn_at=None
            )
        )
        text = 'Zoë "quoted",\n\ttabs, \u2028, 日本語, 🙂, \\N and \\.'
        connection.execute(
            insert(UnitNoteVersion).values(id=9, note_id=7, version=1, text=text, author="Ada", at=RELEASED)
        )
        connection.execute(
            insert(HeaderMap).values(
                kind="people",
                fingerprint="f" * 64,
                content={"Größe": [1, 2.5, None, True]},
                saved_at=NOW,
                saved_by="Ada",
            )
        )
        counts = dict.fromkeys(("rows", "loaded", "replaced", "unchanged", "removed", "people", "units"), 1)
        given = {
            "id": 3,
            "at": NOW,
            "actor": "Ada",
            "kind": "people",
            "file": "p.csv",
            "sha256": "0" * 64,
            "held": False,
        }
        connection.execute(
            insert(Delivery).values(first_week=None, last_week=WEEK, undone_at=None, undone_by=None, **counts, **given)
        )
        connection.execute(insert(DeliveryBefore).values(delivery_id=3, content=bytes(range(256))))
        late = {"path": "Late", "slug": "late", "name": "Late", "depth": 0, "first_day": None, "last_day": None}
        connection.execute(insert(OrgUnit).values(id=2001, parent_id=None, **late))
        early = {
            "path": "Late/Early",
            "slug": "late.early",
            "name": "Early",
            "depth": 1,
            "first_day": None,
            "last_day": None,
        }
        connection.execute(insert(OrgUnit).values(id=2000, parent_id=2001, **early))
    with engine.begin() as connection:
        assert admitted(connection, "ada", "192.0.2.1", NOW)
        code = issue_code(connection, user, "browser", LIMITS, NOW)
        assert exchange(connection, code, "browser", LIMITS, NOW, browser="Firefox")


@pytest.fixture
def source(copy_of: CopyOf) -> Iterator[Engine]:
    """An engine on the organisation, once on SQLite and once on PostgreSQL."""
    engine = make_engine(copy_of("backed-up", fill))
    yield engine
    engine.dispose()


@pytest.fixture
def empty(postgres: Server, sqlite_template: Path, tmp_path: Path) -> Iterator[Callable[[str], Engine]]:
    """Makes empty databases to restore into: `sqlite` (no file yet) or `postgresql` (a new one without tables)."""
    with contextlib.ExitStack() as stack:

        def make(dialect: str) -> Engine:
            if dialect == "sqlite":
                engine = make_engine(f"sqlite:///{tmp_path / uuid4().hex}.db")
            else:
                engine = make_engine(stack.enter_context(postgres.copy_of("bare", lambda _: None)))
            stack.callback(engine.dispose)
            return engine

        yield make


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """A backup of the organisation on SQLite, made once; tests copy it before they damage it."""
    import shutil

    folder = tmp_path_factory.mktemp("written")
    shutil.copy(sqlite_template, folder / "source.db")
    engine = make_engine(f"sqlite:///{folder / 'source.db'}")
    fill(engine)
    backup(engine, folder / "backup.zip", at=NOW, actor="test")
    engine.dispose()
    return folder / "backup.zip"
