"""What a kill or a closing date left pending is finished by the server when its first page opens, with nobody waiting for it."""

import time
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from core.calendar import last_closed_week, today
from core.policy import Policy
from core.privacy.ledger import pending, released_weeks
from pages.parts import loaders
from tests.organisations import deliver, employ, hours, people_in
from tests.pages.conftest import ENTRY

TEAMS = people_in({"Northwind/Products": 9, "Northwind/Sales": 9})


def waiting(engine: Engine) -> tuple[set[date], set[date]]:
    """Weeks that wait for their release, and weeks that have had it."""
    with engine.connect() as connection:
        due = {week.period for week in pending(connection, "workload", include_held=True, as_of=today())}
        return due, released_weeks(connection, "workload")


def until(holds: Callable[[], bool]) -> None:
    """Wait for work in the background."""
    for _ in range(400):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("the work does not end")


def test_a_pending_week_is_released_by_the_first_page(database: Engine) -> None:
    """The sign-in form is enough; a week that is held back on purpose stays."""
    closed = last_closed_week(today(), Policy().close_after_days)
    held = date.fromordinal(closed.toordinal() - 7)
    employ(database, TEAMS)
    deliver(database, TEAMS, hours(TEAMS, held), held=True, as_of=today())
    deliver(database, TEAMS, hours(TEAMS, closed), as_of=today())
    assert waiting(database) == ({held, closed}, set())

    page = AppTest.from_file(ENTRY, default_timeout=30).run()

    assert not page.exception
    until(lambda: waiting(database) == ({held}, {closed}))


def test_a_release_that_fails_keeps_no_page_from_opening(
    database: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The week stays pending, and the log says so."""
    closed = last_closed_week(today(), Policy().close_after_days)
    employ(database, TEAMS)
    deliver(database, TEAMS, hours(TEAMS, closed), as_of=today())

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(loaders, "finish_pending", broken)
    page = AppTest.from_file(ENTRY, default_timeout=30).run()

    assert not page.exception and page.text_input(key="sign_in_name") is not None
    until(lambda: "they stay pending" in caplog.text)
    assert waiting(database) == ({closed}, set())
