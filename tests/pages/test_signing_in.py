"""Signing in: one way in, and one message for every reason why not."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import streamlit as st
from sqlalchemy import Engine, select
from streamlit.testing.v1 import AppTest

from core.access.accounts import FREE_TRIES, Credential, change_user, credential_for, record_attempt
from core.access.tables import LoginAttempt
from core.calendar import now
from pages.parts import sign_in as sign_in_part
from pages.parts.sign_in import REFUSED, password_matches
from tests.core.workload.boards import fabricated_board
from tests.pages.conftest import PASSWORD


@pytest.fixture(autouse=True)
def board(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever may see workload sees a fabricated board."""
    monkeypatch.setattr("pages.parts.loaders.workload_board", lambda *_, **__: fabricated_board())


def messages(at: AppTest) -> list[str]:
    """The error messages on the screen."""
    return [error.value for error in at.error]


def test_the_right_name_and_password_open_the_workload_screen(sign_in: Callable[..., AppTest]) -> None:
    """The name may be typed in any case and with blanks around it."""
    at = sign_in(" LEADER ")

    assert not at.exception and not at.error
    assert at.title[0].value.startswith("One of four teams")
    assert at.menu_button(key="person").label == "Leader of Northwind"


def test_session_state_holds_the_id_of_the_account_and_no_password(sign_in: Callable[..., AppTest]) -> None:
    """After sign-in neither the password, nor a hash, nor a key of the library is left in session state."""
    at = sign_in("leader")
    state = at.session_state.to_dict()

    assert isinstance(state["signed_in_user_id"], int)
    assert not {"authentication_status", "username", "roles", "password_hint", "logout"} & set(state)
    assert PASSWORD not in str(state.values())


def test_wrong_unknown_inactive_and_throttled_read_the_same(
    database: Engine, signed_out: AppTest, sign_in: Callable[..., AppTest]
) -> None:
    """A wrong password, an unknown name, an inactive account and too many tries cost one and the same message."""
    with database.begin() as connection:
        change_user(connection, "hr", at=now(), actor="test", action="deactivated", active=False)
        for _ in range(FREE_TRIES + 2):
            record_attempt(connection, "manager", "198.51.100.7", now(), False)
    told = {
        reason: messages(sign_in(name, password))
        for reason, name, password in (
            ("wrong", "leader", "another password"),
            ("unknown", "nobody at all", PASSWORD),
            ("inactive", "hr", PASSWORD),
            ("throttled", "manager", PASSWORD),
            ("empty", "", ""),
            ("too long for bcrypt", "leader", "x" * 100),
        )
    }

    assert told == {reason: [REFUSED] for reason in told}
    assert "signed_in_user_id" not in signed_out.session_state


def test_a_pause_that_has_passed_lets_the_account_in_again(database: Engine, sign_in: Callable[..., AppTest]) -> None:
    """Throttling slows down; it does not lock out."""
    long_ago = now() - timedelta(hours=1)
    with database.begin() as connection:
        for _ in range(FREE_TRIES + 2):
            record_attempt(connection, "leader", "192.0.2.1", long_ago, False)

    assert not sign_in("leader").error


def test_every_checked_try_is_written_down_and_a_throttled_one_is_not(
    database: Engine, sign_in: Callable[..., AppTest]
) -> None:
    """Attempts hold the name, the address and the outcome; pausing does not make the pause longer."""
    sign_in("leader", "wrong password here")
    sign_in("leader")
    with database.connect() as connection:
        rows = connection.execute(select(LoginAttempt).order_by(LoginAttempt.id)).all()

    assert [(row.account, row.address, row.succeeded) for row in rows] == [
        ("leader", "192.0.2.1", False),
        ("leader", "192.0.2.1", True),
    ]


def test_an_unknown_name_costs_a_comparison_too(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hash for a name that does not exist is compared like any other, so that time tells nothing."""
    import bcrypt

    compared: list[bytes] = []
    original = bcrypt.checkpw

    def counting(password: bytes, hashed: bytes) -> bool:
        compared.append(hashed)
        return original(password, hashed)

    monkeypatch.setattr(bcrypt, "checkpw", counting)
    with database.connect() as connection:
        unknown = credential_for(connection, "nobody at all")

    assert not password_matches(unknown, PASSWORD)
    assert compared == [unknown.password_hash.encode()]


def test_a_stored_value_that_is_no_hash_matches_nothing() -> None:
    """A broken hash refuses instead of failing or letting in."""
    assert not password_matches(Credential(1, "leader", "plain text"), "plain text")


def test_the_library_mounts_nothing_and_never_sleeps(
    sign_in: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a component of the library nor a pause occurs on the way in."""
    import time

    slept: list[float] = []
    pause = time.sleep
    monkeypatch.setattr(time, "sleep", lambda seconds: slept.append(seconds) or pause(seconds))
    at = sign_in("leader")

    assert max(slept, default=0) < 0.1  # the test's own waiting is in milliseconds
    assert not at.get("component_instance")
    assert "Authenticate(" not in Path(str(sign_in_part.__file__)).read_text(encoding="utf-8")


def test_the_address_survives_sign_in(sign_in: Callable[..., AppTest]) -> None:
    """A deep link that met the sign-in screen shows afterwards what it asked for."""
    at = sign_in("leader", weeks="52", metric="meeting_hours")

    assert at.query_params["weeks"] == "52"
    assert at.segmented_control(key="workload_weeks").value == 52


def test_the_demonstration_names_its_accounts_and_the_product_does_not(
    signed_out: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Accounts and password stand on the sign-in screen in demonstration mode only."""
    from core.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
    from core.settings import settings

    assert not signed_out.run().code
    settings.cache_clear()
    st.cache_data.clear()
    monkeypatch.setenv("EVENKEEL_DEMO", "1")
    at = signed_out.run()

    assert at.code[0].value == DEMO_PASSWORD
    assert all(any(account.name in str(label) for label in at.table[0].value.index) for account in DEMO_ACCOUNTS)


@pytest.mark.parametrize(
    "change",
    [{"password_hash": "x"}, {"roles": "employee"}, {"active": False}],
    ids=["password", "roles", "deactivation"],
)
def test_a_changed_account_ends_its_sessions(
    change: dict[str, str | bool], database: Engine, sign_in: Callable[..., AppTest]
) -> None:
    """A new password, new roles or a deactivation signs an open tab out at its next run."""
    at = sign_in("leader")
    assert not at.text_input
    with database.begin() as connection:
        change_user(connection, "leader", at=now(), actor="test", action="changed", **change)
    st.cache_data.clear()  # what would have been forgotten within ten seconds

    at.run()

    assert [field.label for field in at.text_input] == ["Name or e-mail", "Password"]
    assert "signed_in_user_id" not in at.session_state
