"""A clock that jumps: nothing is released twice, nothing that was closed is open again, and people can still sign in."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from core.access.accounts import FREE_TRIES, WINDOW, add_user, change_user, wait_seconds
from core.access.sessions import Limits, admitted, exchange, issue_code, session_of, succeeded, tidy
from core.calendar import is_closed, last_closed_week, monday_of, quarter_start
from core.database.engine import make_engine
from core.policy import Policy
from core.workload.release import finish_pending
from tests.conftest import AS_OF, NOW
from tests.faults.standing import content, standing
from tests.organisations import audited, deliver, employ, hours, people_in

PEOPLE = people_in({"Co/A/One": 9, "Co/A/Two": 8, "Co/B/Three": 12})
LIMITS = Limits("a key of the test", timedelta(hours=12), timedelta(hours=1))
YEARS = timedelta(days=3 * 365)
WEEKS = [date(2026, 2, 16), date(2026, 2, 23), date(2026, 3, 2)]


def finish(engine: Engine, as_of: date) -> tuple[tuple[date, ...], ...]:
    """Release what is due on a day."""
    at = datetime(as_of.year, as_of.month, as_of.day, 9, tzinfo=UTC)
    done = finish_pending(engine, policy=Policy(), as_of=as_of, at=at, actor="test")
    return done.released, done.corrected


def test_a_clock_that_goes_back_releases_nothing_twice_and_opens_nothing(engine: Engine) -> None:
    """Weeks released stay as they are; what came in since waits until its day, and then is released once."""
    employ(engine, PEOPLE)
    for week in WEEKS[:2]:
        deliver(engine, PEOPLE, hours(PEOPLE, week), as_of=AS_OF)
    assert finish(engine, AS_OF) == (tuple(WEEKS[:2]), ())
    before = content(engine)[1], standing(engine).released
    deliver(engine, PEOPLE, hours(PEOPLE, WEEKS[2]), as_of=AS_OF - YEARS)

    for back in (timedelta(days=30), timedelta(days=366), YEARS):
        assert finish(engine, AS_OF - back) == ((), ())
        assert (content(engine)[1], standing(engine).released) == before
    assert finish(engine, AS_OF) == ((WEEKS[2],), ())
    assert finish(engine, AS_OF) == ((), ())
    assert audited(engine).passed


def test_facts_that_change_while_the_clock_is_back_are_a_correction_and_no_first_release(engine: Engine) -> None:
    """Whether a week was released is read from the ledger, not from the clock."""
    employ(engine, PEOPLE)
    deliver(engine, PEOPLE, hours(PEOPLE, WEEKS[0]), as_of=AS_OF)
    finish(engine, AS_OF)
    deliver(engine, PEOPLE, hours(PEOPLE, WEEKS[0], worked=33.0), as_of=AS_OF - YEARS)

    assert finish(engine, AS_OF - YEARS) == ((), ())
    released, corrected = finish(engine, AS_OF)
    assert released == ()
    assert corrected in ((WEEKS[0],), ())  # replaced, or kept for the next quarter, as the rule of corrections says
    assert audited(engine).passed


def test_a_clock_that_runs_ahead_releases_delivered_weeks_once(engine: Engine) -> None:
    """Years ahead: every delivered week counts as closed, is released once, and nothing is invented for the years between."""
    employ(engine, PEOPLE)
    for week in WEEKS:
        deliver(engine, PEOPLE, hours(PEOPLE, week), as_of=AS_OF)

    assert finish(engine, AS_OF + YEARS) == (tuple(WEEKS), ())
    assert finish(engine, AS_OF) == ((), ())
    assert finish(engine, AS_OF + YEARS + YEARS) == ((), ())
    assert set(standing(engine).released) == set(WEEKS)
    assert audited(engine).passed


@pytest.fixture
def account(engine: Engine) -> int:
    """An account, made on the day."""
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
    return 1


def sign_in(engine: Engine, user: int, at: datetime) -> str | None:
    """What a right password leads to at that moment."""
    with engine.begin() as connection:
        attempt = admitted(connection, "ada", "192.0.2.1", at)
        if attempt is None:
            return None
        succeeded(connection, attempt)
        code = issue_code(connection, user, "browser", LIMITS, at)
        return exchange(connection, code, "browser", LIMITS, at, browser="Firefox")


def test_sessions_end_when_the_clock_goes_ahead_and_do_not_come_back_with_it(engine: Engine, account: int) -> None:
    """Ahead by years everybody signs in again; back again, nobody is signed in longer than the limits say."""
    session = sign_in(engine, account, NOW)
    assert session is not None
    with engine.begin() as connection:
        assert session_of(connection, session, LIMITS, NOW + YEARS) is None
        tidy(connection, NOW + YEARS)
    ahead = sign_in(engine, account, NOW + YEARS)
    assert ahead is not None
    with engine.begin() as connection:
        tidy(connection, NOW)
        assert session_of(connection, session, LIMITS, NOW) is None
        assert session_of(connection, ahead, LIMITS, NOW + YEARS + LIMITS.idle) is None
    assert sign_in(engine, account, NOW) is not None


def test_tries_of_a_wrong_clock_neither_shut_out_nor_forgive(engine: Engine, account: int) -> None:
    """Failures counted in the future do not pause for years; a success there does not forgive failures of today."""
    with engine.begin() as connection:
        for _ in range(FREE_TRIES * 3):
            admitted(connection, "ada", "192.0.2.1", NOW + YEARS)
    with engine.connect() as connection:
        assert wait_seconds(connection, "ada", "192.0.2.1", NOW) == 0
    assert sign_in(engine, account, NOW + YEARS + timedelta(days=2)) is not None
    with engine.begin() as connection:
        for _ in range(FREE_TRIES):
            admitted(connection, "ada", "192.0.2.1", NOW)
        assert wait_seconds(connection, "ada", "192.0.2.1", NOW) > 0


def test_clocks_of_two_servers_may_differ_by_minutes(engine: Engine, account: int) -> None:
    """A try counted by a clock a little ahead counts here as well."""
    with engine.begin() as connection:
        for _ in range(FREE_TRIES):
            admitted(connection, "ada", "192.0.2.1", NOW + WINDOW / 3)
        assert wait_seconds(connection, "ada", "192.0.2.1", NOW) > 0


def test_an_account_changed_by_a_clock_ahead_is_mended_by_a_new_password(engine: Engine, account: int) -> None:
    """Its sessions count from the future, so nobody gets in, until an administrator sets the password anew."""
    with engine.begin() as connection:
        change_user(connection, "ada", at=NOW + YEARS, actor="test", action="password set", password_hash="x")
    assert sign_in(engine, account, NOW) is None
    with engine.begin() as connection:
        change_user(connection, "ada", at=NOW, actor="test", action="password set", password_hash="y")
    assert sign_in(engine, account, NOW + timedelta(seconds=1)) is not None


@pytest.mark.parametrize(
    ("day", "week", "closed", "quarter"),
    [
        (date(2024, 2, 29), date(2024, 2, 26), date(2024, 2, 12), date(2024, 1, 1)),  # a leap day
        (date(2026, 12, 31), date(2026, 12, 28), date(2026, 12, 14), date(2026, 9, 28)),  # week 53 of 2026
        (date(2027, 1, 3), date(2026, 12, 28), date(2026, 12, 21), date(2026, 9, 28)),  # still week 53
        (date(2027, 1, 4), date(2027, 1, 4), date(2026, 12, 21), date(2027, 1, 4)),
        (date(2024, 12, 30), date(2024, 12, 30), date(2024, 12, 16), date(2024, 12, 30)),  # week 1 of 2025
    ],
)
def test_leap_days_and_years_of_53_weeks_are_weeks_like_others(
    day: date, week: date, closed: date, quarter: date
) -> None:
    """Worked out by hand from the calendar: the week of a day, the last closed one, the quarter of the week."""
    assert monday_of(day) == week
    assert last_closed_week(day, 7) == closed
    assert quarter_start(week) == quarter
    assert is_closed(closed, day, 7) and not is_closed(closed + timedelta(days=7), day, 7)


def test_a_53rd_week_is_released_like_any_other(database_url: str) -> None:
    """The week of 28 December 2026, and the week after it, in the next quarter."""
    engine = make_engine(database_url)
    employ(engine, PEOPLE)
    pair = [date(2026, 12, 28), date(2027, 1, 4)]
    for week in pair:
        deliver(engine, PEOPLE, hours(PEOPLE, week), as_of=date(2027, 1, 20))

    assert finish(engine, date(2027, 1, 9)) == ((), ())
    assert finish(engine, date(2027, 1, 10)) == ((pair[0],), ())
    assert finish(engine, date(2027, 1, 16)) == ((), ())
    assert finish(engine, date(2027, 1, 17)) == ((pair[1],), ())
    assert set(standing(engine).released) == set(pair)
    engine.dispose()
