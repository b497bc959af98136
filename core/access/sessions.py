"""Sessions: a one-time code becomes a random id in a cookie; SQL holds only hashes, and decides on every run.

Ids and codes are 256 random bits. What is stored is an HMAC under the secret of the installation, so that neither reading the
database nor writing to it is enough to make a session. A session ends by sign-out, idling, age, a new password, new roles or
deactivation; whoever asks next is told so, in whatever tab or browser.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, false, insert, select, text, update

from core.access.accounts import record_attempt, wait_seconds
from core.access.changes import record
from core.access.tables import LoginAttempt, SignInCode, User, UserSession
from core.settings import Settings

CODE_LIFE = timedelta(minutes=1)
SEEN_EVERY = timedelta(minutes=1)  # how exactly "last used" is kept
KEPT = timedelta(days=30)  # how long ended sessions stay for the log
ATTEMPTS_KEPT = timedelta(days=2)
_TRIES_LOCK = 7_251_006  # PostgreSQL advisory lock: tries are counted one after the other


@dataclass(frozen=True)
class Limits:
    """How long a session lasts: `life` from sign-in, `idle` from the last use. `key` is the secret that hashes depend on."""

    key: str
    life: timedelta
    idle: timedelta


def limits_of(chosen: Settings) -> Limits:
    """The limits that the settings ask for."""
    return Limits(
        chosen.session_key, timedelta(hours=chosen.session_hours), timedelta(minutes=chosen.session_idle_minutes)
    )


@dataclass(frozen=True)
class Session:
    """A session in force. `id_hash` is how it is stored; the id itself is known to the browser alone.

    began: when. valid_from: the account's own mark (sessions from before it have ended).
    """

    id_hash: str
    user_id: int
    began: datetime
    last_seen: datetime
    expires: datetime
    browser: str
    valid_from: datetime


def new_secret() -> str:
    """An id or a code: 256 random bits, fit for a cookie."""
    return secrets.token_urlsafe(32)


def digest(value: str, limits: Limits, purpose: str) -> str:
    """How `value` is stored: HMAC-SHA-256 under the secret, different for each purpose."""
    return hmac.new(limits.key.encode(), f"{purpose}:{value}".encode(), hashlib.sha256).hexdigest()


def admitted(connection: Connection, typed: str, address: str, at: datetime) -> int | None:
    """Count a try to sign in before its password is looked at; None while earlier failures ask for a pause.

    The try counts as failed until `succeeded` says otherwise, and tries are counted one after the other: a thousand sent at
    once are as many as a thousand sent in a row. A try that is not admitted does not count, so that it prolongs no pause.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _TRIES_LOCK})
    else:  # takes the writer's lock before anything is read
        connection.execute(update(LoginAttempt).where(false()).values(succeeded=False))
    if wait_seconds(connection, typed, address, at) > 0:
        return None
    record_attempt(connection, typed, address, at, succeeded=False)
    return connection.scalar(select(LoginAttempt.id).order_by(LoginAttempt.id.desc()).limit(1))


def succeeded(connection: Connection, attempt: int) -> None:
    """The admitted try had the right password."""
    connection.execute(update(LoginAttempt).where(LoginAttempt.id == attempt).values(succeeded=True))


def issue_code(connection: Connection, user_id: int, browser_id: str, limits: Limits, at: datetime) -> str:
    """A code for an account whose password has just been checked; the browser with the cookie `browser_id` may exchange it."""
    code = new_secret()
    connection.execute(
        insert(SignInCode).values(
            code_hash=digest(code, limits, "code"),
            user_id=user_id,
            browser_hash=digest(browser_id, limits, "browser"),
            expires_at=at + CODE_LIFE,
            used_at=None,
        )
    )
    return code


def exchange(
    connection: Connection,
    code: str,
    browser_id: str,
    limits: Limits,
    at: datetime,
    *,
    browser: str,
    replaces: str = "",
) -> str | None:
    """The id of a new session for a code; None when the code is unknown, used, old, of another browser, or out of date.

    A code is used up by the first exchange, whatever happens to the answer. It is out of date when the account has changed
    since. `replaces` is the id that the browser had before: that session ends, so that ids never outlive a sign-in.
    """
    code_hash = digest(code, limits, "code")
    taken = connection.execute(
        update(SignInCode)
        .where(
            SignInCode.code_hash == code_hash,
            SignInCode.browser_hash == digest(browser_id, limits, "browser"),
            SignInCode.used_at.is_(None),
            SignInCode.expires_at > at,
        )
        .values(used_at=at)
    )
    if taken.rowcount != 1:
        return None
    found = connection.execute(
        select(SignInCode.user_id, SignInCode.expires_at)
        .join(User, User.id == SignInCode.user_id)
        .where(SignInCode.code_hash == code_hash, User.active)
        .where(User.sessions_valid_from <= at)
    ).first()
    if found is None or _changed_since(connection, found.user_id, found.expires_at - CODE_LIFE):
        return None
    if replaces:
        end(connection, digest(replaces, limits, "session"), at)
    session_id = new_secret()
    connection.execute(
        insert(UserSession).values(
            id_hash=digest(session_id, limits, "session"),
            user_id=found.user_id,
            created_at=at,
            last_seen_at=at,
            expires_at=at + limits.life,
            revoked_at=None,
            browser=browser[:60],
        )
    )
    return session_id


