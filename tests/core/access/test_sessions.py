"""Sessions: a code is worth one session in one browser for a minute; a session ends at once, everywhere, for every reason."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from core.access import accounts, sessions
from core.access.accounts import add_user, change_user, record_attempt, set_roles
from core.access.changes import verify
from core.access.sessions import Limits, exchange, issue_code, session_of
from core.access.tables import ChangeLog, LoginAttempt, SignInCode, User, UserSession
from tests.conftest import NOW

LIMITS = Limits("a secret of the installation, long enough", timedelta(hours=12), timedelta(minutes=60))
BROWSER = "one browser"
SECOND = timedelta(seconds=1)


def person(engine: Engine, name: str = "ada") -> int:
    """An account; its id."""
    with engine.begin() as connection:
        return add_user(
            connection, name=name, password_hash="x", roles=("employee",), at=NOW - timedelta(days=1), actor="test"
        )


def signed_in(engine: Engine, user: int, at: datetime = NOW, browser: str = BROWSER) -> str:
    """The id of a fresh session of an account."""
    with engine.begin() as connection:
        code = issue_code(connection, user, browser, LIMITS, at)
        held = exchange(connection, code, browser, LIMITS, at, browser="Firefox on Linux")
    assert held
    return held


def holds(engine: Engine, held: str, at: datetime = NOW + SECOND, limits: Limits = LIMITS) -> bool:
    """Whether the session is in force."""
    with engine.connect() as connection:
        return session_of(connection, held, limits, at) is not None


def test_a_code_becomes_one_session_of_the_account(engine: Engine) -> None:
    """The session names the account, the browser, and when it ends."""
    user = person(engine)
    held = signed_in(engine, user)
    with engine.connect() as connection:
        found = session_of(connection, held, LIMITS, NOW + SECOND)

    assert found is not None
    assert (found.user_id, found.began, found.expires, found.browser) == (
        user,
        NOW,
        NOW + LIMITS.life,
        "Firefox on Linux",
    )


def test_nothing_in_the_database_is_worth_a_session(engine: Engine) -> None:
    """Codes, ids and browsers are kept as hashes under the secret; a hash or an id under another secret opens nothing."""
    held = signed_in(engine, person(engine))
    with engine.connect() as connection:
        stored = connection.execute(select(UserSession.id_hash)).scalar_one()
        codes = connection.execute(select(SignInCode.code_hash, SignInCode.browser_hash)).one()
        other = Limits("the secret of another installation", LIMITS.life, LIMITS.idle)

        assert held not in (stored, *codes) and BROWSER not in codes
        assert session_of(connection, stored, LIMITS, NOW + SECOND) is None
        assert session_of(connection, held, other, NOW + SECOND) is None
        assert session_of(connection, held, LIMITS, NOW + SECOND) is not None


@pytest.mark.parametrize("why", ["used", "guessed", "late", "another browser", "password since", "deactivated since"])
def test_a_code_is_refused(why: str, engine: Engine) -> None:
    """A second time, when guessed, after a minute, in another browser, or after the account has changed."""
    user = person(engine)
    with engine.begin() as connection:
        code = issue_code(connection, user, BROWSER, LIMITS, NOW)
        given, at, browser = code, NOW + SECOND, BROWSER
        if why == "used":
            assert exchange(connection, code, BROWSER, LIMITS, NOW, browser="x")
        elif why == "guessed":
            given = code[:-1] + ("A" if code[-1] != "A" else "B")
        elif why == "late":
            at = NOW + sessions.CODE_LIFE
        elif why == "another browser":
            browser = "another browser"
        elif why == "password since":
            change_user(connection, "ada", at=at, actor="t", action="t", password_hash="y")
        else:
            change_user(connection, "ada", at=at, actor="t", action="t", active=False)
        refused = exchange(connection, given, browser, LIMITS, at, browser="x")
        again = exchange(connection, code, BROWSER, LIMITS, NOW, browser="x") if why == "another browser" else "x"

    assert refused is None
    assert again  # a stranger's try does not use the code up


def test_a_sign_in_ends_the_session_that_the_browser_held(engine: Engine) -> None:
    """Ids never outlive a sign-in, so that an id planted before it is worth nothing after it."""
    user = person(engine)
    first = signed_in(engine, user)
    with engine.begin() as connection:
        code = issue_code(connection, user, BROWSER, LIMITS, NOW)
        second = exchange(connection, code, BROWSER, LIMITS, NOW, browser="x", replaces=first)
    planted = exchange_with_planted_id(engine, user)

    assert second and second != first
    assert not holds(engine, first) and holds(engine, second)
    assert planted != "an id of the attacker's choice" and not holds(engine, "an id of the attacker's choice")


def exchange_with_planted_id(engine: Engine, user: int) -> str | None:
    """A sign-in in a browser in which somebody has planted an id."""
    with engine.begin() as connection:
        code = issue_code(connection, user, BROWSER, LIMITS, NOW)
        return exchange(connection, code, BROWSER, LIMITS, NOW, browser="x", replaces="an id of the attacker's choice")


@pytest.mark.parametrize(
    "change", ["sign-out", "own password", "operator's password", "roles", "deactivation", "end all"]
)
def test_a_change_ends_every_session_of_the_account_and_no_other(change: str, engine: Engine) -> None:
    """Two browsers of the person are out with the next look; somebody else stays in."""
    user, other = person(engine), person(engine, "grace")
    ours = [signed_in(engine, user), signed_in(engine, user, browser="a phone")]
    theirs = signed_in(engine, other)
    at = NOW + SECOND
    with engine.begin() as connection:
        if change == "sign-out":
            for held in ours:
                assert sessions.end(connection, sessions.digest(held, LIMITS, "session"), at)
        elif change == "own password":
            sessions.change_password(connection, user, "new hash", at)
        elif change == "operator's password":
            change_user(connection, "ada", at=at, actor="t", action="password set", password_hash="z")
        elif change == "roles":
            set_roles(connection, "ada", ("admin",), (), at=at, actor="t")
        elif change == "deactivation":
            change_user(connection, "ada", at=at, actor="t", action="deactivated", active=False)
        else:
            assert sessions.end_own(connection, user, at) == 2

    assert [holds(engine, held, at) for held in ours] == [False, False]
    assert holds(engine, theirs, at)


@pytest.mark.parametrize("back", [timedelta(0), timedelta(microseconds=1)])
def test_a_session_from_before_a_change_stays_ended_even_if_its_row_says_otherwise(
    back: timedelta, engine: Engine
) -> None:
    """The account's own mark decides as well: a row that was missed, or put back, opens nothing."""
    user = person(engine)
    held = signed_in(engine, user)
    with engine.begin() as connection:
        sessions.change_password(connection, user, "new hash", NOW + SECOND)
        connection.execute(
            UserSession.__table__.update().values(revoked_at=None, created_at=NOW + back)  # type: ignore[attr-defined]
        )

    assert not holds(engine, held, NOW + 2 * SECOND)


