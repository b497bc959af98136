"""Server time of every screen as a multiple of a bare page that draws the same figures from constants.

Timed is the run of the script inside Streamlit's own runner, without the network and without the browser. *Warm*: the caches
hold what the page asks for. *First view*: they are empty, as for the first person of a scope within a minute.
"""

import json
import os
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any
from unittest.mock import patch

import streamlit as st
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.testing.v1 import AppTest

from core.access.accounts import account_id
from core.access.sessions import exchange, issue_code, limits_of
from core.calendar import now
from core.database.engine import make_engine
from core.settings import settings
from pages.parts.navigation import SCREENS
from tests.benchmarks import constants

ENTRY = Path(__file__).parents[2] / "pages" / "_main.py"
BARE = Path(__file__).parent / "bare.py"
WARM_RUNS, FIRST_RUNS = 9, 3
ROLES = ("leader", "manager", "hr", "employee", "admin")
AIM = 2.0


@contextmanager
def stopwatch() -> Iterator[list[float]]:
    """Seconds of every script run while it is open."""
    runs: list[float] = []
    run = ScriptRunner._run_script

    def timed(self: ScriptRunner, rerun_data: Any) -> None:
        began = perf_counter()
        run(self, rerun_data)
        runs.append(perf_counter() - began)

    with patch.object(ScriptRunner, "_run_script", timed):
        yield runs


def median(test: AppTest, times: int, *, empty: bool) -> float:
    """The median of some runs; `empty` forgets what is cached before each."""
    with stopwatch() as runs:
        for _ in range(times):
            if empty:
                st.cache_data.clear()
            test.run()
            assert not test.exception, test.exception
    return statistics.median(runs)


def cookie(url: str, who: str) -> str:
    """The id of a session of an account."""
    at = now()
    with make_engine(url).begin() as connection:
        code = issue_code(connection, account_id(connection, who), "bench", limits_of(settings()), at)
        held = exchange(connection, code, "bench", limits_of(settings()), at, browser="bench")
    assert held
    return held


def learn(test: AppTest) -> None:
    """Keep the figures and tables of the page that has just been drawn."""
    constants.FIGURES[:] = [(json.loads(chart.proto.spec), "a figure") for chart in test.get("plotly_chart")]
    constants.FRAMES[:] = [frame.value for frame in test.dataframe]


def compare(url: str) -> None:
    """Print the table, for every screen and the roles that open it."""
    os.environ.update(EVENKEEL_DATABASE_URL=url, EVENKEEL_DEMO="1")
    settings.cache_clear()
    st.cache_resource.clear()
    print(f"\nServer time of a screen, as a multiple of a bare page with the same figures (aim {AIM:g})")
    print(f"  {'screen':<14} {'who':<9} {'figures':>7} {'bare ms':>8} {'warm':>6} {'first view':>11}")
    for screen in SCREENS:
        for who in ROLES:
            held = cookie(url, who)
            with patch("pages.parts.device.session_cookie", lambda held=held: held):
                test = AppTest.from_file(ENTRY, default_timeout=60).run().switch_page(f"{screen.id}.py").run()
                said = {header.value for header in test.header}
                if "Not part of your view" in said:
                    continue
                assert "This page could not be drawn" not in said, (screen.id, who)
                learn(test)
                warm = median(test, WARM_RUNS, empty=False)
                first = median(test, FIRST_RUNS, empty=True)
            if not constants.FIGURES:
                print(f"  {screen.id:<14} {who:<9} {'none':>7} {'':>8} {warm * 1000:>4.0f}ms {first * 1000:>9.0f}ms")
                continue
            base = median(AppTest.from_file(BARE, default_timeout=60).run(), WARM_RUNS, empty=False)
            print(
                f"  {screen.id:<14} {who:<9} {len(constants.FIGURES):>7} {base * 1000:>8.1f} {warm / base:>6.1f} "
                f"{first / base:>11.1f}"
            )