def _changed_since(connection: Connection, user_id: int, issued: datetime) -> bool:
    valid_from = connection.scalar(select(User.sessions_valid_from).where(User.id == user_id))
    return valid_from is None or valid_from > issued


def session_of(connection: Connection, session_id: str, limits: Limits, at: datetime) -> Session | None:
    """The session that a cookie names, if it is in force at `at`; None for every reason why not."""
    rows = _in_force(connection, limits, at, UserSession.id_hash == digest(session_id, limits, "session"))
    return rows[0] if rows else None


def sessions_of(connection: Connection, user_id: int, limits: Limits, at: datetime) -> list[Session]:
    """The sessions of an account that are in force, newest use first."""
    return _in_force(connection, limits, at, UserSession.user_id == user_id)


def _in_force(connection: Connection, limits: Limits, at: datetime, which: object) -> list[Session]:
    rows = connection.execute(
        select(UserSession, User.sessions_valid_from)
        .join(User, User.id == UserSession.user_id)
        .where(
            which,  # type: ignore[arg-type]
            User.active,
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > at,
            UserSession.last_seen_at > at - limits.idle,
            UserSession.created_at >= User.sessions_valid_from,
        )
        .order_by(UserSession.last_seen_at.desc(), UserSession.id_hash)
    ).mappings()
    return [
        Session(
            row["id_hash"],
            row["user_id"],
            row["created_at"],
            row["last_seen_at"],
            row["expires_at"],
            row["browser"],
            row["sessions_valid_from"],
        )
        for row in rows
    ]


def count_in_force(connection: Connection, limits: Limits, at: datetime) -> int:
    """How many sessions of active accounts are in force."""
    return len(_in_force(connection, limits, at, UserSession.expires_at > at))


def seen(connection: Connection, id_hash: str, at: datetime) -> None:
    """Note that a session was used. It cannot wake one that has ended."""
    connection.execute(
        update(UserSession)
        .where(UserSession.id_hash == id_hash, UserSession.revoked_at.is_(None), UserSession.last_seen_at < at)
        .values(last_seen_at=at)
    )


def end(connection: Connection, id_hash: str, at: datetime) -> bool:
    """End one session; False when it had ended, or never was."""
    ended = connection.execute(
        update(UserSession)
        .where(UserSession.id_hash == id_hash, UserSession.revoked_at.is_(None))
        .values(revoked_at=at)
    )
    return ended.rowcount == 1


def end_own(connection: Connection, user_id: int, at: datetime, *, only: str = "", but: str = "") -> int:
    """End sessions of an account: all, the one with the hash `only`, or all but the one with the hash `but`; how many.

    The account is part of the condition: a hash of somebody else's session ends nothing.
    """
    which = [UserSession.user_id == user_id, UserSession.revoked_at.is_(None)]
    if only:
        which.append(UserSession.id_hash == only)
    if but:
        which.append(UserSession.id_hash != but)
    return connection.execute(update(UserSession).where(*which).values(revoked_at=at)).rowcount


def change_password(connection: Connection, user_id: int, password_hash: str, at: datetime) -> None:
    """Set the person's own new password. Every session of the account ends, this one too."""
    name = connection.scalar(select(User.name).where(User.id == user_id))
    connection.execute(
        update(User).where(User.id == user_id).values(password_hash=password_hash, sessions_valid_from=at)
    )
    end_own(connection, user_id, at)
    record(connection, at=at, actor=str(name), action="own password changed", subject=str(name))


def tidy(connection: Connection, at: datetime) -> None:
    """Remove codes and attempts that no rule looks at any more, and sessions that ended a month ago."""
    connection.execute(delete(SignInCode).where(SignInCode.expires_at < at - CODE_LIFE))
    connection.execute(delete(LoginAttempt).where(LoginAttempt.at < at - ATTEMPTS_KEPT))
    connection.execute(delete(UserSession).where(UserSession.expires_at < at - KEPT))
