"""Accounts: made, changed, closed; guessing slowed down; no hash leaves."""

import json
from datetime import UTC, datetime, timedelta
from time import process_time

import bcrypt
import pytest
from sqlalchemy import Engine, func, insert, select, update

from core.access import accounts
from core.access.accounts import (
    account,
    account_id,
    add_user,
    change_user,
    credential_for,
    hash_password,
    list_users,
    record_attempt,
    set_roles,
    wait_seconds,
)
from core.access.changes import verify
from core.access.refusals import Refused
from core.access.tables import ChangeLog, LoginAttempt, User, UserSession

AT = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
HASH = "$2b$12$abcdefghijklmnopqrstuvABCDEFGHIJKLMNOPQRSTUVWXYZ01234"


def add(engine: Engine, name: str, **values: object) -> int:
    """An account of an employee unless told otherwise."""
    with engine.begin() as connection:
        return add_user(
            connection,
            **{"name": name, "password_hash": HASH, "roles": ("employee",), "at": AT, "actor": "operator"} | values,
        )  # type: ignore[arg-type]


# --- making and changing -------------------------------------------------------------------------------------------


def test_an_account_comes_back_as_it_was_made(engine: Engine) -> None:
    """Roles, units, person and names; blanks round the name are dropped; one entry in the change log, without a hash."""
    units = ("Company/Research & Design", "Company/A B")
    user = add(engine, " Mara ", roles=("leader", "hr"), units=units, person_code="P3", display_name="Mara L.")
    with engine.connect() as connection:
        found = account(connection, user)
        (entry,) = connection.execute(select(ChangeLog)).mappings().all()
    assert found is not None
    assert (found.name, found.display_name, found.roles, found.units, found.person_code) == (
        "Mara", "Mara L.", ("leader", "hr"), units, "P3",
    )  # fmt: skip
    assert (entry["action"], entry["subject"], entry["actor"]) == ("user added", "Mara", "operator")
    assert HASH not in json.dumps(entry["detail"])


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"roles": ()}, "Roles are leader, hr"),
        ({"roles": ("boss",)}, "got boss"),
        ({"roles": ("leader",)}, "needs a unit"),
        ({"roles": ("manager", "employee")}, "needs a unit"),
        ({"name": "   "}, "1 to 100 characters"),
        ({"name": "x" * 101}, "1 to 100 characters"),
        ({"name": "MARA"}, "an account 'MARA' already"),
        ({"name": " Mara"}, "an account 'Mara' already"),
        ({"name": "noor", "email": "MARA@northwind.example"}, "already"),
        ({"name": "mara@northwind.example"}, "already"),
        ({"name": "noor", "email": "mara"}, "already"),
    ],
)
def test_an_account_that_cannot_be_is_refused_with_the_reason_and_nothing_is_written(
    engine: Engine, values: dict[str, object], told: str
) -> None:
    """Unknown roles, heads without a unit, names and addresses that are taken, each as the other too."""
    add(engine, "mara", email="mara@northwind.example")
    with pytest.raises(Refused, match=told):
        add(engine, **{"name": "noor", **values})  # type: ignore[arg-type]
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(User)) == 1
        assert connection.scalar(select(func.count()).select_from(ChangeLog)) == 1


def test_new_roles_replace_the_old_ones(engine: Engine) -> None:
    """Roles and units together; a head without a unit is refused and keeps what it had."""
    user = add(engine, "mara", roles=("leader",), units=("Company",))
    with engine.begin() as connection:
        set_roles(connection, "Mara", ("manager", "employee"), ("Company/A",), at=LATER, actor="operator")
    with engine.connect() as connection:
        found = account(connection, user)
    assert found is not None
    assert (found.roles, found.units) == (("manager", "employee"), ("Company/A",))
    with pytest.raises(Refused, match="needs a unit"), engine.begin() as connection:
        set_roles(connection, "mara", ("leader",), (), at=LATER, actor="operator")
    with engine.connect() as connection:
        assert account(connection, user) == found


def open_session(engine: Engine, user: int, id_hash: str) -> None:
    """A session that has eight hours to go."""
    with engine.begin() as connection:
        connection.execute(
            insert(UserSession).values(
                id_hash=id_hash,
                user_id=user,
                created_at=AT,
                last_seen_at=AT,
                expires_at=AT + timedelta(hours=8),
                browser="Firefox on Linux",
            )
        )


@pytest.mark.parametrize("change", ["password", "roles", "deactivate"])
def test_a_change_ends_every_session_of_the_account_and_of_no_other(engine: Engine, change: str) -> None:
    """New password, new roles, deactivation: at once; a session that had ended keeps its own time."""
    mara, noor = add(engine, "mara"), add(engine, "noor")
    for user, id_hash in ((mara, "a"), (mara, "b"), (mara, "ended"), (noor, "c")):
        open_session(engine, user, id_hash)
    with engine.begin() as connection:
        connection.execute(update(UserSession).where(UserSession.id_hash == "ended").values(revoked_at=AT))
    with engine.begin() as connection:
        if change == "password":
            change_user(connection, "mara", at=LATER, actor="op", action="password set", password_hash="other")
        elif change == "roles":
            set_roles(connection, "mara", ("hr",), (), at=LATER, actor="op")
        else:
            change_user(connection, "mara", at=LATER, actor="op", action="user deactivated", active=False)
    with engine.connect() as connection:
        revoked = {row.id_hash: row.revoked_at for row in connection.execute(select(UserSession))}
        valid_from = {row.name: row.sessions_valid_from for row in connection.execute(select(User))}
    assert revoked == {"a": LATER, "b": LATER, "ended": AT, "c": None}
    assert valid_from == {"mara": LATER, "noor": AT}


