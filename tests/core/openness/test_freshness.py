"""How fresh the data is: the newest week, what came in when, what is open, what waits."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, Engine

from core.access.changes import record
from core.openness.freshness import freshness, freshness_facts, freshness_sentence
from core.policy import Policy
from core.privacy.ledger import mark_pending
from tests.organisations import AS_OF, WEEK, deliver, employ, hours, people_in, release

POLICY = Policy()
AT = datetime(2026, 2, 18, 7, 5, tzinfo=UTC)


def came_in(connection: Connection, kind: str, at: datetime, action: str = "import") -> None:
    """An entry of the change log."""
    record(connection, at=at, actor="t", action=action, subject=kind)


def one_week(engine: Engine, week: date = WEEK) -> None:
    """Two teams, one released week."""
    people = people_in({"Co/A": 8, "Co/B": 9})
    employ(engine, people)
    deliver(engine, people, hours(people, week))
    release(engine)


def test_an_empty_installation_says_that_nothing_came_in(engine: Engine) -> None:
    """No week, no file, nothing open, nothing waiting."""
    with engine.connect() as connection:
        found = freshness(connection, policy=POLICY, as_of=AS_OF)
    assert freshness_sentence(found) == "No week has been released yet."
    assert freshness_facts(found) == {
        "Newest week shown": "None yet",
        "Files": "None has come in yet",
        "Weeks still open": "None",
        "Closed weeks that wait": "None",
        "Corrections that wait": "None",
    }
    assert not found.stale


def test_the_newest_file_of_each_kind_is_told_and_other_changes_are_not(engine: Engine) -> None:
    """The roster is not hours: its file does not make the hours any younger."""
    one_week(engine)
    with engine.begin() as connection:
        came_in(connection, "people", AT + timedelta(days=2))
        came_in(connection, "person-weeks", AT - timedelta(days=9))
        came_in(connection, "person-weeks", AT)
        came_in(connection, "viva-person-query", AT - timedelta(days=1))
        came_in(connection, "somebody", AT + timedelta(days=2), action="user added")
        found = freshness(connection, policy=POLICY, as_of=AS_OF)
    assert dict(found.delivered) == {
        "people": AT + timedelta(days=2),
        "person-weeks": AT,
        "viva-person-query": AT - timedelta(days=1),
    }
    assert found.days_old == 2
    assert freshness_sentence(found) == "What you see goes up to 18 January 2026. Hours last came in two days ago."
    assert freshness_facts(found)["Last file: Hours"] == "18 February 2026, 07:05\u00a0UTC"


def test_old_hours_are_called_old_and_fresh_ones_are_not(engine: Engine) -> None:
    """Ten days are not old, eleven are."""
    with engine.begin() as connection:
        came_in(connection, "person-weeks", AT)
        days = [freshness(connection, policy=POLICY, as_of=AT.date() + timedelta(days=d)) for d in (0, 1, 10, 11)]
    assert [(found.days_old, found.stale) for found in days] == [(0, False), (1, False), (10, False), (11, True)]


def test_weeks_that_have_begun_and_are_not_closed_are_told_with_the_day_they_are_shown_from(engine: Engine) -> None:
    """A week closes seven days after its Sunday: of three following weeks two are open, the first from 8 February on."""
    one_week(engine)
    with engine.connect() as connection:
        found = freshness(connection, policy=POLICY, as_of=date(2026, 2, 4))
    assert found.newest == WEEK
    assert found.open_weeks == (date(2026, 1, 26), date(2026, 2, 2))
    assert found.next_shown == date(2026, 2, 8)
    assert freshness_facts(found)["Weeks still open"] == "26 Jan and 2 Feb; the first is shown from 8 Feb on"


def test_weeks_and_corrections_that_wait_are_told_in_words(engine: Engine) -> None:
    """Closed weeks that no release has dealt with are counted; refused corrections are told as words, not numbers."""
    one_week(engine)
    people = people_in({"Co/A": 8, "Co/B": 9})
    with engine.begin() as connection:
        mark_pending(connection, "workload", [WEEK + timedelta(weeks=1)], released=[WEEK], held=False, since=AS_OF)
        waiting = freshness(connection, policy=POLICY, as_of=AS_OF)
    assert waiting.due == 1
    assert freshness_facts(waiting)["Closed weeks that wait"].startswith("1,")
    changed = {key: value for key, value in hours(people).items() if key[0] == "Co/A#0"}
    changed["Co/A#0", WEEK]["worked"] = 55.0
    deliver(engine, people, changed)
    release(engine)
    with engine.connect() as connection:
        corrected = freshness(connection, policy=POLICY, as_of=AS_OF)
    assert corrected.corrections == "fewer than five"
    assert (
        "fewer than five. Changes are shown where enough people changed"
        in freshness_facts(corrected)["Corrections that wait"]
    )
