"""A hundred thousand people over two years in one database: 10.4 million person-weeks, file by file, on both databases.

Files of twenty-one weeks are taken in one after the other, as a company would hand over its past; then the newest week is
released in full from those facts and its cells are copied to the weeks before, as `tests.benchmarks.released` does it, because
releasing 104 weeks of this size one by one takes hours and screens do not tell the difference. Last, screens of the company.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

from sqlalchemy import Engine, func, make_url, select, text

from core.database.engine import make_engine
from core.database.migrate import upgrade
from core.intake.imports import run_import
from core.policy import Policy
from core.workload.counting import count_teams
from core.workload.release import finish_pending, note_delivery
from core.workload.tables import PersonWeek
from tests.benchmarks.imports import server_of
from tests.benchmarks.released import fill_back
from tests.benchmarks.sizes import screens_of
from tests.benchmarks.synthetic import AS_OF, AT, LAST_WEEK, Organisation

PEOPLE, WEEKS, IN_A_FILE, SHOWN = 100_000, 104, 21, 56


def measure(people: int = PEOPLE, weeks: int = WEEKS) -> None:
    """Print seconds by step, bytes, and milliseconds of the company's screens."""
    organisation = Organisation(people, weeks)
    with tempfile.TemporaryDirectory(prefix="evenkeel-whole-") as folder:
        for label, url in (("SQLite", f"sqlite:///{folder}/whole.db"), *server_of(folder, "whole")):
            url = url.format("whole")  # noqa: PLW2901
            print(f"\n{label}: {people:,} people, {weeks} weeks")
            engine = make_engine(url)
            upgrade(engine)
            _load(engine, organisation, Path(folder))
            _release(engine, organisation, min(SHOWN, weeks))
            print(f"  on disk {_bytes(engine, url) / 2**30:.1f} GiB")
            engine.dispose()
            for (screen, who), (warm, first) in screens_of(url).items():
                print(f"    {screen:<14} {who:<9} warm {warm * 1000:>6.0f} ms, first view {first * 1000:>6.0f} ms")


def _load(engine: Engine, organisation: Organisation, folder: Path) -> None:
    with engine.begin() as connection:
        organisation.employ(connection)
    file = folder / "hours.csv"
    for start in range(0, organisation.weeks, IN_A_FILE):
        part = range(start, min(start + IN_A_FILE, organisation.weeks))
        rows = organisation.write_csv(file, part)
        took = _timed(
            lambda: run_import(
                engine,
                "person-weeks",
                file,
                actor="bench",
                at=AT,
                after_load=lambda connection, found: note_delivery(connection, found, held=True, as_of=AS_OF),
            )
        )
        print(f"  {rows:,} rows more: {took[0]:.0f} s ({took[1]:.0f} s of processor time of the program)", flush=True)
    file.unlink()
    with engine.connect() as connection:
        there = connection.scalar(select(func.count()).select_from(PersonWeek))
    assert there == organisation.people * organisation.weeks, there


def _release(engine: Engine, organisation: Organisation, shown: int) -> None:
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM pending_release"))
        note_delivery(connection, [LAST_WEEK], held=False, as_of=AS_OF)
    done = _timed(lambda: finish_pending(engine, policy=Policy(), as_of=AS_OF, at=AT, actor="bench"))
    print(f"  releasing a week: {done[0]:.0f} s ({done[1]:.0f} s of processor time)", flush=True)
    fill_back(engine, organisation, shown)
    done = _timed(lambda: count_teams(engine, Policy()))
    print(f"  counting the teams of {shown} weeks: {done[0]:.0f} s ({done[1]:.0f} s of processor time)", flush=True)


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    began, busy = perf_counter(), process_time()
    work()
    return perf_counter() - began, process_time() - busy


def _bytes(engine: Engine, url: str) -> int:
    if engine.dialect.name == "sqlite":
        name = make_url(url).database
        assert name is not None
        return Path(name).stat().st_size
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