def test_a_new_password_is_not_written_to_the_change_log(engine: Engine) -> None:
    """That it was set is; its hash is not. The chain holds."""
    add(engine, "mara")
    with engine.begin() as connection:
        change_user(connection, "mara", at=LATER, actor="op", action="password set", password_hash="other-hash")
    with engine.connect() as connection:
        entries = connection.execute(select(ChangeLog).order_by(ChangeLog.id)).mappings().all()
        assert verify(connection).broken_at is None
        assert connection.scalar(select(User.password_hash)) == "other-hash"
    assert [entry["action"] for entry in entries] == ["user added", "password set"]
    assert "hash" not in json.dumps([entry["detail"] for entry in entries])


def test_changing_somebody_who_is_not_there_is_refused(engine: Engine) -> None:
    """The message says where to look; nothing is logged."""
    with pytest.raises(Refused, match=r"no account 'nobody'.*user list"), engine.begin() as connection:
        change_user(connection, "nobody", at=AT, actor="op", action="password set", password_hash="x")
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(ChangeLog)) == 0


def test_the_list_of_accounts_holds_no_hash(engine: Engine) -> None:
    """Name, display name, roles, units, active: nothing else leaves."""
    add(engine, "noor")
    add(engine, "mara", roles=("leader",), units=("Company",))
    with engine.begin() as connection:
        change_user(connection, "noor", at=LATER, actor="op", action="user deactivated", active=False)
        users = list_users(connection)
    assert users == [
        {"name": "mara", "display_name": "mara", "roles": ["leader"], "units": ["Company"], "active": True},
        {"name": "noor", "display_name": "noor", "roles": ["employee"], "units": [], "active": False},
    ]
    assert HASH not in json.dumps(users)


# --- credentials ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["mara", "MARA", " mara ", "Mara@Northwind.example"])
def test_a_name_or_address_in_any_case_finds_its_credential(engine: Engine, typed: str) -> None:
    """Blanks round it do not matter either."""
    user = add(engine, "Mara", email="mara@northwind.example")
    add(engine, "noor")
    with engine.connect() as connection:
        found = credential_for(connection, typed)
    assert (found.user_id, found.name, found.password_hash) == (user, "Mara", HASH)


@pytest.mark.parametrize("name", ["Øyvind", "ŁUCJA", "Ümit Öz"])
def test_a_name_with_letters_beyond_ascii_signs_in_as_it_was_given(engine: Engine, name: str) -> None:
    """As typed when the account was made, on both databases; a second account of that name is refused."""
    user = add(engine, name)
    with engine.connect() as connection:
        assert credential_for(connection, f" {name} ").user_id == user
    with pytest.raises(Refused, match="already"):
        add(engine, name)


@pytest.mark.parametrize("typed", ["nobody", "", "%", "_ara", "mara' OR '1'='1", "mara\x00", "x" * 5000])
def test_whoever_is_not_there_costs_as_much_as_one_who_is(engine: Engine, typed: str) -> None:
    """A dummy of the same algorithm and cost, that no password matches; wildcards are letters."""
    add(engine, "mara")
    with engine.connect() as connection:
        found = credential_for(connection, typed)
    assert found.user_id is None
    assert found.name == "nobody"
    assert found.password_hash.split("$")[1:3] == ["2b", "12"]
    assert len(found.password_hash) == 60


def test_the_dummy_is_a_true_hash_that_takes_as_long_as_any() -> None:
    """bcrypt reads it, says no, and needs about the time of a real comparison."""
    real = hash_password("a long enough password")
    took = {}
    for name, hashed in (("real", real), ("dummy", accounts._DUMMY)):
        start = process_time()
        assert not bcrypt.checkpw(b"another password", hashed.encode())
        took[name] = process_time() - start
    assert 0.2 < took["dummy"] / took["real"] < 5


def test_a_closed_account_has_no_credential(engine: Engine) -> None:
    """Neither by name nor by address, and no viewer may be made of it."""
    user = add(engine, "mara", email="mara@northwind.example")
    with engine.begin() as connection:
        assert account_id(connection, "mara") == user
        change_user(connection, "mara", at=LATER, actor="op", action="user deactivated", active=False)
        for typed in ("mara", "mara@northwind.example"):
            assert credential_for(connection, typed).user_id is None
        assert account(connection, user) is None
        with pytest.raises(Refused, match="no active account 'mara'"):
            account_id(connection, "mara")


