"""The heatmap over two years and 2.1 million person-weeks, against answering from the raw rows.

Ours: the board of an HR account for the whole company and 104 weeks, from released cells, with its sentence and its table; and
the picture alone, which is the cells of the company and of the units below it.
(a) DuckDB: load against available hours of the company and each unit below it, by week, over the same person-weeks in a table of
its own. (b) `vivainsights.create_trend` on the same frame, as a table. Neither protects anybody, and both answer in full.
"""

import statistics
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd

from core.access.viewer import Viewer
from core.calendar import WEEK
from core.database.engine import make_engine
from core.database.migrate import upgrade
from core.policy import Policy
from core.privacy.views import published
from core.workload.area import AREA
from core.workload.board import WorkloadFilters
from core.workload.views import workload_board
from tests.benchmarks.released import release_of
from tests.benchmarks.synthetic import AS_OF, Organisation

PEOPLE, WEEKS = 20_000, 104
AIMS = {"DuckDB over the raw rows": 5, "vivainsights.create_trend": 100}
QUERY = """
    SELECT week, division, sum(worked) / sum(available) AS utilisation, count(*) AS n
    FROM person_weeks WHERE available >= 0.2 * contracted GROUP BY GROUPING SETS ((week), (week, division)) ORDER BY 2, 1
"""


def measure(people: int = PEOPLE, weeks: int = WEEKS) -> None:
    """Print the times as ratios of one run."""
    import duckdb

    organisation = Organisation(people, weeks)
    with tempfile.TemporaryDirectory(prefix="evenkeel-heatmap-") as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'heatmap.db'}")
        upgrade(engine)
        release_of(engine, organisation, weeks)
        viewer = Viewer(1, "hr", "HR", ("hr",))
        filters = WorkloadFilters(unit=None, metric="utilisation", weeks=weeks)

        def ours() -> None:
            with engine.connect() as connection:
                board = workload_board(connection, viewer, filters, policy=Policy(), as_of=AS_OF)
            assert len(board.weeks) == weeks

        top = {row["id"] for row in organisation.units() if row["depth"] <= 1}

        def cells() -> None:
            with engine.connect() as connection:
                first, end = organisation.mondays[0], organisation.mondays[-1] + WEEK
                found = published(connection, AREA, "utilisation", top, first, end)
            assert len(found) >= weeks

        own, picture = _median(ours, 3), _median(cells, 5)
        engine.dispose()
        frame = _frame(organisation)
        with duckdb.connect(str(Path(folder) / "raw.duckdb"), config={"threads": 2}) as raw:
            raw.register("frame", frame)
            raw.execute("CREATE TABLE person_weeks AS SELECT * FROM frame")
            raw.unregister("frame")
            seconds = {"DuckDB over the raw rows": _median(lambda: raw.execute(QUERY).fetchall(), 5)}
        seconds["vivainsights.create_trend"] = _median(lambda: _trend(frame), 1)
    print(
        f"\nHeatmap of {people * weeks:,} person-weeks from released cells: the board {own * 1000:,.0f} ms, "
        f"its picture {picture * 1000:,.0f} ms"
    )
    for name, took in seconds.items():
        print(
            f"  {name:<26} {took * 1000:>8,.0f} ms: {took / own:.1f} times the board, {took / picture:.1f} times the picture "
            f"(aim {AIMS[name]})"
        )


def _frame(organisation: Organisation) -> pd.DataFrame:
    """All person-weeks, with the names that vivainsights asks for beside ours."""
    division = organisation.home() // 1_000
    names = np.array([f"Division {number}" for number in range(int(division.max()) + 1)], dtype=object)
    ids = np.array([f"P{i:07}" for i in range(1, organisation.people + 1)], dtype=object)
    weeks = []
    for place, monday in enumerate(organisation.mondays):
        x = organisation.hours(place)
        available = x["contracted"] - x["leave"] - x["public_holiday"] - x["sickness"]
        weeks.append(
            pd.DataFrame(
                {
                    "PersonId": ids,
                    "MetricDate": pd.Timestamp(monday),
                    "Organization": names[division],
                    "Collaboration_hours": x["worked"],
                    "week": pd.Timestamp(monday),
                    "division": division,
                    "contracted": x["contracted"],
                    "available": available,
                    "worked": x["worked"],
                }
            )
        )
    return pd.concat(weeks, ignore_index=True)


def _trend(frame: pd.DataFrame) -> None:
    import vivainsights

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = vivainsights.create_trend(
            frame, metric="Collaboration_hours", hrvar="Organization", return_type="table"
        )
    assert len(found)


def _median(work: Callable[[], object], times: int) -> float:
    work()  # once to warm up: imports, page caches
    taken = []
    for _ in range(times):
        began = perf_counter()
        work()
        taken.append(perf_counter() - began)
    return statistics.median(taken)
