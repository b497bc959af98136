"""What a screen costs at a thousand, ten thousand and a hundred thousand people (aim: the same)."""

import os
import tempfile
from pathlib import Path
from unittest.mock import patch

import streamlit as st
from streamlit.testing.v1 import AppTest

from core.database.engine import make_engine
from core.database.migrate import upgrade
from core.settings import settings
from pages.parts.navigation import SCREENS
from tests.benchmarks.pages import ENTRY, cookie, median
from tests.benchmarks.released import ACCOUNTS, release_of
from tests.benchmarks.synthetic import Organisation

PEOPLE = (1_000, 10_000, 100_000)
WEEKS = 56
SHOWN = ("overview", "workload", "my_week", "who_sees_what")
WARM, FIRST = 5, 2


def measure(sizes: tuple[int, ...] = PEOPLE, weeks: int = WEEKS) -> None:
    """Print milliseconds of the script by screen and role, and how they grow. Each size has a database of its own."""
    found: dict[tuple[str, str], dict[int, tuple[float, float]]] = {}
    for people in sizes:
        with tempfile.TemporaryDirectory(prefix="evenkeel-sizes-") as folder:
            url = f"sqlite:///{Path(folder) / 'sizes.db'}"
            engine = make_engine(url)
            upgrade(engine)
            release_of(engine, Organisation(people, 1), weeks)
            engine.dispose()
            for key, timed in screens_of(url).items():
                found.setdefault(key, {})[people] = timed
    print(f"\nServer time of a screen in ms, {weeks} released weeks; warm / first view (aim: flat)")
    print(f"  {'screen':<14} {'who':<9}" + "".join(f"{people:>16,}" for people in sizes) + f"{'growth':>16}")
    for (screen, who), by_size in found.items():
        cells = "".join(f"{1000 * warm:>8.0f} /{1000 * first:>6.0f}" for warm, first in by_size.values())
        (small_warm, small_first), (warm, first) = by_size[sizes[0]], by_size[sizes[-1]]
        print(f"  {screen:<14} {who:<9}{cells}{warm / small_warm:>8.1f} /{first / small_first:>5.1f}x")


def screens_of(url: str) -> dict[tuple[str, str], tuple[float, float]]:
    """Seconds by (screen, role), warm and at first view, of the screens that the role opens."""
    os.environ.update(EVENKEEL_DATABASE_URL=url, EVENKEEL_DEMO="1")
    settings.cache_clear()
    st.cache_resource.clear()
    st.cache_data.clear()
    found = {}
    for screen in (screen.id for screen in SCREENS if screen.id in SHOWN):
        for who in ACCOUNTS:
            timed = _timed(url, screen, who)
            if timed is not None:
                found[screen, who] = timed
    return found


def _timed(url: str, screen: str, who: str) -> tuple[float, float] | None:
    """Seconds warm and at first view; None when the role does not open the screen."""
    held = cookie(url, who)
    with patch("pages.parts.device.session_cookie", lambda: held):
        test = AppTest.from_file(ENTRY, default_timeout=300).run().switch_page(f"{screen}.py").run()
        said = {header.value for header in test.header}
        if "Not part of your view" in said:
            return None
        assert "This page could not be drawn" not in said, (screen, who)
        return median(test, WARM, empty=False), median(test, FIRST, empty=True)