def test_a_session_idles_out_and_use_keeps_it_until_its_life_ends(engine: Engine) -> None:
    """Just under an hour without use is in force, an hour is not; use moves the hour, never the twelve hours."""
    held = signed_in(engine, person(engine))
    id_hash = sessions.digest(held, LIMITS, "session")

    assert holds(engine, held, NOW + LIMITS.idle - SECOND)
    assert not holds(engine, held, NOW + LIMITS.idle)
    for minutes in range(30, 12 * 60, 30):
        with engine.begin() as connection:
            sessions.seen(connection, id_hash, NOW + timedelta(minutes=minutes))
    assert holds(engine, held, NOW + LIMITS.life - SECOND)
    assert not holds(engine, held, NOW + LIMITS.life)


def test_use_does_not_wake_a_session_that_has_ended(engine: Engine) -> None:
    """A late note of use neither revives a session nor turns its clock back."""
    held = signed_in(engine, person(engine))
    id_hash = sessions.digest(held, LIMITS, "session")
    with engine.begin() as connection:
        sessions.seen(connection, id_hash, NOW + timedelta(minutes=5))
        sessions.seen(connection, id_hash, NOW + timedelta(minutes=2))
        last = connection.execute(select(UserSession.last_seen_at)).scalar_one()
        sessions.end(connection, id_hash, NOW + timedelta(minutes=6))
        sessions.seen(connection, id_hash, NOW + timedelta(minutes=7))

    assert last == NOW + timedelta(minutes=5)
    assert not holds(engine, held, NOW + timedelta(minutes=8))


