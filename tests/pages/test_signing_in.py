"""Signing in: one way in, and one message for every reason why not."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from streamlit.testing.v1 import AppTest

from core.access.accounts import (
    FREE_TRIES,
    Credential,
    change_user,
    credential_for,
    hash_password,
    record_attempt,
)
from core.access.sessions import exchange, issue_code, limits_of
from core.access.tables import LoginAttempt
from core.access.viewer import Viewer
from core.calendar import now
from core.settings import settings
from pages.parts import session
from pages.parts import sign_in as sign_in_part
from pages.parts.sign_in import NOT_KEPT, REFUSED, password_matches
from tests.core.workload.boards import fabricated_board
from tests.pages.conftest import ENTRY, PASSWORD, Jar


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


def test_session_state_holds_no_authority_and_no_password(sign_in: Callable[..., AppTest], jar: Jar) -> None:
    """After sign-in neither a password, a hash, a session id nor a key of the library is left in session state."""
    at = sign_in("leader")
    state = at.session_state.to_dict()

    assert isinstance(state["account of this tab"], int)
    assert not {"authentication_status", "username", "roles", "password_hint", "logout"} & set(state)
    assert not [secret for secret in (PASSWORD, jar.session, jar.browser, "$2b$") if secret in str(state.values())]


def test_a_tab_that_only_says_that_it_is_signed_in_is_not(signed_out: AppTest) -> None:
    """Whatever session state holds, without a session in SQL there is the sign-in screen."""
    signed_out.session_state["account of this tab"] = 1
    signed_out.session_state["signed_in_user_id"] = 1
    at = signed_out.switch_page("workload.py").run()

    assert [field.label for field in at.text_input] == ["Name or e-mail", "Password"]


def test_without_cookies_the_right_password_reads_why_it_is_not_enough(
    sign_in: Callable[..., AppTest], jar: Jar
) -> None:
    """A browser that keeps no cookies is told so, and no code is made for it."""
    jar.browser = ""
    at = sign_in("leader")

    assert messages(at) == [NOT_KEPT]
    assert "code of this sign-in" not in at.session_state


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
    assert "code of this sign-in" not in signed_out.session_state


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


def test_the_demonstration_offers_its_roles_at_one_click_and_the_product_offers_none(
    signed_out: AppTest, database: Engine, fresh_settings: Callable[..., None]
) -> None:
    """In demonstration mode a button enters as each account, and the screen says what it is; otherwise there is neither."""
    from core.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD

    at = signed_out.run()
    assert not at.code and [button.label for button in at.button] == ["Sign in"]
    with database.begin() as connection:
        change_user(connection, "leader", at=now(), actor="t", action="t", password_hash=hash_password(DEMO_PASSWORD))
    fresh_settings(demo="1")
    at = signed_out.run()

    assert [header.value for header in at.header] == ["This is a demonstration"]
    assert at.code[0].value == DEMO_PASSWORD
    assert all(at.button(key=f"enter_as_{account.name}") for account in DEMO_ACCOUNTS)
    assert "code of this sign-in" in at.button(key="enter_as_leader").click().run().session_state


@pytest.mark.parametrize(
    "change",
    [{"password_hash": "x"}, {"roles": "employee"}, {"active": False}],
    ids=["password", "roles", "deactivation"],
)
def test_a_changed_account_ends_its_sessions_at_once(
    change: dict[str, str | bool], database: Engine, sign_in: Callable[..., AppTest]
) -> None:
    """A new password, new roles or a deactivation signs an open tab out at its very next run, and says so."""
    at = sign_in("leader")
    assert not at.text_input
    with database.begin() as connection:
        change_user(connection, "leader", at=now(), actor="test", action="changed", **change)

    at.run()

    assert [field.label for field in at.text_input] == ["Name or e-mail", "Password"]
    assert [said.value for said in at.info] == [session.ENDED]
    assert "account of this tab" not in at.session_state


def test_signing_out_ends_the_session_in_every_tab(sign_in: Callable[..., AppTest], jar: Jar) -> None:
    """Two tabs of a browser share its session: signing out in one is seen by the other at its next run."""
    one = sign_in("leader")
    other = AppTest.from_file(ENTRY, default_timeout=30).switch_page("workload.py").run()
    assert not other.text_input
    one.menu_button(key="person").click("Sign out").run()
    other.run()

    assert one.text_input and other.text_input
    assert jar.session  # the cookie alone is worth nothing any more


def test_another_account_in_the_same_tab_finds_nothing_of_the_one_before(
    database: Engine, sign_in: Callable[..., AppTest], jar: Jar
) -> None:
    """When the cookie changes under an open tab, what the tab had chosen is forgotten."""
    at = sign_in("leader")
    at.session_state["address of workload"] = {"unit": "northwind.secret"}
    with database.begin() as connection:
        user = credential_for(connection, "manager").user_id
        assert user is not None
        code = issue_code(connection, user, jar.browser, limits_of(settings()), now())
        jar.session = str(exchange(connection, code, jar.browser, limits_of(settings()), now(), browser="Test"))
    at.run()

    assert at.menu_button(key="person").label == "Manager of Northwind"
    assert at.session_state.to_dict().get("address of workload") != {"unit": "northwind.secret"}


def test_what_was_drawn_for_one_account_is_not_run_on_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fragment holds what was read for whoever the page was drawn for: when somebody else is signed in, the whole page runs."""

    class DrawnAnew(Exception):
        pass

    def rerun(*, scope: str) -> None:
        assert scope == "app"
        raise DrawnAnew

    somebody = Viewer(id=2, name="b", display_name="B", roles=("employee",))
    monkeypatch.setattr(session.st, "rerun", rerun)
    monkeypatch.setattr(session, "viewer", lambda: somebody)
    monkeypatch.setattr(session.st, "session_state", {"account of this tab": 2})
    assert session.still() is somebody
    monkeypatch.setattr(session.st, "session_state", {"account of this tab": 1})
    with pytest.raises(DrawnAnew):
        session.still()
