"""Accounts: making and changing them, finding the credential of a name, and slowing down guessing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import bcrypt
from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from core.access.changes import record
from core.access.refusals import Refused
from core.access.tables import LoginAttempt, User, UserSession
from core.access.viewer import GROUP_ROLES, ROLES

COST = 12
MINIMUM, MAXIMUM = 12, 72  # characters, and bytes that bcrypt reads
FREE_TRIES = 5
WINDOW = timedelta(minutes=15)
LONGEST_WAIT = 900
DAY, DAY_TRIES, DAY_WAIT = timedelta(days=1), 40, 1800  # the patient guesser: from the fortieth failure of a day on
ADDRESS_FACTOR = 10  # many people may share one address
# A hash of a random, forgotten password with the same cost: an unknown name takes as long as a known one.
_DUMMY = "$2b$12$nuHQdpzOTUEgsYGqsj27mek1itWfaNOZOljYNU6R9gjo.uKwebTbC"


@dataclass(frozen=True)
class Credential:
    """What a password is checked against. `user_id` is None (and the hash a dummy) when nobody may sign in by that name."""

    user_id: int | None
    name: str
    password_hash: str


@dataclass(frozen=True)
class Account:
    """An active account as stored."""

    id: int
    name: str
    display_name: str
    roles: tuple[str, ...]
    units: tuple[str, ...]
    person_code: str
    sessions_from: datetime


def account(connection: Connection, user_id: int) -> Account | None:
    """The account of that id, or None when it is gone or deactivated."""
    row = connection.execute(select(User).where(User.id == user_id, User.active)).mappings().first()
    if row is None:
        return None
    return Account(
        row["id"],
        row["name"],
        row["display_name"],
        tuple(row["roles"].split()),
        tuple(line for line in row["units"].split("\n") if line),
        row["person_code"] or "",
        row["sessions_valid_from"],
    )


def account_of_person(connection: Connection, person_code: str) -> int | None:
    """The id of the active account that is linked to this person (the first by id), or None."""
    return connection.scalar(
        select(User.id).where(User.person_code == person_code, User.active).order_by(User.id).limit(1)
    )


def credential_for(connection: Connection, typed: str) -> Credential:
    """The credential of a name or e-mail as typed; a dummy of equal cost when there is none or it is deactivated."""
    row = connection.execute(
        select(User.id, User.name, User.password_hash).where(
            or_(_same(User.name, typed), _same(User.email, typed)), User.active
        )
    ).first()
    if row is None:
        return Credential(None, "nobody", _DUMMY)
    return Credential(row.id, row.name, row.password_hash)


def wait_seconds(connection: Connection, typed: str, address: str, at: datetime) -> int:
    """How long to wait before the next try: 0, or seconds, doubling with each failure in the last quarter of an hour.

    Counted per account since its last success, and per address with a wider allowance. From 40 failures within a day on, the
    pause is half an hour, so that patience buys less than a hundred guesses a day; a pause never grows beyond that.
    """
    return max(
        _wait(
            connection, LoginAttempt.account == _counted_as(connection, typed), FREE_TRIES, at, reset_on_success=True
        ),
        _wait(
            connection, LoginAttempt.address == address[:64], FREE_TRIES * ADDRESS_FACTOR, at, reset_on_success=False
        ),
    )


def _wait(connection: Connection, who: object, free: int, at: datetime, *, reset_on_success: bool) -> int:
    counts = []
    until = (
        at + WINDOW
    )  # tries from further ahead were counted by a clock that was wrong: they neither pause nor forgive
    for window in (WINDOW, DAY):
        since = at - window
        if reset_on_success:
            last = connection.scalar(
                select(func.max(LoginAttempt.at)).where(who, LoginAttempt.succeeded, LoginAttempt.at <= until)  # type: ignore[arg-type]
            )
            since = max(since, last) if last else since
        counts.append(
            connection.execute(
                select(func.count(), func.max(LoginAttempt.at)).where(
                    who,  # type: ignore[arg-type]
                    ~LoginAttempt.succeeded,
                    LoginAttempt.at > since,
                    LoginAttempt.at <= until,
                )
            ).one()
        )
    (failures, newest), (of_day, newest_of_day) = counts
    pause = min(LONGEST_WAIT, 2 ** min(failures - free + 1, 12)) if failures >= free and newest else 0
    left = pause - (at - newest).total_seconds() if pause else 0.0
    if of_day >= DAY_TRIES * (free // FREE_TRIES) and newest_of_day:
        left = max(left, DAY_WAIT - (at - newest_of_day).total_seconds())
    return max(0, int(left + 0.999))


def record_attempt(connection: Connection, typed: str, address: str, at: datetime, succeeded: bool) -> None:
    """Keep one try. Nothing of the password is kept."""
    connection.execute(
        insert(LoginAttempt).values(
            account=_counted_as(connection, typed), address=address[:64], at=at, succeeded=succeeded
        )
    )


def _counted_as(connection: Connection, typed: str) -> str:
    """The name under which tries are counted: that of the account for its e-mail too, else what was typed."""
    name = connection.scalar(select(User.name).where(or_(_same(User.name, typed), _same(User.email, typed))))
    return _folded(name if name is not None else typed)


def hash_password(password: str) -> str:
    """A bcrypt hash.

    Raises:
        Refused: shorter than 12 characters, longer than 72 bytes, or with a blank at either end.
    """
    if password != password.strip():  # the sign-in part strips what is typed, so that such a password would never match
        raise Refused("A password must not begin or end with a blank. Choose another one.")
    if len(password) < MINIMUM or len(password.encode()) > MAXIMUM:
        raise Refused(
            f"A password needs at least {MINIMUM} characters and at most {MAXIMUM} bytes. Choose another one."
        )
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(COST)).decode()


def add_user(
    connection: Connection,
    *,
    name: str,
    password_hash: str,
    roles: tuple[str, ...],
    units: tuple[str, ...] = (),
    person_code: str | None = None,
    email: str | None = None,
    display_name: str | None = None,
    at: datetime,
    actor: str,
) -> int:
    """Make an account; returns its id.

    Raises:
        Refused: unknown role, a leader or manager without a unit, or a name or e-mail that an account has, as either.
    """
    _check_roles(roles, units)
    clean = _clean(name)
    if not clean or len(clean) > 100:
        raise Refused("A name needs 1 to 100 characters.")
    address = (email or "").strip() or None
    for given in (clean, address):
        if given and connection.scalar(
            select(User.id).where(or_(_same(User.name, given), _same(User.email, given))).limit(1)
        ):
            raise Refused(f"There is an account '{given}' already. Choose another name, or change that account.")
    if person_code and connection.scalar(select(User.id).where(User.person_code == person_code).limit(1)):
        raise Refused(f"Another account belongs to the person '{person_code}'. One person has one account.")
    row = connection.execute(
        insert(User).values(
            name=clean,
            display_name=display_name or clean,
            email=address,
            password_hash=password_hash,
            roles=" ".join(roles),
            units="\n".join(units),
            person_code=person_code,
            active=True,
            sessions_valid_from=at,
            created_at=at,
        )
    ).inserted_primary_key
    assert row is not None
    record(
        connection,
        at=at,
        actor=actor,
        action="user added",
        subject=clean,
        detail={"roles": list(roles), "units": list(units)},
    )
    return int(row[0])


def change_user(
    connection: Connection, name: str, *, at: datetime, actor: str, action: str, **values: str | bool | None
) -> None:
    """Change columns of an account and end all its sessions at once.

    Raises:
        Refused: there is no such account.
    """
    user_id = connection.scalar(select(User.id).where(_same(User.name, name)))
    if user_id is None:
        raise Refused(f"There is no account '{name}'. `python -m core user list` shows those there are.")
    connection.execute(update(User).where(User.id == user_id).values(**values, sessions_valid_from=at))
    connection.execute(
        update(UserSession)
        .where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None))
        .values(revoked_at=at)
    )
    told = {key: value for key, value in values.items() if key != "password_hash"}
    record(connection, at=at, actor=actor, action=action, subject=name, detail=told)


def set_roles(
    connection: Connection, name: str, roles: tuple[str, ...], units: tuple[str, ...], *, at: datetime, actor: str
) -> None:
    """Replace roles and units of an account.

    Raises:
        Refused: unknown role, missing unit, or no such account.
    """
    _check_roles(roles, units)
    change_user(
        connection, name, at=at, actor=actor, action="roles changed", roles=" ".join(roles), units="\n".join(units)
    )


def link_person(connection: Connection, name: str, person_code: str, *, at: datetime, actor: str) -> None:
    """Say which person an account belongs to.

    Raises:
        Refused: there is no such account, or another account belongs to that person.
    """
    holder = connection.scalar(
        select(User.name).where(User.person_code == person_code, ~_same(User.name, name)).limit(1)
    )
    if holder is not None:
        raise Refused(f"The account '{holder}' belongs to the person '{person_code}'. One person has one account.")
    change_user(connection, name, at=at, actor=actor, action="person linked", person_code=person_code)


def list_users(connection: Connection) -> list[dict[str, object]]:
    """Accounts for the operator: name, roles, units, active. No hash leaves."""
    rows = connection.execute(
        select(User.name, User.display_name, User.roles, User.units, User.active).order_by(User.name)
    )
    return [
        {
            "name": row.name,
            "display_name": row.display_name,
            "roles": row.roles.split(),
            "units": [line for line in row.units.split("\n") if line],
            "active": row.active,
        }
        for row in rows
    ]


def account_id(connection: Connection, name: str) -> int:
    """The id of the active account of that name.

    Raises:
        Refused: there is none.
    """
    found = credential_for(connection, name).user_id
    if found is None:
        raise Refused(f"There is no active account '{name}'. `python -m core user list` shows those there are.")
    return found


def _check_roles(roles: tuple[str, ...], units: tuple[str, ...]) -> None:
    unknown = [role for role in roles if role not in ROLES]
    if unknown or not roles:
        raise Refused(f"Roles are {', '.join(ROLES)}; got {', '.join(roles) or 'none'}.")
    if not units and any(role in ("leader", "manager") for role in roles):
        raise Refused("A leader or manager needs a unit: --unit PATH, for example --unit Company/Engineering.")
    assert set(GROUP_ROLES) <= set(ROLES)


def _same(column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None], typed: str) -> ColumnElement[bool]:
    """SQL: the column holds what was typed, in any case. As typed, too: SQLite folds ASCII letters only."""
    return or_(func.lower(column) == _folded(typed), column == _clean(typed))


def _clean(typed: str) -> str:
    """Without blanks around it, and without the one sign that PostgreSQL cannot hold."""
    return typed.strip().replace("\x00", "\ufffd")


def _folded(typed: str) -> str:
    return _clean(typed).lower()[:100]