def test_a_person_sees_and_ends_own_sessions_only(engine: Engine) -> None:
    """The list holds the own ones, newest use first; a hash of somebody else's ends nothing."""
    user, other = person(engine), person(engine, "grace")
    first = signed_in(engine, user)
    second = signed_in(engine, user, NOW + SECOND)
    theirs = signed_in(engine, other)
    with engine.begin() as connection:
        listed = sessions.sessions_of(connection, user, LIMITS, NOW + 2 * SECOND)
        foreign = sessions.digest(theirs, LIMITS, "session")
        ended = sessions.end_own(connection, user, NOW + 2 * SECOND, only=foreign)
        others = sessions.end_own(connection, user, NOW + 2 * SECOND, but=listed[0].id_hash)

    assert [one.began for one in listed] == [NOW + SECOND, NOW]
    assert (ended, others) == (0, 1)
    assert holds(engine, second, NOW + 3 * SECOND) and holds(engine, theirs, NOW + 3 * SECOND)
    assert not holds(engine, first, NOW + 3 * SECOND)


def test_an_own_new_password_is_in_the_log_without_the_password(engine: Engine) -> None:
    """The chain names who and what; no hash is in it, and it holds."""
    user = person(engine)
    with engine.begin() as connection:
        sessions.change_password(connection, user, "$2b$12$new", NOW + SECOND)
        entry = connection.execute(select(ChangeLog).order_by(ChangeLog.id.desc()).limit(1)).mappings().one()
        stored = connection.scalar(select(User.password_hash).where(User.id == user))
        chain = verify(connection)

    assert (entry["actor"], entry["action"], entry["subject"]) == ("ada", "own password changed", "ada")
    assert "$2b$" not in str(dict(entry)) and stored == "$2b$12$new"
    assert chain.broken_at is None


def test_tidying_removes_what_no_rule_looks_at(engine: Engine) -> None:
    """Old codes, attempts and sessions go; whatever still counts stays."""
    user = person(engine)
    held = signed_in(engine, user)
    with engine.begin() as connection:
        record_attempt(connection, "ada", "192.0.2.1", NOW - timedelta(days=3), False)
        record_attempt(connection, "ada", "192.0.2.1", NOW, False)
        issue_code(connection, user, BROWSER, LIMITS, NOW - timedelta(hours=1))
        issue_code(connection, user, BROWSER, LIMITS, NOW)
        sessions.tidy(connection, NOW + SECOND)
        counts = [
            connection.scalar(select(func.count()).select_from(table))
            for table in (LoginAttempt, SignInCode, UserSession)
        ]
        sessions.tidy(connection, NOW + timedelta(days=60))
        left = connection.scalar(select(func.count()).select_from(UserSession))

    assert counts == [1, 2, 1] and left == 0
    assert held


@given(value=st.text(max_size=200), purpose=st.sampled_from(["session", "code", "browser"]))
def test_a_digest_depends_on_value_purpose_and_secret(value: str, purpose: str) -> None:
    """Equal values give equal hashes only for the same purpose and secret, and never the value itself."""
    mine = sessions.digest(value, LIMITS, purpose)

    assert mine == sessions.digest(value, LIMITS, purpose) and len(mine) == 64
    assert mine != sessions.digest(value, LIMITS, "another")
    assert mine != sessions.digest(value, Limits("other", LIMITS.life, LIMITS.idle), purpose)
    assert mine != sessions.digest(value + "x", LIMITS, purpose)


def test_secrets_are_long_and_never_repeat() -> None:
    """A thousand secrets are all different, and each has at least 256 bits."""
    made = {sessions.new_secret() for _ in range(1000)}

    assert len(made) == 1000
    assert min(len(one) for one in made) >= 43


def test_a_patient_guesser_gets_fewer_than_a_hundred_looks_a_day(engine: Engine) -> None:
    """Who tries again the moment each pause ends is slowed down for the day; the pause itself stays within half an hour."""
    looked_at, longest, at = 0, 0, NOW
    while at < NOW + timedelta(days=1):
        with engine.begin() as connection:
            wait = accounts.wait_seconds(connection, "ada", "192.0.2.1", at)
            longest = max(longest, wait)
            if wait:
                at += timedelta(seconds=wait)
                continue
            accounts.record_attempt(connection, "ada", "192.0.2.1", at, False)
            looked_at += 1
            at += timedelta(seconds=1)

    assert 40 <= looked_at < 100
    assert longest <= accounts.DAY_WAIT