# --- passwords -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("password", ["x" * 12, "x" * 72, "ä" * 36, "pass word with blanks", "🙂" * 12])
def test_a_password_of_twelve_characters_to_72_bytes_is_taken(password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No rule about what is in it; the hash knows it again and says nothing of it."""
    monkeypatch.setattr(accounts, "COST", 4)
    hashed = hash_password(password)
    assert bcrypt.checkpw(password.encode(), hashed.encode())
    assert password not in hashed


@pytest.mark.parametrize("password", ["", "x" * 11, "x" * 73, "ä" * 37, "🙂" * 19])
def test_a_password_that_is_too_short_or_that_bcrypt_would_cut_off_is_refused(password: str) -> None:
    """Counted in characters from below and in bytes from above; the message holds no password."""
    with pytest.raises(Refused, match="at least 12 characters and at most 72 bytes") as refused:
        hash_password(password)
    assert not password or password not in str(refused.value)


def test_the_same_password_has_another_hash_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Salted."""
    monkeypatch.setattr(accounts, "COST", 4)
    assert hash_password("the same password") != hash_password("the same password")


# --- slowing down guesses ------------------------------------------------------------------------------------------


def tries(engine: Engine, count: int, *, typed: str = "mara", address: str = "192.0.2.1", ok: bool = False) -> None:
    """So many tries, all at AT."""
    with engine.begin() as connection:
        for _ in range(count):
            record_attempt(connection, typed, address, AT, ok)


def wait(engine: Engine, *, typed: str = "mara", address: str = "198.51.100.7", after: float = 0) -> int:
    """The wait for a name, by default from an address that has tried nothing."""
    with engine.connect() as connection:
        return wait_seconds(connection, typed, address, AT + timedelta(seconds=after))


def test_the_wait_doubles_with_each_failure_from_the_fifth_on(engine: Engine) -> None:
    """Four are free; then 2, 4, 8 ... seconds, at most a quarter of an hour."""
    table = []
    for _ in range(16):
        table.append(wait(engine))
        tries(engine, 1)
    assert table == [0, 0, 0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_a_wait_runs_down_by_the_second_and_ends(engine: Engine) -> None:
    """Rounded up, so that nobody is let in early; failures older than a quarter of an hour are forgotten."""
    tries(engine, 8)
    assert [wait(engine, after=seconds) for seconds in (0, 0.4, 1, 15, 15.9, 16, 60)] == [16, 16, 15, 1, 1, 0, 0]
    tries(engine, 8)
    assert wait(engine, after=899) == 1
    assert wait(engine, after=900) == 0


def test_a_success_resets_the_account_and_no_other(engine: Engine) -> None:
    """Failures before it count no more; those of another name still do."""
    tries(engine, 9)
    tries(engine, 9, typed="noor")
    with engine.begin() as connection:
        record_attempt(connection, "mara", "192.0.2.1", AT + timedelta(seconds=1), True)
    assert wait(engine, after=2) == 0
    assert wait(engine, typed="noor", after=2) == 30


def test_the_name_is_counted_in_any_case_and_wherever_it_is_tried_from(engine: Engine) -> None:
    """MARA and mara are one account; six addresses do not give six times the guesses."""
    for part in range(6):
        tries(engine, 1, typed=("mara", " MARA")[part % 2], address=f"203.0.113.{part}")
    assert wait(engine, typed="Mara") == 4


def test_an_address_has_a_wider_allowance_that_no_success_resets(engine: Engine) -> None:
    """Fifty failures over any names; another address does not wait."""
    for part in range(49):
        tries(engine, 1, typed=f"name{part}", address="192.0.2.1")
    assert wait(engine, typed="new", address="192.0.2.1") == 0
    tries(engine, 1, typed="name49", address="192.0.2.1")
    tries(engine, 1, typed="insider", address="192.0.2.1", ok=True)
    assert wait(engine, typed="new", address="192.0.2.1") == 2
    assert wait(engine, typed="new", address="192.0.2.2") == 0


def test_tries_are_rows_and_survive_a_restart(engine: Engine) -> None:
    """Nothing is kept in memory: with every connection closed the wait is the same. No password is in the row."""
    tries(engine, 7)
    engine.dispose()
    assert wait(engine) == 8
    with engine.connect() as connection:
        rows = connection.execute(select(LoginAttempt)).mappings().all()
    assert {(row["account"], row["address"], row["succeeded"]) for row in rows} == {("mara", "192.0.2.1", False)}
    assert set(rows[0]) == {"id", "account", "address", "at", "succeeded"}


def test_names_and_addresses_that_are_too_long_are_cut_the_same_way_on_both_sides(engine: Engine) -> None:
    """A name of 5,000 signs is slowed down like any other."""
    tries(engine, 6, typed="x" * 5000, address="y" * 500)
    assert wait(engine, typed="x" * 5000) == 4


@pytest.mark.parametrize("password", [" a password of blanks", "a password of blanks "])
def test_a_password_with_a_blank_at_its_end_is_refused(password: str) -> None:
    """What is typed is stripped before it is checked: such a password could never be used."""
    with pytest.raises(Refused, match="blank"):
        hash_password(password)
