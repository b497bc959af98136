"""`make bench`: the protection bench, and speed as ratios within one run (no absolute time is a promise).

Everything takes most of an hour; `python -m tests.benchmarks --part imports` runs one part.
"""

import argparse
import tempfile
from collections.abc import Callable
from datetime import date
from itertools import chain, combinations
from pathlib import Path
from time import perf_counter

import numpy as np
import psutil
from sqlalchemy import select

from core import calendar
from core.database.engine import make_engine
from core.database.migrate import upgrade
from core.demo.load import load_demo
from core.metrics.catalogue import catalogue
from core.policy import Policy
from core.privacy.lattice import Plan, Unit, build_lattice, unit_cell
from core.privacy.ledger import rows_of
from core.privacy.proof import audit
from core.privacy.suppression import Choice, violations
from core.workload.tables import PersonWeek
from tests.benchmarks import goals, heatmap, imports, sessions, sizes, weeks_of_units, whole
from tests.benchmarks.pages import compare
from tests.benchmarks.protection import visibility


def timed(work: Callable[[], object]) -> float:
    """Seconds of one run."""
    start = perf_counter()
    work()
    return perf_counter() - start


def protection(url: str) -> dict[str, float]:
    """Load the demonstration, print how much is shown, prove it; returns seconds by step."""
    engine = make_engine(url)
    upgrade(engine)
    policy = Policy()
    steps: dict[str, float] = {}
    stamps: list[tuple[str, float]] = []

    def note(what: str, _done: int, _total: int | None) -> None:
        if not stamps or stamps[-1][0] != what:
            stamps.append((what, perf_counter()))

    start = perf_counter()
    load_demo(engine, as_of=calendar.today(), at=calendar.now(), policy=policy, progress=note)
    end = perf_counter()
    steps["loading in all"] = end - start
    release_start = next(at for what, at in stamps if what.startswith("Weeks"))
    steps["release of 78 weeks"] = end - release_start
    with engine.connect() as connection:
        print(f"Protection bench, demonstration organisation, k' = {policy.k_prime}")
        for label, months in (("all weeks", ()), ("July and August", (7, 8)), ("Christmas weeks", (12, 1))):
            found = visibility(connection, months=months)
            never = "none" if not found.never else ", ".join(found.never)
            print(
                f"  {label:<16} {found.weeks:>3} weeks: {found.shown:6.1%} of reporting-unit-weeks shown (aim 80 %), "
                f"never visible: {never} (aim none), contributors in a cell at or below department: {found.covered:7.2%}"
            )
        report = audit(connection, catalogue(policy), policy)
        steps["proof of everything"] = timed(lambda: audit(connection, catalogue(policy), policy))
        print(
            f"  second method: {report.cells_shown:,} cells shown, {report.cells_hidden:,} hidden, "
            f"{report.recoverable} recoverable ({report.method})"
        )
        rows = [row for row in rows_of(connection, "workload") if row.family == "hours"]
        week = max(row.period for row in rows)
        naive = [row for row in rows if row.period == week and len(row.members) >= policy.k and not row.shown]
        print(f"  a plain threshold of {policy.k} would show {len(naive)} cells more in the newest week")
        steps["plain sums of all facts"] = timed(lambda: _plain_sums(connection))
    engine.dispose()
    return steps


def _plain_sums(connection: object) -> None:
    rows = connection.execute(select(PersonWeek.week, PersonWeek.unit_id, PersonWeek.worked)).all()  # type: ignore[attr-defined]
    sums: dict[tuple[date, int], float] = {}
    for week, unit, worked in rows:
        sums[week, unit] = sums.get((week, unit), 0.0) + (worked or 0.0)


def decision() -> None:
    """The dynamic program against trying every choice, and how it grows."""
    rng = np.random.default_rng(7)

    def tree(teams: int) -> tuple[object, dict[str, int]]:
        units = [Unit(1, None, "D", "D"), *(Unit(i, 1, f"D/{i:05}", str(i)) for i in range(2, teams + 2))]
        return build_lattice(units, Plan()), {unit_cell(i): int(rng.integers(1, 14)) for i in range(2, teams + 2)}

    lattice, counts = tree(14)
    weight = {cell: 1000 + counts.get(cell, 50) for cell in lattice.cells}  # type: ignore[attr-defined]

    def brute() -> int:
        cells = list(lattice.cells)  # type: ignore[attr-defined]
        every = chain.from_iterable(combinations(cells, size) for size in range(len(cells) + 1))
        safe = (s for s in map(frozenset, every) if not violations(lattice, s, counts, 6))  # type: ignore[arg-type]
        return max(sum(weight[c] for c in s) for s in safe)

    fast = min(timed(lambda: Choice(lattice, 6, weight).shown(counts)) for _ in range(5))  # type: ignore[arg-type]
    print(f"\nDeciding 15 cells: trying every choice takes {timed(brute) / fast:,.0f} times as long as the program")
    base = None
    for teams in (100, 1000, 10_000):
        big, many = tree(teams)
        worth = dict.fromkeys(big.cells, 1000)  # type: ignore[attr-defined]
        seconds = timed(lambda big=big, many=many, worth=worth: Choice(big, 6, worth).shown(many))  # type: ignore[misc]
        base = base or seconds / teams
        print(f"  {teams:>6} teams: {seconds / teams / base:4.1f} times the time per team of 100 teams")


def demonstration(folder: Path) -> None:
    """How much of the demonstration organisation is shown, what its steps cost, and what its screens cost."""
    url = f"sqlite:///{folder / 'bench.db'}"
    steps = protection(url)
    compare(url)
    unit = steps.pop("plain sums of all facts")
    print("\nTime, as multiples of adding up all person-weeks once in Python")
    for step, seconds in steps.items():
        print(f"  {step:<22} {seconds / unit:7.1f}")


def crowd(folder: Path) -> None:
    """A hundred sessions on the demonstration organisation."""
    engine = make_engine(f"sqlite:///{folder / 'crowd.db'}")
    upgrade(engine)
    load_demo(engine, as_of=calendar.today(), at=calendar.now(), policy=Policy())
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    sessions.measure(folder / "crowd.db")


PARTS: dict[str, Callable[[Path], object]] = {
    "demonstration": demonstration,
    "decision": lambda _: decision(),
    "goals": goals.measure,
    "heatmap": lambda _: heatmap.measure(),
    "imports": lambda _: imports.measure(),
    "protection": lambda _: weeks_of_units.measure(),
    "sizes": lambda _: sizes.measure(),
    "sessions": crowd,
}
# not part of `make bench`: an hour of its own and twelve gigabytes of disk
BY_NAME: dict[str, Callable[[Path], object]] = {"whole": lambda _: whole.measure()}


def main() -> None:
    """Print everything, or the parts that are named."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "--part", action="append", choices=[*PARTS, *BY_NAME], help="only this part; may be given several times"
    )
    for name in parser.parse_args().part or PARTS:
        with tempfile.TemporaryDirectory(prefix="evenkeel-bench-") as folder:
            (PARTS | BY_NAME)[name](Path(folder))
    print(f"\nMost memory of the bench itself: {psutil.Process().memory_info().rss / 2**20:,.0f} MiB")


if __name__ == "__main__":
    main()
