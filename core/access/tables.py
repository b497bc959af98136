"""Tables of access: accounts, sessions, attempts, and the two logs."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base


class User(Base):
    """An account. `roles` and `units` are space- and newline-separated lists; `person_code` links to the employer's id.

    `sessions_valid_from` ends every earlier session at once (sign-out everywhere, new password, new roles).
    """

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    display_name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(320), unique=True)
    password_hash: Mapped[str] = mapped_column(String(100))
    roles: Mapped[str] = mapped_column(String(100))
    units: Mapped[str] = mapped_column(String(2000))
    person_code: Mapped[str | None] = mapped_column(String(100))
    active: Mapped[bool]
    sessions_valid_from: Mapped[datetime]
    created_at: Mapped[datetime]


class UserSession(Base):
    """A signed-in session; only a hash of its id is kept. `browser` is what the person recognises it by ("Firefox on Linux")."""

    __tablename__ = "user_session"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    browser: Mapped[str] = mapped_column(String(60))


class SignInCode(Base):
    """A code that one browser may exchange for a session, once and within a minute; only hashes are kept.

    `browser_hash` ties it to the browser that typed the password, so that a code read elsewhere is worth nothing.
    """

    __tablename__ = "sign_in_code"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    browser_hash: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class LoginAttempt(Base):
    """One try to sign in. `account` is the name as typed, lower case and cut to 100; `address` where it came from."""

    __tablename__ = "login_attempt"
    __table_args__ = (
        Index("ix_login_attempt_account_at", "account", "at"),
        Index("ix_login_attempt_address_at", "address", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(String(100))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    succeeded: Mapped[bool]


class ChangeLog(Base):
    """What changed, by whom, chained: each row's hash covers the row before it. Rows are only ever added."""

    __tablename__ = "change_log"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(100))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(200))
    detail: Mapped[dict[str, Any]]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class AccessLog(Base):
    """Who read what about whom: one row per viewer, subject and day."""

    __tablename__ = "access_log"

    viewer: Mapped[str] = mapped_column(String(100), primary_key=True)
    subject: Mapped[str] = mapped_column(String(200), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(100))
    reads: Mapped[int]
